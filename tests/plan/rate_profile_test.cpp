#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/kernel/random.h"
#include "sim/plan/rate_profile.h"

namespace neph {
namespace {

RateProfile ramp()
{
    // 0 to 100 over ten seconds, a jump to 20, and so on for ever.
    return {.corners = {{0s, 0}, {10s, 100}, {10s, 20}}, .period = 0s};
}

RateProfile everyMinute()
{
    return {.corners = {{0s, 10}, {30s, 50}, {60s, 10}}, .period = 60s};
}

TEST(RateProfile, IsLinearBetweenItsCorners)
{
    EXPECT_DOUBLE_EQ(ramp().at(5s), 50);
    EXPECT_DOUBLE_EQ(ramp().at(2500ms), 25);
}

TEST(RateProfile, JumpsWhereTwoCornersShareAMoment)
{
    EXPECT_DOUBLE_EQ(ramp().at(10s), 20);
    EXPECT_NEAR(ramp().at(10s - 1ns), 100, 1e-6);
}

TEST(RateProfile, StaysConstantAfterItsLastCorner)
{
    EXPECT_DOUBLE_EQ(ramp().at(1h), 20);
}

TEST(RateProfile, RepeatsWithItsPeriod)
{
    EXPECT_DOUBLE_EQ(everyMinute().at(15s), 30);
    EXPECT_DOUBLE_EQ(everyMinute().at(10min + 15s), 30);
}

TEST(RateProfile, CountsWhatIsExpectedExactly)
{
    EXPECT_DOUBLE_EQ(ramp().expected(0s, 10s), 500);
    EXPECT_DOUBLE_EQ(ramp().expected(0s, 5s), 125);
    EXPECT_DOUBLE_EQ(ramp().expected(5s, 15s), 375 + 100);
    EXPECT_DOUBLE_EQ(everyMinute().expected(0s, 60s), 1800);
    EXPECT_DOUBLE_EQ(everyMinute().expected(15s, 10min + 15s), 18'000);
}

TEST(RateProfile, FindsTheMomentByWhichSoManyHaveCome)
{
    EXPECT_EQ(ramp().after(0s, 125), 5s);
    EXPECT_EQ(ramp().after(5s, 375 + 40), 12s);
    EXPECT_EQ(everyMinute().after(0s, 1800 * 100), 6000s);
}

TEST(RateProfile, NeverComesToRequestsThatItDoesNotExpect)
{
    EXPECT_EQ(RateProfile{}.after(0s, 1), kNever);
    EXPECT_EQ(RateProfile::constant(0).after(0s, 1), kNever);
    const RateProfile ends{.corners = {{0s, 10}, {10s, 0}}, .period = 0s};
    EXPECT_EQ(ends.after(0s, 51), kNever);
    EXPECT_LE(ends.after(0s, 49.9), 10s);
}

TEST(RateProfile, InvertsItsOwnIntegral)
{
    RandomStream random(1, 1);
    for (int i = 0; i < 2000; ++i) {
        const Time from = fromSeconds(500 * random.uniform());
        const double amount = 3000 * random.uniform();
        EXPECT_NEAR(everyMinute().expected(from, everyMinute().after(from, amount)), amount, 1e-6);
    }
}

TEST(RateCursor, GivesTheSameMomentsAsASearchBitForBit)
{
    const RateProfile profile = everyMinute();
    RateCursor cursor(profile);
    RandomStream random(2, 2);
    Time at{0};
    for (int i = 0; i < 20'000; ++i) {
        const double amount = random.exponential();
        const Time next = cursor.after(at, amount);
        ASSERT_EQ(next, profile.after(at, amount));
        ASSERT_GE(next, at);
        at = next;
    }
}

}  // namespace
}  // namespace neph
