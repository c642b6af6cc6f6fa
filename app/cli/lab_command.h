#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "app/cli/commands.h"
#include "sim/local/engine_finder.h"

namespace neph::cli {

/// What the subcommands of 'nepho lab' are told.
struct LabCommandOptions {
    std::string design;
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
    bool json = false;
};

/// Where records and consents lie; nothing after saying what is wrong.
std::optional<std::string> stateOrComplaint();
EngineWishes wishesOf(const LabCommandOptions& options);

// What is done to labs that run, from another terminal.
ExitCode labStatus(const LabCommandOptions& options);
ExitCode labLogs(const LabCommandOptions& options);
ExitCode labDown(const LabCommandOptions& options);
ExitCode labVolumes(const LabCommandOptions& options);

}  // namespace neph::cli
