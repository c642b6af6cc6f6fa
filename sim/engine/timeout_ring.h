#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "sim/base/units.h"

namespace neph {

/// The calls under one policy that may time out, oldest first. The timeout is the same for all of them, so
/// the oldest is the next to expire: no event for each call, only one for the ring.
class TimeoutRing {
public:
    struct Entry {
        Time deadline;
        std::uint32_t frame;
        std::uint32_t generation;
    };

    bool isEmpty() const { return m_head == m_tail; }
    std::size_t size() const { return m_tail - m_head; }
    std::size_t memory() const { return m_entries.size() * sizeof(Entry); }
    const Entry& front() const { return m_entries[m_head & (m_entries.size() - 1)]; }
    void pop() { ++m_head; }
    void push(const Entry& entry)
    {
        if (size() == m_entries.size()) [[unlikely]] {
            grow();
        }
        m_entries[m_tail++ & (m_entries.size() - 1)] = entry;
    }

    bool isScheduled = false;  ///< Whether the event of the ring is pending.

private:
    void grow()
    {
        std::vector<Entry> larger(m_entries.size() * 2);
        const std::size_t count = size();
        for (std::size_t i = 0; i < count; ++i) {
            larger[i] = m_entries[(m_head + i) & (m_entries.size() - 1)];
        }
        m_head = 0;
        m_tail = count;
        m_entries.swap(larger);
    }

    std::vector<Entry> m_entries = std::vector<Entry>(16);  ///< Size: a power of two.
    std::size_t m_head = 0;
    std::size_t m_tail = 0;
};

}  // namespace neph
