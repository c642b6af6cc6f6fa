#include "sim/kernel/process.h"

#include <vector>

#include <benchmark/benchmark.h>

#include "sim/kernel/random.h"

namespace neph {
namespace {

/// Exponential delays of mean 1 s, drawn in advance.
Duration nextDelay()
{
    static const std::vector<Duration> table = [] {
        RandomStream random(1, 1);
        std::vector<Duration> delays(std::size_t{1} << 18);
        for (Duration& delay : delays) {
            delay = fromSeconds(random.exponential());
        }
        return delays;
    }();
    static std::size_t position = 0;
    return table[position++ & (table.size() - 1)];
}

void handle(benchmark::State& state, Simulation& sim)
{
    // Batches as in a run, because runUntil() is what models pay for.
    const std::uint64_t before = sim.eventsHandled();
    while (state.KeepRunningBatch(Simulation::kBatch)) {
        sim.setGuard({.maxEvents = sim.eventsHandled() + Simulation::kBatch});
        sim.runUntil(kNever, [](std::uint32_t) {});
    }
    state.SetItemsProcessed(static_cast<std::int64_t>(sim.eventsHandled() - before));
}

Process yieldForEver(Simulation& sim)
{
    for (;;) {
        co_await sim.after(0s);
    }
}

/// One process, over and over: schedule, take, resume.
void resumeHot(benchmark::State& state)
{
    Simulation sim;
    Scope scope(sim);
    scope.start(yieldForEver(sim));
    handle(state, sim);
}
BENCHMARK(resumeHot);

Process sleepForEver(Simulation& sim)
{
    for (;;) {
        co_await sim.after(nextDelay());
    }
}

/// The hold model with a process behind each pending event.
void holdProcesses(benchmark::State& state)
{
    Simulation sim;
    Scope scope(sim);
    for (std::int64_t i = 0; i < state.range(0); ++i) {
        scope.start(sleepForEver(sim));
    }
    for (std::int64_t warm = 0; warm < 3 * state.range(0); ++warm) {
        sim.step([](std::uint32_t) {});
    }
    handle(state, sim);
    // Frames (of the largest number so far), slots of the process table, pending events.
    const std::size_t bytes = FramePool::memory() + sim.processes().memory() + sim.events().memory();
    state.counters["bytes/process"] = static_cast<double>(bytes) / static_cast<double>(state.range(0));
}
BENCHMARK(holdProcesses)->RangeMultiplier(10)->Range(1'000, 1'000'000);

Process once(Simulation& sim)
{
    co_await sim.after(1ms);
}

/// Start, one wait, end.
void createAndDestroy(benchmark::State& state)
{
    Simulation sim;
    Scope scope(sim);
    for (auto _ : state) {
        scope.start(once(sim));
        sim.step([](std::uint32_t) {});
        sim.step([](std::uint32_t) {});
    }
    state.SetItemsProcessed(state.iterations());
}
BENCHMARK(createAndDestroy);

Process callAnother(Simulation& sim)
{
    for (;;) {
        co_await once(sim);
    }
}

/// Awaiting another process that waits once.
void nestedWait(benchmark::State& state)
{
    Simulation sim;
    Scope scope(sim);
    scope.start(callAnother(sim));
    handle(state, sim);
}
BENCHMARK(nestedWait);

}  // namespace
}  // namespace neph
