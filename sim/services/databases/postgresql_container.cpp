// PostgreSQL in a container: a process for each connection, CPU for each row, and for each commit a wait
// until the log is on the disk.
//
// Sources: PostgreSQL documentation, "Connections and Authentication" (max_connections), "Write Ahead Log"
// (synchronous_commit), "Resource Consumption" (shared_buffers). Figures are in
// assets/services/postgresql_container.json.
#include <algorithm>

#include <fmt/format.h>

#include "sim/cloud/law.h"
#include "sim/cloud/server_container.h"

namespace neph {

namespace {

constexpr double kMebibyte = 1 << 20;

class PostgreSqlContainer final : public ServerContainerModel {
public:
    using ServerContainerModel::ServerContainerModel;

    void declare(Compiler& compiler) override;
    std::optional<Entry> entry(const Link& link, Compiler& compiler) override;
    ContainerRecipe recipe() const override;

protected:
    const ReplicaSet& replicas() const override { return m_replicas; }
    StationId cpu() const override { return m_cpu; }
    std::string note() const override;
    void observe(World& world) const override;

private:
    DrawId cpuDemand(const Link& link, bool isWrite, Compiler& compiler) const;
    double missShare() const;

    ReplicaSet m_replicas;
    StationId m_connections;
    StationId m_cpu;
    StationId m_memory;
    AmountId m_backend;  ///< Memory of one connection's process.
    OutcomeId m_tooMany;
};

void PostgreSqlContainer::declare(Compiler& compiler)
{
    ServerContainerModel::declare(compiler);
    const PropertyReader properties = component().properties();
    const NodeIndex node = compiler.index(component().id());
    m_tooMany = compiler.outcome(
        component().id(), OutcomeSpec::Kind::Failed, component().factText("connections.error"), true);
    m_replicas = ReplicaSet::addTo(compiler, component(), "container");

    StationSpec connections{
        StationKind::Slots, "connections", node, m_replicas.pool, properties.integer("maxConnections")};
    connections.queueLimit = 0;  // There is no waiting for a connection: one too many is refused.
    m_connections = compiler.plan().addStation(connections);
    m_cpu = compiler.plan().addStation({StationKind::Cpu, "vCPU", node, m_replicas.pool, milliVcpu()});
    StationSpec memory{StationKind::Memory, "memory", node, m_replicas.pool};
    memory.capacity = static_cast<std::int64_t>(properties.number("memoryMiB") * kMebibyte);
    memory.heldAtStart = static_cast<std::int64_t>(component().factNumber("memory.sharedMiB") * kMebibyte);
    m_memory = compiler.plan().addStation(memory);
    m_backend = compiler.plan().addAmount(
        static_cast<std::int64_t>(component().factNumber("memory.perConnectionMiB") * kMebibyte));
}

/// What one statement computes: the first row with its parse and plan, and every further row and KiB.
DrawId PostgreSqlContainer::cpuDemand(const Link& link, bool isWrite, Compiler& compiler) const
{
    const PropertyReader call = compiler.propertiesOf(link);
    const PropertyReader properties = component().properties();
    const double rows = call.number("itemsPerCall");
    const double ms = properties.number(isWrite ? "writeCpuMs" : "readCpuMs") +
                      (rows - 1) * component().factNumber(isWrite ? "row.writeCpuMs" : "row.readCpuMs") +
                      rows * call.number("itemKB") * component().factNumber("kib.cpuMs");
    return compiler.plan().addDraw(
        link.id, "statement CPU",
        distributionOf("lognormal", ms / 1e3, component().factNumber("statement.cpuScv")));
}

/// Share of reads whose page is in no cache: what of the data does not fit the memory.
double PostgreSqlContainer::missShare() const
{
    const PropertyReader properties = component().properties();
    const double data = properties.number("rows") * properties.number("rowKB") / 1024;
    const double cached = properties.number("memoryMiB") * component().factNumber("cache.share");
    return data > cached ? 1 - cached / data : 0;
}

std::optional<Entry> PostgreSqlContainer::entry(const Link& link, Compiler& compiler)
{
    const PropertyReader call = compiler.propertiesOf(link);
    const PropertyReader properties = component().properties();
    const bool isWrite = call.text("operation") == "write";
    const PathId id = compiler.plan().declarePath(component().name(), compiler.index(component().id()));
    const AmountId bytes = compiler.plan().addAmount(
        static_cast<std::int64_t>(call.number("itemKB") * call.number("itemsPerCall") * 1024));
    const auto latency = [&](const char* purpose, double ms) {
        return compiler.plan().addDraw(
            link.id, purpose, distributionOf("lognormal", ms / 1e3, component().factNumber("disk.scv")));
    };

    PathBuilder path = compiler.plan().path(id);
    compiler.hop(path, component(), link, bytes, compiler.regionOf(component().id()) == nullptr);
    path.acquire(m_connections, m_tooMany, "takes a connection");
    path.hold(m_memory, m_backend, "backend memory");
    path.work(m_cpu, cpuDemand(link, isWrite, compiler), isWrite ? "writes rows" : "reads rows");
    if (missShare() > 0) {
        path.ifChance(compiler.plan().addDraw(link.id, "not cached", Distribution::constant(missShare())));
        path.delay(latency("disk read", properties.number("diskReadMs")), "reads a page from the disk");
        path.endIf();
    }
    if (isWrite && properties.flag("synchronousCommit")) {
        // No station: one flush of the log serves all commits that are ready (group commit).
        path.delay(latency("commit", properties.number("commitMs")), "flushes the log (commit)");
    }
    path.free(m_memory, m_backend);
    path.release(m_connections);
    path.reply();
    return Entry{id, m_replicas.pool, Routing::Random, m_replicas.none};
}

ContainerRecipe PostgreSqlContainer::recipe() const
{
    const PropertyReader properties = component().properties();
    ContainerRecipe recipe = ServerContainerModel::recipe();
    recipe.image = component().factText("image") + ":" + properties.text("version");
    recipe.command = fmt::format(
        "postgres -c max_connections={} -c synchronous_commit={}", properties.integer("maxConnections"),
        properties.flag("synchronousCommit") ? "on" : "off");
    recipe.protocol = "tcp";
    recipe.port = component().factInteger("port");
    return recipe;
}

std::string PostgreSqlContainer::note() const
{
    const std::string cached =
        missShare() > 0 ? fmt::format("{:.0f} % of pages not cached", 100 * missShare()) : "all data cached";
    return fmt::format("PostgreSQL {}, {}", component().properties().text("version"), cached);
}

void PostgreSqlContainer::observe(World& world) const
{
    const std::string& id = component().id();
    Recorder& recorder = world.recorder();
    recorder.addGauge(id, "DatabaseConnections", "count", [this, &world, &recorder, before = 0.0]() mutable {
        const double busy = world.data().read(m_connections).busy;
        const double used = (busy - before) / seconds(recorder.interval());
        before = busy;
        return used;
    });
    recorder.addGauge(
        id, "RefusedConnections", "1/s", [this, &world, &recorder, before = std::uint64_t{0}]() mutable {
            const std::uint64_t refused = world.data().read(m_connections).refused;
            const auto now = static_cast<double>(refused - before);
            before = refused;
            return now / seconds(recorder.interval());
        });
}

}  // namespace

const ServiceType& postgresql_container()
{
    static const ServiceType type{
        "container.postgresql", [](const Component& component) -> std::unique_ptr<ServiceModel> {
            return std::make_unique<PostgreSqlContainer>(component);
        }};
    return type;
}

}  // namespace neph
