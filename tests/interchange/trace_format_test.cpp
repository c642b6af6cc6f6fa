#include <map>
#include <set>

#include <nlohmann/json.hpp>

#include "sim/interchange/chrome_trace.h"
#include "sim/interchange/event_lines.h"
#include "sim/interchange/otlp_trace.h"

namespace neph {
namespace {

using nlohmann::json;
using std::chrono::sys_days;
using std::chrono::year;

/// One request that waited for a worker, called a table, and failed there.
RunResult resultWithOneRequest()
{
    RequestTrace trace;
    trace.id = 41;
    trace.requestClass = "order";
    trace.source = "users";
    trace.arrived = 1s;
    trace.latency = 30ms;
    trace.outcome = "503 Service Unavailable";
    trace.ok = false;
    trace.spans = {
        {"shop", "handler", "task/2", 0, 1s + 1ms, 1s + 4ms, 1s + 30ms, "all workers were busy"},
        {"orders", "PutItem", "", 1, 1s + 10ms, 1s + 10ms, 1s + 25ms, ""},
        {"stock", "GetItem", "", 1, 1s + 12ms, 1s + 12ms, 1s + 28ms, ""}};
    RunResult result;
    result.designName = "Shop";
    result.seed = 7;
    result.traces.push_back(std::move(trace));
    return result;
}

std::vector<json> slicesNamed(const json& trace, const std::string& name)
{
    std::vector<json> found;
    for (const json& event : trace["traceEvents"]) {
        if (event["ph"] == "X" && event["name"] == name) {
            found.push_back(event);
        }
    }
    return found;
}

TEST(ChromeTrace, HasASliceForEachStepInMicroseconds)
{
    const json trace = json::parse(toChromeTrace(resultWithOneRequest()));
    const std::vector<json> puts = slicesNamed(trace, "PutItem");
    ASSERT_EQ(puts.size(), 1u);
    EXPECT_EQ(puts[0]["ts"], 1'010'000.0);
    EXPECT_EQ(puts[0]["dur"], 15'000.0);
    EXPECT_EQ(puts[0]["args"]["node"], "orders");
}

TEST(ChromeTrace, ShowsAWaitBeforeItsStepWithTheReason)
{
    const json trace = json::parse(toChromeTrace(resultWithOneRequest()));
    const std::vector<json> waits = slicesNamed(trace, "wait: handler");
    ASSERT_EQ(waits.size(), 1u);
    EXPECT_EQ(waits[0]["dur"], 3'000.0);
    EXPECT_EQ(waits[0]["args"]["why"], "all workers were busy");
}

TEST(ChromeTrace, PutsWhatOverlapsOnAThreadOfItsOwn)
{
    const json trace = json::parse(toChromeTrace(resultWithOneRequest()));
    EXPECT_NE(slicesNamed(trace, "PutItem")[0]["tid"], slicesNamed(trace, "GetItem")[0]["tid"]);
    EXPECT_EQ(slicesNamed(trace, "PutItem")[0]["pid"], slicesNamed(trace, "GetItem")[0]["pid"]);
}

TEST(ChromeTrace, NamesTheRequestAndItsOutcome)
{
    const json trace = json::parse(toChromeTrace(resultWithOneRequest()));
    EXPECT_EQ(trace["traceEvents"][0]["ph"], "M");
    EXPECT_EQ(trace["traceEvents"][0]["args"]["name"], "order #41: 503 Service Unavailable");
}

TEST(ChromeTrace, OfARunWithoutRequestsIsEmptyAndValid)
{
    EXPECT_TRUE(json::parse(toChromeTrace(RunResult{}))["traceEvents"].empty());
}

/// All spans by name, whatever resource they belong to.
std::map<std::string, json> spansOf(const json& otlp)
{
    std::map<std::string, json> spans;
    for (const json& resource : otlp["resourceSpans"]) {
        for (const json& span : resource["scopeSpans"][0]["spans"]) {
            spans[span["name"]] = span;
        }
    }
    return spans;
}

class OtlpTrace : public testing::Test {
protected:
    const json m_otlp = json::parse(toOtlpTrace(resultWithOneRequest(), sys_days{year{2026} / 1 / 1}));
    std::map<std::string, json> m_spans = spansOf(m_otlp);
};

TEST_F(OtlpTrace, CountsNanosecondsFromTheGivenStart)
{
    // 2026-01-01T00:00:00Z is 1767225600 seconds after 1970.
    EXPECT_EQ(m_spans["order"]["startTimeUnixNano"], "1767225601000000000");
    EXPECT_EQ(m_spans["order"]["endTimeUnixNano"], "1767225601030000000");
}

TEST_F(OtlpTrace, HangsCallsBelowTheStepThatMadeThem)
{
    EXPECT_FALSE(m_spans["order"].contains("parentSpanId"));
    EXPECT_EQ(m_spans["handler"]["parentSpanId"], m_spans["order"]["spanId"]);
    EXPECT_EQ(m_spans["PutItem"]["parentSpanId"], m_spans["handler"]["spanId"]);
    EXPECT_EQ(m_spans["GetItem"]["parentSpanId"], m_spans["handler"]["spanId"]);
}

TEST_F(OtlpTrace, UsesIdsOfTheRightLengthEachOnce)
{
    std::set<std::string> ids;
    for (const auto& [name, span] : m_spans) {
        EXPECT_EQ(span["traceId"].get<std::string>().size(), 32u);
        EXPECT_EQ(span["spanId"].get<std::string>().size(), 16u);
        ids.insert(span["spanId"]);
    }
    EXPECT_EQ(ids.size(), m_spans.size());
}

TEST_F(OtlpTrace, NamesEachNodeAsAServiceAndTheFailure)
{
    std::set<std::string> services;
    for (const json& resource : m_otlp["resourceSpans"]) {
        services.insert(resource["resource"]["attributes"][0]["value"]["stringValue"]);
    }
    EXPECT_EQ(services, (std::set<std::string>{"users", "shop", "orders", "stock"}));
    EXPECT_EQ(m_spans["order"]["status"]["code"], 2);
    EXPECT_EQ(m_spans["order"]["status"]["message"], "503 Service Unavailable");
}

TEST(EventLines, AreOneJsonObjectEach)
{
    RunResult result;
    result.log = {
        {90s, EventLevel::Info, "shop", "(service shop) has started 2 tasks.", ""},
        {91s + 500ms, EventLevel::Failure, "shop", "broken \xff bytes", "task/1"}};
    const std::string text = toEventLines(result);
    const std::size_t end = text.find('\n');
    EXPECT_EQ(
        text.substr(0, end),
        R"({"at_seconds":90.0,"level":"info","node":"shop","what":"(service shop) has started 2 tasks.","detail":""})");
    EXPECT_EQ(json::parse(text.substr(end + 1))["level"], "failure");
}

}  // namespace
}  // namespace neph
