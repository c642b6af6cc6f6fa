#pragma once

#include <string>

#include "sim/cost/bill.h"
#include "sim/metrics/run_result.h"
#include "sim/model/design.h"

namespace neph::cli {

/// The report of a run for a person, at most `width` columns wide (but for names that are longer).
std::string runReport(const Design& design, const RunResult& result, const Bill& bill, std::size_t width);

/// The bill alone: its dearest lines, the total, an hour, a month. A bare usage list has no nodes and no
/// hour.
std::string billReport(const Design* design, const Bill& bill, std::size_t width, std::size_t mostLines);

}  // namespace neph::cli
