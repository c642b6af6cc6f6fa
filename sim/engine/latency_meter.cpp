#include "sim/engine/latency_meter.h"

#include <algorithm>
#include <iterator>
#include <span>

namespace neph {

namespace {

std::span<const std::uint32_t>
touched(const std::vector<std::uint32_t>& counts, std::int64_t min, std::int64_t max)
{
    const std::uint32_t first = Histogram::bucketOf(static_cast<std::uint64_t>(min));
    const std::uint32_t last = Histogram::bucketOf(static_cast<std::uint64_t>(max));
    return std::span(counts).subspan(first, last - first + 1);
}

}  // namespace

void LatencyMeter::fold()
{
    if (m_count == 0) {
        return;
    }
    const std::uint32_t first = Histogram::bucketOf(static_cast<std::uint64_t>(m_min));
    const std::span<const std::uint32_t> counts = touched(m_counts, m_min, m_max);
    m_before.addBuckets(first, counts, m_sum, Duration(m_min), Duration(m_max));
    std::fill_n(m_counts.begin() + first, counts.size(), 0);
    m_count = 0;
    m_sum = 0;
    m_max = 0;
    m_min = INT64_MAX;
}

void LatencyMeter::findQuantiles(IntervalLatency& interval) const
{
    struct Wanted {
        double below;
        Duration* found;
    };
    const auto count = static_cast<double>(m_count);
    const Wanted wanted[] = {
        {0.5 * count, &interval.p50}, {0.95 * count, &interval.p95}, {0.99 * count, &interval.p99}};
    const Wanted* next = std::begin(wanted);
    std::uint32_t bucket = Histogram::bucketOf(static_cast<std::uint64_t>(m_min));
    std::uint64_t below = 0;
    // Once over the buckets for all of them.
    for (const std::uint32_t here : touched(m_counts, m_min, m_max)) {
        below += here;
        while (here > 0 && next != std::end(wanted) && static_cast<double>(below) >= next->below) {
            *next->found = std::clamp(Histogram::middleOf(bucket), Duration(m_min), Duration(m_max));
            ++next;
        }
        ++bucket;
    }
}

void LatencyMeter::addInterval(const LatencyMeter& other)
{
    if (other.m_count == 0) {
        return;
    }
    std::uint32_t bucket = Histogram::bucketOf(static_cast<std::uint64_t>(other.m_min));
    for (const std::uint32_t count : touched(other.m_counts, other.m_min, other.m_max)) {
        m_counts[bucket++] += count;
    }
    m_count += other.m_count;
    m_sum += other.m_sum;
    m_min = std::min(m_min, other.m_min);
    m_max = std::max(m_max, other.m_max);
}

IntervalLatency LatencyMeter::takeInterval()
{
    IntervalLatency interval;
    if (m_count > 0) {
        interval.count = m_count;
        interval.mean = Duration(static_cast<std::int64_t>((m_sum + m_count / 2) / m_count));
        findQuantiles(interval);
        fold();
    }
    return interval;
}

Histogram LatencyMeter::whole() const
{
    LatencyMeter copy(*this);
    copy.fold();
    return copy.m_before;
}

}  // namespace neph
