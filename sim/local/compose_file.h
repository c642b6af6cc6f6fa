#pragma once

#include <string>

#include "sim/base/result.h"
#include "sim/local/lab_plan.h"
#include "sim/local/package_image.h"

namespace neph {

/// A Compose file (https://github.com/compose-spec/compose-spec) of what of a design somebody else can start
/// without Nephoscope: containers of the user's own image, and stores that have a public one (the "pulled" of
/// their recipe). Limits, ports on 127.0.0.1, volumes and everything that keeps a container in are those of
/// the lab. Comments at the top say what is left out, and why.
///
/// Errors: Invalid, where a design has nothing of that kind; as readRecipe().
Result<std::string> composeFile(const Design& design, const LabPlan& plan, const RecipePlaces& places);

}  // namespace neph
