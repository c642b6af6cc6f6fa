#pragma once

#include <cstdint>
#include <functional>
#include <stop_token>
#include <vector>

#include "sim/engine/flows/flow_engine.h"
#include "sim/metrics/histogram.h"
#include "sim/plan/plan.h"

namespace neph {

/// A stretch of a long run that is looked at request by request: what stands, and how many come, one piece
/// after the other. The first pieces may be there only to warm up.
struct WindowSpec {
    struct Piece {
        const FlowSetup* setup = nullptr;
        std::vector<double>
            sourceRates;  ///< Per second, by source of the plan; closed ones are not looked at.
        double seconds = 0;
        std::uint32_t tightest = 0xFFFF'FFFF;  ///< Pool that is nearest to its limit, if it is one.
    };
    double seconds() const;

    std::vector<Piece> pieces;
    double measureFrom = 0;             ///< Seconds from the start: what ends before is not counted.
    std::vector<std::int64_t> missing;  ///< By station: tokens gone at the start, milli-units; empty: none.
    double scale = 1;           ///< 0..1: of rates, of replicas and of what all share; see scaleFor().
    std::uint32_t batches = 1;  ///< The time after warming up is cut into so many equal parts.
    std::vector<double> ends;   ///< Seconds from the start at which batches end, where they are not equal.
    std::uint64_t seed = 1;
};

struct WindowResult {
    /// How requests ended, by request class and outcome.
    using Outcomes = std::vector<std::vector<std::uint64_t>>;

    std::vector<std::vector<Histogram>> classes;  ///< By batch and request class.
    std::vector<Outcomes> outcomes;               ///< By batch.
    std::uint64_t requests = 0;                   ///< All that were run, warm-up too.
    bool isComplete = true;                       ///< False: it was asked to stop.
};

/// Runs the plan's own requests through the request engine, with replicas put in place as the pieces say.
/// The same bits for the same arguments, on any thread.
WindowResult runWindow(const Plan& plan, const WindowSpec& spec, std::stop_token stop = {});

/// The same to look at: fills in what a request engine says of the whole window, warm-up too, with sampled
/// requests, and series second by second from `measureFrom` on. `progress` is told the share that is done.
void showWindow(
    const Plan& plan, const WindowSpec& spec, RunResult& result, std::stop_token stop,
    const std::function<void(double)>& progress);

/// The smallest scale at which a plan still behaves as itself in that setup, with about `replicas` replicas
/// of each pool standing for all of it: round robin and random picks go by the share, and what all share
/// shrinks along. 1 where a pool or a shared queue is too small for that.
double scaleFor(const Plan& plan, const FlowSetup& setup, std::uint32_t replicas);

/// The same for pieces whose pools grow and shrink: `replicas` stand for what a pool has at most. Rounding to
/// whole replicas is made good by the rates (runWindow).
double scaleFor(const Plan& plan, const std::vector<WindowSpec::Piece>& pieces, std::uint32_t replicas);

}  // namespace neph
