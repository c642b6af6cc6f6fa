#include <algorithm>
#include <cmath>

#include <benchmark/benchmark.h>

#include "sim/engine/request_engine.h"
#include "tests/bench/bare_loop.h"
#include "tests/bench/workloads.h"

namespace neph {
namespace {

constexpr std::int64_t kRequests = 1'000'000;

void perRequest(benchmark::State& state, std::int64_t requests)
{
    using benchmark::Counter;
    state.counters["requests"] = Counter(static_cast<double>(requests), Counter::kIsIterationInvariantRate);
    state.counters["s/request"] =
        Counter(static_cast<double>(requests), Counter::kIsIterationInvariantRate | Counter::kInvert);
}

/// The whole run with everything that a window shows: histograms, figures per node, station and link, an
/// interval taken every simulated second, one request of 128 traced.
void runPlan(
    benchmark::State& state, const Plan& plan, double perSecond,
    EngineOptions::Recursion recursion = EngineOptions::Recursion::Off)
{
    const auto whole = static_cast<std::int64_t>(static_cast<double>(kRequests) / perSecond);
    for (auto _ : state) {
        Simulation simulation;
        RequestEngine engine(plan, simulation, 1, {.recursion = recursion});
        const Duration step = perSecond > 100 ? Duration(1s) : Duration(10'000s);
        for (Time at = step; at <= std::chrono::seconds(whole); at += step) {
            engine.runUntil(at);
            benchmark::DoNotOptimize(engine.takeInterval());
        }
        benchmark::DoNotOptimize(engine.fingerprint());
    }
    perRequest(state, kRequests);
}

void oneServer(benchmark::State& state)
{
    runPlan(state, multiServerPlan(1), 0.9);
}

void sixteenServers(benchmark::State& state)
{
    runPlan(state, multiServerPlan(16), 14.4);
}

void requestPath(benchmark::State& state)
{
    runPlan(state, requestPathPlan(), 1000);
}

// The same, stage by stage (sim/engine/recursion): none of these plans has feedback.

void oneServerByStages(benchmark::State& state)
{
    runPlan(state, multiServerPlan(1), 0.9, EngineOptions::Recursion::Auto);
}

void sixteenServersByStages(benchmark::State& state)
{
    runPlan(state, multiServerPlan(16), 14.4, EngineOptions::Recursion::Auto);
}

void requestPathByStages(benchmark::State& state)
{
    runPlan(state, requestPathPlan(), 1000, EngineOptions::Recursion::Auto);
}

void oneServerBare(benchmark::State& state)
{
    for (auto _ : state) {
        benchmark::DoNotOptimize(bare::multiServer(1, kRequests, 1));
    }
    perRequest(state, kRequests);
}

void sixteenServersBare(benchmark::State& state)
{
    for (auto _ : state) {
        benchmark::DoNotOptimize(bare::multiServer(16, kRequests, 1));
    }
    perRequest(state, kRequests);
}

void requestPathBare(benchmark::State& state)
{
    for (auto _ : state) {
        benchmark::DoNotOptimize(bare::requestPath(kRequests, 1));
    }
    perRequest(state, kRequests);
}

/// W5: 50 requests/s that swing over the day, one queue of Exp(100 ms), workers set each minute to
/// ceil(busy / 0.7) within 2 and 64.
void daysWithScaling(benchmark::State& state)
{
    const auto days = static_cast<int>(state.range(0));
    constexpr int kMinutes = 24 * 60;
    RateProfile rate{.corners = {}, .period = 24h};
    for (int minute = 0; minute < kMinutes; ++minute) {
        const double perSecond = 50 * (1 + 0.5 * std::sin(2 * 3.141592653589793 * minute / kMinutes));
        rate.corners.push_back({std::chrono::minutes(minute), perSecond});
        rate.corners.push_back({std::chrono::minutes(minute + 1), perSecond});
    }
    StationId workers;
    const Plan plan = scaledServicePlan(rate, workers);
    for (auto _ : state) {
        Simulation simulation;
        RequestEngine engine(plan, simulation, 1);
        double before = 0;
        for (int minute = 1; minute <= days * kMinutes; ++minute) {
            engine.runUntil(std::chrono::minutes(minute));
            benchmark::DoNotOptimize(engine.takeInterval());
            const double busy = engine.read(workers).busy;
            const double wanted = std::ceil((busy - before) / 60 / 0.7);
            before = busy;
            engine.resize(
                workers, std::clamp(static_cast<std::int64_t>(wanted), std::int64_t{2}, std::int64_t{64}), 0);
        }
    }
    perRequest(state, std::int64_t{days} * 24 * 3600 * 50);
}

/// Bytes that the engine and its event set hold for each request under way, at `range` of them.
void memoryOfPendingRequests(benchmark::State& state)
{
    const auto wanted = static_cast<double>(state.range(0));
    const Plan plan = delayPlan(wanted / 100);  // Little: rate times 100 s.
    for (auto _ : state) {
        Simulation simulation;
        RequestEngine engine(plan, simulation, 1, {.recursion = EngineOptions::Recursion::Off});
        const std::size_t before = engine.memory();
        engine.runUntil(300s);
        state.counters["bytes/request"] =
            static_cast<double>(engine.memory() - before) / static_cast<double>(engine.requestsUnderWay());
    }
}

BENCHMARK(oneServerBare)->Name("W1/bareLoop")->Unit(benchmark::kMillisecond);
BENCHMARK(oneServer)->Name("W1/engine")->Unit(benchmark::kMillisecond);
BENCHMARK(oneServerByStages)->Name("W1/engineByStages")->Unit(benchmark::kMillisecond);
BENCHMARK(sixteenServersBare)->Name("W2/bareLoop")->Unit(benchmark::kMillisecond);
BENCHMARK(sixteenServers)->Name("W2/engine")->Unit(benchmark::kMillisecond);
BENCHMARK(sixteenServersByStages)->Name("W2/engineByStages")->Unit(benchmark::kMillisecond);
BENCHMARK(requestPathBare)->Name("W3/bareLoop")->Unit(benchmark::kMillisecond);
BENCHMARK(requestPath)->Name("W3/engine")->Unit(benchmark::kMillisecond);
BENCHMARK(requestPathByStages)->Name("W3/engineByStages")->Unit(benchmark::kMillisecond);
BENCHMARK(daysWithScaling)->Name("W5/engineDays")->Arg(1)->Arg(30)->Unit(benchmark::kMillisecond);
BENCHMARK(memoryOfPendingRequests)->Name("memory/pending")->Arg(1000)->Arg(100'000)->Iterations(1);

}  // namespace
}  // namespace neph
