#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "sim/cloud/observer.h"
#include "sim/cloud/world.h"
#include "sim/engine/engine.h"
#include "sim/engine/flows/flow_engine.h"
#include "sim/run.h"

namespace neph {

/// One run of a design with everything that lives in it: clock, engine, controllers, observer.
class PlayedRun final : public LiveRun {
public:
    /// The design has no errors. With flows, `flows` says how exactly to look.
    PlayedRun(
        const Design& design, const RunOptions& options, Diagnostics diagnostics,
        const FlowOptions& flows = {});

    Time now() const override { return m_simulation.now(); }
    Time horizon() const override { return m_horizon; }
    bool isFinished() const override { return now() >= m_horizon || !m_stoppedBy.empty(); }
    void advance(Time until, std::chrono::milliseconds wall, std::stop_token stop) override;
    void stepEvent() override;
    void stepToNextChange(std::stop_token stop) override;
    Result<Done> inject(const FaultSpec& fault) override { return m_world.inject(fault); }
    RunResult result() override;

    void cancel();
    std::uint64_t events() const { return m_simulation.eventsHandled(); }
    double wallSeconds() const { return m_wallSeconds; }
    const Plan& plan() const { return m_compiled->plan; }
    /// The engine, where it is one of flows; nullptr elsewhere.
    const FlowEngine* flows() const { return m_flows; }

private:
    // A model that stands still this long is stuck in a loop without delay.
    static constexpr std::uint64_t kMostAtOneInstant = 10'000'000;

    Process meterHours();
    std::unique_ptr<Engine> engineFor(const RunOptions& options, const FlowOptions& flows);

    std::shared_ptr<const CompiledDesign> m_compiled;
    RunOptions m_options;
    Diagnostics m_diagnostics;
    Duration m_horizon;
    Simulation m_simulation;
    FlowEngine* m_flows = nullptr;
    std::unique_ptr<Engine> m_engine;
    World m_world;
    Observer m_observer;
    double m_wallSeconds = 0;
    std::string m_stoppedBy;
};

}  // namespace neph
