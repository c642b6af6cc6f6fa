#include <algorithm>

#include "sim/engine/request_loop.h"
#include "sim/engine/request_loop_inline.h"

namespace neph {

std::uint32_t RequestLoop::call(std::uint32_t parent, std::uint32_t stepIndex, std::uint16_t attempt)
{
    const CompiledStep& step = s.steps[stepIndex];
    const bool isControl = (s.frames[parent].flags & Frame::kControl) != 0;
    if (step.link != kNone && !isControl) {
        ++s.links[step.link].calls;
    }
    if (s.frames[parent].trace != 0) [[unlikely]] {
        traces.begin(s.frames[parent], parent, stepIndex, m_sim.now(), {});
    }
    std::uint32_t chosen = kNone;
    if (step.pool != kNone) {
        ReplicaPool& pool = s.pools[step.pool];
        chosen = pool.pick(step.routing, s.replicas);
        if (chosen == kNone) [[unlikely]] {
            return answer(parent, stepIndex, attempt, step.outcome);
        }
        ++pool.requests;
        ++pool.inFlight;
        ++s.replicas[chosen].requests;
        ++s.replicas[chosen].inFlight;
    }
    const std::uint32_t index = s.frames.take();
    const Frame& from = s.frames[parent];
    const PathSpec& path = s.plan.paths[step.path];
    Frame& frame = s.frames[index];
    frame.step = path.first;
    frame.parent = parent;
    frame.entered = m_sim.now();
    frame.call = stepIndex;
    frame.trace = from.trace;
    frame.attempt = attempt;
    frame.path = step.path;
    frame.requestClass = from.requestClass;
    frame.depth = static_cast<std::uint8_t>(from.depth + (from.depth < 255));
    frame.flags = from.flags & Frame::kControl;
    frame.replica = chosen;
    frame.base = 0;
    frame.zone = 0xFFFF;
    if (chosen != kNone) {
        frame.flags |= Frame::kRouted;
        frame.base = s.replicas[chosen].base;
        frame.zone = s.replicas[chosen].zone;
    } else if (from.replica != kNone && path.node == s.plan.paths[from.path].node) {
        // Within one node a call stays on its replica.
        frame.replica = from.replica;
        frame.base = from.base;
        frame.zone = from.zone;
    }
    if (step.timeout != kNone) {
        watch(step.timeout, index);
    }
    std::uint32_t next = index;
    return letIn(index, next) ? next : kNone;
}

bool RequestLoop::letIn(std::uint32_t index, std::uint32_t& next)
{
    Frame& frame = s.frames[index];
    NodeState& node = s.nodes[s.plan.paths[frame.path].node.value];
    if (!node.isDisturbed) [[likely]] {
        return true;
    }
    if (node.failShare > 0 && node.random.uniform() < node.failShare) {
        next = end(index, node.outcome);
        return next != kNone;
    }
    if (node.added > Duration::zero()) {
        frame.waits = Waits::Entry;
        frame.since = m_sim.now();
        schedule(m_sim.later(node.added), kFrame, index);
        return false;
    }
    return true;
}

std::uint32_t RequestLoop::fail(std::uint32_t index, std::uint16_t outcome)
{
    const Frame& frame = s.frames[index];
    if (frame.trace != 0) [[unlikely]] {
        traces.end(frame, index, frame.step, m_sim.now(), outcome);
    }
    giveBack(frame, s.steps[frame.step].cleanup);
    return end(index, outcome);
}

void RequestLoop::giveBack(const Frame& frame, std::uint32_t cleanup)
{
    for (std::uint32_t at = cleanup; at != 0; at = s.plan.cleanups[at].next) {
        const CleanupSpec& held = s.plan.cleanups[at];
        const StationPlaces::Place where = s.places.byStation[held.station.value];
        Station& station = s.stations[where.index + (where.isOfReplica ? frame.base : 0)];
        if (held.op == Op::Release) {
            station.slots.services += m_sim.now().count();
            leaveSlot(station);
        } else {
            const std::size_t row = held.amount.value * s.plan.classes.size();
            const std::int64_t bytes = s.amounts[row + frame.requestClass];
            station.memory.heldArea.rise(-bytes, m_sim.now());
            station.memory.held -= bytes;
            ++station.completions;
        }
    }
}

void RequestLoop::leaveReplica(const Frame& frame, bool isOk)
{
    Replica& replica = s.replicas[frame.replica];
    ReplicaPool& pool = s.pools[replica.pool];
    --replica.inFlight;
    --pool.inFlight;
    replica.errors += isOk ? 0 : 1;
    pool.errors += isOk ? 0 : 1;
}

std::uint32_t RequestLoop::end(std::uint32_t index, std::uint16_t outcome)
{
    const Frame& frame = s.frames[index];
    const bool isOk = s.isOk(outcome);
    if ((frame.flags & Frame::kControl) == 0) {
        NodeState& node = s.nodes[s.plan.paths[frame.path].node.value];
        node.latency->add(m_sim.now() - frame.entered);
        node.errors += isOk ? 0 : 1;
    }
    if ((frame.flags & Frame::kRouted) != 0) {
        leaveReplica(frame, isOk);
    }
    if (frame.parent == kNone) {
        endRoot(index, outcome);
        return kNone;
    }
    const std::uint32_t parent = frame.parent;
    const std::uint32_t call = frame.call;
    const std::uint16_t attempt = frame.attempt;
    s.frames.give(index);
    return answer(parent, call, attempt, outcome);
}

void RequestLoop::endRoot(std::uint32_t index, std::uint16_t outcome)
{
    const Frame& frame = s.frames[index];
    if ((frame.flags & Frame::kRoot) == 0) {
        ++s.nodes[s.plan.paths[frame.path].node.value].wasted;
        s.frames.give(index);
        return;
    }
    const std::uint32_t from = frame.call;
    if ((frame.flags & Frame::kControl) != 0) {
        s.controls[from].outcome = outcome;
        s.frames.give(index);
        schedule(m_sim.now(), kAnswer, from);
        return;
    }
    ClassState& counts = s.classes[frame.requestClass];
    counts.latency.add(m_sim.now() - frame.entered);
    counts.failed += s.isOk(outcome) ? 0 : 1;
    ++counts.outcomes[outcome];
    ++s.rootsEnded;
    s.fingerprint.add(m_sim.now(), static_cast<std::uint32_t>(outcome) << 8 | frame.requestClass);
    if (frame.trace != 0) [[unlikely]] {
        traces.finish(frame.trace, m_sim.now(), outcome);
    }
    s.frames.give(index);
    if (s.sources[from].spec->users > 0) {
        scheduleThought(from);
    }
}

std::uint32_t RequestLoop::answer(
    std::uint32_t parent, std::uint32_t stepIndex, std::uint16_t attempt, std::uint16_t outcome)
{
    const CompiledStep& step = s.steps[stepIndex];
    if (s.frames[parent].trace != 0) [[unlikely]] {
        traces.end(s.frames[parent], parent, stepIndex, m_sim.now(), outcome);
    }
    if (!s.isOk(outcome)) [[unlikely]] {
        if (step.link != kNone && (s.frames[parent].flags & Frame::kControl) == 0) {
            ++s.links[step.link].errors;
        }
        if (triesAgain(parent, stepIndex, attempt, outcome)) {
            return kNone;
        }
        outcome = mapped(step.policy, outcome);
    }
    Frame& frame = s.frames[parent];
    frame.failure = frame.failure != 0 ? frame.failure : outcome;
    return --frame.pending == 0 ? haveAllAnswers(parent) : kNone;
}

std::uint32_t RequestLoop::haveAllAnswers(std::uint32_t index)
{
    Frame& frame = s.frames[index];
    if (frame.failure != 0) [[unlikely]] {
        return fail(index, frame.failure);
    }
    frame.step = s.steps[frame.step].after;
    return index;
}

bool RequestLoop::triesAgain(
    std::uint32_t parent, std::uint32_t stepIndex, std::uint16_t attempt, std::uint16_t outcome)
{
    const std::uint32_t policyIndex = s.steps[stepIndex].policy;
    if (policyIndex == kNone || !s.plan.outcomes[outcome].retryable) {
        return false;
    }
    const PolicySpec& policy = s.plan.policies[policyIndex];
    if (attempt >= policy.retries) {
        return false;
    }
    ++s.retries;
    // Doubling stops long before it overflows.
    Duration most = policy.backoffBase * (std::int64_t{1} << std::min<int>(attempt, 20));
    if (policy.backoffCap > Duration::zero()) {
        most = std::min(most, policy.backoffCap);
    }
    const double share = policy.jitter ? s.draws[policy.jitter.value].sample(0) : 1;
    const Duration wait = fromSeconds(share * seconds(most));
    const std::uint32_t index = s.frames.take();
    const Frame& from = s.frames[parent];
    Frame& frame = s.frames[index];
    frame.step = stepIndex;
    frame.parent = parent;
    frame.replica = kNone;
    frame.base = 0;
    frame.entered = m_sim.now();
    frame.since = m_sim.now();
    frame.call = stepIndex;
    frame.trace = from.trace;
    frame.attempt = static_cast<std::uint16_t>(attempt + 1);
    frame.path = from.path;
    frame.zone = 0xFFFF;
    frame.requestClass = from.requestClass;
    frame.flags = from.flags & Frame::kControl;
    frame.waits = Waits::Backoff;
    schedule(m_sim.now() + wait, kFrame, index);
    if (frame.trace != 0) [[unlikely]] {
        traces.beginBackoff(from, parent, stepIndex, m_sim.now());
    }
    return true;
}

void RequestLoop::tryAgain(std::uint32_t index)
{
    const Frame& waiting = s.frames[index];
    const std::uint32_t parent = waiting.parent;
    const std::uint32_t step = waiting.call;
    const std::uint16_t attempt = waiting.attempt;
    s.frames.give(index);
    if (parent == kNone) {
        return;  // Whoever wanted to try again has gone.
    }
    if (s.frames[parent].trace != 0) [[unlikely]] {
        traces.end(s.frames[parent], parent, step, m_sim.now(), 0);
    }
    if (const std::uint32_t next = call(parent, step, attempt); next != kNone) {
        run(next);
    }
}

std::uint16_t RequestLoop::mapped(std::uint32_t policyIndex, std::uint16_t outcome) const
{
    if (policyIndex == kNone) {
        return outcome;
    }
    const PolicySpec& policy = s.plan.policies[policyIndex];
    if (policy.ignoreFailure) {
        return 0;
    }
    OutcomeId instead;
    switch (s.plan.outcomes[outcome].kind) {
    case OutcomeSpec::Kind::Refused:
        instead = policy.onRefused;
        break;
    case OutcomeSpec::Kind::Unavailable:
        instead = policy.onUnavailable;
        break;
    case OutcomeSpec::Kind::Throttled:
        instead = policy.onThrottled;
        break;
    case OutcomeSpec::Kind::Failed:
        instead = policy.onFailed;
        break;
    default:
        break;
    }
    return instead ? static_cast<std::uint16_t>(instead.value) : outcome;
}

void RequestLoop::watch(std::uint32_t ringIndex, std::uint32_t index)
{
    TimeoutRing& ring = s.timeouts[ringIndex];
    // Calls that have been answered leave from the front, so the ring holds about what is under way.
    for (int i = 0; i < 2 && !ring.isEmpty(); ++i) {
        if (s.frames[ring.front().frame].generation == ring.front().generation) {
            break;
        }
        ring.pop();
    }
    const Time deadline = m_sim.later(s.plan.policies[ringIndex].timeout);
    ring.push({deadline, index, s.frames[index].generation});
    if (!ring.isScheduled) {
        ring.isScheduled = true;
        schedule(deadline, kTimeout, ringIndex);
    }
}

void RequestLoop::expire(std::uint32_t ringIndex)
{
    TimeoutRing& ring = s.timeouts[ringIndex];
    const Time now = m_sim.now();
    while (!ring.isEmpty()) {
        const TimeoutRing::Entry entry = ring.front();
        if (s.frames[entry.frame].generation != entry.generation) {
            ring.pop();
            continue;
        }
        if (entry.deadline > now) {
            schedule(entry.deadline, kTimeout, ringIndex);
            return;
        }
        ring.pop();
        timeOut(entry.frame);
    }
    ring.isScheduled = false;
}

void RequestLoop::timeOut(std::uint32_t index)
{
    Frame& frame = s.frames[index];
    if (frame.parent == kNone || frame.waits == Waits::Gone) {
        return;  // Nobody waits for it any more.
    }
    ++s.timeoutsHappened;
    const std::uint32_t parent = frame.parent;
    frame.parent = kNone;
    frame.flags |= Frame::kOrphan;
    const std::uint32_t policy = s.steps[frame.call].policy;
    const auto outcome = static_cast<std::uint16_t>(s.plan.policies[policy].onTimeout.value);
    if (const std::uint32_t next = answer(parent, frame.call, frame.attempt, outcome); next != kNone) {
        run(next);
    }
}

}  // namespace neph
