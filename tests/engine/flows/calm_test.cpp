#include <gtest/gtest.h>

#include "sim/engine/flows/flow_engine.h"
#include "tests/engine/plan_world.h"

namespace neph {
namespace {

using Kind = OutcomeSpec::Kind;

/// A service of one replica with four workers, which writes to a table, run as flows.
class ServiceWithATable : public PlanWorld {
protected:
    ServiceWithATable()
    {
        m_pool = m_builder.addPool({.name = "service", .node = m_node, .weights = {}});
        m_workers = m_builder.addStation(
            {.name = "workers", .node = m_node, .pool = m_pool, .capacity = 4, .queueLimit = -1});
        m_table = m_builder.addStation(
            {.kind = StationKind::TokenBucket,
             .name = "write capacity",
             .node = m_node,
             .pool = {},
             .capacity = 10'000,
             .rate = 10'000});
        m_path = m_builder.declarePath("request", m_users);
        const PathId handle = m_builder.declarePath("handle", m_node);
        const OutcomeId nobody = outcome(Kind::Unavailable, "503 Service Unavailable");
        m_builder.path(handle)
            .serve(m_workers, draw("time", Distribution::exponential(0.01)), nobody, "handles it")
            .take(m_table, m_builder.addAmount(1000), outcome(Kind::Throttled, "throttled"), "writes an item")
            .reply();
        m_builder.path(m_path)
            .callOn(m_pool, Routing::RoundRobin, handle, {}, {}, nobody, "asks the service")
            .reply();
    }

    FlowEngine& flowsAt(double perSecond)
    {
        arrivals(m_path, perSecond);
        m_plan = std::make_unique<Plan>(m_builder.build());
        m_simulation = std::make_unique<Simulation>();
        m_flows = std::make_unique<FlowEngine>(*m_plan, *m_simulation, 1);
        m_flows->onTrouble([this] { ++m_news; });
        m_replica = m_flows->addReplica(m_pool, {}, 0);
        m_flows->setService(m_replica, Service::In);
        m_flows->runUntil(10min, {});
        return *m_flows;
    }

    PoolId m_pool;
    StationId m_workers;
    StationId m_table;
    PathId m_path;
    std::unique_ptr<FlowEngine> m_flows;
    ReplicaId m_replica;
    int m_news = 0;
};

TEST_F(ServiceWithATable, IsCalmWhereNothingIsShort)
{
    EXPECT_TRUE(flowsAt(5).isCalm(m_replica));
    EXPECT_EQ(m_news, 0);
}

// A probe writes nothing: to send thousands for every hour of a throttled month would find nothing.
TEST_F(ServiceWithATable, IsCalmWhereOnlyTheTableIsShort)
{
    const FlowEngine& flows = flowsAt(50);
    EXPECT_GT(flows.read(m_table).refused, 20'000U);
    EXPECT_TRUE(flows.isCalm(m_replica));
    EXPECT_EQ(m_news, 0);
}

TEST_F(ServiceWithATable, IsNotCalmWhereItsOwnWorkersAreShortAndSaysSoOnce)
{
    const FlowEngine& flows = flowsAt(500);
    EXPECT_FALSE(flows.isCalm(m_replica));
    EXPECT_EQ(m_news, 1);
}

// What it held at first, and ten a second of the fifty that come.
TEST_F(ServiceWithATable, ServesWhatTheTableGivesThoughItIsSteppedByTheMinute)
{
    const StationReading table = flowsAt(50).read(m_table);
    EXPECT_NEAR(static_cast<double>(table.arrivals - table.refused), 10 * 600 + 10, 15);
}

}  // namespace
}  // namespace neph
