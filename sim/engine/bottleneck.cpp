#include "sim/engine/bottleneck.h"

#include <fmt/format.h>

namespace neph {

static std::string inShort(Duration wait)
{
    const double ms = milliseconds(wait);
    if (ms < 999.5) {
        return fmt::format("{:.3g} ms", ms);
    }
    return ms < 999.5e3 ? fmt::format("{:.3g} s", ms / 1e3) : fmt::format("{:.0f} s", ms / 1e3);
}

void Bottleneck::consider(const StationView& station, StationKind kind, double queue, std::uint64_t refused)
{
    // Whoever turns requests away is worse than whoever is full and keeps up.
    const double score = station.utilisation + queue + (refused > 0 ? 2 : 0);
    if (score <= m_score) {
        return;
    }
    m_score = score;
    const bool isTaken = kind == StationKind::TokenBucket || kind == StationKind::Memory;
    m_words =
        fmt::format("{}: {:.0f} % {}", station.name, station.utilisation * 100, isTaken ? "used" : "busy");
    if (milliseconds(station.meanWait) >= 0.1) {
        m_words += fmt::format(", requests wait {} for it", inShort(station.meanWait));
    }
    if (station.refused > 0) {
        m_words += fmt::format(", {} refused", station.refused);
    }
}

}  // namespace neph
