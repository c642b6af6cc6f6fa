#pragma once

#include <functional>
#include <stop_token>

#include "sim/run.h"

namespace neph {

/// Runs a long design in seconds (EngineChoice::Auto): controllers and bill by flows, latencies from windows
/// of single requests, the whole several times over, so that the spread says how far to trust each figure.
///
/// A run that is short enough is simply run request by request. Stopped early, it answers with what it has
/// and a larger error. The same bits on any number of threads.
RunResult runSampled(
    const Design& design, const RunOptions& options, Diagnostics diagnostics, std::stop_token stop,
    const std::function<void(const RunProgress&)>& progress);

}  // namespace neph
