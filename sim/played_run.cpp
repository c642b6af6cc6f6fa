#include "sim/played_run.h"

#include <algorithm>
#include <chrono>

#include "sim/engine/request_engine.h"
#include "sim/model/design_json.h"

namespace neph {

namespace {

using Clock = std::chrono::steady_clock;

// Enough to look at, few enough to keep: sampled requests over a run whose length nobody knows in requests.
constexpr std::uint32_t kTraceEvery = 97;

const char* inWords(StopReason reason)
{
    switch (reason) {
    case StopReason::Cancelled:
        return "cancelled";
    case StopReason::EventLimit:
        return "stopped by limit: events";
    case StopReason::WallLimit:
        return "stopped by limit: wall time";
    case StopReason::StuckAtInstant:
        return "stopped by limit: events at one instant of simulated time";
    case StopReason::ReachedEnd:
    case StopReason::NoMoreEvents:
        return "";
    }
    return "";
}

Duration horizonOf(const Design& design, const RunOptions& options)
{
    return options.horizon > Duration(0) ? options.horizon : fromSeconds(design.runSeconds);
}

}  // namespace

PlayedRun::PlayedRun(
    const Design& design, const RunOptions& options, Diagnostics diagnostics, const FlowOptions& flows)
    : m_compiled(compile(
          design, options.catalog == nullptr ? Catalog::builtIn() : *options.catalog, serviceTypes())),
      m_options(options), m_diagnostics(std::move(diagnostics)), m_horizon(horizonOf(design, options)),
      m_engine(engineFor(options, flows)), m_world(*m_compiled, m_simulation, *m_engine, options.seed),
      m_observer(m_world, *m_engine, m_horizon)
{
    for (const auto& model : m_compiled->models) {
        model->prepare(m_world);
    }
    for (const auto& model : m_compiled->models) {
        model->control(m_world);
    }
    m_world.startFaults();
    m_world.start(flows.keepSeries ? m_observer.run() : meterHours());
}

/// Some prices go by what each hour used; who wants no series still needs that.
Process PlayedRun::meterHours()
{
    while (true) {
        co_await m_simulation.after(1h);
        m_world.recorder().sample();
    }
}

std::unique_ptr<Engine> PlayedRun::engineFor(const RunOptions& options, const FlowOptions& flows)
{
    if (options.engine != EngineChoice::Requests) {
        auto engine = std::make_unique<FlowEngine>(m_compiled->plan, m_simulation, options.seed, flows);
        m_flows = engine.get();
        return engine;
    }
    EngineOptions engine;
    engine.arrivalSeed = options.arrivalSeed;
    engine.traceEvery = options.traceEvery > 0 ? options.traceEvery : kTraceEvery;
    return std::make_unique<RequestEngine>(m_compiled->plan, m_simulation, options.seed, engine);
}

void PlayedRun::advance(Time until, std::chrono::milliseconds wall, std::stop_token stop)
{
    const Clock::time_point start = Clock::now();
    RunGuard guard;
    guard.maxWall = wall;
    guard.maxEventsAtOneInstant = kMostAtOneInstant;
    guard.stop = std::move(stop);
    if (m_options.maxEvents > 0) {
        guard.maxEvents = m_options.maxEvents;
    }
    const StopReason reason = m_engine->runUntil(std::min(until, m_horizon), guard);
    m_wallSeconds += std::chrono::duration<double>(Clock::now() - start).count();
    if (m_options.maxWallSeconds > 0 && m_wallSeconds > m_options.maxWallSeconds && now() < m_horizon) {
        m_stoppedBy = inWords(StopReason::WallLimit);
    } else if (reason == StopReason::EventLimit || reason == StopReason::StuckAtInstant) {
        m_stoppedBy = inWords(reason);
    }
}

void PlayedRun::stepEvent()
{
    if (!isFinished()) {
        m_engine->step();
    }
}

void PlayedRun::stepToNextChange(std::stop_token stop)
{
    const std::size_t known = m_world.eventLog().size();
    while (!isFinished() && m_world.eventLog().size() == known && !stop.stop_requested()) {
        m_engine->step();
    }
}

void PlayedRun::cancel()
{
    m_stoppedBy = inWords(StopReason::Cancelled);
}

RunResult PlayedRun::result()
{
    RunResult result;
    result.designName = m_compiled->design.name;
    result.designDigest = designDigest(m_compiled->design);
    result.seed = m_options.seed;
    result.horizon = m_horizon;
    result.wallSeconds = m_wallSeconds;
    result.stoppedBy = m_stoppedBy;
    m_engine->describe(result);
    m_observer.describe(result);
    m_world.recorder().describe(result);
    result.log = m_world.eventLog();
    result.diagnostics = m_diagnostics;
    for (Diagnostic& bug : m_engine->checkConservation()) {
        result.diagnostics.push_back(std::move(bug));
    }
    return result;
}

}  // namespace neph
