#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "sim/base/result.h"
#include "sim/base/units.h"
#include "sim/cloud/compiler.h"
#include "sim/plan/plan.h"

namespace neph {

/// What the users of a design do, to be done for real: their arrivals, paths and patience as the plan of the
/// simulation has them, drawn from the same streams. A value; the plan is shared.
struct LoadPlan {
    std::shared_ptr<const Plan> plan;
    std::vector<std::int64_t> requestBytes;  ///< By class: the body of a request; 0: a GET without one.
    std::uint64_t seed = 1;
    Duration horizon{0};  ///< Requests that are due up to here are sent.
};

/// Errors: Invalid, where nobody sends anything, where a source does on its way what only services do, or
/// where the horizon is not positive.
Result<LoadPlan> loadPlanOf(const CompiledDesign& design, std::uint64_t seed, Duration horizon);

/// What is wrong with a plan as load, as above.
Result<Done> checkLoad(const LoadPlan& load);

/// The steps of a source's path: from its first to the failure that ends it. Steps of the plan, by index.
struct StepRange {
    std::uint32_t first = 0;
    std::uint32_t last = 0;  ///< Included.
};
StepRange stepsOf(const Plan& plan, PathId path);

}  // namespace neph
