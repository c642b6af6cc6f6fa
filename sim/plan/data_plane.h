#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "sim/base/units.h"
#include "sim/metrics/run_result.h"
#include "sim/plan/ids.h"

namespace neph {

/// Whether new requests are routed to a replica.
enum class Service : std::uint8_t { Out, In };

/// What a pool has done since the start of the run. Controllers take differences over the vendor's period.
struct PoolReading {
    std::uint64_t requests = 0;   ///< Routed to it.
    std::uint64_t errors = 0;     ///< Of those, ended not ok.
    std::uint32_t inService = 0;  ///< Replicas that get new requests now.
    std::uint32_t replicas = 0;   ///< Replicas that exist now.
    std::uint64_t inFlight = 0;
};

/// What a station has done since the start, summed over the replicas that ever had it.
struct StationReading {
    double busy = 0;  ///< Slots: holder-seconds. Cpu: core-seconds used. Memory: byte-seconds. Bandwidth:
                      ///< bytes moved. TokenBucket: units taken.
    double capacity =
        0;  ///< The same if it had been full all the time: core-seconds there were, units that came in.
    double waiting = 0;  ///< Request-seconds spent waiting.
    std::uint64_t arrivals = 0;
    std::uint64_t completions = 0;
    std::uint64_t refused = 0;
    std::uint64_t queueNow = 0;
};

struct ReplicaReading {
    Service service = Service::Out;
    std::uint32_t inFlight = 0;
    double cpuBusy = 0;          ///< Core-seconds since it was added, over its Cpu stations.
    std::uint32_t queueNow = 0;  ///< Requests that wait in it.
    std::uint64_t requests = 0;
    std::uint64_t errors = 0;
};

/// The data plane as controllers see it: they read metrics and act by adding, draining, resizing, removing.
///
/// Both the request engine and later engines implement it. Calls happen at the current moment of the run.
class DataPlane {
public:
    virtual ~DataPlane() = default;

    /// A new replica with its own stations, out of service. `group` is a number of the controller's own
    /// (a task definition revision), kept for counting.
    virtual ReplicaId addReplica(PoolId pool, ZoneIndex zone, std::uint32_t group) = 0;
    virtual void setService(ReplicaId replica, Service service) = 0;
    /// Share of a full replica's traffic that it gets while slow start ramps it up (0 < share <= 1).
    virtual void setShare(ReplicaId replica, double share) = 0;
    /// Takes it away at once. Requests in it end with `outcome` (its connections are reset).
    virtual void removeReplica(ReplicaId replica, OutcomeId outcome) = 0;
    virtual ReplicaReading read(ReplicaId replica) const = 0;

    virtual PoolReading read(PoolId pool) const = 0;
    virtual StationReading read(StationId station) const = 0;
    virtual std::uint64_t readMeter(MeterId meter, ClassIndex requestClass) const = 0;  ///< Milli-units.

    /// Changes capacity or rate of a shared station, or of one replica's (units as in StationSpec).
    virtual void resize(StationId station, std::int64_t capacity, std::int64_t rate) = 0;
    virtual void resize(StationId station, ReplicaId replica, std::int64_t capacity, std::int64_t rate) = 0;

    /// While set, every call over `link` (or every entry into `node`) takes so much longer, or fails with
    /// this chance.
    virtual void disturb(NodeIndex node, Duration added, double failShare, OutcomeId outcome) = 0;

    /// Sends one request of the control plane's own along `path` and tells how it ended (a probe, an image
    /// layer). It counts at stations, not among users' requests.
    virtual void
    send(PathId path, ReplicaId replica, std::int64_t bytes, std::function<void(OutcomeId)> done) = 0;

    /// Called when a Memory station overflows: the replica is to be removed by its controller.
    virtual void onOutOfMemory(PoolId pool, std::function<void(ReplicaId)> handler) = 0;

    /// Whether every probe of this replica is sure to be answered until onTrouble() calls, so that none need
    /// be sent. A probe takes no tokens: a table that throttles does not disturb it. Where single requests
    /// are run nothing is sure; where rates are, thousands of probes are saved.
    virtual bool isCalm(ReplicaId) const { return false; }
    /// Called when what was calm is so no longer.
    virtual void onTrouble(std::function<void()>) {}
};

}  // namespace neph
