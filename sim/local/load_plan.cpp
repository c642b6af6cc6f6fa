#include "sim/local/load_plan.h"

#include <algorithm>

#include <fmt/format.h>

namespace neph {

/// What users do on the way to a service; the rest needs stations, which are the services' own.
static bool isOfUsers(Op op)
{
    return op == Op::Delay || op == Op::Branch || op == Op::Call || op == Op::Reply || op == Op::Fail;
}

StepRange stepsOf(const Plan& plan, PathId path)
{
    // Paths lie one after the other.
    StepRange range{plan.paths[path.value].first, static_cast<std::uint32_t>(plan.steps.size()) - 1};
    for (const PathSpec& other : plan.paths) {
        if (other.first > range.first) {
            range.last = std::min(range.last, other.first - 1);
        }
    }
    return range;
}

Result<Done> checkLoad(const LoadPlan& load)
{
    if (load.horizon <= Duration::zero()) {
        return Error{ErrorCode::Invalid, "horizon", "A load must last longer than no time; give it seconds."};
    }
    if (load.plan->sources.empty()) {
        return Error{
            ErrorCode::Invalid, load.plan->nodes.empty() ? "" : load.plan->nodes.front().id,
            "Nobody sends requests in this design; add users and connect them to a service."};
    }
    for (const SourceSpec& source : load.plan->sources) {
        const StepRange range = stepsOf(*load.plan, source.path);
        for (std::uint32_t i = range.first; i <= range.last; ++i) {
            if (!isOfUsers(load.plan->steps[i].op)) {
                return Error{
                    ErrorCode::Invalid, load.plan->nodes[source.node.value].id,
                    fmt::format(
                        "{} does more than wait and call, which cannot be sent as load; replace it by users.",
                        source.name)};
            }
        }
    }
    return Done{};
}

Result<LoadPlan> loadPlanOf(const CompiledDesign& design, std::uint64_t seed, Duration horizon)
{
    LoadPlan load{std::make_shared<const Plan>(design.plan), {}, seed, horizon};
    for (const RequestClass& each : design.classes) {
        load.requestBytes.push_back(each.request.count);
    }
    if (const Result<Done> checked = checkLoad(load); !checked) {
        return checked.error();
    }
    return load;
}

}  // namespace neph
