#pragma once

#include <chrono>
#include <string>

#include "sim/metrics/run_result.h"

namespace neph {

/// The sampled requests of a run as OpenTelemetry traces in OTLP/JSON (an ExportTraceServiceRequest), one
/// resource per node. `start` is the wall time that stands for the beginning of the run.
///
/// Trace and span ids are made from seed and request number, so that the same run gives the same ids.
/// Source: OpenTelemetry Protocol specification, "JSON Protobuf Encoding": ids as hex, 64-bit integers as
/// decimal text, enumerators as numbers.
std::string toOtlpTrace(const RunResult& result, std::chrono::sys_seconds start);

}  // namespace neph
