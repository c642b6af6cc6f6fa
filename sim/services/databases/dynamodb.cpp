// Amazon DynamoDB table: units per request, a budget for the table, a hard limit for each partition.
//
// Sources: Amazon DynamoDB Developer Guide, "Read/write capacity mode", "Managing settings on provisioned
// capacity tables", "Best practices for designing and using partition keys effectively", "Managing throughput
// capacity automatically with DynamoDB auto scaling". Figures are in assets/services/dynamodb.json.
#include <algorithm>

#include <fmt/format.h>

#include "sim/cloud/law.h"
#include "sim/cloud/target_tracking.h"
#include "sim/cost/capacity_units.h"
#include "sim/kernel/portable_math.h"

namespace neph {

namespace {

constexpr std::int64_t kMilli = 1000;
// Keys beyond this many are too cold to matter one by one; they are spread as the last of these.
constexpr std::int64_t kKeysCounted = 100'000;

/// One of the two budgets of a table: reads or writes.
struct Side {
    const char* name;       ///< "read", "write"
    const char* meterName;  ///< "ConsumedReadCapacityUnits"
    StationId table;        ///< The table's budget.
    StationId partition;    ///< Each partition's hard limit.
    MeterId consumed;       ///< Milli-units, billed on demand.
    OutcomeId throttled;
    double perPartition = 0;  ///< Units per second.
    double atStart = 0;       ///< Units per second of the table when the run begins.
};

/// What changes of one side in a run.
struct Capacity {
    double units = 0;  ///< Per second, in force.
    double share = 1;  ///< Less than 1 while a fault throttles.
    double peak = 0;   ///< On demand: highest minute average so far.
    std::uint64_t consumedBefore = 0;
    std::vector<std::pair<Time, double>> history;  ///< Provisioned: from when which units were in force.
    std::unique_ptr<TargetTracking> tracking;
};

/// A table in a run.
class Table final : public WorldObject {
public:
    std::array<Capacity, 2> sides;
};

class DynamoDb final : public ServiceModel {
public:
    using ServiceModel::ServiceModel;

    void declare(Compiler& compiler) override;
    std::optional<Entry> entry(const Link& link, Compiler& compiler) override;
    void prepare(World& world) const override;
    void control(World& world) const override;

private:
    bool isProvisioned() const { return component().properties().text("billingMode") == "PROVISIONED"; }
    bool isInfrequent() const { return component().properties().text("tableClass") != "STANDARD"; }
    std::int64_t itemBytes() const
    {
        return static_cast<std::int64_t>(component().properties().number("itemKB") * 1024);
    }
    std::int64_t partitionCount() const;
    std::vector<double> partitionWeights(std::int64_t partitions) const;
    void addSide(Compiler& compiler, Side& side, const char* word, const char* usageType);
    std::int64_t depth(double unitsPerSecond) const;
    void setCapacity(World& world, Table& table, std::size_t side, double units) const;
    std::unique_ptr<TargetTracking> autoscaling(World& world, Table& table, std::size_t side) const;
    Process changeLater(World& world, Table& table, std::size_t side, double units) const;
    Process growOnDemand(World& world, Table& table) const;
    Process endThrottle(World& world, Table& table, Duration after) const;
    void throttle(World& world, Table& table, double share) const;
    void observe(World& world, Table& table) const;
    void appendUsage(const Table& table, Usage& usage, Time now) const;
    double consumedPerSecond(World& world, std::size_t side, std::uint64_t& before, Duration period) const;

    std::string m_region;
    PoolId m_partitions;
    std::array<Side, 2> m_sides{
        {{"read", "ConsumedReadCapacityUnits", {}, {}, {}, {}, 0, 0},
         {"write", "ConsumedWriteCapacityUnits", {}, {}, {}, {}, 0, 0}}};
};

/// What an operation of a link costs and how long it takes.
struct Operation {
    std::size_t side = 0;  ///< 0: read, 1: write.
    std::int64_t milliUnits = 0;
    std::string latency;  ///< Fact: "latency.put".
};

Operation operationOf(const PropertyReader& link, const Component& table)
{
    const CapacityUnitSizes sizes{
        table.factInteger("unit.readBytes"), table.factInteger("unit.writeBytes"),
        table.factInteger("item.overheadBytes")};
    const std::string name = link.text("operation");
    const auto bytes = static_cast<std::int64_t>(link.number("itemKB") * 1024);
    const std::vector<std::int64_t> items(static_cast<std::size_t>(link.integer("itemsPerCall")), bytes);
    const bool strong = link.text("consistency") == "strong";
    const ReadConsistency consistency = strong ? ReadConsistency::Strong : ReadConsistency::Eventual;
    const auto milli = [](Quantity units) { return static_cast<std::int64_t>(units.nano() / 1'000'000); };
    if (name == "TransactGetItems") {
        return {0, milli(batchReadUnits(items, ReadConsistency::Transactional, sizes)), "latency.transact"};
    }
    if (name == "TransactWriteItems") {
        return {1, milli(batchWriteUnits(items, WriteKind::Transactional, sizes)), "latency.transact"};
    }
    if (name == "Query") {
        const std::int64_t all = bytes * static_cast<std::int64_t>(items.size());
        return {0, milli(readUnits(all, consistency, sizes)), "latency.query"};
    }
    if (name == "GetItem" || name == "BatchGetItem") {
        return {
            0, milli(batchReadUnits(items, consistency, sizes)),
            strong ? "latency.getStrong" : "latency.getEventual"};
    }
    return {1, milli(batchWriteUnits(items, WriteKind::Standard, sizes)), "latency.put"};
}

std::int64_t DynamoDb::partitionCount() const
{
    const PropertyReader properties = component().properties();
    if (properties.integer("partitions") > 0) {
        return properties.integer("partitions");
    }
    const double gigabytes =
        static_cast<double>(properties.integer("items")) * static_cast<double>(itemBytes()) / 1e9;
    const double bySize = gigabytes / component().factNumber("partition.gigabytes");
    // A partition gives so many reads and so many writes; only the old formula for provisioned tables adds.
    const double forReads = m_sides[0].atStart / m_sides[0].perPartition;
    const double forWrites = m_sides[1].atStart / m_sides[1].perPartition;
    const double byHeat = isProvisioned() ? forReads + forWrites : std::max(forReads, forWrites);
    const double least = isProvisioned() ? 1 : component().factNumber("partition.initialOnDemand");
    // The most that can be drawn; a larger table behaves no differently.
    const double most = component().kind.property("partitions")->max.value();
    const double needed = std::min(most, std::max({bySize, byHeat, least}));
    return static_cast<std::int64_t>(needed) +
           (needed > static_cast<double>(static_cast<std::int64_t>(needed)) ? 1 : 0);
}

std::vector<double> DynamoDb::partitionWeights(std::int64_t partitions) const
{
    const auto keys = static_cast<std::size_t>(
        std::clamp<std::int64_t>(component().properties().integer("items"), 1, kKeysCounted));
    const std::vector<double> popularity = zipfWeights(keys, component().properties().number("keySkew"));
    std::vector<double> weights(static_cast<std::size_t>(partitions), 0);
    for (std::size_t key = 0; key < keys; ++key) {
        // The hash of the partition key chooses the partition.
        weights[streamId(component().id(), fmt::format("key {}", key)) % weights.size()] += popularity[key];
    }
    return weights;
}

/// Tokens that the budget can hold, in milli-units: provisioned tables keep 300 s of what they did not use.
std::int64_t DynamoDb::depth(double unitsPerSecond) const
{
    const double keptSeconds = isProvisioned() ? component().factNumber("burst.seconds") : 1;
    return static_cast<std::int64_t>(unitsPerSecond * keptSeconds * kMilli);
}

void DynamoDb::addSide(Compiler& compiler, Side& side, const char* word, const char* usageType)
{
    const std::string& id = component().id();
    const NodeIndex node = compiler.index(id);
    StationSpec budget;
    budget.kind = StationKind::TokenBucket;
    budget.name = fmt::format("table {} capacity", word);
    budget.node = node;
    budget.rate = static_cast<std::int64_t>(side.atStart * kMilli);
    budget.capacity = depth(side.atStart);
    budget.heldAtStart = budget.capacity - budget.rate;  // A new table has saved nothing yet.
    side.table = compiler.plan().addStation(budget);

    StationSpec limit;
    limit.kind = StationKind::TokenBucket;
    limit.name = fmt::format("partition {} capacity", word);
    limit.node = node;
    limit.pool = m_partitions;
    limit.rate = static_cast<std::int64_t>(side.perPartition * kMilli);
    limit.capacity = limit.rate;
    side.partition = compiler.plan().addStation(limit);

    side.throttled = compiler.outcome(
        id, OutcomeSpec::Kind::Throttled,
        fmt::format("{} ({}s)", component().factText("throttle.error"), word), true);
    side.consumed = isProvisioned() ? compiler.watch(id, side.meterName)
                                    : compiler.meter(
                                          id, "AmazonDynamoDB",
                                          (isInfrequent() ? "IA-" : "") + std::string(usageType), kMilli);
}

void DynamoDb::declare(Compiler& compiler)
{
    const PropertyReader properties = component().properties();
    m_region = compiler.regionCode(component().id());
    m_sides[0].perPartition = component().factNumber("partition.readUnits");
    m_sides[1].perPartition = component().factNumber("partition.writeUnits");
    if (isProvisioned()) {
        m_sides[0].atStart = properties.number("readCapacity");
        m_sides[1].atStart = properties.number("writeCapacity");
    } else {
        // At once: what a new table admits, or twice the highest traffic before.
        const double growth = component().factNumber("onDemand.growthFactor");
        m_sides[0].atStart = std::max(
            component().factNumber("onDemand.initialReads"), growth * properties.number("previousPeakReads"));
        m_sides[1].atStart = std::max(
            component().factNumber("onDemand.initialWrites"),
            growth * properties.number("previousPeakWrites"));
    }
    const std::int64_t partitions = partitionCount();
    PoolSpec pool;
    pool.name = component().name();
    pool.node = compiler.index(component().id());
    pool.replicaWord = "partition";
    pool.fixedReplicas = static_cast<std::uint32_t>(partitions);
    pool.weights = partitionWeights(partitions);
    m_partitions = compiler.plan().addPool(pool);
    addSide(compiler, m_sides[0], "read", "ReadRequestUnits");
    addSide(compiler, m_sides[1], "write", "WriteRequestUnits");
}

std::optional<Entry> DynamoDb::entry(const Link& link, Compiler& compiler)
{
    const Operation operation = operationOf(compiler.propertiesOf(link), component());
    const Side& side = m_sides[operation.side];
    const PathId id = compiler.plan().declarePath(component().name(), compiler.index(component().id()));
    const AmountId units = compiler.plan().addAmount(operation.milliUnits);
    const DrawId latency = compiler.plan().addDraw(
        link.id, "latency",
        logNormalFromPercentiles(
            component().factNumber(operation.latency + ".p50Ms") / 1e3,
            component().factNumber(operation.latency + ".p99Ms") / 1e3));
    compiler.plan()
        .path(id)
        .take(side.table, side.partition, units, side.throttled, fmt::format("needs {} capacity", side.name))
        .meter(side.consumed, units)
        .delay(latency, compiler.propertiesOf(link).text("operation"))
        .reply();
    return Entry{id, m_partitions, Routing::ByWeight, side.throttled};
}

void DynamoDb::setCapacity(World& world, Table& table, std::size_t index, double units) const
{
    Capacity& capacity = table.sides[index];
    if (capacity.history.empty() || capacity.units != units) {
        capacity.history.push_back({world.now(), units});
    }
    capacity.units = units;
    const double inForce = units * capacity.share;
    const auto rate = static_cast<std::int64_t>(inForce * kMilli);
    // A fault that throttles takes what was saved as well.
    world.data().resize(m_sides[index].table, capacity.share < 1 ? rate : depth(units), rate);
}

void DynamoDb::prepare(World& world) const
{
    Table& table = world.make<Table>(component().id());
    for (std::size_t index = 0; index < m_sides.size(); ++index) {
        table.sides[index].units = m_sides[index].atStart;
        table.sides[index].peak = m_sides[index].atStart / component().factNumber("onDemand.growthFactor");
        table.sides[index].history.push_back({Time(0), m_sides[index].atStart});
        if (isProvisioned() && component().properties().flag("autoscaling")) {
            table.sides[index].tracking = autoscaling(world, table, index);
        }
    }
    observe(world, table);
    world.onFault(
        component().id(), "throttle", [this, &world, &table](const FaultSpec& fault) -> Result<Done> {
            const double percent = std::clamp(numberOf(fault, "percent", 10), 0.0, 100.0);
            world.log(
                EventLevel::Warning, component().id(),
                fmt::format("{} admits only {} % of its capacity.", component().name(), percent));
            throttle(world, table, percent / 100);
            if (fault.forSeconds > 0) {
                world.start(endThrottle(world, table, fromSeconds(fault.forSeconds)));
            }
            return Done{};
        });
}

void DynamoDb::throttle(World& world, Table& table, double share) const
{
    for (std::size_t index = 0; index < m_sides.size(); ++index) {
        table.sides[index].share = share;
        setCapacity(world, table, index, table.sides[index].units);
    }
}

Process DynamoDb::endThrottle(World& world, Table& table, Duration after) const
{
    co_await world.sim().after(after);
    throttle(world, table, 1);
    world.log(
        EventLevel::Info, component().id(),
        fmt::format("{} has its full capacity again.", component().name()));
}

void DynamoDb::control(World& world) const
{
    Table& table = *world.find<Table>(component().id()).front();
    for (const Capacity& side : table.sides) {
        if (side.tracking) {
            world.start(side.tracking->run());
        }
    }
    if (!isProvisioned()) {
        world.start(growOnDemand(world, table));
    }
}

double
DynamoDb::consumedPerSecond(World& world, std::size_t index, std::uint64_t& before, Duration period) const
{
    std::uint64_t consumed = 0;
    for (std::uint32_t c = 0; c < world.plan().classes.size(); ++c) {
        consumed += world.data().readMeter(m_sides[index].consumed, ClassIndex{c});
    }
    const auto used = static_cast<double>(consumed - before) / kMilli;
    before = consumed;
    return used / seconds(period);
}

/// On demand: twice the highest traffic so far is admitted at once; a limit never more than doubles in half
/// an hour.
Process DynamoDb::growOnDemand(World& world, Table& table) const
{
    const Duration period = component().factSeconds("autoscaling.periodSeconds");
    const double factor = component().factNumber("onDemand.growthFactor");
    const double perPeriod =
        portablePow(factor, seconds(period) / component().factNumber("onDemand.growthSeconds"));
    while (true) {
        co_await world.sim().after(period);
        for (std::size_t index = 0; index < m_sides.size(); ++index) {
            Capacity& side = table.sides[index];
            side.peak = std::max(side.peak, consumedPerSecond(world, index, side.consumedBefore, period));
            const double wanted = factor * side.peak;
            if (wanted > side.units) {
                setCapacity(world, table, index, std::min(wanted, side.units * perPeriod));
            }
        }
    }
}

std::unique_ptr<TargetTracking> DynamoDb::autoscaling(World& world, Table& table, std::size_t index) const
{
    const PropertyReader properties = component().properties();
    const Side& side = m_sides[index];
    TargetTracking::Config config;
    config.nodeId = component().id();
    config.resource = fmt::format("table {} {} capacity", component().name(), side.name);
    config.minimum = static_cast<std::uint32_t>(properties.integer("minCapacity"));
    config.maximum = static_cast<std::uint32_t>(properties.integer("maxCapacity"));
    config.period = component().factSeconds("autoscaling.periodSeconds");
    config.dataDelay = Duration(0);
    config.outPoints = static_cast<std::size_t>(component().factInteger("autoscaling.outPoints"));
    config.inPoints = static_cast<std::size_t>(component().factInteger("autoscaling.inPoints"));
    config.lowFactor = 1 - component().factNumber("autoscaling.lowMargin") / 100;
    config.outCooldown = Duration(0);
    config.inCooldown = Duration(0);
    config.running = [&table, index] { return static_cast<std::uint32_t>(table.sides[index].units); };
    config.desired = config.running;
    config.inSuspended = [] { return false; };
    config.setDesired = [this, &world, &table, index](std::uint32_t units) {
        world.start(changeLater(world, table, index, units));
    };
    const auto utilisation = [this, &world, &table, index,
                              period = config.period]() -> std::optional<double> {
        Capacity& capacity = table.sides[index];
        return 100 * consumedPerSecond(world, index, capacity.consumedBefore, period) / capacity.units;
    };
    const std::string metric = fmt::format("DynamoDB{}CapacityUtilization", index == 0 ? "Read" : "Write");
    return std::make_unique<TargetTracking>(
        world, std::move(config),
        std::vector<TargetTracking::Policy>{{metric, properties.number("targetUtilisation"), utilisation}});
}

/// UpdateTable takes a while.
Process DynamoDb::changeLater(World& world, Table& table, std::size_t side, double units) const
{
    co_await world.sim().after(component().factSeconds("autoscaling.delaySeconds"));
    setCapacity(world, table, side, units);
}

void DynamoDb::observe(World& world, Table& table) const
{
    const std::string& id = component().id();
    Recorder& recorder = world.recorder();
    for (std::size_t index = 0; index < m_sides.size(); ++index) {
        recorder.addGauge(
            id, m_sides[index].meterName, "units/s",
            [this, &world, &recorder, index, before = std::uint64_t{0}]() mutable {
                return consumedPerSecond(world, index, before, recorder.interval());
            });
        if (isProvisioned()) {
            const std::string metric =
                fmt::format("Provisioned{}CapacityUnits", index == 0 ? "Read" : "Write");
            recorder.addGauge(id, metric, "units/s", [&table, index] { return table.sides[index].units; });
        }
    }
    recorder.addGauge(
        id, "ThrottledRequests", "1/s", [this, &world, &recorder, before = std::uint64_t{0}]() mutable {
            std::uint64_t refused = 0;
            for (const Side& side : m_sides) {
                refused += world.data().read(side.table).refused + world.data().read(side.partition).refused;
            }
            const auto now = static_cast<double>(refused - before);
            before = refused;
            return now / seconds(recorder.interval());
        });
    recorder.setStatus(id, [this, &table] {
        return isProvisioned()
                   ? fmt::format(
                         "{:.0f} RCU, {:.0f} WCU provisioned", table.sides[0].units, table.sides[1].units)
                   : fmt::format(
                         "on demand: up to {:.0f} reads, {:.0f} writes a second", table.sides[0].units,
                         table.sides[1].units);
    });
    recorder.addUsage([this, &table](Usage& usage, Time now) { appendUsage(table, usage, now); });
}

void DynamoDb::appendUsage(const Table& table, Usage& usage, Time now) const
{
    const PropertyReader properties = component().properties();
    const std::int64_t items = properties.integer("items");
    const CapacityUnitSizes sizes{
        component().factInteger("unit.readBytes"), component().factInteger("unit.writeBytes"),
        component().factInteger("item.overheadBytes")};
    const Int128 stored = billedStorageBytes(items * itemBytes(), items, sizes);
    const std::string storage = isInfrequent() ? "IA-TimedStorage-ByteHrs" : "TimedStorage-ByteHrs";
    const char* const capacityTypes[] = {"ReadCapacityUnit-Hrs", "WriteCapacityUnit-Hrs"};
    const std::int64_t end = now / 1s;
    for (std::int64_t hour = 0; hour * 3600 < end; ++hour) {
        const std::int64_t from = hour * 3600;
        const std::int64_t to = std::min(end, from + 3600);
        const auto add = [&](const std::string& type, Quantity quantity) {
            usage.add(
                {component().id(), "", "AmazonDynamoDB", type, m_region, static_cast<std::uint32_t>(hour),
                 quantity});
        };
        // DynamoDB bills storage by 10^9 bytes; months have 730 hours.
        const Quantity gbMonths = Quantity::ratio(stored * (to - from), Int128{1'000'000'000} * 730 * 3600);
        add(storage, gbMonths);
        if (properties.flag("pointInTimeRecovery")) {
            add("TimedPITRStorage-ByteHrs", gbMonths);
        }
        for (std::size_t side = 0; isProvisioned() && side < table.sides.size(); ++side) {
            Quantity unitHours;
            const auto& history = table.sides[side].history;
            for (std::size_t k = 0; k < history.size(); ++k) {
                const std::int64_t since = std::max<std::int64_t>(history[k].first / 1s, from);
                const std::int64_t until =
                    k + 1 < history.size() ? std::min<std::int64_t>(history[k + 1].first / 1s, to) : to;
                if (until > since) {
                    unitHours += Quantity::ratio(
                        static_cast<Int128>(history[k].second * kMilli) * (until - since), 3600 * kMilli);
                }
            }
            add(capacityTypes[side], unitHours);
        }
    }
}

}  // namespace

const ServiceType& dynamodb()
{
    static const ServiceType type{
        "aws.dynamodb", [](const Component& component) -> std::unique_ptr<ServiceModel> {
            return std::make_unique<DynamoDb>(component);
        }};
    return type;
}

}  // namespace neph
