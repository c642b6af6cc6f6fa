#pragma once

#include <cstdint>

#include "sim/base/units.h"

namespace neph {

/// A running hash of a trajectory: two runs with the same events in the same order at the same times have
/// the same value, others (almost surely) have not.
class Fingerprint {
public:
    void add(Time at, std::uint32_t what)
    {
        mix(static_cast<std::uint64_t>(at.count()));
        mix(what);
    }
    std::uint64_t value() const { return m_state; }

private:
    void mix(std::uint64_t word)
    {
        // One round of SplitMix64 over the state and the word.
        std::uint64_t z = (m_state ^ word) + 0x9E37'79B9'7F4A'7C15;
        z = (z ^ (z >> 30)) * 0xBF58'476D'1CE4'E5B9;
        z = (z ^ (z >> 27)) * 0x94D0'49BB'1331'11EB;
        m_state = z ^ (z >> 31);
    }

    std::uint64_t m_state = 0;
};

}  // namespace neph
