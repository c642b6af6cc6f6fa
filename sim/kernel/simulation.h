#pragma once

#include <chrono>
#include <coroutine>
#include <cstdint>
#include <limits>
#include <stop_token>

#include "sim/base/units.h"
#include "sim/kernel/event_set.h"
#include "sim/kernel/process_table.h"

namespace neph {

/// Why a run came back.
enum class StopReason {
    ReachedEnd,      ///< Everything due up to the end has happened.
    NoMoreEvents,    ///< Nothing is left to happen at all.
    Cancelled,       ///< Somebody asked to stop.
    EventLimit,      ///< More events than the guard allows.
    WallLimit,       ///< More real time than the guard allows.
    StuckAtInstant,  ///< More events at one moment of simulated time than the guard allows.
};

/// What a run may spend. It is looked at every Simulation::kBatch events, so a run may go that far beyond.
struct RunGuard {
    std::uint64_t maxEvents = std::numeric_limits<std::uint64_t>::max();  ///< In the life of the simulation.
    std::chrono::duration<double> maxWall{std::numeric_limits<double>::max()};  ///< Since setGuard().
    std::uint64_t maxEventsAtOneInstant = std::numeric_limits<std::uint64_t>::max();
    std::stop_token stop{};
};

/// Awaitable of Simulation::after() and until().
class Delay;

/// A clock and what is still to happen: the only thing that resumes processes and the only source of time.
///
/// An event whose number has the top bit set resumes a process; every other number belongs to whoever owns
/// the loop and is handed to the handler, inline. One thread at a time.
class Simulation {
public:
    /// Set in the `what` of events that belong to the kernel. A model's own events have it clear.
    static constexpr std::uint32_t kProcessBit = 0x8000'0000;
    static constexpr int kBatch = 4096;

    Simulation() = default;
    Simulation(const Simulation&) = delete;
    Simulation& operator=(const Simulation&) = delete;

    Time now() const { return m_now; }
    /// For the owner of the loop only; never backwards, never past a pending event.
    void setNow(Time now) { m_now = now; }

    EventSet& events() { return m_events; }
    std::uint64_t eventsHandled() const { return m_handled; }

    /// Starts the guard's stopwatch too.
    void setGuard(RunGuard guard);

    /// Handles the events in order, up to and including those at `end`; then now() is `end`, except that it
    /// stays where it was when the run was stopped early, or ran out of events with `end` at kNever.
    /// `onData(what)` is called for each event that is not the kernel's.
    template <class Handler>
    StopReason runUntil(Time end, Handler&& onData)
    {
        for (;;) {
            const bool isPrefetching = m_processes.capacity() > kPrefetchFrom;
            for (int left = kBatch; left > 0; --left) {
                EventSet::Event event;
                if (!m_events.takeNextUntil(end, event)) {
                    return arrive(end);
                }
                if (isPrefetching) {
                    prefetchNext();
                }
                handle(event, onData);
            }
            if (const StopReason reason = checkGuard(); reason != StopReason::ReachedEnd) {
                return reason;
            }
        }
    }

    /// Handles `most` events due up to `end`; false, with now() untouched otherwise, where there are fewer.
    template <class Handler>
    bool runSome(Time end, int most, Handler&& onData)
    {
        for (; most > 0; --most) {
            EventSet::Event event;
            if (!m_events.takeNextUntil(end, event)) {
                return false;
            }
            handle(event, onData);
        }
        return true;
    }

    // For an owner of the loop that handles events without pending them here one by one.
    /// It has handled so many.
    void countHandled(std::uint64_t events) { m_handled += events; }
    /// Whether the guard allows more (`ReachedEnd`), or why not.
    StopReason checkGuard();
    /// Everything due up to `end` has been handled.
    StopReason arrive(Time end);

    /// Handles one event; false where there is none.
    template <class Handler>
    bool step(Handler&& onData)
    {
        if (m_events.isEmpty()) {
            return false;
        }
        handle(m_events.takeNext(), onData);
        return true;
    }

    /// `co_await sim.after(30s);` A process that waits for no time lets everything else due now go first.
    Delay after(Duration duration);
    /// `co_await sim.until(time);` A moment that has passed counts as now.
    Delay until(Time at);

    /// The moment `duration` from now; kHorizon of the event set where that is too far.
    Time later(Duration duration) const
    {
        return duration >= EventSet::kHorizon - m_now ? EventSet::kHorizon : m_now + duration;
    }

    /// For awaitables (process_table.h).
    ProcessTable& processes() { return m_processes; }
    /// For awaitables: schedules the resumption of the process in `slot`; the number of that event.
    std::uint64_t scheduleResume(std::uint32_t slot, Time at)
    {
        return m_events.schedule(at, kProcessBit | slot);
    }

private:
    // Below this many processes their frames lie in the nearest caches anyway.
    static constexpr std::size_t kPrefetchFrom = 2048;

    template <class Handler>
    void handle(const EventSet::Event& event, Handler&& onData)
    {
        m_now = event.at;
        ++m_handled;
        if ((event.what & kProcessBit) != 0) {
            m_processes.resume(event.what & ~kProcessBit, event.sequence);
        } else {
            onData(event.what);
        }
    }

    void prefetchNext() const
    {
        const std::uint32_t far = m_events.peekWhat(9);
        if (far != EventSet::kNothing && (far & kProcessBit) != 0) {
            m_processes.prefetchSlot(far & ~kProcessBit);
        }
        const std::uint32_t near = m_events.peekWhat(4);
        if (near != EventSet::kNothing && (near & kProcessBit) != 0) {
            m_processes.prefetch(near & ~kProcessBit);
        }
    }

    Time m_now{0};
    std::uint64_t m_handled = 0;
    EventSet m_events;
    ProcessTable m_processes;

    RunGuard m_guard;
    std::chrono::steady_clock::time_point m_guardStart = std::chrono::steady_clock::now();
    Time m_instant{-1};
    std::uint64_t m_handledBeforeInstant = 0;
};

class Delay {
public:
    Delay(Simulation& simulation, Time at) : m_simulation(&simulation), m_at(at) {}

    bool await_ready() const noexcept { return false; }
    template <class Promise>
    void await_suspend(std::coroutine_handle<Promise> frame) const noexcept
    {
        const std::uint32_t slot = frame.promise().slot;
        m_simulation->processes().suspend(slot, frame, m_simulation->scheduleResume(slot, m_at));
    }
    void await_resume() const noexcept {}

private:
    Simulation* m_simulation;
    Time m_at;
};

inline Delay Simulation::after(Duration duration)
{
    return Delay(*this, later(duration < Duration::zero() ? Duration::zero() : duration));
}

inline Delay Simulation::until(Time at)
{
    return Delay(*this, at < m_now ? m_now : at);
}

}  // namespace neph
