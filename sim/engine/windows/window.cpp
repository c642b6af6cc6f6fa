#include "sim/engine/windows/window.h"

#include <algorithm>
#include <map>

#include "sim/engine/request_engine.h"

namespace neph {

namespace {

// Least outstanding requests looks at all replicas: fewer stand for many less well (performance.md, section
// 5).
constexpr std::uint32_t kLeastOutstandingNeeds = 128;
// How far rounding to whole replicas may move the load of a pool.
constexpr double kMostRounding = 0.004;

double replicasIn(const std::vector<FlowSetup::Group>& groups)
{
    double count = 0;
    for (const FlowSetup::Group& group : groups) {
        count += group.count;
    }
    return count;
}

bool picksLeastOutstanding(const Plan& plan)
{
    return std::any_of(plan.steps.begin(), plan.steps.end(), [](const Step& step) {
        return step.op == Op::Call && step.pool && step.routing == Routing::LeastOutstanding;
    });
}

bool isQueue(StationKind kind)
{
    return kind == StationKind::Slots || kind == StationKind::Cpu;
}

std::int64_t scaled(std::int64_t value, double scale)
{
    return value <= 0 ? value
                      : std::max<std::int64_t>(
                            1, static_cast<std::int64_t>(static_cast<double>(value) * scale + 0.5));
}

std::size_t wholeReplicas(double count, double scale)
{
    return std::max<std::size_t>(static_cast<std::size_t>(count * scale + 0.5), count > 0 ? 1 : 0);
}

/// By how much rates must differ from the scale, so that each replica of the pool that matters gets what each
/// gets in full size.
double roundingOf(const WindowSpec& spec, const WindowSpec::Piece& piece)
{
    constexpr double kMost = 4;
    if (spec.scale == 1 || piece.tightest >= piece.setup->pools.size()) {
        return 1;
    }
    const double count = replicasIn(piece.setup->pools[piece.tightest]);
    const auto whole = static_cast<double>(wholeReplicas(count, spec.scale));
    return count > 0 ? std::min(kMost, whole / (count * spec.scale)) : 1;
}

/// Whether all requests share a queue: then nothing can be scaled down.
bool sharesQueue(const Plan& plan)
{
    return std::any_of(plan.stations.begin(), plan.stations.end(), [&plan](const StationSpec& station) {
        const bool isShared = !station.pool || plan.pools[station.pool.value].fixedReplicas > 0;
        return isShared && isQueue(station.kind);
    });
}

/// The plan with rates and shared capacities as the pieces say.
Plan planOf(const Plan& plan, const WindowSpec& spec)
{
    Plan window = plan;
    for (std::size_t i = 0; i < window.sources.size(); ++i) {
        SourceSpec& source = window.sources[i];
        source.users = source.users > 0 ? static_cast<std::uint32_t>(scaled(source.users, spec.scale)) : 0;
        // They are all there already: what is left is that they think apart.
        source.startOver = std::min(source.startOver, fromSeconds(source.think.mean()));
        source.rate = {};
        double at = 0;
        for (const WindowSpec::Piece& piece : spec.pieces) {
            const double rate =
                source.users > 0 ? 0 : piece.sourceRates[i] * spec.scale * roundingOf(spec, piece);
            source.rate.corners.push_back({fromSeconds(at), rate});
            at += piece.seconds;
            source.rate.corners.push_back({fromSeconds(at), rate});
        }
    }
    for (std::size_t i = 0; i < window.stations.size(); ++i) {
        if (window.stations[i].kind == StationKind::TokenBucket) {
            // Not what is gone when a run begins: this is the middle of one.
            window.stations[i].heldAtStart = spec.missing.empty() ? 0 : scaled(spec.missing[i], spec.scale);
        }
    }
    return window;
}

/// Puts replicas in place as setups say and counts what was in the middle of it.
class Stage {
public:
    Stage(const Plan& plan, RequestEngine& engine, double scale)
        : m_plan(plan), m_engine(engine), m_scale(scale), m_replicas(plan.pools.size())
    {
        std::uint32_t next = 0;
        for (std::size_t pool = 0; pool < plan.pools.size(); ++pool) {
            for (std::uint32_t k = 0; k < plan.pools[pool].fixedReplicas; ++k) {
                m_replicas[pool].push_back(ReplicaId{next++});
            }
        }
    }

    void set(const FlowSetup& setup)
    {
        for (std::uint32_t i = 0; i < m_plan.stations.size(); ++i) {
            if (!m_plan.stations[i].pool && isNews(setup, i)) {
                const bool isMemory = m_plan.stations[i].kind == StationKind::Memory;
                m_engine.resize(
                    StationId{i}, isMemory ? setup.capacities[i] : scaled(setup.capacities[i], m_scale),
                    scaled(setup.rates[i], m_scale));
            }
        }
        for (std::uint32_t pool = 0; pool < m_plan.pools.size(); ++pool) {
            if (m_plan.pools[pool].fixedReplicas == 0) {
                setPool(pool, setup.pools[pool]);
            } else {
                setFixed(pool, setup.pools[pool]);
            }
        }
        for (std::uint32_t node = 0; node < m_plan.nodes.size(); ++node) {
            if (m_before == nullptr ? setup.disturbedBy[node] > 0 || setup.failing[node] > 0
                                    : setup.disturbedBy[node] != m_before->disturbedBy[node] ||
                                          setup.failing[node] != m_before->failing[node]) {
                m_engine.disturb(
                    NodeIndex{node}, fromSeconds(setup.disturbedBy[node]), setup.failing[node],
                    setup.failingWith[node]);
            }
        }
        m_before = &setup;
    }

private:
    bool isNews(const FlowSetup& setup, std::uint32_t station) const
    {
        return m_before == nullptr || m_before->capacities[station] != setup.capacities[station] ||
               m_before->rates[station] != setup.rates[station];
    }

    /// Replicas of one pool: as many as are needed come, the eldest of those that are too many go out of
    /// service.
    void setPool(std::uint32_t pool, const std::vector<FlowSetup::Group>& groups)
    {
        const std::size_t wanted = wholeReplicas(replicasIn(groups), m_scale);
        std::vector<ReplicaId>& living = m_replicas[pool];
        while (living.size() > wanted) {
            m_engine.setService(living.front(), Service::Out);
            living.erase(living.begin());
        }
        double all = 0;
        std::size_t index = 0;
        for (const FlowSetup::Group& group : groups) {
            all += group.count * m_scale;
            const bool isLast = &group == &groups.back();
            const std::size_t upTo =
                std::max<std::size_t>(static_cast<std::size_t>(all + 0.5), isLast ? 1 : 0);
            for (std::uint32_t zone = 0; index < upTo; ++index) {
                if (index == living.size()) {
                    const ReplicaId added = m_engine.addReplica(PoolId{pool}, nextZone(group, zone), 0);
                    m_engine.setService(added, Service::In);
                    living.push_back(added);
                    resizeTo(pool, added, group, 1);
                }
                share(living[index], group.share);
            }
        }
    }

    void setFixed(std::uint32_t pool, const std::vector<FlowSetup::Group>& groups)
    {
        // Groups are by weight there; the sizes of their stations are the same for all.
        if (groups.empty() || (m_before != nullptr && m_before->pools[pool] == groups)) {
            return;
        }
        for (const ReplicaId replica : m_replicas[pool]) {
            resizeTo(pool, replica, groups.front(), m_scale);
        }
    }

    void resizeTo(std::uint32_t pool, ReplicaId replica, const FlowSetup::Group& group, double scale)
    {
        std::size_t place = 0;
        for (std::uint32_t i = 0; i < m_plan.stations.size(); ++i) {
            if (!m_plan.stations[i].pool || m_plan.stations[i].pool.value != pool) {
                continue;
            }
            if (scale != 1 || group.capacities[place] != m_plan.stations[i].capacity ||
                group.rates[place] != m_plan.stations[i].rate) {
                m_engine.resize(
                    StationId{i}, replica, scaled(group.capacities[place], scale),
                    scaled(group.rates[place], scale));
            }
            ++place;
        }
    }

    void share(ReplicaId replica, double share)
    {
        m_shares.resize(std::max<std::size_t>(m_shares.size(), replica.value + 1), 1);
        if (m_shares[replica.value] != share) {
            m_shares[replica.value] = share;
            m_engine.setShare(replica, share);
        }
    }

    /// Around the zones of a group in proportion to what it has in each.
    static ZoneIndex nextZone(const FlowSetup::Group& group, std::uint32_t& taken)
    {
        std::uint32_t all = 0;
        for (const std::uint32_t count : group.zones) {
            all += count;
        }
        if (all == 0) {
            return {};
        }
        // The zones one after the other, k of n at the same distances.
        const std::uint32_t place = static_cast<std::uint32_t>(taken * 7919ULL % all);
        ++taken;
        std::uint32_t below = 0;
        for (std::uint32_t zone = 0; zone < group.zones.size(); ++zone) {
            below += group.zones[zone];
            if (place < below) {
                return ZoneIndex{zone};
            }
        }
        return {};
    }

    const Plan& m_plan;
    RequestEngine& m_engine;
    double m_scale;
    std::vector<std::vector<ReplicaId>> m_replicas;  ///< By pool: in service, in order of coming.
    std::vector<double> m_shares;                    ///< By replica.
    const FlowSetup* m_before = nullptr;
};

Histogram difference(const Histogram& after, const Histogram& before)
{
    Histogram between;
    const std::vector<Histogram::Bucket> old = before.buckets();
    std::size_t at = 0;
    for (const Histogram::Bucket& bucket : after.buckets()) {
        std::uint64_t gone = 0;
        while (at < old.size() && old[at].from < bucket.from) {
            ++at;
        }
        if (at < old.size() && old[at].from == bucket.from) {
            gone = old[at].count;
        }
        between.add((bucket.from + bucket.to) / 2, bucket.count - gone);
    }
    return between;
}

WindowResult::Outcomes difference(const WindowResult::Outcomes& after, const WindowResult::Outcomes& before)
{
    WindowResult::Outcomes between = after;
    for (std::size_t c = 0; c < before.size(); ++c) {
        for (std::size_t i = 0; i < before[c].size(); ++i) {
            between[c][i] -= before[c][i];
        }
    }
    return between;
}

std::vector<double> batchEnds(const WindowSpec& spec)
{
    std::vector<double> ends = spec.ends;
    const double length = spec.seconds() - spec.measureFrom;
    for (std::uint32_t batch = 1; batch <= spec.batches && spec.ends.empty(); ++batch) {
        ends.push_back(spec.measureFrom + length * batch / spec.batches);
    }
    return ends;
}

}  // namespace

double scaleFor(const Plan& plan, const FlowSetup& setup, std::uint32_t replicas)
{
    std::uint32_t least = picksLeastOutstanding(plan) ? std::max(replicas, kLeastOutstandingNeeds) : replicas;
    double largest = 0;
    double smallest = 1e18;
    for (std::size_t pool = 0; pool < plan.pools.size(); ++pool) {
        if (plan.pools[pool].fixedReplicas == 0 && replicasIn(setup.pools[pool]) > 0) {
            largest = std::max(largest, replicasIn(setup.pools[pool]));
            smallest = std::min(smallest, replicasIn(setup.pools[pool]));
        }
    }
    if (sharesQueue(plan) || largest <= 0 || smallest <= least) {
        return 1;
    }
    for (double scale = least / smallest; scale < 0.7; scale *= 1.02) {
        bool fits = true;
        for (std::size_t pool = 0; pool < plan.pools.size(); ++pool) {
            const double count = replicasIn(setup.pools[pool]);
            if (plan.pools[pool].fixedReplicas == 0 && count > 0) {
                const double whole = static_cast<double>(static_cast<std::int64_t>(count * scale + 0.5));
                fits = fits && std::abs(whole / (count * scale) - 1) < kMostRounding;
            }
        }
        if (fits) {
            return scale;
        }
    }
    return 1;
}

double scaleFor(const Plan& plan, const std::vector<WindowSpec::Piece>& pieces, std::uint32_t replicas)
{
    const std::uint32_t least =
        picksLeastOutstanding(plan) ? std::max(replicas, kLeastOutstandingNeeds) : replicas;
    double smallest = 0;
    for (std::size_t pool = 0; pool < plan.pools.size(); ++pool) {
        double most = 0;
        for (const WindowSpec::Piece& piece : pieces) {
            most = std::max(most, replicasIn(piece.setup->pools[pool]));
        }
        if (plan.pools[pool].fixedReplicas == 0 && most > 0) {
            smallest = smallest == 0 ? most : std::min(smallest, most);
        }
    }
    return sharesQueue(plan) || smallest * 0.7 <= least ? 1 : least / smallest;
}

double WindowSpec::seconds() const
{
    double all = 0;
    for (const Piece& piece : pieces) {
        all += piece.seconds;
    }
    return all;
}

namespace {

/// A window on its way: an engine of its own, and what stands in it changing as the pieces say.
class WindowRun {
public:
    WindowRun(const Plan& plan, const WindowSpec& spec, const EngineOptions& options, std::stop_token stop)
        : m_spec(spec), m_plan(planOf(plan, spec)), m_engine(m_plan, m_simulation, spec.seed, options),
          m_stage(m_plan, m_engine, spec.scale), m_length(spec.seconds())
    {
        m_guard.stop = std::move(stop);
    }

    /// To that second; false where it was asked to stop.
    bool goTo(double moment)
    {
        while (m_isComplete && m_next < m_spec.pieces.size() && m_pieceEnds <= moment) {
            m_isComplete = m_engine.runUntil(fromSeconds(m_pieceEnds), m_guard) == StopReason::ReachedEnd;
            m_stage.set(*m_spec.pieces[m_next].setup);
            m_pieceEnds += m_spec.pieces[m_next].seconds;
            ++m_next;
        }
        m_isComplete =
            m_isComplete && m_engine.runUntil(fromSeconds(moment), m_guard) == StopReason::ReachedEnd;
        return m_isComplete;
    }

    double length() const { return m_length; }
    bool isComplete() const { return m_isComplete; }
    RequestEngine& engine() { return m_engine; }

private:
    const WindowSpec& m_spec;
    const Plan m_plan;
    Simulation m_simulation;
    RequestEngine m_engine;
    Stage m_stage;
    RunGuard m_guard;
    double m_length;
    std::size_t m_next = 0;
    double m_pieceEnds = 0;
    bool m_isComplete = true;
};

}  // namespace

WindowResult runWindow(const Plan& plan, const WindowSpec& spec, std::stop_token stop)
{
    EngineOptions options;
    options.traceEvery = 0;
    WindowRun run(plan, spec, options, std::move(stop));
    const auto latencies = [&] {
        std::vector<Histogram> all;
        for (std::uint32_t c = 0; c < plan.classes.size(); ++c) {
            all.push_back(run.engine().latencyOf(ClassIndex{c}));
        }
        return all;
    };
    const auto outcomes = [&] {
        WindowResult::Outcomes all;
        for (std::uint32_t c = 0; c < plan.classes.size(); ++c) {
            all.push_back(run.engine().outcomesOf(ClassIndex{c}));
        }
        return all;
    };
    WindowResult result;
    run.goTo(spec.measureFrom);
    WindowResult::Outcomes endedBefore = outcomes();
    std::vector<Histogram> before = latencies();
    for (const double end : batchEnds(spec)) {
        if (!run.goTo(end)) {
            break;
        }
        std::vector<Histogram> after = latencies();
        std::vector<Histogram>& classes = result.classes.emplace_back();
        for (std::size_t c = 0; c < after.size(); ++c) {
            classes.push_back(difference(after[c], before[c]));
        }
        before = std::move(after);
        WindowResult::Outcomes ended = outcomes();
        result.outcomes.push_back(difference(ended, endedBefore));
        endedBefore = std::move(ended);
    }
    result.isComplete = run.isComplete();
    result.requests = run.engine().requestsStarted();
    return result;
}

void showWindow(
    const Plan& plan, const WindowSpec& spec, RunResult& result, std::stop_token stop,
    const std::function<void(double)>& progress)
{
    constexpr std::uint32_t kTraceEvery = 97;
    EngineOptions options;
    options.traceEvery = kTraceEvery;
    WindowRun run(plan, spec, options, std::move(stop));
    run.goTo(spec.measureFrom);
    run.engine().takeInterval();
    std::map<std::string, std::vector<Series>> series;
    const auto put = [&](const std::string& node, const IntervalLatency& latency, Time at, double length) {
        std::vector<Series>& lines = series[node];
        if (lines.empty()) {
            lines = {
                {node, "Requests", "1/s", 1s},
                {node, "Errors", "1/s", 1s},
                {node, "LatencyP50", "ms", 1s},
                {node, "LatencyP95", "ms", 1s},
                {node, "LatencyP99", "ms", 1s}};
        }
        lines[0].add(at, static_cast<double>(latency.count) / length);
        lines[1].add(at, static_cast<double>(latency.errors) / length);
        if (latency.count > 0) {
            lines[2].add(at, milliseconds(latency.p50));
            lines[3].add(at, milliseconds(latency.p95));
            lines[4].add(at, milliseconds(latency.p99));
        }
    };
    for (double moment = spec.measureFrom + 1; moment <= run.length() + 1e-9 && run.goTo(moment);
         moment += 1) {
        const IntervalStats& interval = run.engine().takeInterval();
        const Time at = fromSeconds(moment - 1 - spec.measureFrom);
        for (std::size_t c = 0; c < interval.classes.size(); ++c) {
            put("class:" + plan.classes[c], interval.classes[c], at, 1);
        }
        for (std::size_t node = 0; node < interval.nodes.size(); ++node) {
            if (interval.nodes[node].count > 0) {
                put(plan.nodes[node].id, interval.nodes[node], at, 1);
            }
        }
        if (progress) {
            progress((moment - spec.measureFrom) / (run.length() - spec.measureFrom));
        }
    }
    run.engine().describe(result);
    for (auto& [node, lines] : series) {
        for (Series& line : lines) {
            result.series.push_back(std::move(line));
        }
    }
    result.stoppedBy = run.isComplete() ? "" : "cancelled";
}

}  // namespace neph
