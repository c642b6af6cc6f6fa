#include "sim/cloud/target_tracking.h"

namespace neph {
namespace {

// https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-using-sqs-queue.html (S-06): 10 instances at 150
// of a target of 100 become 15.
TEST(TargetTracking, AsksForTheCapacityThatBringsTheMetricToItsTarget)
{
    EXPECT_EQ(TargetTracking::capacityFor(10, 150, 100), 15u);
}

TEST(TargetTracking, RoundsCapacityUp)
{
    EXPECT_EQ(TargetTracking::capacityFor(3, 61, 60), 4u);
    EXPECT_EQ(TargetTracking::capacityFor(3, 60, 60), 3u);
}

TEST(TargetTracking, NeverAsksForNothing)
{
    EXPECT_EQ(TargetTracking::capacityFor(4, 0, 60), 1u);
}

}  // namespace
}  // namespace neph
