#include <algorithm>

#include "sim/engine/request_loop.h"
#include "sim/engine/request_loop_inline.h"

namespace neph {

std::uint32_t RequestLoop::letInSlowly(std::uint32_t index)
{
    Frame& frame = s.frames[index];
    NodeState& node = s.nodes[s.paths[frame.path].node];
    if (!node.isDisturbed) {
        return index;
    }
    if (node.failShare > 0 && node.random.uniform() < node.failShare) {
        return end(index, node.outcome);
    }
    if (node.added > Duration::zero()) {
        frame.waits = Waits::Entry;
        frame.since = m_sim.now();
        schedule(m_sim.later(node.added), kFrame, index);
        return kNone;
    }
    return index;
}

bool RequestLoop::isGivenUp(
    std::uint32_t parent, std::uint32_t stepIndex, std::uint16_t attempt, std::uint16_t& outcome)
{
    const CompiledStep& step = s.steps[stepIndex];
    if (step.link != kNone && (s.frames[parent].flags & Frame::kControl) == 0) {
        ++s.links[step.link].errors;
    }
    if (triesAgain(parent, stepIndex, attempt, outcome)) {
        return false;
    }
    if (step.policy != kNone) {
        outcome = static_cast<std::uint16_t>(
            s.plan.policies[step.policy].mapped(outcome, s.plan.outcomes[outcome].kind));
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

void RequestLoop::endOther(std::uint32_t index, std::uint16_t outcome)
{
    const Frame& frame = s.frames[index];
    const std::uint32_t control = frame.call;
    const bool isOrphan = (frame.flags & Frame::kRoot) == 0;
    s.nodes[s.paths[frame.path].node].wasted += isOrphan ? 1 : 0;
    s.frames.give(index);
    if (!isOrphan) {
        s.controls[control].outcome = outcome;
        schedule(m_sim.now(), kAnswer, control);
    }
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

std::uint32_t RequestLoop::tryAgain(std::uint32_t index)
{
    const Frame& waiting = s.frames[index];
    const std::uint32_t parent = waiting.parent;
    const std::uint32_t step = waiting.call;
    const std::uint16_t attempt = waiting.attempt;
    s.frames.give(index);
    if (parent == kNone) {
        return kNone;  // Whoever wanted to try again has gone.
    }
    if (s.frames[parent].trace != 0) [[unlikely]] {
        traces.end(s.frames[parent], parent, step, m_sim.now(), 0);
    }
    return call(parent, step, attempt);
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
    run(answer(parent, frame.call, frame.attempt, outcome));
}

}  // namespace neph
