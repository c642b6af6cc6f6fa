#include <algorithm>
#include <utility>

#include "sim/engine/recursion/recursion.h"

namespace neph {

template <class Use>
void Recursion::byRoute(std::uint32_t onlyRoute, const std::vector<Passing>& items, Use&& use)
{
    if (items.empty()) {
        return;
    }
    if (onlyRoute != kNowhere) {
        use(onlyRoute, std::span<const Passing>(items));
        return;
    }
    for (std::vector<Passing>& each : m_scratch) {
        each.clear();
    }
    for (const Passing& item : items) {
        m_scratch[m_requests.route[item.request]].push_back(item);
    }
    for (std::uint32_t route = 0; route < m_scratch.size(); ++route) {
        if (!m_scratch[route].empty()) {
            use(route, std::span<const Passing>(m_scratch[route]));
        }
    }
}

void Recursion::commit()
{
    std::int64_t last = m_windowStart;
    std::uint64_t handled = m_arrivals.size();
    commitNotes(m_notes.back());
    byRoute(m_onlyRoute, m_arrivals, [this](std::uint32_t route, std::span<const Passing> items) {
        m_state.classes[m_routePlans[route].requestClass].started += items.size();
        commitPoint(route, 0, items);
    });
    last = m_arrivals.empty() ? last : std::max(last, m_arrivals.back().at);
    for (std::size_t stage = 0; stage < m_stagePlans.size(); ++stage) {
        commitStage(stage);
        const std::vector<Passing>& left = m_left[stage];
        handled += m_stagePlans[stage].op == Op::Call ? 0 : left.size();
        last = left.empty() ? last : std::max(last, left.back().at);
    }
    commitSlots();
    commitEnds();
    forgetEnded();
    m_spared += handled;
    m_sim.countHandled(handled);
    m_sim.setNow(Time(last));
}

void Recursion::commitStage(std::size_t stage)
{
    const StagePlan& plan = m_stagePlans[stage];
    commitNotes(m_notes[stage]);
    byRoute(plan.onlyRoute, m_left[stage], [&](std::uint32_t route, std::span<const Passing> items) {
        const std::uint32_t leg = plan.legOf[route];
        if (plan.op == Op::Call) {
            commitPicks(route, leg, items);
        }
        commitPoint(route, leg + 1, items);
    });
    const CompiledStep& step = m_state.steps[plan.step];
    for (std::uint32_t route = 0; route < m_across[stage].size(); ++route) {
        const std::uint64_t across = std::exchange(m_across[stage][route], 0);
        if (across > 0 && step.meter != kNone) {
            const std::uint32_t c = m_routePlans[route].requestClass;
            m_state.meters[step.meter + c] +=
                across * static_cast<std::uint64_t>(m_state.amounts[step.amount + c]);
        }
    }
}

void Recursion::commitPicks(std::uint32_t route, std::uint32_t leg, std::span<const Passing> items)
{
    const std::vector<std::uint32_t>& picked = m_requests.replica[leg];
    for (const Passing& item : items) {
        Replica& replica = m_state.replicas[picked[item.request]];
        ++replica.requests;
        ++replica.inFlight;
    }
    ReplicaPool& pool = m_state.pools[m_state.steps[m_parts.routes[route].legs[leg].step].pool];
    pool.requests += items.size();
    pool.inFlight += items.size();
}

void Recursion::commitPoint(std::uint32_t routeIndex, std::uint32_t point, std::span<const Passing> items)
{
    const Route& route = m_parts.routes[routeIndex];
    const RoutePlan& plan = m_routePlans[routeIndex];
    const PointPlan& here = plan.points[point];
    if (here.isEntry) {
        std::vector<std::int64_t>& enteredAt = m_requests.enteredAt[point];
        for (const Passing& item : items) {
            enteredAt[item.request] = item.at;
        }
    }
    for (const std::uint32_t i : here.counts) {
        const Route::Count& count = route.counts[i];
        if (count.link) {
            m_state.links[count.link.value].calls += items.size();
        } else {
            const std::size_t classes = m_state.plan.classes.size();
            const std::int64_t amount = m_state.amounts[count.amount.value * classes + plan.requestClass];
            m_state.meters[count.meter.value * m_state.meterRow() + plan.requestClass] +=
                items.size() * static_cast<std::uint64_t>(amount);
        }
    }
    for (const std::uint32_t visit : here.answers) {
        commitAnswers(routeIndex, visit, items);
    }
}

void Recursion::commitAnswers(
    std::uint32_t routeIndex, std::uint32_t visitIndex, std::span<const Passing> items)
{
    const Route::Visit& visit = m_parts.routes[routeIndex].visits[visitIndex];
    const std::vector<std::int64_t>& enteredAt = m_requests.enteredAt[visit.from];
    const auto latency = [&](std::size_t i) { return items[i].at - enteredAt[items[i].request]; };
    const bool isRoot = visit.parent == kNowhere;
    ClassState& requestClass = m_state.classes[m_routePlans[routeIndex].requestClass];
    if (!isRoot || !requestClass.isOfOneNode) {
        m_state.nodes[m_state.paths[visit.path].node].latency->addMany(items.size(), latency);
    }
    if (isRoot) {
        requestClass.latency.addMany(items.size(), latency);
        requestClass.outcomes[0] += items.size();
    }
    if (visit.isRouted) {
        const std::vector<std::uint32_t>& picked = m_requests.replica[visit.picked];
        for (const Passing& item : items) {
            --m_state.replicas[picked[item.request]].inFlight;
        }
        const CompiledStep& step = m_state.steps[visit.callStep];
        m_state.pools[step.pool].inFlight -= items.size();
    }
}

void Recursion::commitSlots()
{
    for (SlotsWindow& slots : m_slots) {
        Station& station = m_state.stations[slots.station];
        station.arrivals += std::exchange(slots.arrivals, 0);
        station.completions += std::exchange(slots.completions, 0);
        station.waited += std::exchange(slots.waited, 0);
        SlotsState& counts = station.slots;
        const Int128 start = m_windowStart;
        counts.busyArea.change(std::exchange(slots.busyMoments, 0) + (counts.busy - slots.busy) * start);
        counts.waitArea.change(
            std::exchange(slots.waitMoments, 0) + (counts.waiting - slots.waiting) * start);
        counts.busy = slots.busy;
        counts.waiting = slots.waiting;
        counts.waits += std::exchange(slots.waits, 0);
        counts.services += std::exchange(slots.services, 0);
        slots.line.erase(slots.line.begin(), slots.line.begin() + static_cast<std::ptrdiff_t>(slots.first));
        slots.first = 0;
    }
}

void Recursion::commitEnds()
{
    const auto& items = m_inputs.back().items;
    for (const Passing& item : items) {
        m_state.note(Time(item.at), m_routePlans[m_requests.route[item.request]].requestClass);
        if (m_requests.trace[item.request] != 0) [[unlikely]] {
            m_loop.traces.finish(m_requests.trace[item.request], Time(item.at), 0);
        }
    }
}

Frame Recursion::traced(std::uint32_t request, std::uint32_t visit, std::uint32_t step) const
{
    const std::uint32_t route = m_requests.route[request];
    Frame frame;
    frame.step = step;
    frame.trace = m_requests.trace[request];
    frame.replica = replicaOf(request, m_parts.routes[route], visit);
    frame.depth = m_routePlans[route].depths[visit];
    return frame;
}

void Recursion::mark(std::uint32_t request, std::uint32_t point, std::int64_t at)
{
    const std::uint32_t index = m_requests.route[request];
    for (const std::uint32_t i : m_routePlans[index].points[point].marks) {
        const Route::Mark& call = m_parts.routes[index].marks[i];
        const Frame caller = traced(request, call.visit, call.step);
        if (call.isBegin) {
            m_loop.traces.begin(caller, call.visit, call.step, Time(at), {});
        } else {
            m_loop.traces.end(caller, call.visit, call.step, Time(at), 0);
        }
    }
}

void Recursion::commitNotes(const std::vector<TraceNote>& notes)
{
    TraceRecorder& traces = m_loop.traces;
    std::uint32_t arrived = 0;
    for (const TraceNote& note : notes) {
        const std::uint32_t index = m_requests.route[note.request];
        if (note.what == TraceNote::What::Starts) {
            const RoutePlan& plan = m_routePlans[index];
            traces.skip(note.leg - arrived);
            traces.startOrNot(plan.source, plan.requestClass, Time(note.at));
            arrived = note.leg + 1;
            mark(note.request, 0, note.at);
            continue;
        }
        const Route::Leg& leg = m_parts.routes[index].legs[note.leg];
        const Frame frame = traced(note.request, leg.visit, leg.step);
        if (note.what == TraceNote::What::Waits) {
            traces.begin(frame, leg.visit, leg.step, Time(note.at), note.crowd);
        } else if (note.what == TraceNote::What::Served) {
            traces.serve(frame, leg.visit, Time(note.at));
        } else {
            if (m_stagePlans[leg.stage].op != Op::Call) {
                traces.end(frame, leg.visit, leg.step, Time(note.at), 0);
            }
            mark(note.request, note.leg + 1, note.at);
        }
    }
    if (&notes == &m_notes.back()) {
        traces.skip(static_cast<std::uint32_t>(m_arrivals.size()) - arrived);
    }
}

void Recursion::forgetEnded()
{
    m_otherRequests.count = 0;
    m_otherRequests.reserve(m_requests.count);
    const auto keep = [this](std::uint32_t request) {
        m_otherRequests.copy(m_requests, request, m_otherRequests.count);
        return m_otherRequests.count++;
    };
    for (StageState& stage : m_stages) {
        stage.departures.renumber(keep);
        stage.constant.erase(
            stage.constant.begin(), stage.constant.begin() + static_cast<std::ptrdiff_t>(stage.first));
        stage.first = 0;
        for (Passing& waiting : stage.constant) {
            waiting.request = keep(waiting.request);
        }
    }
    for (SlotsWindow& slots : m_slots) {
        for (Passing& waiting : slots.line) {
            waiting.request = keep(waiting.request);
        }
    }
    std::swap(m_requests, m_otherRequests);
}

}  // namespace neph
