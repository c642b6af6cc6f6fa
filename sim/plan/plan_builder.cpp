#include "sim/plan/plan_builder.h"

#include <cstdio>
#include <cstdlib>

namespace neph {

namespace {

[[noreturn]] void abortWith(const std::string& problem)
{
    std::fprintf(stderr, "A plan that cannot run: %s\n", problem.c_str());
    std::abort();
}

template <typename Identifier, typename Spec>
Identifier addTo(std::vector<Spec>& table, Spec spec)
{
    table.push_back(std::move(spec));
    return Identifier{static_cast<std::uint32_t>(table.size() - 1)};
}

}  // namespace

PlanBuilder::PlanBuilder()
{
    outcome({.kind = OutcomeSpec::Kind::Ok, .name = "200 OK", .retryable = false, .node = {}});
    m_plan.cleanups.emplace_back();
    label("");
}

NodeIndex PlanBuilder::addNode(NodeSpec node)
{
    return addTo<NodeIndex>(m_plan.nodes, std::move(node));
}

LinkIndex PlanBuilder::addLink(LinkSpec link)
{
    return addTo<LinkIndex>(m_plan.links, std::move(link));
}

ZoneIndex PlanBuilder::addZone(ZoneSpec zone)
{
    return addTo<ZoneIndex>(m_plan.zones, std::move(zone));
}

ClassIndex PlanBuilder::addClass(const std::string& name)
{
    return addTo<ClassIndex>(m_plan.classes, std::string(name));
}

OutcomeId PlanBuilder::outcome(OutcomeSpec outcome)
{
    const std::pair key(outcome.name, outcome.node.value);
    if (const auto known = m_outcomes.find(key); known != m_outcomes.end()) {
        return known->second;
    }
    const OutcomeId made = addTo<OutcomeId>(m_plan.outcomes, std::move(outcome));
    m_outcomes.emplace(key, made);
    return made;
}

StationId PlanBuilder::addStation(StationSpec station)
{
    return addTo<StationId>(m_plan.stations, std::move(station));
}

PoolId PlanBuilder::addPool(PoolSpec pool)
{
    return addTo<PoolId>(m_plan.pools, std::move(pool));
}

DrawId PlanBuilder::addDraw(const std::string& entity, const std::string& purpose, Distribution all)
{
    return addDraw(entity, purpose, std::vector{std::move(all)});
}

DrawId
PlanBuilder::addDraw(const std::string& entity, const std::string& purpose, std::vector<Distribution> byClass)
{
    return addTo<DrawId>(m_plan.draws, DrawSpec{entity, purpose, std::move(byClass)});
}

AmountId PlanBuilder::addAmount(std::int64_t all)
{
    return addAmount(std::vector{all});
}

AmountId PlanBuilder::addAmount(std::vector<std::int64_t> byClass)
{
    return addTo<AmountId>(m_plan.amounts, AmountSpec{std::move(byClass)});
}

MeterId PlanBuilder::addMeter(MeterSpec meter)
{
    return addTo<MeterId>(m_plan.meters, std::move(meter));
}

PolicyId PlanBuilder::addPolicy(PolicySpec policy)
{
    if (policy.timeout > Duration::zero() && !policy.onTimeout) {
        policy.onTimeout = outcome(
            {.kind = OutcomeSpec::Kind::TimedOut, .name = "timed out", .retryable = true, .node = {}});
    }
    return addTo<PolicyId>(m_plan.policies, policy);
}

SourceId PlanBuilder::addSource(SourceSpec source)
{
    return addTo<SourceId>(m_plan.sources, std::move(source));
}

PathId PlanBuilder::declarePath(std::string name, NodeIndex node)
{
    m_steps.emplace_back();
    return addTo<PathId>(m_plan.paths, PathSpec{std::move(name), node, 0});
}

PathBuilder PlanBuilder::path(PathId id)
{
    if (id.value >= m_plan.paths.size()) {
        abortWith("a path is written that was never declared");
    }
    if (!m_steps[id.value].empty()) {
        abortWith("path '" + m_plan.paths[id.value].name + "' is written twice");
    }
    return {*this, id};
}

std::uint32_t PlanBuilder::label(const std::string& text)
{
    const auto [place, isNew] = m_labels.try_emplace(text, static_cast<std::uint32_t>(m_plan.labels.size()));
    if (isNew) {
        m_plan.labels.push_back(text);
    }
    return place->second;
}

std::uint32_t PlanBuilder::addCleanup(CleanupSpec cleanup)
{
    m_plan.cleanups.push_back(cleanup);
    return static_cast<std::uint32_t>(m_plan.cleanups.size() - 1);
}

Plan PlanBuilder::build()
{
    for (std::size_t i = 0; i < m_steps.size(); ++i) {
        const auto first = static_cast<std::uint32_t>(m_plan.steps.size());
        if (m_steps[i].empty()) {
            abortWith("path '" + m_plan.paths[i].name + "' has no steps");
        }
        m_plan.paths[i].first = first;
        for (Step& step : m_steps[i]) {
            step.jump += step.op == Op::Branch ? first : 0;
            m_plan.steps.push_back(step);
        }
    }
    if (const std::string problem = whatIsWrongWith(m_plan); !problem.empty()) {
        abortWith(problem);
    }
    return std::move(m_plan);
}

Step& PathBuilder::append(Op op, const std::string& words)
{
    if (m_isEnded && m_openBranches.empty()) {
        abortWith("path '" + m_plan.m_plan.paths[m_id.value].name + "' goes on behind its end");
    }
    Step& step = m_plan.m_steps[m_id.value].emplace_back();
    step.op = op;
    step.label = m_plan.label(words);
    step.cleanup = m_cleanup;
    m_isEnded = op == Op::Reply || op == Op::Fail;
    return step;
}

PathBuilder& PathBuilder::delay(DrawId seconds, const std::string& words)
{
    append(Op::Delay, words).draw = seconds;
    return *this;
}

PathBuilder& PathBuilder::serve(StationId slots, DrawId seconds, OutcomeId whenFull, const std::string& words)
{
    Step& step = append(Op::Serve, words);
    step.station = slots;
    step.draw = seconds;
    step.outcome = whenFull;
    return *this;
}

PathBuilder& PathBuilder::acquire(StationId slots, OutcomeId whenFull, const std::string& words)
{
    Step& step = append(Op::Acquire, words);
    step.station = slots;
    step.outcome = whenFull;
    m_cleanup = m_plan.addCleanup({Op::Release, slots, AmountId{}, m_cleanup});
    return *this;
}

PathBuilder& PathBuilder::giveBack(Op op, StationId station, AmountId amount)
{
    const CleanupSpec held = m_plan.m_plan.cleanups[m_cleanup];
    if (m_cleanup == 0 || held.op != op || held.station != station || held.amount != amount) {
        abortWith(
            "path '" + m_plan.m_plan.paths[m_id.value].name +
            "' gives back something else than what it took last");
    }
    // The step itself cannot fail, and while it runs the thing is no longer held.
    m_cleanup = held.next;
    Step& step = append(op, "");
    step.station = station;
    step.amount = amount;
    return *this;
}

PathBuilder& PathBuilder::release(StationId slots)
{
    return giveBack(Op::Release, slots, AmountId{});
}

PathBuilder& PathBuilder::work(StationId cpu, DrawId cpuSeconds, const std::string& words)
{
    Step& step = append(Op::Work, words);
    step.station = cpu;
    step.draw = cpuSeconds;
    return *this;
}

PathBuilder& PathBuilder::hold(StationId memory, AmountId bytes, const std::string& words)
{
    Step& step = append(Op::Hold, words);
    step.station = memory;
    step.amount = bytes;
    m_cleanup = m_plan.addCleanup({Op::Free, memory, bytes, m_cleanup});
    return *this;
}

PathBuilder& PathBuilder::free(StationId memory, AmountId bytes)
{
    return giveBack(Op::Free, memory, bytes);
}

PathBuilder&
PathBuilder::take(StationId bucket, AmountId milliUnits, OutcomeId whenEmpty, const std::string& words)
{
    return take(bucket, StationId{}, milliUnits, whenEmpty, words);
}

PathBuilder& PathBuilder::take(
    StationId bucket, StationId second, AmountId milliUnits, OutcomeId whenEmpty, const std::string& words)
{
    Step& step = append(Op::Take, words);
    step.station = bucket;
    step.second = second;
    step.amount = milliUnits;
    step.outcome = whenEmpty;
    return *this;
}

PathBuilder& PathBuilder::transfer(StationId bandwidth, AmountId bytes, const std::string& words)
{
    Step& step = append(Op::Transfer, words);
    step.station = bandwidth;
    step.amount = bytes;
    return *this;
}

PathBuilder& PathBuilder::hop(
    DrawId sameZone, DrawId acrossZones, AmountId bytes, MeterId crossZoneMeter, const std::string& words)
{
    Step& step = append(Op::Hop, words);
    step.draw = sameZone;
    step.other = acrossZones;
    step.amount = bytes;
    step.meter = crossZoneMeter;
    return *this;
}

PathBuilder& PathBuilder::call(PathId callee, PolicyId policy, LinkIndex link, const std::string& words)
{
    return callOn(PoolId{}, Routing::RoundRobin, callee, policy, link, OutcomeId{}, words);
}

PathBuilder& PathBuilder::callOn(
    PoolId pool, Routing routing, PathId callee, PolicyId policy, LinkIndex link, OutcomeId whenNone,
    const std::string& words)
{
    Step& step = append(Op::Call, words);
    step.pool = pool;
    step.routing = routing;
    step.path = callee;
    step.policy = policy;
    step.link = link;
    step.outcome = whenNone;
    return *this;
}

PathBuilder& PathBuilder::fork(std::uint16_t calls)
{
    append(Op::Fork, "").count = calls;
    return *this;
}

PathBuilder& PathBuilder::meter(MeterId meter, AmountId milliUnits)
{
    Step& step = append(Op::Meter, "");
    step.meter = meter;
    step.amount = milliUnits;
    return *this;
}

PathBuilder& PathBuilder::reply()
{
    append(Op::Reply, "");
    return *this;
}

PathBuilder& PathBuilder::fail(OutcomeId outcome, const std::string& words)
{
    append(Op::Fail, words).outcome = outcome;
    return *this;
}

PathBuilder& PathBuilder::branch(DrawId share, std::uint64_t mask)
{
    const auto index = static_cast<std::uint32_t>(m_plan.m_steps[m_id.value].size());
    Step& step = append(Op::Branch, "");
    step.draw = share;
    step.classes = mask;
    m_openBranches.push_back({index, m_cleanup});
    return *this;
}

PathBuilder& PathBuilder::ifChance(DrawId share)
{
    return branch(share, ~0ULL);
}

PathBuilder& PathBuilder::ifClass(std::uint64_t mask)
{
    return branch(DrawId{}, mask);
}

PathBuilder& PathBuilder::endIf()
{
    if (m_openBranches.empty()) {
        abortWith("endIf() without a branch in path '" + m_plan.m_plan.paths[m_id.value].name + "'");
    }
    const OpenBranch open = m_openBranches.back();
    m_openBranches.pop_back();
    if (!m_isEnded && m_cleanup != open.cleanup) {
        abortWith("a branch of path '" + m_plan.m_plan.paths[m_id.value].name + "' keeps what it took");
    }
    m_cleanup = open.cleanup;
    m_isEnded = false;
    std::vector<Step>& steps = m_plan.m_steps[m_id.value];
    steps[open.step].jump = static_cast<std::uint32_t>(steps.size());
    return *this;
}

}  // namespace neph
