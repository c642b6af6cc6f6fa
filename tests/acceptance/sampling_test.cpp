#include <numeric>

#include <gmock/gmock.h>

#include "sim/engine/windows/window.h"
#include "sim/played_run.h"
#include "tests/support/drawing.h"

namespace neph {
namespace {

RunOptions sampledFor(Duration horizon)
{
    RunOptions options;
    options.engine = EngineChoice::Auto;
    options.affordableRequests = 0;
    options.horizon = horizon;
    return options;
}

double failedShare(const RunResult& result)
{
    return static_cast<double>(failures(result)) / static_cast<double>(requests(result));
}

/// Two workers and no queue: whoever finds both busy is turned away.
Drawing lossyShop()
{
    return Drawing::shop().set("users", "rate", 60.0).set("web", "workers", 2).set("web", "queueLimit", 0);
}

TEST(ALossSystem, StandsStillHoweverMuchItRefuses)
{
    RunOptions options = sampledFor(30min);
    options.engine = EngineChoice::Flows;
    PlayedRun run(lossyShop().design(), options, {}, FlowOptions{});
    run.advance(run.horizon(), 1h, {});
    double still = 0;
    double all = 0;
    for (const FlowClass& kind : run.flows()->classes()) {
        still += kind.isSteady ? kind.seconds : 0;
        all += kind.seconds;
    }
    EXPECT_GT(failedShare(run.result()), 0.01);
    EXPECT_GT(still / all, 0.9);
}

TEST(ASampledRun, CountsFailuresAsItsWindowsSawThem)
{
    // Tasks that are busy fail health checks and are replaced: runs of half an hour differ by a sixth.
    const Drawing shop = lossyShop();
    double sampled = 0;
    double inFull = 0;
    for (std::uint64_t seed = 1; seed <= 6; ++seed) {
        RunOptions options = sampledFor(30min);
        options.seed = seed;
        sampled += failedShare(run(shop.design(), options));
        inFull += failedShare(shop.runFor(30min, seed));
    }
    EXPECT_NEAR(sampled / inFull, 1, 0.2);
}

TEST(UsersOfAClosedLoad, ComeOneAfterTheOtherByFlowsToo)
{
    Drawing shop = Drawing::shop();
    shop.set("users", "load", "closed").set("users", "users", 600).set("users", "thinkSeconds", 5.0);
    shop.set("users", "arriveSeconds", 600.0);
    RunOptions options;
    options.engine = EngineChoice::Flows;
    options.horizon = 10min;
    const auto byFlows = static_cast<double>(requests(run(shop.design(), options)));
    const auto inFull = static_cast<double>(requests(shop.runFor(10min)));
    EXPECT_NEAR(byFlows / inFull, 1, 0.05);
}

/// A pool that grows from three tasks to forty, as a window of it is told.
struct GrowingPool {
    GrowingPool()
    {
        Drawing shop = Drawing::shop();
        shop.set("web", "workers", 2).set("web", "desiredCount", 40).set("web", "cpuMs", 20);
        shop.remove("table");
        RunOptions options;
        options.engine = EngineChoice::Flows;
        options.horizon = 20min;
        FlowOptions flows;
        flows.keepCells = true;
        run = std::make_unique<PlayedRun>(shop.design(), options, Diagnostics{}, flows);
        run->advance(run->horizon(), 1h, {});
        grown = run->flows()->setups().back();
        small = grown;
        for (std::vector<FlowSetup::Group>& groups : small.pools) {
            for (FlowSetup::Group& group : groups) {
                group.count = std::min(group.count, 3U);
                group.zones = {2, 1};
            }
        }
        while (pool < grown.pools.size() &&
               (grown.pools[pool].empty() || grown.pools[pool].front().count != 40)) {
            ++pool;
        }
    }

    WindowSpec window(double perTask) const
    {
        WindowSpec spec;
        const std::size_t sources = run->plan().sources.size();
        spec.pieces.push_back({&small, std::vector<double>(sources, 3 * perTask), 60, pool});
        spec.pieces.push_back({&grown, std::vector<double>(sources, 40 * perTask), 60, pool});
        spec.measureFrom = 5;
        return spec;
    }

    std::unique_ptr<PlayedRun> run;
    FlowSetup grown;
    FlowSetup small;
    std::uint32_t pool = 0;
};

TEST(AWindowOfAGrowingPool, GivesEachReplicaWhatItGetsInFullSize)
{
    const GrowingPool pool;
    WindowSpec spec = pool.window(30);
    const auto p95 = [&pool](const WindowSpec& of) {
        return milliseconds(runWindow(pool.run->plan(), of).classes.front().front().quantile(0.95));
    };
    const double inFull = p95(spec);
    spec.scale = scaleFor(pool.run->plan(), spec.pieces, 8);
    EXPECT_NEAR(spec.scale, 0.2, 1e-9);
    EXPECT_NEAR(p95(spec) / inFull, 1, 0.08);
}

TEST(AWindowOfAGrowingPool, IsNotScaledDownWhereItIsSmall)
{
    const GrowingPool pool;
    EXPECT_EQ(scaleFor(pool.run->plan(), pool.window(30).pieces, 40), 1);
}

TEST(AWindowInTheMiddleOfARun, FindsTokensThatANewTableHasNotYet)
{
    // 30 writes a second against a table sold for 25: burst capacity pays for a few minutes.
    Drawing shop = Drawing::shop();
    shop.set("users", "rate", 20.0).set("table", "billingMode", "PROVISIONED");
    shop.set("table", "writeCapacity", 25).setLink("web", "table", "operation", "PutItem");
    RunOptions options;
    options.engine = EngineChoice::Flows;
    options.horizon = 10min;
    FlowOptions flows;
    flows.keepCells = true;
    PlayedRun run(shop.design(), options, {}, flows);
    run.advance(run.horizon(), 1h, {});
    WindowSpec spec;
    spec.pieces.push_back(
        {&run.flows()->setups().back(), std::vector<double>(run.plan().sources.size(), 30), 60});
    const auto failed = [&run](const WindowSpec& of) {
        const std::vector<std::uint64_t> ended = runWindow(run.plan(), of).outcomes.front().front();
        return std::accumulate(ended.begin() + 1, ended.end(), std::uint64_t{0});
    };
    EXPECT_EQ(failed(spec), 0U);
    for (const StationSpec& station : run.plan().stations) {
        spec.missing.push_back(station.kind == StationKind::TokenBucket ? station.capacity : 0);
    }
    EXPECT_GT(failed(spec), 0U);
}

}  // namespace
}  // namespace neph
