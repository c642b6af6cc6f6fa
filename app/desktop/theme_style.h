#pragma once

#include <QColor>
#include <QPalette>
#include <QProxyStyle>
#include <QString>

namespace neph::theme {

/// Fusion with the measures of this window: roomier menus, thin separators, tooltips that come at once in
/// toolbars.
class WindowStyle final : public QProxyStyle {
    Q_OBJECT

public:
    WindowStyle();

    int pixelMetric(PixelMetric metric, const QStyleOption* option = nullptr, const QWidget* widget = nullptr)
        const override;
    int styleHint(
        StyleHint hint, const QStyleOption* option = nullptr, const QWidget* widget = nullptr,
        QStyleHintReturn* data = nullptr) const override;
};

/// What Fusion draws old-fashioned (tabs, dock titles, headers, scroll bars), drawn flat in the colours of
/// `palette`.
QString styleSheet(const QPalette& palette, const QColor& accent, const QColor& muted);

}  // namespace neph::theme
