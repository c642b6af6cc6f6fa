#pragma once

#include <string>

#include "sim/metrics/run_result.h"

namespace neph {

/// The sampled requests of a run as trace-event JSON, for Perfetto (ui.perfetto.dev) and chrome://tracing.
///
/// One process per request, named after class, number and outcome; its first thread has the steps, and each
/// further thread what went on at the same time. A wait is an event of its own before the step it waits for.
/// Times are in microseconds, to the nanosecond. Source: "Trace Event Format", the JSON object format with
/// complete events ("X") and metadata events ("M").
std::string toChromeTrace(const RunResult& result);

}  // namespace neph
