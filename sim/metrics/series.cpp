#include "sim/metrics/series.h"

#include <algorithm>

namespace neph {

namespace {

SeriesPoint merged(const SeriesPoint& a, const SeriesPoint& b)
{
    const double n = static_cast<double>(a.count) + static_cast<double>(b.count);
    return {
        a.at, std::min(a.min, b.min),
        (a.mean * static_cast<double>(a.count) + b.mean * static_cast<double>(b.count)) / n,
        std::max(a.max, b.max), a.count + b.count};
}

}  // namespace

void Series::add(Time at, double value)
{
    const Time start = at - at % m_interval;
    const SeriesPoint sample{start, value, value, value, 1};
    if (!m_points.empty() && m_points.back().at == start) {
        m_points.back() = merged(m_points.back(), sample);
        return;
    }
    m_points.push_back(sample);
    if (m_points.size() > 2 * kPointsKept) {
        rollUp();
    }
}

void Series::rollUp()
{
    m_interval *= 2;
    std::vector<SeriesPoint> halved;
    for (SeriesPoint point : m_points) {
        point.at -= point.at % m_interval;
        if (!halved.empty() && halved.back().at == point.at) {
            halved.back() = merged(halved.back(), point);
        } else {
            halved.push_back(point);
        }
    }
    m_points = std::move(halved);
}

double Series::valueAt(Time at) const
{
    const auto after = std::upper_bound(
        m_points.begin(), m_points.end(), at, [](Time t, const SeriesPoint& point) { return t < point.at; });
    return after == m_points.begin() ? 0 : std::prev(after)->mean;
}

}  // namespace neph
