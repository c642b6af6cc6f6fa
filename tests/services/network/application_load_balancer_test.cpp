#include <gtest/gtest.h>

#include "tests/support/drawing.h"

namespace neph {
namespace {

TEST(AnApplicationLoadBalancer, Answers503UntilATargetIsHealthy)
{
    const RunResult result = Drawing::shop().set("users", "retries", 0).runFor(3min);
    EXPECT_GT(outcomes(result, "503 Service Unavailable"), 0u);
    const Time healthy = firstLogged(result, "is healthy");
    ASSERT_NE(healthy, kNever);
    EXPECT_EQ(highest(result, "lb", "Errors", healthy + 2s, 180s), 0);
}

TEST(AnApplicationLoadBalancer, Answers502WhenTheTargetClosesTheConnection)
{
    const RunResult result = Drawing::shop()
                                 .set("users", "retries", 0)
                                 .set("users", "rate", 150)
                                 .fault("killTask", "web", 150)
                                 .runFor(160s);
    EXPECT_GT(outcomes(result, "502 Bad Gateway"), 0u);
}

TEST(AnApplicationLoadBalancer, Answers504WhenTheTargetTakesLongerThanTheIdleTimeout)
{
    const RunResult result = Drawing::shop()
                                 .set("lb", "idleTimeout", 1)
                                 .set("web", "cpuMs", 4000)
                                 .set("web", "cpuLaw", "constant")
                                 .set("users", "rate", 0.2)
                                 .set("users", "retries", 0)
                                 .set("lb", "healthTimeout", 60)
                                 .set("lb", "healthInterval", 120)
                                 .runFor(10min);
    EXPECT_GT(outcomes(result, "504 Gateway Timeout"), 20u);
}

TEST(AnApplicationLoadBalancer, TakesATargetOutThatFailsItsChecks)
{
    // One core-second of work each: two tasks of a quarter of a core drown, and so do their health checks.
    const RunResult result = Drawing::shop()
                                 .set("web", "cpu", "0.25")
                                 .set("web", "memoryMiB", 1024)
                                 .set("web", "cpuMs", 1000)
                                 .set("users", "rate", 5)
                                 .set("web", "healthCheckGracePeriod", 3600)
                                 .runFor(15min);
    EXPECT_GT(logged(result, "is unhealthy"), 0u);
    EXPECT_GT(logged(result, "it fails open"), 0u);
}

TEST(AnApplicationLoadBalancer, DividesRequestsEvenlyByRoundRobin)
{
    const RunResult result = Drawing::shop().set("web", "desiredCount", 3).runFor(10min);
    EXPECT_EQ(result.nodes.at("web").replicas.size(), 3u);
    EXPECT_NEAR(
        result.nodes.at("web").replicas[0].utilisation, result.nodes.at("web").replicas[2].utilisation, 0.35);
}

TEST(AnApplicationLoadBalancer, SendsFewerRequestsToASlowTargetByLeastOutstandingRequests)
{
    const Drawing busy =
        Drawing::shop().set("users", "rate", 150).set("web", "cpuScv", 8).set("web", "cpuLaw", "lognormal");
    Drawing roundRobin = busy;
    Drawing leastOutstanding = busy;
    leastOutstanding.set("lb", "algorithm", "least_outstanding_requests");
    const auto tail = [](const Drawing& drawing) {
        return drawing.runFor(15min).nodes.at("lb").latency.quantile(0.99);
    };
    EXPECT_LT(tail(leastOutstanding), tail(roundRobin));
}

TEST(AnApplicationLoadBalancer, WarmsNewTargetsUpBySlowStart)
{
    Drawing shop = Drawing::shop().set("lb", "slowStart", 300).fault("killTask", "web", 600);
    const RunResult result = shop.runFor(12min);
    ASSERT_EQ(result.nodes.at("web").replicas.size(), 2u);
    EXPECT_LT(result.nodes.at("web").replicas[1].utilisation, result.nodes.at("web").replicas[0].utilisation);
}

// Elastic Load Balancing pricing: by the started hour, and by the largest of four dimensions of an LCU.
TEST(AnApplicationLoadBalancer, IsBilledByTheStartedHourAndTheLcu)
{
    const RunResult result = Drawing::shop().runFor(61min);
    EXPECT_EQ(used(result, "LoadBalancerUsage"), 2);
    // 100/s × (80 % × 32 KiB + 20 % × 12 KiB) are 10.3 GB an hour, of 1 GB an LCU.
    EXPECT_NEAR(used(result, "LCUUsage"), 10.3 * 61 / 60, 0.3);
}

}  // namespace
}  // namespace neph
