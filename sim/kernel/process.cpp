#include "sim/kernel/process.h"

namespace neph {

void Scope::start(Process process)
{
    const Process::Handle root = std::exchange(process.m_frame, nullptr);
    ProcessTable& processes = m_simulation->processes();
    const std::uint32_t slot = processes.add(root, this, m_last);
    if (m_first == ProcessTable::kNone) {
        m_first = slot;
    }
    m_last = slot;
    ++m_running;
    root.promise().simulation = m_simulation;
    root.promise().slot = slot;
    processes.setAwaited(slot, m_simulation->scheduleResume(slot, m_simulation->now()));
}

void Scope::cancel()
{
    while (m_first != ProcessTable::kNone) {
        m_simulation->processes().destroy(m_first);
    }
}

void Trigger::fire()
{
    ProcessTable& processes = m_simulation->processes();
    for (const Waiter& waiter : m_waiters) {
        if (processes.isAwaiting(waiter.slot, waiter.ticket)) {
            processes.setAwaited(waiter.slot, m_simulation->scheduleResume(waiter.slot, m_simulation->now()));
        }
    }
    m_waiters.clear();
}

void Trigger::add(std::uint32_t slot, std::uint64_t ticket)
{
    if (m_waiters.size() == m_waiters.capacity()) {
        const ProcessTable& processes = m_simulation->processes();
        std::erase_if(m_waiters, [&processes](const Waiter& waiter) {
            return !processes.isAwaiting(waiter.slot, waiter.ticket);
        });
    }
    m_waiters.push_back({ticket, slot});
}

}  // namespace neph
