#include <gtest/gtest.h>

#include "tests/support/drawing.h"

namespace neph {
namespace {

/// users → web, an own container that is not in the way → store, `calls` to it for each request.
Drawing storeUnder(double requestsPerSecond, double calls, const std::string& operation)
{
    Drawing drawing;
    drawing.add("users", "users", "")
        .add("web", "container.own", "", {{"cpu", 64}, {"cpuMs", 0.1}, {"workers", 10000}})
        .add("store", "container.redis", "")
        .connect("users", "web")
        .connect("web", "store", {{"operation", operation}, {"callsPerRequest", calls}});
    return drawing.set("users", "rate", requestsPerSecond)
        .set("users", "retries", 0)
        .set("web", "memoryPerRequestMiB", 0.01);
}

// "Redis benchmark": commands are executed by a single thread, so more cores do not help.
TEST(ARedisContainer, UsesOneCoreWhateverItHas)
{
    // 2,000 calls a second of 400 µs are 0.8 of one core.
    Drawing drawing = storeUnder(200, 10, "get").set("store", "requestCpuUs", 400);
    const RunResult one = drawing.runFor(1min);
    const RunResult four = drawing.set("store", "cpu", 4).runFor(1min);
    EXPECT_GT(highest(one, "store", "EngineCPUUtilization", 20s, 59s), 80);
    EXPECT_LT(lowest(one, "store", "EngineCPUUtilization", 20s, 59s), 85);
    EXPECT_EQ(one.nodes.at("store").latency.quantile(0.99), four.nodes.at("store").latency.quantile(0.99));
}

TEST(ARedisContainer, MakesEverybodyWaitForOneLongCommand)
{
    Drawing drawing = storeUnder(50, 1, "get");
    const RunResult alone = drawing.runFor(2min);
    drawing.add("report", "users", "", {{"rate", 25}, {"retries", 0}})
        .add("job", "container.own", "", {{"cpuMs", 0.1}})
        .connect("report", "job")
        .connect("job", "store", {{"itemsPerCall", 10000}});
    const RunResult together = drawing.runFor(2min);
    EXPECT_GT(
        together.classes.at("browse").latency.quantile(0.99),
        alone.classes.at("browse").latency.quantile(0.99) + 5ms);
}

// "Redis pipelining": commands sent together pay for reading, answering and the round trip once.
TEST(APipeline, IsCheaperThanItsCommandsOneByOne)
{
    const auto busy = [](double calls, int commands) {
        return highest(
            storeUnder(100, calls, "get").setLink("web", "store", "itemsPerCall", commands).runFor(1min),
            "store", "CPUUtilization", 20s, 59s);
    };
    EXPECT_GT(busy(50, 1), 3 * busy(1, 50));
}

// "Key eviction": noeviction returns an error for commands that add data; the other policies drop keys.
TEST(AFullStore, RefusesToStoreOrDropsKeys)
{
    Drawing drawing = storeUnder(50, 1, "set").set("store", "items", 10'000'000);
    const RunResult refusing = drawing.runFor(1min);
    EXPECT_GT(failures(refusing), requests(refusing) * 9 / 10);
    EXPECT_NEAR(highest(refusing, "store", "KeysKept", 10s, 59s), 3.7, 0.2);
    const RunResult evicting = drawing.set("store", "evictionPolicy", "allkeys-lru").runFor(1min);
    EXPECT_EQ(failures(evicting), outcomes(evicting, "refused"));
}

TEST(AFullStore, StillReads)
{
    const RunResult result = storeUnder(50, 1, "get").set("store", "items", 10'000'000).runFor(1min);
    EXPECT_EQ(failures(result), outcomes(result, "refused"));
}

// "Redis client handling": beyond maxclients a connection is closed with an error.
TEST(ARedisContainer, RefusesMoreClientsThanItMayHave)
{
    const RunResult result = storeUnder(100, 1, "get")
                                 .set("store", "requestCpuUs", 5000)
                                 .set("store", "maxClients", 1)
                                 .runFor(1min);
    EXPECT_GT(outcomes(result, "ERR max number of clients reached"), 1000u);
}

TEST(ARedisContainer, ComesBackAfterACrash)
{
    const RunResult result = storeUnder(50, 1, "get").fault("killTask", "store", 30).runFor(1min);
    EXPECT_EQ(result.find("store", "Restarts")->valueAt(55s), 1);
    EXPECT_LT(outcomes(result, "store refused the connection"), 200u);
}

}  // namespace
}  // namespace neph
