#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "sim/local/comparison.h"

namespace neph {
namespace {

ClassResult
seen(std::uint64_t total, std::uint64_t failed, std::initializer_list<std::pair<Duration, int>> all)
{
    ClassResult result;
    result.total = total;
    result.failed = failed;
    for (const auto& [latency, count] : all) {
        result.latency.add(latency, static_cast<std::uint64_t>(count));
    }
    return result;
}

double inMilliseconds(Duration duration)
{
    return milliseconds(duration);
}

// A histogram knows a latency to about a percent of it.
constexpr double kBucket = 0.02;

TEST(AComparedClass, CountsOnlyWhatCameAfterTheWarmUp)
{
    const SeenCourse simulated{
        {{"buy", seen(100, 0, {{1s, 100}})}}, {{"buy", seen(300, 2, {{1s, 100}, {10ms, 200}})}}};
    const SeenCourse measured{
        {{"buy", seen(50, 5, {{2s, 50}})}}, {{"buy", seen(250, 9, {{2s, 50}, {20ms, 200}})}}};
    const ComparedClass buy = compareClass("buy", {simulated}, measured, 10s);
    EXPECT_EQ(buy.simulated.requests, 200U);
    EXPECT_EQ(buy.simulated.failed, 2U);
    EXPECT_EQ(buy.simulated.perSecond, 20);
    EXPECT_EQ(buy.measured.failed, 4U);
    EXPECT_NEAR(inMilliseconds(buy.simulated.p99), 10, 10 * kBucket);
    EXPECT_NEAR(inMilliseconds(buy.measured.p50), 20, 20 * kBucket);
    EXPECT_NEAR(inMilliseconds(buy.measured.mean), 20, 20 * kBucket);
}

TEST(AComparedClass, OfNoNameIsAllOfThemTogether)
{
    const SeenCourse course{{}, {{"a", seen(1, 0, {{1ms, 1}})}, {"b", seen(3, 1, {{9ms, 3}})}}};
    const ComparedClass all = compareClass("", {course}, course, 1s);
    EXPECT_EQ(all.measured.requests, 4U);
    EXPECT_EQ(all.measured.failed, 1U);
    EXPECT_EQ(compareClass("none of this name", {course}, course, 1s).measured.requests, 0U);
}

TEST(TheChanceOfAComparedClass, IsWhatSimulatedRunsOfTheSameArrivalsDifferBy)
{
    const auto spread = [](std::initializer_list<int> all) {
        std::vector<SeenCourse> runs;
        for (const int ms : all) {
            runs.push_back({{}, {{"a", seen(100, 0, {{std::chrono::milliseconds(ms), 100}})}}});
        }
        return compareClass("a", runs, runs.front(), 1s);
    };
    // Mean 100, standard deviation 2 * sqrt(8 / 7); t = 2.365 for 7 degrees of freedom, sqrt(1 + 1/8).
    const ComparedClass a = spread({98, 102, 98, 102, 98, 102, 98, 102});
    EXPECT_NEAR(inMilliseconds(a.chance.p50), 5.36, 0.6);
    EXPECT_EQ(a.simulated.requests, 100U) << "those of one run";
    EXPECT_NEAR(inMilliseconds(a.simulated.mean), 100, 1) << "over all of them";
    EXPECT_EQ(spread({98, 102, 98}).chance.p50, Duration(0)) << "too few to tell";
    EXPECT_EQ(spread({9, 9, 9, 9, 9, 9, 9, 9}).chance.p95, Duration(0)) << "nothing is left to chance";
}

TEST(TheErrorOfAPrediction, IsPositiveWhereTooMuchWasPredicted)
{
    EXPECT_DOUBLE_EQ(Comparison::error(12ms, 10ms), 0.2);
    EXPECT_DOUBLE_EQ(Comparison::error(5ms, 10ms), -0.5);
    EXPECT_EQ(Comparison::error(5ms, Duration(0)), 0) << "nothing was measured";
}

TEST(AComparisonAsJson, HasWhatIsNeededToJudgeIt)
{
    Comparison comparison;
    comparison.design = "Shop";
    comparison.machine = machineInWords();
    comparison.from = 5s;
    comparison.to = 30s;
    const SeenCourse course{{}, {{"a", seen(10, 0, {{4ms, 10}})}}};
    comparison.classes.push_back(compareClass("", {course}, course, 25s));
    ComparedNode node;
    node.id = "web";
    node.cpuMeasured = 0.25;
    comparison.nodes.push_back(node);
    const auto json = nlohmann::json::parse(toJson(comparison));
    EXPECT_EQ(json["comparison"], "Shop");
    EXPECT_TRUE(json.contains("machine"));
    EXPECT_TRUE(json.contains("engine"));
    EXPECT_TRUE(json.contains("seed"));
    ASSERT_EQ(json["classes"].size(), 1U);
    EXPECT_EQ(json["classes"][0]["class"], "all");
    EXPECT_EQ(json["classes"][0]["measured"]["requests"], 10);
    EXPECT_EQ(json["classes"][0]["error_p95"], 0);
    EXPECT_TRUE(json["classes"][0]["chance_p95"].is_null()) << "of a single run it is not known";
    EXPECT_NE(toJson(comparison).find("null"), std::string::npos) << "what is not known is null";
}

TEST(TheMachine, IsNamedWithItsCores)
{
    EXPECT_NE(machineInWords().find(" cores, Linux "), std::string::npos) << machineInWords();
}

}  // namespace
}  // namespace neph
