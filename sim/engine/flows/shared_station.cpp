#include "sim/engine/flows/shared_station.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "sim/kernel/portable_math.h"

namespace neph {

namespace {

/// Fewer than this much below capacity is never felt.
constexpr double kMostStates = 512;
constexpr double kMostSteps = 24;  ///< Comings and goings that a job is followed through.
constexpr std::size_t kMostOthers = 64;

/// Where the other jobs leave, on the clock of what each has been given; the next last.
class Departures {
public:
    bool isFull() const { return m_count == kMostOthers; }
    bool isEmpty() const { return m_count == 0; }
    double next() const { return m_at[m_count - 1]; }
    void pop() { --m_count; }
    void insert(double at)
    {
        std::size_t place = m_count++;
        for (; place > 0 && m_at[place - 1] < at; --place) {
            m_at[place] = m_at[place - 1];
        }
        m_at[place] = at;
    }

private:
    std::size_t m_count = 0;
    std::array<double, kMostOthers> m_at;
};

/// What is left of a deviation, on average over y relaxation times from it on.
double leftOver(double y)
{
    return y < 1e-3 ? 1 - y / 2 : (1 - portableExp(-y)) / y;
}

/// Variance of the average over y relaxation times against that at a moment: Coffman, Muntz and Trotter,
/// "Waiting time distributions for processor-sharing systems", J. ACM 17(1), 1970.
double varianceLeft(double y)
{
    return y < 1e-3 ? 1 - y / 3 : 2 * (1 - leftOver(y)) / y;
}

}  // namespace

SharedStation::SharedStation(double busy, double capacity)
    : m_busy(std::clamp(busy, 0.0, 0.995)), m_capacity(std::max(capacity, 1e-9)),
      m_perCapacity(1 / m_capacity)
{
    if (m_busy <= 0) {
        m_tail = 0;
        m_meanStretch = stretch(0);
        return;
    }
    m_tailScale = -1 / portableLog(m_busy);
    m_tailFrom = std::max(std::ceil(m_capacity) - 1, 0.0);
    m_lowest = std::max(m_tailFrom - kMostStates, 0.0);
    const double offered = m_busy * m_capacity;
    // Chances of n others, from the likeliest on in both directions: nothing overflows.
    const double middle = std::clamp(std::floor(offered), m_lowest, m_tailFrom);
    m_below.assign(static_cast<std::size_t>(m_tailFrom - m_lowest) + 1, 1.0);
    for (double n = middle + 1; n <= m_tailFrom; ++n) {
        const auto i = static_cast<std::size_t>(n - m_lowest);
        m_below[i] = m_below[i - 1] * offered / std::min(n, m_capacity);
    }
    for (double n = middle; n > m_lowest; --n) {
        const auto i = static_cast<std::size_t>(n - m_lowest);
        m_below[i - 1] = m_below[i] * std::min(n, m_capacity) / offered;
    }
    m_tail = m_below.back() / (1 - m_busy);
    m_below.pop_back();
    double sum = 0;
    for (double& chance : m_below) {
        sum += chance;
        chance = sum;
    }
    m_tail /= sum + m_tail;
    for (double& chance : m_below) {
        chance *= (1 - m_tail) / sum;
    }
    const double inTail = (m_tailFrom + 1 / (1 - m_busy)) * m_perCapacity;
    const double spread = m_perCapacity / (1 - m_busy);
    m_meanStretch = 1 - m_tail + m_tail * inTail;
    m_variance =
        1 - m_tail + m_tail * (inTail * inTail + spread * spread * m_busy) - m_meanStretch * m_meanStretch;
}

std::uint32_t SharedStation::drawOthers(RandomStream& random) const
{
    const double place = m_below.empty() ? 2 : random.uniform();
    if (place >= 1 - m_tail) {
        return static_cast<std::uint32_t>(m_tailFrom + random.exponential() * m_tailScale);
    }
    const auto found = std::upper_bound(m_below.begin(), m_below.end(), place);
    return static_cast<std::uint32_t>(m_lowest + static_cast<double>(found - m_below.begin()));
}

double SharedStation::time(double size, const JobSizes& others, RandomStream& random) const
{
    if (m_busy <= 0 || others.mean <= 0 || size <= 0) {
        return size * m_meanStretch;
    }
    const std::uint32_t met = drawOthers(random);
    const double coming = m_busy * m_capacity * m_meanStretch * size / others.mean;
    if (met + coming < kMostSteps) {
        return follow(met, size, others, random);
    }
    const double relaxations = 2 * size * (1 - m_busy) / ((1 + others.scv) * others.mean);
    const double left = leftOver(relaxations);
    const double now = stretch(met);
    const double mean = m_meanStretch + (now - m_meanStretch) * left;
    // The more there are, the more chance is in when they leave.
    const double variance =
        m_variance * std::max(varianceLeft(relaxations) - left * left, 0.0) * now / m_meanStretch;
    return size * std::max(mean + std::sqrt(variance) * random.normal(), stretch(0));
}

double
SharedStation::follow(std::uint32_t others, double size, const JobSizes& sizes, RandomStream& random) const
{
    Departures departures;
    double present = others;
    for (std::uint32_t i = 0; i < others; ++i) {
        const double at = sizes.law.drawResidual(random);
        if (at < size) {
            departures.insert(at);
        }
    }
    const double betweenArrivals = sizes.mean / (m_busy * m_capacity);
    double untilArrival = random.exponential() * betweenArrivals;
    double given = 0;
    double time = 0;
    while (!departures.isFull()) {
        const double pace = stretch(present);
        const double until = departures.isEmpty() ? size : departures.next();
        const double needed = (until - given) * pace;
        if (untilArrival < needed) {
            given += untilArrival / pace;
            time += untilArrival;
            untilArrival = random.exponential() * betweenArrivals;
            ++present;
            const double at = given + sizes.law.draw(random);
            if (at < size) {
                departures.insert(at);
            }
            continue;
        }
        time += needed;
        if (departures.isEmpty()) {
            return time;
        }
        untilArrival -= needed;
        given = until;
        departures.pop();
        --present;
    }
    return time + (size - given) * stretch(present);
}

}  // namespace neph
