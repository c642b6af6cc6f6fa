#include <gtest/gtest.h>

#include "tests/support/drawing.h"

namespace neph {
namespace {

/// Users who reach a table through a service large enough not to be in the way.
Drawing tableUnder(double requestsPerSecond)
{
    return Drawing::shop()
        .set("users", "rate", requestsPerSecond)
        .set("users", "retries", 0)
        .set("web", "cpuMs", 0.2)
        .set("web", "cpu", "4")
        .set("web", "memoryMiB", 16384)
        .set("web", "memoryPerRequestMiB", 0.1)
        .set("web", "desiredCount", 4)
        .set("web", "workers", 1000)
        .setLink("web", "table", "retries", 0);
}

// Amazon DynamoDB Developer Guide, "Read/write capacity mode": half a unit for an eventually consistent read
// of up to 4 KB, one for a strong one, two for a transactional one.
struct Cost {
    const char* operation;
    const char* consistency;
    double itemKB;
    const char* usageType;
    double units;
};

class AnOperation : public testing::TestWithParam<Cost> {};

TEST_P(AnOperation, ConsumesTheUnitsThatThePageStates)
{
    const Cost& cost = GetParam();
    const RunResult result = tableUnder(20)
                                 .setLink("web", "table", "operation", cost.operation)
                                 .setLink("web", "table", "consistency", cost.consistency)
                                 .setLink("web", "table", "itemKB", cost.itemKB)
                                 .runFor(3min);
    const auto calls = static_cast<double>(result.nodes.at("table").requests);
    EXPECT_NEAR(used(result, cost.usageType) / calls, cost.units, 0.01);
}

// clang-format off
INSTANTIATE_TEST_SUITE_P(Published, AnOperation, testing::Values(
    Cost{"GetItem", "eventual", 8, "ReadRequestUnits", 1},           // DDB-01
    Cost{"GetItem", "strong", 8, "ReadRequestUnits", 2},             // DDB-01
    Cost{"TransactGetItems", "strong", 8, "ReadRequestUnits", 4},    // DDB-01
    Cost{"PutItem", "eventual", 2, "WriteRequestUnits", 2},          // DDB-02
    Cost{"TransactWriteItems", "eventual", 2, "WriteRequestUnits", 4},  // DDB-02
    Cost{"GetItem", "strong", 10, "ReadRequestUnits", 3},            // DDB-05
    Cost{"PutItem", "eventual", 1.6, "WriteRequestUnits", 2}),       // DDB-12
    [](const auto& example) { return std::string(example.param.operation) + std::to_string(example.index); });
// clang-format on

TEST(AProvisionedTable, ThrottlesWhatExceedsItsCapacity)
{
    const RunResult result = tableUnder(200)
                                 .set("table", "billingMode", "PROVISIONED")
                                 .set("table", "writeCapacity", 50)
                                 .setLink("web", "table", "operation", "PutItem")
                                 .runFor(20min);
    // 50 of 200 writes a second go through in the long run, and what a new table has saved until load comes.
    EXPECT_NEAR(used(result, "WriteCapacityUnit-Hrs"), 50 / 3.0, 0.1);
    EXPECT_NEAR(highest(result, "table", "ConsumedWriteCapacityUnits", 600s, 1200s), 50, 3);
    EXPECT_GT(outcomes(result, "throttled the call"), 100000u);
}

// "Burst capacity": up to 300 seconds of unused capacity are kept.
TEST(AProvisionedTable, KeepsFiveMinutesOfWhatItDidNotUse)
{
    const RunResult result = tableUnder(0)
                                 .set("users", "load", "step")
                                 .set("users", "peakRate", 200)
                                 .set("users", "startSeconds", 600)
                                 .set("table", "billingMode", "PROVISIONED")
                                 .set("table", "writeCapacity", 50)
                                 .setLink("web", "table", "operation", "PutItem")
                                 .runFor(20min);
    // 300 s × 50 units are 15,000; at 150 a second above what comes in they last 100 s.
    EXPECT_EQ(highest(result, "table", "ThrottledRequests", 600s, 690s), 0);
    EXPECT_GT(lowest(result, "table", "ThrottledRequests", 715s, 1199s), 0);
}

// DDB-53: a new on-demand table serves 4,000 writes a second at once.
TEST(ANewOnDemandTable, ServesFourThousandWritesASecondAtOnce)
{
    const RunResult result = tableUnder(3000).setLink("web", "table", "operation", "PutItem").runFor(3min);
    EXPECT_EQ(outcomes(result, "throttled"), 0u);
}

// A table that once served a peak keeps the partitions that it took; four of a new one would throttle this.
TEST(AnOnDemandTableThatWasBusy, HasThePartitionsOfItsPeak)
{
    Drawing busy = tableUnder(6000).setLink("web", "table", "operation", "PutItem");
    EXPECT_GT(outcomes(busy.runFor(1min), "throttled"), 0u);
    busy.set("table", "previousPeakWrites", 10'000);
    EXPECT_EQ(outcomes(busy.runFor(1min), "throttled"), 0u);
}

// DDB-50, DDB-51: whatever the table has, one partition gives 1,000 writes a second.
TEST(AHotKey, IsThrottledAtTheLimitOfItsPartition)
{
    const RunResult result = tableUnder(2500)
                                 .set("table", "keySkew", 2)
                                 .setLink("web", "table", "operation", "PutItem")
                                 .runFor(4min);
    EXPECT_GT(outcomes(result, "throttled"), 0u);
    EXPECT_LT(highest(result, "table", "ConsumedWriteCapacityUnits", 150s, 240s), 2300);
}

TEST(AThrottledCall, IsTriedAgainByTheSdk)
{
    const Drawing hot = tableUnder(200)
                            .set("table", "billingMode", "PROVISIONED")
                            .set("table", "writeCapacity", 190)
                            .setLink("web", "table", "operation", "PutItem");
    Drawing patient = hot;
    patient.setLink("web", "table", "retries", 8);
    EXPECT_LT(failures(patient.runFor(10min)), failures(hot.runFor(10min)));
}

// DDB-48: two one-minute points above the target, then UpdateTable.
TEST(AutoScalingOfATable, RaisesCapacityAfterTwoPointsAboveItsTarget)
{
    const RunResult result = tableUnder(100)
                                 .set("table", "billingMode", "PROVISIONED")
                                 .set("table", "writeCapacity", 50)
                                 .set("table", "autoscaling", true)
                                 .setLink("web", "table", "operation", "PutItem")
                                 .runFor(30min);
    const Time scaled = firstLogged(result, "Successfully set desired count");
    EXPECT_LE(scaled, 6min);
    // 100 writes a second at 70 %.
    EXPECT_NEAR(result.find("table", "ProvisionedWriteCapacityUnits")->valueAt(1790s), 143, 15);
}

TEST(AThrottleFault, LeavesAShareOfTheCapacityForAWhile)
{
    const RunResult result = tableUnder(100)
                                 .set("table", "billingMode", "PROVISIONED")
                                 .set("table", "readCapacity", 200)
                                 .set("table", "writeCapacity", 200)
                                 .setLink("web", "table", "operation", "PutItem")
                                 .fault("throttle", "table", 300, {{"percent", 10}}, 60)
                                 .runFor(10min);
    EXPECT_GT(highest(result, "table", "ThrottledRequests", 310s, 360s), 50);
    EXPECT_EQ(highest(result, "table", "ThrottledRequests", 400s, 600s), 0);
}

TEST(StorageOfATable, IsBilledWithAHundredBytesForEachItem)
{
    const RunResult result = Drawing::shop().runFor(1h);
    EXPECT_NEAR(used(result, "TimedStorage-ByteHrs"), (1e6 * 1124 / 1e9 + 105e6 / (1 << 30)) / 730, 1e-5);
}

}  // namespace
}  // namespace neph
