#include "sim/metrics/histogram.h"

#include <algorithm>

namespace neph {

std::int64_t Histogram::lowerBound(std::uint32_t bucket)
{
    if (bucket < 2 * kSub) {
        return bucket;
    }
    const std::uint32_t shift = (bucket >> kBitsPerOctave) - 1;
    return static_cast<std::int64_t>(static_cast<std::uint64_t>(kSub + (bucket & (kSub - 1))) << shift);
}

void Histogram::merge(const Histogram& other)
{
    for (std::uint32_t i = 0; i < kBuckets; ++i) {
        m_counts[i] += other.m_counts[i];
    }
    m_count += other.m_count;
    m_sum += other.m_sum;
    m_max = std::max(m_max, other.m_max);
    m_min = std::min(m_min, other.m_min);
}

Duration Histogram::middleOf(std::uint32_t bucket)
{
    return Duration((lowerBound(bucket) + lowerBound(bucket + 1)) / 2);
}

void Histogram::addBuckets(
    std::uint32_t first, std::span<const std::uint32_t> counts, UInt128 sum, Duration min, Duration max)
{
    for (std::size_t i = 0; i < counts.size(); ++i) {
        m_counts[first + i] += counts[i];
        m_count += counts[i];
    }
    m_sum += sum;
    m_min = std::min(m_min, min.count());
    m_max = std::max(m_max, max.count());
}

void Histogram::addAs(std::span<const Bucket> shape, double count)
{
    std::uint64_t all = 0;
    for (const Bucket& bucket : shape) {
        all += bucket.count;
    }
    // Shares of a count add up to it: what rounding leaves over goes to the next bucket.
    const double each = count / static_cast<double>(all);
    double due = 0;
    for (const Bucket& bucket : shape) {
        due += each * static_cast<double>(bucket.count);
        const auto whole = static_cast<std::uint64_t>(std::max(0.0, due + 0.5));
        add((bucket.from + bucket.to) / 2, whole);
        due -= static_cast<double>(whole);
    }
}

void Histogram::clear()
{
    std::fill(m_counts.begin(), m_counts.end(), 0);
    m_count = 0;
    m_sum = 0;
    m_max = 0;
    m_min = INT64_MAX;
}

Duration Histogram::mean() const
{
    return m_count == 0 ? Duration(0) : Duration(static_cast<std::int64_t>((m_sum + m_count / 2) / m_count));
}

Duration Histogram::quantile(double p) const
{
    if (m_count == 0) {
        return Duration(0);
    }
    const double wanted = p * static_cast<double>(m_count);
    std::uint64_t below = 0;
    for (std::uint32_t i = 0; i < kBuckets; ++i) {
        below += m_counts[i];
        if (m_counts[i] > 0 && static_cast<double>(below) >= wanted) {
            const std::int64_t middle = (lowerBound(i) + lowerBound(i + 1)) / 2;
            return Duration(std::clamp(middle, m_min, m_max));
        }
    }
    return Duration(m_max);
}

std::vector<Histogram::Bucket> Histogram::buckets() const
{
    std::vector<Bucket> found;
    for (std::uint32_t i = 0; i < kBuckets; ++i) {
        if (m_counts[i] > 0) {
            found.push_back({Duration(lowerBound(i)), Duration(lowerBound(i + 1)), m_counts[i]});
        }
    }
    return found;
}

}  // namespace neph
