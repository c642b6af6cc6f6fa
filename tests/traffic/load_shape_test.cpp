#include "sim/traffic/load_shape.h"

namespace neph {
namespace {

LoadShape shapeOf(const std::string& kind)
{
    LoadShape shape;
    shape.kind = kind;
    shape.rate = 10;
    shape.peakRate = 50;
    shape.start = 100s;
    shape.ramp = 200s;
    return shape;
}

TEST(AConstantLoad, IsTheSameAtAllTimes)
{
    const RateProfile profile = rateProfileOf(shapeOf("constant"));
    EXPECT_EQ(profile.at(0s), 10);
    EXPECT_EQ(profile.at(100h), 10);
}

TEST(ARamp, GoesInAStraightLineFromBaseToPeakAndStays)
{
    const RateProfile profile = rateProfileOf(shapeOf("ramp"));
    EXPECT_EQ(profile.at(100s), 10);
    EXPECT_NEAR(profile.at(200s), 30, 1e-9);
    EXPECT_NEAR(profile.at(1h), 50, 1e-9);
}

TEST(AStep, JumpsAtItsMoment)
{
    const RateProfile profile = rateProfileOf(shapeOf("step"));
    EXPECT_EQ(profile.at(99s), 10);
    EXPECT_EQ(profile.at(101s), 50);
}

TEST(ASpike, EndsAfterItsLength)
{
    const RateProfile profile = rateProfileOf(shapeOf("spike"));
    EXPECT_EQ(profile.at(299s), 50);
    EXPECT_EQ(profile.at(301s), 10);
    EXPECT_NEAR(profile.expected(0s, 400s), 100 * 10 + 200 * 50 + 100 * 10, 1e-6);
}

TEST(ADay, IsLowestAtItsEndsAndHighestInItsMiddleAndComesAgain)
{
    const RateProfile profile = rateProfileOf(shapeOf("daily"));
    EXPECT_NEAR(profile.at(0h), 10, 1e-9);
    EXPECT_NEAR(profile.at(12h), 50, 1e-9);
    EXPECT_NEAR(profile.at(36h), 50, 1e-9);
    EXPECT_NEAR(profile.at(6h), profile.at(18h), 1e-9);
}

TEST(AWeek, HasQuieterDaysAtItsEnd)
{
    LoadShape shape = shapeOf("weekly");
    shape.weekendShare = 0.4;
    const RateProfile profile = rateProfileOf(shape);
    EXPECT_NEAR(profile.at(12h), 50, 1e-9);
    EXPECT_NEAR(profile.at(5 * 24h + 12h), 20, 1e-9);
    EXPECT_NEAR(profile.at(7 * 24h + 12h), 50, 1e-9);
}

TEST(ATrace, IsLinearBetweenWhatWasRecorded)
{
    const TrafficTrace trace{"monday", {{0, 10}, {60, 70}}, Value::object()};
    LoadShape shape = shapeOf("trace");
    shape.trace = &trace;
    EXPECT_NEAR(rateProfileOf(shape).at(30s), 40, 1e-9);
}

TEST(ATraceThatIsNotThere, SendsNothing)
{
    EXPECT_EQ(rateProfileOf(shapeOf("trace")).expected(0s, 1h), 0);
}

}  // namespace
}  // namespace neph
