// Amazon ECS service on Fargate: tasks without servers to manage, kept at a desired count, scaled and
// replaced.
//
// Sources: Amazon ECS Developer Guide, "Amazon ECS services", "Task definition parameters", "Service auto
// scaling"; AWS Fargate pricing. Figures are in assets/services/ecs_fargate_service.json, each with its
// source.
#include <algorithm>

#include <fmt/format.h>

#include "sim/cloud/platform.h"
#include "sim/cloud/request_handler.h"
#include "sim/cloud/service_scheduler.h"
#include "sim/cloud/target_tracking.h"

namespace neph {

namespace {

/// A service in a run: its tasks, and the controllers that look after them.
class FargateService final : public WorldObject {
public:
    FargateService(World& world, FleetConfig ofFleet, ServiceScheduler::Config ofScheduler)
        : fleet(world.platform().fleet(world, std::move(ofFleet))),
          scheduler(world, *fleet, std::move(ofScheduler))
    {
    }

    std::unique_ptr<Fleet> fleet;
    ServiceScheduler scheduler;
    std::unique_ptr<TargetTracking> tracking;
    StationReading cpuBefore;  ///< At the start of the present scaling period.
    PoolReading requestsBefore;
    double utilisation = 0;  ///< 0..1, over the last sample.
};

class EcsFargateService final : public ServiceModel {
public:
    using ServiceModel::ServiceModel;

    void declare(Compiler& compiler) override;
    std::optional<Entry> entry(const Link& link, Compiler& compiler) override
    {
        return m_handler.entry(link, component(), compiler);
    }
    void finish(Compiler& compiler) override;
    void prepare(World& world) const override;
    void control(World& world) const override;

private:
    void findImages(Compiler& compiler);
    FleetConfig fleetConfig() const;
    ServiceScheduler::Config schedulerConfig() const;
    void observe(World& world, FargateService& service) const;
    void addFaults(World& world, FargateService& service) const;
    std::unique_ptr<TargetTracking> tracking(World& world, FargateService& service) const;
    Process deployLater(World& world, FargateService& service, Time at) const;

    std::int64_t milliVcpu() const
    {
        return static_cast<std::int64_t>(std::stod(component().properties().text("cpu")) * 1000 + 0.5);
    }

    RequestHandler m_handler;
    std::string m_region;
    std::string m_vpc;
    bool m_publicAddress = false;
    bool m_natGateway = false;
    std::vector<ZoneIndex> m_zones;
    std::map<std::uint32_t, ContainerImage> m_revisions;
};

void EcsFargateService::declare(Compiler& compiler)
{
    m_region = compiler.regionCode(component().id());
    m_zones = compiler.zonesOf(component().id());
    if (const Node* vpc = compiler.vpcOf(component().id())) {
        const KindSpec* kind = Catalog::builtIn().find(vpc->kind);
        m_vpc = vpc->id;
        const PropertyReader network{kind->properties, vpc->properties};
        m_publicAddress = network.flag("publicIpv4");
        m_natGateway = network.flag("natGateway");
    }
    m_handler.declare(
        compiler, component(), "task",
        fmt::format("503 Service Unavailable: {} has no free worker", component().name()), milliVcpu());
}

void EcsFargateService::finish(Compiler& compiler)
{
    findImages(compiler);
    m_handler.finish(compiler, component(), "health check");
}

void EcsFargateService::findImages(Compiler& compiler)
{
    const std::string later = component().properties().text("deployImage");
    for (const Link* link : compiler.design().linksFrom(component().id())) {
        const auto* source = compiler.as<ImageSource>(link->to);
        if (source != nullptr && (link->to != later || !m_revisions.contains(1))) {
            m_revisions[1] = source->image();
        }
    }
    m_revisions[2] = m_revisions[1];
    if (const auto* source = compiler.as<ImageSource>(later)) {
        m_revisions[2] = source->image();
    }
}

FleetConfig EcsFargateService::fleetConfig() const
{
    const PropertyReader properties = component().properties();
    FleetConfig config;
    config.nodeId = component().id();
    config.service = component().name();
    config.pool = m_handler.replicas().pool;
    config.zones = m_zones;
    config.revisions = m_revisions;
    // Behind a NAT gateway all tasks of a VPC share one address; with public addresses each has its own. With
    // neither there is no way to a registry.
    const bool hasWayOut = m_vpc.empty() || m_publicAddress || m_natGateway;
    config.pullAddress = m_vpc.empty() ? component().id() : hasWayOut ? m_vpc : "";
    config.pullsAreByTask = m_publicAddress;
    config.onReset = m_handler.replicas().reset;
    config.probe = m_handler.probe();
    config.provisioning = component().factSeconds("lifecycle.provisioningSeconds");
    config.containerCreate = component().factSeconds("lifecycle.pendingSeconds");
    config.activating = component().factSeconds("lifecycle.activatingSeconds");
    config.containerStart = component().factSeconds("lifecycle.containerStartSeconds");
    config.deprovisioning = component().factSeconds("lifecycle.deprovisioningSeconds");
    config.stopTimeout = properties.duration("stopTimeout");
    config.gracefulShutdown = properties.flag("gracefulShutdown");
    config.healthGrace = properties.duration("healthCheckGracePeriod");
    config.healthyAfter = component().factSeconds("health.noCheckSeconds");
    config.killedExitCode = static_cast<int>(component().factInteger("memory.exitCode"));
    config.outOfMemoryError = component().factText("memory.error");
    config.launchBurst = component().factNumber("launch.burst");
    config.launchesPerSecond = component().factNumber("launch.refillPerSecond");
    const std::string provider = properties.text("capacityProvider");
    config.onDemandBase =
        provider == "MIXED" ? static_cast<std::uint32_t>(properties.integer("onDemandBase")) : 0;
    config.spotShare = provider == "FARGATE_SPOT" ? 1
                       : provider == "MIXED"      ? properties.number("spotWeight") / 100
                                                  : 0;
    config.spotInterruptionsPerHour = properties.number("spotInterruptionsPerHour");
    config.spotNotice = component().factSeconds("spot.noticeSeconds");
    config.region = m_region;
    config.milliVcpu = milliVcpu();
    config.memoryMiB = properties.integer("memoryMiB");
    config.extraStorageGiB = std::max<std::int64_t>(
        0, properties.integer("ephemeralStorageGiB") - component().factInteger("billing.storageIncludedGiB"));
    config.arm = properties.text("architecture") == "arm64";
    config.publicAddress = m_publicAddress;
    config.billedAtLeast = component().factSeconds("billing.minimumSeconds");
    return config;
}

ServiceScheduler::Config EcsFargateService::schedulerConfig() const
{
    const PropertyReader properties = component().properties();
    ServiceScheduler::Config config;
    config.nodeId = component().id();
    config.service = component().name();
    config.desired = static_cast<std::uint32_t>(properties.integer("desiredCount"));
    config.minimumHealthyPercent = static_cast<int>(properties.integer("minimumHealthyPercent"));
    config.maximumPercent = static_cast<int>(properties.integer("maximumPercent"));
    config.circuitBreaker = properties.flag("circuitBreaker");
    config.rollback = properties.flag("rollback");
    config.breakerShare = component().factNumber("circuitBreaker.share");
    config.breakerLow = static_cast<std::uint32_t>(component().factInteger("circuitBreaker.low"));
    config.breakerHigh = static_cast<std::uint32_t>(component().factInteger("circuitBreaker.high"));
    config.loop = component().factSeconds("scheduler.loopSeconds");
    config.firstBackoff = component().factSeconds("backoff.firstSeconds");
    config.mostBackoff = component().factSeconds("backoff.maxSeconds");
    config.startsPerMinute =
        static_cast<std::uint32_t>(component().factInteger("launch.perServicePerMinute"));
    return config;
}

void EcsFargateService::prepare(World& world) const
{
    FargateService& service =
        world.make<FargateService>(component().id(), world, fleetConfig(), schedulerConfig());
    service.tracking = tracking(world, service);
    observe(world, service);
    addFaults(world, service);
}

void EcsFargateService::observe(World& world, FargateService& service) const
{
    const std::string& id = component().id();
    Recorder& recorder = world.recorder();
    recorder.addGauge(id, "CPUUtilization", "%", [&service, &recorder] {
        service.utilisation = service.fleet->sampleUtilisation(recorder.interval());
        return 100 * service.utilisation;
    });
    recorder.addGauge(
        id, "RunningTaskCount", "count", [&service] { return service.fleet->countOf(TaskState::Running); });
    recorder.addGauge(id, "HealthyTaskCount", "count", [&service] { return service.fleet->healthyCount(); });
    recorder.addGauge(id, "DesiredTaskCount", "count", [&service] { return service.scheduler.desired(); });
    recorder.addGauge(id, "PendingTaskCount", "count", [&service] {
        return service.fleet->countOf(TaskState::Provisioning) + service.fleet->countOf(TaskState::Pending) +
               service.fleet->countOf(TaskState::Activating);
    });
    recorder.setStatus(id, [&service] { return service.scheduler.status(); });
    recorder.setReplicas(id, [&service] { return service.fleet->views(); });
    recorder.addUsage([&service](Usage& usage, Time now) { service.fleet->appendUsage(usage, now); });
}

void EcsFargateService::addFaults(World& world, FargateService& service) const
{
    world.onFault(component().id(), "killTask", [this, &service](const FaultSpec& fault) -> Result<Done> {
        const auto count = static_cast<std::uint32_t>(std::max(1.0, numberOf(fault, "count", 1)));
        if (service.fleet->kill(count, "Task killed by a fault of the scenario (exit code 137)") == 0) {
            return Error{
                ErrorCode::Invalid, component().id(),
                fmt::format("{} has no running task to kill.", component().name())};
        }
        return Done{};
    });
}

std::unique_ptr<TargetTracking> EcsFargateService::tracking(World& world, FargateService& service) const
{
    const PropertyReader properties = component().properties();
    const std::string mode = properties.text("autoscaling");
    std::vector<TargetTracking::Policy> policies;
    const double period = component().factNumber("metric.periodSeconds");
    if (mode == "cpu" || mode == "both") {
        policies.push_back(
            {"ECSServiceAverageCPUUtilization", properties.number("targetCpu"), [this, &world, &service] {
                 const StationReading now = world.data().read(m_handler.cpu());
                 const double capacity = now.capacity - service.cpuBefore.capacity;
                 const double busy = now.busy - service.cpuBefore.busy;
                 service.cpuBefore = now;
                 return capacity > 0 ? std::optional<double>(100 * busy / capacity) : std::nullopt;
             }});
    }
    if (mode == "requests" || mode == "both") {
        policies.push_back(
            {"ALBRequestCountPerTarget", properties.number("targetRequestsPerTarget"),
             [this, &world, &service, period] {
                 const PoolReading now = world.data().read(m_handler.replicas().pool);
                 const auto requests = static_cast<double>(now.requests - service.requestsBefore.requests);
                 service.requestsBefore = now;
                 return now.inService > 0 ? std::optional<double>(requests * 60 / period / now.inService)
                                          : std::nullopt;
             }});
    }
    if (policies.empty()) {
        return nullptr;
    }
    TargetTracking::Config config;
    config.nodeId = component().id();
    config.resource = "service " + component().name();
    config.minimum = static_cast<std::uint32_t>(properties.integer("minCount"));
    config.maximum = static_cast<std::uint32_t>(properties.integer("maxCount"));
    config.period = component().factSeconds("metric.periodSeconds");
    config.dataDelay = component().factSeconds("metric.delaySeconds");
    config.outPoints = static_cast<std::size_t>(component().factInteger("autoscaling.outPoints"));
    config.inPoints = static_cast<std::size_t>(component().factInteger("autoscaling.inPoints"));
    config.lowFactor = component().factNumber("autoscaling.lowFactor");
    config.outCooldown = properties.duration("scaleOutCooldown");
    config.inCooldown = properties.duration("scaleInCooldown");
    config.running = [&service] { return service.fleet->countOf(TaskState::Running); };
    config.desired = [&service] { return service.scheduler.desired(); };
    config.inSuspended = [&service] { return service.scheduler.isDeploying(); };
    config.setDesired = [&service](std::uint32_t desired) { service.scheduler.setDesired(desired); };
    return std::make_unique<TargetTracking>(world, std::move(config), std::move(policies));
}

void EcsFargateService::control(World& world) const
{
    FargateService& service = *world.find<FargateService>(component().id()).front();
    world.start(service.scheduler.run());
    if (service.tracking) {
        world.start(service.tracking->run());
    }
    const Duration deployAt = component().properties().duration("deployAtSeconds");
    if (deployAt > Duration(0)) {
        world.start(deployLater(world, service, deployAt));
    }
}

Process EcsFargateService::deployLater(World& world, FargateService& service, Time at) const
{
    co_await world.sim().until(at);
    service.scheduler.deploy(
        2, fmt::format("{} replaces {}", m_revisions.at(2).name, m_revisions.at(1).name));
}

}  // namespace

const ServiceType& ecs_fargate_service()
{
    static const ServiceType type{
        "aws.ecs.fargate_service", [](const Component& component) -> std::unique_ptr<ServiceModel> {
            return std::make_unique<EcsFargateService>(component);
        }};
    return type;
}

}  // namespace neph
