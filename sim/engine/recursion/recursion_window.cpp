#include <algorithm>
#include <utility>

#include "sim/engine/recursion/recursion.h"

namespace neph {

// Windows of a thousand arrivals fit into the nearer caches; with more requests under way they are longer, so
// that looking after those costs little for each arrival.
static constexpr std::uint32_t kLeastArrivals = 1024;
static constexpr std::uint32_t kMostArrivals = 1U << 22;

void Recursion::backUp()
{
    m_backup.stages = m_stages;
    m_backup.slots = m_slots;
    m_backup.draws = m_state.draws;
    m_backup.sources.clear();
    for (std::size_t i = 0; i < m_sources.size(); ++i) {
        m_backup.sources.push_back(
            {m_sources[i].next, m_sources[i].created, m_sources[i].sequence,
             m_state.sources[i].arrivals.position()});
    }
    m_backup.turns.clear();
    for (const ReplicaPool& pool : m_state.pools) {
        m_backup.turns.push_back(pool.turn());
    }
    m_otherRequests.reserve(m_requests.count);
    for (std::uint32_t i = 0; i < m_requests.count; ++i) {
        m_otherRequests.copy(m_requests, i, i);
    }
    m_before = m_requests.count;
}

void Recursion::restore()
{
    std::swap(m_stages, m_backup.stages);
    std::swap(m_slots, m_backup.slots);
    m_state.draws = m_backup.draws;
    for (std::size_t i = 0; i < m_sources.size(); ++i) {
        const SourceBackup& before = m_backup.sources[i];
        m_sources[i].next = before.next;
        m_sources[i].created = before.created;
        m_sources[i].sequence = before.sequence;
        m_state.sources[i].arrivals.goTo(before.arrivals);
    }
    for (std::size_t i = 0; i < m_backup.turns.size(); ++i) {
        m_state.pools[i].setTurn(m_backup.turns[i]);
    }
    m_requests.count = m_before;
    for (std::uint32_t i = 0; i < m_requests.count; ++i) {
        m_requests.copy(m_otherRequests, i, i);
    }
}

bool Recursion::compute(std::int64_t until)
{
    for (Input& input : m_inputs) {
        input.items.clear();
        input.isMixed = false;
    }
    for (std::vector<TraceNote>& notes : m_notes) {
        notes.clear();
    }
    if (!arrive(until)) {
        return false;
    }
    for (std::size_t stage = 0; stage < m_stagePlans.size(); ++stage) {
        if (!putInOrder(m_inputs[stage])) {
            return false;
        }
        m_left[stage].clear();
        switch (m_stagePlans[stage].op) {
        case Op::Call:
            pick(stage);
            break;
        case Op::Serve:
            if (!serve(stage, m_windowEnd)) {
                return false;
            }
            break;
        default:
            if (m_stagePlans[stage].isConstant) {
                delayConstantly(stage, m_windowEnd);
            } else {
                delay(stage, m_windowEnd);
            }
            break;
        }
        deliver(stage);
    }
    return putInOrder(m_inputs.back());
}

std::uint32_t Recursion::earliestSource(bool& isTie) const
{
    std::uint32_t earliest = 0;
    for (std::uint32_t i = 1; i < m_sources.size(); ++i) {
        isTie = m_sources[i].next == m_sources[earliest].next ||
                (isTie && m_sources[i].next > m_sources[earliest].next);
        earliest = m_sources[i].next < m_sources[earliest].next ? i : earliest;
    }
    return earliest;
}

bool Recursion::arrive(std::int64_t until)
{
    const std::uint32_t most = std::clamp(m_requests.count, kLeastArrivals, kMostArrivals);
    m_requests.reserve(m_requests.count + most);
    m_arrivals.clear();
    m_windowEnd = until;
    m_untilTrace = m_loop.traces.untilNext();
    m_nextTrace = m_loop.traces.nextNumber();
    m_traceRoom = m_loop.traces.room();
    m_hasTraceRoom = true;
    for (;;) {
        bool isTie = false;
        const std::uint32_t source = earliestSource(isTie);
        const std::int64_t at = m_sources[source].next;
        if (at >= until) {
            break;
        }
        if (m_arrivals.size() == most) {
            m_windowEnd = at;
            break;
        }
        if (isTie) {
            m_windowEnd = at + 1;
            return false;
        }
        startRequest(source, at);
    }
    // At this point the window's end is known, also to who must do it by events.
    return m_hasTraceRoom;
}

void Recursion::startRequest(std::uint32_t index, std::int64_t at)
{
    SourceState& state = m_state.sources[index];
    Source& source = m_sources[index];
    const std::int64_t created = source.created;
    const Time next = state.arrivals.after(Time(at));
    source.next = next != kNever ? next.count() : Departures::kNobody;
    source.created = 2 * at;
    source.sequence = 0;

    const std::uint32_t requestClass = state.arrivals.nextClass();
    const std::uint32_t route = source.routeOf[requestClass];
    const std::uint32_t request = m_requests.count++;
    m_requests.created[request] = created;
    m_requests.route[request] = route;
    m_requests.trace[request] = 0;
    if (m_untilTrace != 0 && --m_untilTrace == 0) [[unlikely]] {
        m_hasTraceRoom = m_traceRoom > 0;
        m_traceRoom -= m_hasTraceRoom ? 1 : 0;
        m_untilTrace = m_loop.traces.every();
        m_requests.trace[request] = m_nextTrace++;
        m_notes.back().push_back(
            {TraceNote::What::Starts, request, static_cast<std::uint32_t>(m_arrivals.size()), at, {}});
    }
    m_arrivals.push_back({at, request});
    m_inputs[m_routePlans[route].first].items.push_back({at, request});
}

bool Recursion::putInOrder(Input& input)
{
    if (!input.isMixed) {
        return true;
    }
    const std::vector<std::int64_t>& created = m_requests.created;
    const auto isBefore = [&created](const Passing& a, const Passing& b) {
        return a.at != b.at ? a.at < b.at : created[a.request] / 2 < created[b.request] / 2;
    };
    std::stable_sort(input.items.begin(), input.items.end(), isBefore);
    // What happens at one moment and was made at one moment is told apart by events only.
    const auto isTie = [this](const Passing& a, const Passing& b) {
        return a.at == b.at && isUnclear(a.request, b.request);
    };
    return std::adjacent_find(input.items.begin(), input.items.end(), isTie) == input.items.end();
}

void Recursion::pick(std::size_t stage)
{
    const StagePlan& plan = m_stagePlans[stage];
    std::vector<Passing>& items = m_inputs[stage].items;
    for (const Passing& item : items) {
        const std::uint32_t route = routeOf(plan, item.request);
        const std::uint32_t leg = plan.legOf[route];
        const CompiledStep& step = m_state.steps[m_parts.routes[route].legs[leg].step];
        m_requests.replica[leg][item.request] = m_state.pools[step.pool].pick(step.routing, m_state.replicas);
        if (m_requests.trace[item.request] != 0) [[unlikely]] {
            m_notes[stage].push_back({TraceNote::What::Leaves, item.request, leg, item.at, {}});
        }
    }
    m_left[stage] = items;
}

std::uint32_t Recursion::replicaOf(std::uint32_t request, const Route& route, std::uint32_t visit) const
{
    const std::uint32_t leg = route.visits[visit].picked;
    return leg == kNowhere ? kNone : m_requests.replica[leg][request];
}

std::uint16_t Recursion::zoneOf(std::uint32_t request, const Route& route, std::uint32_t visit) const
{
    const std::uint32_t replica = replicaOf(request, route, visit);
    return replica == kNone ? std::uint16_t{0xFFFF} : m_state.replicas[replica].zone;
}

double Recursion::hopSeconds(const StagePlan& plan, std::uint32_t request)
{
    constexpr std::uint16_t kNothing = 0xFFFF;
    const CompiledStep& step = m_state.steps[plan.step];
    const std::uint32_t index = routeOf(plan, request);
    const std::uint32_t requestClass = m_routePlans[index].requestClass;
    if (plan.op == Op::Hop) {
        const Route& route = m_parts.routes[index];
        const std::uint32_t visit = route.legs[plan.legOf[index]].visit;
        const std::uint32_t parent = route.visits[visit].parent;
        const std::uint16_t from = parent == kNowhere ? kNothing : zoneOf(request, route, parent);
        const std::uint16_t here = zoneOf(request, route, visit);
        if (from != kNothing && here != kNothing && from != here) {
            ++m_across[static_cast<std::size_t>(&plan - m_stagePlans.data())][index];
            return m_state.draws[step.other != kNone ? step.other : step.draw].sample(requestClass);
        }
    }
    return m_state.draws[step.draw].sample(requestClass);
}

void Recursion::delayConstantly(std::size_t stage, std::int64_t until)
{
    const StagePlan& plan = m_stagePlans[stage];
    StageState& state = m_stages[stage];
    for (const Passing& item : m_inputs[stage].items) {
        const std::int64_t due = item.at + fromSeconds(hopSeconds(plan, item.request)).count();
        m_requests.created[item.request] = 2 * item.at + 1;
        m_requests.sequence[item.request] = 0;
        if (m_requests.trace[item.request] != 0) [[unlikely]] {
            const std::uint32_t leg = plan.legOf[routeOf(plan, item.request)];
            m_notes[stage].push_back({TraceNote::What::Waits, item.request, leg, item.at, {}});
        }
        state.constant.push_back({due, item.request});
    }
    for (; state.first < state.constant.size() && state.constant[state.first].at < until; ++state.first) {
        const Passing& leaving = state.constant[state.first];
        m_left[stage].push_back(leaving);
        if (m_requests.trace[leaving.request] != 0) [[unlikely]] {
            const std::uint32_t leg = plan.legOf[routeOf(plan, leaving.request)];
            m_notes[stage].push_back({TraceNote::What::Leaves, leaving.request, leg, leaving.at, {}});
        }
    }
}

void Recursion::delay(std::size_t stage, std::int64_t until)
{
    const StagePlan& plan = m_stagePlans[stage];
    Departures& departures = m_stages[stage].departures;
    const auto letGoBefore = [&](std::int64_t end) {
        while (departures.nextTime() < end) {
            const Passing leaving{departures.nextTime(), departures.nextRequest()};
            departures.removeNext();
            m_left[stage].push_back(leaving);
            if (m_requests.trace[leaving.request] != 0) [[unlikely]] {
                const std::uint32_t leg = plan.legOf[routeOf(plan, leaving.request)];
                m_notes[stage].push_back({TraceNote::What::Leaves, leaving.request, leg, leaving.at, {}});
            }
        }
    };
    for (const Passing& item : m_inputs[stage].items) {
        letGoBefore(item.at);
        m_requests.created[item.request] = 2 * item.at + 1;
        m_requests.sequence[item.request] = 0;
        departures.insert(item.at + fromSeconds(hopSeconds(plan, item.request)).count(), item.request);
        if (m_requests.trace[item.request] != 0) [[unlikely]] {
            const std::uint32_t leg = plan.legOf[routeOf(plan, item.request)];
            m_notes[stage].push_back({TraceNote::What::Waits, item.request, leg, item.at, {}});
        }
    }
    letGoBefore(until);
}

std::uint32_t Recursion::slotsOf(const StagePlan& plan, std::uint32_t request) const
{
    const CompiledStep& step = m_state.steps[plan.step];
    if (step.stationMask == 0) {
        return m_slotsOf[step.station];
    }
    const std::uint32_t index = routeOf(plan, request);
    const Route& route = m_parts.routes[index];
    const std::uint32_t replica = replicaOf(request, route, route.legs[plan.legOf[index]].visit);
    return m_slotsOf[step.station + m_state.replicas[replica].base];
}

// In one piece, as RequestLoop::handle() is.
[[gnu::flatten]] bool Recursion::serve(std::size_t stage, std::int64_t until)
{
    const StagePlan& plan = m_stagePlans[stage];
    StageState& state = m_stages[stage];
    const Passing* item = m_inputs[stage].items.data();
    const Passing* const end = item + m_inputs[stage].items.size();
    std::vector<Passing>& left = m_left[stage];
    for (;;) {
        const std::int64_t due = state.departures.nextTime();
        const std::int64_t at = item != end ? item->at : until;
        if (due == at && item != end) [[unlikely]] {
            const std::uint32_t leaving = state.departures.nextRequest();
            if (isUnclear(leaving, item->request)) {
                return false;
            }
            if (m_requests.created[leaving] > m_requests.created[item->request]) {
                if (!enterSlots(plan, state, *item++, m_notes[stage])) {
                    return false;
                }
                continue;
            }
        } else if (due >= at) {
            if (item == end) {
                return true;
            }
            if (!enterSlots(plan, state, *item++, m_notes[stage])) {
                return false;
            }
            continue;
        }
        left.push_back({due, state.departures.nextRequest()});
        leaveSlots(plan, state, due, m_notes[stage]);
    }
}

inline void
Recursion::start(const StagePlan& plan, StageState& state, std::uint32_t request, std::int64_t at, int isOwn)
{
    m_requests.created[request] = 2 * at + isOwn;
    m_requests.sequence[request] = 0;
    const std::uint32_t requestClass = m_routePlans[routeOf(plan, request)].requestClass;
    state.departures.insert(at + m_state.draws[plan.draw].sampleTime(requestClass).count(), request);
}

inline bool Recursion::enterSlots(
    const StagePlan& plan, StageState& state, const Passing& item, std::vector<TraceNote>& notes)
{
    const std::uint32_t place = slotsOf(plan, item.request);
    SlotsWindow& slots = m_slots[place];
    m_requests.slots[item.request] = place;
    ++slots.arrivals;
    if (m_requests.trace[item.request] != 0) [[unlikely]] {
        const std::uint32_t leg = plan.legOf[routeOf(plan, item.request)];
        notes.push_back(
            {TraceNote::What::Waits,
             item.request,
             leg,
             item.at,
             {slots.busy, slots.capacity, slots.waiting}});
    }
    if (slots.busy < slots.capacity) {
        ++slots.busy;
        slots.busyMoments -= item.at - m_windowStart;
        start(plan, state, item.request, item.at, 1);
        return true;
    }
    if (slots.waiting >= slots.queueLimit) {
        return false;  // Refused: not a matter of stages.
    }
    ++slots.waiting;
    slots.waitMoments -= item.at - m_windowStart;
    slots.line.push_back(item);
    return true;
}

inline void Recursion::leaveSlots(
    const StagePlan& plan, StageState& state, std::int64_t at, std::vector<TraceNote>& notes)
{
    const std::uint32_t leaving = state.departures.nextRequest();
    state.departures.removeNext();
    SlotsWindow& slots = m_slots[m_requests.slots[leaving]];
    ++slots.completions;
    slots.services += at - m_requests.created[leaving] / 2;
    if (slots.waiting > 0 && slots.busy <= slots.capacity) {
        const Passing next = slots.line[slots.first++];
        --slots.waiting;
        ++slots.waited;
        slots.waitMoments += at - m_windowStart;
        slots.waits += at - next.at;
        start(plan, state, next.request, at, 0);
        if (m_requests.trace[next.request] != 0) [[unlikely]] {
            const std::uint32_t leg = plan.legOf[routeOf(plan, next.request)];
            notes.push_back({TraceNote::What::Served, next.request, leg, at, {}});
        }
    } else {
        --slots.busy;
        slots.busyMoments += at - m_windowStart;
    }
    if (m_requests.trace[leaving] != 0) [[unlikely]] {
        const std::uint32_t leg = plan.legOf[routeOf(plan, leaving)];
        notes.push_back({TraceNote::What::Leaves, leaving, leg, at, {}});
    }
}

void Recursion::deliver(std::size_t stage)
{
    const StagePlan& plan = m_stagePlans[stage];
    const std::vector<Passing>& left = m_left[stage];
    if (plan.onlyRoute != kNowhere) {
        Input& input = m_inputs[plan.nextOf[plan.onlyRoute]];
        input.isMixed = input.isMixed || (!input.items.empty() && !left.empty());
        input.items.insert(input.items.end(), left.begin(), left.end());
        return;
    }
    std::vector<std::uint32_t> reached;
    for (const Passing& item : left) {
        const std::uint32_t next = plan.nextOf[m_requests.route[item.request]];
        if (std::find(reached.begin(), reached.end(), next) == reached.end()) {
            reached.push_back(next);
            m_inputs[next].isMixed = m_inputs[next].isMixed || !m_inputs[next].items.empty();
        }
        m_inputs[next].items.push_back(item);
    }
}

}  // namespace neph
