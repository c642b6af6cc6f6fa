#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <stop_token>
#include <string>
#include <vector>

#include "sim/local/calibration.h"
#include "sim/local/lab.h"

namespace neph {

/// What users saw over the compared time, on one side.
struct SeenFigures {
    std::uint64_t requests = 0;
    std::uint64_t failed = 0;
    double perSecond = 0;
    Duration mean{0};
    Duration p50{0};
    Duration p90{0};
    Duration p95{0};
    Duration p99{0};
};

/// How far one run of that length is off the figures of its design by chance, in 95 of 100 cases: learnt by
/// simulating the same arrivals again and again with other work. Zero: not known.
struct ByChance {
    Duration p50{0};
    Duration p95{0};
    Duration p99{0};
};

struct ComparedClass {
    std::string name;       ///< "" for all of them together.
    SeenFigures simulated;  ///< Over all simulated runs; counts are those of one.
    SeenFigures measured;
    ByChance chance;  ///< The measured figure lies within simulated ± this, if the simulation is right.
};

/// Means over the compared time; negative: not known on that side.
struct ComparedNode {
    std::string id;
    std::string name;
    double cpuSimulated = -1;  ///< 0..1 of the limit.
    double cpuMeasured = -1;
    double memorySimulated = -1;
    double memoryMeasured = -1;
    double tasksSimulated = -1;
    double tasksMeasured = -1;
};

/// The same design, the same arrivals: predicted and measured.
struct Comparison {
    std::string design;
    std::string designDigest;
    std::string date;     ///< UTC, ISO 8601.
    std::string machine;  ///< "AMD EPYC …, 2 cores, Linux 6.1"
    std::string engine;   ///< "Podman Engine 4.3.1 (runc, cgroups 1)"
    std::uint64_t seed = 1;
    Time from{0};  ///< Of the run: what was before is start-up on either side.
    Time to{0};
    std::vector<ComparedClass> classes;
    std::vector<ComparedNode> nodes;
    std::vector<StartTimes> startTimes;
    std::map<std::string, std::string> images;  ///< Name to digest.
    LoadResult load;
    std::size_t simulatedRuns = 0;
    RunResult simulated;  ///< The first of them, and the measured one, as a whole: for charts.
    RunResult measured;
    std::vector<std::string> remarks;  ///< Assumptions, and what made the measurement worse: sentences.

    /// simulated / measured - 1; 0 where nothing was measured.
    static double error(Duration simulated, Duration measured);
};

struct ComparisonOptions {
    LocalRun::Options run;
    Calibration calibration;  ///< For the simulation; may be empty.
    Duration warmUp{0};       ///< Zero: until both sides are in a steady state.
    std::function<void(const std::string& what, double share)> progress;
    /// Hands out what the real run has measured so far, a few times a second; may be empty.
    std::function<void(RunResult measured)> look;
    std::stop_token stop;
};

/// What users had seen at the beginning and at the end of the compared time, by class.
struct SeenCourse {
    std::map<std::string, ClassResult> before;
    std::map<std::string, ClassResult> after;
};

/// One class ("": all of them) over a time of that length, of one or more simulated runs and the real one.
ComparedClass compareClass(
    const std::string& name, const std::vector<SeenCourse>& simulated, const SeenCourse& measured,
    Duration length);

/// What the simulation says before anything real is there.
struct Prediction {
    RunResult simulated;  ///< To its end.
    Time from{0};         ///< Both sides are compared from then on: the warm-up, or a steady state.
};

/// Runs the simulation alone. Nothing need be set up. Errors: Invalid (the design does not run, does not come
/// to a steady state in that time, or it was stopped).
Result<Prediction> predict(const Lab& lab, const ComparisonOptions& options);

/// Runs both, the real one first, and compares what users saw from the end of the warm-up on. The lab is set
/// up. Stopped early it compares what there is; an Error if that is less than five seconds.
Result<Comparison> compareLab(Lab& lab, const ComparisonOptions& options);

/// The report for a terminal is in app/cli; this is for machines, and for keeping.
std::string toJson(const Comparison& comparison);

/// "AMD EPYC 7B13, 2 cores, Linux 6.1.0"
std::string machineInWords();

}  // namespace neph
