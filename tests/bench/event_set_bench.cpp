#include "sim/kernel/event_set.h"

#include <vector>

#include <benchmark/benchmark.h>

#include "sim/kernel/distribution.h"
#include "sim/kernel/random.h"

namespace neph {
namespace {

/// Delays drawn in advance, so that drawing them costs next to nothing.
class Delays {
public:
    template <class Draw>
    explicit Delays(Draw&& draw) : m_table(std::size_t{1} << 18)
    {
        for (Duration& delay : m_table) {
            delay = fromSeconds(draw());
        }
    }
    Duration next() { return m_table[m_position++ & (m_table.size() - 1)]; }

private:
    std::vector<Duration> m_table;
    std::size_t m_position = 0;
};

/// The "hold" model: take the earliest event, schedule it again a random time later. The number of pending
/// events stays fixed, so this measures exactly what a running simulation pays for an event.
void hold(benchmark::State& state, Delays delays)
{
    EventSet events;
    const auto pending = static_cast<std::uint32_t>(state.range(0));
    for (std::uint32_t what = 0; what < pending; ++what) {
        events.schedule(delays.next(), what);
    }
    const auto once = [&] {
        const EventSet::Event event = events.takeNext();
        events.schedule(event.at + delays.next(), event.what);
    };
    for (std::uint32_t warm = 0; warm < pending; ++warm) {
        once();
    }
    for (auto _ : state) {
        once();
    }
    state.SetItemsProcessed(state.iterations());
    state.counters["bytes/event"] = static_cast<double>(events.memory()) / pending;
}

void holdExponential(benchmark::State& state)
{
    RandomStream random(1, 1);
    hold(state, Delays([&] { return random.exponential(); }));
}
BENCHMARK(holdExponential)->Arg(2)->Arg(17)->Arg(60)->RangeMultiplier(10)->Range(100, 1'000'000);

/// Service times beside idle timers: 90 % are 30,000 times shorter than the rest.
void holdBimodal(benchmark::State& state)
{
    RandomStream random(1, 2);
    hold(state, Delays([&] { return random.exponential() * (random.below(10) != 0 ? 0.002 : 60); }));
}
BENCHMARK(holdBimodal)->Arg(17)->RangeMultiplier(10)->Range(100, 1'000'000);

/// A heavy tail, cut at a day: log-normal with a coefficient of variation of 10.
void holdHeavyTail(benchmark::State& state)
{
    RandomStream random(1, 3);
    const Distribution law = Distribution::logNormal(1, 100);
    hold(state, Delays([&] { return law.sample(random); }));
}
BENCHMARK(holdHeavyTail)->RangeMultiplier(10)->Range(100, 1'000'000);

/// What a trigger does to those who wait: events for the present moment.
void scheduleForNow(benchmark::State& state)
{
    EventSet events;
    events.schedule(1s, 0);
    for (auto _ : state) {
        const EventSet::Event event = events.takeNext();
        events.schedule(event.at, event.what);
    }
    state.SetItemsProcessed(state.iterations());
}
BENCHMARK(scheduleForNow);

}  // namespace
}  // namespace neph
