#include "sim/engine/flows/path_sampler.h"
#include "tests/engine/plan_world.h"

namespace neph {
namespace {

/// Paths of constant times, whose walks can be told beforehand.
class PathWalk : public PlanWorld {
protected:
    PathWalk()
    {
        m_request = m_builder.declarePath("request", m_users);
        m_handle = m_builder.declarePath("handle", m_node);
        m_broken = outcome(OutcomeSpec::Kind::Failed, "500 Internal Server Error", true);
        m_nobody = outcome(OutcomeSpec::Kind::Unavailable, "503 Service Unavailable");
        arrivals(m_request, 10);
    }

    DrawId constant(const std::string& purpose, double seconds)
    {
        return draw(purpose, Distribution::constant(seconds));
    }
    SampledPaths walk(std::uint32_t walks = 100)
    {
        engine();
        m_meetings.stations.resize(m_plan->stations.size());
        m_meetings.nodes.resize(m_plan->nodes.size());
        m_meetings.pools.resize(m_plan->pools.size());
        return PathSampler(*m_plan, 1).sample(m_meetings, {10}, walks);
    }

    PathId m_request;
    PathId m_handle;
    OutcomeId m_broken;
    OutcomeId m_nobody;
    Meetings m_meetings;
};

TEST_F(PathWalk, TakesAsLongAsTheLongestCallOfAFork)
{
    const PathId longer = m_builder.declarePath("longer", m_node);
    m_builder.path(m_request)
        .fork(2)
        .call(m_handle, {}, {}, "asks")
        .call(longer, {}, {}, "asks")
        .delay(constant("after", 0.01), "waits")
        .reply();
    m_builder.path(m_handle).delay(constant("time", 0.02), "handles it").reply();
    m_builder.path(longer).delay(constant("longer", 0.05), "handles it").reply();

    EXPECT_EQ(walk().classes[0].max(), 60ms);
}

TEST_F(PathWalk, WaitsBeforeItTriesAgainAndEndsWithTheLastFailure)
{
    PolicySpec policy;
    policy.retries = 2;
    policy.backoffBase = 100ms;
    m_builder.path(m_request).call(m_handle, m_builder.addPolicy(policy), {}, "asks").reply();
    m_builder.path(m_handle).delay(constant("time", 0.02), "handles it").fail(m_broken, "breaks");

    const SampledPaths paths = walk();

    // Without jitter: 20 + 100 + 20 + 200 + 20 ms.
    EXPECT_EQ(paths.classes[0].max(), 360ms);
    EXPECT_NEAR(paths.outcomes[0][m_broken.value], 1, 1e-9);
    EXPECT_NEAR(paths.attempts[0], 30, 1e-9);
}

TEST_F(PathWalk, GoesOnAtTheTimeoutWhileTheCalleeWorksToItsEnd)
{
    PolicySpec policy;
    policy.timeout = 30ms;
    policy.onTimeout = outcome(OutcomeSpec::Kind::TimedOut, "gave up");
    policy.ignoreFailure = true;
    m_builder.path(m_request).call(m_handle, m_builder.addPolicy(policy), {}, "asks").reply();
    m_builder.path(m_handle).delay(constant("time", 0.2), "handles it").reply();

    const SampledPaths paths = walk();

    EXPECT_EQ(paths.classes[0].max(), 30ms);
    EXPECT_EQ(paths.nodes[m_node.value].max(), 200ms);
    EXPECT_EQ(paths.timedOut[0], 1);
    EXPECT_NEAR(paths.outcomes[0][0], 1, 1e-9);
}

TEST_F(PathWalk, EndsAtAPoolWithoutReplicas)
{
    const PoolId pool = m_builder.addPool({.name = "tasks", .node = m_node, .weights = {}});
    m_builder.path(m_request)
        .callOn(pool, Routing::RoundRobin, m_handle, {}, {}, m_nobody, "asks a task")
        .reply();
    m_builder.path(m_handle).delay(constant("time", 0.02), "handles it").reply();

    EXPECT_NEAR(walk().outcomes[0][m_nobody.value], 1, 1e-9);
}

TEST_F(PathWalk, CrossesZonesAsOftenAsReplicasLieInOthers)
{
    m_builder.addZone({"zone-a", "us-east-1a"});
    m_builder.addZone({"zone-b", "us-east-1b"});
    const NodeIndex store = m_builder.addNode({"store", "Store", "store"});
    const PoolId tasks = m_builder.addPool({.name = "tasks", .node = m_node, .weights = {}});
    const PoolId parts = m_builder.addPool({.name = "parts", .node = store, .weights = {}});
    const PathId query = m_builder.declarePath("query", store);
    m_builder.path(m_request).callOn(tasks, Routing::Random, m_handle, {}, {}, m_nobody, "asks").reply();
    m_builder.path(m_handle).callOn(parts, Routing::Random, query, {}, {}, m_nobody, "asks").reply();
    m_builder.path(query)
        .hop(constant("same", 0.001), constant("across", 0.002), m_builder.addAmount(1), {}, "arrives")
        .reply();
    m_meetings.pools = {
        {{.share = 1, .stations = {}, .zones = {0.5, 0.5}}}, {{.share = 1, .stations = {}, .zones = {1, 0}}}};

    EXPECT_NEAR(milliseconds(walk(20'000).classes[0].mean()), 1.5, 0.02);
}

TEST_F(PathWalk, IsDelayedAndFailedByADisturbanceOfANode)
{
    m_builder.path(m_request).call(m_handle, {}, {}, "asks").reply();
    m_builder.path(m_handle).delay(constant("time", 0.02), "handles it").reply();
    m_meetings.nodes.resize(2);
    m_meetings.nodes[m_node.value] = {.added = 0.5, .failShare = 0.25, .outcome = m_broken};

    const SampledPaths paths = walk(20'000);

    EXPECT_EQ(paths.classes[0].max(), 520ms);
    EXPECT_NEAR(paths.outcomes[0][m_broken.value], 0.25, 0.01);
}

}  // namespace
}  // namespace neph
