#include <QCheckBox>
#include <QTest>
#include <algorithm>
#include <cmath>

#include "app/desktop/theme.h"
#include "sim/model/catalog.h"

using namespace neph;

namespace {

/// Relative luminance, WCAG 2.1.
double luminance(const QColor& colour)
{
    const auto linear = [](double c) {
        return c <= 0.03928 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4);
    };
    return 0.2126 * linear(colour.redF()) + 0.7152 * linear(colour.greenF()) +
           0.0722 * linear(colour.blueF());
}

double contrast(const QColor& a, const QColor& b)
{
    const double lighter = std::max(luminance(a), luminance(b));
    const double darker = std::min(luminance(a), luminance(b));
    return (lighter + 0.05) / (darker + 0.05);
}

}  // namespace

/// The palette, held to WCAG 2.1 level AA: 4.5 : 1 for text, 3 : 1 for lines that mean something.
class ThemeTest : public QObject {
    Q_OBJECT

private slots:
    void anEmptyCheckBoxIsSeen_data() { textIsReadable_data(); }

    void anEmptyCheckBoxIsSeen()
    {
        QFETCH(QString, appearance);
        theme::apply(appearance);
        QCheckBox box("Take off the free tier");
        box.resize(box.sizeHint());
        const QImage picture = box.grab().toImage();
        const QColor ground = QApplication::palette().color(QPalette::Window);
        // Along a line through the middle of the square, before its words begin.
        double best = 0;
        for (int x = 0; x < picture.height(); ++x) {
            best = std::max(best, contrast(picture.pixelColor(x, picture.height() / 2), ground));
        }
        QVERIFY2(best >= 3, qPrintable(QString::number(best)));
    }

    void textIsReadable_data()
    {
        QTest::addColumn<QString>("appearance");
        QTest::newRow("light") << "light";
        QTest::newRow("dark") << "dark";
    }

    void textIsReadable()
    {
        QFETCH(QString, appearance);
        theme::apply(appearance);
        QCOMPARE(theme::isDark(), appearance == "dark");
        const QPalette palette = QApplication::palette();
        const QColor backgrounds[] = {
            palette.color(QPalette::Window),
            palette.color(QPalette::Base),
            palette.color(QPalette::AlternateBase),
            palette.color(QPalette::Button),
            theme::canvas(),
            theme::card()};
        const QColor texts[] = {theme::text(),    theme::mutedText(), theme::accent(),  theme::healthy(),
                                theme::warning(), theme::failure(),   theme::starting()};
        for (const QColor& background : backgrounds) {
            for (const QColor& text : texts) {
                QVERIFY2(
                    contrast(text, background) >= 4.5, qPrintable(QStringLiteral("%1 on %2: %3")
                                                                      .arg(text.name(), background.name())
                                                                      .arg(contrast(text, background))));
            }
        }
        QVERIFY(
            contrast(palette.color(QPalette::HighlightedText), palette.color(QPalette::Highlight)) >= 4.5);
        QVERIFY(contrast(palette.color(QPalette::ToolTipText), palette.color(QPalette::ToolTipBase)) >= 4.5);
    }

    void chartLinesStandOut_data() { textIsReadable_data(); }
    void chartLinesStandOut()
    {
        QFETCH(QString, appearance);
        theme::apply(appearance);
        for (int index = 0; index < 7; ++index) {
            QVERIFY(contrast(theme::series(index), QApplication::palette().color(QPalette::Base)) >= 3);
        }
    }

    void everyKindHasAnIconOfItsOwn()
    {
        const QImage plain = theme::kindIcon("no such kind").pixmap(48, 48).toImage();
        QVERIFY(!plain.isNull());
        for (const KindSpec& kind : Catalog::builtIn().kinds()) {
            const QImage icon = theme::kindIcon(kind.stem).pixmap(48, 48).toImage();
            QVERIFY2(icon != plain, kind.stem.c_str());
        }
    }

    void interfaceIconsFollowThePalette()
    {
        const QIcon icon = theme::uiIcon("play");
        theme::apply("light");
        const QImage light = icon.pixmap(24, 24).toImage();
        theme::apply("dark");
        const QImage dark = icon.pixmap(24, 24).toImage();
        QVERIFY(light != dark);
    }
};

QTEST_MAIN(ThemeTest)
#include "theme_test.moc"
