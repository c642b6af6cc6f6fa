#include "sim/engine/recursion/recursion.h"

#include <algorithm>
#include <set>
#include <utility>

namespace neph {

Recursion::Recursion(RequestLoop& loop, Simulation& simulation, FeedbackFree parts)
    : m_loop(loop), m_state(loop.s), m_sim(simulation), m_parts(std::move(parts))
{
    const std::size_t stages = m_parts.stages.size();
    m_stages.resize(stages);
    m_left.resize(stages);
    m_inputs.resize(stages + 1);
    m_notes.resize(stages + 1);
    m_across.assign(stages, std::vector<std::uint64_t>(m_parts.routes.size()));
    m_scratch.resize(m_parts.routes.size());
    m_onlyRoute = m_parts.routes.size() == 1 ? 0 : kNowhere;
    planStages();
    planRoutes();
}

void Recursion::planStages()
{
    const auto routes = static_cast<std::uint32_t>(m_parts.routes.size());
    const auto end = static_cast<std::uint32_t>(m_parts.stages.size());
    for (const Stage& stage : m_parts.stages) {
        StagePlan& plan = m_stagePlans.emplace_back();
        const CompiledStep& step = m_state.steps[stage.step];
        plan.op = stage.op;
        plan.step = stage.step;
        plan.draw = step.draw;
        plan.legOf.assign(routes, kNowhere);
        plan.nextOf.assign(routes, kNowhere);
        if (stage.op == Op::Delay || (stage.op == Op::Hop && step.other == kNone)) {
            const std::vector<Distribution>& laws = m_state.plan.draws[step.draw].byClass;
            plan.isConstant = laws.size() == 1 && laws.front().kind() == Distribution::Kind::Constant;
        }
    }
    for (std::uint32_t r = 0; r < routes; ++r) {
        const std::vector<Route::Leg>& legs = m_parts.routes[r].legs;
        for (std::uint32_t leg = 0; leg < legs.size(); ++leg) {
            StagePlan& plan = m_stagePlans[legs[leg].stage];
            plan.legOf[r] = leg;
            plan.nextOf[r] = leg + 1 < legs.size() ? legs[leg + 1].stage : end;
        }
    }
    for (StagePlan& plan : m_stagePlans) {
        const auto comes = [](std::uint32_t leg) { return leg != kNowhere; };
        if (std::count_if(plan.legOf.begin(), plan.legOf.end(), comes) == 1) {
            const auto only = std::find_if(plan.legOf.begin(), plan.legOf.end(), comes);
            plan.onlyRoute = static_cast<std::uint32_t>(only - plan.legOf.begin());
        }
    }
}

void Recursion::planRoutes()
{
    std::set<std::uint32_t> entries;
    std::set<std::uint32_t> picks;
    m_sources.resize(m_state.sources.size());
    for (const Route& route : m_parts.routes) {
        RoutePlan& plan = m_routePlans.emplace_back();
        plan.first =
            route.legs.empty() ? static_cast<std::uint32_t>(m_parts.stages.size()) : route.legs.front().stage;
        plan.source = route.source;
        plan.requestClass = route.requestClass;
        plan.points.resize(route.legs.size() + 1);
        for (std::uint32_t visit = 0; visit < route.visits.size(); ++visit) {
            const Route::Visit& each = route.visits[visit];
            plan.points[each.from].isEntry = true;
            plan.points[each.to].answers.push_back(visit);
            entries.insert(each.from);
            const bool isRoot = each.parent == kNowhere;
            const std::uint8_t outer = isRoot ? 0 : plan.depths[each.parent];
            plan.depths.push_back(static_cast<std::uint8_t>(isRoot ? 0 : outer + (outer < 255)));
        }
        for (std::uint32_t i = 0; i < route.counts.size(); ++i) {
            plan.points[route.counts[i].point].counts.push_back(i);
        }
        for (std::uint32_t i = 0; i < route.marks.size(); ++i) {
            plan.points[route.marks[i].point].marks.push_back(i);
        }
        for (std::uint32_t leg = 0; leg < route.legs.size(); ++leg) {
            if (m_parts.stages[route.legs[leg].stage].op == Op::Call) {
                picks.insert(leg);
            }
        }
        std::vector<std::uint32_t>& routeOf = m_sources[route.source].routeOf;
        routeOf.resize(m_state.classes.size(), kNowhere);
        routeOf[route.requestClass] = static_cast<std::uint32_t>(m_routePlans.size() - 1);
    }
    m_entryPoints.assign(entries.begin(), entries.end());
    m_pickLegs.assign(picks.begin(), picks.end());
    for (Requests* requests : {&m_requests, &m_otherRequests}) {
        requests->enteredAt.resize(entries.empty() ? 0 : *entries.rbegin() + 1);
        requests->replica.resize(picks.empty() ? 0 : *picks.rbegin() + 1);
        requests->entryPoints = m_entryPoints;
        requests->pickLegs = m_pickLegs;
    }
}

void Requests::reserve(std::size_t requests)
{
    if (created.size() >= requests) {
        return;
    }
    created.resize(requests);
    sequence.resize(requests);
    route.resize(requests);
    trace.resize(requests);
    slots.resize(requests);
    for (const std::uint32_t point : entryPoints) {
        enteredAt[point].resize(requests);
    }
    for (const std::uint32_t leg : pickLegs) {
        replica[leg].resize(requests);
    }
}

std::size_t Requests::memory() const
{
    const std::size_t columns = sizeof(std::int64_t) + sizeof(std::uint64_t) + 3 * sizeof(std::uint32_t) +
                                entryPoints.size() * sizeof(std::int64_t) +
                                pickLegs.size() * sizeof(std::uint32_t);
    return created.size() * columns;
}

void Requests::copy(const Requests& other, std::uint32_t from, std::uint32_t to)
{
    created[to] = other.created[from];
    sequence[to] = other.sequence[from];
    route[to] = other.route[from];
    trace[to] = other.trace[from];
    slots[to] = other.slots[from];
    for (const std::uint32_t point : entryPoints) {
        enteredAt[point][to] = other.enteredAt[point][from];
    }
    for (const std::uint32_t leg : pickLegs) {
        replica[leg][to] = other.replica[leg][from];
    }
}

Time Recursion::nextTime() const
{
    std::int64_t next = Departures::kNobody;
    for (const StageState& stage : m_stages) {
        next = std::min(next, stage.departures.nextTime());
        if (stage.first < stage.constant.size()) {
            next = std::min(next, stage.constant[stage.first].at);
        }
    }
    for (const Source& source : m_sources) {
        next = std::min(next, source.next);
    }
    return Time(next);
}

std::size_t Recursion::memory() const
{
    std::size_t bytes = m_requests.memory() + m_otherRequests.memory();
    const auto passing = [](const std::vector<Passing>& items) { return items.capacity() * sizeof(Passing); };
    for (std::size_t i = 0; i < m_stages.size(); ++i) {
        bytes += 2 * (m_stages[i].departures.memory() + passing(m_stages[i].constant));
        bytes += passing(m_inputs[i].items) + passing(m_left[i]);
    }
    for (const SlotsWindow& slots : m_slots) {
        bytes += 2 * (sizeof(slots) + passing(slots.line));
    }
    return bytes + passing(m_inputs.back().items) + passing(m_arrivals);
}

Recursion::Outcome Recursion::advance(Time until)
{
    const Time next = nextTime();
    if (next >= until) {
        return Outcome::Reached;
    }
    m_windowStart = next.count();
    // So that sums of moments stay small.
    constexpr std::int64_t kLongest = std::int64_t{1} << 40;
    const std::int64_t end = std::min(until.count(), m_windowStart + kLongest);
    backUp();
    if (!compute(end)) {
        restore();
        return Outcome::Undone;
    }
    commit();
    return windowEnd() == until ? Outcome::Reached : Outcome::Partly;
}

}  // namespace neph
