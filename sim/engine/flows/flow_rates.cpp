#include "sim/engine/flows/flow_rates.h"

#include <algorithm>
#include <bit>

namespace neph {

namespace {

constexpr int kMostRounds = 60;
constexpr int kHalvings = 30;

/// How much longer than alone a job takes that shares `cores` of which the share `busy` is used.
/// M/G/1-PS for one core and less; for more the share of Erlang's delay formula that has to share at all.
double stretch(double busy, double cores)
{
    const double load = std::min(busy, kNearlyFull);
    if (cores <= 1) {
        return 1 / (1 - load);
    }
    const auto whole = static_cast<std::uint32_t>(cores + 0.5);
    return 1 + erlangC(load * whole, whole) / (whole * (1 - load));
}

}  // namespace

RatePropagation::RatePropagation(FlowState& state)
    : m_state(state), m_plan(state.plan), m_tries(m_plan.steps.size() * m_plan.classes.size(), 1)
{
    for (const DrawSpec& draw : m_plan.draws) {
        std::vector<double>& means = m_means.emplace_back();
        for (std::size_t c = 0; c < m_plan.classes.size(); ++c) {
            means.push_back(draw.byClass[draw.byClass.size() == 1 ? 0 : c].mean());
        }
    }
    for (std::size_t i = 0; i < m_plan.paths.size(); ++i) {
        const std::size_t end = i + 1 < m_plan.paths.size() ? m_plan.paths[i + 1].first : m_plan.steps.size();
        m_lengthOfPath.push_back(static_cast<std::uint32_t>(end - m_plan.paths[i].first));
    }
    m_rates.seconds.assign(m_plan.classes.size(), 0);
    m_walks.reserve(2 * m_plan.paths.size() + 4);
}

double RatePropagation::drawn(DrawId draw, std::uint32_t requestClass) const
{
    return draw ? m_means[draw.value][requestClass] : 0;
}

double RatePropagation::amount(AmountId amount, std::uint32_t requestClass) const
{
    if (!amount) {
        return 0;
    }
    const std::vector<std::int64_t>& byClass = m_plan.amounts[amount.value].byClass;
    return static_cast<double>(byClass[byClass.size() == 1 ? 0 : requestClass]);
}

FlowStation& RatePropagation::stationAt(StationId station, const Place& at)
{
    if (!m_plan.stations[station.value].pool) {
        return m_state.stations[station.value];
    }
    return m_state.groups[at.pool][at.group].stations[m_state.placeInPool[station.value]];
}

RatePropagation::Walk& RatePropagation::take()
{
    if (m_depth == m_walks.size()) {
        m_walks.emplace_back();
    }
    return m_walks[m_depth++];
}

const FlowRates& RatePropagation::solve(const std::vector<double>& sourceRates, double length)
{
    m_sourceRates = sourceRates;
    const bool isClosed =
        std::any_of(m_plan.sources.begin(), m_plan.sources.end(), [](const SourceSpec& source) {
            return source.users > 0;
        });
    if (!isClosed) {
        iterate(length);
        return m_rates;
    }
    // Users who wait ask the less the longer they wait: their rate is where both agree, found by halving.
    const std::size_t sources = m_plan.sources.size();
    std::vector<double> low(sources, 0);
    std::vector<double> high(sources, 0);
    for (std::size_t i = 0; i < sources; ++i) {
        const SourceSpec& source = m_plan.sources[i];
        high[i] = sourceRates[i] / std::max(1e-3, source.think.mean());
    }
    for (int halving = 0; halving < kHalvings; ++halving) {
        for (std::size_t i = 0; i < sources; ++i) {
            m_sourceRates[i] = m_plan.sources[i].users > 0 ? (low[i] + high[i]) / 2 : sourceRates[i];
        }
        iterate(length);
        for (std::size_t i = 0; i < sources; ++i) {
            const SourceSpec& source = m_plan.sources[i];
            const double asked = sourceRates[i] / std::max(1e-3, source.think.mean() + latencyOf(source));
            (asked > m_sourceRates[i] ? low : high)[i] = m_sourceRates[i];
        }
    }
    return m_rates;
}

void RatePropagation::iterate(double length)
{
    for (int round = 0; round < kMostRounds; ++round) {
        propagate();
        if (settle(length)) {
            return;
        }
    }
}

/// Mean over the classes of a source.
double RatePropagation::latencyOf(const SourceSpec& source) const
{
    double all = 0;
    double latency = 0;
    for (std::size_t c = 0; c < source.classWeights.size(); ++c) {
        all += source.classWeights[c];
        latency += source.classWeights[c] * m_rates.seconds[c];
    }
    return all > 0 ? latency / all : 0;
}

void RatePropagation::propagate()
{
    const std::size_t classes = m_plan.classes.size();
    const auto clear = [](std::vector<double>& values, std::size_t size) { values.assign(size, 0); };
    clear(m_rates.classes, classes);
    clear(m_rates.nodes, m_plan.nodes.size());
    clear(m_rates.nodeErrors, m_plan.nodes.size());
    clear(m_rates.links, m_plan.links.size());
    clear(m_rates.linkErrors, m_plan.links.size());
    clear(m_rates.sources, m_plan.sources.size());
    m_rates.meters.resize(m_plan.meters.size());
    for (std::vector<double>& meter : m_rates.meters) {
        clear(meter, classes);
    }
    m_rates.outcomes.resize(classes);
    const auto calm = [](FlowStation& station) {
        station.busyBefore = station.busy();
        station.arrivals = station.load = 0;
    };
    std::for_each(m_state.stations.begin(), m_state.stations.end(), calm);
    for (std::vector<FlowGroup>& groups : m_state.groups) {
        for (FlowGroup& group : groups) {
            std::for_each(group.stations.begin(), group.stations.end(), calm);
            group.arrivals = group.failures = group.seconds = 0;
        }
    }
    m_mayTimeOut = false;
    for (std::size_t i = 0; i < m_plan.sources.size(); ++i) {
        const SourceSpec& source = m_plan.sources[i];
        double all = 0;
        for (const double weight : source.classWeights) {
            all += weight;
        }
        const double perSecond = m_sourceRates[i];
        m_rates.sources[i] = perSecond;
        for (std::size_t c = 0; c < source.classWeights.size(); ++c) {
            if (source.classWeights[c] <= 0 || all <= 0) {
                continue;
            }
            const double rate = perSecond * source.classWeights[c] / all;
            const Walk& walked = walk(source.path, static_cast<std::uint32_t>(c), {}, {}, rate);
            m_rates.classes[c] += rate;
            m_rates.outcomes[c] = walked.outcomes;
            m_rates.seconds[c] = walked.seconds;
            --m_depth;
        }
    }
}

RatePropagation::Walk& RatePropagation::walk(
    PathId path, std::uint32_t requestClass, const Place& at, const Place& from, double rate)
{
    const PathSpec& spec = m_plan.paths[path.value];
    Walk& walked = take();
    walked.mass.assign(m_lengthOfPath[path.value] + 1, 0);
    walked.outcomes.assign(m_plan.outcomes.size(), 0);
    walked.seconds = 0;
    walked.flow = 1;
    const Meetings::Disturbance& disturbance = m_state.disturbances[spec.node.value];
    if (disturbance.failShare > 0) {
        walked.outcomes[disturbance.outcome.value] += disturbance.failShare;
    }
    walked.mass[0] = 1 - disturbance.failShare;
    walked.seconds += walked.mass[0] * disturbance.added;
    for (std::uint32_t i = 0; i < m_lengthOfPath[path.value]; ++i) {
        if (walked.mass[i] > 0) {
            step(walked, i, spec.first, requestClass, at, from, rate);
        }
    }
    if (m_counts) {
        const double errors = 1 - walked.outcomes[0];
        m_rates.nodes[spec.node.value] += rate;
        m_rates.nodeErrors[spec.node.value] += rate * errors;
        if (at.pool != kNone && at.pool != from.pool) {
            FlowGroup& group = m_state.groups[at.pool][at.group];
            group.arrivals += rate / group.count;
            group.failures += rate * errors / group.count;
            group.seconds = std::max(group.seconds, walked.seconds);
        }
    }
    return walked;
}

/// Whoever spends time holds what is open at that moment: slots for their seconds, memory for its bytes.
void RatePropagation::spend(
    const Step& step, std::uint32_t requestClass, const Place& at, double perSecond, double seconds)
{
    for (std::uint32_t held = step.cleanup; held != 0 && m_counts; held = m_plan.cleanups[held].next) {
        const CleanupSpec& open = m_plan.cleanups[held];
        FlowStation& station = stationAt(open.station, at);
        const double each = open.op == Op::Free ? amount(open.amount, requestClass) : 1;
        const double replicas =
            m_plan.stations[open.station.value].pool ? m_state.groups[at.pool][at.group].count : 1;
        station.load += perSecond * seconds * each / replicas;
    }
}

double RatePropagation::shareAcross(const Place& at, const Place& from) const
{
    if (at.pool == kNone || from.pool == kNone) {
        return 0;
    }
    const FlowGroup& to = m_state.groups[at.pool][at.group];
    const FlowGroup& sender = m_state.groups[from.pool][from.group];
    double same = 0;
    double placed = 0;
    double senders = 0;
    for (std::size_t zone = 0; zone < to.zones.size(); ++zone) {
        same += static_cast<double>(to.zones[zone]) * sender.zones[zone];
        placed += to.zones[zone];
        senders += sender.zones[zone];
    }
    const double pairs = static_cast<double>(to.count) * sender.count;
    return pairs > 0 ? (placed * senders - same) / pairs : 0;
}

double RatePropagation::workSeconds(
    const Step& step, const FlowStation& station, double demand, const Place& at) const
{
    const double busy = station.busyBefore;
    const double alone = demand / std::min(1.0, station.capacity);
    const double seconds = alone * stretch(busy, station.capacity);
    // No more jobs share the cores than the slots around them let in; of full cores all of those do.
    for (std::uint32_t held = step.cleanup; held != 0; held = m_plan.cleanups[held].next) {
        const StationSpec& open = m_plan.stations[m_plan.cleanups[held].station.value];
        if (open.kind == StationKind::Slots && open.pool && open.pool.value == at.pool) {
            const double most =
                std::max(alone, demand * static_cast<double>(open.capacity) / station.capacity);
            const double full = std::clamp((busy - kNearlyFull) / (1 - kNearlyFull), 0.0, 1.0);
            return std::min(most, seconds + full * (most - std::min(most, seconds)));
        }
    }
    return seconds;
}

/// One step of a path: who gets past it, how it ends for the others, and how long it takes.
void RatePropagation::step(
    Walk& walked, std::uint32_t index, std::uint32_t first, std::uint32_t requestClass, const Place& at,
    const Place& from, double rate)
{
    const Step& step = m_plan.steps[first + index];
    const double rateHere = rate * walked.flow;
    const Passing passing{step, first + index, requestClass, at, from, rateHere, walked.mass[index]};
    Passed passed{walked.mass[index], 0};
    switch (step.op) {
    case Op::Branch:
        passed.mass = branch(walked, passing, first);
        break;
    case Op::Call:
        passed = callOnce(walked, passing);
        break;
    case Op::Fork:
        passed = forked(walked, passing);
        walked.seconds += passing.mass * passed.seconds;
        spend(step, requestClass, at, rateHere * passing.mass, passed.seconds);
        walked.mass[index + step.count + 1] += passed.mass;
        return;
    case Op::Reply:
        walked.outcomes[0] += passing.mass;
        return;
    case Op::Fail:
        walked.outcomes[step.outcome.value] += passing.mass;
        return;
    case Op::Release:
    case Op::Free:
        break;
    default:
        passed = use(walked, passing);
        break;
    }
    walked.seconds += passed.mass * passed.seconds;
    spend(step, requestClass, at, rateHere * passed.mass, passed.seconds);
    walked.mass[index + 1] += passed.mass;
}

double RatePropagation::branch(Walk& walked, const Passing& passing, std::uint32_t first)
{
    const Step& step = passing.step;
    const bool isOfClass = ((step.classes >> passing.requestClass) & 1) != 0;
    const double chance = !isOfClass ? 0 : step.draw ? drawn(step.draw, passing.requestClass) : 1;
    walked.mass[step.jump - first] += passing.mass * (1 - chance);
    return passing.mass * chance;
}

RatePropagation::Passed RatePropagation::callOnce(Walk& walked, const Passing& passing)
{
    std::vector<double> ends(m_plan.outcomes.size(), 0);
    Passed passed;
    call(passing, ends, passed.seconds);
    passed.mass = passing.mass * ends[0];
    for (std::size_t i = 1; i < ends.size(); ++i) {
        walked.outcomes[i] += passing.mass * ends[i];
    }
    return passed;
}

/// All start together and all are waited for: the longest counts; the first that fails says how it ends.
RatePropagation::Passed RatePropagation::forked(Walk& walked, const Passing& passing)
{
    double ok = 1;
    Passed passed;
    for (std::uint32_t k = 1; k <= passing.step.count; ++k) {
        std::vector<double> ends(m_plan.outcomes.size(), 0);
        double takes = 0;
        const std::uint32_t index = passing.index + k;
        call(
            {m_plan.steps[index], index, passing.requestClass, passing.at, passing.from, passing.rate,
             passing.mass},
            ends, takes);
        for (std::size_t i = 1; i < ends.size(); ++i) {
            walked.outcomes[i] += passing.mass * ok * ends[i];
        }
        ok *= ends[0];
        passed.seconds = std::max(passed.seconds, takes);
    }
    passed.mass = passing.mass * ok;
    return passed;
}

double RatePropagation::replicasOf(StationId station, const Place& at) const
{
    return m_plan.stations[station.value].pool ? static_cast<double>(m_state.groups[at.pool][at.group].count)
                                               : 1.0;
}

/// Adds what comes to a station, and what it asks of it.
void RatePropagation::ask(StationId id, const Place& at, double perSecond, double load)
{
    if (m_counts) {
        FlowStation& station = stationAt(id, at);
        const double replicas = replicasOf(id, at);
        station.arrivals += perSecond / replicas;
        station.load += load / replicas;
    }
}

/// Steps that pass time or use a station.
RatePropagation::Passed RatePropagation::use(Walk& walked, const Passing& passing)
{
    const Step& step = passing.step;
    const std::uint32_t c = passing.requestClass;
    const double perSecond = passing.rate * passing.mass;
    Passed passed{passing.mass, 0};
    switch (step.op) {
    case Op::Delay:
        passed.seconds = drawn(step.draw, c);
        break;
    case Op::Hop: {
        const double across = shareAcross(passing.at, passing.from);
        passed.seconds = (1 - across) * drawn(step.draw, c) + across * drawn(step.other, c);
        if (step.meter && m_counts) {
            m_rates.meters[step.meter.value][c] += perSecond * across * amount(step.amount, c);
        }
        break;
    }
    case Op::Serve:
    case Op::Acquire: {
        const FlowStation& station = stationAt(step.station, passing.at);
        passed.mass = passing.mass * (1 - station.refuse);
        walked.outcomes[step.outcome.value] += passing.mass * station.refuse;
        const double service = step.op == Op::Serve ? drawn(step.draw, c) : 0;
        passed.seconds = station.wait() + service;
        ask(step.station, passing.at, perSecond, passing.rate * passed.mass * station.flow * service);
        walked.flow *= station.flow;
        break;
    }
    case Op::Work: {
        const double demand = drawn(step.draw, c);
        passed.seconds = workSeconds(step, stationAt(step.station, passing.at), demand, passing.at);
        ask(step.station, passing.at, perSecond, perSecond * demand);
        break;
    }
    case Op::Hold:
        ask(step.station, passing.at, perSecond, 0);
        break;
    case Op::Take:
        passed.mass = take(passing);
        walked.outcomes[step.outcome.value] += passing.mass - passed.mass;
        break;
    case Op::Transfer: {
        const FlowStation& station = stationAt(step.station, passing.at);
        const double bytes = amount(step.amount, c);
        const double fastest = station.perFlow > 0 ? std::min(station.perFlow, station.rate) : station.rate;
        passed.seconds = fastest > 0 ? bytes / fastest / (1 - std::min(station.busyBefore, kNearlyFull)) : 0;
        ask(step.station, passing.at, perSecond, perSecond * bytes);
        break;
    }
    case Op::Meter:
        m_rates.meters[step.meter.value][c] += m_counts ? perSecond * amount(step.amount, c) : 0;
        break;
    default:
        break;
    }
    return passed;
}

/// Tokens from one bucket or from both: each is asked only for what the other would give.
double RatePropagation::take(const Passing& passing)
{
    const Step& step = passing.step;
    const double perSecond = passing.rate * passing.mass;
    const double wanted = perSecond * amount(step.amount, passing.requestClass);
    const double one = 1 - stationAt(step.station, passing.at).refuse;
    const double other = step.second ? 1 - stationAt(step.second, passing.at).refuse : 1;
    ask(step.station, passing.at, perSecond, wanted * other);
    if (step.second) {
        ask(step.second, passing.at, perSecond, wanted * one);
    }
    return passing.mass * one * other;
}

/// How one attempt of a call ends, over the replicas it may go to, and how long it takes.
RatePropagation::Walk& RatePropagation::attempt(const Passing& passing, double perSecond)
{
    const Step& step = passing.step;
    Walk& sum = take();
    sum.outcomes.assign(m_plan.outcomes.size(), 0);
    sum.seconds = 0;
    const auto add = [&](const Place& to, double share) {
        const Walk& walked = walk(step.path, passing.requestClass, to, passing.at, perSecond * share);
        for (std::size_t i = 0; i < sum.outcomes.size(); ++i) {
            sum.outcomes[i] += share * walked.outcomes[i];
        }
        sum.seconds += share * walked.seconds;
        --m_depth;
    };
    if (!step.pool) {
        const PathSpec& callee = m_plan.paths[step.path.value];
        const bool isSameNode = passing.at.pool != kNone && m_plan.pools[passing.at.pool].node == callee.node;
        add(isSameNode ? passing.at : Place{}, 1);
        return sum;
    }
    double reached = 0;
    const std::uint32_t pool = step.pool.value;
    const auto order = static_cast<std::uint32_t>(std::max(1.0, m_state.inService(pool)));
    const auto kind = step.routing == Routing::RoundRobin         ? ArrivalLaw::Kind::Erlang
                      : step.routing == Routing::LeastOutstanding ? ArrivalLaw::Kind::PowerOfOrder
                                                                  : ArrivalLaw::Kind::Poisson;
    for (std::uint32_t g = 0; g < m_state.groups[pool].size(); ++g) {
        FlowGroup& group = m_state.groups[pool][g];
        const double share = group.count > 0 && group.isInService ? m_state.shareOf(pool, group) : 0;
        if (share > 0) {
            reached += share;
            for (FlowStation& station : group.stations) {
                station.arrivalLaw = {kind, order};
            }
            add({pool, g}, share);
        }
    }
    sum.outcomes[step.outcome ? step.outcome.value : 0] += 1 - reached;
    return sum;
}

/// A call with all its attempts: how it ends for its caller, and how long that takes.
void RatePropagation::call(const Passing& passing, std::vector<double>& ends, double& time)
{
    const Step& step = passing.step;
    double& tries = m_tries[passing.index * m_plan.classes.size() + passing.requestClass];
    const double perSecond = passing.rate * passing.mass * tries;
    Walk& one = attempt(passing, perSecond);
    static const PolicySpec kNoPolicy;
    const PolicySpec& policy = step.policy ? m_plan.policies[step.policy.value] : kNoPolicy;
    if (policy.timeout > Duration(0)) {
        const double late = m_state.timedOut[passing.index];
        const double limit = neph::seconds(policy.timeout);
        m_mayTimeOut = m_mayTimeOut || one.seconds > 0.15 * limit;
        one.seconds = std::min(one.seconds, limit);
        // What is refused at once does not wait until its time is over.
        one.outcomes[policy.onTimeout.value] += one.outcomes[0] * late;
        one.outcomes[0] *= 1 - late;
    }
    double again = 0;
    for (std::size_t i = 1; i < one.outcomes.size(); ++i) {
        again += m_plan.outcomes[i].retryable ? one.outcomes[i] : 0;
    }
    // Attempts follow one another while what failed may be tried again.
    double expected = 1;
    double backoff = 0;
    double last = 1;  // Chance that attempt k happens.
    for (std::uint32_t k = 0; k < policy.retries && again > 0; ++k) {
        double most =
            neph::seconds(policy.backoffBase) * static_cast<double>(std::uint64_t{1} << std::min(k, 20U));
        most = policy.backoffCap > Duration(0) ? std::min(most, neph::seconds(policy.backoffCap)) : most;
        last *= again;
        expected += last;
        backoff += last * most * (policy.jitter ? 0.5 : 1);
    }
    for (std::uint32_t i = 0; i < one.outcomes.size(); ++i) {
        const bool isRetried = i > 0 && m_plan.outcomes[i].retryable;
        ends[policy.mapped(i, m_plan.outcomes[i].kind)] += one.outcomes[i] * (isRetried ? last : expected);
    }
    time = expected * one.seconds + backoff;
    if (m_counts) {
        if (step.link) {
            m_rates.links[step.link.value] += perSecond;
            m_rates.linkErrors[step.link.value] += perSecond * (1 - one.outcomes[0]);
        }
        tries = expected;
    }
    --m_depth;
}

void RatePropagation::commit()
{
    const auto one = [](FlowStation& station) {
        station.backlog = station.backlogAfter;
        if (station.kind == StationKind::TokenBucket) {
            station.level = station.levelAfter;
        }
    };
    std::for_each(m_state.stations.begin(), m_state.stations.end(), one);
    for (std::vector<FlowGroup>& groups : m_state.groups) {
        for (FlowGroup& group : groups) {
            std::for_each(group.stations.begin(), group.stations.end(), one);
        }
    }
}

double RatePropagation::secondsAlong(PathId path, std::uint32_t pool, std::uint32_t group, double& okShare)
{
    m_counts = false;
    const Place at{pool, group};
    const Walk& walked = walk(path, 0, at, {}, 0);
    m_counts = true;
    okShare = walked.outcomes[0];
    --m_depth;
    return walked.seconds;
}

}  // namespace neph
