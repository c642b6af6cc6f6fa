#pragma once

#include <cstdint>
#include <optional>

namespace neph {

/// What a run keeps besides its figures.
struct EngineOptions {
    /// Whether a plan in which nobody looks back is run stage by stage instead of event by event: the same
    /// results, sooner (recursion/).
    enum class Recursion : std::uint8_t { Off, Auto };
    Recursion recursion = Recursion::Auto;
    /// Every n-th request is followed step by step; 0: none is.
    std::uint32_t traceEvery = 128;
    /// Of those, the latest that went well, the latest that failed, and the slowest are kept.
    std::uint32_t normalTraces = 200;
    std::uint32_t failedTraces = 100;
    std::uint32_t slowestTraces = 50;
    /// Of arrivals alone, else that of the run. So the same arrivals can meet other work.
    std::optional<std::uint64_t> arrivalSeed = std::nullopt;
};

}  // namespace neph
