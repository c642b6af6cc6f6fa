#pragma once

#include <cstdint>
#include <vector>

#include "sim/base/units.h"
#include "sim/engine/flows/meeting.h"
#include "sim/engine/flows/station_law.h"
#include "sim/plan/data_plane.h"
#include "sim/plan/plan.h"

namespace neph {

/// One station as flows see it: what it is, what has piled up in it, and what runs through it now.
/// Of a pool's station: of one replica of a group.
struct FlowStation {
    StationKind kind = StationKind::Slots;
    double capacity = 1;  ///< Slots: holders. Cpu: cores. Memory: bytes. TokenBucket: milli-units.
    double rate = 0;      ///< Per second, as in StationSpec.
    double perFlow = 0;
    double room = -1;        ///< Slots: as StationSpec::queueLimit.
    double heldAtStart = 0;  ///< Memory.

    double backlog = 0;  ///< Slots: requests that wait, as a fluid. At the start of the interval.
    double level = 0;    ///< TokenBucket: milli-units in it. At the start of the interval.

    double arrivals = 0;  ///< Per second, in this interval.
    double load = 0;      ///< Slots: holders. Cpu: cores. Memory, Bandwidth: bytes (per second). TokenBucket:
                          ///< milli-units per second asked for.
    double busyBefore = 0;  ///< busy() of the last round of the iteration: what sharing is reckoned with.
    double refuse = 0;      ///< Share of arrivals.
    double backlogAfter = 0;
    double levelAfter = 0;
    double waitBacklog = 0;  ///< Seconds.
    double flow = 1;         ///< Slots: who comes out of the queue for each that comes in.
    double gain = 1;         ///< How far `flow` follows in a round of the iteration: less where it swings.
    double lastPull = 0;     ///< Of `flow`, in the last round.
    double pressed = 0;      ///< Slots: share of the interval in which somebody waits in the backlog.
    double held = 0;  ///< Slots: seconds that a request holds one. Cpu: core-seconds that one asks for. As
                      ///< last seen: what has piled up drains when nobody comes any more, too.
    QueueLaw law;
    ArrivalLaw arrivalLaw;

    /// Mean seconds that an arrival waits.
    double wait() const { return waitBacklog + law.waitChance * law.meanWait; }
    /// How many wait, on the average of the interval.
    double waiting() const;
    /// 0..1 of what there is.
    double busy() const;
    /// Slots with a room so small that it is lost from at random, not when a fluid reaches its brim.
    bool isLossy() const { return kind == StationKind::Slots && room >= 0 && room <= kSmallRoom; }

    static constexpr double kSmallRoom = 64;
};

/// What a station has done, as StationReading counts.
struct FlowTotals {
    double busy = 0;
    double capacity = 0;
    double waiting = 0;
    double arrivals = 0;
    double refused = 0;
};

/// Replicas of one pool that are all alike.
struct FlowGroup {
    bool isInService = false;
    double share = 1;   ///< Of a full replica's traffic.
    double weight = 0;  ///< Of the pool's traffic for each replica, where a pool routes by weight.
    std::uint32_t count = 0;
    std::vector<std::uint32_t> zones;  ///< Replicas in each zone.
    std::vector<FlowStation> stations;

    double arrivals = 0;  ///< Requests per second to each replica, in this interval.
    double failures = 0;
    double seconds = 0;  ///< Mean time of a request in it.

    double requestsSoFar = 0;  ///< Of one replica, since the group came to be.
    double errorsSoFar = 0;
    double cpuSoFar = 0;  ///< Core-seconds.
};

struct FlowReplica {
    std::uint32_t pool = 0;
    std::uint32_t group = 0;  ///< kGone: it has been removed.
    std::uint32_t zone = 0;   ///< Of the plan; past the end: none.
    Time since{0};
    Time outSince{0};           ///< When it last went out of service.
    double requestsBefore = 0;  ///< What it had done before it joined its group, less what that had done.
    double errorsBefore = 0;
    double cpuBefore = 0;

    static constexpr std::uint32_t kGone = 0xFFFF'FFFF;
};

/// Everything that flows change in a run.
struct FlowState {
    FlowState(const Plan& thePlan);

    const Plan& plan;
    std::vector<FlowStation> stations;                     ///< By station; those of pools are in groups.
    std::vector<std::vector<FlowGroup>> groups;            ///< By pool.
    std::vector<std::vector<std::uint32_t>> living;        ///< By pool: its replicas, in order of coming.
    std::vector<std::vector<std::uint32_t>> placesOfPool;  ///< By pool: its stations, by number in the plan.
    std::vector<std::uint32_t> placeInPool;                ///< By station; for those of pools.
    std::vector<std::vector<std::uint32_t>> behind;        ///< By station (Slots): the cores that its holders
                                                           ///< use, by place in their pool, or by station.
    std::vector<FlowReplica> replicas;
    std::vector<Meetings::Disturbance> disturbances;  ///< By node.
    std::vector<double> timedOut;                     ///< By step (Call): share of those that would succeed.

    FlowStation freshStation(std::uint32_t station) const;
    /// The stations of a pool's replica, empty.
    std::vector<FlowStation> freshStations(std::uint32_t pool) const;
    /// Replicas in service; 0 where there is none.
    double inService(std::uint32_t pool) const;
    /// Share of the pool's requests that a group gets.
    double shareOf(std::uint32_t pool, const FlowGroup& group) const;
    /// The same as laws, for who walks single requests.
    Meetings meetings() const;
    /// Puts a replica into the group that is like it, or makes one.
    void move(std::uint32_t replica, bool isInService, double share);
    void leave(std::uint32_t replica);
    void join(std::uint32_t replica, std::uint32_t group);
    /// Makes one of groups that have become alike, so that their number stays small.
    void mergeGroups();

private:
    void findCores();
};

}  // namespace neph
