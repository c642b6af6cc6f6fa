#pragma once

#include "sim/engine/run_state.h"
#include "sim/model/diagnostic.h"

namespace neph {

/// Recounts from the frames what the stations counted as they went; says where the two differ.
Diagnostics violationsOf(const RunState& state, Time now);

}  // namespace neph
