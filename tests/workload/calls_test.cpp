// The calls that a request makes to other services.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/workload/running_workload.h"

namespace neph {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::Ge;
using testing::HasSubstr;
using testing::Le;
using testing::Lt;

/// A service "front" with one link to a service "behind".
class WorkloadCalls : public testing::Test {
protected:
    RunningWorkload& front(json linkFields, json config = json::object())
    {
        json link = linkTo("behind", "http", m_behind.port());
        link.update(linkFields);
        config["links"] = json::array({link});
        if (!config.contains("classes")) {
            config["classes"] = {{{"name", "browse"}}, {{"name", "order"}}};
        }
        m_front = std::make_unique<RunningWorkload>(config);
        return *m_front;
    }
    double callsTo(const std::string& result) const
    {
        return m_front->metric("neph_calls_total{to=\"behind\",link=\"0\",result=\"" + result + "\"}");
    }
    double failedAttempts() const
    {
        return m_front->metric("neph_failed_attempts_total{to=\"behind\",link=\"0\"}");
    }
    double requestsBehind(const std::string& ofClass) const
    {
        return m_behind.metric("neph_requests_total{class=\"" + ofClass + "\",status=\"200\"}");
    }

    RunningWorkload m_behind{
        {{"service", "behind"}, {"classes", {{{"name", "browse"}}, {{"name", "order"}}}}}};
    std::unique_ptr<RunningWorkload> m_front;
};

TEST_F(WorkloadCalls, AreMadeForTheClassesOfTheLink)
{
    front({{"classes", "order, refund"}});
    m_front->get("/work?class=browse");
    m_front->get("/work?class=order");
    EXPECT_EQ(requestsBehind("browse"), 0);
    EXPECT_EQ(requestsBehind("order"), 1) << "The class goes with the call.";
}

TEST_F(WorkloadCalls, AreAsManyAsTheLinkSaysOnAverage)
{
    front({{"callsPerRequest", 1.5}});
    HttpConnection connection;
    for (int i = 0; i < 200; ++i) {
        ASSERT_EQ(connection.get(m_front->url("/work?class=browse")).status, 200);
    }
    // 200 whole calls, and 200 chances of one half: 300, give or take four standard deviations of 7.1.
    EXPECT_THAT(requestsBehind("browse"), AllOf(Ge(300 - 28), Le(300 + 28)));
    EXPECT_EQ(callsTo("ok"), requestsBehind("browse"));
    EXPECT_EQ(m_front->metric("neph_call_seconds_count{to=\"behind\",link=\"0\"}"), callsTo("ok"));
}

TEST_F(WorkloadCalls, AreMadeOneAfterTheOther)
{
    front({{"callsPerRequest", 4}});
    m_front->control({{"disturb", {{"to", "behind"}, {"addedMs", 200}}}});
    EXPECT_GE(m_front->get("/work?class=browse").timing("calls"), 800);
}

TEST_F(WorkloadCalls, AreMadeAtOnceWhereTheLinkIsParallel)
{
    front({{"callsPerRequest", 4}, {"parallel", true}});
    m_front->control({{"disturb", {{"to", "behind"}, {"addedMs", 500}}}});
    const Answered answered = m_front->get("/work?class=browse");
    EXPECT_EQ(answered.status, 200);
    EXPECT_THAT(answered.timing("calls"), AllOf(Ge(500), Lt(1500)));
    EXPECT_EQ(requestsBehind("browse"), 4);
}

TEST_F(WorkloadCalls, AskForAnAnswerOfTheLengthOfTheLink)
{
    front({{"properties", {{"requestKiB", 300}, {"responseKiB", 2000}}}});
    EXPECT_EQ(m_front->get("/work?class=browse").status, 200);
    EXPECT_EQ(requestsBehind("browse"), 1);
}

TEST_F(WorkloadCalls, AreTriedAgainAsOftenAsTheLinkAllows)
{
    front({{"port", freePort()}, {"retries", 3}, {"retryBaseMs", 1}});
    const Answered answered = m_front->get("/work?class=browse");
    EXPECT_EQ(answered.status, 500);
    EXPECT_THAT(answered.body, HasSubstr("behind refused the connection"));
    EXPECT_EQ(failedAttempts(), 4);
    EXPECT_EQ(callsTo("failed"), 1);
}

TEST_F(WorkloadCalls, SucceedWhenOneOfTheirTriesDoes)
{
    front({{"retries", 30}, {"retryBaseMs", 1}, {"retryCapMs", 2}});
    m_front->control({{"disturb", {{"to", "*"}, {"failShare", 0.5}}}});
    HttpConnection connection;
    for (int i = 0; i < 50; ++i) {
        ASSERT_EQ(connection.get(m_front->url("/work?class=order")).status, 200);
    }
    EXPECT_THAT(failedAttempts(), AllOf(Ge(15), Le(110)));
}

TEST_F(WorkloadCalls, FailTheRequestWhereTheOtherSideFails)
{
    front(json::object());
    m_behind.control({{"failShare", 1}});
    const Answered answered = m_front->get("/work?class=browse");
    EXPECT_EQ(answered.status, 500);
    EXPECT_THAT(answered.body, HasSubstr("behind answered 500"));
}

TEST_F(WorkloadCalls, AreGivenUpAfterTheirTimeout)
{
    // Between the two stands one whose own call is slow: its connection is there, its answer is not.
    RunningWorkload slow(json{{"links", json::array({linkTo("behind", "http", m_behind.port())})}});
    slow.control({{"disturb", {{"to", "behind"}, {"addedMs", 3000}}}});
    front({{"port", slow.port()}, {"timeoutMs", 100}}, {{"classes", json::array()}});
    const Answered answered = m_front->get("/work");
    EXPECT_EQ(answered.status, 500);
    EXPECT_THAT(answered.body, HasSubstr("did not answer in time"));
    EXPECT_THAT(answered.timing("calls"), AllOf(Ge(100), Lt(2000)));
}

TEST_F(WorkloadCalls, AreDisturbedAndLeftAloneAtRunTime)
{
    front(json::object());
    m_front->control({{"disturb", {{"to", "behind"}, {"addedMs", 300}}}});
    EXPECT_GE(m_front->get("/work?class=browse").timing("calls"), 300);
    m_front->control({{"disturb", {{"to", "behind"}, {"failShare", 1}}}});
    EXPECT_EQ(m_front->get("/work?class=browse").status, 500);
    m_front->control({{"disturb", {{"to", "behind"}}}});
    EXPECT_EQ(m_front->get("/work?class=browse").status, 200);
    EXPECT_EQ(m_front->post("/control", R"({"disturb":{"to":"nobody"}})").status, 400);
    EXPECT_EQ(m_front->post("/control", "slower").status, 400);
}

TEST_F(WorkloadCalls, OutliveARestartOfTheOtherSide)
{
    auto behind = std::make_unique<RunningWorkload>(json::object());
    const int port = behind->port();
    front({{"port", port}}, {{"classes", json::array()}});
    EXPECT_EQ(m_front->get("/work").status, 200);
    behind.reset();
    EXPECT_EQ(m_front->get("/work").status, 500);
    behind = std::make_unique<RunningWorkload>(json{{"port", port}});
    EXPECT_EQ(m_front->get("/work").status, 200);
}

}  // namespace
}  // namespace neph
