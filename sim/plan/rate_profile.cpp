#include "sim/plan/rate_profile.h"

#include <algorithm>
#include <cmath>

namespace neph {

namespace {

constexpr double kNsPerSecond = 1e9;

/// Where a corner list stands at one moment: rate, and how it goes on.
struct Line {
    double rate;   ///< Requests per second at its start.
    double slope;  ///< Change of that per second.
};

Line lineAt(const std::vector<RateProfile::Corner>& corners, std::size_t next, Time local)
{
    if (next == 0) {
        return {corners.front().perSecond, 0};
    }
    const RateProfile::Corner& from = corners[next - 1];
    if (next == corners.size()) {
        return {from.perSecond, 0};
    }
    const RateProfile::Corner& to = corners[next];
    if (to.perSecond == from.perSecond) {
        return {from.perSecond, 0};
    }
    const double slope = (to.perSecond - from.perSecond) / seconds(to.at - from.at);
    return {from.perSecond + slope * seconds(local - from.at), slope};
}

std::size_t firstAfter(const std::vector<RateProfile::Corner>& corners, Time local)
{
    const auto found = std::upper_bound(
        corners.begin(), corners.end(), local,
        [](Time at, const RateProfile::Corner& corner) { return at < corner.at; });
    return static_cast<std::size_t>(found - corners.begin());
}

/// Expected requests in [from, to) of the corner list itself, without its repetition.
double expectedWithin(const std::vector<RateProfile::Corner>& corners, Time from, Time to)
{
    double sum = 0;
    for (std::size_t next = firstAfter(corners, from); from < to;) {
        const Time end = next < corners.size() ? std::min(corners[next].at, to) : to;
        const Line line = lineAt(corners, next, from);
        const double length = seconds(end - from);
        sum += (line.rate + 0.5 * line.slope * length) * length;
        from = end;
        while (next < corners.size() && corners[next].at <= from) {
            ++next;  // Past a jump, too.
        }
    }
    return sum;
}

Time later(Time from, double secondsOn)
{
    // Beyond a year or two nothing is simulated; also keeps the sum far from overflow.
    constexpr double kFar = 1e8;
    if (!(secondsOn < kFar)) {
        return kNever;
    }
    return from + Duration(static_cast<std::int64_t>(secondsOn * kNsPerSecond + 0.5));
}

}  // namespace

RateProfile RateProfile::constant(double perSecond)
{
    return {.corners = {{Time{0}, perSecond}}, .period = Duration{0}};
}

bool RateProfile::isConstant() const
{
    return std::all_of(corners.begin(), corners.end(), [this](const Corner& corner) {
        return corner.perSecond == corners.front().perSecond;
    });
}

double RateProfile::at(Time moment) const
{
    if (corners.empty()) {
        return 0;
    }
    const Time local = period > Duration::zero() ? Time(moment % period) : moment;
    return lineAt(corners, firstAfter(corners, local), local).rate;
}

double RateProfile::expected(Time from, Time to) const
{
    if (corners.empty() || to <= from) {
        return 0;
    }
    if (period <= Duration::zero()) {
        return expectedWithin(corners, from, to);
    }
    const std::int64_t first = from / period;
    const std::int64_t last = to / period;
    if (first == last) {
        return expectedWithin(corners, from % period, to % period);
    }
    const double whole = last - first > 1 ? expectedWithin(corners, Time{0}, period) : 0;
    return expectedWithin(corners, from % period, period) + static_cast<double>(last - first - 1) * whole +
           expectedWithin(corners, Time{0}, to % period);
}

Time RateProfile::after(Time from, double amount) const
{
    return RateCursor(*this).after(from, amount);
}

RateCursor::RateCursor(const RateProfile& profile) : m_profile(&profile)
{
    if (profile.period > Duration::zero() && !profile.corners.empty()) {
        m_perPeriod = expectedWithin(profile.corners, Time{0}, profile.period);
    }
}

void RateCursor::seek(Time local)
{
    const std::vector<RateProfile::Corner>& corners = m_profile->corners;
    if (m_next > 0 && corners[m_next - 1].at > local) {
        m_next = firstAfter(corners, local);
        return;
    }
    // Usually the same line or the next one.
    for (int tries = 0; tries < 4; ++tries) {
        if (m_next == corners.size() || corners[m_next].at > local) {
            return;
        }
        ++m_next;
    }
    m_next = firstAfter(corners, local);
}

Time RateCursor::after(Time from, double amount)
{
    const std::vector<RateProfile::Corner>& corners = m_profile->corners;
    const Duration period = m_profile->period;
    const bool isPeriodic = period > Duration::zero();
    if (corners.empty() || (isPeriodic && !(m_perPeriod > 0))) {
        return kNever;
    }
    Time base{0};
    Time local = from;
    if (isPeriodic) {
        if (from < m_start || from >= m_start + period) {
            m_start = from - from % period;
        }
        base = m_start;
        local = from - m_start;
    }
    if (isPeriodic && amount >= m_perPeriod) {
        const double whole = std::floor(amount / m_perPeriod);
        amount = std::max(0.0, amount - whole * m_perPeriod);
        base = later(base, whole * seconds(period));
        if (base == kNever) {
            return kNever;
        }
    }
    for (;;) {
        seek(local);
        const Line line = lineAt(corners, m_next, local);
        const bool isLast = m_next == corners.size();
        if (isLast && !isPeriodic) {
            return line.rate > 0 ? later(local, amount / line.rate) : kNever;
        }
        const Time end = isLast ? Time(period) : corners[m_next].at;
        if (line.slope == 0 && line.rate > 0) {
            if (const Time at = later(local, amount / line.rate); at <= end) {
                return base + at;
            }
        }
        const double length = seconds(end - local);
        const double within = (line.rate + 0.5 * line.slope * length) * length;
        if (amount <= within && within > 0) {
            // rate * x + slope * x^2 / 2 = amount, in the form that does not cancel.
            const double root = std::sqrt(std::max(0.0, line.rate * line.rate + 2 * line.slope * amount));
            const double x = amount > 0 ? 2 * amount / (line.rate + root) : 0;
            return base + std::min(end, later(local, x));
        }
        amount = std::max(0.0, amount - within);
        local = end;
        if (isPeriodic && local >= period) {
            base += period;
            local = Time{0};
        }
    }
}

}  // namespace neph
