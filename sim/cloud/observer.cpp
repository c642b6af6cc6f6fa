#include "sim/cloud/observer.h"

#include <algorithm>

namespace neph {

Duration Observer::intervalFor(Duration horizon)
{
    constexpr Duration kFine = 6h;
    return horizon <= kFine ? 1s : horizon <= 4 * kFine ? 5s : horizon <= 7 * 4 * kFine ? 30s : 60s;
}

/// A bill of all hours so far is made each time, so the longer the run, the fewer.
static Duration costIntervalFor(Duration horizon)
{
    const int samples = horizon <= 96h ? 240 : 90;
    return std::max<Duration>(30s, horizon / samples / 30s * 30s);
}

Observer::Observer(World& world, Engine& engine, Duration horizon)
    : m_world(world), m_engine(engine), m_interval(intervalFor(horizon)),
      m_costInterval(costIntervalFor(horizon)), m_all(addGroup(""))
{
    const Plan& plan = world.plan();
    world.recorder().setInterval(m_interval);
    for (const std::string& name : plan.classes) {
        m_classes.push_back(addGroup("class:" + name));
    }
    m_stationsOfNode.resize(plan.nodes.size());
    for (std::uint32_t station = 0; station < plan.stations.size(); ++station) {
        m_stationsOfNode[plan.stations[station].node.value].push_back(station);
    }
    m_isEntry.resize(plan.nodes.size(), false);
    for (const SourceSpec& source : plan.sources) {
        m_isEntry[source.node.value] = true;
    }
    for (std::uint32_t node = 0; node < plan.nodes.size(); ++node) {
        NodeSeries series{};
        const std::string& id = plan.nodes[node].id;
        const auto runs = [node](const PathSpec& path) { return path.node.value == node; };
        if (std::any_of(plan.paths.begin(), plan.paths.end(), runs)) {
            series.group = addGroup(id);
        }
        if (!m_stationsOfNode[node].empty()) {
            series.utilisation = &add(id, "Utilization", "%");
            series.queue = &add(id, "QueueLength", "count");
        }
        m_nodes.push_back(series);
    }
    m_cost[""] = &add("", "CostPerHour", "USD/h");
}

Series& Observer::add(const std::string& node, const std::string& metric, const std::string& unit)
{
    m_series.push_back(std::make_unique<Series>(node, metric, unit, m_interval));
    return *m_series.back();
}

Observer::Group Observer::addGroup(const std::string& node)
{
    Group group{};
    group.requests = &add(node, "Requests", "1/s");
    group.errors = &add(node, "Errors", "1/s");
    group.p50 = &add(node, "LatencyP50", "ms");
    group.p95 = &add(node, "LatencyP95", "ms");
    group.p99 = &add(node, "LatencyP99", "ms");
    return group;
}

Process Observer::run()
{
    while (true) {
        co_await m_world.sim().after(m_interval);
        sample();
    }
}

void Observer::put(const Group& group, const IntervalLatency& latency, Time at, double length)
{
    group.requests->add(at, static_cast<double>(latency.count) / length);
    group.errors->add(at, static_cast<double>(latency.errors) / length);
    if (latency.count > 0) {
        group.p50->add(at, milliseconds(latency.p50));
        group.p95->add(at, milliseconds(latency.p95));
        group.p99->add(at, milliseconds(latency.p99));
    }
}

void Observer::sample()
{
    const IntervalStats& interval = m_engine.takeInterval();
    const Time at = interval.from;
    const double length = seconds(interval.to - interval.from);
    IntervalLatency all;
    for (std::size_t c = 0; c < m_classes.size(); ++c) {
        const IntervalLatency& latency = interval.classes[c];
        put(m_classes[c], latency, at, length);
        // Of several classes the slowest stands for all: a percentile of percentiles would be none.
        all.count += latency.count;
        all.errors += latency.errors;
        all.p50 = std::max(all.p50, latency.p50);
        all.p95 = std::max(all.p95, latency.p95);
        all.p99 = std::max(all.p99, latency.p99);
    }
    if (std::count(m_isEntry.begin(), m_isEntry.end(), true) == 1) {
        const auto entry = std::find(m_isEntry.begin(), m_isEntry.end(), true) - m_isEntry.begin();
        all = interval.nodes[static_cast<std::size_t>(entry)];
    }
    put(m_all, all, at, length);
    sampleNodes(interval, at);
    m_world.recorder().sample();
    if (m_world.now() - m_costAt >= m_costInterval) {
        sampleCost(m_costAt);
    }
}

void Observer::sampleNodes(const IntervalStats& interval, Time at)
{
    const double length = seconds(interval.to - interval.from);
    for (std::size_t node = 0; node < m_nodes.size(); ++node) {
        if (m_nodes[node].group.requests != nullptr) {
            put(m_nodes[node].group, interval.nodes[node], at, length);
        }
        if (m_nodes[node].utilisation == nullptr) {
            continue;
        }
        double busiest = 0;
        double queue = 0;
        for (const std::uint32_t station : m_stationsOfNode[node]) {
            const StationInterval& reading = interval.stations[station];
            if (m_world.plan().stations[station].kind != StationKind::Bandwidth) {
                busiest = std::max(busiest, reading.utilisation);
            }
            queue += reading.queue;
        }
        m_nodes[node].utilisation->add(at, 100 * busiest);
        m_nodes[node].queue->add(at, queue);
    }
}

void Observer::sampleCost(Time at)
{
    const Time now = m_world.now();
    const double hours = seconds(now - m_costAt) / 3600;
    const PriceBook& prices = PriceBook::builtIn();
    const BillOptions bare{};
    const Bill metered = makeBill(m_world.recorder().meteredUsage(), prices, bare);
    // What is sold by the hour costs its hour's price per hour, from its first moment on.
    const Bill firstHour = makeBill(m_world.recorder().wholeHours(1h), prices, bare);
    const auto put = [&](const std::string& node, Money total, Money byHour) {
        Money& before = m_costBefore[node];
        if (!m_cost.contains(node)) {
            m_cost[node] = &add(node, "CostPerHour", "USD/h");
        }
        m_cost[node]->add(at, (total - before).dollars() / hours + byHour.dollars());
        before = total;
    };
    put("", metered.total, firstHour.total);
    std::map<std::string, Money> nodes = metered.byNode;
    for (const auto& [node, cost] : firstHour.byNode) {
        nodes[node];
    }
    for (const auto& [node, total] : nodes) {
        const auto byHour = firstHour.byNode.find(node);
        put(node, total, byHour == firstHour.byNode.end() ? Money() : byHour->second);
    }
    m_costAt = now;
}

void Observer::describe(RunResult& result) const
{
    // Those without points as well: who shows a run lays its charts out by what there will be.
    for (const auto& series : m_series) {
        result.series.push_back(*series);
    }
}

}  // namespace neph
