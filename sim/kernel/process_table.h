#pragma once

#include <coroutine>
#include <cstdint>
#include <vector>

namespace neph {

class Scope;

/// The suspended processes of a simulation: who waits for which event. Used by the awaitables, by Scope and
/// by the event loop; a model has no business here.
///
/// A process has one slot from start to end. The slot names the frame to resume (the innermost one, where
/// processes await others) and the event or ticket awaited. An event that arrives for a slot that awaits
/// something else, because the wait ended otherwise or the process has gone, is stale and is ignored: event
/// numbers and tickets are never used twice.
class ProcessTable {
public:
    static constexpr std::uint32_t kNone = 0xFFFF'FFFF;

    ProcessTable() = default;
    ProcessTable(const ProcessTable&) = delete;
    ProcessTable& operator=(const ProcessTable&) = delete;

    /// Takes over `root` and appends it to the processes of `scope`. It awaits nothing yet.
    std::uint32_t add(std::coroutine_handle<> root, Scope* scope, std::uint32_t previous);

    /// The process in `slot` is to go on in `frame` when `awaited` arrives.
    void suspend(std::uint32_t slot, std::coroutine_handle<> frame, std::uint64_t awaited)
    {
        m_slots[slot] = {frame, awaited};
    }
    bool isAwaiting(std::uint32_t slot, std::uint64_t awaited) const
    {
        return m_slots[slot].awaited == awaited;
    }
    void setAwaited(std::uint32_t slot, std::uint64_t awaited) { m_slots[slot].awaited = awaited; }

    /// A number that no event has, for waits without a timer.
    std::uint64_t newTicket() { return ++m_lastTicket; }

    /// Resumes the process in `slot` until it suspends, if `event` is what it awaits.
    void resume(std::uint32_t slot, std::uint64_t event)
    {
        if (isAwaiting(slot, event)) [[likely]] {
            run(slot, event);
        }
    }
    /// The event or ticket that resumed the running process.
    std::uint64_t resumedBy() const { return m_resumedBy; }

    /// Called while a process runs: it goes on in `frame` as soon as it has suspended (no event between).
    void continueIn(std::coroutine_handle<> frame) { m_next = frame; }
    /// Called while a process runs: its root frame has reached its end.
    void finishRunning() { m_isRunningOver = true; }

    /// Destroys the process in `slot` with all it awaits: now, or at its next suspension if it is running.
    void destroy(std::uint32_t slot);

    /// Slots in use or free: an upper bound of the processes alive at one time.
    std::size_t capacity() const { return m_slots.size(); }
    /// Bytes held for them, without frames; for tests and reports.
    std::size_t memory() const
    {
        return m_slots.capacity() * sizeof(Slot) + m_roots.capacity() * sizeof(Root);
    }

    /// Loads the frame of `slot` into the cache; it will be resumed within a few events.
    void prefetch(std::uint32_t slot) const
    {
        if (slot < m_slots.size()) {
            const char* frame = static_cast<const char*>(m_slots[slot].frame.address());
            __builtin_prefetch(frame);
            __builtin_prefetch(frame + 64);
        }
    }
    void prefetchSlot(std::uint32_t slot) const { __builtin_prefetch(m_slots.data() + slot); }

private:
    struct Slot {
        std::coroutine_handle<> frame;
        std::uint64_t awaited;  ///< 0: nothing.
    };
    /// What is needed only when a process starts or ends. Processes of a scope form a list, oldest first.
    struct Root {
        std::coroutine_handle<> frame;
        Scope* scope;
        std::uint32_t previous;
        std::uint32_t next;  ///< In a free slot the next free one.
    };

    void run(std::uint32_t slot, std::uint64_t event);
    void unlink(std::uint32_t slot);

    std::vector<Slot> m_slots;
    std::vector<Root> m_roots;
    std::uint32_t m_firstFree = kNone;
    std::uint32_t m_running = kNone;
    bool m_isRunningOver = false;
    std::coroutine_handle<> m_next;
    std::uint64_t m_resumedBy = 0;
    std::uint64_t m_lastTicket = std::uint64_t{1} << 63;
};

}  // namespace neph
