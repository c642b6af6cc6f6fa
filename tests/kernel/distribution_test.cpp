#include "sim/kernel/distribution.h"

#include <cmath>
#include <functional>
#include <numeric>
#include <ostream>
#include <vector>

#include <boost/math/distributions/exponential.hpp>
#include <boost/math/distributions/gamma.hpp>
#include <boost/math/distributions/lognormal.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/kernel/goodness_of_fit.h"

namespace neph {
namespace {

using testing::ElementsAre;

constexpr double kLogTwo = 0.6931471805599453;

/// A distribution, its parameters as promised, and its distribution function by other means.
struct Example {
    const char* name;
    Distribution distribution;
    double mean;
    double scv;
    std::function<double(double)> cdf;
};

void PrintTo(const Example& example, std::ostream* out)
{
    *out << example.name;
}

class DistributionOf : public testing::TestWithParam<Example> {};

TEST_P(DistributionOf, HasTheMeanAndVariationItSays)
{
    EXPECT_NEAR(GetParam().distribution.mean(), GetParam().mean, 1e-12 * GetParam().mean);
    EXPECT_NEAR(GetParam().distribution.scv(), GetParam().scv, 1e-12);
}

TEST_P(DistributionOf, DrawsSamplesWithItsMean)
{
    constexpr int kDraws = 400'000;
    RandomStream random(3, 1);
    double sum = 0;
    for (int i = 0; i < kDraws; ++i) {
        sum += GetParam().distribution.sample(random);
    }
    const double standardError = GetParam().mean * std::sqrt(GetParam().scv / kDraws);
    EXPECT_NEAR(sum / kDraws, GetParam().mean, 5 * standardError);
}

TEST_P(DistributionOf, DrawsSamplesOfItsLaw)
{
    RandomStream random(3, 2);
    const Distribution& law = GetParam().distribution;
    EXPECT_GT(kolmogorovSmirnov([&] { return law.sample(random); }, GetParam().cdf), kTooUnlikely);
}

TEST_P(DistributionOf, HasQuantilesThatInvertItsLaw)
{
    for (const double p : {0.001, 0.1, 0.5, 0.9, 0.99, 0.9999}) {
        EXPECT_NEAR(GetParam().cdf(GetParam().distribution.quantile(p)), p, 1e-10);
    }
}

TEST_P(DistributionOf, RepeatsItselfForTheSameStream)
{
    RandomStream first(9, 9);
    RandomStream second(9, 9);
    const Distribution copy = GetParam().distribution;
    for (int i = 0; i < 1000; ++i) {
        ASSERT_EQ(GetParam().distribution.sample(first), copy.sample(second));
    }
}

double twoPhases(double x, double p, double first, double second)
{
    return 1 - p * std::exp(-x / first) - (1 - p) * std::exp(-x / second);
}

double erlangCdf(double x, double phases, double mean)
{
    return cdf(boost::math::gamma_distribution<>(phases, mean / phases), x);
}

double halfOfEachThird(double x)
{
    return x < 1 ? 0 : x < 2 ? 0.2 + 0.3 * (x - 1) : x < 4 ? 0.5 + 0.25 * (x - 2) : 1;
}

// Balanced two phases with scv 3: p = (1 + sqrt(2/4)) / 2, each phase contributes half of the mean.
const double kFirstPhase = 0.5 * (1 + std::sqrt(0.5));

// clang-format off
INSTANTIATE_TEST_SUITE_P(Kind, DistributionOf, testing::Values(
    Example{"Exponential", Distribution::exponential(2.5), 2.5, 1,
            [](double x) { return cdf(boost::math::exponential(1 / 2.5), x); }},
    Example{"Uniform", Distribution::uniform(1, 4), 2.5, 9.0 / 12 / 6.25, [](double x) { return (x - 1) / 3; }},
    // scv 1 means sigma^2 = ln 2, and the median is the mean / sqrt(2).
    Example{"LogNormal", Distribution::logNormal(2.5, 1), 2.5, 1,
            [](double x) { return cdf(boost::math::lognormal(std::log(2.5) - kLogTwo / 2, std::sqrt(kLogTwo)), x); }},
    Example{"Erlang4", Distribution::erlang(4, 2.5), 2.5, 0.25, [](double x) { return erlangCdf(x, 4, 2.5); }},
    Example{"Erlang13", Distribution::erlang(13, 2.5), 2.5, 1.0 / 13, [](double x) { return erlangCdf(x, 13, 2.5); }},
    Example{"Erlang500", Distribution::erlang(500, 2.5), 2.5, 0.002, [](double x) { return erlangCdf(x, 500, 2.5); }},
    Example{"HyperExponential", Distribution::hyperExponential(2.5, 3), 2.5, 3,
            [](double x) { return twoPhases(x, kFirstPhase, 1.25 / kFirstPhase, 1.25 / (1 - kFirstPhase)); }},
    Example{"HyperExponentialWithScvOne", Distribution::hyperExponential(2.5, 1), 2.5, 1,
            [](double x) { return 1 - std::exp(-x / 2.5); }}),
    [](const auto& example) { return example.param.name; });
// clang-format on

TEST(ConstantDistribution, IsAlwaysItsValue)
{
    RandomStream random(1, 1);
    const Distribution law = Distribution::constant(0.25);
    EXPECT_EQ(law.sample(random), 0.25);
    EXPECT_EQ(law.mean(), 0.25);
    EXPECT_EQ(law.scv(), 0.0);
    EXPECT_EQ(law.quantile(0.99), 0.25);
}

TEST(ConstantDistribution, UsesNoRandomNumbers)
{
    RandomStream random(1, 1);
    RandomStream untouched(1, 1);
    Distribution::constant(1).sample(random);
    EXPECT_EQ(random.next(), untouched.next());
}

TEST(ConstantDistribution, IsALogNormalWithoutVariation)
{
    EXPECT_EQ(Distribution::logNormal(3, 0).kind(), Distribution::Kind::Constant);
}

TEST(EmpiricalDistribution, DrawsItsValuesByWeight)
{
    RandomStream random(4, 1);
    const Distribution law = Distribution::empirical({{2, 3}, {0, 5}, {1, 0}, {3, 2}});
    const auto draw = [&] { return static_cast<std::size_t>(law.sample(random)); };
    EXPECT_GT(chiSquare(draw, {0.5, 0, 0.3, 0.2}), kTooUnlikely);
}

TEST(EmpiricalDistribution, HasTheMomentsOfItsValues)
{
    // Mean 0.5*0 + 0.3*2 + 0.2*3 = 1.2; second moment 0.3*4 + 0.2*9 = 3; scv = 3/1.44 - 1.
    const Distribution law = Distribution::empirical({{2, 3}, {0, 5}, {3, 2}});
    EXPECT_DOUBLE_EQ(law.mean(), 1.2);
    EXPECT_DOUBLE_EQ(law.scv(), 3 / 1.44 - 1);
}

TEST(EmpiricalDistribution, HasStepsForQuantiles)
{
    const Distribution law = Distribution::empirical({{2, 3}, {0, 5}, {3, 2}});
    EXPECT_EQ(law.quantile(0.49), 0.0);
    EXPECT_EQ(law.quantile(0.51), 2.0);
    EXPECT_EQ(law.quantile(0.81), 3.0);
}

TEST(LinearEmpiricalDistribution, DrawsBetweenItsValues)
{
    RandomStream random(4, 2);
    const Distribution law = Distribution::empiricalLinear({{1, 2}, {2, 3}, {4, 5}});
    int atLowest = 0;
    int upToTwo = 0;
    constexpr int kDraws = 100'000;
    for (int i = 0; i < kDraws; ++i) {
        const double x = law.sample(random);
        ASSERT_TRUE(x >= 1 && x <= 4);
        atLowest += x == 1 ? 1 : 0;
        upToTwo += x <= 2 ? 1 : 0;
    }
    EXPECT_NEAR(atLowest, 0.2 * kDraws, 5 * std::sqrt(0.16 * kDraws));
    EXPECT_NEAR(upToTwo, 0.5 * kDraws, 5 * std::sqrt(0.25 * kDraws));
}

TEST(LinearEmpiricalDistribution, InterpolatesQuantiles)
{
    const Distribution law = Distribution::empiricalLinear({{1, 2}, {2, 3}, {4, 5}});
    for (const double p : {0.3, 0.5, 0.75, 0.999}) {
        EXPECT_NEAR(halfOfEachThird(law.quantile(p)), p, 1e-12);
    }
    EXPECT_EQ(law.quantile(0.1), 1.0);
}

TEST(LinearEmpiricalDistribution, HasTheMomentsOfItsPieces)
{
    // 0.2 at 1; 0.3 evenly over 1..2: mean 1.5, square 7/3; 0.5 evenly over 2..4: mean 3, square 28/3.
    const Distribution law = Distribution::empiricalLinear({{1, 2}, {2, 3}, {4, 5}});
    const double mean = 0.2 + 0.3 * 1.5 + 0.5 * 3;
    const double square = 0.2 + 0.3 * 7 / 3 + 0.5 * 28 / 3;
    EXPECT_NEAR(law.mean(), mean, 1e-12);
    EXPECT_NEAR(law.scv(), square / (mean * mean) - 1, 1e-12);
}

TEST(Distribution, DrawsDurationsFromSeconds)
{
    RandomStream random(1, 1);
    EXPECT_EQ(Distribution::constant(0.25).sampleSeconds(random), 250ms);
    EXPECT_EQ(Distribution::constant(-1).sampleSeconds(random), 0ns);
}

TEST(AliasTable, DrawsIndicesByWeight)
{
    RandomStream random(4, 3);
    const AliasTable table({1, 0, 2, 3, 0, 4});
    EXPECT_GT(chiSquare([&] { return table.draw(random); }, {0.1, 0, 0.2, 0.3, 0, 0.4}), kTooUnlikely);
}

TEST(AliasTable, DrawsTheOnlyIndexThereIs)
{
    RandomStream random(4, 4);
    const AliasTable table({0.1});
    EXPECT_EQ(table.draw(random), 0u);
}

TEST(AliasTable, DrawsAThousandZipfianIndicesByWeight)
{
    RandomStream random(4, 5);
    const std::vector<double> weights = zipfWeights(1000, 1.1);
    const AliasTable table(weights);
    EXPECT_GT(chiSquare([&] { return table.draw(random); }, weights), kTooUnlikely);
}

TEST(AliasTableDeathTest, RefusesWeightsThatAreNone)
{
    EXPECT_DEATH(AliasTable({}), "weights");
    EXPECT_DEATH(AliasTable({0, 0}), "weights");
    EXPECT_DEATH(AliasTable({1, -1}), "weights");
    EXPECT_DEATH(AliasTable({1, std::nan("")}), "weights");
}

TEST(ZipfWeights, FallWithTheRank)
{
    // 1 : 1/2 : 1/3, which sum to 11/6.
    EXPECT_THAT(
        zipfWeights(3, 1),
        ElementsAre(testing::DoubleEq(6.0 / 11), testing::DoubleEq(3.0 / 11), testing::DoubleEq(2.0 / 11)));
}

TEST(ZipfWeights, AreEqualForExponentZero)
{
    EXPECT_THAT(zipfWeights(2, 0), ElementsAre(0.5, 0.5));
}

}  // namespace
}  // namespace neph
