#include "app/desktop/canvas/canvas_look.h"

#include <QFontMetricsF>
#include <QPainterPath>
#include <QPolygonF>
#include <algorithm>
#include <cmath>

#include "app/desktop/theme.h"

namespace neph {

namespace {

constexpr double kBadgeRadius = 8;
constexpr double kBusy = 0.7;
constexpr double kOverloaded = 0.9;
constexpr double kTightest = 0.85;  ///< Share of its width to which a line may be narrowed.

/// The beginning of a sentence that fits as a whole clause: "on demand" of "on demand: up to 12,000 reads/s".
/// Empty if none does.
QString clauseOf(const QString& text, const QFontMetricsF& metrics, double width)
{
    constexpr qsizetype kLeastLetters = 3;
    static const QString ends[] = {
        QStringLiteral(": "), QStringLiteral(", "), QStringLiteral(" · "), QStringLiteral(" (")};
    QString best;
    for (const QString& end : ends) {
        for (qsizetype at = text.indexOf(end); at >= 0; at = text.indexOf(end, at + 1)) {
            const QString clause = text.left(at);
            if (at >= kLeastLetters && at > best.size() && metrics.horizontalAdvance(clause) <= width) {
                best = clause;
            }
        }
    }
    return best;
}

}  // namespace

QColor faded(QColor colour, double opacity)
{
    colour.setAlphaF(static_cast<float>(opacity));
    return colour;
}

void drawKindIcon(QPainter& painter, const QRectF& where, const QString& stem)
{
    const QTransform& view = painter.worldTransform();
    const double scale = std::hypot(view.m11(), view.m12()) * painter.device()->devicePixelRatioF();
    const int pixels = std::clamp(static_cast<int>(std::ceil(where.width() * scale)), 8, 512);
    const QPixmap pixmap = theme::kindIcon(stem.toStdString()).pixmap(QSize(pixels, pixels), 1.0);
    const bool wasSmooth = painter.testRenderHint(QPainter::SmoothPixmapTransform);
    painter.setRenderHint(QPainter::SmoothPixmapTransform);
    painter.drawPixmap(where, pixmap, QRectF(QPointF(), QSizeF(pixmap.size())));
    painter.setRenderHint(QPainter::SmoothPixmapTransform, wasSmooth);
}

void drawProblem(QPainter& painter, QPointF centre, Severity severity)
{
    const bool isError = severity == Severity::Error;
    painter.setPen(QPen(theme::canvas(), 2));
    painter.setBrush(isError ? theme::failure() : theme::warning());
    if (isError) {
        painter.drawEllipse(centre, kBadgeRadius, kBadgeRadius);
    } else {
        QPainterPath triangle;
        triangle.addPolygon(QPolygonF(
            {centre + QPointF(0, -kBadgeRadius), centre + QPointF(kBadgeRadius + 1, kBadgeRadius - 1),
             centre + QPointF(-kBadgeRadius - 1, kBadgeRadius - 1)}));
        triangle.closeSubpath();
        painter.drawPath(triangle);
    }
    painter.setPen(Qt::NoPen);
    painter.setBrush(theme::canvas());
    const double drop = isError ? 0 : 1.5;
    painter.drawRoundedRect(QRectF(centre.x() - 1, centre.y() - 4.5 + drop, 2, isError ? 5.5 : 4.5), 1, 1);
    painter.drawEllipse(centre + QPointF(0, 3.5 + drop * 0.6), 1.1, 1.1);
}

QColor loadColour(double utilisation)
{
    if (utilisation >= kOverloaded) {
        return theme::failure();
    }
    return utilisation >= kBusy ? theme::warning() : theme::healthy();
}

void drawLine(QPainter& painter, const QRectF& where, Qt::Alignment alignment, const QString& text)
{
    const QFont before = painter.font();
    const double needed = QFontMetricsF(before).horizontalAdvance(text);
    QString fits = text;
    if (needed > where.width() && needed * kTightest <= where.width()) {
        QFont tight = before;  // A little narrower is easier to read than the end cut off.
        tight.setStretch(static_cast<int>(100 * where.width() / needed) - 1);
        painter.setFont(tight);
    } else if (needed > where.width()) {
        fits = clauseOf(text, QFontMetricsF(before), where.width());
        if (fits.isEmpty()) {
            fits = QFontMetricsF(before).elidedText(text, Qt::ElideRight, where.width());
        }
    }
    painter.drawText(where, static_cast<int>(alignment) | Qt::TextSingleLine | Qt::TextDontClip, fits);
    painter.setFont(before);
}

}  // namespace neph
