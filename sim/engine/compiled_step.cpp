#include "sim/engine/compiled_step.h"

namespace neph {

StationPlaces placesOf(const Plan& plan)
{
    StationPlaces places;
    places.byPool.resize(plan.pools.size());
    for (std::uint32_t i = 0; i < plan.stations.size(); ++i) {
        const PoolId pool = plan.stations[i].pool;
        std::vector<std::uint32_t>& row = pool ? places.byPool[pool.value] : places.shared;
        places.byStation.push_back({static_cast<std::uint32_t>(row.size()), static_cast<bool>(pool)});
        row.push_back(i);
    }
    return places;
}

static CompiledStep compiledStep(const Plan& plan, const StationPlaces& places, std::uint32_t index)
{
    const Step& step = plan.steps[index];
    const auto classes = static_cast<std::uint32_t>(plan.classes.size());
    CompiledStep made;
    made.op = step.op;
    made.routing = step.routing;
    made.count = step.count;
    made.outcome = static_cast<std::uint16_t>(step.outcome ? step.outcome.value : 0);
    made.path = static_cast<std::uint16_t>(step.path ? step.path.value : 0);
    made.draw = step.draw.value;
    made.other = step.other.value;
    made.amount = step.amount ? step.amount.value * classes : kNone;
    made.meter = step.meter ? step.meter.value * (classes + 1) : kNone;
    made.pool = step.pool.value;
    made.policy = step.policy.value;
    made.link = step.link.value;
    made.cleanup = step.cleanup;
    made.classes = step.classes;
    made.after = step.op == Op::Branch ? step.jump : index + 1 + step.count;
    if (step.station) {
        const StationPlaces::Place place = places.byStation[step.station.value];
        made.station = place.index;
        made.stationMask = place.isOfReplica ? ~0U : 0;
    }
    if (step.second) {
        const StationPlaces::Place place = places.byStation[step.second.value];
        made.second = place.index;
        made.secondMask = place.isOfReplica ? ~0U : 0;
    }
    if (step.policy && plan.policies[step.policy.value].timeout > Duration::zero()) {
        made.timeout = step.policy.value;
    }
    return made;
}

std::vector<CompiledStep> compiledSteps(const Plan& plan, const StationPlaces& places)
{
    std::vector<CompiledStep> steps;
    steps.reserve(plan.steps.size());
    for (std::uint32_t i = 0; i < plan.steps.size(); ++i) {
        steps.push_back(compiledStep(plan, places, i));
    }
    return steps;
}

}  // namespace neph
