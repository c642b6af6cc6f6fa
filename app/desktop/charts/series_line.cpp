#include "app/desktop/charts/series_line.h"

#include <algorithm>

namespace neph {

SeriesLine::SeriesLine(QCPAxis* keyAxis, QCPAxis* valueAxis) : QCPAbstractPlottable(keyAxis, valueAxis)
{
    setSelectable(QCP::stNone);
    setAntialiased(true);
}

void SeriesLine::show(std::shared_ptr<const RunResult> keepAlive, const Series* series)
{
    m_keepAlive = std::move(keepAlive);
    m_series = series;
}

std::pair<std::size_t, std::size_t> SeriesLine::visible(const QCPRange& range) const
{
    const std::vector<SeriesPoint>& points = m_series->points();
    const auto before = [](const SeriesPoint& point, Time t) { return point.at < t; };
    const Time lower = fromSeconds(range.lower);
    const Time upper = fromSeconds(range.upper);
    auto first = std::lower_bound(points.begin(), points.end(), lower, before);
    auto last = std::lower_bound(first, points.end(), upper, before);
    // One neighbour on each side, so that the line runs to the edge of the plot.
    first = first == points.begin() ? first : std::prev(first);
    last = last == points.end() ? last : std::next(last);
    return {
        static_cast<std::size_t>(first - points.begin()), static_cast<std::size_t>(last - points.begin())};
}

double SeriesLine::largestIn(const QCPRange& range) const
{
    if (m_series == nullptr) {
        return 0;
    }
    double most = 0;
    const auto [first, last] = visible(range);
    for (std::size_t i = first; i < last; ++i) {
        const SeriesPoint& point = m_series->points()[i];
        most = std::max(most, m_band ? point.max : point.mean);
    }
    return most;
}

/// Longer silence than this is a gap: a metric that is measured rarely still gets a connected line.
double SeriesLine::gapSeconds() const
{
    const std::vector<SeriesPoint>& points = m_series->points();
    const double usual = points.size() < 2 ? 0
                                           : seconds(points.back().at - points.front().at) /
                                                 static_cast<double>(points.size() - 1);
    return std::max(3 * seconds(m_series->interval()), 4 * usual);
}

std::vector<SeriesLine::Column> SeriesLine::columns() const
{
    const QCPRange range = mKeyAxis->range();
    const auto [first, last] = visible(range);
    const double interval = seconds(m_series->interval());
    const double perPixel = range.size() / std::max(1, mKeyAxis->axisRect()->width());
    const double width = std::max(interval, 1.5 * perPixel);

    std::vector<Column> result;
    result.reserve(std::min<std::size_t>(last - first, 4096));
    std::uint64_t samples = 0;
    double columnEnd = -1;
    for (std::size_t i = first; i < last; ++i) {
        const SeriesPoint& point = m_series->points()[i];
        const double at = seconds(point.at);
        if (result.empty() || at >= columnEnd) {
            // Columns lie on a fixed grid of time: a live line grows at its end and does not shimmer.
            columnEnd = (std::floor(at / width + 1e-9) + 1) * width;
            result.push_back({0, point.mean, point.min, point.max, at, at + interval});
            samples = point.count;
            continue;
        }
        Column& column = result.back();
        const double weight = static_cast<double>(point.count) / static_cast<double>(samples + point.count);
        column.mean += (point.mean - column.mean) * weight;
        column.low = std::min(column.low, point.min);
        column.high = std::max(column.high, point.max);
        column.to = at + interval;
        samples += point.count;
    }
    for (Column& column : result) {
        column.x = mKeyAxis->coordToPixel((column.from + column.to) / 2);
    }
    return result;
}

void SeriesLine::draw(QCPPainter* painter)
{
    if (m_series == nullptr || m_series->points().empty()) {
        return;
    }
    const std::vector<Column> all = columns();
    const double gap = gapSeconds();
    std::size_t start = 0;
    for (std::size_t i = 1; i <= all.size(); ++i) {
        if (i == all.size() || all[i].from - all[i - 1].to > gap) {
            drawRun(painter, all.data() + start, all.data() + i);
            start = i;
        }
    }
}

/// Draws the columns of one stretch without a gap.
void SeriesLine::drawRun(QCPPainter* painter, const Column* first, const Column* last) const
{
    const auto y = [this](double value) { return mValueAxis->coordToPixel(value); };
    QPolygonF line;
    QPolygonF high;
    QPolygonF low;
    bool spread = false;
    for (const Column* column = first; column != last; ++column) {
        if (m_shape == Shape::Steps) {
            line << QPointF(mKeyAxis->coordToPixel(column->from), y(column->mean))
                 << QPointF(mKeyAxis->coordToPixel(column->to), y(column->mean));
        } else {
            line << QPointF(column->x, y(column->mean));
        }
        high << QPointF(column->x, y(column->high));
        low << QPointF(column->x, y(column->low));
        spread = spread || std::abs(high.last().y() - low.last().y()) > 1.5;
    }

    QColor tint = pen().color();
    if (m_band && spread) {
        std::reverse(low.begin(), low.end());
        tint.setAlphaF(0.18F);
        painter->setAntialiasing(false);
        painter->setPen(Qt::NoPen);
        painter->setBrush(tint);
        painter->drawPolygon(high + low);
    }
    if (m_filled && line.size() > 1) {
        QPolygonF area = line;
        area << QPointF(line.last().x(), y(0)) << QPointF(line.first().x(), y(0));
        tint.setAlphaF(0.12F);
        painter->setAntialiasing(false);
        painter->setPen(Qt::NoPen);
        painter->setBrush(tint);
        painter->drawPolygon(area);
    }
    applyDefaultAntialiasingHint(painter);
    painter->setBrush(Qt::NoBrush);
    painter->setPen(pen());
    if (line.size() == 1) {
        painter->setPen(Qt::NoPen);
        painter->setBrush(pen().color());
        painter->drawEllipse(line.first(), 1.6, 1.6);
        return;
    }
    painter->drawPolyline(line);
}

void SeriesLine::drawLegendIcon(QCPPainter* painter, const QRectF& rect) const
{
    applyDefaultAntialiasingHint(painter);
    painter->setPen(pen());
    painter->drawLine(QLineF(rect.left(), rect.center().y(), rect.right(), rect.center().y()));
}

double SeriesLine::selectTest(const QPointF&, bool, QVariant*) const
{
    return -1;  // Lines are read by the crosshair, not picked.
}

QCPRange SeriesLine::getKeyRange(bool& found, QCP::SignDomain) const
{
    found = m_series != nullptr && !m_series->points().empty();
    return found ? QCPRange(
                       seconds(m_series->points().front().at),
                       seconds(m_series->points().back().at + m_series->interval()))
                 : QCPRange();
}

QCPRange SeriesLine::getValueRange(bool& found, QCP::SignDomain, const QCPRange& keys) const
{
    found = m_series != nullptr && !m_series->points().empty();
    return found ? QCPRange(0, largestIn(keys == QCPRange() ? mKeyAxis->range() : keys)) : QCPRange();
}

}  // namespace neph
