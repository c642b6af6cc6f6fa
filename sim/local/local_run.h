#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "sim/cloud/observer.h"
#include "sim/local/lab_stand.h"
#include "sim/local/load_generator.h"
#include "sim/local/local_engine.h"
#include "sim/local/local_fleet.h"
#include "sim/run.h"

namespace neph {

/// A design that runs for real: the controllers of the simulation, in real time, over containers of this
/// machine, under the design's own load. It fills the same RunResult; a window and a report see no
/// difference.
///
/// It cannot be paused or stepped: advance() returns when so much time has passed.
class LocalRun final : public LiveRun {
public:
    struct Options {
        std::uint64_t seed = 1;
        Duration horizon{0};  ///< Zero: as the design says.
        bool withLoad = true;
        double loadShare = 1;  ///< Of the design's load; less stretches its time.
        Time loadFrom{0};      ///< Users come from then on.
        int loadCore = -1;     ///< The generator is kept on this core.
    };

    /// The stand is set up and outlives the run. Errors: as LoadGenerator::make().
    static Result<std::unique_ptr<LocalRun>>
    start(std::shared_ptr<const CompiledDesign> compiled, LabStand& stand, const Options& options);
    ~LocalRun() override;

    Time now() const override { return m_simulation.now(); }
    Time horizon() const override { return m_horizon; }
    bool isFinished() const override { return now() >= m_horizon; }
    void advance(Time until, std::chrono::milliseconds wall, std::stop_token stop) override;
    void stepEvent() override;
    void stepToNextChange(std::stop_token stop) override;
    Result<Done> inject(const FaultSpec& fault) override { return m_world->inject(fault); }
    RunResult result() override;

    const std::vector<RunEvent>& log() const { return m_world->eventLog(); }
    LoadResult load() const { return m_load->result(); }
    LocalEngine& engine() { return *m_engine; }

private:
    LocalRun(
        std::shared_ptr<const CompiledDesign> compiled, LabStand& stand, const Options& options,
        std::unique_ptr<LoadGenerator> load);
    void beginLoad();

    std::shared_ptr<const CompiledDesign> m_compiled;
    LabStand& m_stand;
    Options m_options;
    Duration m_horizon;
    std::unique_ptr<LoadGenerator> m_load;
    std::jthread m_loadThread;
    Simulation m_simulation;
    WorkBench m_bench;
    std::unique_ptr<LocalEngine> m_engine;
    std::unique_ptr<LocalPlatform> m_platform;
    std::unique_ptr<World> m_world;
    std::unique_ptr<Observer> m_observer;
    bool m_hasUsers = false;
    double m_wallSeconds = 0;
};

}  // namespace neph
