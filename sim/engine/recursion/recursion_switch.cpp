#include <algorithm>
#include <utility>

#include "sim/engine/recursion/recursion.h"

namespace neph {

bool Recursion::areFramesReady() const
{
    const FrameSlab& frames = m_state.frames;
    for (std::uint32_t i = 0; i < frames.size(); ++i) {
        const Frame& frame = frames[i];
        if (frames.isFree(i)) {
            continue;
        }
        const bool isWaiting = frame.waits == Waits::Timer || frame.waits == Waits::Service ||
                               frame.waits == Waits::Line || frame.waits == Waits::Answers;
        if (!isWaiting || (frame.flags & (Frame::kControl | Frame::kOrphan)) != 0) {
            return false;
        }
    }
    // Only now: what an orphan has called is no part of a route.
    for (std::uint32_t i = 0; i < frames.size(); ++i) {
        if (!frames.isFree(i) && frames[i].waits != Waits::Answers && !enteredOnTime(i)) {
            return false;
        }
    }
    return true;
}

const Route& Recursion::routeOfFrame(std::uint32_t leaf) const
{
    const FrameSlab& frames = m_state.frames;
    std::uint32_t root = leaf;
    while (frames[root].parent != kNone) {
        root = frames[root].parent;
    }
    return m_parts.routes[m_sources[frames[root].call].routeOf[frames[root].requestClass]];
}

static std::vector<Route::Leg>::const_iterator legAt(const Route& route, std::uint32_t step)
{
    return std::find_if(
        route.legs.begin(), route.legs.end(), [step](const Route::Leg& leg) { return leg.step == step; });
}

bool Recursion::enteredOnTime(std::uint32_t leaf) const
{
    // Where a disturbance has held a request up, a call was not made at the moment at which stages make it.
    const FrameSlab& frames = m_state.frames;
    const Route& route = routeOfFrame(leaf);
    std::uint32_t visit = legAt(route, frames[leaf].step)->visit;
    for (std::uint32_t at = leaf; frames[at].parent != kNone; at = frames[at].parent) {
        const std::uint32_t caller = route.visits[visit].parent;
        const bool isSamePoint = route.visits[visit].from == route.visits[caller].from;
        if (isSamePoint && frames[at].entered != frames[frames[at].parent].entered) {
            return false;
        }
        visit = caller;
    }
    return true;
}

bool Recursion::canPick(const ReplicaPool& pool, Routing routing) const
{
    // A choice by weight may fall on any of the first replicas.
    const auto serves = [this](std::uint32_t replica) { return m_state.replicas[replica].isInService; };
    const bool isByWeight = routing == Routing::ByWeight;
    return pool.inServiceCount() > 0 && !pool.hasShares() &&
           (!isByWeight || std::all_of(pool.fixed.begin(), pool.fixed.end(), serves));
}

bool Recursion::isReady() const
{
    if (m_state.disturbedNodes > 0 || m_state.controls.size() > m_state.freeControls.size()) {
        return false;
    }
    for (const Route& route : m_parts.routes) {
        for (const Route::Leg& leg : route.legs) {
            const CompiledStep& step = m_state.steps[leg.step];
            if (step.op == Op::Call && !canPick(m_state.pools[step.pool], step.routing)) {
                return false;
            }
        }
    }
    return areFramesReady();
}

bool Recursion::enter()
{
    if (m_isOn || !isReady()) {
        return m_isOn;
    }
    std::vector<EventSet::Event> events;
    m_sim.events().takeAll([&events](const EventSet::Event& event) { events.push_back(event); });
    const auto isOthers = [](const EventSet::Event& event) {
        return (event.what & Simulation::kProcessBit) != 0;
    };
    const bool isPossible = std::all_of(events.begin(), events.end(), [&](const EventSet::Event& event) {
        return isOthers(event) || RequestLoop::isOfFrame(event.what) || RequestLoop::isArrival(event.what);
    });
    for (const EventSet::Event& event : events) {
        if (!isPossible || isOthers(event)) {
            m_sim.events().putBack(event);
        }
    }
    if (!isPossible) {
        return false;
    }
    m_isOn = true;
    m_requests.count = 0;
    m_requests.reserve(m_state.frames.size());
    findSlots();
    std::vector<std::uint32_t> adopted;
    for (const EventSet::Event& event : events) {
        const std::uint32_t index = RequestLoop::indexOf(event.what);
        if (isOthers(event)) {
            continue;
        }
        if (RequestLoop::isArrival(event.what)) {
            m_sources[index].next = event.at.count();
            m_sources[index].created = kUnknown;
            m_sources[index].sequence = event.sequence;
            continue;
        }
        const std::uint32_t request = adopt(index, event.sequence);
        const std::uint32_t stage = stageOf(index, request);
        if (m_stagePlans[stage].isConstant) {
            m_stages[stage].constant.push_back({event.at.count(), request});
        } else {
            m_stages[stage].departures.insert(event.at.count(), request);
        }
        adopted.push_back(index);
    }
    adoptLines(adopted);
    for (const std::uint32_t leaf : adopted) {
        for (std::uint32_t at = leaf; at != kNone;) {
            const std::uint32_t parent = m_state.frames[at].parent;
            m_state.frames.give(at);
            at = parent;
        }
    }
    return true;
}

std::uint32_t Recursion::stageOf(std::uint32_t frame, std::uint32_t request) const
{
    const Route& route = m_parts.routes[m_requests.route[request]];
    return legAt(route, m_state.frames[frame].step)->stage;
}

void Recursion::findSlots()
{
    m_slots.clear();
    m_slotsOf.assign(m_state.stations.size(), kNowhere);
    const auto add = [this](std::size_t stage, std::uint32_t at) {
        const Station& station = m_state.stations[at];
        m_slotsOf[at] = static_cast<std::uint32_t>(m_slots.size());
        SlotsWindow& slots = m_slots.emplace_back();
        slots.stage = static_cast<std::uint32_t>(stage);
        slots.station = at;
        slots.busy = station.slots.busy;
        slots.capacity = station.slots.capacity;
        slots.waiting = station.slots.waiting;
        slots.queueLimit = station.slots.queueLimit;
    };
    for (std::size_t index = 0; index < m_stagePlans.size(); ++index) {
        const StagePlan& stage = m_stagePlans[index];
        if (stage.op != Op::Serve) {
            continue;
        }
        const CompiledStep& step = m_state.steps[stage.step];
        if (step.stationMask == 0) {
            add(index, step.station);
            continue;
        }
        const StationId station = m_state.plan.steps[stage.step].station;
        for (const std::uint32_t id : m_state.pools[m_state.plan.stations[station.value].pool.value].living) {
            add(index, step.station + m_state.replicas[id].base);
        }
    }
}

std::uint32_t Recursion::adopt(std::uint32_t leaf, std::uint64_t sequence)
{
    const FrameSlab& frames = m_state.frames;
    const Route& route = routeOfFrame(leaf);
    const std::uint32_t request = m_requests.count++;
    m_requests.route[request] = static_cast<std::uint32_t>(&route - m_parts.routes.data());
    m_requests.created[request] = 2 * frames[leaf].since.count();
    m_requests.sequence[request] = sequence;
    m_requests.trace[request] = frames[leaf].trace;
    const auto leg = legAt(route, frames[leaf].step);
    std::uint32_t visit = leg->visit;
    for (std::uint32_t at = leaf; at != kNone; at = frames[at].parent) {
        const Route::Visit& here = route.visits[visit];
        m_requests.enteredAt[here.from][request] = frames[at].entered.count();
        if (here.isRouted) {
            m_requests.replica[here.picked][request] = frames[at].replica;
        }
        if (frames[at].trace != 0) {
            m_loop.traces.rename(frames[at].trace, frames[at].step, at, visit);
        }
        visit = here.parent;
    }
    const StagePlan& stage = m_stagePlans[leg->stage];
    m_requests.slots[request] = stage.op == Op::Serve ? slotsOf(stage, request) : kNowhere;
    return request;
}

void Recursion::adoptLines(std::vector<std::uint32_t>& adopted)
{
    for (SlotsWindow& slots : m_slots) {
        SlotsState& line = m_state.stations[slots.station].slots;
        std::uint32_t at = line.head;
        for (std::int64_t left = slots.waiting; left > 0; --left) {
            slots.line.push_back({m_state.frames[at].since.count(), adopt(at, 0)});
            adopted.push_back(at);
            at = m_state.frames[at].next;
        }
        line.head = kNone;
        line.tail = kNone;
    }
}

template <class Use>
void Recursion::forEachPending(Use&& use)
{
    for (std::uint32_t stage = 0; stage < m_stages.size(); ++stage) {
        m_stages[stage].departures.forEach(
            [&](std::int64_t at, std::uint32_t request) { use(stage, at, request); });
        for (std::size_t i = m_stages[stage].first; i < m_stages[stage].constant.size(); ++i) {
            use(stage, m_stages[stage].constant[i].at, m_stages[stage].constant[i].request);
        }
    }
}

void Recursion::settle()
{
    std::vector<std::pair<std::int64_t, std::uint64_t*>> unnumbered;
    forEachPending([&](std::uint32_t, std::int64_t, std::uint32_t request) {
        if (m_requests.sequence[request] == 0) {
            unnumbered.emplace_back(m_requests.created[request], &m_requests.sequence[request]);
        }
    });
    for (Source& source : m_sources) {
        if (source.sequence == 0 && source.next != Departures::kNobody) {
            unnumbered.emplace_back(source.created, &source.sequence);
        }
    }
    std::stable_sort(
        unnumbered.begin(), unnumbered.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    std::uint64_t number = m_sim.events().reserve(unnumbered.size());
    for (const auto& [created, sequence] : unnumbered) {
        *sequence = number++;
    }
}

void Recursion::leave()
{
    if (!m_isOn) {
        return;
    }
    settle();
    m_isOn = false;
    forEachPending([this](std::uint32_t stage, std::int64_t at, std::uint32_t request) {
        const std::uint32_t leg = m_stagePlans[stage].legOf[m_requests.route[request]];
        const std::uint32_t index = makeFrames(request, leg);
        Frame& frame = m_state.frames[index];
        frame.waits = m_stagePlans[stage].op == Op::Serve ? Waits::Service : Waits::Timer;
        frame.since = Time(m_requests.created[request] / 2);
        m_sim.events().putBack({Time(at), RequestLoop::frameEvent(index), m_requests.sequence[request]});
    });
    for (std::uint32_t stage = 0; stage < m_stages.size(); ++stage) {
        m_stages[stage] = {};
    }
    for (const SlotsWindow& slots : m_slots) {
        handBackLine(slots);
    }
    for (std::uint32_t i = 0; i < m_sources.size(); ++i) {
        if (m_sources[i].next != Departures::kNobody) {
            m_sim.events().putBack(
                {Time(m_sources[i].next), RequestLoop::arrivalEvent(i), m_sources[i].sequence});
        }
        m_sources[i].next = Departures::kNobody;
    }
}

void Recursion::handBackLine(const SlotsWindow& slots)
{
    SlotsState& line = m_state.stations[slots.station].slots;
    for (std::size_t i = slots.first; i < slots.line.size(); ++i) {
        const std::uint32_t request = slots.line[i].request;
        const std::uint32_t leg = m_stagePlans[slots.stage].legOf[m_requests.route[request]];
        const std::uint32_t index = makeFrames(request, leg);
        Frame& frame = m_state.frames[index];
        frame.waits = Waits::Line;
        frame.since = Time(slots.line[i].at);
        frame.next = kNone;
        (line.head == kNone ? line.head : m_state.frames[line.tail].next) = index;
        line.tail = index;
    }
}

std::uint32_t Recursion::makeFrames(std::uint32_t request, std::uint32_t leg)
{
    const std::uint32_t routeIndex = m_requests.route[request];
    const Route& route = m_parts.routes[routeIndex];
    const RoutePlan& plan = m_routePlans[routeIndex];
    std::vector<std::uint32_t> visits;
    for (std::uint32_t visit = route.legs[leg].visit; visit != kNowhere; visit = route.visits[visit].parent) {
        visits.push_back(visit);
    }
    std::uint32_t parent = kNone;
    for (std::size_t i = visits.size(); i-- > 0;) {
        const Route::Visit& visit = route.visits[visits[i]];
        const std::uint32_t index = m_state.frames.take();
        Frame& frame = m_state.frames[index];
        const std::uint32_t generation = frame.generation;
        frame = Frame{};
        frame.generation = generation;
        frame.parent = parent;
        frame.path = static_cast<std::uint16_t>(visit.path);
        frame.entered = Time(m_requests.enteredAt[visit.from][request]);
        frame.since = frame.entered;
        frame.trace = m_requests.trace[request];
        frame.requestClass = static_cast<std::uint8_t>(plan.requestClass);
        frame.depth = plan.depths[visits[i]];
        frame.step = i == 0 ? route.legs[leg].step : route.visits[visits[i - 1]].callStep;
        frame.call = parent == kNone ? route.source : visit.callStep;
        frame.waits = Waits::Answers;
        frame.pending = i == 0 ? 0 : 1;
        if (parent == kNone) {
            const bool isOfOneNode = m_state.classes[plan.requestClass].isOfOneNode;
            frame.flags = isOfOneNode ? Frame::kRoot | Frame::kCountedByClass : Frame::kRoot;
        }
        frame.flags |= visit.isRouted ? Frame::kRouted : 0;
        if (visit.picked != kNowhere) {
            const std::uint32_t replica = m_requests.replica[visit.picked][request];
            frame.replica = replica;
            frame.base = m_state.replicas[replica].base;
            frame.zone = m_state.replicas[replica].zone;
        }
        if (frame.trace != 0) {
            m_loop.traces.rename(frame.trace, frame.step, visits[i], index);
        }
        parent = index;
    }
    return parent;
}

}  // namespace neph
