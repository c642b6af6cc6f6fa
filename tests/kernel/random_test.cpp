#include "sim/kernel/random.h"

#include <array>
#include <cmath>
#include <cstdint>
#include <functional>
#include <vector>

#include <boost/math/distributions/chi_squared.hpp>
#include <boost/math/distributions/normal.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/kernel/goodness_of_fit.h"

namespace neph {
namespace {

TEST(RandomStream, IsPhilox4x64)
{
    // Known answer of Random123 1.14, tests/kat_vectors: philox4x64 10, counter 0, key 0.
    RandomStream random(0, 0);
    EXPECT_EQ(random.next(), 0x16554d9eca36314cu);
    EXPECT_EQ(random.next(), 0xdb20fe9d672d0fdcu);
    EXPECT_EQ(random.next(), 0xd7e772cee186176bu);
    EXPECT_EQ(random.next(), 0x7e68b68aec7ba23bu);
}

TEST(RandomStream, RepeatsItselfForTheSameSeedAndStream)
{
    RandomStream first(5, 6);
    RandomStream second(5, 6);
    for (int i = 0; i < 1000; ++i) {
        ASSERT_EQ(first.next(), second.next());
    }
}

TEST(RandomStream, DoesNotDependOnOtherStreams)
{
    RandomStream alone(5, 6);
    RandomStream accompanied(5, 6);
    RandomStream other(5, 7);
    for (int i = 0; i < 100; ++i) {
        other.next();
        ASSERT_EQ(alone.next(), accompanied.next());
    }
}

TEST(RandomStream, DiffersBetweenSeedsAndBetweenStreams)
{
    RandomStream base(1, 2);
    RandomStream otherSeed(2, 2);
    RandomStream otherStream(1, 3);
    const std::uint64_t draw = base.next();
    EXPECT_NE(draw, otherSeed.next());
    EXPECT_NE(draw, otherStream.next());
}

TEST(RandomStream, IsSmall)
{
    EXPECT_LE(sizeof(RandomStream), 128u);
}

TEST(RandomStream, KeepsItsPositionWhenCopied)
{
    RandomStream random(1, 2);
    random.next();
    RandomStream copy = random;
    EXPECT_EQ(copy.next(), random.next());
}

TEST(RandomStream, YieldsTheSameValuesOnEveryMachine)
{
    // Recorded once; a change here changes every saved result.
    RandomStream random(2024, streamId("orders", "service time"));
    EXPECT_EQ(random.uniform(), 0x1.7ec48d66ccf2ap-2);
    EXPECT_EQ(random.exponential(), 0x1.3df28eba82d27p-3);
    EXPECT_EQ(random.normal(), 0x1.9d0f4394cd84cp+0);
    EXPECT_EQ(random.below(1'000'000), 865'032u);
}

TEST(StreamId, IsStable)
{
    EXPECT_EQ(streamId("orders", "service time"), 0x1574'b172'8752'88f6u);
}

TEST(StreamId, SeparatesEntityAndPurpose)
{
    EXPECT_NE(streamId("ab", "c"), streamId("a", "bc"));
    EXPECT_NE(streamId("a", "b"), streamId("b", "a"));
}

TEST(RandomStream, IsUniform)
{
    RandomStream random(1, 1);
    EXPECT_GT(kolmogorovSmirnov([&] { return random.uniform(); }, [](double x) { return x; }), kTooUnlikely);
}

TEST(RandomStream, IsExponential)
{
    RandomStream random(1, 2);
    EXPECT_GT(
        kolmogorovSmirnov([&] { return random.exponential(); }, [](double x) { return 1 - std::exp(-x); }),
        kTooUnlikely);
}

TEST(RandomStream, IsNormal)
{
    RandomStream random(1, 3);
    const boost::math::normal law;
    EXPECT_GT(
        kolmogorovSmirnov([&] { return random.normal(); }, [&](double x) { return cdf(law, x); }),
        kTooUnlikely);
}

TEST(RandomStream, HasTheTailOfTheExponentialLaw)
{
    // Beyond the ziggurat's edge of 7.697: e^-8 of all draws exceed 8, and they are 9 on average.
    RandomStream random(1, 4);
    constexpr int kDraws = 20'000'000;
    int beyond = 0;
    double sum = 0;
    for (int i = 0; i < kDraws; ++i) {
        const double x = random.exponential();
        beyond += x > 8 ? 1 : 0;
        sum += x > 8 ? x : 0;
    }
    const double expected = kDraws * std::exp(-8.0);
    EXPECT_NEAR(beyond, expected, 5 * std::sqrt(expected));
    EXPECT_NEAR(sum / beyond, 9, 5 / std::sqrt(expected));
}

TEST(RandomStream, HasBothTailsOfTheNormalLaw)
{
    RandomStream random(1, 5);
    constexpr int kDraws = 20'000'000;
    int above = 0;
    int below = 0;
    for (int i = 0; i < kDraws; ++i) {
        const double x = random.normal();
        above += x > 3.7 ? 1 : 0;
        below += x < -3.7 ? 1 : 0;
    }
    const double expected = kDraws * cdf(complement(boost::math::normal(), 3.7));
    EXPECT_NEAR(above, expected, 5 * std::sqrt(expected));
    EXPECT_NEAR(below, expected, 5 * std::sqrt(expected));
}

TEST(RandomStream, DrawsEveryNumberBelowALimitEquallyOften)
{
    RandomStream random(1, 6);
    std::vector<double> expected(7, 1.0 / 7);
    EXPECT_GT(chiSquare([&] { return random.below(7); }, expected), kTooUnlikely);
}

TEST(RandomStream, DrawsOnlyZeroBelowOne)
{
    RandomStream random(1, 7);
    EXPECT_EQ(random.below(1), 0u);
}

TEST(RandomStream, StaysInsideTheOpenUnitInterval)
{
    // The extreme draws, by the formula of uniform().
    EXPECT_GT((0 + 0.5) * 0x1p-52, 0.0);
    EXPECT_LT((static_cast<double>(~std::uint64_t{0} >> 12) + 0.5) * 0x1p-52, 1.0);
}

}  // namespace
}  // namespace neph
