#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/plan/plan_builder.h"

namespace neph {
namespace {

using testing::HasSubstr;

class PlanUnderConstruction : public testing::Test {
protected:
    PlanUnderConstruction()
    {
        m_node = m_plan.addNode({"server", "Server", "server"});
        m_plan.addClass("request");
        m_workers = m_plan.addStation({.name = "workers", .node = m_node, .pool = {}, .capacity = 2});
        m_other = m_plan.addStation({.name = "other", .node = m_node, .pool = {}, .capacity = 2});
        m_time = m_plan.addDraw("server", "time", Distribution::constant(1));
        m_broken = m_plan.outcome({OutcomeSpec::Kind::Failed, "500", false, m_node});
        m_path = m_plan.declarePath("handle", m_node);
    }

    PlanBuilder m_plan;
    NodeIndex m_node;
    StationId m_workers;
    StationId m_other;
    DrawId m_time;
    OutcomeId m_broken;
    PathId m_path;
};

TEST_F(PlanUnderConstruction, StartsWithOkAndTheEmptyLabelAndList)
{
    EXPECT_EQ(m_plan.soFar().outcomes[0].name, "200 OK");
    EXPECT_EQ(m_plan.soFar().labels[0], "");
    EXPECT_EQ(m_plan.soFar().cleanups.size(), 1u);
}

TEST_F(PlanUnderConstruction, MakesAnOutcomeOnce)
{
    EXPECT_EQ(m_plan.outcome({OutcomeSpec::Kind::Failed, "500", false, m_node}), m_broken);
    EXPECT_NE(m_plan.outcome({OutcomeSpec::Kind::Failed, "500", false, {}}), m_broken);
}

TEST_F(PlanUnderConstruction, ListsWhatAFailureHasToGiveBackInnermostFirst)
{
    m_plan.path(m_path)
        .acquire(m_workers, {}, "takes a worker")
        .acquire(m_other, {}, "takes another")
        .delay(m_time, "works")
        .release(m_other)
        .release(m_workers)
        .reply();
    const Plan plan = m_plan.build();

    const Step& working = plan.steps[2];
    const CleanupSpec& first = plan.cleanups[working.cleanup];
    EXPECT_EQ(first.station, m_other);
    EXPECT_EQ(plan.cleanups[first.next].station, m_workers);
    EXPECT_EQ(plan.cleanups[first.next].next, 0u);
    EXPECT_EQ(plan.steps[0].cleanup, 0u);
    EXPECT_EQ(plan.steps[5].cleanup, 0u);
}

TEST_F(PlanUnderConstruction, LetsABranchJumpToTheStepAfterIt)
{
    m_plan.path(m_path).ifClass(1).fail(m_broken, "breaks").endIf().reply();
    const Plan plan = m_plan.build();
    EXPECT_EQ(plan.steps[0].jump, 2u);
}

TEST_F(PlanUnderConstruction, PutsPathsThatAreWrittenAtOnceOneAfterTheOther)
{
    const PathId other = m_plan.declarePath("other", m_node);
    PathBuilder first = m_plan.path(m_path);
    PathBuilder second = m_plan.path(other);
    first.ifClass(1).delay(m_time, "a");
    second.ifClass(1).delay(m_time, "b").endIf().reply();
    first.endIf().reply();
    const Plan plan = m_plan.build();

    EXPECT_EQ(plan.paths[other.value].first, 3u);
    EXPECT_EQ(plan.steps[3].jump, 5u);
    EXPECT_EQ(plan.labels[plan.steps[1].label], "a");
}

TEST_F(PlanUnderConstruction, GivesATimeoutAnOutcomeWhereNoneIsNamed)
{
    PolicySpec patience;
    patience.timeout = 1s;
    const PolicyId policy = m_plan.addPolicy(patience);
    const OutcomeId timedOut = m_plan.soFar().policies[policy.value].onTimeout;
    EXPECT_EQ(m_plan.soFar().outcomes[timedOut.value].kind, OutcomeSpec::Kind::TimedOut);
}

using PlanUnderConstructionDeathTest = PlanUnderConstruction;

TEST_F(PlanUnderConstructionDeathTest, AbortsOnAPathWithoutSteps)
{
    EXPECT_DEATH(m_plan.build(), "path 'handle' has no steps");
}

TEST_F(PlanUnderConstructionDeathTest, AbortsOnAPathWithoutEnd)
{
    m_plan.path(m_path).delay(m_time, "works");
    EXPECT_DEATH(m_plan.build(), "has no end");
}

TEST_F(PlanUnderConstructionDeathTest, AbortsOnAPathThatKeepsWhatItTook)
{
    m_plan.path(m_path).acquire(m_workers, {}, "takes a worker").reply();
    EXPECT_DEATH(m_plan.build(), "does not give back what it took");
}

TEST_F(PlanUnderConstructionDeathTest, AbortsOnBracketsThatDoNotNest)
{
    PathBuilder path = m_plan.path(m_path);
    path.acquire(m_workers, {}, "takes a worker").acquire(m_other, {}, "takes another");
    EXPECT_DEATH(path.release(m_workers), "something else than what it took last");
}

TEST_F(PlanUnderConstructionDeathTest, AbortsOnStepsBehindTheEnd)
{
    PathBuilder path = m_plan.path(m_path);
    path.reply();
    EXPECT_DEATH(path.reply(), "goes on behind its end");
}

TEST_F(PlanUnderConstructionDeathTest, AbortsOnRandomNumbersThatTwoWouldShare)
{
    m_plan.addDraw("server", "time", Distribution::constant(1));
    m_plan.path(m_path).reply();
    EXPECT_DEATH(m_plan.build(), "would share another's random numbers");
}

TEST_F(PlanUnderConstructionDeathTest, AbortsOnPathsThatCallOneAnotherInARing)
{
    const PathId other = m_plan.declarePath("other", m_node);
    m_plan.path(m_path).call(other, {}, {}, "asks").reply();
    m_plan.path(other).call(m_path, {}, {}, "asks").reply();
    EXPECT_DEATH(m_plan.build(), "calls itself");
}

TEST_F(PlanUnderConstructionDeathTest, AbortsOnAFullQueueWithoutAnAnswer)
{
    const StationId bounded =
        m_plan.addStation({.name = "bounded", .node = m_node, .pool = {}, .capacity = 1, .queueLimit = 0});
    m_plan.path(m_path).serve(bounded, m_time, {}, "works").reply();
    EXPECT_DEATH(m_plan.build(), "does not say what happens when a queue is full");
}

}  // namespace
}  // namespace neph
