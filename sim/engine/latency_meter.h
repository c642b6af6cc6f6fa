#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "sim/base/units.h"
#include "sim/metrics/histogram.h"

namespace neph {

/// How long requests took, in numbers a chart wants for each interval.
struct IntervalLatency {
    std::uint64_t count = 0;
    std::uint64_t errors = 0;
    Duration mean{0};
    Duration p50{0};
    Duration p95{0};
    Duration p99{0};
};

/// Latencies of the running interval and of the whole run for the price of one: a sample is counted in the
/// interval, and an interval is added to the whole when it ends.
class LatencyMeter {
public:
    LatencyMeter() : m_counts(Histogram::kBuckets, 0) {}

    void add(Duration sample)
    {
        const std::int64_t ns = sample.count();
        const std::uint32_t bucket = Histogram::bucketOf(static_cast<std::uint64_t>(ns));
        ++m_counts[bucket];
        m_sum += static_cast<std::uint64_t>(ns);
        if (ns > m_max) [[unlikely]] {
            m_max = ns;
        }
        if (ns < m_min) [[unlikely]] {
            m_min = ns;
        }
        if (++m_count == kMostInAnInterval) [[unlikely]] {
            fold();
        }
    }

    /// Adds sampleOf(0), ..., sampleOf(count - 1), in nanoseconds.
    template <class SampleOf>
    void addMany(std::size_t count, SampleOf sampleOf)
    {
        std::uint64_t sum = 0;
        std::int64_t max = m_max;
        std::int64_t min = m_min;
        std::uint32_t* counts = m_counts.data();
        for (std::size_t i = 0; i < count; ++i) {
            const std::int64_t ns = sampleOf(i);
            ++counts[Histogram::bucketOf(static_cast<std::uint64_t>(ns))];
            sum += static_cast<std::uint64_t>(ns);
            max = ns > max ? ns : max;
            min = ns < min ? ns : min;
        }
        m_sum += sum;
        m_max = max;
        m_min = min;
        m_count += count;
        if (m_count >= kMostInAnInterval) [[unlikely]] {
            fold();
        }
    }

    /// Ends the interval and says what was in it (`errors` is the caller's).
    IntervalLatency takeInterval();

    /// Adds what `other` has counted in its running interval to this one's.
    void addInterval(const LatencyMeter& other);

    /// Everything since the start.
    Histogram whole() const;
    std::uint64_t count() const { return m_before.count() + m_count; }

private:
    static constexpr std::uint64_t kMostInAnInterval = 1ULL << 31;

    void fold();
    void findQuantiles(IntervalLatency& interval) const;

    std::vector<std::uint32_t> m_counts;
    std::uint64_t m_count = 0;
    std::uint64_t m_sum = 0;
    std::int64_t m_max = 0;
    std::int64_t m_min = INT64_MAX;
    Histogram m_before;  ///< The intervals that have ended.
};

}  // namespace neph
