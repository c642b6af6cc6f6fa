#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/drawing.h"

namespace neph {
namespace {

using testing::Each;
using testing::HasSubstr;
using testing::SizeIs;

const NodeView& web(const RunResult& result)
{
    return result.nodes.at("web");
}

// Amazon ECS Developer Guide, "Amazon ECS task lifecycle": PROVISIONING, PENDING, ACTIVATING, RUNNING.
TEST(AFargateTask, GoesThroughTheStatesOfATaskUntilItRuns)
{
    RunOptions options;
    options.horizon = 3min;
    const Result<std::unique_ptr<LiveRun>> run = LiveRun::start(Drawing::shop().design(), options);
    ASSERT_TRUE(run);
    std::vector<std::string> states;
    for (Time at{0}; at < options.horizon; at += 100ms) {
        (*run)->advance(at, 10s, {});
        const RunResult now = (*run)->result();
        if (!web(now).replicas.empty() &&
            (states.empty() || states.back() != web(now).replicas.front().state)) {
            states.push_back(web(now).replicas.front().state);
        }
    }
    EXPECT_THAT(states, testing::ElementsAre("PROVISIONING", "PENDING", "ACTIVATING", "RUNNING"));
}

TEST(AFargateTask, TakesLongerToStartTheLargerItsImageIs)
{
    const Value small = Value::array({{{"name", "app"}, {"sizeMB", 10}}});
    const Value large = Value::array({{{"name", "app"}, {"sizeMB", 2000}}});
    const RunResult quick = Drawing::shop().set("image", "layers", small).runFor(5min);
    const RunResult slow = Drawing::shop().set("image", "layers", large).runFor(5min);
    const Duration longer = firstLogged(slow, "steady state") - firstLogged(quick, "steady state");
    // 1,990 MB more at 80 MB/s are 24.9 s; unpacking 2.5 times as much at 150 MB/s takes 33.2 s.
    EXPECT_NEAR(seconds(longer), 24.9 + 33.2, 6);  // The scheduler looks every 5 s.
}

TEST(AFargateTask, IsBilledFromTheDownloadOfItsImageBySecondsAndForAMinuteAtLeast)
{
    const RunResult result = Drawing::shop()
                                 .set("web", "cpu", "1")
                                 .set("web", "memoryMiB", 2048)
                                 .set("users", "rate", 20)
                                 .runFor(30min);
    // Two tasks of 1 vCPU; 12 s of provisioning come before the download.
    EXPECT_NEAR(used(result, "Fargate-vCPU-Hours:perCPU"), 2 * (1800 - 12) / 3600.0, 2 / 3600.0);
    EXPECT_NEAR(used(result, "Fargate-GB-Hours"), 2 * 2 * (1800 - 12) / 3600.0, 4 / 3600.0);
}

TEST(AFargateTask, IsKilledWithExitCode137WhenItsMemoryOverflows)
{
    const RunResult result = Drawing::shop()
                                 .set("web", "memoryPerRequestMiB", 700)
                                 .set("web", "cpuMs", 200)
                                 .set("users", "rate", 60)
                                 .runFor(5min);
    EXPECT_GT(logged(result, "exit code 137"), 0u);
    EXPECT_GT(failures(result), 0u);
}

TEST(AFargateSpotTask, GetsTwoMinutesNoticeAndIsReplaced)
{
    const RunResult result = Drawing::shop()
                                 .set("web", "capacityProvider", "FARGATE_SPOT")
                                 .set("web", "spotInterruptionsPerHour", 6)
                                 .runFor(1h);
    EXPECT_GT(logged(result, "SPOT interruption"), 2u);
    EXPECT_GT(used(result, "SpotUsage-Fargate-vCPU-Hours:perCPU"), 0);
    EXPECT_EQ(used(result, "Fargate-vCPU-Hours:perCPU"), 0);
    EXPECT_THAT(web(result).status, HasSubstr("tasks running"));
}

class AServiceOnFargate : public testing::Test {};

TEST_F(AServiceOnFargate, KeepsItsDesiredCount)
{
    const RunResult result =
        Drawing::shop().set("web", "desiredCount", 3).fault("killTask", "web", 300).runFor(10min);
    EXPECT_EQ(logged(result, "Task killed"), 1u);
    EXPECT_EQ(lowest(result, "web", "RunningTaskCount", 299s, 320s), 2);
    EXPECT_EQ(lowest(result, "web", "HealthyTaskCount", 450s, 600s), 3);
}

TEST_F(AServiceOnFargate, SpreadsItsTasksOverTheZones)
{
    const RunResult result = Drawing::shop().set("web", "desiredCount", 4).runFor(5min);
    std::map<std::string, int> inZone;
    for (const ReplicaView& task : web(result).replicas) {
        ++inZone[task.zone];
    }
    EXPECT_EQ(inZone, (std::map<std::string, int>{{"us-east-1a", 2}, {"us-east-1b", 2}}));
}

TEST_F(AServiceOnFargate, MovesToTheOtherZoneWhenOneIsLost)
{
    const RunResult result = Drawing::shop().fault("loseZone", "zone-a", 300).runFor(10min);
    EXPECT_THAT(web(result).replicas, SizeIs(2));
    EXPECT_THAT(web(result).replicas, Each(testing::Field(&ReplicaView::zone, "us-east-1b")));
}

/// A second revision from minute five on.
class ARollingDeployment : public testing::Test {
protected:
    static Drawing shopThatDeploys()
    {
        return Drawing::shop()
            .add("next", "container.image", "region", {{"tag", "1.1"}})
            .connect("next", "ecr")
            .set("web", "desiredCount", 4)
            .set("web", "deployAtSeconds", 300)
            .set("web", "deployImage", "next")
            .set("lb", "deregistrationDelay", 30);
    }
};

TEST_F(ARollingDeployment, NeverHasFewerHealthyTasksThanTheMinimum)
{
    const RunResult result = shopThatDeploys().runFor(15min);
    EXPECT_GE(lowest(result, "web", "HealthyTaskCount", 250s, 900s), 4);
    EXPECT_EQ(logged(result, "(deployment revision 2) deployment completed"), 1u);
}

TEST_F(ARollingDeployment, NeverHasMoreTasksThanTheMaximum)
{
    const RunResult result = shopThatDeploys().set("web", "maximumPercent", 150).runFor(20min);
    EXPECT_LE(highest(result, "web", "RunningTaskCount", 0s, 1200s), 6);
    EXPECT_EQ(logged(result, "(deployment revision 2) deployment completed"), 1u);
}

TEST_F(ARollingDeployment, LosesNoRequestBehindALoadBalancer)
{
    const RunResult result = shopThatDeploys().runFor(15min);
    const RunResult before = shopThatDeploys().runFor(4min);
    EXPECT_EQ(failures(result), failures(before));
}

TEST_F(ARollingDeployment, WaitsForTheKillOfTasksThatDoNotHandleTheSignalToStop)
{
    const auto cpuHours = [](bool isGraceful) {
        const RunResult result = shopThatDeploys()
                                     .set("web", "cpu", "1")
                                     .set("web", "memoryMiB", 2048)
                                     .set("web", "stopTimeout", 100)
                                     .set("web", "gracefulShutdown", isGraceful)
                                     .runFor(15min);
        EXPECT_EQ(logged(result, "(deployment revision 2) deployment completed"), 1u);
        return used(result, "Fargate-vCPU-Hours:perCPU");
    };
    // Four old tasks stand there for the whole stop timeout.
    EXPECT_NEAR(cpuHours(false) - cpuHours(true), 4 * 100 / 3600.0, 4 * 5 / 3600.0);
}

TEST_F(ARollingDeployment, IsRolledBackByTheCircuitBreakerWhenItsTasksDoNotStart)
{
    const RunResult result = shopThatDeploys().set("next", "brokenAtStart", true).runFor(20min);
    EXPECT_EQ(logged(result, "deployment failed: tasks failed to start"), 1u);
    EXPECT_EQ(logged(result, "rolling back from revision 2"), 1u);
    EXPECT_THAT(web(result).replicas, Each(testing::Field(&ReplicaView::note, HasSubstr("revision 1"))));
    EXPECT_GE(lowest(result, "web", "HealthyTaskCount", 250s, 1200s), 4);
}

TEST_F(ARollingDeployment, GoesOnTryingWithoutACircuitBreaker)
{
    const RunResult result = shopThatDeploys()
                                 .set("next", "brokenAtStart", true)
                                 .set("web", "circuitBreaker", false)
                                 .runFor(20min);
    EXPECT_EQ(logged(result, "deployment failed"), 0u);
    EXPECT_THAT(web(result).status, HasSubstr("deployment in progress"));
}

TEST_F(ARollingDeployment, ReplacesTasksThatFailTheirHealthChecks)
{
    const RunResult result = shopThatDeploys().set("next", "failHealthCheck", true).runFor(30min);
    EXPECT_GT(logged(result, "is unhealthy due to (reason Health checks failed)"), 0u);
    EXPECT_EQ(logged(result, "rolling back from revision 2"), 1u);
}

/// Load that needs more than the two tasks there are, from minute five on.
class TargetTrackingOnCpu : public testing::Test {
protected:
    static Drawing shopThatScales()
    {
        return Drawing::shop()
            .set("web", "autoscaling", "cpu")
            .set("web", "targetCpu", 50)
            .set("web", "maxCount", 8)
            .set("users", "load", "step")
            .set("users", "rate", 50)
            .set("users", "peakRate", 140)
            .set("users", "startSeconds", 300);
    }
};

// Lambda Developer Guide and Application Auto Scaling: three one-minute points above the target.
TEST_F(TargetTrackingOnCpu, ScalesOutAfterThreePointsAboveItsTarget)
{
    const RunResult result = shopThatScales().runFor(15min);
    const Time scaled = firstLogged(result, "Successfully set desired count");
    EXPECT_GE(scaled, 300s + 3min);
    EXPECT_LE(scaled, 300s + 6min);
}

TEST_F(TargetTrackingOnCpu, BringsUtilisationToItsTarget)
{
    const RunResult result = shopThatScales().runFor(25min);
    // 140/s × 20 ms = 2.8 cores, of 2 vCPU a task at 50 %: 2.8 tasks, rounded up.
    EXPECT_EQ(result.find("web", "DesiredTaskCount")->valueAt(1400s), 3);
}

TEST_F(TargetTrackingOnCpu, ScalesInOnlyAfterFifteenPointsBelow)
{
    const RunResult result = Drawing::shop()
                                 .set("web", "autoscaling", "cpu")
                                 .set("web", "desiredCount", 6)
                                 .set("web", "minCount", 2)
                                 .set("users", "rate", 20)
                                 .runFor(25min);
    EXPECT_GE(firstLogged(result, "Successfully set desired count"), 15min);
    EXPECT_EQ(result.find("web", "DesiredTaskCount")->valueAt(1490s), 2);
}

TEST_F(TargetTrackingOnCpu, NeverLeavesItsBounds)
{
    const RunResult result =
        shopThatScales().set("users", "peakRate", 400).set("web", "maxCount", 3).runFor(25min);
    EXPECT_EQ(highest(result, "web", "DesiredTaskCount", 0s, 1500s), 3);
}

TEST(TargetTrackingOnRequests, CountsRequestsPerTargetAndMinute)
{
    const RunResult result = Drawing::shop()
                                 .set("web", "autoscaling", "requests")
                                 .set("web", "targetRequestsPerTarget", 1500)
                                 .set("users", "rate", 100)
                                 .runFor(15min);
    // 6,000 requests a minute at 1,500 a target are 4 targets.
    EXPECT_NEAR(result.find("web", "DesiredTaskCount")->valueAt(890s), 4, 1);
}

// Ten requests a second of 1 MiB each to tasks with no load balancer in front: billed as transfer out.
TEST(AFargateServiceThatUsersReachDirectly, BillsWhatItSendsToTheInternet)
{
    const RunResult result =
        Drawing::shop()
            .remove("lb")
            .connect("users", "web")
            .set("users", "rate", 10)
            .set("users", "classes", Value::array({{{"name", "browse"}, {"responseKiB", 1024}}}))
            .runFor(10min);
    const double answered = static_cast<double>(result.nodes.at("web").requests);
    EXPECT_NEAR(used(result, "DataTransfer-Out-Bytes"), answered / 1024, 0.1);
}

TEST(ACallBetweenServices, CarriesWhatItsLinkSays)
{
    const auto crossed = [](double kib) {
        const RunResult result = Drawing::shop()
                                     .add("stock", "aws.ecs.fargate_service", "cluster")
                                     .connect("stock", "image")
                                     .connect("web", "stock", {{"requestKiB", kib}, {"responseKiB", 0}})
                                     .runFor(10min);
        const Bill bill = billOf(result);
        return bill.byNode.at("stock");
    };
    EXPECT_GT(crossed(10'000), crossed(1));
}

}  // namespace
}  // namespace neph
