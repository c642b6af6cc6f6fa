#pragma once

#include <cstdint>
#include <vector>

#include "sim/engine/frame.h"
#include "sim/plan/plan.h"

namespace neph {

/// A step as the request loop reads it: the plan's step with everything looked up beforehand.
/// Two cache lines, so that an index becomes an address by a shift.
struct alignas(128) CompiledStep {
    Op op = Op::Reply;
    Routing routing = Routing::RoundRobin;
    std::uint16_t outcome = 0;
    std::uint16_t path = 0;
    std::uint16_t count = 0;
    /// Place of the station: this, plus the frame's base where the mask lets it through.
    std::uint32_t station = kNone;
    std::uint32_t stationMask = 0;
    std::uint32_t second = kNone;
    std::uint32_t secondMask = 0;
    std::uint32_t draw = kNone;
    std::uint32_t other = kNone;
    std::uint32_t amount = kNone;  ///< First of a row with one amount per class.
    std::uint32_t meter = kNone;   ///< First of a row with one count per class.
    std::uint32_t pool = kNone;
    std::uint32_t policy = kNone;
    std::uint32_t timeout = kNone;  ///< Ring of the policy; none: waits for ever.
    std::uint32_t link = kNone;
    std::uint32_t after = 0;  ///< Branch: where it jumps. Call, Fork: the step after the answers.
    std::uint32_t cleanup = 0;
    std::uint64_t classes = ~0ULL;
};

/// The places of a plan's stations: shared ones are numbered from 0, a pool's ones within the replica.
struct StationPlaces {
    struct Place {
        std::uint32_t index = 0;
        bool isOfReplica = false;
    };
    std::vector<Place> byStation;                    ///< By StationId.
    std::vector<std::uint32_t> shared;               ///< StationIds, by place.
    std::vector<std::vector<std::uint32_t>> byPool;  ///< StationIds of a replica, by place within it.
};

StationPlaces placesOf(const Plan& plan);
std::vector<CompiledStep> compiledSteps(const Plan& plan, const StationPlaces& places);

}  // namespace neph
