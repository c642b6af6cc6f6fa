#include <gtest/gtest.h>

#include "tests/support/drawing.h"

namespace neph {
namespace {

// Amazon VPC pricing: every public IPv4 address costs by the hour.
TEST(AVpc, BillsThePublicAddressesOfItsTasks)
{
    const RunResult result = Drawing::shop().runFor(30min);
    EXPECT_NEAR(used(result, "PublicIPv4:InUseAddress"), 2 * 0.5, 0.02);
    const RunResult hidden = Drawing::shop().set("vpc", "publicIpv4", false).runFor(30min);
    EXPECT_EQ(used(hidden, "PublicIPv4:InUseAddress"), 0);
}

TEST(AVpc, BillsItsNatGatewayByTheStartedHour)
{
    const RunResult result = Drawing::shop().set("vpc", "natGateway", true).runFor(90min);
    EXPECT_EQ(used(result, "NatGateway-Hours"), 2);
}

}  // namespace
}  // namespace neph
