#pragma once

#include <cstdint>

#include "sim/base/int128.h"
#include "sim/base/units.h"

namespace neph {

/// The exact time integral of a whole number that changes now and then ("holder-nanoseconds").
///
/// By summation by parts it costs one addition per change: the integral up to `now` of a number that is n now
/// is n * now minus the sum of each change times its moment.
class Area {
public:
    void rise(std::int64_t by, Time now) { m_correction -= Int128{by} * now.count(); }
    void riseByOne(Time now) { m_correction -= static_cast<std::uint64_t>(now.count()); }
    void fallByOne(Time now) { m_correction += static_cast<std::uint64_t>(now.count()); }

    /// Many changes at once: for each unit minus the moment it rose, plus the moment it fell.
    void change(Int128 moments) { m_correction += moments; }

    /// Number-nanoseconds from the start of the run to `now`, where the number is `n` now.
    Int128 value(std::int64_t n, Time now) const { return Int128{n} * now.count() + m_correction; }

private:
    Int128 m_correction = 0;
};

/// Number-nanoseconds as number-seconds, for readings.
inline double toSeconds(Int128 nanoseconds)
{
    return static_cast<double>(nanoseconds) / 1e9;
}

}  // namespace neph
