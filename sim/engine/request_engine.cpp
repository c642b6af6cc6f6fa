#include "sim/engine/request_engine.h"

#include <algorithm>
#include <utility>

#include "sim/engine/conservation.h"
#include "sim/engine/recursion/recursion.h"
#include "sim/engine/request_loop.h"
#include "sim/engine/run_report.h"

namespace neph {

RequestEngine::RequestEngine(
    const Plan& plan, Simulation& simulation, std::uint64_t seed, const EngineOptions& options)
    : m_simulation(simulation), m_loop(std::make_unique<RequestLoop>(plan, simulation, seed, options)),
      m_readingsBefore(plan.stations.size())
{
    m_interval.from = simulation.now();
    m_interval.to = simulation.now();
    if (options.recursion == EngineOptions::Recursion::Auto) {
        if (std::optional<FeedbackFree> parts = feedbackFree(plan)) {
            m_recursion = std::make_unique<Recursion>(*m_loop, simulation, std::move(*parts));
        }
    }
}

RequestEngine::~RequestEngine() = default;

StopReason RequestEngine::runUntil(Time end, RunGuard guard)
{
    m_simulation.setGuard(std::move(guard));
    return runUntil(end);
}

StopReason RequestEngine::runUntil(Time end)
{
    RequestLoop& loop = *m_loop;
    if (!m_recursion) {
        return m_simulation.runUntil(end, [&loop](std::uint32_t what) { loop.handle(what); });
    }
    for (;;) {
        const bool isByStages = m_byEvents < Time{0} && m_recursion->enter();
        if (isByStages ? runStages(end) : runEvents(end)) {
            const bool isAnythingDue = m_recursion->isOn() && m_recursion->nextTime() < kNever;
            const StopReason reason = m_simulation.arrive(end);
            return isAnythingDue ? StopReason::ReachedEnd : reason;
        }
        if (const StopReason reason = m_simulation.checkGuard(); reason != StopReason::ReachedEnd) {
            return reason;
        }
    }
}

bool RequestEngine::runEvents(Time end)
{
    const Time stop = m_byEvents < Time{0} ? end : std::min(end, m_byEvents);
    RequestLoop& loop = *m_loop;
    if (m_simulation.runSome(stop, Simulation::kBatch, [&loop](std::uint32_t what) { loop.handle(what); })) {
        return false;
    }
    if (stop == m_byEvents) {
        m_byEvents = Time{-1};
    }
    return stop == end;
}

bool RequestEngine::runStages(Time end)
{
    const Time last = std::min(end, EventSet::kHorizon - 1ns);
    const Time others = m_simulation.events().nextTime();
    const Time until = std::min(others, last + 1ns);
    switch (m_recursion->advance(until)) {
    case Recursion::Outcome::Undone: {
        // The more often in a row, the longer events go on before stages are tried again.
        constexpr int kMostDoublings = 10;
        const Time windowEnd = m_recursion->windowEnd();
        const Duration more = (windowEnd - m_recursion->nextTime()) * ((1 << m_undone) - 1);
        m_byEvents = windowEnd - 1ns + more;
        m_undone = std::min(m_undone + 1, kMostDoublings);
        m_recursion->leave();
        return false;
    }
    case Recursion::Outcome::Partly:
        m_undone = 0;
        return false;
    case Recursion::Outcome::Reached:
        break;
    }
    if (others > last && last == end) {
        m_recursion->settle();
        return true;
    }
    // Somebody else acts now; what is due at the same moment goes by the order of events.
    if (m_recursion->nextTime() <= until) {
        m_recursion->leave();
    } else {
        m_recursion->settle();
    }
    m_byEvents = others > last ? end : m_byEvents;
    RequestLoop& loop = *m_loop;
    if (others <= last) {
        m_simulation.runSome(others, Simulation::kBatch, [&loop](std::uint32_t what) { loop.handle(what); });
    }
    return false;
}

void RequestEngine::leaveStages() const
{
    if (m_recursion) {
        m_recursion->leave();
    }
}

bool RequestEngine::step()
{
    leaveStages();
    return m_simulation.step([this](std::uint32_t what) { m_loop->handle(what); });
}

ReplicaId RequestEngine::addReplica(PoolId pool, ZoneIndex zone, std::uint32_t group)
{
    leaveStages();
    return m_loop->addReplica(pool, zone, group);
}

void RequestEngine::setService(ReplicaId replica, Service service)
{
    leaveStages();
    m_loop->setService(replica, service);
}

void RequestEngine::setShare(ReplicaId replica, double share)
{
    leaveStages();
    m_loop->setShare(replica, share);
}

void RequestEngine::removeReplica(ReplicaId replica, OutcomeId outcome)
{
    leaveStages();
    m_loop->removeReplica(replica, outcome);
}

ReplicaReading RequestEngine::read(ReplicaId id) const
{
    const RunState& state = m_loop->s;
    const Replica& replica = state.replicas[id.value];
    ReplicaReading reading;
    reading.service = replica.isInService ? Service::In : Service::Out;
    reading.inFlight = replica.inFlight;
    reading.requests = replica.requests;
    reading.errors = replica.errors;
    reading.cpuBusy = replica.cpuBusyAtEnd;
    if (replica.isAlive) {
        for (std::size_t i = 0; i < state.places.byPool[replica.pool].size(); ++i) {
            const Station& station = state.stations[replica.base + i];
            reading.cpuBusy += station.kind == StationKind::Cpu ? station.read(m_simulation.now()).busy : 0;
        }
    }
    return reading;
}

PoolReading RequestEngine::read(PoolId id) const
{
    const ReplicaPool& pool = m_loop->s.pools[id.value];
    PoolReading reading;
    reading.requests = pool.requests;
    reading.errors = pool.errors;
    reading.inService = static_cast<std::uint32_t>(pool.inServiceCount());
    reading.replicas = static_cast<std::uint32_t>(pool.living.size());
    reading.inFlight = pool.inFlight;
    return reading;
}

StationReading RequestEngine::read(StationId id) const
{
    return readStation(m_loop->s, id.value, m_simulation.now());
}

std::uint64_t RequestEngine::readMeter(MeterId meter, ClassIndex requestClass) const
{
    const RunState& state = m_loop->s;
    const std::size_t column = requestClass ? requestClass.value : state.plan.classes.size();
    return state.meters[meter.value * state.meterRow() + column];
}

void RequestEngine::resize(StationId station, std::int64_t capacity, std::int64_t rate)
{
    leaveStages();
    m_loop->resize(m_loop->s.places.byStation[station.value].index, capacity, rate);
}

void RequestEngine::resize(StationId station, ReplicaId replica, std::int64_t capacity, std::int64_t rate)
{
    leaveStages();
    const RunState& state = m_loop->s;
    if (state.replicas[replica.value].isAlive) {
        const std::uint32_t place = state.places.byStation[station.value].index;
        m_loop->resize(state.replicas[replica.value].base + place, capacity, rate);
    }
}

void RequestEngine::disturb(NodeIndex node, Duration added, double failShare, OutcomeId outcome)
{
    leaveStages();
    NodeState& state = m_loop->s.nodes[node.value];
    m_loop->s.disturbedNodes -= state.isDisturbed ? 1 : 0;
    state.isDisturbed = added > Duration::zero() || (failShare > 0 && outcome);
    m_loop->s.disturbedNodes += state.isDisturbed ? 1 : 0;
    state.added = added;
    state.failShare = outcome ? failShare : 0;
    state.outcome = static_cast<std::uint16_t>(outcome ? outcome.value : 0);
}

void RequestEngine::send(
    PathId path, ReplicaId replica, std::int64_t bytes, std::function<void(OutcomeId)> done)
{
    leaveStages();
    m_loop->send(path, replica, bytes, std::move(done));
}

void RequestEngine::onOutOfMemory(PoolId pool, std::function<void(ReplicaId)> handler)
{
    m_loop->s.onOutOfMemory[pool.value] = std::move(handler);
}

const IntervalStats& RequestEngine::takeInterval()
{
    m_interval.from = m_interval.to;
    m_interval.to = m_simulation.now();
    takeIntervalOf(m_loop->s, m_interval, m_readingsBefore);
    return m_interval;
}

void RequestEngine::describe(RunResult& result) const
{
    describeRun(m_loop->s, m_loop->traces, m_interval, m_simulation.now(), result);
    result.events = m_simulation.eventsHandled();
}

Diagnostics RequestEngine::checkConservation() const
{
    leaveStages();
    return violationsOf(m_loop->s, m_simulation.now());
}

std::uint64_t RequestEngine::requestsStarted() const
{
    return m_loop->s.requestsStarted();
}

std::uint64_t RequestEngine::requestsEnded() const
{
    return m_loop->s.requestsEnded();
}

std::uint64_t RequestEngine::retries() const
{
    return m_loop->s.retries;
}

std::uint64_t RequestEngine::timeouts() const
{
    return m_loop->s.timeoutsHappened;
}

std::uint64_t RequestEngine::wastedAnswers(NodeIndex node) const
{
    return m_loop->s.nodes[node.value].wasted;
}

std::uint64_t RequestEngine::eventsByStages() const
{
    return m_recursion ? m_recursion->eventsSpared() : 0;
}

std::uint64_t RequestEngine::fingerprint() const
{
    return m_loop->s.trajectory;
}

Histogram RequestEngine::latencyOf(ClassIndex requestClass) const
{
    return m_loop->s.classes[requestClass.value].latency.whole();
}

std::vector<std::uint64_t> RequestEngine::outcomesOf(ClassIndex requestClass) const
{
    const auto& counts = m_loop->s.classes[requestClass.value].outcomes;
    return {counts.begin(), counts.end()};
}

std::size_t RequestEngine::memory() const
{
    const RunState& state = m_loop->s;
    std::size_t bytes = state.frames.size() * sizeof(Frame) + state.stations.size() * sizeof(Station);
    for (const TimeoutRing& ring : state.timeouts) {
        bytes += ring.memory();
    }
    bytes += m_recursion ? m_recursion->memory() : 0;
    return bytes + m_simulation.events().memory();
}

}  // namespace neph
