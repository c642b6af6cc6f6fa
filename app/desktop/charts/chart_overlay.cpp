#include "app/desktop/charts/chart_overlay.h"

#include <QCoreApplication>
#include <algorithm>
#include <cmath>

#include "app/desktop/charts/event_marks.h"
#include "app/desktop/theme.h"

namespace neph {

namespace {

constexpr int kPadding = 10;     ///< Between the edge of the chart and its title.
constexpr int kSwatch = 12;      ///< Length of the line in front of a name.
constexpr int kOverlayGap = 5;   ///< Within an entry.
constexpr int kEntryGap = 14;    ///< Between entries.
constexpr int kShortLabel = 56;  ///< Names are cut to this before values are left out.
constexpr int kLeastLabel = 28;  ///< A name is not cut shorter than this.

QColor colourOf(EventLevel level)
{
    return level == EventLevel::Failure   ? theme::failure()
           : level == EventLevel::Warning ? theme::warning()
                                          : theme::accent();
}

}  // namespace

int ChartOverlay::headerHeight(const QFont& font)
{
    return QFontMetrics(font).height() + 10;
}

void ChartOverlay::applyDefaultAntialiasingHint(QCPPainter* painter) const
{
    painter->setAntialiasing(true);
}

void ChartOverlay::draw(QCPPainter* painter)
{
    drawHeader(painter);
    drawMarks(painter);
    drawSpan(painter);
    drawCursor(painter);
    if (empty) {
        painter->setPen(theme::mutedText());
        painter->setFont(font);
        painter->drawText(
            mParentPlot->axisRect()->rect(), Qt::AlignCenter,
            QCoreApplication::translate("neph::Charts", "Nothing measured here"));
    }
}

void ChartOverlay::drawHeader(QCPPainter* painter) const
{
    QFont bold = font;
    bold.setWeight(QFont::DemiBold);
    const int height = headerHeight(font);
    const int width = mParentPlot->width() - 2 * kPadding;
    const QFontMetrics metrics(bold);
    const int titleWidth =
        std::min(metrics.horizontalAdvance(title), legend.empty() ? width : width * 6 / 10);
    painter->setFont(bold);
    painter->setPen(theme::text());
    painter->drawText(
        QRect(kPadding, 2, titleWidth + 2, height), Qt::AlignLeft | Qt::AlignVCenter,
        metrics.elidedText(title, Qt::ElideRight, titleWidth + 1));
    const int left = kPadding + titleWidth + kEntryGap;
    drawLegend(painter, QRect(left, 2, mParentPlot->width() - kPadding - left, height));
}

/// How much of the legend there is room for.
struct ChartOverlay::LegendFit {
    int mostLabel = 1000;   ///< Names are cut to this.
    bool values = true;     ///< Whether values are shown.
    std::size_t shown = 0;  ///< Entries; the others are told as "+2".
};

int ChartOverlay::legendWidth(const QFontMetrics& metrics, const LegendFit& fit) const
{
    int sum = fit.shown < legend.size() ? metrics.horizontalAdvance("+99") : -kEntryGap;
    for (std::size_t i = 0; i < fit.shown; ++i) {
        const LegendEntry& entry = legend[i];
        sum += kSwatch + kOverlayGap + std::min(fit.mostLabel, metrics.horizontalAdvance(entry.label)) +
               kEntryGap;
        sum +=
            fit.values && !entry.value.isEmpty() ? kOverlayGap + metrics.horizontalAdvance(entry.value) : 0;
    }
    return sum;
}

/// Where room is short, names are cut a little, then values go, then the last names: two that can be read say
/// more than four that cannot.
ChartOverlay::LegendFit ChartOverlay::fitLegend(const QFontMetrics& metrics, int room) const
{
    LegendFit fit;
    fit.shown = legend.size();
    if (legendWidth(metrics, fit) <= room) {
        return fit;
    }
    fit.mostLabel = kShortLabel;
    fit.values = legendWidth(metrics, fit) <= room;
    while (fit.shown > 1 && legendWidth(metrics, fit) > room) {
        --fit.shown;
    }
    fit.mostLabel = kLeastLabel;
    for (const LegendEntry& entry : legend) {
        fit.mostLabel = std::max(fit.mostLabel, metrics.horizontalAdvance(entry.label));
    }
    while (fit.mostLabel > kLeastLabel && legendWidth(metrics, fit) > room) {
        --fit.mostLabel;
    }
    return fit;
}

/// Entries stand at the right, each as wide as its text.
void ChartOverlay::drawLegend(QCPPainter* painter, const QRect& area) const
{
    const QFontMetrics metrics(font);
    const LegendFit fit = fitLegend(metrics, area.width());
    painter->setFont(font);
    int x = std::max(area.left(), area.right() - legendWidth(metrics, fit));
    for (std::size_t i = 0; i < fit.shown; ++i) {
        const LegendEntry& entry = legend[i];
        QPen pen(entry.colour, 2.4);
        pen.setCapStyle(Qt::FlatCap);
        if (entry.dashed) {
            pen.setDashPattern({1.6, 1.2});
        }
        painter->setPen(pen);
        const int middle = area.center().y() + 1;
        painter->drawLine(QPointF(x, middle + 0.5), QPointF(x + kSwatch, middle + 0.5));
        x += kSwatch + kOverlayGap;
        const QString label = metrics.elidedText(entry.label, Qt::ElideRight, fit.mostLabel + 1);
        painter->setPen(theme::mutedText());
        painter->drawText(QRect(x, area.top(), 1000, area.height()), Qt::AlignVCenter | Qt::AlignLeft, label);
        x += metrics.horizontalAdvance(label);
        if (fit.values && !entry.value.isEmpty()) {
            x += kOverlayGap;
            painter->setPen(theme::text());
            painter->drawText(
                QRect(x, area.top(), 1000, area.height()), Qt::AlignVCenter | Qt::AlignLeft, entry.value);
            x += metrics.horizontalAdvance(entry.value);
        }
        x += kEntryGap;
    }
    if (fit.shown < legend.size()) {
        painter->setPen(theme::mutedText());
        painter->drawText(
            QRect(x, area.top(), 1000, area.height()), Qt::AlignVCenter | Qt::AlignLeft,
            QString("+%1").arg(legend.size() - fit.shown));
    }
}

/// One small triangle per four pixels of the upper edge, in the colour of the worst event there.
void ChartOverlay::drawMarks(QCPPainter* painter) const
{
    if (marks == nullptr || marks->marks().empty()) {
        return;
    }
    const QCPAxis* time = mParentPlot->xAxis;
    const QRect plot = mParentPlot->axisRect()->rect();
    std::vector<int> worst(static_cast<std::size_t>(plot.width() / 4 + 1), -1);
    for (const EventMark& mark : marks->marks()) {
        const double x = time->coordToPixel(mark.at) - plot.left();
        if (x >= 0 && x <= plot.width()) {
            int& level = worst[static_cast<std::size_t>(x / 4)];
            level = std::max(level, static_cast<int>(mark.level));
        }
    }
    for (std::size_t i = 0; i < worst.size(); ++i) {
        if (worst[i] < 0) {
            continue;
        }
        const QColor colour = colourOf(static_cast<EventLevel>(worst[i]));
        const double x = plot.left() + static_cast<double>(i) * 4 + 2;
        QColor faint = colour;
        faint.setAlphaF(0.28F);
        painter->setPen(QPen(faint, 1));
        painter->setAntialiasing(false);
        painter->drawLine(QPointF(x, plot.top()), QPointF(x, plot.bottom()));
        painter->setAntialiasing(true);
        painter->setPen(Qt::NoPen);
        painter->setBrush(colour);
        painter->drawPolygon(
            QPolygonF({{x - 3.5, plot.top() - 2.0}, {x + 3.5, plot.top() - 2.0}, {x, plot.top() + 4.0}}));
    }
}

/// However short the stretch is on this axis, it can be seen.
void ChartOverlay::drawSpan(QCPPainter* painter) const
{
    const QRect plot = mParentPlot->axisRect()->rect();
    const double from = mParentPlot->xAxis->coordToPixel(spanFrom);
    const double to = mParentPlot->xAxis->coordToPixel(spanTo);
    if (spanTo <= spanFrom || to < plot.left() || from > plot.right()) {
        return;
    }
    constexpr double kLeastWidth = 3;
    const double spare = std::max(0.0, kLeastWidth - (to - from)) / 2;
    const QRectF span(
        QPointF(std::max<double>(plot.left(), from - spare), plot.top()),
        QPointF(std::min<double>(plot.right(), to + spare), plot.bottom() + 1));
    QColor tint = theme::accent();
    tint.setAlphaF(span.width() > kLeastWidth * 2 ? 0.22F : 0.6F);
    painter->setAntialiasing(false);
    painter->setPen(Qt::NoPen);
    painter->setBrush(tint);
    painter->drawRect(span);
    painter->setAntialiasing(true);
}

void ChartOverlay::drawCursor(QCPPainter* painter) const
{
    const QCPAxis* time = mParentPlot->xAxis;
    const QRect plot = mParentPlot->axisRect()->rect();
    const auto line = [&](double at, const QPen& pen) {
        const double x = std::round(time->coordToPixel(at)) + 0.5;
        if (x >= plot.left() && x <= plot.right() + 1.5) {
            painter->setPen(pen);
            painter->drawLine(QPointF(x, plot.top()), QPointF(x, plot.bottom() + 1));
            return true;
        }
        return false;
    };
    if (spanTo <= spanFrom) {
        line(playhead, QPen(theme::accent(), 1.4));
    }
    if (std::isnan(hover)) {
        return;
    }
    if (line(hover, QPen(theme::mutedText(), 1, Qt::DotLine))) {
        for (const LegendEntry& entry : legend) {
            const double y = mParentPlot->yAxis->coordToPixel(entry.y);
            if (!entry.value.isEmpty() && y >= plot.top() - 1 && y <= plot.bottom() + 1) {
                painter->setPen(QPen(theme::card(), 1.5));
                painter->setBrush(entry.colour);
                painter->drawEllipse(QPointF(time->coordToPixel(hover), y), 3.5, 3.5);
            }
        }
    }
}

}  // namespace neph
