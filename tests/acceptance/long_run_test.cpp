#include <fmt/format.h>
#include <gmock/gmock.h>

#include "sim/base/assets.h"
#include "sim/model/design_json.h"
#include "tests/support/drawing.h"

namespace neph {
namespace {

/// Everything a report says, but for how long it took.
std::string figuresOf(RunResult result)
{
    result.wallSeconds = 0;
    return toReportJson(result, billOf(result));
}

/// A run with windows, although it is short enough to be run in full.
RunOptions sampled(Duration horizon, unsigned threads = 0)
{
    RunOptions options;
    options.engine = EngineChoice::Auto;
    options.affordableRequests = 0;
    options.horizon = horizon;
    options.threads = threads;
    return options;
}

RunOptions by(EngineChoice engine, Duration horizon = Duration(0))
{
    RunOptions options;
    options.engine = engine;
    options.horizon = horizon;
    return options;
}

double shareOff(double value, double truth)
{
    return truth > 0 ? std::abs(value / truth - 1) : std::abs(value);
}

TEST(ASampledRun, GivesTheSameFiguresOnAnyNumberOfThreads)
{
    const Drawing shop = Drawing::shop().set("web", "autoscaling", "cpu");
    const std::string one = figuresOf(run(shop.design(), sampled(15min, 1)));
    for (const unsigned threads : {2U, 4U, 8U}) {
        EXPECT_EQ(figuresOf(run(shop.design(), sampled(15min, threads))), one) << threads << " threads";
    }
}

TEST(ARunByFlows, GivesTheSameFiguresEachTime)
{
    const Drawing shop = Drawing::shop().set("web", "autoscaling", "cpu").fault("killTask", "web", 200);
    EXPECT_EQ(
        figuresOf(run(shop.design(), by(EngineChoice::Flows, 30min))),
        figuresOf(run(shop.design(), by(EngineChoice::Flows, 30min))));
}

TEST(ASampledRun, TellsHowItGetsOnFromTheFirstFlowsToTheEnd)
{
    std::vector<double> shares;
    run(Drawing::shop().design(), sampled(15min), {}, [&shares](const RunProgress& now) {
        shares.push_back(seconds(now.simulated) / seconds(now.horizon));
    });
    ASSERT_GT(shares.size(), 10U);
    EXPECT_TRUE(std::is_sorted(shares.begin(), shares.end()));
    EXPECT_LT(shares.front(), 0.1);
    EXPECT_DOUBLE_EQ(shares.back(), 1);
    const auto flows = std::count_if(
        shares.begin(), shares.end(), [](double share) { return share > 0.03 && share < 0.29; });
    EXPECT_GT(flows, 5) << "runs by flows say nothing";
}

/// Stopped when so much of the work is done.
RunResult stoppedAt(double share)
{
    std::stop_source stop;
    return run(Drawing::shop().design(), sampled(15min, 1), stop.get_token(), [&](const RunProgress& now) {
        if (seconds(now.simulated) >= share * seconds(now.horizon)) {
            stop.request_stop();
        }
    });
}

TEST(ASampledRunStoppedEarly, GivesTheAnswerSoFarWithALargerError)
{
    const RunResult whole = run(Drawing::shop().design(), sampled(15min, 1));
    const RunResult stopped = stoppedAt(0.31);
    ASSERT_TRUE(whole.trust && stopped.trust);
    EXPECT_GT(stopped.trust->latency.at("").p99, whole.trust->latency.at("").p99 + 0.05);
    EXPECT_THAT(stopped.trust->note, testing::StartsWith("stopped early"));
    EXPECT_EQ(stopped.stoppedBy, "cancelled");
    EXPECT_GT(requests(stopped), 0U);
    EXPECT_GT(stopped.classes.begin()->second.latency.quantile(0.99), Duration(0));
}

TEST(ASampledRunStoppedWhileFlowsRun, AnswersForTheTimeTheyHaveReached)
{
    const RunResult stopped = stoppedAt(0.04);
    ASSERT_TRUE(stopped.trust);
    EXPECT_LT(stopped.simulated, stopped.horizon);
    EXPECT_EQ(stopped.stoppedBy, "cancelled");
}

class FlowsAndRequests : public testing::TestWithParam<const char*> {
protected:
    void SetUp() override
    {
        const LoadedDesign loaded = readDesign(assetText(std::string("templates/") + GetParam()));
        ASSERT_TRUE(loaded.readable);
        m_full = run(loaded.design, by(EngineChoice::Requests));
        m_flows = run(loaded.design, by(EngineChoice::Flows));
    }

    RunResult m_full;
    RunResult m_flows;
};

TEST_P(FlowsAndRequests, AgreeOnHowManyCome)
{
    EXPECT_LT(shareOff(static_cast<double>(requests(m_flows)), static_cast<double>(requests(m_full))), 0.01);
}

TEST_P(FlowsAndRequests, AgreeOnTheBill)
{
    EXPECT_LT(shareOff(billOf(m_flows).total.dollars(), billOf(m_full).total.dollars()), 0.01);
}

INSTANTIATE_TEST_SUITE_P(
    Templates, FlowsAndRequests,
    testing::Values(
        "starter.nepho", "bad-deploy.nepho", "pull-limit.nepho", "spot.nepho", "zone-loss.nepho",
        "hot-partition.nepho", "closed-load.nepho"),
    [](const auto& example) {
        std::string name = example.param;
        name = name.substr(0, name.find('.'));
        std::replace(name.begin(), name.end(), '-', '_');
        return name;
    });

/// A crowd that lasts five minutes leaves queues behind that take half an hour to drain, while hardly anybody
/// comes.
class AfterACrowd : public testing::Test {
protected:
    static Drawing crowded()
    {
        Drawing shop = Drawing::shop();
        for (const auto& [key, value] : Properties{
                 {"cpu", "1"},
                 {"memoryMiB", 4096},
                 {"memoryPerRequestMiB", 0.01},
                 {"cpuMs", 20},
                 {"workers", 1},
                 {"queueLimit", 100'000},
                 {"desiredCount", 3},
                 {"minCount", 3},
                 {"maxCount", 20},
                 {"autoscaling", "cpu"},
                 {"targetCpu", 65}}) {
            shop.set("web", key, value);
        }
        // Health checks wait in the same queue: none of them is to take a task away.
        shop.set("lb", "healthInterval", 300)
            .set("lb", "healthTimeout", 120)
            .set("lb", "unhealthyThreshold", 10);
        shop.set("users", "load", "spike").set("users", "rate", 60).set("users", "peakRate", 400);
        shop.set("users", "startSeconds", 900).set("users", "rampSeconds", 300);
        shop.set("users", "patienceSeconds", 600).set("users", "retries", 0);
        return shop;
    }

    const RunResult m_full = run(crowded().design(), by(EngineChoice::Requests, 1h));
    const RunResult m_flows = run(crowded().design(), by(EngineChoice::Flows, 1h));
};

TEST_F(AfterACrowd, TheCoresOfWhoeverStillHasAQueueAreAsBusyByFlows)
{
    const Series* full = m_full.find("web", "CPUUtilization");
    const Series* flows = m_flows.find("web", "CPUUtilization");
    ASSERT_TRUE(full != nullptr && flows != nullptr);
    // When the last queue is empty is chance, by a minute; how much is worked off is not.
    const auto over = [](const Series& busy) {
        double sum = 0;
        for (Time at = 20min; at < 40min; at += 1s) {
            sum += busy.valueAt(at);
        }
        return sum / (20 * 60);
    };
    EXPECT_GT(over(*full), 40);
    EXPECT_NEAR(over(*flows), over(*full), 3);
}

TEST_F(AfterACrowd, TheServiceIsScaledAtTheSameMomentsToTheSameCounts)
{
    const auto acts = [](const RunResult& result) {
        std::vector<std::string> lines;
        for (const auto& entry : result.log) {
            if (entry.what.find("set desired count") != std::string::npos) {
                lines.push_back(
                    fmt::format("{} {}", entry.at / 1s, entry.what.substr(0, entry.what.find(':'))));
            }
        }
        return lines;
    };
    EXPECT_GE(acts(m_full).size(), 2U);
    EXPECT_EQ(acts(m_flows), acts(m_full));
}

TEST_F(AfterACrowd, AsManyRequestsFail)
{
    EXPECT_GT(failures(m_full), 10'000U);
    EXPECT_LT(shareOff(static_cast<double>(failures(m_flows)), static_cast<double>(failures(m_full))), 0.05);
}

/// A small service by chance: what comes, how long it works, how its times vary and how it is scaled.
Drawing someDesign(std::uint64_t seed)
{
    const auto pick = [&seed](std::initializer_list<double> values) {
        seed = seed * 6364136223846793005ULL + 1442695040888963407ULL;
        return *(values.begin() + (seed >> 33) % values.size());
    };
    Drawing shop = Drawing::shop();
    shop.set("users", "rate", pick({20, 40, 80}));
    shop.set("web", "cpuMs", pick({4, 8, 12}));
    shop.set("web", "desiredCount", pick({2, 3, 4}));
    shop.set("web", "cpuLaw", pick({0, 1}) > 0 ? "lognormal" : "exponential");
    shop.set("web", "workers", pick({1, 2, 64}));
    return shop;
}

struct Misses {
    int figures = 0;
    int missed = 0;
};

/// Compares a sampled run with one in full, figure by figure, against the printed error.
void compare(std::uint64_t seed, Duration horizon, Misses& misses)
{
    const Drawing drawing = someDesign(seed);
    RunOptions options = sampled(horizon);
    options.seed = seed;
    const RunResult guess = run(drawing.design(), options);
    const RunResult truth = drawing.runFor(horizon, seed + 1000);
    for (const auto& [name, counts] : truth.classes) {
        const Histogram& there = counts.latency;
        const Histogram& here = guess.classes.at(name).latency;
        const Trust::Latency& error = guess.trust->latency.at(name);
        const auto check = [&](const char* figure, double value, double real, double bound) {
            ++misses.figures;
            if (shareOff(value, real) > bound) {
                ++misses.missed;
                fmt::print(
                    "seed {} {}: {:.4f} for {:.4f}, {:.1f} % off, printed {:.1f} %\n", seed, figure, value,
                    real, 100 * shareOff(value, real), 100 * bound);
            }
        };
        const auto at = [](const Histogram& of, double p) { return milliseconds(of.quantile(p)); };
        check("mean", milliseconds(here.mean()), milliseconds(there.mean()), error.mean);
        check("p50", at(here, 0.5), at(there, 0.5), error.p50);
        check("p95", at(here, 0.95), at(there, 0.95), error.p95);
        check("p99", at(here, 0.99), at(there, 0.99), error.p99);
    }
    ++misses.figures;
    const double bound = guess.trust->cost + 1e-3;
    misses.missed += shareOff(billOf(guess).total.dollars(), billOf(truth).total.dollars()) > bound ? 1 : 0;
}

// Sanitizers look for faults, not for figures: they take ten times as long over the same code.
#if defined(__SANITIZE_ADDRESS__)
constexpr std::uint64_t kDesigns = 20;
#else
constexpr std::uint64_t kDesigns = 100;
#endif

TEST(ThePrintedError, HoldsTheTrueValueForAHundredDesigns)
{
    Misses misses;
    for (std::uint64_t seed = 1; seed <= kDesigns; ++seed) {
        compare(seed, 30min, misses);
    }
    EXPECT_LE(misses.missed, 0.05 * misses.figures) << misses.missed << " of " << misses.figures;
}

}  // namespace
}  // namespace neph
