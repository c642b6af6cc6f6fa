#pragma once

#include "sim/engine/request_engine.h"
#include "sim/engine/run_state.h"
#include "sim/engine/trace_recorder.h"

namespace neph {

/// A station of the plan, over all replicas that ever had it.
StationReading readStation(const RunState& state, std::uint32_t station, Time now);

/// Fills `interval` (whose times are set) with what happened since the readings of the call before.
void takeIntervalOf(RunState& state, IntervalStats& interval, std::vector<StationReading>& before);

/// See RequestEngine::describe().
void describeRun(
    const RunState& state, const TraceRecorder& traces, const IntervalStats& interval, Time now,
    RunResult& result);

}  // namespace neph
