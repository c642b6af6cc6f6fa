#pragma once

#include <cstdint>

namespace neph {

// Waiting at stations in steady state: the formulas of the preview, each with its source. No libm.

/// How arrivals come at one station.
struct ArrivalLaw {
    enum class Kind : std::uint8_t {
        Poisson,      ///< Many independent sources, or a random pick of a replica.
        Erlang,       ///< Every `order`-th of a Poisson stream: what round robin over `order` replicas makes.
        PowerOfOrder  ///< Behind a pick of the least busy of `order` replicas.
    };
    Kind kind = Kind::Poisson;
    std::uint32_t order = 1;
};

/// What a request meets at a queue with fixed servers.
struct QueueLaw {
    double waitChance = 0;  ///< Share of those that find room.
    double meanWait = 0;    ///< Seconds, of those that wait.
    double waitScv = 1;     ///< Squared coefficient of variation of that wait; 1: exponential.
    double refuse = 0;      ///< Share that finds no room.
};

/// A queue of `servers` with mean service `service` seconds of variability `scv`, `perSecond` arrivals, and
/// room for `room` waiting (negative: no bound). Load is below 1 where there is no bound; with one it may be
/// anything.
///
/// Poisson: M/M/c/K (Erlang B for no room), the wait scaled for scv by Allen and Cunneen; one server: exact
/// mean and variance of M/G/1 for constant and exponential service. Erlang: GI/M/c by the root of its
/// transform (Takács 1962), scaled alike. The share refused always balances: what is let in is what the
/// servers do. PowerOfOrder: an approximation of joining the shortest queue; see the source. Cost: some 0.5
/// us; behind round robin 15 ns more for each server; behind the least busy of many up to 10 us for ten
/// thousand servers in all.
QueueLaw queueLaw(
    const ArrivalLaw& arrivals, double perSecond, double service, double scv, std::uint32_t servers,
    double room);

/// Erlang's loss formula: share refused of an offered load `erlangs` at `servers` without a queue.
/// Below 1e-20 it is 0.
double erlangB(double erlangs, std::uint32_t servers);
/// Erlang's delay formula: share that waits; 1 at and above full load.
double erlangC(double erlangs, std::uint32_t servers);

}  // namespace neph
