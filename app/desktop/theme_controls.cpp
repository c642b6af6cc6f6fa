#include "app/desktop/theme_controls.h"

#include <algorithm>

#include "app/desktop/theme.h"

namespace neph::theme {

namespace {

constexpr double kControlRadius = 5;
constexpr double kBoxRadius = 3;

QColor outlineOf(const QStyleOption& option)
{
    const bool isFocused = option.state.testFlag(QStyle::State_HasFocus);
    return isFocused ? accent() : option.palette.color(QPalette::Mid);
}

/// A small open arrow; `up` turns it.
void drawChevron(QPainter& painter, const QPointF& centre, double half, bool up, const QColor& colour)
{
    const double rise = (up ? 1 : -1) * half / 2;
    painter.setPen(QPen(colour, 1.5, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    painter.setBrush(Qt::NoBrush);
    painter.drawPolyline(
        QPolygonF({centre + QPointF(-half, rise), centre + QPointF(0, -rise), centre + QPointF(half, rise)}));
}

QColor arrowColour(const QStyleOption& option)
{
    const bool isEnabled = option.state.testFlag(QStyle::State_Enabled);
    return isEnabled ? mutedText() : option.palette.color(QPalette::Disabled, QPalette::ButtonText);
}

}  // namespace

void drawCheckBox(QPainter& painter, const QStyleOption& option)
{
    const bool isChecked = option.state.testFlag(QStyle::State_On);
    const bool isPartly = option.state.testFlag(QStyle::State_NoChange);
    const bool isHovered = option.state.testFlag(QStyle::State_MouseOver);
    const double side = std::min(option.rect.width(), option.rect.height()) - 1;
    QRectF box(0, 0, side, side);
    box.moveCenter(QRectF(option.rect).center());
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setOpacity(option.state.testFlag(QStyle::State_Enabled) ? 1 : 0.5);
    const bool isFilled = isChecked || isPartly;
    const QColor fill = option.palette.color(isFilled ? QPalette::Highlight : QPalette::Base);
    painter.setPen(QPen(isFilled ? fill : isHovered ? accent() : mutedText(), 1.2));
    painter.setBrush(fill);
    painter.drawRoundedRect(box, kBoxRadius, kBoxRadius);
    painter.setPen(QPen(
        option.palette.color(QPalette::HighlightedText), 1.8, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    const auto at = [&box](double x, double y) {
        return QPointF(box.left() + x * box.width(), box.top() + y * box.height());
    };
    if (isChecked) {
        painter.drawPolyline(QPolygonF({at(0.24, 0.52), at(0.43, 0.71), at(0.77, 0.31)}));
    } else if (isPartly) {
        painter.drawLine(at(0.27, 0.5), at(0.73, 0.5));
    }
    painter.restore();
}

void drawComboBox(QPainter& painter, const QStyleOptionComboBox& option, const QRect& arrow)
{
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    const bool isHovered = option.state.testFlag(QStyle::State_MouseOver);
    painter.setPen(QPen(outlineOf(option), 1));
    painter.setBrush(option.palette.color(option.editable ? QPalette::Base : QPalette::Button));
    const QRectF frame = QRectF(option.rect).adjusted(0.5, 0.5, -0.5, -0.5);
    painter.drawRoundedRect(frame, kControlRadius, kControlRadius);
    drawChevron(
        painter, QRectF(arrow).center(), 4, false,
        isHovered ? option.palette.color(QPalette::ButtonText) : arrowColour(option));
    painter.restore();
}

void drawSpinBox(QPainter& painter, const QStyleOptionSpinBox& option, const QRect& up, const QRect& down)
{
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(outlineOf(option), 1));
    painter.setBrush(option.palette.color(QPalette::Base));
    painter.drawRoundedRect(
        QRectF(option.rect).adjusted(0.5, 0.5, -0.5, -0.5), kControlRadius, kControlRadius);
    for (const auto& [rect, step] :
         {std::pair(up, QStyle::SC_SpinBoxUp), std::pair(down, QStyle::SC_SpinBoxDown)}) {
        const bool isUnderMouse =
            option.state.testFlag(QStyle::State_MouseOver) && option.activeSubControls.testFlag(step);
        const bool isUp = step == QStyle::SC_SpinBoxUp;
        const QPointF towardsMiddle(0, isUp ? 1.5 : -1.5);
        drawChevron(
            painter, QRectF(rect).center() + towardsMiddle, 3, isUp,
            isUnderMouse ? option.palette.color(QPalette::Text) : arrowColour(option));
    }
    painter.restore();
}

}  // namespace neph::theme
