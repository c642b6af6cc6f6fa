// Redis in a container: everything in memory, one thread that answers one command after the other.
//
// Sources: Redis documentation, "Redis benchmark" (single-threaded command execution), "Redis pipelining",
// "Key eviction", "Redis client handling". Figures are in assets/services/redis_container.json.
#include <algorithm>

#include <fmt/format.h>

#include "sim/cloud/law.h"
#include "sim/cloud/server_container.h"

namespace neph {

namespace {

class RedisContainer final : public ServerContainerModel {
public:
    using ServerContainerModel::ServerContainerModel;

    void declare(Compiler& compiler) override;
    std::optional<Entry> entry(const Link& link, Compiler& compiler) override;
    ContainerRecipe recipe() const override;

protected:
    const ReplicaSet& replicas() const override { return m_replicas; }
    StationId cpu() const override { return m_cpu; }
    /// One thread: of several cores it uses one.
    std::int64_t milliCores() const override { return std::min<std::int64_t>(milliVcpu(), 1000); }
    std::string note() const override;
    void observe(World& world) const override;

private:
    bool evicts() const { return component().properties().text("evictionPolicy") != "noeviction"; }
    double keptShare() const;

    ReplicaSet m_replicas;
    StationId m_clients;
    StationId m_loop;
    StationId m_cpu;
    OutcomeId m_tooMany;
    OutcomeId m_full;
};

void RedisContainer::declare(Compiler& compiler)
{
    ServerContainerModel::declare(compiler);
    const NodeIndex node = compiler.index(component().id());
    m_tooMany = compiler.outcome(
        component().id(), OutcomeSpec::Kind::Failed, component().factText("clients.error"), true);
    m_full = compiler.outcome(
        component().id(), OutcomeSpec::Kind::Failed, component().factText("maxmemory.error"), false);
    m_replicas = ReplicaSet::addTo(compiler, component(), "container");

    StationSpec clients{StationKind::Slots, "clients", node, m_replicas.pool};
    clients.capacity = component().properties().integer("maxClients");
    clients.queueLimit = 0;
    m_clients = compiler.plan().addStation(clients);
    m_loop = compiler.plan().addStation({StationKind::Slots, "event loop", node, m_replicas.pool, 1});
    m_cpu = compiler.plan().addStation({StationKind::Cpu, "vCPU", node, m_replicas.pool, milliCores()});
}

/// Of all keys, the share that fits below maxmemory.
double RedisContainer::keptShare() const
{
    const PropertyReader properties = component().properties();
    const double eachKib = properties.number("itemKB") + component().factNumber("key.overheadBytes") / 1024;
    const double dataMiB = properties.number("items") * eachKib / 1024;
    return dataMiB > 0 ? std::min(1.0, properties.number("maxMemoryMiB") / dataMiB) : 1;
}

std::optional<Entry> RedisContainer::entry(const Link& link, Compiler& compiler)
{
    const PropertyReader call = compiler.propertiesOf(link);
    const bool isSet = call.text("operation") == "set";
    const double commands = call.number("itemsPerCall");
    const double kib = commands * call.number("itemKB");
    const PathId id = compiler.plan().declarePath(component().name(), compiler.index(component().id()));
    const AmountId bytes = compiler.plan().addAmount(static_cast<std::int64_t>(kib * 1024));
    // A pipeline is read and answered at once; what is left for each command is its execution.
    const double microseconds = component().properties().number("requestCpuUs") +
                                commands * component().properties().number(isSet ? "setCpuUs" : "getCpuUs") +
                                kib * component().factNumber("kib.cpuUs");
    const DrawId demand = compiler.plan().addDraw(
        link.id, "command CPU",
        distributionOf("lognormal", microseconds / 1e6, component().factNumber("command.cpuScv")));

    PathBuilder path = compiler.plan().path(id);
    compiler.hop(path, component(), link, bytes, compiler.regionOf(component().id()) == nullptr);
    path.acquire(m_clients, m_tooMany, "takes a connection");
    path.acquire(m_loop, m_tooMany, "waits for the one thread");
    path.work(m_cpu, demand, isSet ? "SET" : "GET");
    path.release(m_loop);
    path.release(m_clients);
    if (isSet && keptShare() < 1 && !evicts()) {
        path.fail(m_full, "has no memory left");
    } else {
        path.reply();
    }
    return Entry{id, m_replicas.pool, Routing::Random, m_replicas.none};
}

ContainerRecipe RedisContainer::recipe() const
{
    const PropertyReader properties = component().properties();
    ContainerRecipe recipe = ServerContainerModel::recipe();
    recipe.image = component().factText("image") + ":" + properties.text("version");
    recipe.command = fmt::format(
        "redis-server --maxmemory {}mb --maxmemory-policy {} --maxclients {}",
        properties.integer("maxMemoryMiB"), properties.text("evictionPolicy"),
        properties.integer("maxClients"));
    recipe.protocol = "tcp";
    recipe.port = component().factInteger("port");
    return recipe;
}

std::string RedisContainer::note() const
{
    if (keptShare() >= 1) {
        return "all keys fit";
    }
    return evicts() ? fmt::format("evicting: {:.0f} % of the keys fit", 100 * keptShare())
                    : "full: refuses to store more";
}

void RedisContainer::observe(World& world) const
{
    Recorder& recorder = world.recorder();
    recorder.addGauge(
        component().id(), "EngineCPUUtilization", "%", [this, &world, &recorder, before = 0.0]() mutable {
            const double busy = world.data().read(m_loop).busy;
            const double used = 100 * (busy - before) / seconds(recorder.interval());
            before = busy;
            return used;
        });
    const double kept = keptShare();
    recorder.addGauge(component().id(), "KeysKept", "%", [kept] { return 100 * kept; });
}

}  // namespace

const ServiceType& redis_container()
{
    static const ServiceType type{
        "container.redis", [](const Component& component) -> std::unique_ptr<ServiceModel> {
            return std::make_unique<RedisContainer>(component);
        }};
    return type;
}

}  // namespace neph
