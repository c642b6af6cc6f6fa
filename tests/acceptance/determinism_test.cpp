#include <gmock/gmock.h>

#include "sim/base/assets.h"
#include "sim/model/design_json.h"
#include "tests/support/drawing.h"

namespace neph {
namespace {

/// Everything a report says, but for how long it took.
std::string reportOf(RunResult result)
{
    result.wallSeconds = 0;
    return toReportJson(result, billOf(result));
}

TEST(TheSameDesignAndSeed, GiveTheSameReportToTheLastBit)
{
    const Drawing shop = Drawing::shop().set("web", "autoscaling", "cpu").fault("killTask", "web", 200);
    EXPECT_EQ(reportOf(shop.runFor(10min, 7)), reportOf(shop.runFor(10min, 7)));
}

TEST(AnotherSeed, GivesAnotherTrajectory)
{
    EXPECT_NE(Drawing::shop().runFor(3min, 1).fingerprint, Drawing::shop().runFor(3min, 2).fingerprint);
}

TEST(ARunInManySteps, EqualsARunInOne)
{
    RunOptions options;
    options.horizon = 5min;
    const Result<std::unique_ptr<LiveRun>> live = LiveRun::start(Drawing::shop().design(), options);
    ASSERT_TRUE(live);
    while (!(*live)->isFinished()) {
        (*live)->advance((*live)->now() + 700ms, 10s, {});
        (*live)->result();  // Looking must not disturb.
    }
    EXPECT_EQ(reportOf((*live)->result()), reportOf(Drawing::shop().runFor(5min)));
}

// Counter-based streams: a new, unrelated component changes nobody's draws.
TEST(AnUnrelatedComponent, ChangesNothingElse)
{
    Drawing larger = Drawing::shop();
    larger.add("other", "aws.dynamodb", "region");
    const RunResult with = larger.runFor(5min);
    const RunResult without = Drawing::shop().runFor(5min);
    EXPECT_EQ(with.nodes.at("web").latency.mean(), without.nodes.at("web").latency.mean());
    EXPECT_EQ(requests(with), requests(without));
    EXPECT_EQ(failures(with), failures(without));
}

class EveryTemplate : public testing::TestWithParam<std::string> {};

TEST_P(EveryTemplate, RunsToItsEndAndKeepsTheLawsOfConservation)
{
    const LoadedDesign loaded = readDesign(assetText(GetParam()));
    ASSERT_TRUE(loaded.readable);
    const RunResult result = run(loaded.design, {});
    EXPECT_EQ(result.stoppedBy, "");
    for (const Diagnostic& diagnostic : result.diagnostics) {
        EXPECT_NE(diagnostic.severity, Severity::Error) << toText(diagnostic);
    }
    EXPECT_TRUE(billOf(result).diagnostics.empty());
}

std::vector<std::string> templates()
{
    std::vector<std::string> paths;
    for (const Asset& asset : assetsUnder("templates/")) {
        paths.emplace_back(asset.path);
    }
    return paths;
}

INSTANTIATE_TEST_SUITE_P(
    OfThisProgram, EveryTemplate, testing::ValuesIn(templates()), [](const auto& example) {
        std::string name = example.param.substr(10, example.param.size() - 10 - 6);
        std::replace(name.begin(), name.end(), '-', '_');
        return name;
    });

TEST(TheBill, AddsUpOverComponentsClassesAndHours)
{
    const Bill bill = billOf(Drawing::shop().runFor(90min));
    const auto sum = [](const std::map<std::string, Money>& parts) {
        Money total;
        for (const auto& [name, part] : parts) {
            total += part;
        }
        return total;
    };
    EXPECT_EQ(sum(bill.byNode), bill.total);
    EXPECT_EQ(sum(bill.byClass), bill.total);
    EXPECT_EQ(bill.byHour[0] + bill.byHour[1], bill.total);
}

}  // namespace
}  // namespace neph
