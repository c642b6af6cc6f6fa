#include "tests/engine/plan_world.h"

namespace neph {
namespace {

using Kind = OutcomeSpec::Kind;

/// One user after one second of thought (and again, a second after each answer) calls a server.
class Call : public PlanWorld {
protected:
    Call()
    {
        m_path = m_builder.declarePath("request", m_users);
        m_server = m_builder.declarePath("handle", m_node);
        m_link = m_builder.addLink({"link", m_users, m_node});
    }

    void serverTakes(Distribution time)
    {
        m_builder.path(m_server).delay(draw("time", std::move(time)), "handles it").reply();
    }
    void serverFails(OutcomeId outcome) { m_builder.path(m_server).fail(outcome, "breaks"); }
    void userCalls(PolicySpec policy)
    {
        m_builder.path(m_path).call(m_server, m_builder.addPolicy(policy), m_link, "asks the server").reply();
    }
    PolicySpec patience(Duration timeout)
    {
        PolicySpec policy;
        policy.timeout = timeout;
        policy.onTimeout = outcome(Kind::TimedOut, "gave up");
        return policy;
    }
    const LinkView link() { return result().links.at("link"); }

    PathId m_path;
    PathId m_server;
    LinkIndex m_link;
};

TEST_F(Call, EndsWhenItsAnswerComes)
{
    serverTakes(Distribution::constant(0.25));
    userCalls({});
    users(m_path, 1, Distribution::constant(1));

    const RequestEngine& run = runUntil(1300ms);

    EXPECT_EQ(run.requestsEnded(), 1u);
    EXPECT_EQ(run.latencyOf(ClassIndex{0}).max(), 250ms);
}

TEST_F(Call, IsGivenUpAtItsTimeout)
{
    serverTakes(Distribution::constant(10));
    userCalls(patience(300ms));
    users(m_path, 1, Distribution::constant(1));

    const RequestEngine& run = runUntil(1300ms);

    EXPECT_EQ(countOf("gave up"), 1u);
    EXPECT_EQ(run.latencyOf(ClassIndex{0}).max(), 300ms);
    EXPECT_EQ(run.timeouts(), 1u);
}

TEST_F(Call, LeavesTheServerAtWorkWhenItIsGivenUp)
{
    const StationId workers = slots(1);
    m_builder.path(m_server)
        .serve(workers, draw("time", Distribution::constant(3)), {}, "handles it")
        .reply();
    userCalls(patience(300ms));
    users(m_path, 1, Distribution::constant(1));

    const RequestEngine& run = runUntil(4100ms);

    // Asked at 1 s, 2.3 s and 3.6 s; the first work ends at 4 s, for nobody.
    EXPECT_EQ(run.read(workers).arrivals, 3u);
    EXPECT_EQ(run.read(workers).completions, 1u);
    EXPECT_EQ(run.wastedAnswers(m_node), 1u);
    EXPECT_EQ(run.read(workers).queueNow, 1u);
}

TEST_F(Call, IsNotGivenUpWhenTheAnswerIsInTime)
{
    serverTakes(Distribution::constant(0.2));
    userCalls(patience(300ms));
    users(m_path, 5, Distribution::constant(1));

    const RequestEngine& run = runUntil(1000s);

    EXPECT_EQ(run.timeouts(), 0u);
    EXPECT_EQ(requests().failed, 0u);
}

TEST_F(Call, CostsNoEventForATimeoutThatDoesNotHappen)
{
    serverTakes(Distribution::constant(0.01));
    userCalls(patience(5s));
    arrivals(m_path, 100);

    const RequestEngine& run = runUntil(1000s);

    // Two events a request, and one for the whole ring about every five seconds.
    EXPECT_LT(m_simulation->eventsHandled(), 2 * run.requestsStarted() + 300);
}

TEST_F(Call, IsTriedAgainAsOftenAsThePolicySays)
{
    serverFails(outcome(Kind::Failed, "500 Internal Server Error", true));
    PolicySpec policy;
    policy.retries = 3;
    userCalls(policy);
    users(m_path, 1, Distribution::constant(1));

    const RequestEngine& run = runUntil(1500ms);

    EXPECT_EQ(run.retries(), 3u);
    EXPECT_EQ(link().requests, 4u);
    EXPECT_EQ(link().errors, 4u);
    EXPECT_EQ(countOf("500 Internal Server Error"), 1u);
}

TEST_F(Call, IsNotTriedAgainAfterAFailureThatWouldRepeat)
{
    serverFails(outcome(Kind::Failed, "400 Bad Request", false));
    PolicySpec policy;
    policy.retries = 3;
    userCalls(policy);
    users(m_path, 1, Distribution::constant(1));

    EXPECT_EQ(runUntil(1500ms).retries(), 0u);
}

TEST_F(Call, WaitsTwiceAsLongBeforeEachRetryUpToTheCap)
{
    serverFails(outcome(Kind::Failed, "500 Internal Server Error", true));
    PolicySpec policy;
    policy.retries = 4;
    policy.backoffBase = 100ms;
    policy.backoffCap = 300ms;
    userCalls(policy);
    users(m_path, 1, Distribution::constant(1));

    const RequestEngine& run = runUntil(3s);

    // Without jitter: 100 + 200 + 300 + 300 ms.
    EXPECT_EQ(run.latencyOf(ClassIndex{0}).max(), 900ms);
}

TEST_F(Call, WaitsForAUniformPartOfTheBackoffWithFullJitter)
{
    serverFails(outcome(Kind::Failed, "500 Internal Server Error", true));
    PolicySpec policy;
    policy.retries = 1;
    policy.backoffBase = 100ms;
    policy.jitter = draw("jitter", Distribution::uniform(0, 1));
    userCalls(policy);
    arrivals(m_path, 100);

    const Histogram waits = runUntil(200s).latencyOf(ClassIndex{0});

    EXPECT_LE(waits.max(), 100ms);
    EXPECT_NEAR(milliseconds(waits.mean()), 50, 1);
    EXPECT_NEAR(milliseconds(waits.quantile(0.9)), 90, 1.5);
}

TEST_F(Call, PutsItsOwnWordsOnWhatWentWrongBehindIt)
{
    serverFails(outcome(Kind::Refused, "connection refused"));
    PolicySpec policy;
    policy.onRefused = outcome(Kind::Unavailable, "502 Bad Gateway");
    userCalls(policy);
    users(m_path, 1, Distribution::constant(1));

    runUntil(1500ms);

    EXPECT_EQ(countOf("502 Bad Gateway"), 1u);
    EXPECT_EQ(countOf("connection refused"), 0u);
}

TEST_F(Call, MayGoOnAsIfNothingHadHappened)
{
    serverFails(outcome(Kind::Failed, "500 Internal Server Error"));
    PolicySpec policy;
    policy.ignoreFailure = true;
    userCalls(policy);
    users(m_path, 1, Distribution::constant(1));

    runUntil(1500ms);

    EXPECT_EQ(requests().ok, 1u);
    EXPECT_EQ(link().errors, 1u);
}

TEST_F(Call, EndsEachRequestOnceWhateverGoesWrong)
{
    const StationId workers = slots(2, 5);
    const OutcomeId full = outcome(Kind::Unavailable, "503 Service Unavailable", true);
    m_builder.path(m_server)
        .serve(workers, draw("time", Distribution::exponential(0.05)), full, "handles it")
        .reply();
    PolicySpec policy = patience(120ms);
    policy.retries = 2;
    policy.backoffBase = 20ms;
    policy.jitter = draw("jitter", Distribution::uniform(0, 1));
    policy.onTimeout = outcome(Kind::TimedOut, "504 Gateway Timeout", true);
    userCalls(policy);
    arrivals(m_path, 60);

    const RequestEngine& run = runUntil(500s);

    const ClassResult all = requests();
    EXPECT_EQ(all.total, run.requestsEnded());
    EXPECT_EQ(all.ok + all.failed, all.total);
    EXPECT_GT(run.timeouts(), 1000u);
    EXPECT_GT(run.retries(), 1000u);
    EXPECT_LT(run.requestsUnderWay(), 50u);
}

/// A request asks two servers at once.
class Fork : public Call {
protected:
    Fork()
    {
        m_other = m_builder.declarePath("other", m_node);
        m_builder.path(m_path)
            .fork(2)
            .call(m_server, {}, m_link, "asks the one")
            .call(m_other, {}, m_link, "asks the other")
            .reply();
    }
    PathId m_other;
};

TEST_F(Fork, TakesAsLongAsTheSlowestOfItsCalls)
{
    serverTakes(Distribution::constant(0.2));
    m_builder.path(m_other).delay(draw("longer", Distribution::constant(0.5)), "handles it").reply();
    users(m_path, 1, Distribution::constant(1));

    EXPECT_EQ(runUntil(2s).latencyOf(ClassIndex{0}).max(), 500ms);
}

TEST_F(Fork, FailsWhenAllHaveEndedIfOneFailed)
{
    serverFails(outcome(Kind::Failed, "500 Internal Server Error"));
    m_builder.path(m_other).delay(draw("longer", Distribution::constant(0.5)), "handles it").reply();
    users(m_path, 1, Distribution::constant(1));

    EXPECT_EQ(runUntil(2s).latencyOf(ClassIndex{0}).max(), 500ms);
    EXPECT_EQ(countOf("500 Internal Server Error"), 1u);
}

TEST_F(Fork, GoesOnAtOnceWhenItsCallsTakeNoTime)
{
    m_builder.path(m_server).reply();
    m_builder.path(m_other).reply();
    users(m_path, 1, Distribution::constant(1));

    EXPECT_EQ(runUntil(1500ms).requestsEnded(), 1u);
}

}  // namespace
}  // namespace neph
