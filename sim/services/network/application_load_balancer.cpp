// Application Load Balancer: takes requests in, asks a healthy target, and is billed by the hour and the LCU.
//
// Sources: Elastic Load Balancing, "Target groups for your Application Load Balancers", "Troubleshoot your
// Application Load Balancers" (502, 503, 504), and its pricing page. Figures are in the data file.
#include <algorithm>

#include <fmt/format.h>

#include "sim/cloud/target_group.h"
#include "sim/cost/lcu.h"

namespace neph {

namespace {

constexpr std::int64_t kMilli = 1000;

std::uint32_t startedHours(Time now)
{
    return static_cast<std::uint32_t>((now + 1h - 1ns) / 1h);
}

class ApplicationLoadBalancer final : public ServiceModel {
public:
    using ServiceModel::ServiceModel;

    void declare(Compiler& compiler) override;
    std::optional<Entry> entry(const Link& link, Compiler& compiler) override;
    void prepare(World& world) const override;

private:
    void meterRequest(PathBuilder& path, const Link& link, Compiler& compiler, bool fromInternet);
    void forward(PathBuilder& path, const std::string& entry, Compiler& compiler);
    PolicyId policy(Compiler& compiler);
    TargetGroup::Config groupConfig(const std::string& target) const;
    void appendCapacityUnits(World& world, Usage& usage, Time now) const;
    LcuAllowances allowances() const;

    std::string m_region;
    std::vector<const Link*> m_links;  ///< To targets.
    MeterId m_requests;
    MeterId m_newConnections;
    MeterId m_bytes;
    MeterId m_bytesOut;
    OutcomeId m_noTargets;
};

void ApplicationLoadBalancer::declare(Compiler& compiler)
{
    const std::string& id = component().id();
    m_region = compiler.regionCode(id);
    m_links = compiler.design().linksFrom(id);
    m_requests = compiler.watch(id, "RequestCount");
    m_newConnections = compiler.watch(id, "NewConnectionCount");
    m_bytes = compiler.watch(id, "ProcessedBytes");
    m_bytesOut = compiler.meter(id, "AWSDataTransfer", "DataTransfer-Out-Bytes", std::int64_t{1} << 30);
    m_noTargets = compiler.outcome(
        id, OutcomeSpec::Kind::Unavailable, "503 Service Unavailable: the target group has no healthy target",
        true);
}

std::optional<Entry> ApplicationLoadBalancer::entry(const Link& link, Compiler& compiler)
{
    const PathId id = compiler.plan().declarePath(component().name(), compiler.index(component().id()));
    const KindSpec* caller = Catalog::builtIn().find(compiler.design().node(link.from)->kind);
    const bool fromInternet = caller != nullptr && caller->hasRole("entry");
    PathBuilder path = compiler.plan().path(id);
    if (!fromInternet) {
        compiler.hop(path, component(), link, compiler.bytesOver(link), true);
    }
    meterRequest(path, link, compiler, fromInternet);
    path.delay(
        compiler.plan().addDraw(
            link.id, "routing", Distribution::constant(component().properties().number("latencyMs") / 1e3)),
        "picks a target");
    forward(path, link.id, compiler);
    return Entry{id, {}, Routing::RoundRobin, {}};
}

void ApplicationLoadBalancer::meterRequest(
    PathBuilder& path, const Link& link, Compiler& compiler, bool fromInternet)
{
    path.meter(m_requests, compiler.plan().addAmount(kMilli));
    path.meter(m_newConnections, compiler.amountByClass([&compiler](const RequestClass& each) {
        const Node* users = compiler.design().node(each.source);
        if (users == nullptr) {
            return std::int64_t{0};
        }
        const PropertyReader properties{Catalog::builtIn().find(users->kind)->properties, users->properties};
        return static_cast<std::int64_t>(properties.number("newConnectionShare") / 100 * kMilli + 0.5);
    }));
    path.meter(m_bytes, compiler.bytesOver(link));
    if (fromInternet) {
        path.meter(
            m_bytesOut, compiler.amountByClass([](const RequestClass& each) { return each.response.count; }));
    }
}

void ApplicationLoadBalancer::forward(PathBuilder& path, const std::string& entry, Compiler& compiler)
{
    const Routing routing = component().properties().text("algorithm") == "least_outstanding_requests"
                                ? Routing::LeastOutstanding
                                : Routing::RoundRobin;
    const PolicyId onTarget = policy(compiler);
    double left = 0;
    for (const Link* link : m_links) {
        left += compiler.propertiesOf(*link).number("weight");
    }
    for (const Link* link : m_links) {
        const std::optional<Entry>& target = compiler.entryOf(*link);
        const double weight = compiler.propertiesOf(*link).number("weight");
        const double share = left > 0 ? weight / left : 0;
        left -= weight;
        if (!target) {
            continue;
        }
        const std::string words = "forwards to " + compiler.design().node(link->to)->name;
        path.ifChance(compiler.plan().addDraw(
            link->id, "weight for " + entry, Distribution::constant(std::min(1.0, share))));
        if (target->pool) {
            path.callOn(
                target->pool, routing, target->path, onTarget, compiler.linkIndex(link->id), m_noTargets,
                words);
        } else {
            path.call(target->path, onTarget, compiler.linkIndex(link->id), words);
        }
        path.reply();
        path.endIf();
    }
    path.fail(m_noTargets, "has no target");
}

PolicyId ApplicationLoadBalancer::policy(Compiler& compiler)
{
    const std::string& id = component().id();
    PolicySpec policy;
    policy.timeout = component().properties().duration("idleTimeout");
    policy.onTimeout = compiler.outcome(
        id, OutcomeSpec::Kind::TimedOut, "504 Gateway Timeout: the target did not answer in time", true);
    policy.onRefused = compiler.outcome(
        id, OutcomeSpec::Kind::Refused, "502 Bad Gateway: the target closed the connection", true);
    return compiler.plan().addPolicy(policy);
}

TargetGroup::Config ApplicationLoadBalancer::groupConfig(const std::string& target) const
{
    const PropertyReader properties = component().properties();
    TargetGroup::Config config;
    config.balancerId = component().id();
    config.balancerName = component().name();
    config.name = target;
    config.interval = properties.duration("healthInterval");
    config.timeout = properties.duration("healthTimeout");
    config.healthyThreshold = static_cast<int>(properties.integer("healthyThreshold"));
    config.unhealthyThreshold = static_cast<int>(properties.integer("unhealthyThreshold"));
    config.newTargetPasses = static_cast<int>(component().factInteger("health.newTargetPasses"));
    config.failOpen = component().kind.fact("health.failOpen").get<bool>();
    config.deregistrationDelay = properties.duration("deregistrationDelay");
    const Duration slowStart = properties.duration("slowStart");
    const bool roundRobin = properties.text("algorithm") == "round_robin";
    config.slowStart = roundRobin ? slowStart : Duration(0);
    return config;
}

void ApplicationLoadBalancer::prepare(World& world) const
{
    std::vector<TargetGroup*> groups;
    for (const Link* link : m_links) {
        const std::string& target = world.compiled().design.node(link->to)->name;
        groups.push_back(&world.make<TargetGroup>(link->to, world, groupConfig(target)));
    }
    const auto healthy = [groups] {
        int sum = 0;
        for (const TargetGroup* group : groups) {
            sum += group->healthyCount();
        }
        return sum;
    };
    const auto registered = [groups] {
        int sum = 0;
        for (const TargetGroup* group : groups) {
            sum += group->count();
        }
        return sum;
    };
    const std::string& id = component().id();
    world.recorder().addGauge(id, "HealthyHostCount", "count", [healthy] { return healthy(); });
    world.recorder().addGauge(
        id, "UnHealthyHostCount", "count", [healthy, registered] { return registered() - healthy(); });
    world.recorder().setStatus(id, [healthy, registered] {
        return fmt::format("{} of {} targets healthy", healthy(), registered());
    });
    world.recorder().addUsage(
        [this, &world](Usage& usage, Time now) { appendCapacityUnits(world, usage, now); });
    world.recorder().addWholeHours([this](Usage& usage, Time now) {
        for (std::uint32_t hour = 0; hour < startedHours(now); ++hour) {
            usage.add({component().id(), "", "AWSELB", "LoadBalancerUsage", m_region, hour, Quantity::of(1)});
        }
    });
}

LcuAllowances ApplicationLoadBalancer::allowances() const
{
    LcuAllowances allowances{};
    allowances.newConnectionsPerSecond = component().factInteger("lcu.newConnectionsPerSecond");
    allowances.activeConnections = component().factInteger("lcu.activeConnectionsPerMinute");
    allowances.bytesPerHour = component().factInteger("lcu.gigabytesPerHour") * 1'000'000'000;
    allowances.ruleEvaluationsPerSecond = component().factInteger("lcu.ruleEvaluationsPerSecond");
    allowances.freeRules = component().factInteger("lcu.freeRules");
    return allowances;
}

void ApplicationLoadBalancer::appendCapacityUnits(World& world, Usage& usage, Time now) const
{
    const std::vector<std::uint64_t> requests = world.recorder().hourly(m_requests);
    const std::vector<std::uint64_t> connections = world.recorder().hourly(m_newConnections);
    const std::vector<std::uint64_t> bytes = world.recorder().hourly(m_bytes);
    const std::int64_t rules = component().properties().integer("rules");
    const std::int64_t idleSeconds = component().properties().duration("idleTimeout") / 1s;
    for (std::uint32_t hour = 0; hour < startedHours(now); ++hour) {
        const auto at = [hour](const std::vector<std::uint64_t>& counted) {
            return hour < counted.size() ? static_cast<std::int64_t>(counted[hour]) : 0;
        };
        LcuUse use;
        use.newConnections = at(connections) / kMilli;
        // A connection counts as active until it has been idle for the timeout.
        use.connectionSeconds = use.newConnections * idleSeconds;
        use.bytes = at(bytes);
        use.ruleEvaluations = ruleEvaluations(at(requests) / kMilli, rules, allowances());
        usage.add(
            {component().id(), "", "AWSELB", "LCUUsage", m_region, hour,
             lcuPerHour(use, allowances()).billed()});
    }
}

}  // namespace

const ServiceType& application_load_balancer()
{
    static const ServiceType type{"aws.alb", [](const Component& component) -> std::unique_ptr<ServiceModel> {
                                      return std::make_unique<ApplicationLoadBalancer>(component);
                                  }};
    return type;
}

}  // namespace neph
