#include "app/desktop/canvas/canvas_overlay.h"

#include <QFontMetricsF>
#include <QGuiApplication>
#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "app/desktop/canvas/canvas_look.h"
#include "app/desktop/canvas/canvas_scene.h"
#include "app/desktop/canvas/canvas_text.h"
#include "app/desktop/theme.h"

namespace neph {

namespace {

// All in pixels of the screen: handles are as large at every zoom.
constexpr double kArrowOffset = 17;
constexpr double kArrowRadius = 9;
constexpr double kHandle = 8;
constexpr double kBubbleWidth = 320;

constexpr std::array<Side, 4> kSides{Side::Left, Side::Right, Side::Top, Side::Bottom};

std::array<std::pair<QPointF, ResizeHandle>, 8> handlesOf(const QRectF& frame)
{
    const QPointF middle = frame.center();
    return {{
        {frame.topLeft(), {true, true, false, false}},
        {{middle.x(), frame.top()}, {false, true, false, false}},
        {frame.topRight(), {false, true, true, false}},
        {{frame.right(), middle.y()}, {false, false, true, false}},
        {frame.bottomRight(), {false, false, true, true}},
        {{middle.x(), frame.bottom()}, {false, false, false, true}},
        {frame.bottomLeft(), {true, false, false, true}},
        {{frame.left(), middle.y()}, {true, false, false, false}},
    }};
}

void drawArrow(QPainter& painter, QPointF centre, Side side, double zoom)
{
    painter.save();
    painter.translate(centre);
    painter.scale(1 / zoom, 1 / zoom);
    painter.setPen(QPen(theme::canvas(), 1.5));
    painter.setBrush(theme::accent());
    painter.drawEllipse(QPointF(), kArrowRadius, kArrowRadius);
    const QPointF way = outwards(side);
    painter.rotate(std::atan2(way.y(), way.x()) * 180 / M_PI);
    painter.setPen(QPen(theme::canvas(), 1.75, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    painter.drawLine(QPointF(-4, 0), QPointF(4, 0));
    painter.drawLine(QPointF(0.5, -3.5), QPointF(4, 0));
    painter.drawLine(QPointF(0.5, 3.5), QPointF(4, 0));
    painter.restore();
}

void drawBubble(QPainter& painter, const CanvasOverlay::Bubble& bubble, double zoom)
{
    painter.save();
    painter.translate(bubble.at);
    painter.scale(1 / zoom, 1 / zoom);
    painter.setFont(detailFont());
    const QFontMetricsF metrics(painter.font());
    const QRectF words =
        metrics.boundingRect(QRectF(0, 0, kBubbleWidth, 400), Qt::AlignLeft | Qt::TextWordWrap, bubble.text);
    constexpr double kMark = 22;
    const QRectF plate(16, 16, words.width() + kMark + 20, words.height() + 16);
    painter.setPen(Qt::NoPen);
    painter.setBrush(QColor(0, 0, 0, 30));
    painter.drawRoundedRect(plate.translated(0, 2), 7, 7);
    const QColor colour = bubble.isRefusal ? theme::failure() : theme::accent();
    painter.setPen(QPen(colour, 1));
    painter.setBrush(theme::card());
    painter.drawRoundedRect(plate, 6, 6);

    const QPointF mark(plate.left() + 18, plate.top() + 8 + metrics.height() / 2);
    painter.setPen(QPen(colour, 1.75, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    painter.setBrush(Qt::NoBrush);
    if (bubble.isRefusal) {
        painter.drawEllipse(mark, 6, 6);
        painter.drawLine(mark + QPointF(-4, -4), mark + QPointF(4, 4));
    } else {
        painter.drawPolyline(
            QPolygonF({mark + QPointF(-5, 0), mark + QPointF(-1, 4), mark + QPointF(5, -4)}));
    }
    painter.setPen(theme::text());
    painter.drawText(
        QRectF(plate.left() + 12 + kMark, plate.top() + 8, words.width() + 1, words.height() + 1),
        Qt::AlignLeft | Qt::TextWordWrap, bubble.text);
    painter.restore();
}

void drawOutline(QPainter& painter, const QRectF& rect, double zoom, double radius)
{
    painter.setPen(QPen(theme::accent(), 1 / zoom, Qt::DashLine));
    painter.setBrush(faded(theme::accent(), 0.1));
    painter.drawRoundedRect(rect, radius, radius);
}

}  // namespace

void CanvasOverlay::endGesture()
{
    guides.clear();
    band.reset();
    ghost.reset();
    link.reset();
    linkIsRefused = false;
    bubble.reset();
}

QPointF CanvasOverlay::arrowCentre(const QRectF& card, Side side, double zoom)
{
    return middleOf(card, side) + outwards(side) * (kArrowOffset / zoom);
}

void CanvasOverlay::paint(QPainter& painter, const CanvasScene& scene, double zoom) const
{
    painter.setRenderHint(QPainter::Antialiasing);
    if (!resizable.empty()) {
        painter.setPen(QPen(theme::accent(), 1.25 / zoom));
        painter.setBrush(theme::card());
        for (const auto& [corner, handle] : handlesOf(scene.rectOf(resizable))) {
            const double side = kHandle / zoom;
            painter.drawRoundedRect(
                QRectF(corner - QPointF(side, side) / 2, QSizeF(side, side)), 2 / zoom, 2 / zoom);
        }
    }
    if (ghost) {
        drawOutline(painter, *ghost, zoom, 8);
    }
    painter.setPen(QPen(faded(theme::accent(), 0.8), 1 / zoom));
    for (const QLineF& guide : guides) {
        painter.drawLine(guide);
    }
    if (band) {
        drawOutline(painter, *band, zoom, 0);
    }
    if (link) {
        painter.setBrush(Qt::NoBrush);
        painter.setPen(QPen(
            linkIsRefused ? theme::failure() : theme::accent(), 2 / zoom,
            linkIsRefused ? Qt::DashLine : Qt::SolidLine, Qt::RoundCap));
        painter.drawPath(link->path());
        painter.setBrush(painter.pen().color());
        painter.drawEllipse(link->end, 3 / zoom, 3 / zoom);
    }
    if (!connectFrom.empty()) {
        for (const Side side : kSides) {
            drawArrow(painter, arrowCentre(scene.rectOf(connectFrom), side, zoom), side, zoom);
        }
    }
    if (bubble) {
        drawBubble(painter, *bubble, zoom);
    }
}

std::optional<Side> CanvasOverlay::arrowAt(QPointF at, const CanvasScene& scene, double zoom) const
{
    if (connectFrom.empty()) {
        return std::nullopt;
    }
    for (const Side side : kSides) {
        const QPointF off = at - arrowCentre(scene.rectOf(connectFrom), side, zoom);
        if (std::hypot(off.x(), off.y()) * zoom <= kArrowRadius + 2) {
            return side;
        }
    }
    return std::nullopt;
}

std::optional<ResizeHandle> CanvasOverlay::handleAt(QPointF at, const CanvasScene& scene, double zoom) const
{
    if (resizable.empty()) {
        return std::nullopt;
    }
    for (const auto& [corner, handle] : handlesOf(scene.rectOf(resizable))) {
        const QPointF off = at - corner;
        if (std::max(std::abs(off.x()), std::abs(off.y())) * zoom <= kHandle) {
            return handle;
        }
    }
    return std::nullopt;
}

}  // namespace neph
