#include "sim/kernel/process_table.h"

#include <utility>

#include "sim/kernel/process.h"

namespace neph {

std::uint32_t ProcessTable::add(std::coroutine_handle<> root, Scope* scope, std::uint32_t previous)
{
    std::uint32_t slot = m_firstFree;
    if (slot == kNone) {
        slot = static_cast<std::uint32_t>(m_slots.size());
        m_slots.emplace_back();
        m_roots.emplace_back();
    } else {
        m_firstFree = m_roots[slot].next;
    }
    m_slots[slot] = {root, 0};
    m_roots[slot] = {root, scope, previous, kNone};
    if (previous != kNone) {
        m_roots[previous].next = slot;
    }
    return slot;
}

void ProcessTable::run(std::uint32_t slot, std::uint64_t event)
{
    m_running = slot;
    m_isRunningOver = false;
    m_resumedBy = event;
    m_slots[slot].awaited = 0;
    m_next = m_slots[slot].frame;
    do {
        std::exchange(m_next, nullptr).resume();
    } while (m_next && !m_isRunningOver);
    m_next = nullptr;
    m_running = kNone;
    if (m_isRunningOver) {
        destroy(slot);
    }
}

void ProcessTable::destroy(std::uint32_t slot)
{
    unlink(slot);
    if (slot == m_running) {
        m_isRunningOver = true;
        return;
    }
    // Free the slot last: what the frame's locals do while they go may start processes.
    m_slots[slot].awaited = 0;
    m_roots[slot].frame.destroy();
    m_roots[slot].next = m_firstFree;
    m_firstFree = slot;
}

void ProcessTable::unlink(std::uint32_t slot)
{
    const Root& root = m_roots[slot];
    if (root.scope == nullptr) {
        return;
    }
    (root.previous == kNone ? root.scope->m_first : m_roots[root.previous].next) = root.next;
    (root.next == kNone ? root.scope->m_last : m_roots[root.next].previous) = root.previous;
    --root.scope->m_running;
    m_roots[slot].scope = nullptr;
}

}  // namespace neph
