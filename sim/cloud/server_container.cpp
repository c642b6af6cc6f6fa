#include "sim/cloud/server_container.h"

#include <algorithm>

#include <fmt/format.h>

#include "sim/cloud/target_group.h"

namespace neph {

ServerContainers::ServerContainers(World& world, Config config) : m_world(world), m_config(std::move(config))
{
    for (std::uint32_t i = 0; i < m_config.count; ++i) {
        auto container = std::make_unique<Container>(world.sim());
        container->index = i;
        container->name = fmt::format("{}-{}", m_config.name, i + 1);
        if (!m_config.zones.empty()) {
            container->zone = m_config.zones[i % m_config.zones.size()];
        }
        m_containers.push_back(std::move(container));
    }
    m_host = m_world.platform().serverHost(m_world, m_config.nodeId);
    if (m_host != nullptr) {
        m_host->onDeath = [this](std::size_t index, const std::string& reason) {
            die(*m_containers[index], reason);
        };
    }
    m_world.data().onOutOfMemory(m_config.replicas.pool, [this](ReplicaId replica) {
        for (const auto& container : m_containers) {
            if (container->replica == replica) {
                die(*container, m_config.outOfMemoryReason);
            }
        }
    });
    m_world.onZoneChange([this](ZoneIndex zone, bool lost) {
        for (const auto& container : m_containers) {
            if (container->zone == zone && lost) {
                die(*container, "its server was lost with the Availability Zone");
            } else if (container->zone == zone) {
                container->wake.fire();
            }
        }
    });
}

void ServerContainers::run()
{
    for (std::size_t i = 0; i < m_containers.size(); ++i) {
        m_world.start(keepUp(i));
    }
}

/// Restart policy "always": whatever the container ended with, it is started again on the same server; after
/// a delay that doubles as long as it does not stay up. On a server that is lost it waits for the server.
Process ServerContainers::keepUp(std::size_t index)
{
    Container& container = *m_containers[index];
    Duration delay = m_config.firstDelay;
    while (true) {
        while (m_world.isLost(container.zone)) {
            co_await container.wake.wait();
        }
        Process starting = startUp(index);
        co_await std::move(starting);
        while (container.diedOf.empty()) {
            co_await container.wake.wait();
        }
        if (container.state == State::Running && m_world.now() - container.since >= m_config.startedAfter) {
            delay = m_config.firstDelay;
        }
        enter(container, State::Restarting);
        co_await m_world.sim().after(delay);
        delay = std::min(2 * delay, m_config.longestDelay);
        ++m_restarts;
    }
}

/// The process runs, but listens only after a while; it may die before.
Process ServerContainers::startUp(std::size_t index)
{
    Container& container = *m_containers[index];
    container.diedOf.clear();
    enter(container, State::Starting);
    const auto problem = std::make_shared<std::string>();
    if (m_host != nullptr) {
        Process starting = m_host->start(index, problem);
        co_await std::move(starting);
    }
    if (!problem->empty()) {
        die(container, *problem);
    }
    const Time listensAt = m_host != nullptr ? m_world.now() : m_world.now() + m_config.start;
    while (container.diedOf.empty() && m_world.now() < listensAt) {
        co_await container.wake.waitFor(listensAt - m_world.now());
    }
    if (!container.diedOf.empty()) {
        co_return;
    }
    container.cpuBusyBefore = 0;
    container.replica = m_world.data().addReplica(m_config.replicas.pool, container.zone, 0);
    if (m_host != nullptr) {
        Process listening = m_host->listen(index, container.replica);
        co_await std::move(listening);
        if (!container.diedOf.empty()) {
            co_return;
        }
    }
    enter(container, State::Running);
    if (m_cpuShare < 1) {
        limitCpu(container);
    }
    takeIntoService(m_world, m_config.nodeId, container.replica, container.name, m_config.probe);
    m_world.log(
        EventLevel::Info, m_config.nodeId, fmt::format("(container {}) started", container.name),
        container.name);
}

void ServerContainers::die(Container& container, const std::string& reason)
{
    const bool hasProcess = container.state == State::Starting || container.state == State::Running;
    if (!hasProcess || !container.diedOf.empty()) {
        return;
    }
    container.diedOf = reason;
    if (container.replica) {
        removeFromService(m_world, m_config.nodeId, container.replica);
        m_world.data().removeReplica(container.replica, m_config.replicas.reset);
        container.replica = {};
    }
    if (m_host != nullptr) {
        m_host->drop(container.index);
    }
    m_world.log(
        EventLevel::Failure, m_config.nodeId, fmt::format("(container {}) died: {}", container.name, reason),
        container.name);
    container.wake.fire();
}

std::uint32_t ServerContainers::kill(std::uint32_t count, const std::string& reason)
{
    std::uint32_t killed = 0;
    for (const auto& container : m_containers) {
        if (killed < count && container->replica) {
            die(*container, reason);
            ++killed;
        }
    }
    return killed;
}

void ServerContainers::throttle(double share)
{
    m_cpuShare = share;
    for (const auto& container : m_containers) {
        if (container->replica) {
            limitCpu(*container);
        }
    }
}

void ServerContainers::limitCpu(const Container& container)
{
    const double left = static_cast<double>(m_config.milliCores) * m_cpuShare;
    m_world.data().resize(
        m_config.cpu, container.replica, std::max<std::int64_t>(1, static_cast<std::int64_t>(left)), 0);
}

std::uint32_t ServerContainers::running() const
{
    return static_cast<std::uint32_t>(std::count_if(
        m_containers.begin(), m_containers.end(), [](const auto& one) { return bool(one->replica); }));
}

void ServerContainers::enter(Container& container, State state)
{
    container.state = state;
    container.since = m_world.now();
}

double ServerContainers::sampleUtilisation(Duration interval)
{
    double used = 0;
    for (const auto& container : m_containers) {
        container->utilisation = 0;
        if (container->replica) {
            const double busy = m_world.data().read(container->replica).cpuBusy;
            container->utilisation = (busy - container->cpuBusyBefore) / (m_config.vcpu * seconds(interval));
            container->cpuBusyBefore = busy;
            used += container->utilisation;
        }
    }
    return running() > 0 ? used / running() : 0;
}

std::vector<ReplicaView> ServerContainers::views() const
{
    std::vector<ReplicaView> views;
    for (const auto& container : m_containers) {
        ReplicaView view;
        view.id = container->name;
        view.zone = container->zone ? m_world.plan().zones[container->zone.value].name : "";
        view.since = container->since;
        view.utilisation = container->utilisation;
        if (container->replica) {
            view.queue = m_world.data().read(container->replica).queueNow;
        }
        const bool isLost = m_world.isLost(container->zone);
        view.state = isLost                                  ? "lost"
                     : container->state == State::Running    ? "running"
                     : container->state == State::Restarting ? "restarting"
                                                             : "starting";
        view.note = container->diedOf;
        view.look = isLost                                  ? ReplicaView::Look::Failed
                    : container->state == State::Running    ? ReplicaView::Look::Healthy
                    : container->state == State::Restarting ? ReplicaView::Look::Failed
                                                            : ReplicaView::Look::Starting;
        views.push_back(std::move(view));
    }
    return views;
}

void ServerContainerModel::declare(Compiler& compiler)
{
    if (compiler.regionOf(component().id()) != nullptr) {
        m_zones = compiler.zonesOf(component().id());
    }
}

std::int64_t ServerContainerModel::milliVcpu() const
{
    return static_cast<std::int64_t>(component().properties().number("cpu") * 1000 + 0.5);
}

ContainerRecipe ServerContainerModel::recipe() const
{
    ContainerRecipe recipe;
    recipe.volume = component().properties().text("volume");
    recipe.replicas = count();
    recipe.milliVcpu = milliVcpu();
    recipe.memoryMiB = component().properties().integer("memoryMiB");
    return recipe;
}

ServerContainers::Config ServerContainerModel::config() const
{
    ServerContainers::Config config;
    config.nodeId = component().id();
    config.name = component().name();
    config.replicas = replicas();
    config.probe = probe();
    config.zones = m_zones;
    config.count = count();
    config.cpu = cpu();
    config.milliCores = milliCores();
    config.vcpu = static_cast<double>(milliVcpu()) / 1000;
    config.start = component().properties().duration("startSeconds");
    config.firstDelay = component().factSeconds("restart.firstDelaySeconds");
    config.longestDelay = component().factSeconds("restart.longestDelaySeconds");
    config.startedAfter = component().factSeconds("restart.startedAfterSeconds");
    config.outOfMemoryReason =
        fmt::format("OOMKilled (exit code {})", component().factInteger("memory.exitCode"));
    return config;
}

void ServerContainerModel::prepare(World& world) const
{
    const std::string& id = component().id();
    ServerContainers& containers = world.make<ServerContainers>(id, world, config());
    Recorder& recorder = world.recorder();
    recorder.addGauge(id, "CPUUtilization", "%", [&containers, &recorder] {
        return 100 * containers.sampleUtilisation(recorder.interval());
    });
    recorder.addGauge(id, "RunningContainers", "count", [&containers] { return containers.running(); });
    recorder.addGauge(id, "Restarts", "count", [&containers] { return containers.restarts(); });
    recorder.setReplicas(id, [&containers] { return containers.views(); });
    recorder.setStatus(id, [&containers, special = note()] {
        return fmt::format(
            "{} of {} containers running{}{}", containers.running(), containers.count(),
            special.empty() ? "" : ", ", special);
    });
    addFaults(world, containers);
    observe(world);
}

void ServerContainerModel::addFaults(World& world, ServerContainers& containers) const
{
    world.onFault(component().id(), "killTask", [this, &containers](const FaultSpec& fault) -> Result<Done> {
        const auto wanted = static_cast<std::uint32_t>(std::max(1.0, numberOf(fault, "count", 1)));
        if (containers.kill(wanted, "killed by a fault of the scenario (exit code 137)") == 0) {
            return Error{
                ErrorCode::Invalid, component().id(),
                fmt::format("{} has no running container to kill.", component().name())};
        }
        return Done{};
    });
    world.onFault(
        component().id(), "throttle", [this, &world, &containers](const FaultSpec& fault) -> Result<Done> {
            const double percent = std::clamp(numberOf(fault, "percent", 10), 0.0, 100.0);
            containers.throttle(percent / 100);
            world.log(
                EventLevel::Warning, component().id(),
                fmt::format("{} has only {} % of its CPU.", component().name(), percent));
            if (fault.forSeconds > 0) {
                world.start(endThrottle(world, containers, fromSeconds(fault.forSeconds)));
            }
            return Done{};
        });
}

Process ServerContainerModel::endThrottle(World& world, ServerContainers& containers, Duration after) const
{
    co_await world.sim().after(after);
    containers.throttle(1);
    world.log(
        EventLevel::Info, component().id(), fmt::format("{} has all of its CPU again.", component().name()));
}

void ServerContainerModel::control(World& world) const
{
    world.find<ServerContainers>(component().id()).front()->run();
}

}  // namespace neph
