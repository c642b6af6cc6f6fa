#include "sim/plan/feedback_free.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/plan/plan_builder.h"

namespace neph {
namespace {

/// Users who ask a server, which may ask a database.
class PlanWithoutFeedback : public testing::Test {
protected:
    PlanWithoutFeedback()
    {
        m_users = m_builder.addNode({"users", "Users", "users"});
        m_server = m_builder.addNode({"server", "Server", "server"});
        m_builder.addClass("request");
        m_request = m_builder.declarePath("request", m_users);
        m_handle = m_builder.declarePath("handle", m_server);
    }

    DrawId draw(const std::string& purpose)
    {
        return m_builder.addDraw("server", purpose, Distribution::exponential(0.01));
    }
    StationId slots(const std::string& name, PoolId pool = {})
    {
        return m_builder.addStation({.name = name, .node = m_server, .pool = pool, .capacity = 2});
    }
    std::optional<FeedbackFree> parts(std::uint32_t users = 0)
    {
        m_builder.addSource(
            {.name = "users",
             .node = m_users,
             .path = m_request,
             .classWeights = {1},
             .rate = users > 0 ? RateProfile{} : RateProfile::constant(10),
             .users = users,
             .think = Distribution::constant(1)});
        m_plan = m_builder.build();
        return feedbackFree(m_plan);
    }
    void askWithoutWaitingLongerThan(Duration timeout)
    {
        PolicySpec policy;
        policy.timeout = timeout;
        policy.onTimeout = m_builder.outcome({OutcomeSpec::Kind::TimedOut, "timeout", false, m_users});
        m_builder.path(m_request).call(m_handle, m_builder.addPolicy(policy), {}, "asks").reply();
    }

    PlanBuilder m_builder;
    NodeIndex m_users;
    NodeIndex m_server;
    PathId m_request;
    PathId m_handle;
    Plan m_plan;
};

TEST_F(PlanWithoutFeedback, IsARouteOfLegsOverStages)
{
    m_builder.path(m_request).call(m_handle, {}, {}, "asks").reply();
    m_builder.path(m_handle)
        .delay(draw("pause"), "pauses")
        .serve(slots("workers"), draw("work"), {}, "works")
        .reply();
    const std::optional<FeedbackFree> found = parts();
    ASSERT_TRUE(found);
    ASSERT_EQ(found->stages.size(), 2U);
    EXPECT_EQ(found->stages[0].op, Op::Delay);
    EXPECT_EQ(found->stages[1].op, Op::Serve);
    ASSERT_EQ(found->routes.size(), 1U);
    EXPECT_EQ(found->routes[0].visits.size(), 2U);
    EXPECT_EQ(found->routes[0].visits[1].to, 2U);
}

TEST_F(PlanWithoutFeedback, HasATurnAsAStageWhereAReplicaIsPicked)
{
    const PoolId pool =
        m_builder.addPool({.name = "pool", .node = m_server, .fixedReplicas = 2, .weights = {}});
    const OutcomeId nobody = m_builder.outcome({OutcomeSpec::Kind::Unavailable, "503", false, m_users});
    m_builder.path(m_request).callOn(pool, Routing::RoundRobin, m_handle, {}, {}, nobody, "asks").reply();
    m_builder.path(m_handle).serve(slots("workers", pool), draw("work"), {}, "works").reply();
    const std::optional<FeedbackFree> found = parts();
    ASSERT_TRUE(found);
    EXPECT_EQ(found->stages[0].op, Op::Call);
    EXPECT_EQ(found->routes[0].visits[1].picked, 0U);
}

TEST_F(PlanWithoutFeedback, HasNoChoiceByLoad)
{
    const PoolId pool =
        m_builder.addPool({.name = "pool", .node = m_server, .fixedReplicas = 2, .weights = {}});
    const OutcomeId nobody = m_builder.outcome({OutcomeSpec::Kind::Unavailable, "503", false, m_users});
    m_builder.path(m_request)
        .callOn(pool, Routing::LeastOutstanding, m_handle, {}, {}, nobody, "asks")
        .reply();
    m_builder.path(m_handle).serve(slots("workers", pool), draw("work"), {}, "works").reply();
    EXPECT_FALSE(parts());
}

TEST_F(PlanWithoutFeedback, HasNoTimeout)
{
    askWithoutWaitingLongerThan(1s);
    m_builder.path(m_handle).serve(slots("workers"), draw("work"), {}, "works").reply();
    EXPECT_FALSE(parts());
}

TEST_F(PlanWithoutFeedback, HoldsNoSlotWhileItAsksOthers)
{
    m_builder.path(m_request).call(m_handle, {}, {}, "asks").reply();
    const StationId workers = slots("workers");
    m_builder.path(m_handle)
        .acquire(workers, {}, "waits")
        .delay(draw("work"), "works")
        .release(workers)
        .reply();
    EXPECT_FALSE(parts());
}

TEST_F(PlanWithoutFeedback, MeetsNoStationTwice)
{
    m_builder.path(m_request).call(m_handle, {}, {}, "asks").call(m_handle, {}, {}, "asks again").reply();
    m_builder.path(m_handle).serve(slots("workers"), draw("work"), {}, "works").reply();
    EXPECT_FALSE(parts());
}

TEST_F(PlanWithoutFeedback, HasNoUsersWhoWaitForTheirAnswer)
{
    m_builder.path(m_request).call(m_handle, {}, {}, "asks").reply();
    m_builder.path(m_handle).serve(slots("workers"), draw("work"), {}, "works").reply();
    EXPECT_FALSE(parts(5));
}

}  // namespace
}  // namespace neph
