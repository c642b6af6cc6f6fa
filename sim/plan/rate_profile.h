#pragma once

#include <vector>

#include "sim/base/units.h"

namespace neph {

/// An arrival rate over time: linear between points, constant after the last one (or repeating with `period`).
struct RateProfile {
    struct Corner {
        Time at{0};
        double perSecond = 0;
    };
    std::vector<Corner> corners;  ///< Times ascend (two at one time make a jump); empty: no arrivals.
    Duration period{0};           ///< Zero: does not repeat. Else the corners span [0, period].

    static RateProfile constant(double perSecond);
    /// Requests per second at `at`.
    double at(Time at) const;
    /// Expected requests in [from, to), by exact integration of the lines.
    double expected(Time from, Time to) const;
    /// The moment by which `amount` expected requests have come after `from`; kNever if that never happens.
    Time after(Time from, double amount) const;
};

}  // namespace neph
