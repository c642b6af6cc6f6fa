#pragma once

#include <cstdint>
#include <vector>

#include "sim/base/units.h"
#include "sim/plan/ids.h"

namespace neph {

/// What a request meets at a station whose state does not change: a law of its wait, not a number.
///
/// The wait of those let in is `backlog`, plus, with chance `waitChance`, a time of mean `meanWait` and
/// variability `waitScv`. Exact for GI/M/c; elsewhere the two-moment approximation (Allen and Cunneen) of
/// station_law.h.
struct Meeting {
    double backlog = 0;     ///< Seconds that everybody waits (Slots): fluid that has piled up before.
    double waitChance = 0;  ///< Slots: share of those let in that wait at all.
    double meanWait = 0;    ///< Slots: seconds, of those that wait.
    double waitScv = 1;     ///< Slots: squared coefficient of variation of that; 1: exponential.
    double refuse = 0;      ///< Share refused: room full, tokens gone.
    double busy = 0;        ///< 0..1; Cpu and Bandwidth: what sharing stretches the work by.
    double capacity = 1;    ///< Cpu: cores of this station. Bandwidth: bytes per second.
};

/// Replicas of one pool that are all alike: the same stations, the same state.
struct MeetingGroup {
    double share = 1;  ///< Of the pool's requests, in service; shares of a pool add up to 1, or to 0: none.
    std::vector<Meeting> stations;  ///< By place in the pool: the plan's stations with that pool, in order.
    std::vector<double> zones;      ///< Share of its replicas in each zone of the plan.
};

/// All that a request can meet in a plan, at one moment.
struct Meetings {
    struct Disturbance {
        double added = 0;  ///< Seconds before anything else.
        double failShare = 0;
        OutcomeId outcome;
    };
    std::vector<Meeting> stations;                 ///< By station; those of pools are in `pools`.
    std::vector<std::vector<MeetingGroup>> pools;  ///< By pool.
    std::vector<Disturbance> nodes;                ///< By node.
};

}  // namespace neph
