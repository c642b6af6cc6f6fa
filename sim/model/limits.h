#pragma once

#include <cstddef>

namespace neph {

/// Bounds on files from others, checked before or while parsing. Every refusal prints the bound it met.
struct Limits {
    std::size_t fileBytes = 64u << 20;   ///< A design file.
    std::size_t depth = 64;              ///< Nesting of JSON.
    std::size_t values = 5'000'000;      ///< JSON values in one file.
    std::size_t stringBytes = 1u << 20;  ///< One JSON string.
    std::size_t nodes = 100'000;
    std::size_t links = 200'000;
    std::size_t nodesInARun = 10'000;  ///< What a plan can number; a larger file is kept and shown, not run.
    std::size_t linksInARun = 5'000;
    std::size_t callDepth = 500;          ///< Links in a row.
    std::size_t classes = 64;             ///< Of all users together: branches test them with one 64-bit mask.
    std::size_t csvLineBytes = 1u << 20;  ///< One line of a CSV trace.
    std::size_t csvColumns = 2'000;
    std::size_t tracePoints = 1'000'000;
};

}  // namespace neph
