#pragma once

#include <cstdint>

#include "sim/plan/ids.h"
#include "sim/plan/station.h"

namespace neph {

/// What one step of a path does. Steps are data: engines interpret them, windows explain them.
enum class Op : std::uint8_t {
    Delay,    ///< Wait for `draw`; nobody is in the way.
    Serve,    ///< Take one slot of `station` (waiting for it), hold it for `draw`, give it back.
    Acquire,  ///< Take one slot of `station`, waiting for it; held until Release.
    Release,
    Work,  ///< `draw` seconds of CPU at `station` (Cpu).
    Hold,  ///< Take `amount` bytes of `station` (Memory); held until Free.
    Free,
    Take,  ///< Take `amount` milli-units of `station`, and of `second` where set: both or none (TokenBucket).
    Transfer,  ///< Move `amount` bytes through `station` (Bandwidth).
    Hop,  ///< Network hop to where this path runs: `draw` within a zone or without one, `other` across zones;
          ///< bytes of `amount` that cross zones are metered at `meter`.
    Call,    ///< Call `path`, on a replica of `pool` where set, under `policy`; go on with its answer.
    Fork,    ///< The next `count` steps are Calls and start together; the step after them waits for all.
    Branch,  ///< With the probability of `draw` (constant 0..1) or by class mask go on, else jump to `jump`.
    Meter,   ///< Add `amount` milli-units to `meter`.
    Reply,   ///< The path ends well.
    Fail,    ///< The path ends with `outcome`.
};

/// One step. Which fields count depends on `op`; a refusal (queue full, no tokens, no replica) ends the path
/// with `outcome`.
struct Step {
    Op op = Op::Reply;
    Routing routing = Routing::RoundRobin;  ///< Call with a pool.
    std::uint16_t count = 0;                ///< Fork: number of calls.
    OutcomeId outcome;
    StationId station;
    StationId second;
    DrawId draw;
    DrawId other;
    AmountId amount;
    MeterId meter;
    PathId path;
    PoolId pool;
    PolicyId policy;
    LinkIndex link;          ///< Call: the link of the drawing it goes over, for its counters.
    std::uint32_t jump = 0;  ///< Branch: step index within the plan.
    std::uint64_t classes =
        ~0ULL;                ///< Branch by class: bit c set: class c goes on. Both conditions must hold.
    std::uint32_t label = 0;  ///< Index into Plan::labels: the step in words.
    std::uint32_t cleanup =
        0;  ///< Index into Plan::cleanups: what a failure here has to give back, innermost first.
};

}  // namespace neph
