#pragma once

#include <cstdint>
#include <vector>

#include "sim/engine/area.h"
#include "sim/engine/frame.h"
#include "sim/engine/processor_share.h"
#include "sim/engine/token_bucket.h"
#include "sim/plan/data_plane.h"
#include "sim/plan/plan.h"

namespace neph {

/// A number of slots with one line in front of them.
struct SlotsState {
    std::int64_t busy = 0;
    std::int64_t capacity = 1;
    std::int64_t waiting = 0;
    std::int64_t queueLimit = INT64_MAX;
    std::uint32_t head = kNone;  ///< Of the line, linked through Frame::next. May hold frames that are Gone.
    std::uint32_t tail = kNone;
    Area busyArea;
    Area waitArea;
    Int128 waits = 0;  ///< Sum of the waits that have ended.
    /// Sum of the services that have ended; a slot acquired at t counts -t, released at t: +t.
    Int128 services = 0;
};

/// Bytes held.
struct MemoryState {
    std::int64_t held = 0;
    Area heldArea;
};

/// One station of a run: shared, or one replica's.
struct Station {
    StationKind kind = StationKind::Slots;
    std::uint32_t spec = kNone;     ///< StationId; none: the place is free.
    std::uint32_t replica = kNone;  ///< Whose it is; none: shared.
    SlotsState slots;
    std::uint64_t arrivals = 0;
    std::uint64_t completions = 0;
    std::uint64_t refused = 0;
    std::uint64_t aborted = 0;  ///< Ended from outside while inside.
    std::uint64_t waited = 0;   ///< Waits that have ended.
    std::int64_t capacity = 0;  ///< As in StationSpec.
    Area capacityArea;
    Time since{0};
    MemoryState memory;
    TokenBucket bucket;
    ProcessorShare share;

    /// Sets it up, empty, as its spec says.
    void reset(const StationSpec& stationSpec, std::uint32_t specIndex, std::uint32_t owner, Time now);
    void resize(const StationSpec& stationSpec, std::int64_t newCapacity, std::int64_t newRate, Time now);
    StationReading read(Time now) const;
};

/// Adds up readings of one station over replicas.
StationReading operator+(StationReading a, const StationReading& b);

}  // namespace neph
