#pragma once

#include <string>

#include "sim/local/comparison.h"
#include "sim/local/engine_finder.h"

namespace neph::cli {

/// Predicted against measured, for a terminal of `width` columns.
std::string comparisonReport(const Comparison& comparison, std::size_t width);

/// What an engine can do here, and what to do about what it cannot. `isFine`: the lab can run.
std::string doctorReport(const EngineSearch& search, bool& isFine);

}  // namespace neph::cli
