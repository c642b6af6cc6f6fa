#pragma once

#include <cstdint>
#include <vector>

#include "sim/engine/latency_meter.h"
#include "sim/kernel/simulation.h"
#include "sim/metrics/run_result.h"
#include "sim/model/diagnostic.h"
#include "sim/plan/data_plane.h"

namespace neph {

/// One station over the last interval.
struct StationInterval {
    double utilisation = 0;  ///< 0..1 of what there was; over 1 while slots are being taken away.
    double queue = 0;        ///< Mean number waiting.
    std::uint64_t refused = 0;
};

/// Calls over one link in the last interval.
struct LinkInterval {
    std::uint64_t calls = 0;
    std::uint64_t errors = 0;
};

/// What happened between two calls of Engine::takeInterval(). Indices are those of the plan.
struct IntervalStats {
    Time from{0};
    Time to{0};
    std::vector<IntervalLatency> classes;
    std::vector<IntervalLatency> nodes;
    std::vector<LinkInterval> links;
    std::vector<StationInterval> stations;  ///< A pool's station: over its replicas.
};

/// A way to run a plan: every request of it, or its flows. Controllers see a DataPlane and do not know which.
class Engine : public DataPlane {
public:
    /// Runs up to and including what is due at `end`, within the guard.
    virtual StopReason runUntil(Time end, RunGuard guard) = 0;
    /// Handles one event; false where there is none.
    virtual bool step() = 0;

    /// Ends the running interval; good until the next call. For charts, say once a simulated second.
    virtual const IntervalStats& takeInterval() = 0;

    /// Fills in what the engine knows: classes, nodes (with stations, replicas, bottleneck), links, traces,
    /// events, fingerprint, simulated. Rates and utilisations are of the last interval taken; of the whole
    /// run where none was. `nodes[].status` and the states of replicas are the controllers' to say.
    virtual void describe(RunResult& result) const = 0;

    /// What does not balance in the books. Empty: all does. A diagnostic here is a bug of the engine.
    virtual Diagnostics checkConservation() const = 0;
};

}  // namespace neph
