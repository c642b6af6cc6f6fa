#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

#include "sim/base/int128.h"

namespace neph {

/// Who leaves a stage next: requests by (time, order of insertion). A value, so that a window can be taken
/// back.
///
/// Few lie in one sorted array, the next one last; many in a heap.
class Departures {
public:
    static constexpr std::int64_t kNobody = INT64_MAX;

    Departures() { clear(); }

    std::size_t size() const { return m_keys.size() - 1; }
    bool isEmpty() const { return m_keys.size() == 1; }
    std::size_t memory() const { return m_keys.capacity() * sizeof(UInt128); }
    /// kNobody where there is none.
    std::int64_t nextTime() const { return timeOf(next()); }
    std::uint32_t nextRequest() const { return static_cast<std::uint32_t>(next()); }

    void insert(std::int64_t at, std::uint32_t request)
    {
        const UInt128 key =
            UInt128{static_cast<std::uint64_t>(at)} << 64 | UInt128{m_order++} << 32 | request;
        if (m_keys.size() > m_mostSorted) [[unlikely]] {
            insertInHeap(key);
            return;
        }
        m_keys.push_back(key);
        UInt128* place = &m_keys.back();
        // The youngest of its moment leaves last, so the times decide. The first key is later than all.
        while (timeOf(place[-1]) <= at) {
            place[0] = place[-1];
            --place;
        }
        *place = key;
    }
    void removeNext()
    {
        if (m_isHeap) [[unlikely]] {
            removeFromHeap();
            return;
        }
        m_keys.pop_back();
    }
    void clear()
    {
        m_keys.assign(1, UInt128{kNobody} << 64);
        setHeap(false);
        m_order = 0;
    }

    /// Gives every request the number that `numberOf(request)` returns; called in no particular order.
    template <class NumberOf>
    void renumber(NumberOf numberOf)
    {
        if (m_order > kMostOrders) [[unlikely]] {
            startOrderAnew();
        }
        for (std::size_t i = 1; i < m_keys.size(); ++i) {
            const std::uint32_t number = numberOf(static_cast<std::uint32_t>(m_keys[i]));
            m_keys[i] = m_keys[i] >> 32 << 32 | number;
        }
    }
    /// use(time, request), in no particular order.
    template <class Use>
    void forEach(Use use) const
    {
        for (std::size_t i = 1; i < m_keys.size(); ++i) {
            use(timeOf(m_keys[i]), static_cast<std::uint32_t>(m_keys[i]));
        }
    }

private:
    static constexpr std::size_t kMostSorted = 128;
    static constexpr std::size_t kFewInHeap = 32;
    static constexpr std::uint32_t kMostOrders = 1U << 31;

    static std::int64_t timeOf(UInt128 key) { return static_cast<std::int64_t>(key >> 64); }
    const UInt128& next() const { return m_isHeap ? m_keys[1] : m_keys.back(); }

    void setHeap(bool isHeap)
    {
        m_isHeap = isHeap;
        m_mostSorted = isHeap ? 0 : kMostSorted;
    }
    void insertInHeap(UInt128 key)
    {
        if (!m_isHeap) {
            std::make_heap(m_keys.begin() + 1, m_keys.end(), std::greater<>());
            setHeap(true);
        }
        m_keys.push_back(key);
        std::push_heap(m_keys.begin() + 1, m_keys.end(), std::greater<>());
    }
    void removeFromHeap()
    {
        std::pop_heap(m_keys.begin() + 1, m_keys.end(), std::greater<>());
        m_keys.pop_back();
        if (size() <= kFewInHeap) {
            sort();
        }
    }
    void sort()
    {
        std::sort(m_keys.begin() + 1, m_keys.end(), std::greater<>());
        setHeap(false);
    }
    void startOrderAnew()
    {
        const bool wasHeap = m_isHeap;
        sort();
        m_order = 0;
        for (auto key = m_keys.end() - 1; key != m_keys.begin(); --key) {
            const UInt128 high = *key >> 64 << 64;
            *key = high | UInt128{m_order++} << 32 | static_cast<std::uint32_t>(*key);
        }
        if (wasHeap) {
            std::make_heap(m_keys.begin() + 1, m_keys.end(), std::greater<>());
            setHeap(true);
        }
    }

    std::vector<UInt128> m_keys;
    bool m_isHeap = false;
    std::size_t m_mostSorted = kMostSorted;
    std::uint32_t m_order = 0;
};

}  // namespace neph
