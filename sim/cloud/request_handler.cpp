#include "sim/cloud/request_handler.h"

#include <fmt/format.h>

#include "sim/cloud/caller.h"
#include "sim/cloud/law.h"

namespace neph {

static constexpr std::int64_t kMebibyte = 1 << 20;

ReplicaSet ReplicaSet::addTo(Compiler& compiler, const Component& component, const std::string& word)
{
    ReplicaSet set;
    set.reset = compiler.outcome(
        component.id(), OutcomeSpec::Kind::Refused,
        fmt::format("connection reset: a {} of {} stopped", word, component.name()), true);
    set.none = compiler.outcome(
        component.id(), OutcomeSpec::Kind::Refused,
        fmt::format("connection refused: no {} of {} runs", word, component.name()), true);
    set.pool = compiler.plan().addPool({component.name(), compiler.index(component.id()), word, 0, {}});
    return set;
}

void RequestHandler::declare(
    Compiler& compiler, const Component& component, const std::string& word, const std::string& busy,
    std::int64_t milliVcpu)
{
    m_busy = compiler.outcome(component.id(), OutcomeSpec::Kind::Unavailable, busy, true);
    m_replicas = ReplicaSet::addTo(compiler, component, word);
    addStations(compiler, component, milliVcpu);
}

void RequestHandler::addStations(Compiler& compiler, const Component& component, std::int64_t milliVcpu)
{
    const PropertyReader properties = component.properties();
    const NodeIndex node = compiler.index(component.id());
    const PoolId pool = m_replicas.pool;
    StationSpec workers{StationKind::Slots, "workers", node, pool, properties.integer("workers")};
    workers.queueLimit = properties.integer("queueLimit");
    m_workers = compiler.plan().addStation(workers);
    m_cpu = compiler.plan().addStation({StationKind::Cpu, "vCPU", node, pool, milliVcpu});
    StationSpec memory{
        StationKind::Memory, "memory", node, pool, properties.integer("memoryMiB") * kMebibyte};
    memory.heldAtStart = static_cast<std::int64_t>(properties.number("baseMemoryMiB") * kMebibyte);
    m_memory = compiler.plan().addStation(memory);

    m_requestMemory = compiler.plan().addAmount(
        static_cast<std::int64_t>(properties.number("memoryPerRequestMiB") * kMebibyte));
    std::vector<Distribution> demand;
    for (const RequestClass& each : compiler.classes()) {
        const double ms = each.cpuMilliseconds > 0 ? each.cpuMilliseconds : properties.number("cpuMs");
        demand.push_back(distributionOf(properties.text("cpuLaw"), ms / 1e3, properties.number("cpuScv")));
    }
    m_cpuDemand = compiler.plan().addDraw(component.id(), "handler CPU", std::move(demand));
}

Entry RequestHandler::entry(const Link& link, const Component& component, Compiler& compiler)
{
    const PathId id = compiler.plan().declarePath(component.name(), compiler.index(component.id()));
    const AmountId bytes = compiler.bytesOver(link);
    const KindSpec* caller = Catalog::builtIn().find(compiler.design().node(link.from)->kind);
    const bool isInRegion = compiler.regionOf(component.id()) != nullptr;

    PathBuilder path = compiler.plan().path(id);
    // What an Application Load Balancer sends to targets in other zones is not charged.
    const bool behindBalancer = caller != nullptr && caller->hasRole("balancer");
    compiler.hop(path, component, link, bytes, behindBalancer || !isInRegion);
    if (caller != nullptr && caller->hasRole("entry") && isInRegion) {
        // Without a load balancer in between, the answer leaves AWS here.
        const MeterId out = compiler.meter(
            component.id(), "AWSDataTransfer", "DataTransfer-Out-Bytes", std::int64_t{1} << 30);
        path.meter(out, compiler.amountByClass([](const RequestClass& each) { return each.response.count; }));
    }
    path.acquire(m_workers, m_busy, "waits for a free worker");
    path.hold(m_memory, m_requestMemory, "request memory");
    path.work(m_cpu, m_cpuDemand, "handler CPU");
    callDownstream(path, component, link.id, compiler);
    path.free(m_memory, m_requestMemory);
    path.release(m_workers);
    path.reply();
    return Entry{id, m_replicas.pool, Routing::Random, m_replicas.none};
}

void RequestHandler::finish(Compiler& compiler, const Component& component, const std::string& probeWords)
{
    // A health check takes a worker and a little CPU like any other request: an overloaded task fails it.
    m_probe = compiler.plan().declarePath(component.name() + " health check", compiler.index(component.id()));
    const DrawId cpu = compiler.plan().addDraw(
        component.id(), "health check CPU",
        Distribution::constant(component.factNumber("health.cpuMs") / 1e3));
    compiler.plan()
        .path(m_probe)
        .acquire(m_workers, m_busy, "waits for a free worker")
        .work(m_cpu, cpu, probeWords)
        .release(m_workers)
        .reply();
}

}  // namespace neph
