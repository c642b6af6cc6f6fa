#include <algorithm>
#include <functional>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/engine/request_engine.h"
#include "sim/kernel/process.h"
#include "sim/plan/feedback_free.h"
#include "tests/engine/random_plan.h"

namespace neph {
namespace {

using testing::ElementsAreArray;

void append(std::vector<std::string>& lines, const std::string& name, const Histogram& latency)
{
    std::string line = fmt::format(
        "{}: {} {} {} {}", name, latency.count(), latency.mean().count(), latency.min().count(),
        latency.max().count());
    for (const Histogram::Bucket& bucket : latency.buckets()) {
        line += fmt::format(" {}x{}", bucket.count, bucket.from.count());
    }
    lines.push_back(line);
}

/// Everything an engine says about its run so far.
std::vector<std::string> figuresOf(RequestEngine& engine, const Plan& plan)
{
    RunResult result;
    engine.describe(result);
    std::vector<std::string> lines{
        fmt::format("{} {} {}", result.fingerprint, result.events, result.simulated.count())};
    for (const auto& [name, each] : result.classes) {
        append(lines, name, each.latency);
        for (const auto& [outcome, count] : each.outcomes) {
            lines.push_back(fmt::format("{} {}", outcome, count));
        }
    }
    for (const auto& [id, node] : result.nodes) {
        append(lines, id, node.latency);
        lines.push_back(fmt::format(
            "{} {} {} {}", node.requestsPerSecond, node.errorsPerSecond, node.utilisation, node.bottleneck));
        for (const StationView& station : node.stations) {
            lines.push_back(fmt::format(
                "{} {} {} {} {}", station.name, station.utilisation, station.queue, station.refused,
                station.meanWait.count()));
        }
        for (const ReplicaView& replica : node.replicas) {
            lines.push_back(fmt::format("{} {} {}", replica.id, replica.utilisation, replica.queue));
        }
    }
    for (const auto& [id, link] : result.links) {
        lines.push_back(fmt::format("{} {} {} {}", id, link.requests, link.requestsPerSecond, link.errors));
    }
    for (const RequestTrace& trace : result.traces) {
        lines.push_back(fmt::format(
            "{} {} {} {}", trace.id, trace.requestClass, trace.arrived.count(), trace.latency.count()));
        for (const TraceSpan& span : trace.spans) {
            lines.push_back(fmt::format(
                "  {} {} {} {} {} {} {} {}", span.node, span.step, span.replica, span.depth,
                span.from.count(), span.start.count(), span.to.count(), span.why));
        }
    }
    for (std::uint32_t i = 0; i < plan.stations.size(); ++i) {
        const StationReading reading = engine.read(StationId{i});
        lines.push_back(fmt::format(
            "station {} {} {} {} {} {} {}", reading.busy, reading.capacity, reading.waiting, reading.arrivals,
            reading.completions, reading.refused, reading.queueNow));
    }
    for (std::uint32_t i = 0; i < plan.pools.size(); ++i) {
        const PoolReading reading = engine.read(PoolId{i});
        lines.push_back(fmt::format(
            "pool {} {} {} {}", reading.requests, reading.errors, reading.inService, reading.inFlight));
    }
    for (std::uint32_t i = 0; i < plan.meters.size(); ++i) {
        for (std::uint32_t c = 0; c < plan.classes.size(); ++c) {
            lines.push_back(fmt::format("meter {}", engine.readMeter(MeterId{i}, ClassIndex{c})));
        }
    }
    return lines;
}

void append(std::vector<std::string>& lines, const IntervalLatency& latency)
{
    lines.push_back(fmt::format(
        "{} {} {} {} {}", latency.count, latency.errors, latency.mean.count(), latency.p50.count(),
        latency.p99.count()));
}

std::vector<std::string> figuresOf(const IntervalStats& interval)
{
    std::vector<std::string> lines{fmt::format("{} {}", interval.from.count(), interval.to.count())};
    for (const IntervalLatency& latency : interval.classes) {
        append(lines, latency);
    }
    for (const IntervalLatency& latency : interval.nodes) {
        append(lines, latency);
    }
    for (const StationInterval& station : interval.stations) {
        lines.push_back(fmt::format("{} {} {}", station.utilisation, station.queue, station.refused));
    }
    return lines;
}

/// One run with controllers that do something now and then, and a chart that reads all figures.
class Played {
public:
    using Act = std::function<void(RequestEngine&, Simulation&)>;

    Played(const Plan& plan, std::uint64_t seed, EngineOptions::Recursion recursion)
        : m_plan(plan), m_engine(plan, m_simulation, seed, {.recursion = recursion, .traceEvery = 7}),
          m_scope(m_simulation)
    {
    }

    RequestEngine& engine() { return m_engine; }
    void doAt(Time at, Act act) { m_scope.start(doLater(at, std::move(act))); }
    void watchEvery(Duration interval) { m_scope.start(watch(interval)); }
    std::vector<std::string> runUntil(Time end)
    {
        m_engine.runUntil(end);
        std::vector<std::string> lines = figuresOf(m_engine, m_plan);
        lines.insert(lines.end(), m_watched.begin(), m_watched.end());
        for (const Diagnostic& violation : m_engine.checkConservation()) {
            lines.push_back(violation.what);
            ADD_FAILURE() << violation.what;
        }
        return lines;
    }

private:
    Process doLater(Time at, Act act)
    {
        co_await m_simulation.until(at);
        act(m_engine, m_simulation);
    }
    Process watch(Duration interval)
    {
        for (;;) {
            co_await m_simulation.after(interval);
            const std::vector<std::string> lines = figuresOf(m_engine.takeInterval());
            m_watched.insert(m_watched.end(), lines.begin(), lines.end());
        }
    }

    const Plan& m_plan;
    Simulation m_simulation;
    RequestEngine m_engine;
    std::vector<std::string> m_watched;
    Scope m_scope;
};

using Arrange = std::function<void(Played&)>;

/// Plays the plan both ways and expects the same of both, to the last figure.
void expectTheSame(
    const Plan& plan, std::uint64_t seed, const std::vector<Time>& ends, const Arrange& arrange)
{
    Played byEvents(plan, seed, EngineOptions::Recursion::Off);
    Played byStages(plan, seed, EngineOptions::Recursion::Auto);
    arrange(byEvents);
    arrange(byStages);
    for (const Time end : ends) {
        const std::vector<std::string> expected = byEvents.runUntil(end);
        const std::vector<std::string> found = byStages.runUntil(end);
        const auto [wanted, given] =
            std::mismatch(expected.begin(), expected.end(), found.begin(), found.end());
        ASSERT_TRUE(wanted == expected.end() && given == found.end())
            << "at " << seconds(end) << " s, plan " << seed << ", line " << wanted - expected.begin()
            << "\nby events: " << (wanted == expected.end() ? "" : *wanted)
            << "\nby stages: " << (given == found.end() ? "" : *given);
    }
}

TEST(RunningByStages, GivesTheResultsOfEventsToTheLastBitForRandomPlans)
{
    for (std::uint64_t seed = 1; seed <= 150; ++seed) {
        const RandomPlan random(seed);
        ASSERT_TRUE(feedbackFree(random.plan())) << seed;
        expectTheSame(random.plan(), seed, {1s, 1500ms, 4s}, [](Played& run) { run.watchEvery(300ms); });
        ASSERT_FALSE(HasFatalFailure());
    }
}

TEST(RunningByStages, GivesTheResultsOfEventsWhereManyThingsHappenInTheSameNanosecond)
{
    for (std::uint64_t seed = 1; seed <= 60; ++seed) {
        const RandomPlan random(seed, 2000);
        expectTheSame(random.plan(), seed, {3ms, 7ms}, [](Played& run) { run.watchEvery(1ms); });
        ASSERT_FALSE(HasFatalFailure());
    }
}

TEST(RunningByStages, GivesTheResultsOfEventsWhileControllersAct)
{
    for (std::uint64_t seed = 1; seed <= 150; ++seed) {
        const RandomPlan random(seed);
        expectTheSame(random.plan(), seed, {2s, 5s}, [&](Played& run) {
            run.watchEvery(250ms);
            random.forEachAct([&run](Time at, const RandomPlan::Act& act) { run.doAt(at, act); });
        });
        ASSERT_FALSE(HasFatalFailure());
    }
}

TEST(RunningByStages, SparesNearlyAllEventsWhereNobodyLooksBack)
{
    const RandomPlan random(2);
    Simulation simulation;
    RequestEngine engine(random.plan(), simulation, 2, {.recursion = EngineOptions::Recursion::Auto});
    engine.runUntil(10s);
    EXPECT_GT(
        static_cast<double>(engine.eventsByStages()), 0.99 * static_cast<double>(simulation.eventsHandled()));
    EXPECT_GT(simulation.eventsHandled(), 10'000U);
}

TEST(RunningByStages, CanBeSteppedEventByEventInBetween)
{
    const RandomPlan random(3);
    expectTheSame(random.plan(), 3, {1s, 2s}, [](Played& run) {
        run.engine().runUntil(500ms);
        for (int i = 0; i < 100; ++i) {
            run.engine().step();
        }
    });
}

}  // namespace
}  // namespace neph
