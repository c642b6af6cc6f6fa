#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "sim/engine/engine.h"
#include "sim/engine/engine_options.h"
#include "sim/kernel/simulation.h"
#include "sim/metrics/run_result.h"
#include "sim/model/diagnostic.h"
#include "sim/plan/data_plane.h"
#include "sim/plan/plan.h"

namespace neph {

class Recursion;
class RequestLoop;

/// Runs a plan exactly, request by request.
///
/// Owns the state of one run; the plan is shared and must outlive it, like the simulation, whose clock and
/// events it uses (processes of controllers run on the same). Equal (plan, seed) and equal acts of
/// controllers give equal bits. Memory stays flat once as many requests as ever have been under way.
///
/// The DataPlane calls are for processes and handlers, between events; never from within another call.
/// Details of the model that no header of sim/plan states:
/// - A call without a pool runs on its caller's replica where both are of one node, else on none.
/// - A caller that stops waiting leaves the callee to its work; the answer is dropped (see wastedAnswers()).
/// - Backoff doubles from `backoffBase` for the first retry; without a `jitter` draw it is waited in full.
/// - A fork waits for all its calls; if some failed, it fails with the outcome of the first that did.
/// - send() uses the draws and amounts of class 0; `bytes`, where not 0, is what its Transfer steps move.
/// What
///   it meters is in the column of readMeter() with class `none`.
/// - A Memory station without a pool, or without a handler of onOutOfMemory(), only counts.
class RequestEngine final : public Engine {
public:
    RequestEngine(
        const Plan& plan, Simulation& simulation, std::uint64_t seed, const EngineOptions& options = {});
    ~RequestEngine() override;

    StopReason runUntil(Time end, RunGuard guard) override;
    /// The same under the guard that the simulation has.
    StopReason runUntil(Time end);
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

    const IntervalStats& takeInterval() override;
    void describe(RunResult& result) const override;

    /// Little's law and flow balance of every station, and the balance of requests, exactly, in integers.
    /// Empty: they hold. A diagnostic here is a bug of the engine.
    Diagnostics checkConservation() const override;

    std::uint64_t requestsStarted() const;
    std::uint64_t requestsEnded() const;
    std::uint64_t requestsUnderWay() const { return requestsStarted() - requestsEnded(); }
    std::uint64_t retries() const;
    std::uint64_t timeouts() const;
    /// Answers of a node that came when nobody waited for them any more.
    std::uint64_t wastedAnswers(NodeIndex node) const;
    /// Of the events handled, those that were run stage by stage (EngineOptions::recursion).
    std::uint64_t eventsByStages() const;
    std::uint64_t fingerprint() const;
    /// Latencies of a class since the start.
    Histogram latencyOf(ClassIndex requestClass) const;
    /// How they ended: counts by outcome.
    std::vector<std::uint64_t> outcomesOf(ClassIndex requestClass) const;
    /// Bytes held for requests, stations and timeouts; for tests and reports.
    std::size_t memory() const;

private:
    /// True: everything due up to `end` has happened.
    bool runStages(Time end);
    bool runEvents(Time end);
    /// Before anything changes that stages take for given.
    void leaveStages() const;

    Simulation& m_simulation;
    std::unique_ptr<RequestLoop> m_loop;
    std::unique_ptr<Recursion> m_recursion;  ///< None where the plan has feedback.
    Time m_byEvents{-1};                     ///< Up to here events must do it; negative: nothing.
    int m_undone = 0;                        ///< Windows in a row that events had to do.
    IntervalStats m_interval;
    std::vector<StationReading> m_readingsBefore;
};

}  // namespace neph
