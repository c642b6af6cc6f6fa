#include "tests/engine/plan_world.h"

namespace neph {
namespace {

using Kind = OutcomeSpec::Kind;
using testing::DoubleNear;
using testing::ElementsAre;

/// Users call a service of some replicas, each with workers of its own.
class ReplicaSet : public PlanWorld {
protected:
    ReplicaSet()
    {
        m_pool = m_builder.addPool({.name = "service", .node = m_node, .weights = {}});
        m_workers = m_builder.addStation(
            {.name = "workers", .node = m_node, .pool = m_pool, .capacity = 4, .queueLimit = -1});
        m_path = m_builder.declarePath("request", m_users);
        m_handle = m_builder.declarePath("handle", m_node);
        m_nobody = outcome(Kind::Unavailable, "503 Service Unavailable");
        m_reset = outcome(Kind::Refused, "connection reset", true);
    }

    void serverTakes(Distribution time)
    {
        m_builder.path(m_handle)
            .serve(m_workers, draw("time", std::move(time)), m_nobody, "handles it")
            .reply();
    }
    void userCalls(Routing routing, PolicyId policy = {})
    {
        m_builder.path(m_path)
            .callOn(m_pool, routing, m_handle, policy, {}, m_nobody, "asks the service")
            .reply();
    }
    std::vector<ReplicaId> replicas(std::size_t count)
    {
        std::vector<ReplicaId> made;
        for (std::size_t i = 0; i < count; ++i) {
            made.push_back(engine().addReplica(m_pool, {}, 0));
            engine().setService(made.back(), Service::In);
        }
        return made;
    }
    std::vector<std::uint64_t> requestsOf(const std::vector<ReplicaId>& all)
    {
        std::vector<std::uint64_t> counts;
        for (const ReplicaId replica : all) {
            counts.push_back(engine().read(replica).requests);
        }
        return counts;
    }

    PoolId m_pool;
    StationId m_workers;
    PathId m_path;
    PathId m_handle;
    OutcomeId m_nobody;
    OutcomeId m_reset;
};

TEST_F(ReplicaSet, FailsCallsWhileNobodyIsInService)
{
    serverTakes(Distribution::constant(0.1));
    userCalls(Routing::RoundRobin);
    users(m_path, 3, Distribution::constant(1));
    engine().addReplica(m_pool, {}, 0);

    runUntil(1500ms);

    EXPECT_EQ(countOf("503 Service Unavailable"), 3u);
}

TEST_F(ReplicaSet, TakesTurnsInRoundRobin)
{
    serverTakes(Distribution::constant(0.1));
    userCalls(Routing::RoundRobin);
    users(m_path, 10, Distribution::constant(1));
    const std::vector<ReplicaId> all = replicas(4);

    runUntil(1500ms);

    EXPECT_THAT(requestsOf(all), ElementsAre(3, 3, 2, 2));
}

TEST_F(ReplicaSet, LeavesOutWhoeverIsOutOfService)
{
    serverTakes(Distribution::constant(0.1));
    userCalls(Routing::RoundRobin);
    users(m_path, 10, Distribution::constant(1));
    const std::vector<ReplicaId> all = replicas(3);
    engine().setService(all[1], Service::Out);

    runUntil(1500ms);

    EXPECT_THAT(requestsOf(all), ElementsAre(5, 0, 5));
}

TEST_F(ReplicaSet, GivesTheNextRequestToWhoeverHasLeastToDo)
{
    // The first replica gets a request that never ends; then it has always one more than the other.
    serverTakes(Distribution::constant(100));
    userCalls(Routing::LeastOutstanding);
    users(m_path, 7, Distribution::constant(1));
    const std::vector<ReplicaId> all = replicas(3);

    runUntil(1500ms);

    EXPECT_THAT(requestsOf(all), ElementsAre(3, 2, 2));
    EXPECT_EQ(engine().read(all[0]).inFlight, 3u);
}

TEST_F(ReplicaSet, WaitsLessByLeastOutstandingThanByRoundRobin)
{
    serverTakes(Distribution::hyperExponential(0.02, 6));
    userCalls(Routing::LeastOutstanding);
    const PathId other = m_builder.declarePath("other", m_users);
    m_builder.path(other).reply();
    arrivals(m_path, 450);
    const std::vector<ReplicaId> all = replicas(3);

    const RequestEngine& run = runUntil(500s);

    // Load 0.75 on twelve workers. Round robin waits about 20 ms here.
    const StationReading reading = run.read(m_workers);
    EXPECT_LT(1000 * reading.waiting / static_cast<double>(reading.arrivals), 10);
    EXPECT_THAT(
        static_cast<double>(run.read(all[0]).requests),
        DoubleNear(static_cast<double>(run.read(all[1]).requests), 3000));
}

TEST_F(ReplicaSet, SpreadsEvenlyByChance)
{
    serverTakes(Distribution::constant(0.001));
    userCalls(Routing::Random);
    arrivals(m_path, 1000);
    const std::vector<ReplicaId> all = replicas(4);

    runUntil(100s);

    for (const std::uint64_t count : requestsOf(all)) {
        EXPECT_NEAR(static_cast<double>(count), 25'000, 600);
    }
}

TEST_F(ReplicaSet, GivesAShareToWhoeverStartsSlowly)
{
    serverTakes(Distribution::constant(0.001));
    userCalls(Routing::RoundRobin);
    users(m_path, 100, Distribution::constant(1));
    const std::vector<ReplicaId> all = replicas(3);
    engine().setShare(all[2], 0.5);

    runUntil(1500ms);

    EXPECT_THAT(requestsOf(all), ElementsAre(40, 40, 20));
}

TEST_F(ReplicaSet, EndsItsRequestsOnceWhenAReplicaIsRemoved)
{
    serverTakes(Distribution::constant(10));
    userCalls(Routing::RoundRobin);
    users(m_path, 14, Distribution::constant(1));
    const std::vector<ReplicaId> all = replicas(2);

    RequestEngine& run = runUntil(1500ms);
    run.removeReplica(all[0], m_reset);
    expectBalance();

    // Seven were in it: four served, three waiting.
    EXPECT_EQ(countOf("connection reset"), 7u);
    EXPECT_EQ(run.read(m_pool).inFlight, 7u);
    EXPECT_EQ(run.read(all[0]).errors, 7u);
    run.runUntil(12s);
    EXPECT_EQ(requests().ok, 4u);
}

TEST_F(ReplicaSet, LetsCallersTryAgainElsewhereWhenAReplicaIsRemoved)
{
    serverTakes(Distribution::constant(10));
    PolicySpec policy;
    policy.retries = 1;
    userCalls(Routing::RoundRobin, m_builder.addPolicy(policy));
    users(m_path, 4, Distribution::constant(1));
    const std::vector<ReplicaId> all = replicas(2);

    RequestEngine& run = runUntil(1500ms);
    run.removeReplica(all[0], m_reset);
    run.runUntil(11800ms);

    EXPECT_EQ(requests().ok, 4u);
    EXPECT_EQ(run.read(all[1]).requests, 4u);
}

TEST_F(ReplicaSet, LeavesWhatARemovedReplicaAskedForAtWork)
{
    const NodeIndex store = m_builder.addNode({"store", "Store", "store"});
    const StationId connections =
        m_builder.addStation({.name = "connections", .node = store, .pool = {}, .capacity = 1});
    const PathId query = m_builder.declarePath("query", store);
    m_builder.path(query)
        .serve(connections, draw("query", Distribution::constant(2)), {}, "looks it up")
        .reply();
    m_builder.path(m_handle).call(query, {}, {}, "asks the store").reply();
    userCalls(Routing::RoundRobin);
    users(m_path, 2, Distribution::constant(1));
    const std::vector<ReplicaId> all = replicas(1);

    RequestEngine& run = runUntil(1500ms);
    run.removeReplica(all[0], m_reset);
    run.runUntil(10s);

    EXPECT_EQ(countOf("connection reset"), 2u);
    EXPECT_EQ(run.read(connections).completions, 2u);
    EXPECT_EQ(run.wastedAnswers(store), 2u);
}

TEST_F(ReplicaSet, GivesBackSlotsElsewhereWhenAReplicaIsRemoved)
{
    const StationId shared = slots(2, -1, "shared");
    m_builder.path(m_handle)
        .acquire(shared, {}, "takes a token")
        .serve(m_workers, draw("time", Distribution::constant(5)), m_nobody, "handles it")
        .release(shared)
        .reply();
    userCalls(Routing::RoundRobin);
    users(m_path, 6, Distribution::constant(1));
    const std::vector<ReplicaId> all = replicas(2);

    RequestEngine& run = runUntil(1500ms);
    run.removeReplica(all[0], m_reset);
    expectBalance();
    run.runUntil(20s);

    // Three of them on the replica that goes; its slot serves the other three one after the other.
    EXPECT_EQ(run.read(all[1]).errors, 0u);
    EXPECT_GE(requests().ok, 3u);
}

TEST_F(ReplicaSet, SurvivesReplicasThatComeAndGoUnderLoad)
{
    const StationId processor = m_builder.addStation(
        {.kind = StationKind::Cpu, .name = "vCPU", .node = m_node, .pool = m_pool, .capacity = 1000});
    const StationId shared = slots(3, 20, "shared");
    const StationId memory = m_builder.addStation(
        {.kind = StationKind::Memory, .name = "memory", .node = m_node, .pool = m_pool, .capacity = 1000});
    const AmountId bytes = m_builder.addAmount(10);
    m_builder.path(m_handle)
        .hold(memory, bytes, "reads the body")
        .acquire(m_workers, m_nobody, "takes a worker")
        .work(processor, draw("demand", Distribution::exponential(0.02)), "computes")
        .serve(shared, draw("time", Distribution::exponential(0.02)), m_nobody, "asks")
        .release(m_workers)
        .free(memory, bytes)
        .reply();
    PolicySpec policy;
    policy.timeout = 200ms;
    policy.onTimeout = outcome(Kind::TimedOut, "timed out", true);
    policy.retries = 2;
    policy.backoffBase = 10ms;
    userCalls(Routing::LeastOutstanding, m_builder.addPolicy(policy));
    arrivals(m_path, 150);
    std::vector<ReplicaId> all = replicas(4);

    RandomStream random(7, 7);
    for (int i = 1; i <= 400; ++i) {
        runUntil(50ms * i);
        const std::size_t victim = random.below(all.size());
        engine().removeReplica(all[victim], m_reset);
        all[victim] = engine().addReplica(m_pool, {}, 0);
        engine().setService(all[victim], Service::In);
        expectBalance();
    }
    EXPECT_EQ(engine().read(m_pool).replicas, 4u);
    EXPECT_GT(requests().ok, 1000u);
}

TEST_F(ReplicaSet, TellsItsControllerOnceThatAReplicaIsOutOfMemory)
{
    const StationId memory = m_builder.addStation(
        {.kind = StationKind::Memory,
         .name = "memory",
         .node = m_node,
         .pool = m_pool,
         .capacity = 100,
         .heldAtStart = 40});
    const AmountId bytes = m_builder.addAmount(25);
    m_builder.path(m_handle)
        .hold(memory, bytes, "reads the body")
        .serve(m_workers, draw("time", Distribution::constant(5)), m_nobody, "handles it")
        .free(memory, bytes)
        .reply();
    userCalls(Routing::RoundRobin);
    users(m_path, 5, Distribution::constant(1));
    const std::vector<ReplicaId> all = replicas(1);
    std::vector<ReplicaId> killed;
    engine().onOutOfMemory(m_pool, [&](ReplicaId replica) {
        killed.push_back(replica);
        engine().removeReplica(replica, m_reset);
    });

    runUntil(1500ms);

    EXPECT_EQ(killed, all);
    EXPECT_EQ(countOf("connection reset"), 5u);
}

TEST_F(ReplicaSet, KeepsWhatRemovedReplicasDidInItsReadings)
{
    serverTakes(Distribution::constant(0.1));
    userCalls(Routing::RoundRobin);
    users(m_path, 4, Distribution::constant(1));
    const std::vector<ReplicaId> all = replicas(2);

    RequestEngine& run = runUntil(1900ms);
    run.removeReplica(all[0], m_reset);

    EXPECT_EQ(run.read(m_workers).completions, 4u);
    EXPECT_DOUBLE_EQ(run.read(m_workers).busy, 0.4);
    EXPECT_EQ(run.read(m_pool).replicas, 1u);
}

TEST_F(ReplicaSet, RoutesByWeightWhateverIsInService)
{
    const PoolId partitions = m_builder.addPool(
        {.name = "partitions", .node = m_node, .fixedReplicas = 4, .weights = {8, 1, 1, 0}});
    serverTakes(Distribution::constant(0.001));
    const PathId get = m_builder.declarePath("get", m_node);
    m_builder.path(get).reply();
    m_builder.path(m_path)
        .callOn(partitions, Routing::ByWeight, get, {}, {}, m_nobody, "asks a partition")
        .reply();
    arrivals(m_path, 1000);

    runUntil(100s);

    EXPECT_NEAR(static_cast<double>(engine().read(ReplicaId{0}).requests), 80'000, 1500);
    EXPECT_NEAR(static_cast<double>(engine().read(ReplicaId{1}).requests), 10'000, 500);
    EXPECT_EQ(engine().read(ReplicaId{3}).requests, 0u);
}

TEST_F(ReplicaSet, AnswersAProbeWithoutCountingItAmongUsers)
{
    serverTakes(Distribution::constant(0.1));
    userCalls(Routing::RoundRobin);
    users(m_path, 1, Distribution::constant(1));
    const std::vector<ReplicaId> all = replicas(1);
    std::vector<OutcomeId> answers;

    engine().send(m_handle, all[0], 0, [&](OutcomeId ended) { answers.push_back(ended); });
    runUntil(500ms);

    EXPECT_THAT(answers, ElementsAre(OutcomeId{0}));
    EXPECT_EQ(result().nodes.at("server").requests, 0u);
    EXPECT_EQ(engine().read(m_workers).completions, 1u);
}

TEST_F(ReplicaSet, TellsAProbeThatItsReplicaWasRemoved)
{
    serverTakes(Distribution::constant(10));
    userCalls(Routing::RoundRobin);
    users(m_path, 1, Distribution::constant(1));
    const std::vector<ReplicaId> all = replicas(1);
    std::vector<OutcomeId> answers;

    engine().send(m_handle, all[0], 0, [&](OutcomeId ended) { answers.push_back(ended); });
    runUntil(500ms);
    engine().removeReplica(all[0], m_reset);
    runUntil(600ms);

    EXPECT_THAT(answers, ElementsAre(m_reset));
}

TEST_F(ReplicaSet, MovesTheBytesThatASenderNames)
{
    const StationId line = m_builder.addStation(
        {.kind = StationKind::Bandwidth, .name = "network", .node = m_node, .pool = {}, .rate = 1'000'000});
    const PathId pull = m_builder.declarePath("pull", m_node);
    m_builder.path(pull).transfer(line, m_builder.addAmount(0), "pulls a layer").reply();
    serverTakes(Distribution::constant(0.1));
    userCalls(Routing::RoundRobin);
    users(m_path, 1, Distribution::constant(100));
    Time pulled{0};

    engine().send(pull, {}, 2'500'000, [&](OutcomeId) { pulled = m_simulation->now(); });
    runUntil(10s);

    EXPECT_EQ(pulled, 2500ms);
}

}  // namespace
}  // namespace neph
