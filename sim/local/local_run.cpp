#include "sim/local/local_run.h"

#include <algorithm>

#include <fmt/format.h>

#include "sim/model/design_json.h"

namespace neph {

namespace {

using Wall = std::chrono::steady_clock;
using As = LocalFace::As;

// Engine calls take a tenth of a second each, and a deployment makes several at once.
constexpr unsigned kHands = 6;

Duration horizonOf(const CompiledDesign& compiled, const LocalRun::Options& options)
{
    return options.horizon > Duration(0) ? options.horizon : fromSeconds(compiled.design.runSeconds);
}

}  // namespace

Result<std::unique_ptr<LocalRun>>
LocalRun::start(std::shared_ptr<const CompiledDesign> compiled, LabStand& stand, const Options& options)
{
    Result<LoadPlan> plan = loadPlanOf(*compiled, options.seed, horizonOf(*compiled, options));
    if (!plan) {
        return plan.error();
    }
    LoadOptions how;
    how.core = options.loadCore;
    how.scale = 1 / options.loadShare;
    how.path = requestPathOf(stand.plan());
    Result<std::unique_ptr<LoadGenerator>> load =
        LoadGenerator::make(std::move(*plan), loadTargets(compiled->design, stand.targets()), how);
    if (!load) {
        return load.error();
    }
    return std::unique_ptr<LocalRun>(new LocalRun(std::move(compiled), stand, options, std::move(*load)));
}

LocalRun::LocalRun(
    std::shared_ptr<const CompiledDesign> compiled, LabStand& stand, const Options& options,
    std::unique_ptr<LoadGenerator> load)
    : m_compiled(std::move(compiled)), m_stand(stand), m_options(options),
      m_horizon(horizonOf(*m_compiled, options)), m_load(std::move(load)), m_bench(kHands)
{
    m_engine = std::make_unique<LocalEngine>(
        m_compiled->plan, m_simulation, stand.layout(), stand.gatewayPorts(), stand.engine(), m_bench,
        *m_load);
    m_platform = std::make_unique<LocalPlatform>(stand, *m_engine);
    m_world = std::make_unique<World>(*m_compiled, m_simulation, *m_engine, options.seed, *m_platform);
    m_observer = std::make_unique<Observer>(*m_world, *m_engine, m_horizon);
    for (const auto& model : m_compiled->models) {
        model->prepare(*m_world);
    }
    for (const auto& model : m_compiled->models) {
        model->control(*m_world);
    }
    m_world->startFaults();
    m_world->start(m_observer->run());
}

LocalRun::~LocalRun()
{
    // First what works for the run from other threads, then the run.
    m_loadThread.request_stop();
    if (m_loadThread.joinable()) {
        m_loadThread.join();
    }
    m_bench.end();
}

void LocalRun::beginLoad()
{
    m_hasUsers = true;
    m_loadThread = std::jthread([load = m_load.get()](std::stop_token stop) { load->run(stop); });
}

void LocalRun::advance(Time until, std::chrono::milliseconds wall, std::stop_token stop)
{
    const bool isQuiet = m_options.withLoad && !m_hasUsers && now() < m_options.loadFrom;
    if (m_options.withLoad && !m_hasUsers && !isQuiet) {
        beginLoad();
    }
    const Wall::time_point began = Wall::now();
    RunGuard guard;
    guard.maxWall = wall;
    guard.stop = std::move(stop);
    m_engine->runUntil(std::min({until, m_horizon, isQuiet ? m_options.loadFrom : m_horizon}), guard);
    m_wallSeconds += std::chrono::duration<double>(Wall::now() - began).count();
}

void LocalRun::stepEvent()
{
    advance(m_horizon, std::chrono::milliseconds(10), {});
}

void LocalRun::stepToNextChange(std::stop_token stop)
{
    const std::size_t known = log().size();
    while (!isFinished() && log().size() == known && !stop.stop_requested()) {
        advance(m_horizon, std::chrono::milliseconds(10), stop);
    }
}

RunResult LocalRun::result()
{
    RunResult result;
    result.designName = m_compiled->design.name;
    result.designDigest = designDigest(m_compiled->design);
    result.seed = m_options.seed;
    result.horizon = m_horizon;
    result.wallSeconds = m_wallSeconds;
    m_engine->describe(result);
    m_observer->describe(result);
    m_world->recorder().describe(result);
    result.usage = {};  // What ran here is no vendor's to bill.
    result.log = log();
    return result;
}

}  // namespace neph
