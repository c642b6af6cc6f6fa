#pragma once

#include <QColor>
#include <QIcon>
#include <QPalette>
#include <QProxyStyle>
#include <QString>

namespace neph::theme {

/// Fusion with the measures and the flat controls of this window: roomier menus, thin separators, tooltips
/// that come at once in toolbars.
class WindowStyle final : public QProxyStyle {
    Q_OBJECT

public:
    WindowStyle();

    int pixelMetric(PixelMetric metric, const QStyleOption* option = nullptr, const QWidget* widget = nullptr)
        const override;
    void drawPrimitive(
        PrimitiveElement element, const QStyleOption* option, QPainter* painter,
        const QWidget* widget = nullptr) const override;
    void drawComplexControl(
        ComplexControl control, const QStyleOptionComplex* option, QPainter* painter,
        const QWidget* widget = nullptr) const override;
    QIcon standardIcon(
        StandardPixmap which, const QStyleOption* option = nullptr,
        const QWidget* widget = nullptr) const override;
    int styleHint(
        StyleHint hint, const QStyleOption* option = nullptr, const QWidget* widget = nullptr,
        QStyleHintReturn* data = nullptr) const override;
};

/// Colours of the style sheet that no palette role holds.
struct SheetColours {
    QColor accent;
    QColor muted;
    QColor warning;
    QColor failure;
};

/// What Fusion draws old-fashioned (tabs, dock titles, headers, scroll bars), drawn flat; and the looks that
/// widgets ask for by property ("muted", "plain", "title") or name.
QString styleSheet(const QPalette& palette, const SheetColours& colours);

}  // namespace neph::theme
