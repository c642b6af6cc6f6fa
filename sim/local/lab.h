#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>

#include "sim/local/engine_finder.h"
#include "sim/local/lab_guard.h"
#include "sim/local/lab_stand.h"
#include "sim/local/local_run.h"

namespace neph {

/// Where the lab finds what it needs on this machine: recipes, our own programs, npm packages.
/// $NEPHOSCOPE_CONTAINERS and $NEPHOSCOPE_NPM go before the usual places.
RecipePlaces labPlaces();

/// One design on real containers, from the search for an engine to the last container that is gone.
///
///     auto lab = Lab::open(design, options);         // finds an engine, sweeps up, starts nothing
///     lab->plan();                                   // to be shown, and agreed to
///     lab->setUp(progress, stop);                    // networks, images, stores, load balancer
///     auto run = lab->run(options);                  // tasks and load, in real time
///     lab->close();                                  // nothing is left but named volumes
///
/// Who lets it go without close() leaves the rest to the reaper.
class Lab {
public:
    struct Options {
        EngineWishes engine;
        bool goOnWithoutLimits = false;
        std::uint64_t seed = 1;
        std::string reaper;  ///< Empty: beside the running program.
    };

    /// Errors: Invalid (the design cannot run), CannotRead (no engine; `what` has what was tried and what to
    /// install). Nothing is made.
    static Result<std::unique_ptr<Lab>> open(const Design& design, const Options& options);
    ~Lab();

    const LabPlan& plan() const { return m_plan; }
    const FoundEngine& found() const { return m_found; }
    /// What the last start of the program had left behind, in words; may be empty.
    const std::string& swept() const { return m_swept; }
    LabStand& stand() { return *m_stand; }
    const LabStand& stand() const { return *m_stand; }
    const std::shared_ptr<const CompiledDesign>& compiled() const { return m_compiled; }
    const LabSession& session() const { return m_guard->session(); }
    /// From setUp() to close() there is something to clean up.
    bool isUp() const { return m_guard != nullptr; }

    /// What was chosen after the plan had been seen, and before setUp().
    void choose(std::uint64_t seed, bool goOnWithoutLimits);
    /// Sets everything up that stands there before a run. An error leaves nothing behind; `cleaned()` says
    /// what had been made.
    Result<Done> setUp(const std::function<void(const LabStand::Progress&)>& progress, std::stop_token stop);
    Result<std::unique_ptr<LocalRun>> run(const LocalRun::Options& options);
    /// Writes down for others how far it is.
    void tellStatus(const std::string& status);
    /// A sign of life, now and then: what is silent for half a day may be swept away by another start.
    void stayAlive();
    CleanUpReport close();
    /// What the last close() has removed, also that of a setUp() that failed.
    const CleanUpReport& cleaned() const { return m_cleaned; }

private:
    Lab() = default;

    Options m_options;
    FoundEngine m_found;
    std::unique_ptr<ContainerEngine> m_engine;
    std::shared_ptr<const CompiledDesign> m_compiled;
    LabPlan m_plan;
    std::string m_state;  ///< Folder of records and consents.
    std::string m_swept;
    std::unique_ptr<LabGuard> m_guard;
    std::unique_ptr<LabStand> m_stand;
    CleanUpReport m_cleaned;
    std::string m_status;
    std::chrono::steady_clock::time_point m_told;
};

}  // namespace neph
