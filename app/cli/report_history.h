#pragma once

#include <string>
#include <vector>

#include "sim/metrics/run_result.h"
#include "sim/model/design.h"

namespace neph::cli {

/// What happened, by time, at most about 40 lines: what repeats at once is told once with its count, and
/// where it is still too long the least important goes.
std::string historyReport(const Design& design, const std::vector<RunEvent>& log, std::size_t width);

}  // namespace neph::cli
