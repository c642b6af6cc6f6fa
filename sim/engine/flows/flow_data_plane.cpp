// FlowEngine as controllers see it.
#include <algorithm>

#include "sim/engine/flows/flow_engine.h"

namespace neph {

namespace {

constexpr Duration kGrain = 250ms;
// After so many times its mean time nobody is left in a replica that gets nothing new.
constexpr double kGoneAfter = 6;

}  // namespace

ReplicaId FlowEngine::addReplica(PoolId pool, ZoneIndex zone, std::uint32_t)
{
    flowBefore();
    const auto index = static_cast<std::uint32_t>(m_state.replicas.size());
    FlowReplica replica;
    replica.pool = pool.value;
    replica.zone = zone.value;
    replica.since = m_simulation.now();
    m_state.replicas.push_back(replica);
    m_state.living[pool.value].push_back(index);
    FlowGroup fresh;
    fresh.zones.assign(m_plan.zones.size(), 0);
    fresh.stations = m_state.freshStations(pool.value);
    std::vector<FlowGroup>& groups = m_state.groups[pool.value];
    std::uint32_t place = 0;
    while (place < groups.size() && groups[place].count > 0) {
        ++place;
    }
    if (place == groups.size()) {
        groups.push_back(std::move(fresh));
    } else {
        groups[place] = std::move(fresh);
    }
    m_state.join(index, place);
    return ReplicaId{index};
}

/// The state of before must have flowed up to now before it changes; acts close together change it once.
void FlowEngine::flowBefore()
{
    if (m_simulation.now() - m_since >= kGrain) {
        flow();
    }
}

void FlowEngine::setService(ReplicaId id, Service service)
{
    FlowReplica& replica = m_state.replicas[id.value];
    if (replica.group == FlowReplica::kGone) {
        return;
    }
    const bool wasIn = m_state.groups[replica.pool][replica.group].isInService;
    const bool isIn = service == Service::In;
    if (wasIn == isIn) {
        return;
    }
    flowBefore();
    if (!isIn) {
        m_takenOutInTrouble += isTroubled(m_state.groups[replica.pool][replica.group]) ? 1 : 0;
        replica.outSince = m_simulation.now();
    }
    m_state.move(id.value, isIn, m_state.groups[replica.pool][replica.group].share);
}

void FlowEngine::setShare(ReplicaId id, double share)
{
    const FlowReplica& replica = m_state.replicas[id.value];
    if (replica.group == FlowReplica::kGone) {
        return;
    }
    flowBefore();
    m_state.move(id.value, m_state.groups[replica.pool][replica.group].isInService, share);
}

void FlowEngine::removeReplica(ReplicaId id, OutcomeId outcome)
{
    flowBefore();
    FlowReplica& replica = m_state.replicas[id.value];
    const FlowGroup& group = m_state.groups[replica.pool][replica.group];
    const double lost = inFlightOf(replica, group);
    m_totals.poolErrors[replica.pool] += lost;
    static_cast<void>(outcome);
    m_state.leave(id.value);
    replica.group = FlowReplica::kGone;
    std::erase(m_state.living[replica.pool], id.value);
}

/// Requests in one replica: those that wait and, by Little's law, those that are served; of one that gets
/// nothing new, until they must have left.
double FlowEngine::inFlightOf(const FlowReplica& replica, const FlowGroup& group) const
{
    double inFlight = 0;
    for (const FlowStation& station : group.stations) {
        inFlight += station.backlog;
    }
    if (group.isInService) {
        return inFlight + group.arrivals * group.seconds;
    }
    if (inFlight < 0.5 && replica.outSince > Time(0)) {
        const FlowGroup* serving = nullptr;
        for (const FlowGroup& other : m_state.groups[replica.pool]) {
            serving = other.isInService && other.count > 0 ? &other : serving;
        }
        const double each = serving != nullptr ? serving->seconds : 0;
        const bool isEmpty = seconds(m_simulation.now() - replica.outSince) > kGoneAfter * each;
        return isEmpty ? 0 : 1;
    }
    return inFlight < 0.5 ? 0 : inFlight;
}

ReplicaReading FlowEngine::read(ReplicaId id) const
{
    ReplicaReading reading;
    const FlowReplica& replica = m_state.replicas[id.value];
    if (replica.group == FlowReplica::kGone) {
        return reading;
    }
    const FlowGroup& group = m_state.groups[replica.pool][replica.group];
    reading.service = group.isInService ? Service::In : Service::Out;
    reading.inFlight = static_cast<std::uint32_t>(inFlightOf(replica, group) + 0.5);
    reading.cpuBusy = replica.cpuBefore + group.cpuSoFar;
    for (const FlowStation& station : group.stations) {
        reading.queueNow += static_cast<std::uint32_t>(station.backlog + 0.5);
    }
    reading.requests =
        static_cast<std::uint64_t>(std::max(0.0, replica.requestsBefore + group.requestsSoFar));
    reading.errors = static_cast<std::uint64_t>(std::max(0.0, replica.errorsBefore + group.errorsSoFar));
    return reading;
}

PoolReading FlowEngine::read(PoolId pool) const
{
    const_cast<FlowEngine*>(this)->flow();
    PoolReading reading;
    reading.requests = static_cast<std::uint64_t>(m_totals.poolRequests[pool.value]);
    reading.errors = static_cast<std::uint64_t>(m_totals.poolErrors[pool.value]);
    double inFlight = 0;
    for (const FlowGroup& group : m_state.groups[pool.value]) {
        reading.replicas += group.count;
        reading.inService += group.isInService ? group.count : 0;
        inFlight += group.count * group.arrivals * group.seconds;
        for (const FlowStation& station : group.stations) {
            inFlight += group.count * station.backlog;
        }
    }
    reading.inFlight = static_cast<std::uint64_t>(inFlight + 0.5);
    return reading;
}

StationReading FlowEngine::read(StationId id) const
{
    const_cast<FlowEngine*>(this)->flow();
    const FlowTotals& totals = m_totals.stations[id.value];
    StationReading reading;
    reading.busy = totals.busy;
    reading.capacity = totals.capacity;
    reading.waiting = totals.waiting;
    reading.arrivals = static_cast<std::uint64_t>(totals.arrivals);
    reading.refused = static_cast<std::uint64_t>(totals.refused);
    reading.completions = reading.arrivals - reading.refused;
    double waits = m_state.stations[id.value].backlog;
    if (const PoolId pool = m_plan.stations[id.value].pool) {
        waits = 0;
        for (const FlowGroup& group : m_state.groups[pool.value]) {
            waits += group.count * group.stations[m_state.placeInPool[id.value]].backlog;
        }
    }
    reading.queueNow = static_cast<std::uint64_t>(waits + 0.5);
    return reading;
}

std::uint64_t FlowEngine::readMeter(MeterId meter, ClassIndex requestClass) const
{
    const_cast<FlowEngine*>(this)->flow();
    return requestClass ? static_cast<std::uint64_t>(m_totals.meters[meter.value][requestClass.value] + 0.5)
                        : 0;
}

static void resizeStation(FlowStation& station, std::int64_t capacity, std::int64_t rate)
{
    station.capacity = static_cast<double>(capacity) / (station.kind == StationKind::Cpu ? 1000 : 1);
    station.rate = static_cast<double>(rate);
    station.level = std::min(station.level, station.capacity);
}

void FlowEngine::resize(StationId id, std::int64_t capacity, std::int64_t rate)
{
    flow();
    const PoolId pool = m_plan.stations[id.value].pool;
    if (!pool) {
        resizeStation(m_state.stations[id.value], capacity, rate);
        return;
    }
    for (FlowGroup& group : m_state.groups[pool.value]) {
        resizeStation(group.stations[m_state.placeInPool[id.value]], capacity, rate);
    }
}

void FlowEngine::resize(StationId id, ReplicaId replicaId, std::int64_t capacity, std::int64_t rate)
{
    flow();
    FlowReplica& replica = m_state.replicas[replicaId.value];
    if (replica.group == FlowReplica::kGone) {
        return;
    }
    FlowGroup own = m_state.groups[replica.pool][replica.group];
    if (own.count > 1) {
        m_state.leave(replicaId.value);
        own.count = 0;
        own.zones.assign(m_plan.zones.size(), 0);
        m_state.groups[replica.pool].push_back(own);
        m_state.join(replicaId.value, static_cast<std::uint32_t>(m_state.groups[replica.pool].size() - 1));
    }
    FlowGroup& group = m_state.groups[replica.pool][replica.group];
    resizeStation(group.stations[m_state.placeInPool[id.value]], capacity, rate);
}

void FlowEngine::disturb(NodeIndex node, Duration added, double failShare, OutcomeId outcome)
{
    flow();
    m_state.disturbances[node.value] = {seconds(added), failShare, outcome};
    lookForTrouble();
}

void FlowEngine::send(PathId path, ReplicaId replica, std::int64_t bytes, std::function<void(OutcomeId)> done)
{
    std::uint32_t pool = 0xFFFF'FFFF;
    std::uint32_t group = 0;
    if (replica && m_state.replicas[replica.value].group != FlowReplica::kGone) {
        pool = m_state.replicas[replica.value].pool;
        group = m_state.replicas[replica.value].group;
    } else if (replica) {
        m_scope.start(answerLater(Duration(0), OutcomeId{1}, std::move(done)));
        return;
    }
    double ok = 1;
    double takes = m_propagation.secondsAlong(path, pool, group, ok);
    std::uint32_t shared = 0xFFFF'FFFF;
    for (std::uint32_t i = m_plan.paths[path.value].first; m_plan.steps[i].op != Op::Reply; ++i) {
        if (m_plan.steps[i].op == Op::Transfer && bytes > 0) {
            shared = m_plan.steps[i].station.value;
            const FlowStation& line = m_state.stations[shared];
            const double fair = line.rate / (m_transfers[shared] + 1);
            const double speed = line.perFlow > 0 ? std::min(line.perFlow, fair) : fair;
            takes += speed > 0 ? static_cast<double>(bytes) / speed : 0;
        }
    }
    const bool isGood = m_random.uniform() < ok;
    m_scope.start(
        answerLater(fromSeconds(takes), OutcomeId{isGood ? 0U : failureOf(path)}, std::move(done), shared));
}

/// The first failure that a path of the control plane knows.
std::uint32_t FlowEngine::failureOf(PathId path) const
{
    for (std::uint32_t i = m_plan.paths[path.value].first; i < m_plan.steps.size(); ++i) {
        const Step& step = m_plan.steps[i];
        if (step.outcome && step.outcome.value > 0) {
            return step.outcome.value;
        }
        if (step.op == Op::Reply) {
            break;
        }
    }
    return m_plan.outcomes.size() > 1 ? 1 : 0;
}

Process FlowEngine::answerLater(
    Duration after, OutcomeId outcome, std::function<void(OutcomeId)> done, std::uint32_t line)
{
    if (line < m_transfers.size()) {
        ++m_transfers[line];
    }
    co_await m_simulation.after(after);
    if (line < m_transfers.size()) {
        --m_transfers[line];
    }
    done(outcome);
}

void FlowEngine::onOutOfMemory(PoolId pool, std::function<void(ReplicaId)> handler)
{
    m_outOfMemory[pool.value] = std::move(handler);
}

bool FlowEngine::isCalm(ReplicaId id) const
{
    const FlowReplica& replica = m_state.replicas[id.value];
    return replica.group != FlowReplica::kGone && !m_troubled[replica.pool];
}

void FlowEngine::onTrouble(std::function<void()> handler)
{
    m_troubleHandlers.push_back(std::move(handler));
}

}  // namespace neph
