#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/plan/ids.h"

namespace neph {

/// What can be waited for. A pure delay has no contention and is a step, not a station.
enum class StationKind : std::uint8_t {
    Slots,  ///< `capacity` concurrent holders, first come first served, bounded queue.
    Cpu,  ///< Processor sharing: n jobs progress at min(1, capacity/n) each; one job never gets more than one
          ///< core.
    Memory,       ///< Bytes held per request; over `capacity` the replica is killed (exit 137).
    TokenBucket,  ///< `rate` per second up to `capacity`; what is not there is refused, never waited for.
    Bandwidth,    ///< `rate` bytes per second shared fairly; a flow never gets more than `perFlow`.
};

/// One station of a plan; where `pool` is set, every replica of that pool has its own.
struct StationSpec {
    StationKind kind = StationKind::Slots;
    std::string name;  ///< For people: "workers", "vCPU", "write capacity".
    NodeIndex node;
    PoolId pool;  ///< None: one for the whole plan.
    std::int64_t capacity =
        1;  ///< Slots: holders. Cpu: milli-cores. Memory: bytes. TokenBucket: milli-units.
    std::int64_t queueLimit = -1;  ///< Slots: waiting room; -1: unbounded; 0: loss.
    std::int64_t rate = 0;         ///< TokenBucket: milli-units per second. Bandwidth: bytes per second.
    std::int64_t perFlow = 0;      ///< Bandwidth: bytes per second of one flow; 0: no bound of its own.
    std::int64_t heldAtStart =
        0;  ///< Memory: bytes of the replica itself. TokenBucket: tokens missing at the start.
};

/// How a route picks a replica among those that are in service.
enum class Routing : std::uint8_t {
    RoundRobin,
    LeastOutstanding,  ///< Fewest requests in flight; ties go to the one after the last choice.
    Random,
    ByWeight,  ///< Drawn by the pool's weights, whatever is in service (partitions of a store: hot keys).
};

/// A replica set: tasks, instances, partitions. Controllers add, drain and remove its replicas.
struct PoolSpec {
    std::string name;
    NodeIndex node;
    std::string replicaWord = "task";  ///< What one replica is called: "task", "partition".
    std::uint32_t fixedReplicas =
        0;  ///< Made at the start of the run, in service at once; controllers may add more.
    std::vector<double> weights;  ///< For ByWeight, one per fixed replica.
};

}  // namespace neph
