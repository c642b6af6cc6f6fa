#include "sim/metrics/series.h"

#include "sim/metrics/run_result.h"

namespace neph {
namespace {

using testing::SizeIs;

Series cpuSeries()
{
    return Series("web", "CPUUtilization", "%", 1s);
}

TEST(Series, SumsUpTheSamplesOfAnInterval)
{
    Series series = cpuSeries();
    series.add(5s, 10);
    series.add(5s + 400ms, 30);
    series.add(5s + 999ms, 80);
    series.add(6s, 1);
    ASSERT_THAT(series.points(), SizeIs(2));
    const SeriesPoint& point = series.points()[0];
    EXPECT_EQ(point.at, 5s);
    EXPECT_EQ(point.min, 10);
    EXPECT_EQ(point.mean, 40);
    EXPECT_EQ(point.max, 80);
    EXPECT_EQ(point.count, 3u);
}

TEST(Series, GivesTheMeanOfTheIntervalThatHoldsAMoment)
{
    Series series = cpuSeries();
    series.add(5s, 10);
    series.add(8s, 20);
    EXPECT_EQ(series.valueAt(4s), 0);
    EXPECT_EQ(series.valueAt(5s), 10);
    EXPECT_EQ(series.valueAt(5s + 999ms), 10);
    EXPECT_EQ(series.valueAt(8s), 20);
}

TEST(Series, KeepsTheLastValueWhereNothingWasSampled)
{
    Series series = cpuSeries();
    series.add(5s, 10);
    series.add(8s, 20);
    EXPECT_EQ(series.valueAt(7s), 10);
    EXPECT_EQ(series.valueAt(100h), 20);
}

TEST(Series, IsEmptyAtFirst)
{
    EXPECT_EQ(cpuSeries().valueAt(1s), 0);
    EXPECT_THAT(cpuSeries().points(), SizeIs(0));
}

/// Two months of one sample a second: 5 million samples.
class LongSeries : public testing::Test {
protected:
    static constexpr int kSamples = 5'000'000;

    void SetUp() override
    {
        for (int i = 0; i < kSamples; ++i) {
            m_series.add(Time(1s) * i, i % 7 == 0 ? 14 : i % 7);
        }
    }

    Series m_series = cpuSeries();
};

TEST_F(LongSeries, StaysWithinTwiceThePointsKept)
{
    EXPECT_LE(m_series.points().size(), 2 * Series::kPointsKept);
    EXPECT_GE(m_series.points().size(), Series::kPointsKept);
}

TEST_F(LongSeries, LosesNoSample)
{
    std::uint64_t count = 0;
    double sum = 0;
    for (const SeriesPoint& point : m_series.points()) {
        count += point.count;
        sum += point.mean * point.count;
    }
    EXPECT_EQ(count, static_cast<std::uint64_t>(kSamples));
    EXPECT_NEAR(sum / kSamples, 5.0, 1e-5);
}

TEST_F(LongSeries, HasPointsOnMultiplesOfItsIntervalInOrder)
{
    EXPECT_EQ(m_series.interval() % 1s, 0ns);
    Time before(-1);
    for (const SeriesPoint& point : m_series.points()) {
        EXPECT_EQ(point.at % m_series.interval(), 0ns);
        EXPECT_GT(point.at, before);
        EXPECT_LE(point.min, point.mean);
        EXPECT_LE(point.mean, point.max);
        before = point.at;
    }
}

TEST_F(LongSeries, KeepsExtremesThroughEveryRollUp)
{
    for (const SeriesPoint& point : m_series.points()) {
        if (point.count >= 7) {
            EXPECT_EQ(point.min, 1);
            EXPECT_EQ(point.max, 14);
        }
    }
}

TEST(RunResult, FindsASeriesByNodeAndMetric)
{
    RunResult result;
    result.series.emplace_back("web", "CPUUtilization", "%", 1s);
    result.series.emplace_back("orders", "ThrottledRequests", "count", 1s);
    EXPECT_EQ(result.find("orders", "ThrottledRequests"), &result.series[1]);
    EXPECT_EQ(result.find("web", "ThrottledRequests"), nullptr);
}

}  // namespace
}  // namespace neph
