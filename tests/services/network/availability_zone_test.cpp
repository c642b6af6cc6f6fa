#include <gtest/gtest.h>

#include "tests/support/drawing.h"

namespace neph {
namespace {

TEST(ALostAvailabilityZone, TakesItsTasksWithIt)
{
    const RunResult result = Drawing::shop().fault("loseZone", "zone-a", 200).runFor(205s);
    EXPECT_EQ(logged(result, "Availability Zone us-east-1a is lost"), 1u);
    EXPECT_EQ(logged(result, "The Availability Zone was lost"), 1u);
}

TEST(ALostAvailabilityZone, GetsTasksAgainWhenItIsBack)
{
    const RunResult result = Drawing::shop()
                                 .set("web", "desiredCount", 4)
                                 .fault("loseZone", "zone-a", 300, {}, 120)
                                 .fault("killTask", "web", 700)
                                 .runFor(15min);
    EXPECT_EQ(logged(result, "Availability Zone us-east-1a is back"), 1u);
    bool anyInA = false;
    for (const ReplicaView& task : result.nodes.at("web").replicas) {
        anyInA = anyInA || task.zone == "us-east-1a";
    }
    EXPECT_TRUE(anyInA);
}

TEST(AServiceInOneLostZone, IsDownUntilTheZoneIsBack)
{
    const RunResult result = Drawing::shop()
                                 .remove("zone-b")
                                 .set("users", "retries", 0)
                                 .fault("loseZone", "zone-a", 300, {}, 120)
                                 .runFor(10min);
    EXPECT_EQ(lowest(result, "web", "RunningTaskCount", 301s, 420s), 0);
    EXPECT_EQ(result.nodes.at("web").replicas.size(), 2u);
    EXPECT_GT(outcomes(result, "503"), 0u);
}

}  // namespace
}  // namespace neph
