#include "sim/kernel/random.h"

#include <benchmark/benchmark.h>

#include "sim/kernel/distribution.h"

namespace neph {
namespace {

template <class Draw>
void repeat(benchmark::State& state, Draw&& draw)
{
    RandomStream random(1, 1);
    for (auto _ : state) {
        benchmark::DoNotOptimize(draw(random));
    }
    state.SetItemsProcessed(state.iterations());
}

void drawBits(benchmark::State& state)
{
    repeat(state, [](RandomStream& random) { return random.next(); });
}
BENCHMARK(drawBits);

void drawUniform(benchmark::State& state)
{
    repeat(state, [](RandomStream& random) { return random.uniform(); });
}
BENCHMARK(drawUniform);

void drawExponential(benchmark::State& state)
{
    repeat(state, [](RandomStream& random) { return random.exponential(); });
}
BENCHMARK(drawExponential);

void drawNormal(benchmark::State& state)
{
    repeat(state, [](RandomStream& random) { return random.normal(); });
}
BENCHMARK(drawNormal);

void drawBelow(benchmark::State& state)
{
    repeat(state, [](RandomStream& random) { return random.below(1000); });
}
BENCHMARK(drawBelow);

void startStream(benchmark::State& state)
{
    std::uint64_t stream = 0;
    for (auto _ : state) {
        RandomStream random(1, ++stream);
        benchmark::DoNotOptimize(random.next());
    }
}
BENCHMARK(startStream);

void sample(benchmark::State& state, const Distribution& law)
{
    repeat(state, [&law](RandomStream& random) { return law.sample(random); });
}
BENCHMARK_CAPTURE(sample, constant, Distribution::constant(1));
BENCHMARK_CAPTURE(sample, exponential, Distribution::exponential(1));
BENCHMARK_CAPTURE(sample, uniform, Distribution::uniform(1, 2));
BENCHMARK_CAPTURE(sample, logNormal, Distribution::logNormal(1, 2));
BENCHMARK_CAPTURE(sample, erlang4, Distribution::erlang(4, 1));
BENCHMARK_CAPTURE(sample, erlang100, Distribution::erlang(100, 1));
BENCHMARK_CAPTURE(sample, hyperExponential, Distribution::hyperExponential(1, 4));
BENCHMARK_CAPTURE(sample, empirical, Distribution::empirical({{1, 1}, {2, 3}, {5, 1}}));

void drawZipfianKey(benchmark::State& state)
{
    const AliasTable keys(zipfWeights(static_cast<std::size_t>(state.range(0)), 1.0));
    repeat(state, [&keys](RandomStream& random) { return keys.draw(random); });
}
BENCHMARK(drawZipfianKey)->Arg(10)->Arg(10'000);

}  // namespace
}  // namespace neph
