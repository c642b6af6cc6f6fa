#include <gtest/gtest.h>

#include "tests/support/drawing.h"

namespace neph {
namespace {

// Amazon VPC pricing: every public IPv4 address costs by the hour.
TEST(AVpc, BillsThePublicAddressesOfItsTasks)
{
    const RunResult result = Drawing::shop().runFor(30min);
    EXPECT_NEAR(used(result, "PublicIPv4:InUseAddress"), 2 * 0.5, 0.02);
    const RunResult hidden =
        Drawing::shop().set("vpc", "publicIpv4", false).set("vpc", "natGateway", true).runFor(30min);
    EXPECT_EQ(used(hidden, "PublicIPv4:InUseAddress"), 0);
}

TEST(AVpc, BillsItsNatGatewayByTheStartedHour)
{
    const RunResult result = Drawing::shop().set("vpc", "natGateway", true).runFor(90min);
    EXPECT_EQ(used(result, "NatGateway-Hours"), 2);
}

// Two tasks fetch their image, and nothing else goes out.
TEST(AVpc, BillsTheBytesOfPullsThroughItsNatGateway)
{
    const Drawing shop = Drawing::shop()
                             .set("vpc", "publicIpv4", false)
                             .set("vpc", "natGateway", true)
                             .set("image", "layers", Value::array({{{"name", "all"}, {"sizeMB", 500}}}));
    EXPECT_NEAR(used(shop.runFor(10min), "NatGateway-Bytes"), 2 * 500e6 / (1 << 30), 1e-6);
    EXPECT_EQ(used(Drawing::shop().set("vpc", "natGateway", true).runFor(10min), "NatGateway-Bytes"), 0);
}

TEST(AVpc, HasNoWayToARegistryWithoutAddressesAndGateway)
{
    const RunResult result = Drawing::shop().set("vpc", "publicIpv4", false).runFor(10min);
    EXPECT_GT(logged(result, "CannotPullContainerError"), 0u);
    EXPECT_GT(logged(result, "i/o timeout"), 0u);
    EXPECT_EQ(highest(result, "web", "RunningTaskCount", 0s, 600s), 0);
}

}  // namespace
}  // namespace neph
