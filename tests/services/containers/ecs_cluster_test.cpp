#include <gtest/gtest.h>

#include "tests/support/drawing.h"

namespace neph {
namespace {

// Amazon ECS pricing: there is no charge for a cluster.
TEST(AnEcsCluster, CostsNothingItself)
{
    const RunResult result = Drawing::shop().runFor(5min);
    EXPECT_FALSE(billOf(result).byNode.contains("cluster"));
}

TEST(AnEcsCluster, SpreadsItsServicesOverTheZonesOfItsVpc)
{
    const RunResult result = Drawing::shop().runFor(5min);
    ASSERT_EQ(result.nodes.at("web").replicas.size(), 2u);
    EXPECT_NE(result.nodes.at("web").replicas[0].zone, result.nodes.at("web").replicas[1].zone);
}

}  // namespace
}  // namespace neph
