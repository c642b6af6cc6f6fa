#pragma once

#include <bit>
#include <cstdint>
#include <functional>
#include <numeric>
#include <optional>
#include <utility>
#include <vector>

#include "sim/engine/arrivals.h"
#include "sim/engine/compiled_step.h"
#include "sim/engine/frame.h"
#include "sim/engine/latency_meter.h"
#include "sim/engine/replica_pool.h"
#include "sim/engine/station_state.h"
#include "sim/engine/timeout_ring.h"
#include "sim/kernel/random.h"
#include "sim/plan/plan.h"

namespace neph {

/// A random quantity of a run: its stream, and one distribution for all classes or one for each.
struct alignas(128) DrawState {
    RandomStream random;
    const Distribution* byClass;
    std::uint32_t classMask;  ///< All ones where classes differ, else zero.

    /// Mean nanoseconds where all classes draw from one exponential distribution, else 0: the common case,
    /// whose next sample (of mean 1) is made ahead, so that nobody waits for it.
    double exponentialMean = 0;
    double ahead = 0;

    double sample(std::uint32_t requestClass)
    {
        if (exponentialMean > 0) {
            return exponential() * exponentialMean / 1e9;
        }
        return byClass[requestClass & classMask].sample(random);
    }
    Duration sampleTime(std::uint32_t requestClass)
    {
        if (exponentialMean > 0) [[likely]] {
            return Duration(static_cast<std::int64_t>(exponential() * exponentialMean + 0.5));
        }
        return fromSeconds(byClass[requestClass & classMask].sample(random));
    }
    double exponential() { return std::exchange(ahead, random.exponential()); }
};

struct CompiledPath {
    std::uint32_t first;  ///< Step.
    std::uint32_t node;
};

struct NodeState {
    std::optional<LatencyMeter> latency;  ///< Only nodes that have a path are entered.
    /// Classes that start here and nowhere else: their own figures are this node's too, so that a request is
    /// not counted twice.
    std::vector<std::uint32_t> classes;
    std::uint64_t errors = 0;
    std::uint64_t errorsBefore = 0;  ///< Before the running interval.
    std::uint64_t wasted = 0;        ///< Answers that nobody waited for any more.
    bool isDisturbed = false;
    Duration added{0};
    double failShare = 0;
    std::uint16_t outcome = 0;
    RandomStream random;
};

struct LinkState {
    std::uint64_t calls = 0;
    std::uint64_t errors = 0;
    std::uint64_t callsBefore = 0;
    std::uint64_t errorsBefore = 0;
};

struct ClassState {
    LatencyMeter latency;
    bool isOfOneNode = false;  ///< Listed in NodeState::classes.
    std::uint64_t started = 0;
    std::uint64_t failedBefore = 0;
    std::vector<std::uint64_t> outcomes;  ///< Index 0: those that went well.

    std::uint64_t ended() const
    {
        return std::accumulate(outcomes.begin(), outcomes.end(), std::uint64_t{0});
    }
    std::uint64_t failed() const { return ended() - outcomes[0]; }
};

struct SourceState {
    std::uint32_t path;
    bool isClosed;
    ArrivalStream arrivals;
};

/// A request of the control plane that is under way, or has ended and will be told so.
struct ControlRequest {
    std::function<void(OutcomeId)> done;
    std::int64_t bytes = 0;
    std::uint16_t outcome = 0;
};

/// Everything that changes in a run of the request engine, and the tables it reads.
struct RunState {
    RunState(const Plan& plan, std::uint64_t seed, std::uint64_t arrivalSeed);

    const Plan& plan;
    const StationPlaces places;
    const std::vector<CompiledStep> steps;
    std::vector<CompiledPath> paths;
    std::vector<std::int64_t> amounts;  ///< Rows of one per class.
    std::vector<DrawState> draws;

    FrameSlab frames;
    std::vector<Station> stations;             ///< Shared ones first, then blocks of replicas.
    std::vector<StationReading> goneStations;  ///< By StationId: what replicas that went had done.
    std::vector<ReplicaPool> pools;
    std::vector<Replica> replicas;      ///< By ReplicaId.
    std::vector<TimeoutRing> timeouts;  ///< By PolicyId.
    std::vector<NodeState> nodes;
    std::vector<LinkState> links;
    std::vector<ClassState> classes;
    LatencyMeter scratch;               ///< For adding up intervals.
    std::vector<std::uint64_t> meters;  ///< Rows of one per class and one for the control plane.
    std::vector<SourceState> sources;
    std::vector<ControlRequest> controls;
    std::vector<std::uint32_t> freeControls;
    std::vector<std::function<void(ReplicaId)>> onOutOfMemory;  ///< By PoolId.

    std::uint64_t retries = 0;
    std::uint64_t timeoutsHappened = 0;
    std::uint32_t disturbedNodes = 0;
    std::uint64_t trajectory = 0;  ///< Running hash of all ends of requests.

    bool isOk(std::uint16_t outcome) const { return outcome == 0; }
    void note(Time at, std::uint32_t what)
    {
        // Multiplicative hashing: a few instructions, and one that differs makes all that follow differ.
        const std::uint64_t word = static_cast<std::uint64_t>(at.count()) << 8 ^ what;
        trajectory = (std::rotl(trajectory, 29) ^ word) * 0x9E37'79B9'7F4A'7C15;
    }
    std::uint64_t requestsStarted() const;
    std::uint64_t requestsEnded() const;
    std::size_t meterRow() const { return plan.classes.size() + 1; }
};

}  // namespace neph
