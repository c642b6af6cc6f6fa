#include "tests/engine/plan_world.h"

namespace neph {
namespace {

using Kind = OutcomeSpec::Kind;
using testing::DoubleNear;
using testing::HasSubstr;
using testing::SizeIs;

class Run : public PlanWorld {
protected:
    Run() { m_path = m_builder.declarePath("request", m_node); }

    PathId m_path;
};

TEST_F(Run, BranchesByChance)
{
    m_builder.path(m_path)
        .ifChance(draw("hit", Distribution::constant(0.2)))
        .fail(outcome(Kind::Failed, "unlucky"), "breaks")
        .endIf()
        .reply();
    arrivals(m_path, 1000);

    runUntil(100s);

    EXPECT_NEAR(static_cast<double>(countOf("unlucky")) / static_cast<double>(requests().total), 0.2, 0.005);
}

TEST_F(Run, BranchesByClass)
{
    m_builder.addClass("request");
    m_builder.addClass("report");
    m_builder.path(m_path).ifClass(0b10).fail(outcome(Kind::Failed, "not today"), "breaks").endIf().reply();
    arrivals(m_path, 100);

    runUntil(100s);

    EXPECT_EQ(requests().failed, 0u);
    EXPECT_EQ(result().classes.at("report").ok, 0u);
    EXPECT_GT(result().classes.at("report").failed, 4000u);
}

TEST_F(Run, DrawsClassesByTheirWeights)
{
    m_builder.addClass("request");
    m_builder.addClass("report");
    m_builder.path(m_path).reply();
    m_builder.addSource(
        {.name = "users",
         .node = m_users,
         .path = m_path,
         .classWeights = {3, 1},
         .rate = RateProfile::constant(1000)});

    runUntil(100s);

    EXPECT_NEAR(static_cast<double>(requests().total), 75'000, 1000);
}

TEST_F(Run, MetersAmountsByClass)
{
    m_builder.addClass("request");
    m_builder.addClass("report");
    const MeterId meter =
        m_builder.addMeter({.node = m_node, .service = "", .usageType = "units", .region = ""});
    m_builder.path(m_path).meter(meter, m_builder.addAmount({500, 2000})).reply();
    arrivals(m_path, 100);

    const RequestEngine& run = runUntil(10s);

    EXPECT_EQ(run.readMeter(meter, ClassIndex{0}), 500 * requests().total);
    EXPECT_EQ(run.readMeter(meter, ClassIndex{1}), 2000 * result().classes.at("report").total);
}

TEST_F(Run, SlowsDownANodeThatIsDisturbed)
{
    m_builder.path(m_path).reply();
    users(m_path, 1, Distribution::constant(1));

    engine().disturb(m_node, 250ms, 0, {});
    EXPECT_EQ(runUntil(2s).latencyOf(ClassIndex{0}).max(), 250ms);

    engine().disturb(m_node, 0ms, 0, {});
    EXPECT_EQ(runUntil(3s).latencyOf(ClassIndex{0}).min(), 0ms);
}

TEST_F(Run, FailsAShareOfTheRequestsOfADisturbedNode)
{
    m_builder.path(m_path).reply();
    const OutcomeId broken = outcome(Kind::Failed, "500 Internal Server Error");
    arrivals(m_path, 100);
    engine().disturb(m_node, 0ms, 0.3, broken);

    runUntil(1000s);

    EXPECT_NEAR(static_cast<double>(requests().failed) / static_cast<double>(requests().total), 0.3, 0.01);
}

TEST_F(Run, ChargesAHopThatCrossesZones)
{
    const ZoneIndex here = m_builder.addZone({"a", "us-east-1a"});
    const ZoneIndex there = m_builder.addZone({"b", "us-east-1b"});
    const NodeIndex store = m_builder.addNode({"store", "Store", "store"});
    const PoolId front = m_builder.addPool({.name = "front", .node = m_node, .weights = {}});
    const PoolId back = m_builder.addPool({.name = "back", .node = store, .weights = {}});
    const OutcomeId nobody = outcome(Kind::Unavailable, "503");
    const MeterId meter =
        m_builder.addMeter({.node = m_node, .service = "", .usageType = "bytes", .region = ""});
    const PathId handle = m_builder.declarePath("handle", m_node);
    const PathId query = m_builder.declarePath("query", store);
    m_builder.path(m_path).callOn(front, Routing::RoundRobin, handle, {}, {}, nobody, "calls").reply();
    m_builder.path(handle).callOn(back, Routing::RoundRobin, query, {}, {}, nobody, "calls").reply();
    m_builder.path(query)
        .hop(
            draw("near", Distribution::constant(0.001)), draw("far", Distribution::constant(0.002)),
            m_builder.addAmount(700), meter, "crosses the network")
        .reply();
    users(m_path, 2, Distribution::constant(1));
    engine().setService(engine().addReplica(front, here, 0), Service::In);
    engine().setService(engine().addReplica(back, here, 0), Service::In);
    engine().setService(engine().addReplica(back, there, 0), Service::In);

    const RequestEngine& run = runUntil(1500ms);

    EXPECT_EQ(run.latencyOf(ClassIndex{0}).min(), 1ms);
    EXPECT_EQ(run.latencyOf(ClassIndex{0}).max(), 2ms);
    EXPECT_EQ(run.readMeter(meter, ClassIndex{0}), 700u);
}

TEST_F(Run, TellsWhatHappenedInEachInterval)
{
    const StationId workers = slots(4);
    m_builder.path(m_path)
        .serve(workers, draw("time", Distribution::constant(0.01)), {}, "handles it")
        .reply();
    arrivals(m_path, 100);

    RequestEngine& run = runUntil(100s);
    run.takeInterval();
    run.runUntil(200s);
    const IntervalStats& interval = run.takeInterval();

    EXPECT_EQ(interval.to - interval.from, 100s);
    EXPECT_NEAR(static_cast<double>(interval.classes[0].count), 10'000, 400);
    EXPECT_EQ(interval.nodes[m_node.value].count, interval.classes[0].count);
    EXPECT_NEAR(interval.stations[workers.value].utilisation, 0.25, 0.01);
    EXPECT_NEAR(milliseconds(interval.classes[0].p50), 10, 0.1);
    EXPECT_EQ(requests().latency.count(), run.requestsEnded());
}

TEST_F(Run, NamesTheBottleneckOfANode)
{
    const StationId workers = slots(1);
    const StationId processor = cpu(8000);
    m_builder.path(m_path)
        .work(processor, draw("demand", Distribution::constant(0.001)), "computes")
        .serve(workers, draw("time", Distribution::exponential(0.009)), {}, "handles it")
        .reply();
    arrivals(m_path, 100);

    runUntil(500s);

    const NodeView view = result().nodes.at("server");
    EXPECT_THAT(view.bottleneck, HasSubstr("workers: 9"));
    EXPECT_THAT(view.bottleneck, HasSubstr("requests wait"));
    EXPECT_THAT(view.stations, SizeIs(2));
    EXPECT_THAT(view.requestsPerSecond, DoubleNear(100, 3));
}

TEST_F(Run, ExplainsASampledRequestStepByStep)
{
    const StationId workers = slots(1);
    const PathId front = m_builder.declarePath("front", m_users);
    m_builder.path(front).call(m_path, {}, {}, "asks the server").reply();
    m_builder.path(m_path)
        .serve(workers, draw("time", Distribution::constant(0.1)), {}, "handles it")
        .reply();
    users(front, 3, Distribution::constant(1));
    engine(1, {.traceEvery = 1});

    runUntil(1350ms);

    const std::vector<RequestTrace> traces = result().traces;
    ASSERT_THAT(traces, SizeIs(3));
    const RequestTrace& last = traces[2];
    EXPECT_EQ(last.latency, 300ms);
    ASSERT_THAT(last.spans, SizeIs(2));
    EXPECT_EQ(last.spans[0].step, "asks the server");
    EXPECT_EQ(last.spans[0].to, 1300ms);
    EXPECT_EQ(last.spans[1].node, "server");
    EXPECT_EQ(last.spans[1].depth, 1);
    EXPECT_EQ(last.spans[1].start, 1200ms);
    EXPECT_EQ(last.spans[1].why, "waited 200 ms for workers: 1 of 1 busy, 1 ahead");
}

TEST_F(Run, ExplainsARefusal)
{
    const StationId workers = slots(1, 1);
    m_builder.path(m_path)
        .serve(
            workers, draw("time", Distribution::constant(10)),
            outcome(Kind::Unavailable, "503 Service Unavailable"), "handles it")
        .reply();
    users(m_path, 3, Distribution::constant(1));
    engine(1, {.traceEvery = 1});

    runUntil(1350ms);

    const std::vector<RequestTrace> traces = result().traces;
    ASSERT_THAT(traces, SizeIs(1));
    EXPECT_FALSE(traces[0].ok);
    EXPECT_EQ(traces[0].spans.at(0).why, "503 Service Unavailable: 1 of 1 workers busy, 1 waiting");
}

TEST_F(Run, KeepsABoundedNumberOfTraces)
{
    m_builder.path(m_path)
        .ifChance(draw("bad", Distribution::constant(0.5)))
        .fail(outcome(Kind::Failed, "500"), "breaks")
        .endIf()
        .reply();
    arrivals(m_path, 1000);
    engine(1, {.traceEvery = 1});

    runUntil(10s);

    EXPECT_LE(result().traces.size(), 350u);
    EXPECT_GE(result().traces.size(), 300u);
}

TEST_F(Run, KeepsItsMemoryFlat)
{
    const StationId workers = slots(8);
    const PathId front = m_builder.declarePath("front", m_users);
    PolicySpec policy;
    policy.timeout = 30s;
    m_builder.path(front).call(m_path, m_builder.addPolicy(policy), {}, "asks the server").reply();
    m_builder.path(m_path)
        .serve(workers, draw("time", Distribution::exponential(0.007)), {}, "handles it")
        .reply();
    arrivals(front, 1000);

    const std::size_t early = runUntil(60s).memory();
    const std::size_t late = runUntil(600s).memory();

    EXPECT_LE(late, early + early / 4);
}

/// The same little world, made anew for each run; `isCrowded`: with a stranger in it.
std::uint64_t fingerprintOf(std::uint64_t seed, bool isCrowded, std::uint64_t* answered = nullptr)
{
    PlanBuilder builder;
    const NodeIndex users = builder.addNode({"users", "Users", "users"});
    const NodeIndex server = builder.addNode({"server", "Server", "server"});
    const NodeIndex stranger = builder.addNode({"stranger", "Stranger", "server"});
    builder.addClass("request");
    builder.addClass("strange");
    const auto addService = [&](const std::string& name, NodeIndex node, std::vector<double> weights) {
        const StationId workers =
            builder.addStation({.name = "workers", .node = node, .pool = {}, .capacity = 2, .queueLimit = 9});
        const PathId path = builder.declarePath(name, node);
        const OutcomeId full = builder.outcome({Kind::Unavailable, "503", false, node});
        builder.path(path)
            .serve(
                workers, builder.addDraw(name, "time", Distribution::logNormal(0.02, 2)), full, "handles it")
            .reply();
        builder.addSource(
            {.name = name,
             .node = users,
             .path = path,
             .classWeights = std::move(weights),
             .rate = RateProfile::constant(80)});
    };
    if (isCrowded) {
        addService("stranger", stranger, {0, 1});
    }
    addService("server", server, {1, 0});
    const Plan plan = builder.build();
    Simulation simulation;
    RequestEngine run(plan, simulation, seed);
    run.runUntil(100s);
    if (answered != nullptr) {
        RunResult result;
        run.describe(result);
        const ClassResult& counts = result.classes.at("request");
        *answered = counts.ok * 1'000'000'007 + static_cast<std::uint64_t>(counts.latency.mean().count());
    }
    return run.fingerprint();
}

TEST(SameSeed, GivesTheSameRunBitForBit)
{
    EXPECT_EQ(fingerprintOf(5, false), fingerprintOf(5, false));
}

TEST(AnotherSeed, GivesAnotherRun)
{
    EXPECT_NE(fingerprintOf(5, false), fingerprintOf(6, false));
}

TEST(AStrangerInTheDrawing, ChangesNothingForTheOthers)
{
    std::uint64_t alone = 0;
    std::uint64_t together = 0;
    fingerprintOf(5, false, &alone);
    fingerprintOf(5, true, &together);
    EXPECT_EQ(alone, together);
}

}  // namespace
}  // namespace neph
