#include "sim/engine/flows/path_walker.h"

#include <algorithm>

namespace neph {

namespace {

WalkStep
walkStep(const Plan& plan, const StationPlaces& places, std::uint32_t index, std::size_t requestClass)
{
    const Step& step = plan.steps[index];
    const auto drawOf = [&plan, requestClass](DrawId id) -> const Distribution* {
        if (!id) {
            return nullptr;
        }
        const std::vector<Distribution>& byClass = plan.draws[id.value].byClass;
        return &byClass[byClass.size() > 1 ? requestClass : 0];
    };
    WalkStep made;
    made.op = step.op;
    made.outcome = static_cast<std::uint16_t>(step.outcome ? step.outcome.value : 0);
    made.count = step.count;
    made.path = step.path ? step.path.value : 0;
    made.pool = step.pool.value;
    made.policy = step.policy.value;
    made.after = step.op == Op::Branch ? step.jump : index + 1 + step.count;
    made.draw = drawOf(step.draw);
    made.other = step.other ? drawOf(step.other) : made.draw;
    if (step.station) {
        const StationPlaces::Place place = places.byStation[step.station.value];
        made.station = place.index;
        made.stationMask = place.isOfReplica ? ~0U : 0;
    }
    if (step.second) {
        const StationPlaces::Place place = places.byStation[step.second.value];
        made.second = place.index;
        made.secondMask = place.isOfReplica ? ~0U : 0;
    }
    if (step.op == Op::Branch) {
        const bool isMeant = (step.classes >> requestClass & 1) != 0;
        made.share = !isMeant ? 0 : made.draw != nullptr ? made.draw->mean() : 1;
    }
    if (step.op == Op::Work) {
        made.sizes = JobSizes::of(made.draw->mean(), made.draw->scv());
    }
    if (step.op == Op::Transfer) {
        const std::vector<std::int64_t>& byClass = plan.amounts[step.amount.value].byClass;
        made.bytes = static_cast<double>(byClass[byClass.size() > 1 ? requestClass : 0]);
    }
    return made;
}

}  // namespace

std::vector<WalkStep> walkSteps(const Plan& plan, const StationPlaces& places, std::size_t requestClass)
{
    std::vector<WalkStep> steps;
    for (std::uint32_t i = 0; i < plan.steps.size(); ++i) {
        steps.push_back(walkStep(plan, places, i, requestClass));
    }
    return steps;
}

std::size_t pickByShare(const std::vector<double>& shares, RandomStream& random)
{
    if (shares.size() < 2) {
        return 0;
    }
    double all = 0;
    for (const double share : shares) {
        all += share;
    }
    double place = random.uniform() * all;
    std::size_t i = 0;
    for (; i + 1 < shares.size() && place >= shares[i]; ++i) {
        place -= shares[i];
    }
    return i;
}

PathWalker::PathWalker(
    const Plan& plan, const std::vector<WalkStep>& steps, const WalkWorld& world,
    std::vector<Histogram>& nodes, std::uint64_t times)
    : m_plan(plan), m_steps(steps), m_world(world), m_nodes(nodes), m_times(times), m_counts(steps.size())
{
}

WalkAnswer PathWalker::walk(std::uint32_t path, RandomStream& random)
{
    m_random = &random;
    return enter({path, {}, kNowhere});
}

WalkAnswer PathWalker::enter(const Visit& visit)
{
    const std::uint32_t node = m_plan.paths[visit.path].node.value;
    const Meetings::Disturbance& disturbed = m_world.disturbances[node];
    WalkAnswer answer;
    if (disturbed.failShare > 0 && m_random->uniform() < disturbed.failShare) {
        answer.outcome = static_cast<std::uint16_t>(disturbed.outcome.value);
    } else {
        answer = follow(visit);
        answer.seconds += disturbed.added;
    }
    m_nodes[node].add(fromSeconds(answer.seconds), m_times);
    return answer;
}

WalkAnswer PathWalker::follow(Visit visit)
{
    const std::size_t level = m_held.size();
    std::uint32_t index = m_plan.paths[visit.path].first;
    const auto ended = [this, &visit, level](std::uint16_t outcome) {
        giveBack(level, visit.seconds);
        return WalkAnswer{visit.seconds, outcome};
    };
    for (;; ++index) {
        const WalkStep& step = m_steps[index];
        switch (step.op) {
        case Op::Delay:
        case Op::Hop:
        case Op::Work:
        case Op::Transfer:
            visit.seconds += timeWithoutLine(step, visit);
            break;
        case Op::Serve: {
            if (!waitsFor(step, visit)) {
                return ended(step.outcome);
            }
            const double service = step.draw->sample(*m_random);
            m_counts[index].add(service);
            visit.seconds += service;
            break;
        }
        case Op::Acquire:
            if (!waitsFor(step, visit)) {
                return ended(step.outcome);
            }
            m_held.push_back({index, visit.seconds});
            break;
        case Op::Release:
            giveBack(m_held.size() - 1, visit.seconds);
            break;
        case Op::Take:
            if (!takes(step, visit)) {
                return ended(step.outcome);
            }
            break;
        case Op::Call:
        case Op::Fork: {
            const WalkAnswer answer = step.op == Op::Call ? call(visit, index) : fork(visit, index);
            visit.seconds += answer.seconds;
            if (answer.outcome != 0) {
                return ended(answer.outcome);
            }
            index = step.after - 1;
            break;
        }
        case Op::Branch:
            if (step.share < 1 && (step.share <= 0 || m_random->uniform() >= step.share)) {
                index = step.after - 1;
            }
            break;
        case Op::Reply:
            return ended(0);
        case Op::Fail:
            return ended(step.outcome);
        case Op::Hold:
        case Op::Free:
        case Op::Meter:
            break;
        }
    }
}

double PathWalker::timeWithoutLine(const WalkStep& step, const Visit& visit)
{
    switch (step.op) {
    case Op::Hop: {
        const bool isAcross = visit.callersZone != kNowhere && visit.where.zone != kNowhere &&
                              visit.callersZone != visit.where.zone;
        return (isAcross ? step.other : step.draw)->sample(*m_random);
    }
    case Op::Work: {
        const double demand = step.draw->sample(*m_random);
        return place(step, visit).shared.time(demand, step.sizes, *m_random);
    }
    case Op::Transfer: {
        const WalkPlace& link = place(step, visit);
        const double alone = step.bytes * link.perByte;
        return link.shared.time(alone, JobSizes::of(alone, 0), *m_random);
    }
    default:
        return step.draw->sample(*m_random);
    }
}

bool PathWalker::waitsFor(const WalkStep& step, Visit& visit)
{
    const WalkPlace& slots = place(step, visit);
    visit.seconds += slots.backlog;
    if (slots.waits <= 0) {
        return true;
    }
    const double chance = m_random->uniform();
    if (chance < slots.refuse) {
        visit.seconds -= slots.backlog;
        return false;
    }
    if (chance < slots.waits) {
        visit.seconds += slots.wait.draw(*m_random);
    }
    return true;
}

bool PathWalker::takes(const WalkStep& step, const Visit& visit)
{
    const auto refuses = [this](double share) { return share > 0 && m_random->uniform() < share; };
    if (refuses(place(step, visit).refuse)) {
        return false;
    }
    return step.second == kNone ||
           !refuses(m_world.places[step.second + (visit.where.base & step.secondMask)].refuse);
}

void PathWalker::giveBack(std::size_t level, double now)
{
    while (m_held.size() > level) {
        m_counts[m_held.back().step].add(now - m_held.back().since);
        m_held.pop_back();
    }
}

WalkAnswer PathWalker::fork(const Visit& visit, std::uint32_t index)
{
    WalkAnswer all;
    double firstFailure = 0;
    for (std::uint32_t i = 1; i <= m_steps[index].count; ++i) {
        const WalkAnswer one = call(visit, index + i);
        all.seconds = std::max(all.seconds, one.seconds);
        if (one.outcome != 0 && (all.outcome == 0 || one.seconds < firstFailure)) {
            all.outcome = one.outcome;
            firstFailure = one.seconds;
        }
    }
    return all;
}

WalkAnswer PathWalker::call(const Visit& visit, std::uint32_t index)
{
    const std::uint32_t policyIndex = m_steps[index].policy;
    WalkAnswer answer = attempt(visit, index);
    if (answer.outcome == 0 || policyIndex == kNone) {
        return answer;
    }
    const PolicySpec& policy = m_plan.policies[policyIndex];
    double before = 0;
    for (std::uint16_t tried = 0; answer.outcome != 0; ++tried) {
        if (tried >= policy.retries || !m_plan.outcomes[answer.outcome].retryable) {
            answer.outcome = static_cast<std::uint16_t>(
                policy.mapped(answer.outcome, m_plan.outcomes[answer.outcome].kind));
            break;
        }
        before += answer.seconds + backoff(policy, tried);
        answer = attempt(visit, index);
    }
    answer.seconds += before;
    return answer;
}

WalkAnswer PathWalker::attempt(const Visit& visit, std::uint32_t index)
{
    const WalkStep& step = m_steps[index];
    Visit callee{step.path, {}, visit.where.zone};
    if (step.pool != kNone) {
        const WalkPool& pool = m_world.pools[step.pool];
        if (pool.groups.empty()) {
            m_counts[index].add(0);
            m_counts[index].failed += 1;
            return {0, step.outcome};
        }
        const WalkGroup& group = pool.groups[pickByShare(pool.shares, *m_random)];
        callee.where.base = group.base;
        if (!group.zones.empty()) {
            callee.where.zone = static_cast<std::uint16_t>(pickByShare(group.zones, *m_random));
        }
    } else if (m_plan.paths[step.path].node == m_plan.paths[visit.path].node) {
        // Within one node a call stays on its replica.
        callee.where = visit.where;
    }
    WalkAnswer answer = enter(callee);
    bool isLate = false;
    if (step.policy != kNone) {
        const PolicySpec& policy = m_plan.policies[step.policy];
        const double timeout = seconds(policy.timeout);
        isLate = timeout > 0 && answer.seconds > timeout;
        if (isLate) {
            answer = {timeout, static_cast<std::uint16_t>(policy.onTimeout.value)};
        }
    }
    m_counts[index].add(isLate ? 1 : 0);
    m_counts[index].failed += !isLate && answer.outcome != 0 ? 1 : 0;
    return answer;
}

double PathWalker::backoff(const PolicySpec& policy, std::uint16_t attempt)
{
    Duration most = policy.backoffBase * (std::int64_t{1} << std::min<int>(attempt, 20));
    if (policy.backoffCap > Duration::zero()) {
        most = std::min(most, policy.backoffCap);
    }
    const double share = policy.jitter ? m_plan.draws[policy.jitter.value].byClass[0].sample(*m_random) : 1;
    return share * seconds(most);
}

}  // namespace neph
