#pragma once

#include "sim/engine/request_loop.h"

// The parts of RequestLoop that every request goes through and that several source files need.

namespace neph {

inline bool RequestLoop::enter(Station& station, Frame& frame, std::uint32_t index, bool& isRefused)
{
    const Time now = m_sim.now();
    SlotsState& slots = station.slots;
    ++station.arrivals;
    frame.since = now;
    if (frame.trace != 0) [[unlikely]] {
        traces.begin(frame, index, frame.step, now, {slots.busy, slots.capacity, slots.waiting});
    }
    if (slots.busy < slots.capacity) {
        ++slots.busy;
        slots.busyArea.riseByOne(now);
        return true;
    }
    if (slots.waiting >= slots.queueLimit) {
        ++station.refused;
        isRefused = true;
        return false;
    }
    slots.waitArea.riseByOne(now);
    ++slots.waiting;
    frame.waits = Waits::Line;
    frame.next = kNone;
    (slots.head == kNone ? slots.head : s.frames[slots.tail].next) = index;
    slots.tail = index;
    return false;
}

inline void RequestLoop::serve(Frame& frame, std::uint32_t index, const CompiledStep& step)
{
    frame.waits = Waits::Service;
    const Duration time = s.draws[step.draw].sampleTime(frame.requestClass);
    schedule(m_sim.now() + time, kFrame, index);
}

inline void RequestLoop::letNextIn(Station& station)
{
    const Time now = m_sim.now();
    SlotsState& slots = station.slots;
    std::uint32_t index = slots.head;
    while (s.frames[index].waits == Waits::Gone)
        [[unlikely]]
        {
            const std::uint32_t gone = index;
            index = s.frames[index].next;
            s.frames.give(gone);
        }
    Frame& frame = s.frames[index];
    slots.head = frame.next;
    --slots.waiting;
    slots.waitArea.fallByOne(now);
    slots.waits += (now - frame.since).count();
    ++station.waited;
    frame.since = now;
    if (frame.trace != 0) [[unlikely]] {
        traces.serve(frame, index, now);
    }
    const CompiledStep& step = s.steps[frame.step];
    if (step.op == Op::Serve) {
        serve(frame, index, step);
        return;
    }
    slots.services -= now.count();
    if (frame.trace != 0) [[unlikely]] {
        traces.end(frame, index, frame.step, now, 0);
    }
    frame.waits = Waits::Nothing;
    ++frame.step;
    m_ready.push_back(index);
}

inline void RequestLoop::leaveSlot(Station& station)
{
    SlotsState& slots = station.slots;
    ++station.completions;
    if (slots.waiting > 0 && slots.busy <= slots.capacity) {
        letNextIn(station);  // The slot changes hands.
        return;
    }
    --slots.busy;
    slots.busyArea.fallByOne(m_sim.now());
}

inline Frame& RequestLoop::newFrame(std::uint32_t index, std::uint32_t path)
{
    Frame& frame = s.frames[index];
    frame.step = s.paths[path].first;
    frame.parent = kNone;
    frame.replica = kNone;
    frame.base = 0;
    frame.entered = m_sim.now();
    frame.path = static_cast<std::uint16_t>(path);
    frame.zone = 0xFFFF;
    return frame;
}

inline std::uint32_t RequestLoop::letIn(std::uint32_t index)
{
    return s.disturbedNodes == 0 ? index : letInSlowly(index);
}

inline std::uint32_t RequestLoop::newRequest(std::uint32_t source)
{
    SourceState& state = s.sources[source];
    const std::uint32_t requestClass = state.arrivals.nextClass();
    ClassState& counts = s.classes[requestClass];
    ++counts.started;
    const std::uint32_t index = s.frames.take();
    Frame& frame = newFrame(index, state.path);
    frame.call = source;
    frame.trace = traces.startOrNot(source, requestClass, m_sim.now());
    frame.attempt = 0;
    frame.requestClass = static_cast<std::uint8_t>(requestClass);
    frame.flags = counts.isOfOneNode ? Frame::kRoot | Frame::kCountedByClass : Frame::kRoot;
    frame.depth = 0;
    return letIn(index);
}

inline std::uint32_t RequestLoop::call(std::uint32_t parent, std::uint32_t stepIndex, std::uint16_t attempt)
{
    const CompiledStep& step = s.steps[stepIndex];
    if (step.link != kNone && (s.frames[parent].flags & Frame::kControl) == 0) {
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
    Frame& frame = newFrame(index, step.path);
    frame.parent = parent;
    frame.call = stepIndex;
    frame.trace = from.trace;
    frame.attempt = attempt;
    frame.requestClass = from.requestClass;
    frame.depth = static_cast<std::uint8_t>(from.depth + (from.depth < 255));
    frame.flags = from.flags & Frame::kControl;
    if (chosen != kNone) {
        frame.flags |= Frame::kRouted;
        frame.replica = chosen;
        frame.base = s.replicas[chosen].base;
        frame.zone = s.replicas[chosen].zone;
    } else if (from.replica != kNone && s.paths[step.path].node == s.paths[from.path].node) {
        // Within one node a call stays on its replica.
        frame.replica = from.replica;
        frame.base = from.base;
        frame.zone = from.zone;
    }
    if (step.timeout != kNone) {
        watch(step.timeout, index);
    }
    return letIn(index);
}

inline void RequestLoop::leaveReplica(const Frame& frame, bool isOk)
{
    Replica& replica = s.replicas[frame.replica];
    ReplicaPool& pool = s.pools[replica.pool];
    --replica.inFlight;
    --pool.inFlight;
    replica.errors += isOk ? 0 : 1;
    pool.errors += isOk ? 0 : 1;
}

inline void RequestLoop::endRoot(std::uint32_t index, std::uint16_t outcome)
{
    const Frame& frame = s.frames[index];
    if ((frame.flags & (Frame::kRoot | Frame::kControl)) != Frame::kRoot) [[unlikely]] {
        endOther(index, outcome);
        return;
    }
    const Time now = m_sim.now();
    const std::uint32_t source = frame.call;
    ClassState& counts = s.classes[frame.requestClass];
    counts.latency.add(now - frame.entered);
    ++counts.outcomes[outcome];
    s.note(now, static_cast<std::uint32_t>(outcome) << 8 | frame.requestClass);
    if (frame.trace != 0) [[unlikely]] {
        traces.finish(frame.trace, now, outcome);
    }
    s.frames.give(index);
    if (s.sources[source].isClosed) {
        scheduleThought(source);
    }
}

inline std::uint32_t RequestLoop::end(std::uint32_t index, std::uint16_t outcome)
{
    const Time now = m_sim.now();
    const Frame& frame = s.frames[index];
    const bool isOk = s.isOk(outcome);
    if ((frame.flags & (Frame::kControl | Frame::kCountedByClass)) == 0) {
        s.nodes[s.paths[frame.path].node].latency->add(now - frame.entered);
    }
    if (!isOk && (frame.flags & Frame::kControl) == 0) [[unlikely]] {
        ++s.nodes[s.paths[frame.path].node].errors;
    }
    if ((frame.flags & Frame::kRouted) != 0) {
        leaveReplica(frame, isOk);
    }
    if (frame.parent == kNone) {
        endRoot(index, outcome);
        return kNone;
    }
    const std::uint32_t parent = frame.parent;
    const std::uint32_t stepIndex = frame.call;
    const std::uint16_t attempt = frame.attempt;
    s.frames.give(index);
    return answer(parent, stepIndex, attempt, outcome);
}

inline std::uint32_t RequestLoop::answer(
    std::uint32_t parent, std::uint32_t stepIndex, std::uint16_t attempt, std::uint16_t outcome)
{
    if (s.frames[parent].trace != 0) [[unlikely]] {
        traces.end(s.frames[parent], parent, stepIndex, m_sim.now(), outcome);
    }
    if (!s.isOk(outcome)) [[unlikely]] {
        if (!isGivenUp(parent, stepIndex, attempt, outcome)) {
            return kNone;
        }
    }
    Frame& frame = s.frames[parent];
    frame.failure = frame.failure != 0 ? frame.failure : outcome;
    return --frame.pending == 0 ? haveAllAnswers(parent) : kNone;
}

inline std::uint32_t RequestLoop::haveAllAnswers(std::uint32_t index)
{
    Frame& frame = s.frames[index];
    if (frame.failure != 0) [[unlikely]] {
        return fail(index, frame.failure);
    }
    frame.step = s.steps[frame.step].after;
    return index;
}

}  // namespace neph
