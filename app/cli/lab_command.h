#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "app/cli/commands.h"
#include "sim/base/units.h"
#include "sim/local/engine_finder.h"

namespace neph::cli {

/// What the subcommands of 'nepho lab' are told.
struct LabCommandOptions {
    std::string design;
    std::vector<std::string> settings;
    std::string length;
    std::string warmUp;
    std::string engine;
    std::string runtime;
    std::string report;
    std::string output;
    std::string node;
    std::string calibration;
    bool isUncalibrated = false;
    std::uint64_t seed = 1;
    bool isAllowed = false;
    bool withoutLimits = false;
    bool withLoad = false;
    bool isDetached = false;
    double share = 1;
    bool json = false;
};

/// Where records and consents lie; nothing after saying what is wrong.
std::optional<std::string> stateOrComplaint();
EngineWishes wishesOf(const LabCommandOptions& options);

/// Seconds of a step, on a line of its own where a person watches.
void tell(const std::string& what);
/// What an option says; zero where it says nothing. Nothing after saying what is wrong.
std::optional<Duration> spanOf(const std::string& text, const char* option);

/// Another process that does `nepho lab up` with these options; returns when it is up, or why it is not.
ExitCode upDetached(const LabCommandOptions& options);
/// The design's users, sent to a lab that is up.
ExitCode labLoad(const LabCommandOptions& options);

// What is done to labs that run, from another terminal.
ExitCode labStatus(const LabCommandOptions& options);
ExitCode labLogs(const LabCommandOptions& options);
ExitCode labDown(const LabCommandOptions& options);
ExitCode labVolumes(const LabCommandOptions& options);

}  // namespace neph::cli
