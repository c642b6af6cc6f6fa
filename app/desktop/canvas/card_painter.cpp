#include "app/desktop/canvas/card_painter.h"

#include <QCoreApplication>
#include <QPainterPath>
#include <QPixmapCache>
#include <algorithm>
#include <cmath>

#include "app/desktop/canvas/canvas_text.h"
#include "app/desktop/theme.h"

namespace neph {

namespace {

constexpr double kRadius = 8;
constexpr double kPadding = 12;
constexpr double kTile = 38;  ///< The round ground of the icon, which the ring of the load surrounds.
constexpr double kIcon = 24;
constexpr double kGap = 10;
constexpr double kReplica = 8;
constexpr double kReplicaStep = 12;
constexpr double kBar = 4;
constexpr int kShadow = 7;
constexpr double kWordsFrom = 0.5;
constexpr double kShapeFrom = 0.25;

/// The shadow of a card, drawn once: soft enough to be stretched to any zoom.
QPixmap shadowPixmap(QSize card)
{
    const bool isDark = theme::isDark();
    const QString key =
        QStringLiteral("neph-shadow-%1x%2-%3").arg(card.width()).arg(card.height()).arg(isDark ? 1 : 0);
    QPixmap pixmap;
    if (QPixmapCache::find(key, &pixmap)) {
        return pixmap;
    }
    pixmap = QPixmap(card + QSize(2 * kShadow, 2 * kShadow));
    pixmap.fill(Qt::transparent);
    QPainter painter(&pixmap);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(QColor(0, 0, 0, isDark ? 22 : 6));
    for (int spread = 0; spread < kShadow; ++spread) {
        const QRectF soft =
            QRectF(QPointF(kShadow, kShadow), QSizeF(card)).adjusted(-spread, -spread, spread, spread);
        painter.drawRoundedRect(soft, kRadius + spread, kRadius + spread);
    }
    painter.end();
    QPixmapCache::insert(key, pixmap);
    return pixmap;
}

void drawShadow(QPainter& painter, const QRectF& rect)
{
    const QPixmap shadow = shadowPixmap(rect.size().toSize());
    painter.drawPixmap(
        rect.adjusted(-kShadow, -kShadow + 2, kShadow, kShadow + 2), shadow,
        QRectF(QPointF(), QSizeF(shadow.size())));
}

QColor outlineColour(const ItemLook& look)
{
    switch (look.mark) {
    case Mark::Target:
        return theme::accent();
    case Mark::Refused:
        return theme::failure();
    case Mark::Possible:
        return faded(theme::accent(), 0.6);
    case Mark::None:
        break;
    }
    if (look.selected) {
        return theme::accent();
    }
    return look.hovered ? faded(theme::accent(), 0.6) : theme::cardBorder();
}

void drawPlate(QPainter& painter, const QRectF& rect, const ItemLook& look)
{
    const bool strong = look.selected || look.mark == Mark::Target || look.mark == Mark::Refused;
    const QColor outline = outlineColour(look);
    if (strong) {
        painter.setPen(Qt::NoPen);
        painter.setBrush(faded(outline, 0.18));
        painter.drawRoundedRect(rect.adjusted(-4, -4, 4, 4), kRadius + 4, kRadius + 4);
    }
    painter.setPen(QPen(outline, strong ? 2 : 1));
    painter.setBrush(theme::card());
    const double inset = strong ? 0 : 0.5;
    painter.drawRoundedRect(rect.adjusted(inset, inset, -inset, -inset), kRadius, kRadius);
}

void drawIconTile(QPainter& painter, const QRectF& tile, const ItemFace& face, const NodeLive* live)
{
    painter.setPen(Qt::NoPen);
    painter.setBrush(faded(theme::category(face.category), 0.12));
    painter.drawEllipse(tile);
    drawKindIcon(
        painter, QRectF(tile.center() - QPointF(kIcon, kIcon) / 2, QSizeF(kIcon, kIcon)), face.iconStem);
    if (live == nullptr || !live->hasUtilisation) {
        return;
    }
    constexpr double kWidth = 3;
    constexpr int kTop = 90 * 16;  // Qt counts sixteenths of a degree, from three o'clock.
    const QRectF ring = tile.adjusted(kWidth / 2, kWidth / 2, -kWidth / 2, -kWidth / 2);
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(faded(theme::mutedText(), 0.22), kWidth));
    painter.drawEllipse(ring);
    const int span = static_cast<int>(std::lround(live->utilisation * 360 * 16));
    if (span > 0) {
        painter.setPen(QPen(loadColour(live->utilisation), kWidth, Qt::SolidLine, Qt::RoundCap));
        painter.drawArc(ring, kTop, -span);
    }
}

/// One replica. The shape says as much as the colour: filled, hollow, triangle, dash, cross.
void drawReplica(QPainter& painter, QPointF corner, ReplicaView::Look look)
{
    const QRectF square(corner, QSizeF(kReplica, kReplica));
    const QRectF inner = square.adjusted(0.75, 0.75, -0.75, -0.75);
    switch (look) {
    case ReplicaView::Look::Healthy:
        painter.setPen(Qt::NoPen);
        painter.setBrush(theme::healthy());
        painter.drawRoundedRect(square, 2, 2);
        break;
    case ReplicaView::Look::Starting:
        painter.setPen(QPen(theme::starting(), 1.5));
        painter.setBrush(faded(theme::starting(), 0.2));
        painter.drawRoundedRect(inner, 2, 2);
        break;
    case ReplicaView::Look::Unhealthy: {
        painter.setPen(Qt::NoPen);
        painter.setBrush(theme::warning());
        const QPointF corners[] = {
            {square.center().x(), square.top() - 0.5}, square.bottomRight(), square.bottomLeft()};
        painter.drawPolygon(corners, 3);
        break;
    }
    case ReplicaView::Look::Stopping:
        painter.setPen(QPen(theme::mutedText(), 1.5, Qt::SolidLine, Qt::RoundCap));
        painter.drawLine(
            QPointF(square.left() + 1, square.center().y()),
            QPointF(square.right() - 1, square.center().y()));
        break;
    case ReplicaView::Look::Failed:
        painter.setPen(QPen(theme::failure(), 2, Qt::SolidLine, Qt::RoundCap));
        painter.drawLine(inner.topLeft(), inner.bottomRight());
        painter.drawLine(inner.topRight(), inner.bottomLeft());
        break;
    }
}

void drawReplicas(QPainter& painter, QPointF corner, double width, const std::vector<ReplicaView>& replicas)
{
    const auto room = static_cast<std::size_t>(width / kReplicaStep);
    const bool fits = replicas.size() <= room;
    const std::size_t shown = fits ? replicas.size() : room - 3;
    for (std::size_t i = 0; i < shown; ++i) {
        drawReplica(painter, corner + QPointF(static_cast<double>(i) * kReplicaStep, 0), replicas[i].look);
    }
    if (!fits) {
        painter.setFont(detailFont());
        painter.setPen(theme::mutedText());
        const double left = corner.x() + static_cast<double>(shown) * kReplicaStep;
        drawLine(
            painter, QRectF(left, corner.y() - 3, 3 * kReplicaStep, kReplica + 6),
            Qt::AlignLeft | Qt::AlignVCenter, QStringLiteral("+%1").arg(replicas.size() - shown));
    }
}

void drawQueue(QPainter& painter, const QRectF& rect, const NodeLive& live)
{
    if (live.queue < 0.5) {
        return;
    }
    painter.save();
    QPainterPath plate;
    plate.addRoundedRect(rect.adjusted(1, 1, -1, -1), kRadius - 1, kRadius - 1);
    painter.setClipPath(plate, Qt::IntersectClip);
    const QRectF groove(rect.left(), rect.bottom() - kBar - 1, rect.width(), kBar + 1);
    painter.fillRect(groove, faded(theme::mutedText(), 0.2));
    painter.fillRect(
        QRectF(groove.topLeft(), QSizeF(groove.width() * live.queueFill, groove.height())),
        loadColour(live.queueFill));
    painter.restore();
}

/// "812/s", with the share of errors before it where there are any.
void drawFigures(QPainter& painter, const QRectF& line, const NodeLive& live, double& taken)
{
    painter.setFont(figureFont());
    const QFontMetricsF metrics(painter.font());
    const QString rate = live.rate > 0 ? rateText(live.rate) : QString();
    const QString errors =
        live.errorShare >= 0.0005
            ? QStringLiteral("✕ %1 %").arg(live.errorShare * 100, 0, 'f', live.errorShare < 0.1 ? 1 : 0)
            : QString();
    painter.setPen(theme::text());
    drawLine(painter, line, Qt::AlignRight | Qt::AlignVCenter, rate);
    taken = metrics.horizontalAdvance(rate);
    if (!errors.isEmpty()) {
        painter.setPen(theme::failure());
        drawLine(
            painter, line.adjusted(0, 0, -taken - (taken > 0 ? 8 : 0), 0), Qt::AlignRight | Qt::AlignVCenter,
            errors);
        taken += metrics.horizontalAdvance(errors) + 8;
    }
}

void drawLiveRows(QPainter& painter, const QRectF& rect, const ItemFace& face, const NodeLive& live)
{
    const bool hasReplicas = !live.replicas.empty();
    const double top = hasReplicas ? 54 : 60;
    const QRectF line(rect.left() + kPadding, rect.top() + top, rect.width() - 2 * kPadding, 16);
    double taken = 0;
    drawFigures(painter, line, live, taken);

    painter.setFont(detailFont());
    painter.setPen(theme::mutedText());
    QString said = live.status.isEmpty() ? face.detail : live.status;
    if (live.queue >= 0.5) {
        said = QCoreApplication::translate("Card", "%1 waiting").arg(countText(live.queue));
    }
    drawLine(painter, line.adjusted(0, 0, -taken - 8, 0), Qt::AlignLeft | Qt::AlignVCenter, said);
    if (hasReplicas) {
        drawReplicas(painter, {line.left(), rect.top() + 73}, line.width(), live.replicas);
    }
    drawQueue(painter, rect, live);
}

void drawWords(QPainter& painter, const QRectF& rect, const ItemFace& face, const NodeLive* live)
{
    const QRectF name = cardNameRect(rect);
    double taken = 0;
    if (live != nullptr && live->hasUtilisation) {
        const QString busy = QStringLiteral("%1 %").arg(live->utilisation * 100, 0, 'f', 0);
        painter.setFont(figureFont());
        painter.setPen(loadColour(live->utilisation));
        drawLine(painter, name, Qt::AlignRight | Qt::AlignVCenter, busy);
        taken = QFontMetricsF(painter.font()).horizontalAdvance(busy) + 8;
    }
    painter.setFont(nameFont());
    painter.setPen(theme::text());
    drawLine(painter, name.adjusted(0, 0, -taken, 0), Qt::AlignLeft | Qt::AlignVCenter, face.name);

    painter.setFont(detailFont());
    painter.setPen(theme::mutedText());
    drawLine(painter, name.translated(0, 18), Qt::AlignLeft | Qt::AlignVCenter, face.kind);
    if (live != nullptr) {
        drawLiveRows(painter, rect, face, *live);
        return;
    }
    const QRectF line(rect.left() + kPadding, rect.top() + 60, rect.width() - 2 * kPadding, 16);
    drawLine(painter, line, Qt::AlignLeft | Qt::AlignVCenter, face.detail);
}

/// What is left of a card from afar: icon, load and, in letters that grow as the card shrinks, the name.
void drawFromAfar(
    QPainter& painter, const QRectF& rect, const ItemFace& face, const NodeLive* live, double zoom)
{
    const bool hasShape = zoom >= kShapeFrom;
    const double side = rect.height() * (hasShape ? 0.44 : 0.7);
    const QPointF middle(rect.center().x(), rect.top() + rect.height() * (hasShape ? 0.32 : 0.5));
    const QRectF icon(middle - QPointF(side, side) / 2, QSizeF(side, side));
    if (hasShape) {
        drawKindIcon(painter, icon, face.iconStem);
        QFont font = nameFont();
        font.setPixelSize(20);
        painter.setFont(font);
        painter.setPen(theme::text());
        drawLine(
            painter, QRectF(rect.left() + 8, rect.top() + 52, rect.width() - 16, 26), Qt::AlignCenter,
            face.name);
    } else {
        painter.fillRect(icon, theme::category(face.category));
    }
    if (live != nullptr && live->hasUtilisation) {
        painter.fillRect(
            QRectF(rect.left(), rect.bottom() - 8, rect.width() * live->utilisation, 8),
            loadColour(live->utilisation));
    }
}

}  // namespace

void paintReal(QPainter& painter, const QRectF& rect, const QString& real, double zoom)
{
    constexpr double kInset = 10;
    painter.setRenderHint(QPainter::Antialiasing);
    const QRectF strip(rect.left() + kInset, rect.bottom(), rect.width() - 2 * kInset, kRealReach - 1);
    if (zoom < kWordsFrom) {  // From afar only that there is something real.
        painter.fillRect(QRectF(strip.topLeft(), QSizeF(strip.width(), kBar)), faded(theme::series(1), 0.8));
        return;
    }
    QPainterPath shape;  // Square above, where it meets the card.
    shape.moveTo(strip.topLeft());
    shape.lineTo(strip.topRight());
    shape.lineTo(strip.right(), strip.bottom() - kRadius);
    shape.quadTo(strip.bottomRight(), QPointF(strip.right() - kRadius, strip.bottom()));
    shape.lineTo(strip.left() + kRadius, strip.bottom());
    shape.quadTo(strip.bottomLeft(), QPointF(strip.left(), strip.bottom() - kRadius));
    shape.closeSubpath();
    painter.setPen(QPen(theme::series(1), 1));
    painter.setBrush(theme::card());
    painter.drawPath(shape);
    const QRectF line = strip.adjusted(8, 0, -8, 0);
    const QString head = QCoreApplication::translate("Card", "real");
    QFont font = detailFont();
    font.setWeight(QFont::DemiBold);
    painter.setFont(font);
    painter.setPen(theme::series(1));
    drawLine(painter, line, Qt::AlignLeft | Qt::AlignVCenter, head);
    const double taken = QFontMetricsF(font).horizontalAdvance(head) + 6;
    painter.setFont(detailFont());
    painter.setPen(theme::text());
    drawLine(painter, line.adjusted(taken, 0, 0, 0), Qt::AlignRight | Qt::AlignVCenter, real);
}

QRectF cardNameRect(const QRectF& rect)
{
    const double left = kPadding + kTile + kGap;
    return {rect.left() + left, rect.top() + 14, rect.width() - left - kPadding, 18};
}

void paintCard(
    QPainter& painter, const QRectF& rect, const ItemFace& face, const NodeLive* live, const ItemLook& look,
    double zoom)
{
    painter.setRenderHint(QPainter::Antialiasing, zoom >= kShapeFrom);
    if (zoom >= kWordsFrom) {
        drawShadow(painter, rect);
    }
    drawPlate(painter, rect, look);
    if (zoom >= kWordsFrom) {
        drawIconTile(painter, QRectF(rect.left() + kPadding, rect.top() + 11, kTile, kTile), face, live);
        drawWords(painter, rect, face, live);
    } else {
        drawFromAfar(painter, rect, face, live, zoom);
    }
    if (face.hasProblem) {
        painter.setRenderHint(QPainter::Antialiasing);
        drawProblem(painter, rect.topRight() + QPointF(-2, 2), face.problem);
    }
}

}  // namespace neph
