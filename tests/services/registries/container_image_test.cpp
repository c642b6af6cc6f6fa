#include <gtest/gtest.h>

#include "tests/support/drawing.h"

namespace neph {
namespace {

TEST(ABrokenImage, StopsItsTaskWithTheExitCodeOfItsProcess)
{
    const RunResult result = Drawing::shop().set("image", "brokenAtStart", true).runFor(5min);
    EXPECT_GT(logged(result, "Essential container in task exited (exit code 1)"), 0u);
    EXPECT_EQ(highest(result, "web", "RunningTaskCount", 0s, 300s), 0);
}

// Amazon ECS Developer Guide, "Service throttle logic": starts that never run are tried ever more rarely.
TEST(ABrokenImage, IsStartedEverMoreRarelyWithoutACircuitBreaker)
{
    const Drawing shop =
        Drawing::shop().set("image", "brokenAtStart", true).set("web", "circuitBreaker", false);
    const std::size_t firstQuarter = logged(shop.runFor(15min), "Essential container");
    const std::size_t hour = logged(shop.runFor(60min), "Essential container");
    EXPECT_LT(hour, 4 * firstQuarter);
    EXPECT_GT(hour, firstQuarter);
}

TEST(AnImageThatWasNeverPushed, StopsTasksThatPullItUntilTheCircuitBreakerOpens)
{
    const RunResult result = Drawing::shop().setLink("image", "ecr", "pushed", false).runFor(15min);
    EXPECT_GT(logged(result, "CannotPullContainerError"), 2u);
    EXPECT_GT(logged(result, "shop:1.0: not found"), 2u);
    EXPECT_GT(logged(result, "deployment failed"), 0u);
    EXPECT_EQ(highest(result, "web", "RunningTaskCount", 0s, 900s), 0);
    EXPECT_FALSE(billOf(result).byNode.contains("ecr"));
}

TEST(LayersOfEqualNameAndSize, AreStoredOnce)
{
    const RunResult one = Drawing::shop().runFor(30min);
    const RunResult two =
        Drawing::shop().add("copy", "container.image", "region").connect("copy", "ecr").runFor(30min);
    EXPECT_EQ(billOf(one).byNode.at("ecr"), billOf(two).byNode.at("ecr"));
}

}  // namespace
}  // namespace neph
