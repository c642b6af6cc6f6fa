#include "sim/cloud/service_scheduler.h"

namespace neph {
namespace {

/// Examples of the Amazon ECS Developer Guide, "Rolling update deployments" (S-14).
TEST(TheHealthyFloor, RoundsUp)
{
    EXPECT_EQ(ServiceScheduler::healthyFloor(4, 50), 2u);
    EXPECT_EQ(ServiceScheduler::healthyFloor(2, 75), 2u);
}

TEST(TheCeilingOfTasks, RoundsDown)
{
    EXPECT_EQ(ServiceScheduler::totalCeiling(4, 200), 8u);
    EXPECT_EQ(ServiceScheduler::totalCeiling(3, 125), 3u);
}

// "Deployment circuit breaker": half of the desired count, but no less than the low bound and no more than
// 200.
TEST(TheCircuitBreaker, TripsAtHalfOfTheDesiredCountWithinItsBounds)
{
    ServiceScheduler::Config config;
    const auto thresholdOf = [&config](std::uint32_t desired) {
        config.desired = desired;
        return ServiceScheduler::breakerThreshold(config);
    };
    EXPECT_EQ(thresholdOf(1), 3u);
    EXPECT_EQ(thresholdOf(25), 13u);
    EXPECT_EQ(thresholdOf(1000), 200u);
}

}  // namespace
}  // namespace neph
