// What the real thing says about itself: to controllers, to charts, and at the end.
#include <algorithm>

#include "sim/local/local_engine.h"

namespace neph {

namespace {

using Wall = std::chrono::steady_clock;

// Controllers that wait for a task to be idle ask more often than charts do.
constexpr auto kFresh = std::chrono::milliseconds(200);

}  // namespace

void LocalEngine::refreshSlots() const
{
    if (m_slotsAt && Wall::now() - *m_slotsAt < kFresh) {
        return;
    }
    m_slotsAt = Wall::now();
    if (auto read = m_admin.read()) {
        m_slots = std::move(*read);
    }
}

SlotReading LocalEngine::slotReading(const Replica& replica) const
{
    refreshSlots();
    const auto found = m_slots.find({nodeOf(replica.pool), replica.slot});
    return found == m_slots.end() ? SlotReading{} : found->second;
}

ReplicaReading LocalEngine::read(ReplicaId id) const
{
    const Replica& replica = m_replicas[id.value];
    ReplicaReading reading;
    reading.service = replica.service;
    reading.cpuBusy = replica.cpuSeconds;
    if (replica.slot != 0 && !replica.isGone) {
        const SlotReading slot = slotReading(replica);
        reading.inFlight = slot.inFlight;
        reading.requests = slot.requests - std::min(slot.requests, replica.before.requests);
        reading.errors = slot.errors - std::min(slot.errors, replica.before.errors);
    }
    return reading;
}

LocalEngine::NodeCounts LocalEngine::countsOf(const std::string& node) const
{
    refreshSlots();
    NodeCounts counts;
    for (const auto& [slot, reading] : m_slots) {
        if (slot.first == node) {
            counts.requests += reading.requests;
            counts.errors += reading.errors;
        }
    }
    return counts;
}

PoolReading LocalEngine::read(PoolId pool) const
{
    PoolReading reading;
    for (const Replica& replica : m_replicas) {
        if (replica.pool == pool && !replica.isGone) {
            ++reading.replicas;
            reading.inService += replica.service == Service::In ? 1 : 0;
            reading.inFlight += replica.slot != 0 ? slotReading(replica).inFlight : 0;
        }
    }
    const NodeCounts counts = countsOf(nodeOf(pool));
    reading.requests = counts.requests;
    reading.errors = counts.errors;
    return reading;
}

StationReading LocalEngine::read(StationId id) const
{
    StationReading reading;
    const StationSpec& station = m_plan.stations[id.value];
    if (station.kind != StationKind::Cpu || !station.pool) {
        return reading;
    }
    for (const Replica& replica : m_replicas) {
        if (replica.pool == station.pool) {
            const Time until = replica.until >= Time(0) ? replica.until : m_simulation.now();
            reading.busy += replica.cpuSeconds;
            reading.capacity += seconds(until - replica.since) * static_cast<double>(station.capacity) / 1000;
        }
    }
    return reading;
}

/// Of the replicas that are there now, 0..1 of their limit.
double LocalEngine::memoryShare(const StationSpec& station) const
{
    double held = 0;
    double limit = 0;
    for (const Replica& replica : m_replicas) {
        if (replica.pool == station.pool && !replica.isGone && !replica.container.empty()) {
            held += static_cast<double>(replica.memoryBytes);
            limit += static_cast<double>(station.capacity);
        }
    }
    return limit > 0 ? held / limit : 0;
}

std::vector<LocalEngine::Standing> LocalEngine::standing(const std::string& node) const
{
    std::vector<Standing> all;
    for (std::uint32_t i = 0; i < m_replicas.size(); ++i) {
        const Replica& replica = m_replicas[i];
        if (replica.isGone || replica.container.empty() || nodeOf(replica.pool) != node) {
            continue;
        }
        if (const std::optional<Door> door = doorOf(ReplicaId{i})) {
            all.push_back({replica.container, *door});
        }
    }
    return all;
}

const IntervalStats& LocalEngine::takeInterval()
{
    m_interval.from = m_interval.to;
    m_interval.to = m_simulation.now();
    const LoadInterval load = m_load.takeInterval();
    for (std::size_t c = 0; c < m_plan.classes.size(); ++c) {
        const auto found = load.classes.find(m_plan.classes[c]);
        m_interval.classes[c] = found == load.classes.end() ? IntervalLatency{} : found->second.latency;
    }
    for (std::size_t node = 0; node < m_plan.nodes.size(); ++node) {
        const NodeCounts now = countsOf(m_plan.nodes[node].id);
        m_interval.nodes[node] = {};
        m_interval.nodes[node].count = now.requests - std::min(now.requests, m_nodesBefore[node].requests);
        m_interval.nodes[node].errors = now.errors - std::min(now.errors, m_nodesBefore[node].errors);
        m_nodesBefore[node] = now;
    }
    for (const SourceSpec& source : m_plan.sources) {
        m_interval.nodes[source.node.value] = load.all;
    }
    for (std::size_t i = 0; i < m_plan.stations.size(); ++i) {
        const StationReading now = read(StationId{static_cast<std::uint32_t>(i)});
        const double capacity = now.capacity - m_stationsBefore[i].capacity;
        m_interval.stations[i] = {};
        m_interval.stations[i].utilisation =
            capacity > 0 ? std::max(0.0, now.busy - m_stationsBefore[i].busy) / capacity : 0;
        m_stationsBefore[i] = now;
        if (m_plan.stations[i].kind == StationKind::Memory) {
            m_interval.stations[i].utilisation = memoryShare(m_plan.stations[i]);
        }
    }
    return m_interval;
}

void LocalEngine::describe(RunResult& result) const
{
    result.engine = "local";
    result.simulated = m_simulation.now();
    const LoadResult load = m_load.result();
    result.classes = load.classes;
    result.links = load.links;
    const double length = std::max(1e-9, seconds(m_interval.to - m_interval.from));
    for (std::size_t i = 0; i < m_plan.nodes.size(); ++i) {
        const NodeCounts counts = countsOf(m_plan.nodes[i].id);
        NodeView& view = result.nodes[m_plan.nodes[i].id];
        view.requests = counts.requests;
        view.errors = counts.errors;
        view.requestsPerSecond = static_cast<double>(m_interval.nodes[i].count) / length;
        view.errorsPerSecond = static_cast<double>(m_interval.nodes[i].errors) / length;
    }
    for (std::size_t i = 0; i < m_plan.stations.size(); ++i) {
        const StationSpec& station = m_plan.stations[i];
        const bool isMeasured =
            station.pool && (station.kind == StationKind::Cpu || station.kind == StationKind::Memory);
        if (isMeasured) {
            NodeView& view = result.nodes[m_plan.nodes[station.node.value].id];
            view.utilisation = std::max(view.utilisation, m_interval.stations[i].utilisation);
            view.stations.push_back({station.name, m_interval.stations[i].utilisation, 0, 0, 0, Duration(0)});
        }
    }
}

}  // namespace neph
