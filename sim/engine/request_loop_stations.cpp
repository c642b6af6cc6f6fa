#include "sim/engine/request_loop.h"
#include "sim/engine/request_loop_inline.h"

namespace neph {

void RequestLoop::startWork(
    Station& station, std::uint32_t at, Frame& frame, std::uint32_t index, double work)
{
    const Time now = m_sim.now();
    ++station.arrivals;
    frame.since = now;
    frame.waits = Waits::Share;
    if (frame.trace != 0) [[unlikely]] {
        traces.begin(
            frame, index, frame.step, now, {0, 0, static_cast<std::int64_t>(station.share.inside())});
    }
    station.share.add(index, work, now);
    reschedule(station, at);
}

void RequestLoop::reschedule(Station& station, std::uint32_t at)
{
    const Time next = station.share.nextDone(m_sim.now());
    if (next < station.share.scheduled) {
        station.share.scheduled = next;
        schedule(next, kShare, at);
    }
}

void RequestLoop::tick(std::uint32_t at)
{
    Station& station = s.stations[at];
    const Time now = m_sim.now();
    if (station.share.scheduled != now) {
        return;  // An earlier event has taken its place.
    }
    station.share.scheduled = kNever;
    for (;;) {
        const std::uint32_t index = station.share.takeDone(now);
        if (index == kNone) {
            break;
        }
        Frame& frame = s.frames[index];
        station.share.left(now - frame.since);
        ++station.completions;
        if (frame.trace != 0) [[unlikely]] {
            traces.end(frame, index, frame.step, now, 0);
        }
        frame.waits = Waits::Nothing;
        ++frame.step;
        m_ready.push_back(index);
    }
    reschedule(station, at);
}

std::int64_t RequestLoop::bytesOf(const Frame& frame, const CompiledStep& step) const
{
    constexpr std::uint8_t kSent = Frame::kControl | Frame::kRoot;
    if ((frame.flags & kSent) == kSent && s.controls[frame.call].bytes > 0) {
        return s.controls[frame.call].bytes;
    }
    return amountOf(frame, step);
}

void RequestLoop::hold(const Frame& frame, const CompiledStep& step)
{
    Station& station = s.stations[place(frame, step)];
    const std::int64_t bytes = amountOf(frame, step);
    ++station.arrivals;
    station.memory.heldArea.rise(bytes, m_sim.now());
    station.memory.held += bytes;
    if (station.memory.held > station.capacity && station.replica != kNone) [[unlikely]] {
        Replica& replica = s.replicas[station.replica];
        if (!replica.isOutOfMemory) {
            replica.isOutOfMemory = true;
            schedule(m_sim.now(), kOutOfMemory, station.replica);
        }
    }
}

bool RequestLoop::take(const Frame& frame, const CompiledStep& step)
{
    const Time now = m_sim.now();
    const std::int64_t amount = amountOf(frame, step);
    Station& first = s.stations[place(frame, step)];
    Station* second =
        step.second == kNone ? nullptr : &s.stations[step.second + (frame.base & step.secondMask)];
    ++first.arrivals;
    if (second != nullptr) {
        ++second->arrivals;
    }
    // The refusal is counted at the bucket that was empty.
    const bool hasFirst = first.bucket.has(amount, now);
    const bool hasSecond = second == nullptr || second->bucket.has(amount, now);
    if (hasFirst && hasSecond) {
        first.bucket.take(amount);
        ++first.completions;
        if (second != nullptr) {
            second->bucket.take(amount);
            ++second->completions;
        }
        return true;
    }
    first.refused += hasFirst ? 0 : 1;
    first.aborted += hasFirst ? 1 : 0;
    if (second != nullptr) {
        second->refused += hasSecond ? 0 : 1;
        second->aborted += hasSecond ? 1 : 0;
    }
    return false;
}

}  // namespace neph
