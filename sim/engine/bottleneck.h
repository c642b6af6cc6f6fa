#pragma once

#include <cstdint>
#include <string>

#include "sim/metrics/run_result.h"
#include "sim/plan/station.h"

namespace neph {

/// Of the stations of a node the one that is waited for most; where nobody waits, the busiest if it is nearly
/// full. All engines say it in the same words.
class Bottleneck {
public:
    /// Looks at a station of the node; of equals the first counts. `queue` and `refused` are of the time that
    /// the words are about, which may be shorter than the run.
    void consider(const StationView& station, StationKind kind, double queue, std::uint64_t refused);

    /// "vCPU: 94 % busy, requests wait 120 ms for it"; empty if there is none.
    const std::string& inWords() const { return m_words; }

private:
    // Below this a station is no bottleneck of anything.
    double m_score = 0.7;
    std::string m_words;
};

}  // namespace neph
