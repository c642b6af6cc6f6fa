#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "sim/plan/plan.h"

namespace neph {

class PathBuilder;

/// Makes a plan, table by table; `build()` checks it and hands it over.
class PlanBuilder {
public:
    PlanBuilder();

    NodeIndex addNode(NodeSpec node);
    LinkIndex addLink(LinkSpec link);
    ZoneIndex addZone(ZoneSpec zone);
    ClassIndex addClass(const std::string& name);  ///< At most 64 in one plan.
    /// The outcome of that name and node; made at the first call.
    OutcomeId outcome(OutcomeSpec outcome);
    OutcomeId ok() const { return OutcomeId{0}; }
    StationId addStation(StationSpec station);
    PoolId addPool(PoolSpec pool);
    DrawId addDraw(const std::string& entity, const std::string& purpose, Distribution all);
    DrawId addDraw(const std::string& entity, const std::string& purpose, std::vector<Distribution> byClass);
    AmountId addAmount(std::int64_t all);
    AmountId addAmount(std::vector<std::int64_t> byClass);
    MeterId addMeter(MeterSpec meter);
    PolicyId addPolicy(PolicySpec policy);
    SourceId addSource(SourceSpec source);

    /// A path whose steps come later, so that paths may call one another in any order.
    PathId declarePath(std::string name, NodeIndex node);
    /// Starts writing the steps of a declared path.
    PathBuilder path(PathId id);

    std::size_t classCount() const { return m_plan.classes.size(); }
    const Plan& soFar() const { return m_plan; }

    /// The finished plan. Aborts on a plan that cannot run (a path without end, an unbalanced Acquire, a
    /// dangling id): that is a bug of a service, not of a drawing.
    Plan build();

private:
    friend class PathBuilder;
    std::uint32_t label(const std::string& text);
    std::uint32_t addCleanup(CleanupSpec cleanup);

    Plan m_plan;
    std::vector<std::vector<Step>> m_steps;  ///< By path; build() puts them one after the other.
    std::map<std::string, std::uint32_t> m_labels;
    std::map<std::pair<std::string, std::uint32_t>, OutcomeId> m_outcomes;
};

/// Says what is wrong with a plan; empty where nothing is. build() aborts with it.
std::string whatIsWrongWith(const Plan& plan);

/// Writes one path, step after step; reads like what the service does with a request.
///
/// Acquire/Release and Hold/Free nest like brackets; a failure in between, or a reply within a branch, gives
/// back what is held. The last step is a reply or a failure.
/// Misuse is a bug of the caller and aborts with a sentence on standard error.
class PathBuilder {
public:
    PathBuilder& delay(DrawId seconds, const std::string& words);
    PathBuilder& serve(StationId slots, DrawId seconds, OutcomeId whenFull, const std::string& words);
    PathBuilder& acquire(StationId slots, OutcomeId whenFull, const std::string& words);
    PathBuilder& release(StationId slots);
    PathBuilder& work(StationId cpu, DrawId cpuSeconds, const std::string& words);
    PathBuilder& hold(StationId memory, AmountId bytes, const std::string& words);
    PathBuilder& free(StationId memory, AmountId bytes);
    PathBuilder& take(StationId bucket, AmountId milliUnits, OutcomeId whenEmpty, const std::string& words);
    /// Takes from both buckets or from none.
    PathBuilder& take(
        StationId bucket, StationId second, AmountId milliUnits, OutcomeId whenEmpty,
        const std::string& words);
    PathBuilder& transfer(StationId bandwidth, AmountId bytes, const std::string& words);
    PathBuilder&
    hop(DrawId sameZone, DrawId acrossZones, AmountId bytes, MeterId crossZoneMeter,
        const std::string& words);
    PathBuilder& call(PathId callee, PolicyId policy, LinkIndex link, const std::string& words);
    /// Calls on one replica of `pool`; `whenNone` where no replica is in service.
    PathBuilder& callOn(
        PoolId pool, Routing routing, PathId callee, PolicyId policy, LinkIndex link, OutcomeId whenNone,
        const std::string& words);
    /// The next `calls` calls start together.
    PathBuilder& fork(std::uint16_t calls);
    PathBuilder& meter(MeterId meter, AmountId milliUnits);
    PathBuilder& reply();
    PathBuilder& fail(OutcomeId outcome, const std::string& words);

    /// Steps until `endIf` run with probability `share` only / for the classes of `mask` only.
    PathBuilder& ifChance(DrawId share);
    PathBuilder& ifClass(std::uint64_t mask);
    PathBuilder& endIf();

private:
    friend class PlanBuilder;
    struct OpenBranch {
        std::uint32_t step;
        std::uint32_t cleanup;
    };

    PathBuilder(PlanBuilder& plan, PathId id) : m_plan(plan), m_id(id) {}
    Step& append(Op op, const std::string& words);
    PathBuilder& branch(DrawId share, std::uint64_t mask);
    PathBuilder& giveBack(Op op, StationId station, AmountId amount);

    PlanBuilder& m_plan;
    PathId m_id;
    std::vector<OpenBranch> m_openBranches;
    std::uint32_t m_cleanup = 0;
    bool m_isEnded = false;  ///< The last step was a reply or a failure.
};

}  // namespace neph
