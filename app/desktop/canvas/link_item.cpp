#include "app/desktop/canvas/link_item.h"

#include <QFontMetricsF>
#include <QPainterPathStroker>
#include <QStyleOptionGraphicsItem>
#include <algorithm>
#include <cmath>
#include <utility>

#include "app/desktop/canvas/canvas_text.h"
#include "app/desktop/theme.h"

namespace neph {

namespace {

constexpr int kPieces = 32;
constexpr double kMargin = 180;  ///< Room for the label beside the curve.
constexpr double kArrow = 8;
constexpr double kDotRadius = 3;
constexpr double kSpeed = 70;  ///< Scene units per second.
constexpr double kWordsFrom = 0.5;
constexpr double kShortestForLabel = 70;

/// Gap between two dots: 64 at one request in a second or less, 9 at a hundred thousand.
double gapOf(double rate)
{
    return std::clamp(64 - 11 * std::log10(std::max(rate, 1.0)), 9.0, 64.0);
}

/// Whether dot number `index` of an endless row is one of the share that fails; spread evenly.
bool isError(double index, double share)
{
    return std::floor((index + 1) * share) > std::floor(index * share);
}

}  // namespace

LinkItem::LinkItem(std::string id) : m_id(std::move(id)) {}

void LinkItem::place(const LinkRoute& route)
{
    if (route == m_route && !m_points.empty()) {
        return;
    }
    prepareGeometryChange();
    m_route = route;
    m_points.clear();
    m_lengths.clear();
    for (int i = 0; i <= kPieces; ++i) {
        const double t = static_cast<double>(i) / kPieces;
        const double u = 1 - t;
        m_points.push_back(
            route.start * (u * u * u) + route.startControl * (3 * u * u * t) +
            route.endControl * (3 * u * t * t) + route.end * (t * t * t));
        const QPointF step = i == 0 ? QPointF() : m_points[i] - m_points[i - 1];
        m_lengths.push_back(i == 0 ? 0 : m_lengths.back() + std::hypot(step.x(), step.y()));
    }
}

void LinkItem::setFace(const QString& verb, bool carriesRequests)
{
    if (verb != m_verb || carriesRequests != m_carriesRequests) {
        m_verb = verb;
        m_carriesRequests = carriesRequests;
        update();
    }
}

void LinkItem::setLook(const ItemLook& look)
{
    if (look != m_look) {
        m_look = look;
        update();
    }
}

void LinkItem::setLive(const LinkLive* live)
{
    if (live == nullptr && !m_live) {
        return;
    }
    m_live = live != nullptr ? std::optional(*live) : std::nullopt;
    update();
}

void LinkItem::setTraffic(TrafficStyle style, double seconds)
{
    if (style != m_style || (seconds != m_seconds && isMoving())) {
        m_style = style;
        m_seconds = seconds;
        update();
    }
}

bool LinkItem::isNear(QPointF point, double reach) const
{
    for (std::size_t i = 1; i < m_points.size(); ++i) {
        const QPointF along = m_points[i] - m_points[i - 1];
        const QPointF to = point - m_points[i - 1];
        const double square = QPointF::dotProduct(along, along);
        const double part = square > 0 ? std::clamp(QPointF::dotProduct(to, along) / square, 0.0, 1.0) : 0;
        const QPointF off = to - along * part;
        if (QPointF::dotProduct(off, off) <= reach * reach) {
            return true;
        }
    }
    return false;
}

QRectF LinkItem::boundingRect() const
{
    return m_route.bounds().adjusted(-kMargin, -kMargin / 6, kMargin, kMargin / 6);
}

QPainterPath LinkItem::shape() const
{
    QPainterPathStroker stroker;
    stroker.setWidth(10);
    return stroker.createStroke(m_route.path());
}

LinkItem::Spot LinkItem::spotAt(double length) const
{
    const auto found = std::upper_bound(m_lengths.begin() + 1, m_lengths.end() - 1, length);
    const auto index = static_cast<std::size_t>(found - m_lengths.begin());
    const QPointF step = m_points[index] - m_points[index - 1];
    const double piece = m_lengths[index] - m_lengths[index - 1];
    const double part = piece > 0 ? std::clamp((length - m_lengths[index - 1]) / piece, 0.0, 1.0) : 0;
    return {m_points[index - 1] + step * part, std::atan2(step.y(), step.x()) * 180 / M_PI};
}

void LinkItem::drawDots(QPainter& painter, double zoom) const
{
    const double gap = gapOf(m_live->rate) / std::min(1.0, zoom * 1.5);
    const double travelled = m_seconds * kSpeed;
    const double phase = std::fmod(travelled, gap);
    const double first = std::floor(travelled / gap);
    const double end = m_lengths.back() - kArrow;
    int place = 0;
    for (double at = phase; at < end; at += gap, ++place) {
        const QPointF spot = spotAt(at).at;
        if (isError(first - place, m_live->errorShare)) {
            painter.setPen(QPen(theme::failure(), 2, Qt::SolidLine, Qt::RoundCap));
            painter.drawLine(spot + QPointF(-3, -3), spot + QPointF(3, 3));
            painter.drawLine(spot + QPointF(-3, 3), spot + QPointF(3, -3));
        } else {
            painter.setPen(QPen(theme::canvas(), 1));
            painter.setBrush(theme::accent());
            painter.drawEllipse(spot, kDotRadius, kDotRadius);
        }
    }
}

void LinkItem::drawArrows(QPainter& painter) const
{
    painter.setBrush(Qt::NoBrush);
    for (const double part : {0.25, 0.75}) {
        const Spot spot = spotAt(m_lengths.back() * part);
        painter.save();
        painter.translate(spot.at);
        painter.rotate(spot.angle);
        painter.setPen(QPen(
            m_live->errorShare > 0 ? theme::failure() : theme::accent(), 2, Qt::SolidLine, Qt::RoundCap));
        painter.drawLine(QPointF(-4, -5), QPointF(3, 0));
        painter.drawLine(QPointF(-4, 5), QPointF(3, 0));
        painter.restore();
    }
}

QString LinkItem::labelText() const
{
    QStringList words;
    if (m_look.hovered || m_look.selected) {
        words << m_verb;
    }
    if (isMoving()) {
        words << (m_live->isEstimate ? QStringLiteral("≈ ") : QString()) + rateText(m_live->rate);
        if (m_live->errorShare >= 0.0005) {
            words << QStringLiteral("✕ %1 %").arg(
                m_live->errorShare * 100, 0, 'f', m_live->errorShare < 0.1 ? 1 : 0);
        }
    }
    return words.join(QStringLiteral(" · "));
}

QRectF LinkItem::labelRect() const
{
    const QFontMetricsF metrics(figureFont());
    const QSizeF size(metrics.horizontalAdvance(labelText()) + 14, 18);
    // Beside the curve, so that it hides no dot: above where it runs across, to the right where it runs down.
    const Spot spot = spotAt(m_lengths.back() / 2);
    const double angle = spot.angle * M_PI / 180;
    QPointF aside(std::sin(angle), -std::cos(angle));
    if (aside.y() > 0.1 || (std::abs(aside.y()) <= 0.1 && aside.x() < 0)) {
        aside = -aside;
    }
    const QPointF off(aside.x() * (size.width() / 2 + 7), aside.y() * (size.height() / 2 + 6));
    return {spot.at + off - QPointF(size.width(), size.height()) / 2, size};
}

void LinkItem::drawLabel(QPainter& painter) const
{
    const QString text = labelText();
    const bool asked = m_look.hovered || m_look.selected;
    if (text.isEmpty() || (!asked && m_lengths.back() < kShortestForLabel)) {
        return;
    }
    const QRectF plate = labelRect();
    painter.setPen(QPen(asked ? theme::accent() : theme::cardBorder(), 1));
    painter.setBrush(theme::card());
    painter.drawRoundedRect(plate, plate.height() / 2, plate.height() / 2);
    painter.setFont(figureFont());
    painter.setPen(m_live && m_live->errorShare >= 0.0005 ? theme::failure() : theme::text());
    painter.drawText(plate, Qt::AlignCenter, text);
}

void LinkItem::paint(QPainter* painter, const QStyleOptionGraphicsItem* option, QWidget*)
{
    if (m_points.empty()) {
        return;
    }
    const double zoom = option->levelOfDetailFromTransform(painter->worldTransform());
    painter->setRenderHint(QPainter::Antialiasing);
    const bool strong = m_look.selected || m_look.hovered;
    const QColor colour =
        strong ? theme::accent() : faded(theme::mutedText(), m_carriesRequests ? 0.75 : 0.5);
    QPen pen(colour, strong ? 2 : 1.5, Qt::SolidLine, Qt::RoundCap);
    if (!m_carriesRequests) {
        pen.setDashPattern({3, 3});
    }
    painter->setPen(pen);
    painter->setBrush(Qt::NoBrush);
    painter->drawPath(m_route.path());

    const Spot tip = spotAt(m_lengths.back());
    painter->save();
    painter->translate(tip.at);
    painter->rotate(tip.angle);
    painter->setPen(Qt::NoPen);
    painter->setBrush(colour);
    const QPointF head[] = {{0, 0}, {-kArrow, -kArrow / 2}, {-kArrow, kArrow / 2}};
    painter->drawPolygon(head, 3);
    painter->restore();

    if (isMoving()) {
        m_style == TrafficStyle::Dots ? drawDots(*painter, zoom) : drawArrows(*painter);
    }
    if (zoom >= kWordsFrom) {
        drawLabel(*painter);
    }
}

}  // namespace neph
