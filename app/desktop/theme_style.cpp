#include "app/desktop/theme_style.h"

#include <QGuiApplication>
#include <QPainter>
#include <QStyleFactory>

#include "app/desktop/theme_controls.h"

namespace neph::theme {

WindowStyle::WindowStyle() : QProxyStyle(QStyleFactory::create("Fusion")) {}

int WindowStyle::pixelMetric(PixelMetric metric, const QStyleOption* option, const QWidget* widget) const
{
    switch (metric) {
    case PM_SmallIconSize:
    case PM_ButtonIconSize:
        return 18;
    case PM_ToolBarIconSize:
        return 20;
    case PM_DockWidgetSeparatorExtent:
        return 5;
    default:
        return QProxyStyle::pixelMetric(metric, option, widget);
    }
}

int WindowStyle::styleHint(
    StyleHint hint, const QStyleOption* option, const QWidget* widget, QStyleHintReturn* data) const
{
    switch (hint) {
    case SH_ToolTip_WakeUpDelay:
        return 400;
    case SH_EtchDisabledText:
    case SH_DitherDisabledText:
        return 0;
    default:
        return QProxyStyle::styleHint(hint, option, widget, data);
    }
}

void WindowStyle::drawPrimitive(
    PrimitiveElement element, const QStyleOption* option, QPainter* painter, const QWidget* widget) const
{
    if (element == PE_IndicatorCheckBox) {
        drawCheckBox(*painter, *option);
    } else {
        QProxyStyle::drawPrimitive(element, option, painter, widget);
    }
}

void WindowStyle::drawComplexControl(
    ComplexControl control, const QStyleOptionComplex* option, QPainter* painter, const QWidget* widget) const
{
    const auto* combo = qstyleoption_cast<const QStyleOptionComboBox*>(option);
    const auto* spin = qstyleoption_cast<const QStyleOptionSpinBox*>(option);
    if (control == CC_ComboBox && combo != nullptr) {
        drawComboBox(*painter, *combo, subControlRect(CC_ComboBox, combo, SC_ComboBoxArrow, widget));
    } else if (control == CC_SpinBox && spin != nullptr) {
        drawSpinBox(
            *painter, *spin, subControlRect(CC_SpinBox, spin, SC_SpinBoxUp, widget),
            subControlRect(CC_SpinBox, spin, SC_SpinBoxDown, widget));
    } else {
        QProxyStyle::drawComplexControl(control, option, painter, widget);
    }
}

QIcon WindowStyle::standardIcon(StandardPixmap which, const QStyleOption* option, const QWidget* widget) const
{
    if (which != SP_TitleBarCloseButton && which != SP_DockWidgetCloseButton) {
        return QProxyStyle::standardIcon(which, option, widget);
    }
    // Fusion's close button is a picture for light title bars; a cross in the text colour suits both.
    constexpr int kCrossSize = 32;
    QPixmap pixmap(kCrossSize, kCrossSize);
    pixmap.fill(Qt::transparent);
    QPainter painter(&pixmap);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(
        QPen(QGuiApplication::palette().color(QPalette::PlaceholderText), 3, Qt::SolidLine, Qt::RoundCap));
    painter.drawLine(9, 9, 23, 23);
    painter.drawLine(23, 9, 9, 23);
    painter.end();
    pixmap.setDevicePixelRatio(2);
    return QIcon(pixmap);
}

namespace {

/// What the sheet looks like; @names are colours that styleSheet() fills in.
constexpr const char* kSheet = R"(
QToolTip { color: @toolTipText; background: @toolTip; border: 1px solid @border; padding: 5px 7px; }
QMainWindow::separator { background: @window; width: 5px; height: 5px; }
QMainWindow::separator:hover { background: @accent; }
QMenuBar { background: @window; padding: 2px 4px; border: none; }
QMenuBar::item { padding: 4px 9px; border-radius: 4px; background: transparent; }
QMenuBar::item:selected { background: @hover; }
QToolBar { background: @window; border: none; border-bottom: 1px solid @border; padding: 3px 6px; spacing: 2px; }
QToolBar::separator { background: @border; width: 1px; margin: 5px 6px; }
QToolButton { border: 1px solid transparent; border-radius: 5px; padding: 4px; background: transparent; }
QToolButton:hover { background: @hover; }
QToolButton:pressed, QToolButton:checked { background: @pressed; }
QToolButton:focus { border-color: @accent; }
QToolButton[popupMode="1"], QToolButton[popupMode="2"] { padding-right: 16px; }
QToolButton::menu-indicator { subcontrol-position: right center; subcontrol-origin: padding; right: 4px; }
QDockWidget { font-weight: 600; }
QDockWidget::title { background: @window; padding: 6px 10px; text-align: left; }
QTabBar { background: @window; qproperty-drawBase: 0; }
QTabBar::tab { color: @muted; background: transparent; border: none; border-bottom: 2px solid transparent;
               padding: 6px 14px; }
QTabBar::tab:hover { color: @text; }
QTabBar::tab:selected { color: @text; border-bottom: 2px solid @accent; }
QTabBar::tab:focus { color: @accent; }
QTabWidget::pane { border: none; border-top: 1px solid @border; }
QHeaderView { background: @base; border: none; }
QHeaderView::section { background: @base; color: @muted; border: none; border-bottom: 1px solid @border;
                       padding: 5px 3px; }
QHeaderView[tight="true"]::section { padding: 1px 2px; }
QTableView, QTreeView, QListView { border: none; background: @base; outline: none; }
QScrollBar:vertical { background: transparent; width: 11px; margin: 0; }
QScrollBar:horizontal { background: transparent; height: 11px; margin: 0; }
QScrollBar::handle { background: @handle; border-radius: 4px; margin: 2px; }
QScrollBar::handle:vertical { min-height: 28px; }
QScrollBar::handle:horizontal { min-width: 28px; }
QScrollBar::handle:hover { background: @muted; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QStatusBar { background: @window; border-top: 1px solid @border; }
QStatusBar::item { border: none; }
QPushButton { background: @button; border: 1px solid @border; border-radius: 5px; padding: 5px 12px; }
QPushButton:hover { background: @hover; }
QPushButton:pressed { background: @pressed; }
QPushButton:focus { border-color: @accent; }
QPushButton:disabled { color: @disabled; }
QPushButton[primary="true"] { background: @highlight; color: @highlightedText; border-color: @highlight; }
QPushButton[primary="true"]:hover { background: @accent; color: @window; }
QPushButton[flat="true"] { background: transparent; border-color: transparent; }
QLineEdit, QPlainTextEdit { background: @base; border: 1px solid @border; border-radius: 5px; padding: 4px 6px;
            selection-background-color: @highlight; selection-color: @highlightedText; }
QLineEdit:focus, QPlainTextEdit:focus { border-color: @accent; }
QLineEdit[invalid="true"] { border-color: @failure; }
QAbstractSpinBox QLineEdit, QComboBox QLineEdit, QAbstractItemView QLineEdit { border: none; border-radius: 0;
            padding: 0; background: transparent; }
QAbstractItemView QLineEdit { background: @base; }
QLineEdit[title="true"] { background: transparent; border-color: transparent; padding: 2px 3px; }
QLineEdit[title="true"]:hover { border-color: @border; }
QLineEdit[title="true"]:focus { background: @base; border-color: @accent; }
QLabel[muted="true"] { color: @muted; }
QLabel[failure="true"] { color: @failure; }
QLabel[warning="true"] { color: @warning; }
QToolButton[small="true"] { padding: 2px; }
QToolButton[heading="true"] { text-align: left; padding: 4px 2px; border-radius: 4px; }
QToolButton[heading="true"]:checked { background: transparent; }
QToolButton[heading="true"]:hover { background: @hover; }
QToolButton#live:checked { color: @accent; background: transparent; font-weight: 600; }
QDockWidget::close-button, QDockWidget::float-button { border: none; padding: 0; border-radius: 4px; }
QDockWidget::close-button:hover { background: @hover; }
QListView[plain="true"], QTreeView[plain="true"] { background: transparent; }
QListView[plain="true"]::item, QTreeView[plain="true"]::item { border-radius: 6px; color: @text; }
QListView[plain="true"]::item:hover, QTreeView[plain="true"]::item:hover { background: @hover; }
QListView[plain="true"]::item:selected, QTreeView[plain="true"]::item:selected { background: @selected; }
QListView[plain="true"]::item:disabled { color: @disabled; }
QTableView[framed="true"] { border: 1px solid @border; border-radius: 4px; }
#liveBlock { background: @base; border: 1px solid @border; border-radius: 8px; }
#transportBar { background: @window; }
QToolBar#transport { border-top: 1px solid @border; border-bottom: none; padding: 0; }
#startPage { background: @base; }
#startPage QListView { background: transparent; }
#card { border: 1px solid @border; border-radius: 8px; background: transparent; }
#commandPalette QListView::item:selected { background: @selected; }
QScrollArea { border: none; background: transparent; }
)";

}  // namespace

QString styleSheet(const QPalette& palette, const SheetColours& colours)
{
    const auto blend = [&palette](QPalette::ColorRole role, int alpha) {
        const QColor colour = palette.color(role);
        return QStringLiteral("rgba(%1, %2, %3, %4)")
            .arg(colour.red())
            .arg(colour.green())
            .arg(colour.blue())
            .arg(alpha);
    };
    // Longer names first: "@text" is the beginning of none that follows it.
    const std::pair<const char*, QString> names[] = {
        {"@toolTipText", palette.color(QPalette::ToolTipText).name()},
        {"@toolTip", palette.color(QPalette::ToolTipBase).name()},
        {"@highlightedText", palette.color(QPalette::HighlightedText).name()},
        {"@highlight", palette.color(QPalette::Highlight).name()},
        {"@window", palette.color(QPalette::Window).name()},
        {"@base", palette.color(QPalette::Base).name()},
        {"@button", palette.color(QPalette::Button).name()},
        {"@border", palette.color(QPalette::Mid).name()},
        {"@handle", blend(QPalette::Text, 70)},
        {"@hover", blend(QPalette::Text, 20)},
        {"@pressed", blend(QPalette::Text, 38)},
        {"@disabled", blend(QPalette::Text, 110)},
        {"@failure", colours.failure.name()},
        {"@accent", colours.accent.name()},
        {"@muted", colours.muted.name()},
        {"@warning", colours.warning.name()},
        {"@selected", blend(QPalette::Highlight, 70)},
        {"@text", palette.color(QPalette::Text).name()},
    };
    QString text = QString::fromLatin1(kSheet);
    for (const auto& [name, value] : names) {
        text.replace(QLatin1String(name), value);
    }
    return text;
}

}  // namespace neph::theme
