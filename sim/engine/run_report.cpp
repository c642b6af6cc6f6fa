#include "sim/engine/run_report.h"

#include <algorithm>

#include <fmt/format.h>

#include "sim/engine/bottleneck.h"

namespace neph {

StationReading readStation(const RunState& state, std::uint32_t station, Time now)
{
    const StationPlaces::Place place = state.places.byStation[station];
    if (!place.isOfReplica) {
        return state.stations[place.index].read(now);
    }
    StationReading sum = state.goneStations[station];
    for (const std::uint32_t id : state.pools[state.plan.stations[station].pool.value].living) {
        sum = sum + state.stations[state.replicas[id].base + place.index].read(now);
    }
    return sum;
}

/// Before the intervals of the classes are taken, which may count for the node.
static IntervalLatency intervalOf(RunState& state, NodeState& node)
{
    if (!node.latency) {
        return {};
    }
    if (node.classes.empty()) {
        return node.latency->takeInterval();
    }
    state.scratch.addInterval(*node.latency);
    for (const std::uint32_t c : node.classes) {
        state.scratch.addInterval(state.classes[c].latency);
    }
    node.latency->takeInterval();
    return state.scratch.takeInterval();
}

void takeIntervalOf(RunState& state, IntervalStats& interval, std::vector<StationReading>& before)
{
    interval.nodes.clear();
    for (NodeState& node : state.nodes) {
        IntervalLatency& latency = interval.nodes.emplace_back(intervalOf(state, node));
        latency.errors = node.errors - std::exchange(node.errorsBefore, node.errors);
    }
    interval.classes.clear();
    for (ClassState& each : state.classes) {
        const std::uint64_t failed = each.failed();
        IntervalLatency& latency = interval.classes.emplace_back(each.latency.takeInterval());
        latency.errors = failed - std::exchange(each.failedBefore, failed);
    }
    interval.links.clear();
    for (LinkState& link : state.links) {
        interval.links.push_back(
            {link.calls - std::exchange(link.callsBefore, link.calls),
             link.errors - std::exchange(link.errorsBefore, link.errors)});
    }
    interval.stations.clear();
    const double length = seconds(interval.to - interval.from);
    for (std::uint32_t i = 0; i < before.size(); ++i) {
        const StationReading now = readStation(state, i, interval.to);
        const StationReading then = std::exchange(before[i], now);
        const double capacity = now.capacity - then.capacity;
        StationInterval& station = interval.stations.emplace_back();
        station.utilisation = capacity > 0 ? (now.busy - then.busy) / capacity : 0;
        station.queue = length > 0 ? (now.waiting - then.waiting) / length : 0;
        station.refused = now.refused - then.refused;
    }
}

namespace {

class Report {
public:
    Report(const RunState& state, const IntervalStats& interval, Time now)
        : m_state(state), m_plan(state.plan), m_interval(interval), m_now(now),
          m_hasInterval(interval.to > interval.from),
          m_length(seconds(m_hasInterval ? interval.to - interval.from : now))
    {
    }

    void fill(const TraceRecorder& traces, RunResult& result) const
    {
        result.simulated = m_now;
        result.fingerprint = m_state.trajectory;
        for (std::uint32_t i = 0; i < m_plan.classes.size(); ++i) {
            fillClass(m_state.classes[i], result.classes[m_plan.classes[i]]);
        }
        for (std::uint32_t i = 0; i < m_plan.links.size(); ++i) {
            fillLink(i, result.links[m_plan.links[i].id]);
        }
        for (std::uint32_t i = 0; i < m_plan.nodes.size(); ++i) {
            fillNode(i, result.nodes[m_plan.nodes[i].id]);
        }
        std::vector<Bottleneck> bottlenecks(m_plan.nodes.size());
        for (std::uint32_t i = 0; i < m_plan.stations.size(); ++i) {
            const std::uint32_t index = m_plan.stations[i].node.value;
            NodeView& node = result.nodes[m_plan.nodes[index].id];
            const StationView& station = node.stations.emplace_back(viewOf(i));
            node.utilisation = std::max(node.utilisation, station.utilisation);
            node.queue += station.queue;
            bottlenecks[index].consider(
                station, m_plan.stations[i].kind,
                m_hasInterval ? m_interval.stations[i].queue : station.queue,
                m_hasInterval ? m_interval.stations[i].refused : station.refused);
            node.bottleneck = bottlenecks[index].inWords();
        }
        for (std::uint32_t i = 0; i < m_state.pools.size(); ++i) {
            NodeView& node = result.nodes[m_plan.nodes[m_plan.pools[i].node.value].id];
            for (const std::uint32_t id : m_state.pools[i].living) {
                node.replicas.push_back(viewOf(m_state.replicas[id]));
            }
        }
        result.traces = traces.traces(m_state.replicas);
    }

private:
    double perSecond(std::uint64_t count) const
    {
        return m_length > 0 ? static_cast<double>(count) / m_length : 0;
    }

    void fillClass(const ClassState& counts, ClassResult& view) const
    {
        view.latency = counts.latency.whole();
        view.total = view.latency.count();
        view.failed = counts.failed();
        view.ok = view.total - view.failed;
        for (std::size_t i = 0; i < counts.outcomes.size(); ++i) {
            if (counts.outcomes[i] > 0) {
                view.outcomes[m_plan.outcomes[i].name] += counts.outcomes[i];
            }
        }
    }

    void fillLink(std::uint32_t index, LinkView& view) const
    {
        const LinkState& link = m_state.links[index];
        view.requests = link.calls;
        view.errors = link.errors;
        view.requestsPerSecond = perSecond(m_hasInterval ? m_interval.links[index].calls : link.calls);
        view.errorsPerSecond = perSecond(m_hasInterval ? m_interval.links[index].errors : link.errors);
    }

    void fillNode(std::uint32_t index, NodeView& view) const
    {
        const NodeState& node = m_state.nodes[index];
        if (node.latency) {
            view.latency = node.latency->whole();
            for (const std::uint32_t c : node.classes) {
                view.latency.merge(m_state.classes[c].latency.whole());
            }
        }
        view.requests = view.latency.count();
        view.errors = node.errors;
        view.requestsPerSecond = perSecond(m_hasInterval ? m_interval.nodes[index].count : view.requests);
        view.errorsPerSecond = perSecond(m_hasInterval ? m_interval.nodes[index].errors : view.errors);
    }

    StationView viewOf(std::uint32_t index) const
    {
        const StationSpec& spec = m_plan.stations[index];
        const StationReading reading = readStation(m_state, index, m_now);
        StationView view;
        view.name = spec.name;
        const double whole = reading.capacity > 0 ? reading.busy / reading.capacity : 0;
        view.utilisation =
            std::clamp(m_hasInterval ? m_interval.stations[index].utilisation : whole, 0.0, 1.0);
        view.queue = static_cast<double>(reading.queueNow);
        view.queueLimit = spec.queueLimit < 0 ? 0 : static_cast<double>(spec.queueLimit);
        view.refused = reading.refused;
        view.meanWait = meanWait(reading);
        return view;
    }

    static Duration meanWait(const StationReading& reading)
    {
        const std::uint64_t entered = reading.arrivals - reading.refused;
        return entered > 0 ? fromSeconds(reading.waiting / static_cast<double>(entered)) : Duration(0);
    }

    ReplicaView viewOf(const Replica& replica) const
    {
        const PoolSpec& pool = m_plan.pools[replica.pool];
        ReplicaView view;
        view.id = fmt::format("{}/{}", pool.replicaWord, replica.number);
        view.zone = replica.zone < m_plan.zones.size() ? m_plan.zones[replica.zone].name : "";
        view.look = replica.isInService ? ReplicaView::Look::Healthy : ReplicaView::Look::Starting;
        view.since = replica.since;
        for (std::size_t i = 0; i < m_state.places.byPool[replica.pool].size(); ++i) {
            const StationReading reading = m_state.stations[replica.base + i].read(m_now);
            const double busy = reading.capacity > 0 ? reading.busy / reading.capacity : 0;
            view.utilisation = std::max(view.utilisation, std::min(busy, 1.0));
            view.queue += static_cast<double>(reading.queueNow);
        }
        return view;
    }

    const RunState& m_state;
    const Plan& m_plan;
    const IntervalStats& m_interval;
    const Time m_now;
    const bool m_hasInterval;
    const double m_length;
};

}  // namespace

void describeRun(
    const RunState& state, const TraceRecorder& traces, const IntervalStats& interval, Time now,
    RunResult& result)
{
    Report(state, interval, now).fill(traces, result);
}

}  // namespace neph
