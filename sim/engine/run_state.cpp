#include "sim/engine/run_state.h"

#include <algorithm>
#include <set>

namespace neph {

namespace {

DrawState drawState(const DrawSpec& spec, std::uint64_t seed)
{
    DrawState draw{
        RandomStream(seed, streamId(spec.entity, spec.purpose)), spec.byClass.data(),
        spec.byClass.size() > 1 ? ~0U : 0};
    // Far below the times that an integer of nanoseconds cannot hold.
    constexpr double kLongest = 1e6;
    const Distribution& first = spec.byClass.front();
    const bool isExponential = first.kind() == Distribution::Kind::Exponential && first.mean() < kLongest;
    if (spec.byClass.size() == 1 && isExponential) {
        draw.exponentialMean = first.mean() * 1e9;
        draw.ahead = draw.random.exponential();
    }
    return draw;
}

}  // namespace

RunState::RunState(const Plan& planToRun, std::uint64_t seed, std::uint64_t arrivalSeed)
    : plan(planToRun), places(placesOf(planToRun)), steps(compiledSteps(planToRun, places)),
      goneStations(planToRun.stations.size()), timeouts(planToRun.policies.size()),
      links(planToRun.links.size()), onOutOfMemory(planToRun.pools.size())
{
    const std::size_t classCount = plan.classes.size();
    for (const AmountSpec& amount : plan.amounts) {
        for (std::size_t c = 0; c < classCount; ++c) {
            amounts.push_back(amount.byClass[amount.byClass.size() > 1 ? c : 0]);
        }
    }
    for (const DrawSpec& draw : plan.draws) {
        draws.push_back(drawState(draw, seed));
    }
    for (std::uint32_t place = 0; place < places.shared.size(); ++place) {
        const std::uint32_t spec = places.shared[place];
        stations.emplace_back().reset(plan.stations[spec], spec, kNone, Time{0});
    }
    for (const PoolSpec& pool : plan.pools) {
        pools.emplace_back(pool, seed);
    }
    for (const NodeSpec& node : plan.nodes) {
        nodes.push_back(
            {.latency = {}, .classes = {}, .random = RandomStream(seed, streamId(node.id, "disturbance"))});
    }
    for (const PathSpec& path : plan.paths) {
        paths.push_back({path.first, path.node.value});
        if (!nodes[path.node.value].latency) {
            nodes[path.node.value].latency.emplace();
        }
    }
    classes.resize(classCount);
    for (ClassState& each : classes) {
        each.outcomes.resize(plan.outcomes.size());
    }
    meters.resize(plan.meters.size() * meterRow());
    for (std::uint32_t i = 0; i < plan.sources.size(); ++i) {
        const SourceSpec& source = plan.sources[i];
        sources.push_back({source.path.value, source.users > 0, ArrivalStream(plan, i, arrivalSeed)});
    }
    for (std::uint32_t c = 0; c < classCount; ++c) {
        std::set<std::uint32_t> starts;
        for (const SourceSpec& source : plan.sources) {
            if (source.classWeights[c] > 0) {
                starts.insert(plan.paths[source.path.value].node.value);
            }
        }
        classes[c].isOfOneNode = starts.size() == 1;
        if (classes[c].isOfOneNode) {
            nodes[*starts.begin()].classes.push_back(c);
        }
    }
}

std::uint64_t RunState::requestsStarted() const
{
    std::uint64_t sum = 0;
    for (const ClassState& each : classes) {
        sum += each.started;
    }
    return sum;
}

std::uint64_t RunState::requestsEnded() const
{
    std::uint64_t sum = 0;
    for (const ClassState& each : classes) {
        sum += each.ended();
    }
    return sum;
}

}  // namespace neph
