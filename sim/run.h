#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>

#include "sim/cost/bill.h"
#include "sim/metrics/run_result.h"
#include "sim/model/catalog.h"
#include "sim/model/design.h"

namespace neph {

/// Which engine runs the plan; all three run the same one.
enum class EngineChoice : std::uint8_t {
    Requests,  ///< Every request: exact.
    Flows,     ///< Rates: a preview of any horizon in about a second.
    Auto,      ///< Rates for controllers and bill, sampled windows of requests for latencies, with the error.
};

/// How to run a design.
struct RunOptions {
    EngineChoice engine = EngineChoice::Requests;
    double tolerance = 0.03;  ///< Auto: relative error of p99 that is good enough.
    unsigned threads =
        0;  ///< Auto: windows at a time; 0: as many as there are cores. Results do not depend on it.
    double affordableRequests = 1.5e8;  ///< Auto: up to so many are simply run, in about half a minute.
    Duration horizon{0};                ///< Zero: as the design says.
    std::uint64_t seed = 1;
    std::optional<std::uint64_t> arrivalSeed =
        std::nullopt;             ///< Requests: of arrivals alone, to let them meet other work.
    std::uint64_t maxEvents = 0;  ///< 0: no limit of its own.
    double maxWallSeconds = 0;    ///< 0: no limit.
    const Catalog* catalog =
        nullptr;                   ///< Kinds with figures of one's own (a calibration); nullptr: built in.
    std::uint32_t traceEvery = 0;  ///< Every n-th request is traced; 0: about 400 over the run, and failures.
};

/// A step of progress, for a bar.
struct RunProgress {
    Time simulated{0};
    Time horizon{0};
    std::uint64_t events = 0;
    double wallSeconds = 0;
    double secondsLeft = 0;  ///< Estimate.
};

/// The door that command line, window and tests use: runs a design and says everything about it.
///
/// Same design, same seed: same result, bit for bit. Errors of the design are diagnostics of the result,
/// with nothing simulated. A stop request ends the run with the partial result.
RunResult
run(const Design& design, const RunOptions& options, std::stop_token stop = {},
    const std::function<void(const RunProgress&)>& progress = {});

/// Every request of a part of a long run, [from, to) of its horizon, to look at: series second by second from
/// its start, sampled requests explained. It is entered in the state to which flows have brought controllers
/// and replicas by then, and warmed up; what controllers do in it is what flows made them do.
RunResult runPart(
    const Design& design, const RunOptions& options, Time from, Time to, std::stop_token stop = {},
    const std::function<void(const RunProgress&)>& progress = {});

/// A run that can be looked at, stepped and disturbed while it goes on. One thread at a time.
class LiveRun {
public:
    /// Errors: Invalid, with the first error of checkDesign; `diagnostics()` has all of them on success too.
    static Result<std::unique_ptr<LiveRun>> start(const Design& design, const RunOptions& options);
    virtual ~LiveRun() = default;

    virtual Time now() const = 0;
    virtual Time horizon() const = 0;
    virtual bool isFinished() const = 0;

    /// Runs to `until` (at most the horizon) or until `wall` has passed or `stop` asks.
    virtual void advance(Time until, std::chrono::milliseconds wall, std::stop_token stop) = 0;
    /// Handles one event.
    virtual void stepEvent() = 0;
    /// Runs on to the next entry of the event log.
    virtual void stepToNextChange(std::stop_token stop) = 0;
    /// Something goes wrong now, by hand. `fault.atSeconds` is not looked at. Errors: Invalid, NotFound.
    virtual Result<Done> inject(const FaultSpec& fault) = 0;

    /// Everything up to now. Costs a few milliseconds; for a window, ten times a second.
    virtual RunResult result() = 0;
};

/// The bill of a result.
Bill billOf(const RunResult& result, bool freeTier = false);

/// The report of design.md section 9 ("--report"), as JSON text with a final newline.
std::string toReportJson(const RunResult& result, const Bill& bill);

}  // namespace neph
