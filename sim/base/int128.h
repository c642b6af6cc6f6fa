#pragma once

#include <string>

namespace neph {

// -Wpedantic rejects __int128 wherever it is spelled; this is the one place.
__extension__ typedef __int128 Int128;
__extension__ typedef unsigned __int128 UInt128;

/// Decimal digits of `value`, with a leading minus where negative.
std::string toString(Int128 value);

}  // namespace neph
