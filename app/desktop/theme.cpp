#include "app/desktop/theme.h"

#include <QApplication>
#include <QMap>
#include <array>

#include "app/desktop/theme_style.h"

namespace neph::theme {

namespace {

/// All colours of one appearance. Chosen by hand; tests/desktop/window/theme_test.cpp keeps the contrast.
struct Colours {
    QRgb window, base, alternate, button, text, muted, placeholder, border, highlight, highlightedText, link;
    QRgb canvas, grid, card, cardBorder, accent, healthy, warning, failure, starting;
    QRgb toolTip, toolTipText;
};

constexpr Colours kLight{
    .window = 0xfff4f6f9,
    .base = 0xffffffff,
    .alternate = 0xfff7f9fb,
    .button = 0xfffbfcfd,
    .text = 0xff1b2330,
    .muted = 0xff56606f,
    .placeholder = 0xff6b7584,
    .border = 0xffd3dae3,
    .highlight = 0xff2563c4,
    .highlightedText = 0xffffffff,
    .link = 0xff1d5bbf,
    .canvas = 0xfff9fafc,
    .grid = 0xffd9dfe7,
    .card = 0xffffffff,
    .cardBorder = 0xffc4cdd9,
    .accent = 0xff2563c4,
    .healthy = 0xff15803d,
    .warning = 0xffa15c00,
    .failure = 0xffc0262d,
    .starting = 0xff2f6fb8,
    .toolTip = 0xff232b38,
    .toolTipText = 0xfff2f5f9,
};

constexpr Colours kDark{
    .window = 0xff1d222b,
    .base = 0xff161a21,
    .alternate = 0xff1a1f27,
    .button = 0xff2a313d,
    .text = 0xffe6eaf0,
    .muted = 0xffa3adbb,
    .placeholder = 0xff8b96a6,
    .border = 0xff373f4c,
    .highlight = 0xff2f6bc6,
    .highlightedText = 0xffffffff,
    .link = 0xff7fb2ff,
    .canvas = 0xff14181f,
    .grid = 0xff2a313c,
    .card = 0xff222934,
    .cardBorder = 0xff414b5a,
    .accent = 0xff6ea6f8,
    .healthy = 0xff4cc38a,
    .warning = 0xffe5a84b,
    .failure = 0xfff2777a,
    .starting = 0xff6db3f2,
    .toolTip = 0xff323a47,
    .toolTipText = 0xfff0f3f7,
};

const Colours& colours()
{
    return isDark() ? kDark : kLight;
}

QPalette paletteOf(const Colours& c)
{
    QPalette palette(QColor(c.button), QColor(c.window));
    palette.setColor(QPalette::Window, c.window);
    palette.setColor(QPalette::WindowText, c.text);
    palette.setColor(QPalette::Base, c.base);
    palette.setColor(QPalette::AlternateBase, c.alternate);
    palette.setColor(QPalette::Text, c.text);
    palette.setColor(QPalette::Button, c.button);
    palette.setColor(QPalette::ButtonText, c.text);
    palette.setColor(QPalette::PlaceholderText, c.placeholder);
    palette.setColor(QPalette::Highlight, c.highlight);
    palette.setColor(QPalette::HighlightedText, c.highlightedText);
    palette.setColor(QPalette::Link, c.link);
    palette.setColor(QPalette::LinkVisited, c.link);
    palette.setColor(QPalette::BrightText, c.failure);
    palette.setColor(QPalette::ToolTipBase, c.toolTip);
    palette.setColor(QPalette::ToolTipText, c.toolTipText);
    palette.setColor(QPalette::Mid, c.border);
    palette.setColor(QPalette::Midlight, QColor(c.border).lighter(108));
    palette.setColor(QPalette::Dark, QColor(c.border).darker(125));
    for (const QPalette::ColorRole role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText}) {
        QColor faint(c.muted);
        faint.setAlphaF(0.55F);
        palette.setColor(QPalette::Disabled, role, faint);
    }
    palette.setColor(QPalette::Disabled, QPalette::Highlight, c.border);
    return palette;
}

bool isDarkPalette(const QPalette& palette)
{
    return palette.color(QPalette::Window).lightness() < palette.color(QPalette::WindowText).lightness();
}

}  // namespace

bool isDark()
{
    return isDarkPalette(QApplication::palette());
}

void apply(const QString& appearance)
{
    static const bool systemIsDark = isDarkPalette(QApplication::palette());
    const bool dark =
        appearance == QLatin1String("dark") || (appearance != QLatin1String("light") && systemIsDark);
    const Colours& chosen = dark ? kDark : kLight;
    QApplication::setStyle(new WindowStyle);
    QApplication::setPalette(paletteOf(chosen));
    qApp->setStyleSheet(styleSheet(
        QApplication::palette(),
        {QColor(chosen.accent), QColor(chosen.muted), QColor(chosen.warning), QColor(chosen.failure)}));
}

QColor canvas()
{
    return colours().canvas;
}

QColor grid()
{
    return colours().grid;
}

QColor card()
{
    return colours().card;
}

QColor cardBorder()
{
    return colours().cardBorder;
}

QColor text()
{
    return colours().text;
}

QColor mutedText()
{
    return colours().muted;
}

QColor accent()
{
    return colours().accent;
}

QColor healthy()
{
    return colours().healthy;
}

QColor warning()
{
    return colours().warning;
}

QColor failure()
{
    return colours().failure;
}

QColor starting()
{
    return colours().starting;
}

QColor category(const QString& name)
{
    struct Pair {
        QRgb light, dark;
    };
    static const QMap<QString, Pair> known = {
        {"Traffic", {0xff5b6b7f, 0xff9aabc0}},    {"Network", {0xff6d4bc3, 0xffab93ee}},
        {"Containers", {0xffc2610c, 0xfff0a060}}, {"Registries", {0xff0f7b83, 0xff4fc1c9}},
        {"Databases", {0xff1f7a4a, 0xff58c48c}},
    };
    // A category nobody has met yet still gets a colour of its own, the same at every start.
    const auto found = known.constFind(name);
    const std::size_t hash = qHash(name, 0);
    const Pair pair = found != known.constEnd()
                          ? *found
                          : Pair{
                                QColor::fromHsl(static_cast<int>(hash % 360), 120, 95).rgb(),
                                QColor::fromHsl(static_cast<int>(hash % 360), 130, 170).rgb()};
    return isDark() ? pair.dark : pair.light;
}

QColor series(int index)
{
    // The palette of Okabe and Ito ("Color Universal Design", 2008), darkened on white and lightened on black
    // to keep 3 : 1 against the background.
    static constexpr std::array<QRgb, 7> kSeriesOnLight = {0xff0072b2, 0xffc65a00, 0xff008a63, 0xffb34f8c,
                                                           0xff2f8fc6, 0xff9a7b00, 0xff4a5464};
    static constexpr std::array<QRgb, 7> kSeriesOnDark = {0xff56b4e9, 0xfff0954a, 0xff2fc49b, 0xffdf92c0,
                                                          0xff9fc9ff, 0xffe6cf4a, 0xffb6bfcc};
    const std::size_t place = static_cast<std::size_t>(index < 0 ? -index : index) % kSeriesOnLight.size();
    return isDark() ? kSeriesOnDark[place] : kSeriesOnLight[place];
}

}  // namespace neph::theme
