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
    const Duration time = fromSeconds(s.draws[step.draw].sample(frame.requestClass));
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

}  // namespace neph
