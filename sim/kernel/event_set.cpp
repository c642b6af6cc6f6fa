#include "sim/kernel/event_set.h"

#include <cstdio>
#include <cstdlib>

namespace neph {

void EventSet::scheduleNow(std::int64_t at, UInt128 key)
{
    if (at < m_lastTaken) {
        std::fprintf(stderr, "EventSet: an event in the past.\n");
        std::abort();
    }
    m_now.push_back(key);
}

bool EventSet::prepareSlowly()
{
    if (m_size == 0) {
        return false;
    }
    if (m_near.isEmpty() && m_size > m_now.size()) {
        m_nearEnd = m_ladder.refill(m_near);
        m_near.setLong(m_nearEnd == KeyLadder::kTimeLimit ? kMostAlone : kMostBeforeLadder);
    }
    const bool isOlderKeyOfNow = !m_near.isEmpty() && timeOf(m_near.last()).count() == m_lastTaken;
    if (!isOlderKeyOfNow) {
        for (auto key = m_now.rbegin(); key != m_now.rend(); ++key) {
            m_near.append(*key);
        }
        m_now.clear();
    }
    return true;
}

void EventSet::scheduleInLong(UInt128 key)
{
    m_nearEnd = m_ladder.takeOver(m_near, m_nearEnd);
    m_near.setLong(kMostBeforeLadder);
    if (KeyLadder::timeOf(key) >= m_nearEnd) {
        m_ladder.add(key);
    } else {
        m_near.insert(key);
    }
}

void EventSet::putBack(const Event& event)
{
    const std::int64_t capped = event.at < kHorizon ? event.at.count() : kHorizon.count();
    const UInt128 key =
        UInt128{static_cast<std::uint64_t>(capped)} << 72 | UInt128{event.sequence} << 32 | event.what;
    ++m_size;
    if (static_cast<std::uint64_t>(capped) >= m_nearEnd) {
        m_ladder.add(key);
        return;
    }
    if (m_near.isLong()) {
        m_nearEnd = m_ladder.takeOver(m_near, m_nearEnd);
        m_near.setLong(kMostBeforeLadder);
        if (KeyLadder::timeOf(key) >= m_nearEnd) {
            m_ladder.add(key);
            return;
        }
    }
    m_near.insertOld(key);
}

std::size_t EventSet::memory() const
{
    return m_near.memory() + m_now.capacity() * sizeof(UInt128) + m_ladder.memory();
}

}  // namespace neph
