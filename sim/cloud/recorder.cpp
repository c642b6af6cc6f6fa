#include "sim/cloud/recorder.h"

#include <numeric>

namespace neph {

Recorder::Recorder(const Plan& plan, Simulation& simulation, DataPlane& data)
    : m_plan(plan), m_simulation(simulation), m_data(data), m_atHourEnd(plan.meters.size())
{
}

void Recorder::addGauge(
    const std::string& nodeId, const std::string& metric, const std::string& unit,
    std::function<double()> read)
{
    m_gauges.push_back({std::move(read), Series(nodeId, metric, unit, 1s)});
}

void Recorder::setStatus(const std::string& nodeId, std::function<std::string()> status)
{
    m_status[nodeId] = std::move(status);
}

void Recorder::setReplicas(const std::string& nodeId, std::function<std::vector<ReplicaView>()> replicas)
{
    m_replicas[nodeId] = std::move(replicas);
}

Recorder::ByClass Recorder::readMeter(MeterId meter) const
{
    ByClass counts(m_plan.classes.size());
    for (std::uint32_t c = 0; c < counts.size(); ++c) {
        counts[c] = m_data.readMeter(meter, ClassIndex{c});
    }
    return counts;
}

void Recorder::readMeters(std::size_t hour)
{
    for (std::uint32_t meter = 0; meter < m_atHourEnd.size(); ++meter) {
        if (m_atHourEnd[meter].size() < hour) {
            m_atHourEnd[meter].resize(hour, readMeter(MeterId{meter}));
        }
    }
}

void Recorder::sample()
{
    const Time now = m_simulation.now();
    // A sample at the end of an interval speaks of that interval.
    const Time at = now >= m_interval ? now - m_interval : Time(0);
    for (Gauge& gauge : m_gauges) {
        gauge.series.add(at, gauge.read());
    }
    readMeters(static_cast<std::size_t>(now / 1h));
}

std::vector<Recorder::ByClass> Recorder::hoursOf(MeterId meter) const
{
    std::vector<ByClass> atEnd = m_atHourEnd[meter.value];
    if (m_simulation.now() > Time(1h) * static_cast<std::int64_t>(atEnd.size())) {
        atEnd.push_back(readMeter(meter));
    }
    for (std::size_t hour = atEnd.size(); hour-- > 1;) {
        for (std::size_t c = 0; c < atEnd[hour].size(); ++c) {
            atEnd[hour][c] -= atEnd[hour - 1][c];
        }
    }
    return atEnd;
}

std::vector<std::uint64_t> Recorder::hourly(MeterId meter) const
{
    std::vector<std::uint64_t> sums;
    for (const ByClass& hour : hoursOf(meter)) {
        sums.push_back(std::accumulate(hour.begin(), hour.end(), std::uint64_t{0}));
    }
    return sums;
}

void Recorder::describe(RunResult& result) const
{
    for (const Gauge& gauge : m_gauges) {
        result.series.push_back(gauge.series);
    }
    for (const auto& [node, status] : m_status) {
        result.nodes[node].status = status();
    }
    for (const auto& [node, replicas] : m_replicas) {
        result.nodes[node].replicas = replicas();
    }
    result.usage = meteredUsage();
    for (const auto& append : m_wholeHours) {
        append(result.usage, m_simulation.now());
    }
}

Usage Recorder::meteredUsage() const
{
    Usage usage;
    appendMeters(usage);
    for (const auto& append : m_usage) {
        append(usage, m_simulation.now());
    }
    return usage;
}

Usage Recorder::wholeHours(Time now) const
{
    Usage usage;
    for (const auto& append : m_wholeHours) {
        append(usage, now);
    }
    return usage;
}

void Recorder::appendMeters(Usage& usage) const
{
    for (std::uint32_t index = 0; index < m_plan.meters.size(); ++index) {
        const MeterSpec& meter = m_plan.meters[index];
        if (meter.service.empty()) {
            continue;
        }
        const std::vector<ByClass> hours = hoursOf(MeterId{index});
        for (std::uint32_t hour = 0; hour < hours.size(); ++hour) {
            for (std::size_t c = 0; c < hours[hour].size(); ++c) {
                if (hours[hour][c] > 0) {
                    usage.add(
                        {m_plan.nodes[meter.node.value].id, m_plan.classes[c], meter.service, meter.usageType,
                         meter.region, hour, Quantity::ratio(Int128{hours[hour][c]}, Int128{meter.perUnit})});
                }
            }
        }
    }
}

}  // namespace neph
