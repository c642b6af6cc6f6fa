#include <csignal>
#include <regex>

#include <nlohmann/json.hpp>

#include "tests/cli/subprocess.h"

namespace neph {
namespace {

using nlohmann::json;
using testing::HasSubstr;

/// A report without what the clock on the wall decides.
json comparable(const std::string& text)
{
    json report = json::parse(text);
    report.erase("wall_seconds");
    return report;
}

class RunOfTheStarter : public testing::Test {
protected:
    static const Finished& shortRun()
    {
        static const Finished run = nepho({"run", "starter", "--for", "2m", "--json"});
        return run;
    }
    TestFolder m_folder;
};

TEST_F(RunOfTheStarter, Succeeds)
{
    EXPECT_EQ(shortRun().exitCode, 0) << shortRun().err;
    EXPECT_EQ(shortRun().err, "");
}

TEST_F(RunOfTheStarter, ReportsEveryFieldOfTheContract)
{
    const json report = json::parse(shortRun().out);
    for (const char* field :
         {"nephoscope", "design", "engine", "seed", "simulated_seconds", "wall_seconds", "events", "requests",
          "latency_ms", "nodes", "bill", "diagnostics"}) {
        EXPECT_TRUE(report.contains(field)) << field;
    }
    EXPECT_EQ(report["nephoscope"], 1);
    EXPECT_EQ(report["simulated_seconds"], 120);
    EXPECT_EQ(report["design"]["name"], "Shop on Fargate");
    for (const char* quantile : {"mean", "p50", "p90", "p95", "p99", "p999", "max"}) {
        EXPECT_TRUE(report["latency_ms"]["browse"][quantile].is_number()) << quantile;
    }
    for (const char* field : {"currency", "total", "monthly", "lines"}) {
        EXPECT_TRUE(report["bill"].contains(field)) << field;
    }
}

TEST_F(RunOfTheStarter, ServesRequestsOfBothClasses)
{
    const json report = json::parse(shortRun().out);
    EXPECT_GT(report["requests"]["by_class"]["browse"]["ok"], 1000);
    EXPECT_GT(report["requests"]["by_class"]["order"]["ok"], 200);
}

TEST_F(RunOfTheStarter, GivesTheSameBytesForTheSameSeed)
{
    const Finished again = nepho({"run", "starter", "--for", "2m", "--json"});
    EXPECT_EQ(comparable(again.out).dump(), comparable(shortRun().out).dump());
}

TEST_F(RunOfTheStarter, GivesOtherFiguresForAnotherSeed)
{
    const Finished other = nepho({"run", "starter", "--for", "2m", "--seed", "2", "--json"});
    EXPECT_NE(comparable(other.out)["fingerprint"], comparable(shortRun().out)["fingerprint"]);
}

TEST_F(RunOfTheStarter, WritesEveryFileThatIsAskedFor)
{
    const Finished run = nepho(
        {"run", "starter", "--for", "90s", "--report", m_folder.path("r.json"), "--bill",
         m_folder.path("b.csv"), "--focus", m_folder.path("f.csv"), "--events", m_folder.path("e.jsonl"),
         "--trace", m_folder.path("t.json"), "--otel", m_folder.path("o.json")});
    EXPECT_EQ(run.exitCode, 0) << run.err;
    EXPECT_EQ(json::parse(m_folder.read("r.json"))["simulated_seconds"], 90);
    EXPECT_THAT(m_folder.read("b.csv"), testing::StartsWith("node,service,usage_type,"));
    EXPECT_THAT(m_folder.read("f.csv"), HasSubstr("BilledCost"));
    EXPECT_TRUE(json::parse(m_folder.read("e.jsonl").substr(0, m_folder.read("e.jsonl").find('\n')))
                    .contains("what"));
    EXPECT_FALSE(json::parse(m_folder.read("t.json"))["traceEvents"].empty());
    EXPECT_FALSE(json::parse(m_folder.read("o.json"))["resourceSpans"].empty());
}

TEST_F(RunOfTheStarter, SaysWhenAFileCannotBeWrittenAndPrintsTheReportAllTheSame)
{
    const Finished run =
        nepho({"run", "starter", "--for", "30s", "--report", m_folder.path("no/where/r.json")});
    EXPECT_EQ(run.exitCode, 2);
    EXPECT_THAT(run.err, HasSubstr("no/where/r.json"));
    EXPECT_THAT(run.out, HasSubstr("Requests"));
}

TEST_F(RunOfTheStarter, PrintsAReportForPeople)
{
    const Finished run = nepho({"run", "starter", "--for", "5m"});
    EXPECT_EQ(run.exitCode, 0) << run.err;
    for (const char* part :
         {"Shop on Fargate\n", "5 min simulated, seed 1, engine requests", "\nRequests\n", "browse", "order",
          "p99.9", "\nFailures\n", "\nComponents at the end\n", "\nWhat happened\n", "\nBill\n", "total",
          "USD a month of 730 hours"}) {
        EXPECT_THAT(run.out, HasSubstr(part));
    }
}

TEST_F(RunOfTheStarter, UsesNoColourAndAtMost100ColumnsInAPipe)
{
    const Finished run = nepho({"run", "starter", "--for", "5m"});
    EXPECT_THAT(run.out, testing::Not(HasSubstr("\x1b")));
    std::size_t columns = 0;
    for (const char c : run.out) {
        columns = c == '\n' ? 0 : columns + ((static_cast<unsigned char>(c) & 0xC0) != 0x80 ? 1 : 0);
        ASSERT_LE(columns, 100u) << run.out;
    }
}

TEST_F(RunOfTheStarter, EndsOnCtrlCWithThePartialReport)
{
    Watch watch;
    watch.signal = SIGINT;
    watch.signalAfter = std::chrono::milliseconds(1500);
    const Finished run = nepho({"run", "starter", "--for", "300d", "--json"}, watch);
    EXPECT_EQ(run.exitCode, 1) << run.err;
    const json report = json::parse(run.out);
    EXPECT_EQ(report["stopped_by"], "cancelled");
    EXPECT_GT(report["events"], 0);
    EXPECT_LT(report["simulated_seconds"], 300 * 86400);
}

TEST_F(RunOfTheStarter, SaysOnSigtermThatItIsPartial)
{
    Watch watch;
    watch.signal = SIGTERM;
    watch.signalAfter = std::chrono::milliseconds(1500);
    const Finished run = nepho({"run", "starter", "--for", "300d"}, watch);
    EXPECT_EQ(run.exitCode, 1) << run.err;
    EXPECT_THAT(run.out, HasSubstr("stopped by: cancelled at "));
}

TEST_F(RunOfTheStarter, StopsAtTheEventLimitAndSaysSo)
{
    const Finished run = nepho({"run", "starter", "--max-events", "20000", "--json"});
    EXPECT_EQ(run.exitCode, 1);
    EXPECT_THAT(json::parse(run.out)["stopped_by"].get<std::string>(), HasSubstr("event"));
}

TEST_F(RunOfTheStarter, IsPricedByBillWithoutAReport)
{
    const Finished bill = nepho({"bill", "starter", "--for", "2m", "--json"});
    EXPECT_EQ(bill.exitCode, 0) << bill.err;
    const double total = std::stod(json::parse(bill.out)["total"].get<std::string>());
    const double ofRun = std::stod(json::parse(shortRun().out)["bill"]["total"].get<std::string>());
    EXPECT_NEAR(total / ofRun, 1, 0.02) << "flows bring the expected number of requests, a run its own";
}

TEST_F(RunOfTheStarter, CostsTheSameAMonthInOneLine)
{
    const Finished bill = nepho({"bill", "starter", "--for", "2m", "--month"});
    EXPECT_TRUE(std::regex_match(bill.out, std::regex(R"([\d,]+\.\d\d USD a month of 730 hours\n)")))
        << bill.out;
}

class Template : public testing::TestWithParam<std::string> {};

TEST_P(Template, RunsAMinute)
{
    const Finished run = nepho({"run", GetParam(), "--for", "60s", "--json"});
    EXPECT_EQ(run.exitCode, 0) << run.err;
    EXPECT_EQ(json::parse(run.out)["simulated_seconds"], 60);
}

INSTANTIATE_TEST_SUITE_P(
    Of, Template,
    testing::Values(
        "starter", "hot-partition", "bad-deploy", "pull-limit", "spot", "zone-loss", "closed-load", "empty"),
    [](const auto& example) { return std::regex_replace(example.param, std::regex("-"), "_"); });

}  // namespace

TEST(FlowsOfTheStarter, ComeToTheSameBillAndTheSameEvents)
{
    const json exact = json::parse(nepho({"run", "starter", "--json"}).out);
    const json flows = json::parse(nepho({"run", "starter", "--engine", "flows", "--json"}).out);

    EXPECT_EQ(flows["engine"], "flows");
    const double whole = std::stod(exact["bill"]["total"].get<std::string>());
    EXPECT_NEAR(std::stod(flows["bill"]["total"].get<std::string>()) / whole, 1, 0.01);
    EXPECT_EQ(flows["log"].size(), exact["log"].size());
}

TEST(ASampledRunThatIsShort, RunsEveryRequestAndSaysSo)
{
    const json report =
        json::parse(nepho({"run", "starter", "--for", "2m", "--engine", "auto", "--json"}).out);

    EXPECT_EQ(report["trust"]["note"], "every request was run");
    EXPECT_EQ(report["trust"]["latency"]["all"]["p99"], 0.0);
}

TEST(APartOfALongRun, ShowsItsRequests)
{
    const json part = json::parse(nepho({"run", "starter", "--part", "9m+1m", "--json"}).out);

    EXPECT_NEAR(part["requests"]["by_class"]["browse"]["total"].get<double>(), 90 * 0.8 * 90, 500);
    EXPECT_GT(part["latency_ms"]["browse"]["p50"], 20.0);
}

TEST_F(RunOfTheStarter, ChangesPropertiesThatTheCommandLineSets)
{
    const auto total = [](const std::vector<std::string>& more) {
        std::vector<std::string> words{"run", "starter", "--for", "2m", "--json"};
        words.insert(words.end(), more.begin(), more.end());
        const Finished run = nepho(words);
        EXPECT_EQ(run.exitCode, 0) << run.err;
        return json::parse(run.out)["requests"]["total"].get<double>();
    };
    const double asDrawn = json::parse(shortRun().out)["requests"]["total"].get<double>();
    EXPECT_NEAR(total({"--set", "users.peakRate=9"}), asDrawn / 10, asDrawn / 50);
    EXPECT_NEAR(
        total({"--set", "users.peakRate=9", "--set", "users.startSeconds=80"}), asDrawn / 20, asDrawn / 50);
    total(
        {"--set", "shop.cpu=1", "--set", "shop.memoryMiB=2048", "--set", "image-1-0.tag=2.0"});  // Of texts.
}

TEST_F(RunOfTheStarter, SaysWhatCannotBeSet)
{
    const auto said = [](const std::string& setting) {
        const Finished run = nepho({"run", "starter", "--set", setting});
        EXPECT_EQ(run.exitCode, 2) << setting;
        EXPECT_EQ(run.out, "");
        return run.err;
    };
    EXPECT_THAT(said("users"), HasSubstr("node.property=value"));
    EXPECT_THAT(said(".rate=1"), HasSubstr("node.property=value"));
    EXPECT_THAT(said("user.rate=1"), HasSubstr("no node 'user'. Did you mean 'users'?"));
    EXPECT_THAT(said("users.rat=1"), HasSubstr("no property 'rat'. Did you mean 'rate'?"));
    EXPECT_THAT(said("users.rate=-1"), HasSubstr("-1")) << "as in a file";
    EXPECT_THAT(said("users.rate=many"), HasSubstr("many"));
}

}  // namespace neph
