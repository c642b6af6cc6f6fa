#include "sim/local/local_engine.h"

#include <algorithm>

#include <fmt/format.h>

#include "sim/local/replica_http.h"

namespace neph {

namespace {

using Wall = std::chrono::steady_clock;

constexpr Duration kPulse = 5ms;
constexpr Duration kSampling = 1s;

/// Body of POST /control.
std::string orderFor(const std::string& node, Duration added, double failShare)
{
    return fmt::format(
        R"({{"disturb":{{"to":"{}","addedMs":{},"failShare":{}}}}})", node, milliseconds(added), failShare);
}

}  // namespace

LocalEngine::LocalEngine(
    const Plan& plan, Simulation& simulation, const GatewayLayout& layout,
    std::map<std::uint16_t, std::uint16_t> gatewayPorts, ContainerEngine& engine, WorkBench& bench,
    LoadGenerator& load)
    : m_plan(plan), m_simulation(simulation), m_layout(layout), m_ports(std::move(gatewayPorts)),
      m_bench(bench), m_load(load), m_meter(engine), m_admin(m_ports.at(layout.adminPort)),
      m_nodesBefore(plan.nodes.size()), m_stationsBefore(plan.stations.size())
{
    m_interval.classes.resize(plan.classes.size());
    m_interval.nodes.resize(plan.nodes.size());
    m_interval.links.resize(plan.links.size());
    m_interval.stations.resize(plan.stations.size());
}

StopReason LocalEngine::runUntil(Time end, RunGuard guard)
{
    const Wall::time_point called = Wall::now();
    if (!m_start) {
        m_start = called;
    }
    while (true) {
        m_bench.deliver();
        const Time real = std::chrono::duration_cast<Time>(Wall::now() - *m_start);
        m_simulation.runUntil(std::min(real, end), [](std::uint32_t) {});
        if (real >= end) {
            return StopReason::ReachedEnd;
        }
        if (real >= m_sampleAt) {
            m_sampleAt = real + kSampling;
            sample();
        }
        if (guard.stop.stop_requested()) {
            return StopReason::Cancelled;
        }
        if (Wall::now() - called >= guard.maxWall) {
            return StopReason::WallLimit;
        }
        m_bench.wait(std::min<Duration>(kPulse, end - real));
    }
}

bool LocalEngine::step()
{
    RunGuard guard;
    guard.maxWall = std::chrono::duration<double>(seconds(kPulse));
    runUntil(kNever, guard);
    return true;
}

/// CPU and memory of all containers, beside the run.
void LocalEngine::sample()
{
    if (m_isSampling) {
        return;
    }
    m_isSampling = true;
    std::vector<std::pair<std::size_t, std::string>> running;
    for (std::size_t i = 0; i < m_replicas.size(); ++i) {
        if (!m_replicas[i].isGone && !m_replicas[i].container.empty()) {
            running.emplace_back(i, m_replicas[i].container);
        }
    }
    m_bench.run(
        [this, running] {
            std::vector<std::pair<std::size_t, ContainerUse>> read;
            for (const auto& [replica, container] : running) {
                if (const std::optional<ContainerUse> use = m_meter.read(container)) {
                    read.emplace_back(replica, *use);
                }
            }
            return read;
        },
        [this](const std::vector<std::pair<std::size_t, ContainerUse>>& read) {
            m_isSampling = false;
            for (const auto& [replica, use] : read) {
                m_replicas[replica].cpuSeconds = use.cpuSeconds;
                m_replicas[replica].memoryBytes = use.memoryBytes;
            }
        });
}

ReplicaId LocalEngine::addReplica(PoolId pool, ZoneIndex zone, std::uint32_t)
{
    Replica replica;
    replica.pool = pool;
    replica.zone = zone;
    replica.since = m_simulation.now();
    if (const GatewayLayout::Backend* backend = m_layout.backend(nodeOf(pool))) {
        std::vector<bool> isTaken(backend->slots + 1, false);
        for (const Replica& other : m_replicas) {
            isTaken[other.pool == pool && !other.isGone ? other.slot : 0] = true;
        }
        const auto free = std::find(isTaken.begin() + 1, isTaken.end(), false);
        replica.slot = free == isTaken.end() ? 0 : static_cast<std::uint32_t>(free - isTaken.begin());
        replica.before = replica.slot == 0 ? SlotReading{} : slotReading(replica);
    }
    m_replicas.push_back(std::move(replica));
    return ReplicaId{static_cast<std::uint32_t>(m_replicas.size() - 1)};
}

void LocalEngine::attach(
    ReplicaId id, const std::string& container, const std::string& address, std::uint16_t port)
{
    Replica& replica = m_replicas[id.value];
    replica.container = container;
    if (replica.slot == 0) {
        return;
    }
    // A refusal shows at once: no probe gets through.
    (void)m_admin.place(nodeOf(replica.pool), replica.slot, address, port);
}

void LocalEngine::welcome(ReplicaId id)
{
    for (const auto& [node, by] : m_disturbed) {
        tell(m_replicas[id.value], orderFor(m_plan.nodes[node.value].id, by.first, by.second));
    }
}

void LocalEngine::setService(ReplicaId id, Service service)
{
    Replica& replica = m_replicas[id.value];
    if (replica.isGone || replica.service == service) {
        return;
    }
    replica.service = service;
    if (replica.slot != 0) {
        (void)m_admin.setState(
            nodeOf(replica.pool), replica.slot,
            service == Service::In ? GatewayAdmin::State::Ready : GatewayAdmin::State::Drain);
    }
}

void LocalEngine::setShare(ReplicaId id, double share)
{
    const Replica& replica = m_replicas[id.value];
    if (!replica.isGone && replica.slot != 0) {
        (void)m_admin.setWeight(
            nodeOf(replica.pool), replica.slot, std::clamp(static_cast<int>(share * 100 + 0.5), 1, 100));
    }
}

void LocalEngine::removeReplica(ReplicaId id, OutcomeId)
{
    Replica& replica = m_replicas[id.value];
    if (replica.isGone) {
        return;
    }
    replica.isGone = true;
    replica.service = Service::Out;
    replica.until = m_simulation.now();
    if (replica.slot != 0) {
        (void)m_admin.clear(nodeOf(replica.pool), replica.slot);
    }
}

std::optional<LocalEngine::Door> LocalEngine::doorOf(ReplicaId id) const
{
    const Replica& replica = m_replicas[id.value];
    const GatewayLayout::Backend* backend = m_layout.backend(nodeOf(replica.pool));
    if (backend == nullptr || replica.slot == 0) {
        return std::nullopt;
    }
    return Door{m_ports.at(backend->probePort), replica.slot, backend->readyPath, backend->healthPath};
}

void LocalEngine::tell(const Replica& replica, const std::string& order)
{
    const GatewayLayout::Backend* backend = m_layout.backend(nodeOf(replica.pool));
    if (backend == nullptr || replica.slot == 0 || replica.isGone) {
        return;
    }
    m_bench.run(
        [port = m_ports.at(backend->probePort), slot = replica.slot, order] {
            return askReplica(port, slot, "/control", std::chrono::seconds(2), order);
        },
        [](const Result<HttpAnswer>&) {});
}

/// Callers slow their calls themselves: it needs no rights, and works with any store.
void LocalEngine::disturb(NodeIndex node, Duration added, double failShare, OutcomeId)
{
    m_disturbed[node] = {added, failShare};
    const std::string order = orderFor(m_plan.nodes[node.value].id, added, failShare);
    for (const Replica& replica : m_replicas) {
        tell(replica, order);
    }
    if (added == Duration(0) && failShare == 0) {
        m_disturbed.erase(node);
    }
}

/// What controllers send to a replica with a door is a health check, and a real one is asked.
void LocalEngine::send(PathId, ReplicaId id, std::int64_t, std::function<void(OutcomeId)> done)
{
    const std::optional<Door> door = id ? doorOf(id) : std::nullopt;
    if (!door) {
        m_bench.handOver([done = std::move(done)] { done(OutcomeId{0}); });
        return;
    }
    m_bench.run(
        [door = *door] { return askReplica(door.port, door.slot, door.healthPath, std::chrono::seconds(5)); },
        [done = std::move(done)](const Result<HttpAnswer>& answer) {
            // Any outcome but the first is a failure to whoever asks.
            constexpr OutcomeId kFailed{1};
            done(answer && answer->status < 400 ? OutcomeId{0} : kFailed);
        });
}

Result<Done> isListening(const LocalEngine::Door& door)
{
    const Result<HttpAnswer> answer =
        askReplica(door.port, door.slot, door.readyPath, std::chrono::milliseconds(500));
    // The gateway itself answers 503 for who does not listen yet.
    constexpr long kNobody = 503;
    return !answer                     ? Result<Done>(answer.error())
           : answer->status == kNobody ? Error{ErrorCode::CannotRead, door.readyPath, "Nobody listens yet."}
                                       : Result<Done>(Done{});
}

}  // namespace neph
