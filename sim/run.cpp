#include "sim/run.h"

#include <algorithm>
#include <chrono>

#include "sim/cloud/observer.h"
#include "sim/cloud/world.h"
#include "sim/engine/flows/flow_engine.h"
#include "sim/engine/request_engine.h"
#include "sim/model/design_json.h"
#include "sim/model/rules.h"

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

class PlayedRun final : public LiveRun {
public:
    PlayedRun(const Design& design, const RunOptions& options, Diagnostics diagnostics)
        : m_compiled(compile(design, Catalog::builtIn(), serviceTypes())), m_options(options),
          m_diagnostics(std::move(diagnostics)), m_horizon(horizonOf(design, options)),
          m_engine(engineFor(options)), m_world(*m_compiled, m_simulation, *m_engine, options.seed),
          m_observer(m_world, *m_engine, m_horizon)
    {
        for (const auto& model : m_compiled->models) {
            model->prepare(m_world);
        }
        for (const auto& model : m_compiled->models) {
            model->control(m_world);
        }
        m_world.startFaults();
        m_world.start(m_observer.run());
    }

    Time now() const override { return m_simulation.now(); }
    Time horizon() const override { return m_horizon; }
    bool isFinished() const override { return now() >= m_horizon || !m_stoppedBy.empty(); }

    void advance(Time until, std::chrono::milliseconds wall, std::stop_token stop) override
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

    void stepEvent() override
    {
        if (!isFinished()) {
            m_engine->step();
        }
    }

    void stepToNextChange(std::stop_token stop) override
    {
        const std::size_t known = m_world.eventLog().size();
        while (!isFinished() && m_world.eventLog().size() == known && !stop.stop_requested()) {
            m_engine->step();
        }
    }

    Result<Done> inject(const FaultSpec& fault) override { return m_world.inject(fault); }

    void cancel() { m_stoppedBy = inWords(StopReason::Cancelled); }

    RunResult result() override
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

    std::uint64_t events() const { return m_simulation.eventsHandled(); }
    double wallSeconds() const { return m_wallSeconds; }

private:
    // A model that stands still this long is stuck in a loop without delay.
    static constexpr std::uint64_t kMostAtOneInstant = 10'000'000;

    std::unique_ptr<Engine> engineFor(const RunOptions& options)
    {
        if (options.engine != EngineChoice::Requests) {
            return std::make_unique<FlowEngine>(m_compiled->plan, m_simulation, options.seed);
        }
        EngineOptions engine;
        engine.traceEvery = options.traceEvery > 0 ? options.traceEvery : kTraceEvery;
        return std::make_unique<RequestEngine>(m_compiled->plan, m_simulation, options.seed, engine);
    }

    std::shared_ptr<const CompiledDesign> m_compiled;
    RunOptions m_options;
    Diagnostics m_diagnostics;
    Duration m_horizon;
    Simulation m_simulation;
    std::unique_ptr<Engine> m_engine;
    World m_world;
    Observer m_observer;
    double m_wallSeconds = 0;
    std::string m_stoppedBy;
};

/// The result of a design that cannot run: what is wrong with it.
RunResult refused(const Design& design, const RunOptions& options, Diagnostics diagnostics)
{
    RunResult result;
    result.designName = design.name;
    result.designDigest = designDigest(design);
    result.seed = options.seed;
    result.stoppedBy = "the design has errors";
    result.diagnostics = std::move(diagnostics);
    return result;
}

}  // namespace

Result<std::unique_ptr<LiveRun>> LiveRun::start(const Design& design, const RunOptions& options)
{
    Diagnostics diagnostics = checkDesign(design, Catalog::builtIn());
    const auto error = std::find_if(diagnostics.begin(), diagnostics.end(), [](const Diagnostic& diagnostic) {
        return diagnostic.severity == Severity::Error;
    });
    if (error != diagnostics.end()) {
        return Error{ErrorCode::Invalid, error->pointer, error->what};
    }
    return std::unique_ptr<LiveRun>(std::make_unique<PlayedRun>(design, options, std::move(diagnostics)));
}

RunResult
run(const Design& design, const RunOptions& options, std::stop_token stop,
    const std::function<void(const RunProgress&)>& progress)
{
    Diagnostics diagnostics = checkDesign(design, Catalog::builtIn());
    if (hasErrors(diagnostics)) {
        return refused(design, options, std::move(diagnostics));
    }
    PlayedRun played(design, options, std::move(diagnostics));
    while (!played.isFinished()) {
        played.advance(played.horizon(), 100ms, stop);
        if (stop.stop_requested() && !played.isFinished()) {
            played.cancel();
        }
        if (progress) {
            const double done = seconds(played.now()) / seconds(played.horizon());
            const double left = done > 0 ? played.wallSeconds() * (1 - done) / done : 0;
            progress({played.now(), played.horizon(), played.events(), played.wallSeconds(), left});
        }
    }
    return played.result();
}

Bill billOf(const RunResult& result, bool freeTier)
{
    BillOptions options;
    options.simulated = result.simulated;
    options.freeTier = freeTier;
    return makeBill(result.usage, PriceBook::builtIn(), options);
}

}  // namespace neph
