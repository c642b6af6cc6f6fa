#include "app/desktop/charts/series_line.h"

#include <algorithm>

#include "app/desktop/charts/value_text.h"

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
    m_low = nullptr;
    m_high = nullptr;
    m_columnsWidth = -1;
}

void SeriesLine::showError(const Series* low, const Series* high)
{
    m_low = high != nullptr ? low : nullptr;
    m_high = low != nullptr ? high : nullptr;
    m_columnsWidth = -1;
}

QString SeriesLine::errorTextAt(Time at) const
{
    return m_low == nullptr ? QString()
                            : QString(" (%1 … %2)")
                                  .arg(
                                      valueText(m_low->valueAt(at), toQString(m_low->unit())),
                                      valueText(m_high->valueAt(at), toQString(m_high->unit())));
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

double SeriesLine::largestShown() const
{
    double most = 0;
    for (const Column& column : columns()) {
        most = std::max(most, m_band ? column.high : column.mean);
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

const std::vector<SeriesLine::Column>& SeriesLine::columns() const
{
    const QCPRange range = mKeyAxis->range();
    const int pixels = std::max(1, mKeyAxis->axisRect()->width());
    if (m_columnsWidth == pixels && m_columnsOf == range) {
        return m_columns;
    }
    m_columnsWidth = pixels;
    m_columnsOf = range;
    m_columns.clear();
    if (m_series == nullptr) {
        return m_columns;
    }
    const auto [first, last] = visible(range);
    const Duration interval = m_series->interval();
    const Duration width = std::max(interval, fromSeconds(1.5 * range.size() / pixels));
    const SeriesPoint* const end = m_series->points().data() + last;
    const SeriesPoint* point = m_series->points().data() + first;
    while (point != end) {
        // Columns lie on a fixed grid of time: a live line grows at its end and does not shimmer.
        const Time columnEnd = (point->at / width + 1) * width;
        Column column{point->at, point->at, 0, point->min, point->max};
        double sum = 0;
        double samples = 0;
        for (; point != end && point->at < columnEnd; ++point) {
            sum += point->mean * static_cast<double>(point->count);
            samples += static_cast<double>(point->count);
            column.low = std::min(column.low, m_low != nullptr ? m_low->valueAt(point->at) : point->min);
            column.high = std::max(column.high, m_high != nullptr ? m_high->valueAt(point->at) : point->max);
            column.to = point->at;
        }
        column.to += interval;
        column.mean = samples > 0 ? sum / samples : 0;
        m_columns.push_back(column);
    }
    return m_columns;
}

void SeriesLine::draw(QCPPainter* painter)
{
    if (m_series == nullptr || m_series->points().empty()) {
        return;
    }
    const std::vector<Column>& all = columns();
    const Duration gap = fromSeconds(gapSeconds());
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
        const double left = mKeyAxis->coordToPixel(seconds(column->from));
        const double right = mKeyAxis->coordToPixel(seconds(column->to));
        const double mean = y(column->mean);
        if (m_shape == Shape::Steps) {
            line << QPointF(left, mean) << QPointF(right, mean);
        } else {
            line << QPointF((left + right) / 2, mean);
        }
        if (m_band) {
            high << QPointF((left + right) / 2, y(column->high));
            low << QPointF((left + right) / 2, y(column->low));
            spread = spread || low.last().y() - high.last().y() > 1.5;
        }
    }

    QColor tint = pen().color();
    if (m_band && spread) {
        std::reverse(low.begin(), low.end());
        tint.setAlphaF(m_low != nullptr ? 0.32F : 0.18F);  // An error is a statement of its own.
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
    double most = 0;
    for (std::size_t i = 0; found && i < m_series->points().size(); ++i) {
        const SeriesPoint& point = m_series->points()[i];
        const bool inside = keys == QCPRange() || keys.contains(seconds(point.at));
        most = inside ? std::max(most, point.max) : most;
    }
    return QCPRange(0, most);
}

}  // namespace neph
