#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "sim/local/lab.h"
#include "sim/model/catalog.h"

namespace neph {

/// What this machine takes, measured: values for properties and facts of kinds, in the places that their
/// faces name
/// (`LocalFace::measured`).
///
/// Quantities that are measured, each in the unit of its name:
/// - of kinds with tasks: `pullSeconds`, `createSeconds`, `startSeconds`, `readySeconds` (means),
/// `cpuOverheadMs`
///   (CPU of a request beyond what its class asks for), and `zero`;
/// - of load balancers: `gatewayMs`, an empty request through it to a task and back (median);
/// - of stores: `<operation>.p50Ms`, `.p99Ms` (a call, without the network), `<operation>.cpuMs` (CPU of the
/// store
///   for each), `<operation>.waitMs` (what else it takes), `call.cpuUs`;
/// - of the network: `hopMs`.
struct Calibration {
    struct Value {
        std::string kind;
        std::string reference;  ///< "latencyMs", "+cpuMs", "fact:latency.query.p50Ms"
        std::string quantity;
        double value = 0;
    };
    std::string date;
    std::string machine;
    std::string engine;
    std::string design;  ///< Measured with.
    std::vector<Value> values;

    bool isEmpty() const { return values.empty(); }
    /// One sentence for the report: what is measured and what is not.
    std::string inWords() const;
};

/// Runs the design for real at a fraction of its load, and measures. The lab is set up. `length` is the whole
/// run.
Result<Calibration> calibrateLab(
    Lab& lab, Duration length, double loadShare, const std::function<void(double)>& progress,
    std::stop_token stop);

std::string toJson(const Calibration& calibration);
/// Errors: NotJson, UnknownFormat, Invalid.
Result<Calibration> readCalibration(const std::string& text);

/// Where that of this machine is kept. Errors: as stateFolder().
Result<std::string> calibrationPath();
/// Errors: CannotRead, and those of readCalibration(); `what` names the file and the place.
Result<Calibration> readCalibrationFile(const std::string& path);
/// Empty where this machine has none. Errors: as readCalibrationFile().
Result<Calibration> calibrationOfThisMachine();

/// The kinds with measured facts.
Catalog calibrated(const Catalog& catalog, const Calibration& calibration);
/// The design with measured properties.
Design calibrated(const Design& design, const Catalog& catalog, const Calibration& calibration);

}  // namespace neph
