#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "sim/kernel/process.h"
#include "sim/metrics/run_result.h"
#include "sim/plan/data_plane.h"
#include "sim/plan/plan.h"

namespace neph {

/// Watches a run: gauges into series, meters hour by hour into usage, tasks and states for the canvas.
class Recorder {
public:
    Recorder(const Plan& plan, Simulation& simulation, DataPlane& data);

    /// A value sampled each interval into the series (node, metric).
    void addGauge(
        const std::string& nodeId, const std::string& metric, const std::string& unit,
        std::function<double()> read);
    /// The node's state in one line, and its replicas as the canvas shows them.
    void setStatus(const std::string& nodeId, std::function<std::string()> status);
    void setReplicas(const std::string& nodeId, std::function<std::vector<ReplicaView>()> replicas);
    /// Usage that is no meter of the plan (task-hours, storage): appended from the start of the run up to
    /// `now`, hour by hour, each time somebody asks for the bill.
    using AppendUsage = std::function<void(Usage&, Time now)>;
    void addUsage(AppendUsage append) { m_usage.push_back(std::move(append)); }
    /// The same for what is sold by the started hour (a load balancer): its price per hour is that of its
    /// hour, whatever part of it has passed.
    void addWholeHours(AppendUsage append) { m_wholeHours.push_back(std::move(append)); }

    /// Milli-units counted by a meter in each started hour of the run, for all classes together.
    std::vector<std::uint64_t> hourly(MeterId meter) const;

    /// Time between samples.
    Duration interval() const { return m_interval; }
    void setInterval(Duration interval) { m_interval = interval; }
    /// Samples gauges now and, at the turn of an hour, reads the meters. Called at every interval.
    void sample();

    /// Adds series, states and usage to a result.
    void describe(RunResult& result) const;
    /// All usage up to now, without what is sold by the started hour.
    Usage meteredUsage() const;
    /// What is sold by the started hour, up to `now`.
    Usage wholeHours(Time now) const;

private:
    struct Gauge {
        std::function<double()> read;
        Series series;
    };
    using ByClass = std::vector<std::uint64_t>;

    ByClass readMeter(MeterId meter) const;
    std::vector<ByClass> hoursOf(MeterId meter) const;
    void readMeters(std::size_t hour);

    Duration m_interval{1s};
    const Plan& m_plan;
    Simulation& m_simulation;
    DataPlane& m_data;
    std::vector<Gauge> m_gauges;
    std::map<std::string, std::function<std::string()>> m_status;
    std::map<std::string, std::function<std::vector<ReplicaView>()>> m_replicas;
    void appendMeters(Usage& usage) const;

    std::vector<AppendUsage> m_usage;
    std::vector<AppendUsage> m_wholeHours;
    std::vector<std::vector<ByClass>>
        m_atHourEnd;  ///< [meter][hour]: what the meter read at the end of that hour.
};

}  // namespace neph
