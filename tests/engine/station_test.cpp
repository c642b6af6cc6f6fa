#include "tests/engine/plan_world.h"

namespace neph {
namespace {

using Kind = OutcomeSpec::Kind;

/// Requests meet one station of the server.
class StationOfAServer : public PlanWorld {
protected:
    StationOfAServer() { m_path = m_builder.declarePath("request", m_node); }

    StationId bucket(std::int64_t units, std::int64_t perSecond, std::int64_t missing = 0)
    {
        return m_builder.addStation(
            {.kind = StationKind::TokenBucket,
             .name = "write capacity",
             .node = m_node,
             .pool = {},
             .capacity = units * 1000,
             .rate = perSecond * 1000,
             .heldAtStart = missing * 1000});
    }
    OutcomeId throttled() { return outcome(Kind::Throttled, "throttled"); }

    PathId m_path;
};

TEST_F(StationOfAServer, RefusesWhoFindsTheWaitingRoomFull)
{
    const StationId workers = slots(2, 3);
    m_builder.path(m_path)
        .serve(workers, draw("time", Distribution::constant(10)), throttled(), "handles it")
        .reply();
    users(m_path, 8, Distribution::constant(1));

    const StationReading reading = runUntil(1500ms).read(workers);

    EXPECT_EQ(reading.arrivals, 8u);
    EXPECT_EQ(reading.refused, 3u);
    EXPECT_EQ(reading.queueNow, 3u);
    EXPECT_EQ(countOf("throttled"), 3u);
}

TEST_F(StationOfAServer, ServesInOrderOfArrival)
{
    const StationId workers = slots(1);
    m_builder.path(m_path)
        .serve(workers, draw("time", Distribution::constant(0.1)), {}, "handles it")
        .reply();
    users(m_path, 3, Distribution::constant(1));

    const Histogram latency = runUntil(1350ms).latencyOf(ClassIndex{0});

    EXPECT_EQ(latency.min(), 100ms);
    EXPECT_EQ(latency.mean(), 200ms);
    EXPECT_EQ(latency.max(), 300ms);
}

TEST_F(StationOfAServer, KeepsASlotFromAcquireToRelease)
{
    const StationId connections = slots(1, -1, "connections");
    const DrawId time = draw("time", Distribution::constant(0.1));
    m_builder.path(m_path)
        .acquire(connections, {}, "takes a connection")
        .delay(time, "uses it")
        .release(connections)
        .delay(draw("rest", Distribution::constant(0.05)), "rests")
        .reply();
    users(m_path, 2, Distribution::constant(1));

    const RequestEngine& run = runUntil(1260ms);

    EXPECT_EQ(run.requestsEnded(), 2u);
    EXPECT_EQ(run.latencyOf(ClassIndex{0}).max(), 250ms);
    EXPECT_DOUBLE_EQ(run.read(connections).busy, 0.2);
    EXPECT_DOUBLE_EQ(run.read(connections).waiting, 0.1);
}

TEST_F(StationOfAServer, GivesBackWhatAFailingRequestHolds)
{
    const StationId connections = slots(1, -1, "connections");
    m_builder.path(m_path).acquire(connections, {}, "takes a connection").fail(throttled(), "breaks");
    users(m_path, 3, Distribution::constant(1));

    const RequestEngine& run = runUntil(1500ms);

    EXPECT_EQ(run.requestsEnded(), 3u);
    EXPECT_EQ(run.read(connections).completions, 3u);
}

TEST_F(StationOfAServer, LetsMoreInWhenItGrows)
{
    const StationId workers = slots(1);
    m_builder.path(m_path).serve(workers, draw("time", Distribution::constant(1)), {}, "handles it").reply();
    users(m_path, 4, Distribution::constant(1));

    RequestEngine& run = runUntil(1500ms);
    run.resize(workers, 4, 0);
    run.runUntil(2500ms);

    // One since 1 s, the others since 1.5 s.
    EXPECT_EQ(run.requestsEnded(), 4u);
    EXPECT_DOUBLE_EQ(run.read(workers).capacity, 1 * 1.5 + 4 * 1.0);
}

TEST_F(StationOfAServer, LetsNobodyGoWhenItShrinks)
{
    const StationId workers = slots(4);
    m_builder.path(m_path).serve(workers, draw("time", Distribution::constant(1)), {}, "handles it").reply();
    users(m_path, 6, Distribution::constant(1));

    RequestEngine& run = runUntil(1500ms);
    run.resize(workers, 1, 0);
    run.runUntil(2500ms);
    expectBalance();

    // Four end at 2 s; of the two who waited only one is let in then.
    EXPECT_EQ(run.requestsEnded(), 4u);
    EXPECT_EQ(run.read(workers).queueNow, 1u);
}

TEST_F(StationOfAServer, MakesAQuarterOfACoreFourTimesSlower)
{
    const StationId processor = cpu(250);
    m_builder.path(m_path).work(processor, draw("demand", Distribution::constant(0.020)), "computes").reply();
    users(m_path, 1, Distribution::constant(1));

    EXPECT_EQ(runUntil(1500ms).latencyOf(ClassIndex{0}).max(), 80ms);
}

TEST_F(StationOfAServer, GivesOneRequestNoMoreThanOneCore)
{
    const StationId processor = cpu(4000);
    m_builder.path(m_path).work(processor, draw("demand", Distribution::constant(0.020)), "computes").reply();
    users(m_path, 4, Distribution::constant(1));

    EXPECT_EQ(runUntil(1500ms).latencyOf(ClassIndex{0}).max(), 20ms);
}

TEST_F(StationOfAServer, SharesItsCoresFairly)
{
    const StationId processor = cpu(2000);
    m_builder.path(m_path).work(processor, draw("demand", Distribution::constant(0.020)), "computes").reply();
    users(m_path, 5, Distribution::constant(1));

    const RequestEngine& run = runUntil(1500ms);

    EXPECT_EQ(run.latencyOf(ClassIndex{0}).min(), 50ms);
    EXPECT_EQ(run.latencyOf(ClassIndex{0}).max(), 50ms);
    EXPECT_NEAR(run.read(processor).busy, 0.100, 1e-9);
}

TEST_F(StationOfAServer, MovesBytesAtTheRateOfAFlowOrAShareOfTheLine)
{
    const StationId line = m_builder.addStation(
        {.kind = StationKind::Bandwidth,
         .name = "network",
         .node = m_node,
         .pool = {},
         .rate = 100'000'000,
         .perFlow = 40'000'000});
    m_builder.path(m_path).transfer(line, m_builder.addAmount(20'000'000), "moves an object").reply();
    users(m_path, 4, Distribution::constant(1));

    const RequestEngine& run = runUntil(1900ms);

    // Four at 25 MB/s each; alone it would have been 0.5 s.
    EXPECT_EQ(run.latencyOf(ClassIndex{0}).max(), 800ms);
    EXPECT_NEAR(run.read(line).busy, 80'000'000, 1);
}

TEST_F(StationOfAServer, TakesFromABucketWhatIsThereAndRefusesTheRest)
{
    const StationId capacity = bucket(3600, 60);
    m_builder.path(m_path).take(capacity, m_builder.addAmount(1000), throttled(), "writes an item").reply();
    users(m_path, 4000, Distribution::constant(1));

    runUntil(1500ms);

    // 60 a second, and 3600 at once: the burst of a minute.
    EXPECT_EQ(requests().ok, 3600u);
    EXPECT_EQ(countOf("throttled"), 400u);
}

TEST_F(StationOfAServer, FillsABucketExactlyAtItsRate)
{
    const StationId capacity = bucket(300, 1, 300);
    m_builder.path(m_path).take(capacity, m_builder.addAmount(1000), throttled(), "reads an item").reply();
    users(m_path, 2, Distribution::constant(1));

    RequestEngine& run = runUntil(100'000s + 1ms);

    // Empty at the start, one unit each second, two who want it: exactly one of them gets it.
    EXPECT_EQ(requests().ok, 100'000u);
    EXPECT_EQ(countOf("throttled"), 100'000u);
    EXPECT_DOUBLE_EQ(run.read(capacity).busy, 100'000);
}

TEST_F(StationOfAServer, SavesFiveMinutesOfUnusedCapacityAndNoMore)
{
    const StationId capacity = bucket(300 * 10, 10);
    m_builder.path(m_path).take(capacity, m_builder.addAmount(1000), throttled(), "writes an item").reply();
    users(m_path, 5000, Distribution::constant(3600));

    runUntil(3700s);

    EXPECT_EQ(requests().ok, 3000u);
}

TEST_F(StationOfAServer, TakesFromTwoBucketsOrFromNone)
{
    const StationId table = bucket(100, 0);
    const StationId partition = bucket(10, 0);
    m_builder.path(m_path)
        .take(table, partition, m_builder.addAmount(1000), throttled(), "writes an item")
        .reply();
    users(m_path, 50, Distribution::constant(1));

    const RequestEngine& run = runUntil(1500ms);

    EXPECT_EQ(requests().ok, 10u);
    EXPECT_DOUBLE_EQ(run.read(table).busy, 10);
    EXPECT_EQ(run.read(partition).refused, 40u);
    EXPECT_EQ(run.read(table).refused, 0u);
}

TEST_F(StationOfAServer, HoldsBytesUntilTheyAreFreed)
{
    const StationId memory = m_builder.addStation(
        {.kind = StationKind::Memory,
         .name = "memory",
         .node = m_node,
         .pool = {},
         .capacity = 1 << 30,
         .heldAtStart = 1 << 20});
    const AmountId bytes = m_builder.addAmount(1 << 20);
    m_builder.path(m_path)
        .hold(memory, bytes, "reads the body")
        .delay(draw("time", Distribution::constant(0.5)), "handles it")
        .free(memory, bytes)
        .reply();
    users(m_path, 3, Distribution::constant(1));

    const RequestEngine& run = runUntil(2s);

    EXPECT_DOUBLE_EQ(run.read(memory).busy, (1 << 20) * (2.0 + 3 * 0.5));
}

}  // namespace
}  // namespace neph
