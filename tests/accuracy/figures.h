#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "sim/run.h"

namespace neph {

/// Latencies of some requests, in milliseconds.
struct LatencyFigures {
    double mean = 0;
    double p50 = 0;
    double p95 = 0;
    double p99 = 0;
    double p999 = 0;
};

/// What is compared of a run.
struct Figures {
    double requests = 0;
    std::map<std::string, LatencyFigures> latency;  ///< By request class; "" for all of them together.
    double failed = 0;                              ///< Share of the requests, 0..1.
    std::vector<double> hourlyP99;  ///< Milliseconds, of each started hour; zero: nobody came.
    double vcpuHours = 0;
    double bill = 0;  ///< USD
    double wallSeconds = 0;
    double cpuSeconds = 0;  ///< Of the thread that ran it; of all threads where windows were sampled.
    // Where latencies were sampled:
    std::optional<Trust> trust;
    std::vector<double> hourlyLow;
    std::vector<double> hourlyHigh;
};

/// Runs a design by requests or by flows, hour by hour. Nothing if it has not ended in `mostSeconds`.
std::optional<Figures>
figuresOfRun(const Design& design, EngineChoice engine, std::uint64_t seed, double mostSeconds);

/// Runs a design by windows, however short it is. Nothing if it has not ended in `mostSeconds`.
std::optional<Figures> figuresOfWindows(
    const Design& design, double tolerance, std::uint64_t seed, unsigned threads, double mostSeconds);

}  // namespace neph
