#include <gtest/gtest.h>

#include "tests/support/drawing.h"

namespace neph {
namespace {

/// users → web, an own container that is not in the way → db.
Drawing databaseUnder(double requestsPerSecond, const std::string& operation)
{
    Drawing drawing;
    drawing.add("users", "users", "")
        .add("web", "container.own", "", {{"cpu", 64}, {"cpuMs", 0.1}, {"workers", 10000}})
        .add("db", "container.postgresql", "")
        .connect("users", "web")
        .connect("web", "db", {{"operation", operation}});
    return drawing.set("users", "rate", requestsPerSecond)
        .set("users", "retries", 0)
        .set("web", "memoryPerRequestMiB", 0.01);
}

Duration median(const RunResult& result)
{
    return result.nodes.at("db").latency.quantile(0.5);
}

// PostgreSQL documentation, "Connections and Authentication": max_connections is the number of concurrent
// connections; beyond it "FATAL: sorry, too many clients already" is the answer, at once.
TEST(APostgreSqlContainer, RefusesMoreCallsAtOnceThanItHasConnections)
{
    Drawing drawing = databaseUnder(200, "write").set("db", "commitMs", 50);
    // 200 a second for 50 ms each are ten at a time.
    EXPECT_EQ(outcomes(drawing.runFor(2min), "FATAL: sorry, too many clients already"), 0u);
    const RunResult crowded = drawing.set("db", "maxConnections", 5).runFor(2min);
    EXPECT_GT(outcomes(crowded, "FATAL: sorry, too many clients already"), 5000u);
    EXPECT_GT(highest(crowded, "db", "RefusedConnections", 20s, 110s), 50);
    EXPECT_LE(highest(crowded, "db", "DatabaseConnections", 20s, 110s), 5);
}

// "synchronous_commit": whether a commit waits for its log records to be written to disk.
TEST(AWrite, WaitsForTheDiskUnlessToldNotTo)
{
    const auto written = [](bool waits) {
        return median(databaseUnder(20, "write")
                          .set("db", "commitMs", 20)
                          .set("db", "synchronousCommit", waits)
                          .runFor(3min));
    };
    EXPECT_GT(written(true) - written(false), 12ms);
    EXPECT_LT(median(databaseUnder(20, "read").set("db", "commitMs", 20).runFor(3min)), 5ms);
}

// One flush serves all commits that are ready: a hundred a second for 20 ms each are no queue.
TEST(Commits, ShareOneFlush)
{
    const auto at = [](double rate) {
        return median(databaseUnder(rate, "write").set("db", "commitMs", 20).runFor(2min));
    };
    EXPECT_LT(at(400) - at(4), 5ms);
}

TEST(AStatement, CostsMoreWithMoreRows)
{
    Drawing drawing = databaseUnder(20, "read");
    const Duration one = median(drawing.runFor(2min));
    EXPECT_GT(median(drawing.setLink("web", "db", "itemsPerCall", 500).runFor(2min)), 3 * one);
}

TEST(APostgreSqlContainer, IsLimitedByItsCpu)
{
    const RunResult result =
        databaseUnder(300, "read").set("db", "cpu", 0.1).set("db", "readCpuMs", 1).runFor(2min);
    EXPECT_NEAR(highest(result, "db", "CPUUtilization", 30s, 110s), 100, 1);
}

TEST(AThrottleFault, LeavesAShareOfTheCpuForAWhile)
{
    const RunResult result = databaseUnder(100, "read")
                                 .set("db", "readCpuMs", 2)
                                 .set("db", "maxConnections", 20)
                                 .fault("throttle", "db", 60, {{"percent", 10}}, 30)
                                 .runFor(3min);
    EXPECT_EQ(highest(result, "db", "RefusedConnections", 30s, 59s), 0);
    EXPECT_GT(highest(result, "db", "RefusedConnections", 70s, 89s), 10);
    EXPECT_EQ(highest(result, "db", "RefusedConnections", 120s, 179s), 0);
}

// A table larger than the memory is read from the disk, in part.
TEST(APostgreSqlContainer, ReadsFromTheDiskWhatFitsNoCache)
{
    Drawing drawing = databaseUnder(20, "read").set("db", "diskReadMs", 10);
    const Duration cached = median(drawing.runFor(2min));
    EXPECT_GT(median(drawing.set("db", "rows", 10'000'000).runFor(2min)), cached + 5ms);
}

// A process for each connection: many at a time in a small container, and the kernel kills it.
TEST(APostgreSqlContainer, IsKilledWhenItsConnectionsNeedMoreMemoryThanItHas)
{
    Drawing drawing = databaseUnder(200, "write").set("db", "commitMs", 200);
    EXPECT_EQ(logged(drawing.runFor(1min), "OOMKilled"), 0u);
    EXPECT_GT(logged(drawing.set("db", "memoryMiB", 256).runFor(1min), "OOMKilled"), 0u);
}

TEST(APostgreSqlContainer, ComesBackAfterACrash)
{
    const RunResult result = databaseUnder(50, "read").fault("killTask", "db", 60).runFor(3min);
    EXPECT_GT(outcomes(result, "db refused the connection"), 50u);
    EXPECT_LE(
        outcomes(result, "db refused the connection"), 450u);  // Three seconds at the start, three later.
    EXPECT_EQ(lowest(result, "db", "RunningContainers", 70s, 170s), 1);
}

TEST(ALinkToPostgreSql, HasTheOperationsOfADatabase)
{
    const LinkRule* rule = Catalog::builtIn().linkRule("aws.ecs.fargate_service", "container.postgresql");
    ASSERT_NE(rule, nullptr);
    std::vector<std::string> keys;
    for (const PropertySpec& spec : rule->properties) {
        keys.push_back(spec.key);
    }
    EXPECT_EQ(
        keys, (std::vector<std::string>{
                  "operation", "itemsPerCall", "itemKB", "callsPerRequest", "classes", "parallel",
                  "timeoutMs", "retries", "retryBaseMs"}));
    EXPECT_EQ(rule->properties.front().fallback, "read");
}

}  // namespace
}  // namespace neph
