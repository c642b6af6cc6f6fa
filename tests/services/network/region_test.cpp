#include <gtest/gtest.h>

#include "tests/support/drawing.h"

namespace neph {
namespace {

TEST(ARegion, ChoosesThePriceList)
{
    const RunResult result = Drawing::shop().set("region", "code", "eu-west-1").runFor(5min);
    for (const UsageRecord& record : result.usage.records()) {
        EXPECT_EQ(record.region, "eu-west-1") << record.usageType;
    }
}

TEST(ARegion, MakesCallsAcrossZonesSlower)
{
    const auto mean = [](double crossZoneMs) {
        return Drawing::shop()
            .set("region", "crossZoneMs", crossZoneMs)
            .runFor(10min)
            .nodes.at("lb")
            .latency.mean();
    };
    // The balancer is regional: only hops between zones feel it.
    EXPECT_GE(mean(50), mean(0.6));
}

}  // namespace
}  // namespace neph
