#include <gtest/gtest.h>

#include "tests/support/drawing.h"

namespace neph {
namespace {

/// users → own, a container on a server outside any cloud; so much a second, without retries.
Drawing ownContainerUnder(double requestsPerSecond)
{
    Drawing drawing;
    drawing.add("users", "users", "").add("own", "container.own", "").connect("users", "own");
    return drawing.set("users", "rate", requestsPerSecond).set("users", "retries", 0);
}

// Docker, "Resource constraints": --cpus limits how much of the cores a container may use, so 10 ms of CPU on
// half a core take 20 ms: 60 a second need 0.6 cores.
TEST(AnOwnContainer, GetsNoMoreThanItsCpuLimit)
{
    Drawing drawing = ownContainerUnder(60).set("own", "cpuMs", 10);
    EXPECT_EQ(failures(drawing.set("own", "cpu", 1).runFor(3min)), outcomes(drawing.runFor(3min), "refused"));
    const RunResult starved =
        drawing.set("own", "cpu", 0.5).set("own", "queueLimit", 10).set("own", "workers", 10).runFor(3min);
    EXPECT_GT(outcomes(starved, "503 Service Unavailable: own has no free worker"), 1000u);
    EXPECT_NEAR(highest(starved, "own", "CPUUtilization", 60s, 170s), 100, 1);
}

TEST(AnOwnContainer, AnswersOnlyOnceItHasStarted)
{
    const RunResult result = ownContainerUnder(50).set("own", "startSeconds", 20).runFor(1min);
    EXPECT_EQ(firstLogged(result, "(container own-1) started"), 20s);
    EXPECT_NEAR(static_cast<double>(outcomes(result, "connection refused")), 1000, 150);
    EXPECT_EQ(failures(result), outcomes(result, "connection refused"));
}

TEST(AnOwnContainer, IsNotBilled)
{
    EXPECT_TRUE(ownContainerUnder(50).runFor(1h).usage.records().empty());
}

// Docker, "Start containers automatically": always restart the container if it stops.
TEST(TheRestartPolicy, StartsAKilledContainerAgain)
{
    const RunResult result =
        ownContainerUnder(50).set("own", "startSeconds", 5).fault("killTask", "own", 60).runFor(2min);
    EXPECT_EQ(lowest(result, "own", "RunningContainers", 61s, 64s), 0);
    EXPECT_EQ(lowest(result, "own", "RunningContainers", 67s, 119s), 1);
    EXPECT_EQ(result.find("own", "Restarts")->valueAt(110s), 1);
    EXPECT_EQ(logged(result, "died: killed by a fault of the scenario (exit code 137)"), 1u);
}

TEST(TheRestartPolicy, LeavesTheOtherCopiesAnswering)
{
    const RunResult result = ownContainerUnder(50)
                                 .set("own", "replicas", 3)
                                 .set("own", "startSeconds", 1)
                                 .fault("killTask", "own", 60)
                                 .runFor(2min);
    EXPECT_EQ(lowest(result, "own", "RunningContainers", 60s, 119s), 2);
    // Only what was in the container that died.
    EXPECT_LT(outcomes(result, "connection reset"), 20u);
}

// Docker Engine API, RestartPolicy: the delay before each restart doubles, starting at 100 ms; "Start
// containers automatically": up for ten seconds counts as started.
TEST(TheRestartPolicy, WaitsLongerAndLongerForAContainerThatDoesNotStayUp)
{
    const auto restartsIn = [](double memoryPerRequest) {
        return ownContainerUnder(50)
            .set("own", "startSeconds", 0.1)
            .set("own", "memoryPerRequestMiB", memoryPerRequest)
            .runFor(10min)
            .find("own", "Restarts")
            ->valueAt(590s);
    };
    EXPECT_EQ(restartsIn(1), 0);
    // It dies with its first request. 0.1 + 0.2 + … + 51.2 s are ten restarts; after that one each minute.
    EXPECT_GE(restartsIn(1000), 14);
    EXPECT_LE(restartsIn(1000), 20);
}

TEST(AnOwnContainer, IsKilledWhenItNeedsMoreMemoryThanItMayUse)
{
    const RunResult result = ownContainerUnder(50).set("own", "memoryPerRequestMiB", 1000).runFor(1min);
    EXPECT_GT(logged(result, "died: OOMKilled (exit code 137)"), 3u);
}

/// Two copies in a network with two zones, behind a load balancer.
Drawing inTwoZones()
{
    Drawing drawing = Drawing::shop();
    drawing.remove("web").remove("cluster").remove("image").remove("ecr").remove("table");
    return drawing.add("own", "container.own", "vpc", {{"replicas", 2}}).connect("lb", "own");
}

// Nobody moves a container: its copies stay on their servers, and come back with them.
TEST(AZoneThatIsLost, TakesItsCopiesAlongUntilItIsBack)
{
    const RunResult result = inTwoZones().fault("loseZone", "zone-a", 120, {}, 120).runFor(6min);
    EXPECT_EQ(highest(result, "own", "RunningContainers", 122s, 239s), 1);
    EXPECT_EQ(lowest(result, "own", "RunningContainers", 250s, 350s), 2);
    EXPECT_EQ(logged(result, "died: its server was lost with the Availability Zone"), 1u);
}

TEST(AnOwnContainer, StandsInTheZoneThatItIsDrawnIn)
{
    Drawing drawing = Drawing::shop();
    drawing.remove("web").remove("cluster").remove("image").remove("ecr").remove("table");
    drawing.add("own", "container.own", "zone-b", {{"replicas", 2}}).connect("lb", "own");
    EXPECT_EQ(logged(drawing.fault("loseZone", "zone-a", 60).runFor(2min), "died"), 0u);
    EXPECT_EQ(logged(drawing.fault("loseZone", "zone-b", 60).runFor(2min), "died"), 2u);
}

TEST(AnOwnContainer, IsCheckedByALoadBalancerInFrontOfIt)
{
    const RunResult result = inTwoZones().runFor(3min);
    EXPECT_EQ(result.find("lb", "HealthyHostCount")->valueAt(170s), 2);
    EXPECT_GT(requests(result), 0u);
}

TEST(AnOwnContainer, CallsOthersAsATaskDoes)
{
    Drawing drawing = ownContainerUnder(50);
    drawing.add("back", "container.own", "", {{"cpuMs", 1}}).connect("own", "back", {{"callsPerRequest", 2}});
    const RunResult result = drawing.runFor(2min);
    EXPECT_LT(failures(result), 150u);  // Those that came before it had started.
    EXPECT_NEAR(
        static_cast<double>(result.nodes.at("back").requests) /
            static_cast<double>(result.nodes.at("own").requests),
        2, 0.1);
}

TEST(AnOwnContainer, IsTheSameByRatesAsByRequests)
{
    Drawing drawing = ownContainerUnder(60).set("own", "cpuMs", 5).fault("killTask", "own", 300);
    drawing.add("db", "container.postgresql", "").connect("own", "db", {{"operation", "write"}});
    drawing.add("cache", "container.redis", "").connect("own", "cache");
    const RunResult exact = drawing.runFor(10min);
    RunOptions options;
    options.horizon = 10min;
    options.engine = EngineChoice::Flows;
    const RunResult rates = run(drawing.design(), options);
    const auto p99 = [](const RunResult& result) {
        return seconds(result.classes.at("browse").latency.quantile(0.99));
    };
    EXPECT_NEAR(p99(rates), p99(exact), 0.1 * p99(exact));
    EXPECT_EQ(logged(rates, "(container own-1) started"), logged(exact, "(container own-1) started"));
    EXPECT_NEAR(static_cast<double>(failures(rates)), static_cast<double>(failures(exact)), 60);
}

TEST(ASlowDependency, MakesItsCallersSlow)
{
    Drawing drawing = ownContainerUnder(20);
    drawing.add("back", "container.own", "").connect("own", "back");
    const RunResult result = drawing.fault("slowDependency", "back", 0, {{"addedMs", 200}}).runFor(2min);
    EXPECT_GT(result.classes.at("browse").latency.quantile(0.5), 200ms);
}

}  // namespace
}  // namespace neph
