#include "sim/base/units.h"

#include <limits>

namespace neph {
namespace {

TEST(SecondsToTime, GoToTheNearestNanosecond)
{
    EXPECT_EQ(fromSeconds(1.5), 1500ms);
    EXPECT_EQ(fromSeconds(0.0000000014), 1ns);
    EXPECT_EQ(fromSeconds(0.0000000016), 2ns);
}

TEST(SecondsToTime, OfNonsenseAreZero)
{
    EXPECT_EQ(fromSeconds(-1), 0ns);
    EXPECT_EQ(fromSeconds(std::numeric_limits<double>::quiet_NaN()), 0ns);
    EXPECT_EQ(fromSeconds(-std::numeric_limits<double>::infinity()), 0ns);
}

TEST(SecondsToTime, AreCappedWhereADoubleLosesNanoseconds)
{
    EXPECT_EQ(fromSeconds(std::numeric_limits<double>::infinity()).count(), std::int64_t{1} << 53);
    EXPECT_EQ(fromSeconds(1e300).count(), std::int64_t{1} << 53);
    EXPECT_GT(fromSeconds(1e300), 104 * 24h);
}

TEST(TimeToSeconds, IsExactForWholeMilliseconds)
{
    EXPECT_EQ(seconds(1250ms), 1.25);
    EXPECT_EQ(milliseconds(1250us), 1.25);
}

TEST(Never, IsAfterEveryMoment)
{
    EXPECT_GT(kNever, Time(24h * 365 * 100));
}

TEST(Bytes, CountInPowersOfTwo)
{
    EXPECT_EQ((4_KiB).count, 4096);
    EXPECT_EQ((1_MiB).count, 1 << 20);
    EXPECT_EQ((2_GiB).count, std::int64_t{1} << 31);
}

TEST(Bytes, AreAddedSubtractedAndCompared)
{
    EXPECT_EQ(1_KiB + 1_KiB, 2_KiB);
    EXPECT_EQ(3_KiB - 1_KiB, 1_KiB * 2);
    EXPECT_LT(1023_KiB, 1_MiB);
}

}  // namespace
}  // namespace neph
