#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "sim/base/int128.h"
#include "sim/base/units.h"
#include "sim/kernel/key_ladder.h"

namespace neph {

/// The events that are still to come, in the order (time, creation).
///
/// An event is one 128-bit key, compared as a whole: time in nanoseconds (56 bits), then a sequence number
/// (40 bits), then what is to happen (32 bits, meaningless to the set). So the order is total, and it never
/// depends on addresses or on how the events are stored.
///
/// Limits: times up to kHorizon, 2^56 - 1 ns or 2.28 years; a later one (also kNever) counts as kHorizon.
///         2^40 - 1 events in the life of a set. Going back in time is a bug and aborts.
/// Memory: below 100 bytes a pending event; constant once the largest number has been pending.
///
/// Few events lie in one sorted array. Many lie in a ladder queue (Tang, Goh and Thng, "Ladder queue", ACM
/// TOMACS 15(3), 2005): the far future unsorted, nearer events in buckets of a rung, buckets that are too
/// full in finer rungs, the nearest bucket in the sorted array. README.md has the measurements.
class EventSet {
public:
    // In this order g++ 12 writes the fields one by one; as a vector it would go through memory and stall.
    struct Event {
        Time at;
        std::uint32_t what;
        std::uint64_t sequence;  ///< 1 for the first event scheduled, then 2, 3, ...
    };

    static constexpr Time kHorizon{(std::int64_t{1} << 56) - 1};
    static constexpr std::uint32_t kNothing = 0xFFFF'FFFF;

    EventSet() { m_near.setLong(kMostAlone); }

    /// Adds an event and returns its sequence number.
    /// `at` must not be earlier than the event last taken; the same moment is fine, and costs least.
    std::uint64_t schedule(Time at, std::uint32_t what)
    {
        const std::int64_t capped = at < kHorizon ? at.count() : kHorizon.count();
        const std::uint64_t sequence = m_nextSequence++;
        const UInt128 key =
            UInt128{static_cast<std::uint64_t>(capped)} << 72 | UInt128{sequence} << 32 | what;
        ++m_size;
        if (capped <= m_lastTaken) {
            scheduleNow(capped, key);
        } else if (static_cast<std::uint64_t>(capped) >= m_nearEnd) {
            m_ladder.add(key);
        } else if (m_near.isLong()) [[unlikely]] {
            scheduleInLong(key);
        } else {
            m_near.insert(key);
        }
        return sequence;
    }

    bool isEmpty() const { return m_size == 0; }
    std::size_t size() const { return m_size; }

    /// Time of the next event; kNever where there is none.
    Time nextTime() { return prepare() ? timeOf(m_near.last()) : kNever; }

    /// Removes and returns the next event. The set must not be empty.
    Event takeNext()
    {
        Event event;
        takeNextUntil(kHorizon, event);
        return event;
    }

    /// Takes the next event into `event` if it is due at `end` or before.
    bool takeNextUntil(Time end, Event& event)
    {
        if (!prepare()) [[unlikely]] {
            return false;
        }
        const UInt128 key = m_near.last();
        const Time at = timeOf(key);
        if (at > end) [[unlikely]] {
            return false;
        }
        m_near.removeLast();
        --m_size;
        m_lastTaken = at.count();
        event.at = at;
        event.what = static_cast<std::uint32_t>(key);
        event.sequence = static_cast<std::uint64_t>(key >> 32) & kMaxSequence;
        return true;
    }

    /// What the event `ahead` places after the next one is, if the set knows already; else kNothing.
    /// A hint for prefetching: an event scheduled meanwhile may come first.
    std::uint32_t peekWhat(std::size_t ahead) const
    {
        return m_near.size() > ahead ? static_cast<std::uint32_t>(m_near.fromLast(ahead)) : kNothing;
    }

    /// Takes all events out, in order, without any of them having happened; putBack() returns them.
    template <class Use>
    void takeAll(Use&& use)
    {
        const std::int64_t lastTaken = m_lastTaken;
        Event event;
        while (takeNextUntil(kHorizon, event)) {
            use(event);
        }
        m_lastTaken = lastTaken;
    }
    /// Adds an event under a number that it had before, or that reserve() gave, and that no other event has.
    void putBack(const Event& event);
    /// Sets `count` numbers aside as if so many events had been scheduled; returns the first.
    std::uint64_t reserve(std::uint64_t count)
    {
        return std::exchange(m_nextSequence, m_nextSequence + count);
    }

    /// Whether the sequence numbers run out within the next 2^32 events.
    bool isNearlyExhausted() const { return m_nextSequence > kMaxSequence - (std::uint64_t{1} << 32); }

    /// Bytes held for events, for tests and reports.
    std::size_t memory() const;

private:
    static constexpr std::uint64_t kMaxSequence = (std::uint64_t{1} << 40) - 1;
    // The longest sorted array: where it holds everything, and where it is the nearest bucket of a ladder.
    static constexpr std::size_t kMostAlone = 96;
    static constexpr std::size_t kMostBeforeLadder = 192;

    static Time timeOf(UInt128 key) { return Time(static_cast<std::int64_t>(key >> 72)); }

    /// Makes the next event the last of m_near; false where there is none.
    bool prepare()
    {
        if (m_near.isEmpty() || !m_now.empty()) [[unlikely]] {
            return prepareSlowly();
        }
        return true;
    }
    bool prepareSlowly();
    void scheduleNow(std::int64_t at, UInt128 key);
    void scheduleInLong(UInt128 key);

    SortedKeys m_near;  ///< Keys earlier than m_nearEnd.
    std::uint64_t m_nearEnd = KeyLadder::kTimeLimit;
    // m_size and m_nextSequence are not neighbours, lest g++ 12 adds to both at once, which stalls as well.
    std::size_t m_size = 0;
    std::int64_t m_lastTaken = 0;
    std::uint64_t m_nextSequence = 1;

    // Keys scheduled for the very moment of the event last taken, in order: they follow every other key of
    // that moment, so they need no sorting.
    std::vector<UInt128> m_now;

    KeyLadder m_ladder;  ///< Keys from m_nearEnd on.
};

}  // namespace neph
