#include <gtest/gtest.h>

#include "tests/support/drawing.h"

namespace neph {
namespace {

/// The image is on Docker Hub, and all tasks pull through one NAT gateway.
Drawing behindOneAddress()
{
    return Drawing::shop()
        .remove("ecr")
        .add("hub", "docker.hub", "")
        .connect("image", "hub")
        .set("vpc", "natGateway", true)
        .set("vpc", "publicIpv4", false)
        .set("web", "circuitBreaker", false);
}

// https://docs.docker.com/docker-hub/usage/pulls/ : 100 pulls in six hours for an anonymous address.
TEST(DockerHub, RefusesAnonymousPullsBeyondAHundredPerAddress)
{
    const RunResult result =
        behindOneAddress().set("web", "desiredCount", 110).set("users", "rate", 1).runFor(10min);
    EXPECT_GT(logged(result, "CannotPullContainerError: toomanyrequests"), 0u);
    EXPECT_EQ(highest(result, "web", "RunningTaskCount", 0s, 600s), 100);
}

TEST(DockerHub, CountsByAddressSoThatPublicTasksDoNotShareALimit)
{
    const RunResult result = behindOneAddress()
                                 .set("vpc", "publicIpv4", true)
                                 .set("web", "desiredCount", 110)
                                 .set("users", "rate", 1)
                                 .runFor(10min);
    EXPECT_EQ(logged(result, "toomanyrequests"), 0u);
}

TEST(DockerHub, LetsPaidAccountsPullWithoutAFixedLimit)
{
    const RunResult result = behindOneAddress()
                                 .set("hub", "account", "pro")
                                 .set("web", "desiredCount", 110)
                                 .set("users", "rate", 1)
                                 .runFor(10min);
    EXPECT_EQ(logged(result, "toomanyrequests"), 0u);
}

TEST(DockerHub, CostsNothingOnTheBillOfAws)
{
    EXPECT_FALSE(billOf(behindOneAddress().runFor(10min)).byNode.contains("hub"));
}

}  // namespace
}  // namespace neph
