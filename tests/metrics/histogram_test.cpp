#include "sim/metrics/histogram.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>
#include <string>

namespace neph {
namespace {

using testing::IsEmpty;

/// A form of latency distribution, by samples.
struct Shape {
    const char* name;
    std::int64_t (*sample)(std::mt19937_64&);
};

void PrintTo(const Shape& shape, std::ostream* out)
{
    *out << shape.name;
}

double uniform(std::mt19937_64& random)
{
    return static_cast<double>(random() >> 11) * 0x1p-53;
}

std::int64_t exponential(std::mt19937_64& random, double mean)
{
    return static_cast<std::int64_t>(-mean * std::log(1.0 - uniform(random)));
}

std::int64_t logNormal(std::mt19937_64& random, double median, double sigma)
{
    return static_cast<std::int64_t>(median * std::exp(sigma * std::normal_distribution<>()(random)));
}

// clang-format off
const std::vector<Shape> kShapes{
    {"Constant", [](std::mt19937_64&) { return std::int64_t{12'345'678}; }},
    {"FewNanoseconds", [](std::mt19937_64& r) { return static_cast<std::int64_t>(r() % 200); }},
    {"AroundTheFirstOctave", [](std::mt19937_64& r) { return static_cast<std::int64_t>(250 + r() % 20); }},
    {"UniformMilliseconds", [](std::mt19937_64& r) { return static_cast<std::int64_t>(r() % 10'000'000); }},
    {"ExponentialMilliseconds", [](std::mt19937_64& r) { return exponential(r, 5e6); }},
    {"ExponentialMinutes", [](std::mt19937_64& r) { return exponential(r, 6e10); }},
    {"LogNormal", [](std::mt19937_64& r) { return logNormal(r, 2e6, 1.0); }},
    {"LogNormalHeavy", [](std::mt19937_64& r) { return logNormal(r, 2e6, 2.5); }},
    {"TwoPeaks", [](std::mt19937_64& r) { return r() % 10 == 0 ? exponential(r, 1e9) : exponential(r, 1e6); }},
    {"ShortWithRareTimeouts", [](std::mt19937_64& r) { return r() % 1000 == 0 ? std::int64_t{30'000'000'000} : exponential(r, 3e6); }},
    {"PowersOfTwo", [](std::mt19937_64& r) { return std::int64_t{1} << (r() % 42); }},
    {"JustBelowPowersOfTwo", [](std::mt19937_64& r) { return (std::int64_t{1} << (1 + r() % 42)) - 1; }},
};
// clang-format on

class HistogramOfAShape : public testing::TestWithParam<Shape> {
protected:
    void SetUp() override
    {
        std::mt19937_64 random(42);
        for (int i = 0; i < 20'000; ++i) {
            // The range ends at 2^43 ns; what lies beyond has its own test.
            const std::int64_t ns = std::min(GetParam().sample(random), (std::int64_t{1} << 43) - 1);
            m_samples.push_back(ns);
            m_histogram.add(Duration(ns));
        }
        m_sorted = m_samples;
        std::sort(m_sorted.begin(), m_sorted.end());
    }

    std::vector<std::int64_t> m_samples;
    std::vector<std::int64_t> m_sorted;
    Histogram m_histogram;
};

TEST_P(HistogramOfAShape, GivesQuantilesWithinFourPerMilleOfTheSamples)
{
    for (const double p : {0.001, 0.01, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999, 1.0}) {
        const auto rank = static_cast<std::size_t>(std::ceil(p * static_cast<double>(m_sorted.size())));
        const auto exact = static_cast<double>(m_sorted.at(std::max<std::size_t>(rank, 1) - 1));
        const auto found = static_cast<double>(m_histogram.quantile(p).count());
        EXPECT_NEAR(found, exact, exact * 0.004) << "p = " << p;
    }
}

TEST_P(HistogramOfAShape, KeepsCountMeanAndExtremesExactly)
{
    EXPECT_EQ(m_histogram.count(), m_samples.size());
    EXPECT_EQ(m_histogram.min().count(), m_sorted.front());
    EXPECT_EQ(m_histogram.max().count(), m_sorted.back());
    const double sum = std::accumulate(m_samples.begin(), m_samples.end(), 0.0, [](double a, std::int64_t b) {
        return a + static_cast<double>(b);
    });
    EXPECT_NEAR(
        static_cast<double>(m_histogram.mean().count()), sum / static_cast<double>(m_samples.size()), 1);
}

TEST_P(HistogramOfAShape, HasBucketsThatHoldEverySample)
{
    std::uint64_t total = 0;
    std::int64_t end = 0;
    for (const Histogram::Bucket& bucket : m_histogram.buckets()) {
        EXPECT_GE(bucket.from.count(), end);
        EXPECT_GT(bucket.to, bucket.from);
        end = bucket.to.count();
        const auto from = std::lower_bound(m_sorted.begin(), m_sorted.end(), bucket.from.count());
        const auto to = std::lower_bound(m_sorted.begin(), m_sorted.end(), bucket.to.count());
        EXPECT_EQ(bucket.count, static_cast<std::uint64_t>(to - from));
        total += bucket.count;
    }
    EXPECT_EQ(total, m_samples.size());
}

TEST_P(HistogramOfAShape, IsTheSameMergedFromPartsInAnyOrder)
{
    std::mt19937_64 random(7);
    std::vector<Histogram> parts(16);
    for (const std::int64_t ns : m_samples) {
        parts[random() % parts.size()].add(Duration(ns));
    }
    for (int round = 0; round < 5; ++round) {
        std::shuffle(parts.begin(), parts.end(), random);
        Histogram merged;
        for (const Histogram& part : parts) {
            merged.merge(part);
        }
        EXPECT_EQ(merged.count(), m_histogram.count());
        EXPECT_EQ(merged.mean(), m_histogram.mean());
        EXPECT_EQ(merged.min(), m_histogram.min());
        EXPECT_EQ(merged.max(), m_histogram.max());
        for (const double p : {0.01, 0.5, 0.99, 0.999}) {
            EXPECT_EQ(merged.quantile(p), m_histogram.quantile(p));
        }
        const auto sameBucket = [](const Histogram::Bucket& a, const Histogram::Bucket& b) {
            return a.from == b.from && a.to == b.to && a.count == b.count;
        };
        const auto mergedBuckets = merged.buckets();
        const auto buckets = m_histogram.buckets();
        EXPECT_TRUE(std::equal(
            mergedBuckets.begin(), mergedBuckets.end(), buckets.begin(), buckets.end(), sameBucket));
    }
}

INSTANTIATE_TEST_SUITE_P(Latency, HistogramOfAShape, testing::ValuesIn(kShapes), [](const auto& row) {
    return row.param.name;
});

TEST(Histogram, IsEmptyAtFirst)
{
    const Histogram histogram;
    EXPECT_EQ(histogram.count(), 0u);
    EXPECT_EQ(histogram.quantile(0.5), 0ns);
    EXPECT_EQ(histogram.mean(), 0ns);
    EXPECT_EQ(histogram.min(), 0ns);
    EXPECT_EQ(histogram.max(), 0ns);
    EXPECT_THAT(histogram.buckets(), IsEmpty());
}

TEST(Histogram, TakesASampleManyTimesAtOnce)
{
    Histogram histogram;
    histogram.add(3ms, 1'000'000'000);
    EXPECT_EQ(histogram.count(), 1'000'000'000u);
    EXPECT_EQ(histogram.mean(), 3ms);
    EXPECT_EQ(histogram.quantile(0.99), 3ms);
}

TEST(Histogram, IgnoresASampleTakenNoTimes)
{
    Histogram histogram;
    histogram.add(3ms, 0);
    EXPECT_EQ(histogram.count(), 0u);
    EXPECT_EQ(histogram.max(), 0ns);
    histogram.add(5ms);
    EXPECT_EQ(histogram.min(), 5ms);
}

TEST(Histogram, CountsNegativeSamplesAsZero)
{
    Histogram histogram;
    histogram.add(-5ms);
    EXPECT_EQ(histogram.min(), 0ns);
    EXPECT_EQ(histogram.quantile(1.0), 0ns);
}

TEST(Histogram, KeepsTheMaximumOfSamplesBeyondItsRange)
{
    Histogram histogram;
    histogram.add(1ms);
    histogram.add(24h * 30);
    EXPECT_EQ(histogram.max(), 24h * 30);
    EXPECT_EQ(histogram.count(), 2u);
    EXPECT_GT(histogram.quantile(1.0), 2h);
}

TEST(Histogram, KeepsTheMeanExactOverMoreNanosecondsThanADoubleHolds)
{
    Histogram histogram;
    histogram.add(Duration(1h), 1'000'000'000);
    histogram.add(Duration(1h) + 2ns, 1'000'000'000);
    EXPECT_EQ(histogram.mean(), Duration(1h) + 1ns);
}

TEST(Histogram, CanBeCleared)
{
    Histogram histogram;
    histogram.add(3ms);
    histogram.clear();
    EXPECT_EQ(histogram.count(), 0u);
    histogram.add(1ms);
    EXPECT_EQ(histogram.max(), 1ms);
    EXPECT_EQ(histogram.min(), 1ms);
}

TEST(Histogram, MergedWithAnEmptyOneIsUnchanged)
{
    Histogram histogram;
    histogram.add(3ms);
    histogram.merge(Histogram());
    EXPECT_EQ(histogram.min(), 3ms);
    EXPECT_EQ(histogram.count(), 1u);
    Histogram other;
    other.merge(histogram);
    EXPECT_EQ(other.min(), 3ms);
}

TEST(Histogram, AddsAsManySamplesOfAShapeAsItIsAskedFor)
{
    Histogram shape;
    for (int ms = 1; ms <= 7; ++ms) {
        shape.add(std::chrono::milliseconds(ms));
    }
    Histogram histogram;
    histogram.addAs(shape.buckets(), 1'000'000);
    EXPECT_EQ(histogram.count(), 1'000'000u);
    histogram.addAs(shape.buckets(), 3);
    EXPECT_EQ(histogram.count(), 1'000'003u);
}

TEST(Histogram, IsDistributedAsTheShapeItTookSamplesOf)
{
    Histogram shape;
    shape.add(1ms, 90);
    shape.add(50ms, 9);
    shape.add(2s, 1);
    Histogram histogram;
    histogram.addAs(shape.buckets(), 1e9);
    for (const double p : {0.5, 0.9, 0.99, 1.0}) {
        EXPECT_NEAR(
            milliseconds(histogram.quantile(p)), milliseconds(shape.quantile(p)),
            0.004 * milliseconds(shape.quantile(p)))
            << "p = " << p;
    }
}

}  // namespace
}  // namespace neph
