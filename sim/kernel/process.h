#pragma once

#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <optional>
#include <utility>
#include <vector>

#include "sim/base/units.h"
#include "sim/kernel/frame_pool.h"
#include "sim/kernel/simulation.h"

namespace neph {

/// A story told over simulated time: the return type of a coroutine that awaits delays, triggers and other
/// processes.
///
///     Process launch(Simulation& sim, Duration pull)
///     {
///         co_await sim.after(pull);
///         co_await warmUp(sim);
///     }
///
/// It is created suspended. Scope::start() sets it going; or another process awaits it, as a temporary
/// (`co_await warmUp(sim);`) or as a moved local, and goes on when it has ended. Whoever holds a Process that
/// was not started owns its frame.
///
/// Parameters are taken by value, or are references to things that outlive the scope. `co_await` is a whole
/// statement or the value of one new local, because g++ 12.2 miscompiles other forms. A process is
/// resumed by the event loop only, so the stack stays flat however deep processes await one another. (They
/// are destroyed from the outside in, which does use the stack: keep nesting below some 10,000.) An exception
/// that leaves a process is a bug and ends the program.
class [[nodiscard]] Process {
public:
    struct promise_type;
    using Handle = std::coroutine_handle<promise_type>;

    Process(Process&& other) noexcept : m_frame(std::exchange(other.m_frame, nullptr)) {}
    Process& operator=(Process&& other) noexcept
    {
        std::swap(m_frame, other.m_frame);
        return *this;
    }
    ~Process()
    {
        if (m_frame) {
            m_frame.destroy();
        }
    }

    struct Child;
    /// Runs the process inside the awaiting one. The frame stays with this object until that goes.
    Child operator co_await() && noexcept;

private:
    friend class Scope;
    explicit Process(Handle frame) : m_frame(frame) {}

    Handle m_frame;
};

struct Process::promise_type {
    Simulation* simulation = nullptr;  ///< Set when the process starts, like the slot.
    std::coroutine_handle<> awaitedBy;
    std::uint32_t slot = ProcessTable::kNone;

    struct AtEnd {
        bool await_ready() const noexcept { return false; }
        void await_suspend(Handle frame) const noexcept
        {
            ProcessTable& processes = frame.promise().simulation->processes();
            if (frame.promise().awaitedBy) {
                processes.continueIn(frame.promise().awaitedBy);
            } else {
                processes.finishRunning();
            }
        }
        void await_resume() const noexcept {}
    };

    Process get_return_object() { return Process(Handle::from_promise(*this)); }
    std::suspend_always initial_suspend() const noexcept { return {}; }
    AtEnd final_suspend() const noexcept { return {}; }
    void return_void() const noexcept {}
    void unhandled_exception() const noexcept { std::terminate(); }

    static void* operator new(std::size_t size) { return FramePool::take(size); }
    static void operator delete(void* frame, std::size_t size) noexcept { FramePool::give(frame, size); }
};

struct Process::Child {
    Handle frame;

    bool await_ready() const noexcept { return false; }
    void await_suspend(Handle parent) const noexcept
    {
        promise_type& promise = frame.promise();
        promise.simulation = parent.promise().simulation;
        promise.slot = parent.promise().slot;
        promise.awaitedBy = parent;
        promise.simulation->processes().continueIn(frame);
    }
    void await_resume() const noexcept {}
};

inline Process::Child Process::operator co_await() && noexcept
{
    return Child{m_frame};
}

/// Owns running processes: what belongs to a thing of the model goes with it.
///
/// The simulation must outlive the scope.
class Scope {
public:
    explicit Scope(Simulation& simulation) : m_simulation(&simulation) {}
    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;
    ~Scope() { cancel(); }

    /// Sets a process going: its first statement runs at the present moment, after everything that is due now
    /// already. Processes started at one moment begin in the order of these calls.
    void start(Process process);

    /// Destroys all processes of the scope with everything they await, oldest first. Where one of them is
    /// the caller, that one is destroyed at its next suspension; it belongs to no scope any more.
    void cancel();

    std::size_t running() const { return m_running; }

private:
    friend class ProcessTable;

    Simulation* m_simulation;
    std::uint32_t m_first = ProcessTable::kNone;
    std::uint32_t m_last = ProcessTable::kNone;
    std::size_t m_running = 0;
};

/// Something that processes wait for and that may happen again and again.
///
///     co_await trigger.wait();
///     const bool fired = co_await trigger.waitFor(30s);   // false: 30 s went by
///
/// The trigger must outlive nobody: processes that still wait when it goes wait for ever (or for their
/// timeout), until their scope is cancelled.
class Trigger {
public:
    explicit Trigger(Simulation& simulation) : m_simulation(&simulation) {}

    /// Wakes those that wait at present, at the present moment, in the order in which they came.
    /// Firing with nobody waiting is not remembered.
    void fire();

    class Wait;
    class TimedWait;
    Wait wait();
    TimedWait waitFor(Duration timeout);

private:
    struct Waiter {
        std::uint64_t ticket;
        std::uint32_t slot;
    };

    void add(std::uint32_t slot, std::uint64_t ticket);

    Simulation* m_simulation;
    std::vector<Waiter> m_waiters;  ///< Some may have gone; add() forgets them before it grows the list.
};

class Trigger::Wait {
public:
    explicit Wait(Trigger& trigger) : m_trigger(&trigger) {}

    bool await_ready() const noexcept { return false; }
    template <class Promise>
    void await_suspend(std::coroutine_handle<Promise> frame) const noexcept
    {
        ProcessTable& processes = m_trigger->m_simulation->processes();
        const std::uint32_t slot = frame.promise().slot;
        const std::uint64_t ticket = processes.newTicket();
        processes.suspend(slot, frame, ticket);
        m_trigger->add(slot, ticket);
    }
    void await_resume() const noexcept {}

private:
    Trigger* m_trigger;
};

class Trigger::TimedWait {
public:
    TimedWait(Trigger& trigger, Duration timeout)
        : m_trigger(&trigger), m_simulation(trigger.m_simulation), m_timeout(timeout)
    {
    }

    bool await_ready() const noexcept { return false; }
    template <class Promise>
    void await_suspend(std::coroutine_handle<Promise> frame) noexcept
    {
        const std::uint32_t slot = frame.promise().slot;
        m_timer = m_simulation->scheduleResume(slot, m_simulation->later(m_timeout));
        m_simulation->processes().suspend(slot, frame, m_timer);
        m_trigger->add(slot, m_timer);
    }
    /// Whether the trigger fired before the timeout. At the same moment, what was scheduled first wins.
    bool await_resume() const noexcept { return m_simulation->processes().resumedBy() != m_timer; }

private:
    Trigger* m_trigger;
    Simulation* m_simulation;  ///< Not through the trigger, which may be gone when the timer arrives.
    Duration m_timeout;
    std::uint64_t m_timer = 0;
};

inline Trigger::Wait Trigger::wait()
{
    return Wait(*this);
}

inline Trigger::TimedWait Trigger::waitFor(Duration timeout)
{
    return TimedWait(*this, timeout < Duration::zero() ? Duration::zero() : timeout);
}

/// A value that becomes known once: the outcome of a launch, of an image pull.
///
///     const Outcome outcome = co_await completion.wait();
///     const std::optional<Outcome> early = co_await completion.waitFor(30s);   // empty: 30 s went by
///
/// Waiting for a value that is known already returns at once. Must outlive those that wait for it, or be
/// cancelled together with them.
template <class T>
class Completion {
public:
    explicit Completion(Simulation& simulation) : m_trigger(simulation) {}

    /// Sets the value, once, and wakes everybody who waits.
    void set(T value)
    {
        m_value.emplace(std::move(value));
        m_trigger.fire();
    }
    const std::optional<T>& value() const { return m_value; }

    class Wait : public Trigger::Wait {
    public:
        explicit Wait(Completion& completion) : Trigger::Wait(completion.m_trigger), m_completion(&completion)
        {
        }
        bool await_ready() const noexcept { return m_completion->m_value.has_value(); }
        T await_resume() const { return *m_completion->m_value; }

    private:
        Completion* m_completion;
    };

    class TimedWait : public Trigger::TimedWait {
    public:
        TimedWait(Completion& completion, Duration timeout)
            : Trigger::TimedWait(completion.m_trigger, timeout), m_completion(&completion)
        {
        }
        bool await_ready() const noexcept { return m_completion->m_value.has_value(); }
        std::optional<T> await_resume() const { return m_completion->m_value; }

    private:
        Completion* m_completion;
    };

    Wait wait() { return Wait(*this); }
    TimedWait waitFor(Duration timeout)
    {
        return TimedWait(*this, timeout < Duration::zero() ? Duration::zero() : timeout);
    }

private:
    Trigger m_trigger;
    std::optional<T> m_value;
};

}  // namespace neph
