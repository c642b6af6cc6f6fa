// What FlowEngine says about a run.
#include <algorithm>

#include <fmt/format.h>

#include "sim/engine/bottleneck.h"
#include "sim/engine/flows/flow_engine.h"

namespace neph {

namespace {

using Counts = std::vector<std::pair<const FlowClass::Latencies*, double>>;

/// Adds up the latencies of classes of moments, each for as many requests as fell into it.
Histogram merged(const Counts& counts)
{
    Histogram sum;
    for (const auto& [latencies, count] : counts) {
        sum.addAs(*latencies, count);
    }
    return sum;
}

IntervalLatency inShort(const Histogram& latency)
{
    IntervalLatency brief;
    brief.count = latency.count();
    if (brief.count > 0) {
        brief.mean = latency.mean();
        brief.p50 = latency.quantile(0.5);
        brief.p95 = latency.quantile(0.95);
        brief.p99 = latency.quantile(0.99);
    }
    return brief;
}

std::uint64_t rounded(double value)
{
    return static_cast<std::uint64_t>(std::max(0.0, value) + 0.5);
}

}  // namespace

const IntervalStats& FlowEngine::takeInterval()
{
    flow();
    IntervalStats& interval = m_interval;
    interval.from = interval.to;
    interval.to = m_simulation.now();
    const std::size_t classes = m_plan.classes.size();
    const auto latencies = [&](std::size_t place, bool isNode) {
        Counts counts;
        double all = 0;
        for (const auto& [kind, requests] : m_running) {
            const FlowClass& known = m_classes[kind];
            const auto& of = isNode ? known.nodeLatencies[place] : known.classLatencies[place];
            const double count = requests[isNode ? classes + place : place];
            if (count > 0 && !of.empty()) {
                counts.push_back({&of, count});
                all += count;
            }
        }
        IntervalLatency brief;
        if (counts.size() == 1) {
            // Mostly an interval is of one class, and that has been summed up before.
            auto& known = m_inShort[counts.front().first];
            brief = known = known.count > 0 ? known : inShort(merged({{counts.front().first, 1e6}}));
        } else if (!counts.empty()) {
            brief = inShort(merged(counts));
        }
        brief.count = rounded(all);
        return brief;
    };
    interval.classes.clear();
    for (std::size_t c = 0; c < classes; ++c) {
        IntervalLatency& latency = interval.classes.emplace_back(latencies(c, false));
        double failed = 0;
        for (std::size_t i = 1; i < m_totals.outcomes[c].size(); ++i) {
            failed += m_totals.outcomes[c][i] - m_before.outcomes[c][i];
        }
        latency.errors = rounded(failed);
    }
    interval.nodes.clear();
    for (std::size_t node = 0; node < m_plan.nodes.size(); ++node) {
        IntervalLatency& latency = interval.nodes.emplace_back(latencies(node, true));
        latency.count = rounded(m_totals.nodes[node] - m_before.nodes[node]);
        latency.errors = rounded(m_totals.nodeErrors[node] - m_before.nodeErrors[node]);
    }
    interval.links.clear();
    for (std::size_t link = 0; link < m_plan.links.size(); ++link) {
        interval.links.push_back(
            {rounded(m_totals.links[link] - m_before.links[link]),
             rounded(m_totals.linkErrors[link] - m_before.linkErrors[link])});
    }
    interval.stations.clear();
    const double length = seconds(interval.to - interval.from);
    for (std::size_t i = 0; i < m_plan.stations.size(); ++i) {
        const FlowTotals& now = m_totals.stations[i];
        const FlowTotals& then = m_before.stations[i];
        const double capacity = now.capacity - then.capacity;
        StationInterval& station = interval.stations.emplace_back();
        station.utilisation = capacity > 0 ? (now.busy - then.busy) / capacity : 0;
        station.queue = length > 0 ? (now.waiting - then.waiting) / length : 0;
        station.refused = rounded(now.refused - then.refused);
    }
    m_running.clear();
    m_before = m_totals;
    return m_interval;
}

void FlowEngine::describe(RunResult& result) const
{
    result.engine = "flows";
    result.simulated = m_simulation.now();
    std::uint64_t print = 0xcbf2'9ce4'8422'2325;
    const auto stamp = [&print](std::uint64_t value) { print = (print ^ value) * 0x0000'0100'0000'01b3; };
    for (std::size_t c = 0; c < m_plan.classes.size(); ++c) {
        ClassResult& view = result.classes[m_plan.classes[c]];
        Counts counts;
        for (const FlowClass& kind : m_classes) {
            if (kind.requests[c] > 0 && !kind.classLatencies[c].empty()) {
                counts.push_back({&kind.classLatencies[c], kind.requests[c]});
            }
        }
        view.latency = merged(counts);
        for (std::size_t i = 0; i < m_totals.outcomes[c].size(); ++i) {
            if (const std::uint64_t count = rounded(m_totals.outcomes[c][i]); count > 0) {
                view.outcomes[m_plan.outcomes[i].name] += count;
                view.total += count;
                view.ok += i == 0 ? count : 0;
            }
        }
        view.failed = view.total - view.ok;
        stamp(view.total);
        stamp(view.ok);
        stamp(static_cast<std::uint64_t>(view.latency.mean().count()));
    }
    const double length = seconds(m_interval.to - m_interval.from);
    const auto perSecond = [length](std::uint64_t count) {
        return length > 0 ? static_cast<double>(count) / length : 0;
    };
    for (std::size_t i = 0; i < m_plan.links.size(); ++i) {
        LinkView& view = result.links[m_plan.links[i].id];
        view.requests = rounded(m_totals.links[i]);
        view.errors = rounded(m_totals.linkErrors[i]);
        if (i < m_interval.links.size()) {
            view.requestsPerSecond = perSecond(m_interval.links[i].calls);
            view.errorsPerSecond = perSecond(m_interval.links[i].errors);
        }
        stamp(view.requests);
    }
    for (std::size_t i = 0; i < m_plan.nodes.size(); ++i) {
        NodeView& view = result.nodes[m_plan.nodes[i].id];
        Counts counts;
        for (const FlowClass& kind : m_classes) {
            if (kind.entries[i] > 0 && !kind.nodeLatencies[i].empty()) {
                counts.push_back({&kind.nodeLatencies[i], kind.entries[i]});
            }
        }
        view.latency = merged(counts);
        view.requests = rounded(m_totals.nodes[i]);
        view.errors = rounded(m_totals.nodeErrors[i]);
        if (i < m_interval.nodes.size()) {
            view.requestsPerSecond = perSecond(m_interval.nodes[i].count);
            view.errorsPerSecond = perSecond(m_interval.nodes[i].errors);
        }
    }
    describeStations(result);
    result.fingerprint = print;
}

void FlowEngine::describeStations(RunResult& result) const
{
    std::vector<Bottleneck> bottlenecks(m_plan.nodes.size());
    for (std::uint32_t i = 0; i < m_plan.stations.size(); ++i) {
        const StationSpec& spec = m_plan.stations[i];
        NodeView& node = result.nodes[m_plan.nodes[spec.node.value].id];
        const StationReading reading = read(StationId{i});
        StationView view;
        view.name = spec.name;
        const double whole = reading.capacity > 0 ? reading.busy / reading.capacity : 0;
        view.utilisation =
            std::clamp(i < m_interval.stations.size() ? m_interval.stations[i].utilisation : whole, 0.0, 1.0);
        view.queue = static_cast<double>(reading.queueNow);
        view.queueLimit = spec.queueLimit < 0 ? 0 : static_cast<double>(spec.queueLimit);
        view.refused = reading.refused;
        const std::uint64_t entered = reading.arrivals - reading.refused;
        view.meanWait =
            entered > 0 ? fromSeconds(reading.waiting / static_cast<double>(entered)) : Duration(0);
        Bottleneck& bottleneck = bottlenecks[spec.node.value];
        bottleneck.consider(view, spec.kind, view.queue, view.refused);
        node.bottleneck = bottleneck.inWords();
        node.utilisation = std::max(node.utilisation, view.utilisation);
        node.queue += view.queue;
        node.stations.push_back(std::move(view));
    }
}

/// Whoever came must have ended in some way: shares of outcomes add up to one.
Diagnostics FlowEngine::checkConservation() const
{
    Diagnostics bugs;
    for (std::size_t c = 0; c < m_plan.classes.size() && !m_rates.outcomes.empty(); ++c) {
        double all = 0;
        for (const double share : m_rates.outcomes[c]) {
            all += share;
        }
        if (m_rates.classes[c] > 0 && std::abs(all - 1) > 1e-6) {
            Diagnostic bug;
            bug.severity = Severity::Error;
            bug.what = fmt::format(
                "flows of class {} do not balance: {:.6f} of its requests end", m_plan.classes[c], all);
            bugs.push_back(std::move(bug));
        }
    }
    return bugs;
}

}  // namespace neph
