#include "sim/kernel/simulation.h"

#include <utility>

namespace neph {

void Simulation::setGuard(RunGuard guard)
{
    m_guard = std::move(guard);
    m_guardStart = std::chrono::steady_clock::now();
}

StopReason Simulation::arrive(Time end)
{
    if (end != kNever && end > m_now) {
        m_now = end;
    }
    return m_events.isEmpty() ? StopReason::NoMoreEvents : StopReason::ReachedEnd;
}

StopReason Simulation::checkGuard()
{
    if (m_guard.stop.stop_requested()) {
        return StopReason::Cancelled;
    }
    if (m_handled >= m_guard.maxEvents || m_events.isNearlyExhausted()) {
        return StopReason::EventLimit;
    }
    if (m_now != m_instant) {
        m_instant = m_now;
        m_handledBeforeInstant = m_handled;
    } else if (m_handled - m_handledBeforeInstant >= m_guard.maxEventsAtOneInstant) {
        return StopReason::StuckAtInstant;
    }
    if (std::chrono::steady_clock::now() - m_guardStart > m_guard.maxWall) {
        return StopReason::WallLimit;
    }
    return StopReason::ReachedEnd;
}

}  // namespace neph
