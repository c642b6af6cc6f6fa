#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "sim/engine/windows/window.h"
#include "sim/played_run.h"
#include "sim/run.h"

namespace neph {

/// How hard to look; grows until the tolerance holds, or until that would cost too much.
struct Effort {
    double steadyRequests = 0;       ///< Measured in all windows of moments that stand still.
    std::uint32_t replicas = 0;      ///< That stand for a pool which stands still.
    double rareRequests = 0;         ///< At most, for all stretches that do not stand still.
    std::uint32_t rareReplicas = 0;  ///< That stand for a pool there: what has piled up needs few.
    double mostRequests = 0;         ///< No other round where it would bring us beyond that.

    static Effort forTolerance(double tolerance)
    {
        return tolerance >= 0.02 ? Effort{3e6, 24, 7e6, 4, 2.2e7} : Effort{4e7, 128, 8e7, 24, 2.5e8};
    }
};

/// Runs `count` jobs on so many threads. Each writes to a place of its own, so who ran it does not matter.
void inParallel(std::size_t count, unsigned threads, const std::function<void(std::size_t)>& job);

double sumOf(const std::vector<double>& values);

/// The work behind runSampled().
class SampledRun {
public:
    SampledRun(const Design& design, const RunOptions& options, Diagnostics diagnostics)
        : m_design(design), m_options(options), m_diagnostics(std::move(diagnostics)),
          m_effort(Effort::forTolerance(options.tolerance))
    {
    }

    RunResult run(std::stop_token stop, const std::function<void(const RunProgress&)>& progress);

private:
    using Outcomes = WindowResult::Outcomes;

    /// All moments of a class, of all estimates, and what requests take in it.
    struct Kind {
        const FlowClass* example = nullptr;
        std::vector<std::vector<double>> requests;    ///< By estimate and request class.
        std::vector<std::vector<Histogram>> latency;  ///< By estimate and request class.
        Outcomes outcomes;

        /// As windows saw it, or as it was walked where none has looked; empty if nobody comes.
        std::vector<Histogram::Bucket> latencyOf(std::uint32_t estimate, std::size_t c) const;
    };
    /// An hour, or what of it one estimate has, that does not stand still.
    struct Stretch {
        std::uint32_t estimate = 0;
        std::uint32_t overload = 0;
        std::size_t firstCell = 0;
        std::size_t endCell = 0;
        double seconds = 0;
        std::vector<double> requests;  ///< By request class.
        double failures = 0;           ///< Of them, as flows have it.
        std::uint32_t standIn = 0;  ///< The stretch, of any estimate, whose latencies are taken for its own.
        std::vector<Histogram> latency;  ///< By request class.
        Outcomes outcomes;

        void add(const FlowCell& cell, std::size_t index);
    };
    /// Stretches that follow one another: they are run at one go, so that what has piled up in an hour is
    /// there in the next.
    struct Overload {
        std::uint32_t first = 0;  ///< Stretch.
        std::uint32_t end = 0;
        bool isChosen = true;  ///< It is run: its stretches stand for themselves.
    };

    RunResult inFull(std::stop_token stop, const std::function<void(const RunProgress&)>& progress) const;
    void runFlows(std::stop_token stop);
    void findKinds();
    void findStretches();
    void joinOverload();
    void chooseStretches();
    void runWindows(std::stop_token stop);
    void runStretches(std::stop_token stop);
    void check(std::stop_token stop);
    WindowSpec windowOf(const Kind& kind, std::uint64_t seed, double requests, std::uint32_t replicas) const;
    WindowSpec windowOf(const Overload& overload) const;
    double windowRequestsOf(std::size_t kind) const;
    const Stretch& standInOf(const Stretch& stretch) const { return m_stretches[stretch.standIn]; }
    std::uint32_t mostAlike(std::uint32_t index) const;
    void estimate();
    void judge();
    bool growsEffort();
    Trust::Latency
    errorOf(const std::vector<Histogram>& estimates, const Histogram& all, const Histogram& rare) const;
    RunResult answer();
    void addHours(RunResult& result) const;
    std::vector<double> outcomesOf(std::size_t requestClass) const;
    bool hasSpiral() const;
    double overloadError() const;
    double unbilledAttempts(const RunResult& result) const;
    void setOutcomes(std::size_t requestClass, ClassResult& view) const;
    void widenForWhatIsMissing();
    void report(double share);
    void reportOfRound(double share);

    const Design& m_design;
    RunOptions m_options;
    Diagnostics m_diagnostics;
    Effort m_effort;
    std::unique_ptr<PlayedRun> m_expected;
    std::vector<std::unique_ptr<PlayedRun>> m_runs;    ///< By estimate.
    std::vector<std::vector<std::uint32_t>> m_kindOf;  ///< By estimate and FlowClass.
    std::vector<Kind> m_kinds;
    std::vector<std::vector<std::uint32_t>> m_stretchOf;  ///< By estimate and cell; kNone: it stands still.
    std::vector<Stretch> m_stretches;
    std::vector<Overload> m_overloads;
    std::vector<std::vector<Histogram>> m_estimates;  ///< By request class (last: all), then estimate.
    std::vector<Histogram> m_pooled;                  ///< By request class (last: all).
    std::vector<Histogram> m_rare;                    ///< Of them, those in stretches.
    Trust m_trust;
    Trust::Latency m_bias;  ///< What the check found, relative.
    std::atomic<std::uint64_t> m_simulated{0};
    std::chrono::steady_clock::time_point m_start = std::chrono::steady_clock::now();
    const std::function<void(const RunProgress&)>* m_progress = nullptr;
    std::mutex m_reporting;
    double m_reported = 0;  ///< Share of the work, the last time somebody was told.
    int m_round = 0;
    std::string m_stopNote;
    std::uint64_t m_offOutcomes = 0;  ///< Requests that ended otherwise in windows than by flows.

    static constexpr std::uint32_t kNone = 0xFFFF'FFFF;
    // Every figure is estimated so many times, each with a run of the controllers and windows of its own;
    // their spread is the error of one run.
    static constexpr std::uint32_t kEstimates = 4;
};

}  // namespace neph
