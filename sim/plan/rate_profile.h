#pragma once

#include <cstddef>
#include <vector>

#include "sim/base/units.h"

namespace neph {

/// An arrival rate over time: linear between points, constant after the last one (or repeating with
/// `period`).
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
    /// Whether the rate never changes.
    bool isConstant() const;
};

/// RateProfile::after() for moments that mostly ascend: remembers where it is, so a profile of thousands of
/// corners costs no search for each arrival. Same values, bit for bit.
class RateCursor {
public:
    /// `profile` must outlive the cursor.
    explicit RateCursor(const RateProfile& profile);

    Time after(Time from, double amount);

private:
    void seek(Time local);

    const RateProfile* m_profile;
    double m_perPeriod = 0;
    Time m_start{0};         ///< Of the period looked at last.
    std::size_t m_next = 0;  ///< First corner later than the moment looked at last.
};

}  // namespace neph
