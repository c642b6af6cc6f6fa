#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/base/units.h"

namespace neph {

/// One point of a rolled-up series: what was sampled in [at, at + interval).
struct SeriesPoint {
    Time at{0};
    double min = 0;
    double mean = 0;
    double max = 0;
    std::uint32_t count = 0;
};

/// Samples of one metric of one node over the run. Grows to at most twice kPointsKept points: then neighbours
/// are rolled up and the interval doubles, so a month costs no more memory than an hour.
class Series {
public:
    /// `metric` in CloudWatch's spelling where AWS has one ("CPUUtilization"); `unit`: "%", "ms", "1/s",
    /// "count", "USD/h".
    Series(std::string node, std::string metric, std::string unit, Duration interval)
        : m_node(std::move(node)), m_metric(std::move(metric)), m_unit(std::move(unit)), m_interval(interval)
    {
    }

    void add(Time at, double value);

    const std::string& node() const
    {
        return m_node;
    }  ///< Node id; "" for the whole design; "class:<name>" for a request class.
    const std::string& metric() const { return m_metric; }
    const std::string& unit() const { return m_unit; }
    Duration interval() const { return m_interval; }
    const std::vector<SeriesPoint>& points() const { return m_points; }
    /// Mean of the interval that holds `at` (or of the last one before it); zero if there is none.
    double valueAt(Time at) const;

    static constexpr std::size_t kPointsKept = 3600;

private:
    void rollUp();

    std::string m_node;
    std::string m_metric;
    std::string m_unit;
    Duration m_interval;
    std::vector<SeriesPoint> m_points;
};

}  // namespace neph
