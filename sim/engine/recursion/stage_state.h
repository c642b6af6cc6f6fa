#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "sim/base/int128.h"
#include "sim/engine/recursion/departures.h"

namespace neph {

/// A request at a moment.
struct Passing {
    std::int64_t at;  ///< Nanoseconds since the start of the run.
    std::uint32_t request;
};

/// Who is under way within a stage (in service, in a delay) and leaves it at a known moment.
struct StageState {
    Departures departures;
    std::vector<Passing> constant;  ///< Instead, where all take equally long: in order, from `first` on.
    std::size_t first = 0;
};

/// A station with slots as its stage sees it, and what has happened at it in the running window. Moments in
/// sums count from the start of the window.
struct SlotsWindow {
    std::uint32_t stage = 0;
    std::uint32_t station = 0;  ///< Index into RunState::stations.
    std::int64_t busy = 0;
    std::int64_t capacity = 0;
    std::int64_t waiting = 0;
    std::int64_t queueLimit = 0;
    std::vector<Passing> line;  ///< In order of arrival, from `first` on.
    std::size_t first = 0;

    std::uint64_t arrivals = 0;
    std::uint64_t completions = 0;
    std::uint64_t waited = 0;
    std::int64_t busyMoments = 0;  ///< As in Area::change().
    std::int64_t waitMoments = 0;
    Int128 waits = 0;
    Int128 services = 0;
};

/// The requests under way by number. Columns, so that each loop touches only what it needs.
struct Requests {
    std::uint32_t count = 0;
    std::vector<std::uint32_t> entryPoints;  ///< Points that have a column in enteredAt ...
    std::vector<std::uint32_t> pickLegs;     ///< ... and legs that have one in replica.
    /// Creation of its pending event: twice the moment, plus 1 unless somebody else's event made it.
    std::vector<std::int64_t> created;
    std::vector<std::uint64_t> sequence;  ///< Number of its pending event; 0: has none yet.
    std::vector<std::uint32_t> route;
    std::vector<std::uint32_t> trace;
    std::vector<std::uint32_t> slots;                  ///< Place in Recursion's slots of the stage it is at.
    std::vector<std::vector<std::int64_t>> enteredAt;  ///< By point, where a visit begins there: the moment.
    std::vector<std::vector<std::uint32_t>> replica;   ///< By leg, where it picks one.

    void reserve(std::size_t requests);
    std::size_t memory() const;
    /// Copies request `from` of `other` to `to` here.
    void copy(const Requests& other, std::uint32_t from, std::uint32_t to);
};

}  // namespace neph
