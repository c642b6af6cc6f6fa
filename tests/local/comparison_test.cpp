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
    const ComparedClass buy = compareClass("buy", simulated, measured, 10s);
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
    const ComparedClass all = compareClass("", course, course, 1s);
    EXPECT_EQ(all.measured.requests, 4U);
    EXPECT_EQ(all.measured.failed, 1U);
    EXPECT_EQ(compareClass("none of this name", course, course, 1s).measured.requests, 0U);
}

TEST(TheIntervalOfAQuantile, ContainsItAndNarrowsWithTheNumberOfRequests)
{
    const auto width = [](int factor) {
        ClassResult result;
        for (int i = 1; i <= 200; ++i) {
            result.latency.add(std::chrono::milliseconds(i), static_cast<std::uint64_t>(factor));
        }
        const SeenCourse course{{}, {{"a", result}}};
        const ComparedClass a = compareClass("a", course, course, 1s);
        for (const auto& [interval, quantile] :
             {std::pair(a.p50, a.measured.p50), std::pair(a.p95, a.measured.p95),
              std::pair(a.p99, a.measured.p99)}) {
            EXPECT_LE(interval.low, quantile);
            EXPECT_GE(interval.high, quantile);
        }
        return a.p50.high - a.p50.low;
    };
    EXPECT_GT(width(1), 3 * width(100));
    // n = 200, p = 0.5: 1.96 sqrt(0.25 / 200) = 0.0693, so ranks 86 to 114.
    EXPECT_NEAR(inMilliseconds(width(1)), 28, 5);
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
    comparison.classes.push_back(compareClass("", course, course, 25s));
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
    EXPECT_EQ(json["classes"][0]["measured_p95_95_ms"].size(), 2U);
    EXPECT_NE(toJson(comparison).find("null"), std::string::npos) << "what is not known is null";
}

TEST(TheMachine, IsNamedWithItsCores)
{
    EXPECT_NE(machineInWords().find(" cores, Linux "), std::string::npos) << machineInWords();
}

}  // namespace
}  // namespace neph
