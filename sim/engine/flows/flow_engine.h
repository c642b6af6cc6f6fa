#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <vector>

#include "sim/engine/engine.h"
#include "sim/engine/flows/flow_rates.h"
#include "sim/engine/flows/path_sampler.h"
#include "sim/kernel/process.h"
#include "sim/kernel/random.h"

namespace neph {

/// What stands at a moment, for who wants to run single requests of it.
struct FlowSetup {
    struct Group {
        std::uint32_t count = 0;  ///< Replicas in service that are alike.
        double share = 1;
        std::vector<std::uint32_t> zones;
        std::vector<std::int64_t> capacities;  ///< By place in the pool, as StationSpec has them.
        std::vector<std::int64_t> rates;
        friend bool operator==(const Group&, const Group&) = default;
    };
    std::vector<std::vector<Group>> pools;  ///< By pool.
    std::vector<std::int64_t> capacities;   ///< By station; those of pools are in groups.
    std::vector<std::int64_t> rates;
    std::vector<double> disturbedBy;  ///< By node: seconds added, share that fails.
    std::vector<double> failing;
    std::vector<OutcomeId> failingWith;
    friend bool operator==(const FlowSetup&, const FlowSetup&) = default;
};

/// Moments of a run that are alike: the same replicas in service, the same load of every station in steps of
/// a hundredth, nothing refused that the others do not refuse. One of them stands for all.
struct FlowClass {
    Meetings meetings;                ///< Of the first moment of the class.
    std::vector<double> classRates;   ///< Requests per second by request class, then.
    std::vector<double> sourceRates;  ///< Open sources, then.
    FlowSetup setup;                  ///< Then; where cells are kept.
    Time at{0};                       ///< Then.
    bool isSteady = true;             ///< No backlog, nothing refused or disturbed, load below nearly full.
    std::vector<double> requests;     ///< By request class: how many fell into moments of this class.
    std::vector<double> entries;      ///< By node.
    double seconds = 0;               ///< How long.
    using Latencies = std::vector<Histogram::Bucket>;  ///< Of a few thousand requests that stand for all.
    std::vector<Latencies> classLatencies;             ///< By request class.
    std::vector<Latencies> nodeLatencies;              ///< By node.
};

/// A stretch of time in which rates and state stood still.
struct FlowCell {
    Time from{0};
    Time to{0};
    std::uint32_t kind = 0;   ///< Index of its FlowClass.
    std::uint32_t setup = 0;  ///< Index into FlowEngine::setups().
    std::uint32_t tightest =
        0xFFFF'FFFF;  ///< Pool of the station nearest to its limit; past the end: none's.
    std::vector<double> sourceRates;
    std::vector<double> classRates;
    double failing = 0;                 ///< Requests per second that come and will fail.
    std::vector<std::int64_t> missing;  ///< By station: tokens gone at its start, milli-units; empty: none.
};

/// How exactly to look.
struct FlowOptions {
    std::uint32_t walks = 4000;  ///< Requests of each class that are walked for the latencies of a FlowClass.
    bool keepCells = false;      ///< For who looks at single stretches later.
    bool keepSeries = true;      ///< Rates and latencies over time, for who looks at charts.
    std::uint64_t noise = 0;  ///< Seed of the chance in how many requests come; 0: as many as are expected.
};

/// Runs a plan as flows: rates that stand still between the acts of controllers (at most a minute), waits by
/// formula, backlogs and tokens as fluids, latencies by walking requests through stations that stand still.
///
/// Controllers run as they do with every other engine, event by event. Costs about a microsecond a step of
/// the plan for each minute, whatever the rate, and a few milliseconds for each FlowClass. Deterministic.
class FlowEngine final : public Engine {
public:
    FlowEngine(const Plan& plan, Simulation& simulation, std::uint64_t seed, const FlowOptions& options = {});
    ~FlowEngine() override;

    StopReason runUntil(Time end, RunGuard guard) override;
    bool step() override;

    ReplicaId addReplica(PoolId pool, ZoneIndex zone, std::uint32_t group) override;
    void setService(ReplicaId replica, Service service) override;
    void setShare(ReplicaId replica, double share) override;
    void removeReplica(ReplicaId replica, OutcomeId outcome) override;
    ReplicaReading read(ReplicaId replica) const override;
    PoolReading read(PoolId pool) const override;
    StationReading read(StationId station) const override;
    std::uint64_t readMeter(MeterId meter, ClassIndex requestClass) const override;
    void resize(StationId station, std::int64_t capacity, std::int64_t rate) override;
    void resize(StationId station, ReplicaId replica, std::int64_t capacity, std::int64_t rate) override;
    void disturb(NodeIndex node, Duration added, double failShare, OutcomeId outcome) override;
    void
    send(PathId path, ReplicaId replica, std::int64_t bytes, std::function<void(OutcomeId)> done) override;
    void onOutOfMemory(PoolId pool, std::function<void(ReplicaId)> handler) override;
    bool isCalm(ReplicaId replica) const override;
    void onTrouble(std::function<void()> handler) override;

    const IntervalStats& takeInterval() override;
    void describe(RunResult& result) const override;
    Diagnostics checkConservation() const override;

    const std::deque<FlowClass>& classes() const { return m_classes; }
    const std::vector<FlowCell>& cells() const { return m_cells; }
    const std::vector<FlowSetup>& setups() const { return m_setups; }
    const std::vector<std::vector<std::int32_t>>& keys() const { return m_keys; }
    const FlowState& state() const { return m_state; }
    /// How often a replica was taken out of service because, or while, it had more to do than it could.
    std::uint64_t takenOutInTrouble() const { return m_takenOutInTrouble; }

private:
    struct Totals {
        std::vector<std::vector<double>> outcomes;  ///< By class and outcome.
        std::vector<double> nodes;
        std::vector<double> nodeErrors;
        std::vector<double> links;
        std::vector<double> linkErrors;
        std::vector<std::vector<double>> meters;
        std::vector<FlowTotals> stations;
        std::vector<double> poolRequests;
        std::vector<double> poolErrors;
    };

    Process tick();
    Process answerLater(
        Duration after, OutcomeId outcome, std::function<void(OutcomeId)> done,
        std::uint32_t line = 0xFFFF'FFFF);
    void flow();
    void flowBefore();
    double inFlightOf(const FlowReplica& replica, const FlowGroup& group) const;
    std::uint32_t failureOf(PathId path) const;
    void integrate(const FlowRates& rates, double length);
    void integrateStation(FlowTotals& totals, const FlowStation& station, double count, double length);
    void classify(const FlowRates& rates, Time from, Time to);
    std::vector<std::int32_t> keyOf(const FlowRates& rates, bool& isSteady) const;
    double luckOf(std::size_t source);
    bool updateTimeouts();
    void sample(FlowClass& kind, std::uint32_t walks, std::uint64_t first) const;
    FlowSetup setupNow() const;
    std::vector<std::int64_t> missingTokens() const;
    void addFixed(std::uint32_t pool, double weight);
    void lookForTrouble();
    void describeStations(RunResult& result) const;
    void killWhereMemoryIsFull();
    bool isTroubled(const FlowGroup& group) const;
    std::uint32_t tightestPool() const;
    bool mayStorm(double busiest) const;
    const Plan& m_plan;
    Simulation& m_simulation;
    FlowOptions m_options;
    FlowState m_state;
    mutable RatePropagation m_propagation;
    PathSampler m_sampler;
    RandomStream m_random;
    RandomStream m_noise;
    std::vector<double> m_luck;  ///< By source, of the minute that runs.
    std::int64_t m_luckyMinute = -1;
    FlowRates m_rates;  ///< Of the last stretch.
    Totals m_totals;
    Time m_since{0};  ///< Start of the stretch that runs.
    std::map<std::vector<std::int32_t>, std::uint32_t> m_classOfKey;
    std::deque<FlowClass> m_classes;
    std::vector<std::vector<std::int32_t>> m_keys;  ///< By FlowClass: what its moments share.
    std::vector<FlowCell> m_cells;
    std::vector<FlowSetup> m_setups;
    /// By FlowClass: requests of the running interval by request class, then entries by node.
    std::map<std::uint32_t, std::vector<double>> m_running;
    std::map<const FlowClass::Latencies*, IntervalLatency> m_inShort;  ///< Never iterated: keyed by place.
    IntervalStats m_interval;
    Totals m_before;  ///< At the last takeInterval().
    std::map<std::uint32_t, std::function<void(ReplicaId)>> m_outOfMemory;
    std::vector<std::function<void()>> m_troubleHandlers;
    std::vector<bool> m_troubled;  ///< By pool: a probe of its replicas may fail.
    bool m_changesFast = false;    ///< Queues change within a minute.
    std::uint64_t m_takenOutInTrouble = 0;
    std::vector<std::uint32_t> m_transfers;  ///< By station: of the control plane, under way.
    Scope m_scope;
};

}  // namespace neph
