#pragma once

#include <string>

#include "sim/metrics/run_result.h"

namespace neph {

/// The event log as JSON lines: {"at_seconds", "level", "node", "what", "detail"}, in order of time.
std::string toEventLines(const RunResult& result);

}  // namespace neph
