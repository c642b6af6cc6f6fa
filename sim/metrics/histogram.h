#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <span>
#include <vector>

#include "sim/base/int128.h"
#include "sim/base/units.h"

namespace neph {

/// Latencies in log-linear buckets with integer counts: 128 buckets per octave, so a quantile is at most
/// 0.4 % from the sample it stands for. Counts merge in any order to the same result.
///
/// Range: 0 to 2^43 ns (2.4 hours); longer samples count in the last bucket, `max()` stays exact.
class Histogram {
public:
    Histogram() : m_counts(kBuckets, 0) {}

    void add(Duration sample) { add(sample, 1); }
    void add(Duration sample, std::uint64_t times)
    {
        if (times == 0) {
            return;
        }
        const std::int64_t ns = sample.count() < 0 ? 0 : sample.count();
        m_counts[bucketOf(static_cast<std::uint64_t>(ns))] += times;
        m_count += times;
        m_sum += UInt128{static_cast<std::uint64_t>(ns)} * times;
        m_max = ns > m_max ? ns : m_max;
        m_min = ns < m_min ? ns : m_min;
    }
    void merge(const Histogram& other);
    void clear();

    std::uint64_t count() const { return m_count; }
    Duration mean() const;
    Duration max() const { return Duration(m_max); }
    Duration min() const { return Duration(m_count == 0 ? 0 : m_min); }
    /// The smallest bucket midpoint below which a share `p` of the samples lies (0 < p <= 1); zero if empty.
    Duration quantile(double p) const;

    /// Non-empty buckets as (lower bound, upper bound, count), for charts.
    struct Bucket {
        Duration from;
        Duration to;
        std::uint64_t count;
    };
    std::vector<Bucket> buckets() const;
    /// Adds `count` samples that are distributed as in `shape` (not empty), each in the middle of its bucket.
    void addAs(std::span<const Bucket> shape, double count);

    // For who counts in buckets of its own and adds them up later.
    static constexpr int kBitsPerOctave = 7;
    static constexpr std::uint32_t kSub = 1u << kBitsPerOctave;
    static constexpr std::uint32_t kOctaves = 43 - kBitsPerOctave;
    static constexpr std::uint32_t kBuckets = (kOctaves + 1) * kSub;

    static std::uint32_t bucketOf(std::uint64_t ns)
    {
        if (ns < 2 * kSub) {
            return static_cast<std::uint32_t>(ns);
        }
        const int shift = 63 - std::countl_zero(ns) - kBitsPerOctave;
        const std::uint64_t bucket = (static_cast<std::uint64_t>(shift) << kBitsPerOctave) + (ns >> shift);
        return bucket >= kBuckets ? kBuckets - 1 : static_cast<std::uint32_t>(bucket);
    }
    /// The sample that stands for a bucket.
    static Duration middleOf(std::uint32_t bucket);
    /// Adds samples that were counted elsewhere: `counts` from bucket `first` on, with their exact sum in
    /// nanoseconds and extremes. Not empty.
    void addBuckets(
        std::uint32_t first, std::span<const std::uint32_t> counts, UInt128 sum, Duration min, Duration max);

private:
    static std::int64_t lowerBound(std::uint32_t bucket);

    std::vector<std::uint64_t> m_counts;
    std::uint64_t m_count = 0;
    UInt128 m_sum = 0;  ///< Of whole nanoseconds: exact, so that the mean does not depend on the order.
    std::int64_t m_max = 0;
    std::int64_t m_min = INT64_MAX;
};

}  // namespace neph
