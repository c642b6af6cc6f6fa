#include "sim/cost/lcu.h"

namespace neph {
namespace {

constexpr LcuAllowances kAllowances{25, 3000, 1'000'000'000, 1000, 10};

Quantity hundredths(std::int64_t n)
{
    return Quantity::ratio(n, 100);
}

// Elastic Load Balancing pricing page, example 1: one connection a second of two minutes, 5 requests a
// second, 300 KB a second, 60 rules.
TEST(CapacityUnits, OfThePagesFirstExampleAreAsPrinted)
{
    const LcuHours hours = lcuPerHour(
        {3600, 120 * 3600, 1'080'000'000, ruleEvaluations(5 * 3600, 60, kAllowances)}, kAllowances);
    EXPECT_EQ(hours.newConnections, hundredths(4));
    EXPECT_EQ(hours.activeConnections, hundredths(4));
    EXPECT_EQ(hours.bytes, hundredths(108));
    EXPECT_EQ(hours.ruleEvaluations, hundredths(25));
    EXPECT_EQ(hours.billed(), hundredths(108));
    EXPECT_STREQ(hours.billedDimension(), "bytes");
}

// Example 2: 100 connections a second of three minutes, 4 requests a second each, 1,000 bytes each, 20 rules.
TEST(CapacityUnits, OfThePagesSecondExampleAreSixForActiveConnections)
{
    const LcuHours hours = lcuPerHour(
        {360'000, 18'000 * 3600, 360'000'000, ruleEvaluations(400 * 3600, 20, kAllowances)}, kAllowances);
    EXPECT_EQ(hours.newConnections, Quantity::of(4));
    EXPECT_EQ(hours.activeConnections, Quantity::of(6));
    EXPECT_EQ(hours.bytes, hundredths(36));
    EXPECT_EQ(hours.ruleEvaluations, Quantity::of(4));
    EXPECT_EQ(hours.billed(), Quantity::of(6));
    EXPECT_STREQ(hours.billedDimension(), "active connections");
}

TEST(CapacityUnits, AreNothingForAnIdleLoadBalancer)
{
    EXPECT_EQ(lcuPerHour({}, kAllowances).billed(), Quantity());
}

TEST(CapacityUnits, NameTheDimensionThatIsBilled)
{
    EXPECT_STREQ(lcuPerHour({.newConnections = 1'000}, kAllowances).billedDimension(), "new connections");
    EXPECT_STREQ(lcuPerHour({.ruleEvaluations = 1'000}, kAllowances).billedDimension(), "rule evaluations");
}

TEST(RuleEvaluations, AreFreeUpToTenRules)
{
    EXPECT_EQ(ruleEvaluations(1'000'000, 10, kAllowances), 0);
    EXPECT_EQ(ruleEvaluations(1'000'000, 3, kAllowances), 0);
    EXPECT_EQ(ruleEvaluations(1'000'000, 11, kAllowances), 1'000'000);
}

}  // namespace
}  // namespace neph
