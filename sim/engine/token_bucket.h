#pragma once

#include <algorithm>
#include <cstdint>

#include "sim/base/int128.h"
#include "sim/base/units.h"

namespace neph {

/// Tokens that come in at a steady rate up to a capacity; exact.
///
/// Amounts are milli-units, the rate milli-units per second: the level is kept in their product with a
/// nanosecond, so refilling is integer multiplication and nothing is ever rounded.
class TokenBucket {
public:
    void reset(std::int64_t capacity, std::int64_t perSecond, std::int64_t missing, Time now)
    {
        m_capacity = Int128{capacity} * kNsPerSecond;
        m_level = std::max<Int128>(0, m_capacity - Int128{missing} * kNsPerSecond);
        m_perSecond = perSecond;
        m_refilled = now;
        m_ratedSince = now;
        m_supplied = 0;
        m_taken = 0;
    }

    void resize(std::int64_t capacity, std::int64_t perSecond, Time now)
    {
        refill(now);
        m_supplied += Int128{m_perSecond} * (now - m_ratedSince).count();
        m_ratedSince = now;
        m_capacity = Int128{capacity} * kNsPerSecond;
        m_level = std::min(m_level, m_capacity);
        m_perSecond = perSecond;
    }

    bool has(std::int64_t milliUnits, Time now)
    {
        refill(now);
        return Int128{milliUnits} * kNsPerSecond <= m_level;
    }
    /// Only after has().
    void take(std::int64_t milliUnits)
    {
        m_level -= Int128{milliUnits} * kNsPerSecond;
        m_taken += milliUnits;
    }

    /// Whole milli-units in it at the last refill.
    std::int64_t level() const { return static_cast<std::int64_t>(m_level / kNsPerSecond); }
    /// Milli-units taken since the start.
    std::int64_t taken() const { return m_taken; }
    /// Units that the rate has brought (or would have, had there been room).
    double supplied(Time now) const
    {
        const Int128 sum = m_supplied + Int128{m_perSecond} * (now - m_ratedSince).count();
        return static_cast<double>(sum) / (static_cast<double>(kNsPerSecond) * 1000);
    }

private:
    static constexpr std::int64_t kNsPerSecond = 1'000'000'000;

    void refill(Time now)
    {
        m_level = std::min(m_capacity, m_level + Int128{m_perSecond} * (now - m_refilled).count());
        m_refilled = now;
    }

    Int128 m_capacity = 0;
    Int128 m_level = 0;
    Int128 m_supplied = 0;
    std::int64_t m_perSecond = 0;
    std::int64_t m_taken = 0;
    Time m_refilled{0};
    Time m_ratedSince{0};
};

}  // namespace neph
