#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numbers>
#include <string>
#include <utility>

#include <benchmark/benchmark.h>

#include "sim/base/assets.h"
#include "sim/model/design_json.h"
#include "sim/run.h"

namespace neph {
namespace {

constexpr int kMinutesOfDay = 24 * 60;
constexpr Duration kMonth = 30 * 24h;

void set(Design& design, const std::string& id, Properties properties)
{
    const auto node = std::find_if(
        design.nodes.begin(), design.nodes.end(), [&id](const Node& each) { return each.id == id; });
    for (auto& [key, value] : properties) {
        node->properties[key] = value;
    }
}

/// The starter design for a month of so many requests a second, half more by day and half fewer by night:
/// tasks of 4 vCPU that scale on CPU, tables that were warmed. Nobody comes in the first ten minutes, while
/// the tasks start.
Design starterAt(double perSecond)
{
    Design design = readDesign(assetText("templates/starter.nepho")).design;
    std::erase_if(design.nodes, [](const Node& node) { return node.id == "campaign"; });
    std::erase_if(design.links, [](const Link& link) { return link.from == "campaign"; });
    design.faults.clear();
    TrafficTrace month;
    month.name = "month";
    month.points = {{0, 0}, {600, 0}};
    for (int minute = 11; minute <= 30 * kMinutesOfDay; ++minute) {
        const double ofDay = std::sin(2 * std::numbers::pi * minute / kMinutesOfDay);
        month.points.push_back({60.0 * minute, perSecond * (1 + 0.5 * ofDay)});
    }
    design.traffic = {std::move(month)};
    set(design, "users", {{"load", "trace"}, {"trace", "month"}});
    const auto tasks = static_cast<int>(perSecond * 0.008 / 4 / 0.6) + 3;  // 8 ms each, 60 % of 4 vCPU.
    set(design, "shop",
        {{"cpu", "4"},
         {"memoryMiB", 8192},
         {"workers", 512},
         {"desiredCount", tasks},
         {"minCount", 3},
         {"maxCount", 3 * tasks},
         {"deployAtSeconds", 0}});
    for (const char* table : {"products", "orders"}) {
        set(design, table,
            {{"previousPeakReads", 8 * perSecond + 100}, {"previousPeakWrites", 4 * perSecond + 100}});
    }
    return design;
}

void monthBy(benchmark::State& state, EngineChoice engine)
{
    const Design design = starterAt(static_cast<double>(state.range(0)));
    RunOptions options;
    options.engine = engine;
    options.horizon = kMonth;
    options.affordableRequests = 0;  // Windows, however few come.
    std::uint64_t requests = 0;
    std::uint64_t ok = 0;
    for (auto _ : state) {
        const RunResult result = run(design, options);
        if (!result.stoppedBy.empty()) {
            state.SkipWithError(result.stoppedBy.c_str());
        }
        for (const auto& [name, each] : result.classes) {
            requests += each.total;
            ok += each.ok;
        }
    }
    // A design that fails is not what is to be timed.
    state.counters["ok"] = static_cast<double>(ok) / static_cast<double>(requests);
}

void monthByFlows(benchmark::State& state)
{
    monthBy(state, EngineChoice::Flows);
}

void monthByAuto(benchmark::State& state)
{
    monthBy(state, EngineChoice::Auto);
}

/// Requests a second. Cost should grow with what happens, not with how many come.
void atRates(benchmark::internal::Benchmark* bench)
{
    bench->Arg(100)->Arg(10'000)->Arg(50'000)->Iterations(1)->UseRealTime()->Unit(benchmark::kMillisecond);
}

BENCHMARK(monthByFlows)->Name("month/flows")->Apply(atRates);
BENCHMARK(monthByAuto)->Name("month/auto")->Apply(atRates);

}  // namespace
}  // namespace neph
