#include "sim/cloud/container_fleet.h"

#include <algorithm>

#include <fmt/format.h>

namespace neph {

ContainerFleet::ContainerFleet(World& world, FleetConfig config)
    : m_world(world), m_config(std::move(config)), m_launchTokens(m_config.launchBurst),
      m_spotLife(world.random(m_config.nodeId, "spot interruption"))
{
    m_world.data().onOutOfMemory(m_config.pool, [this](ReplicaId replica) {
        const auto found = m_byReplica.find(replica);
        if (found != m_byReplica.end()) {
            const TaskPointer task = found->second;
            die(*task, fmt::format("{} (exit code {})", m_config.outOfMemoryError, m_config.killedExitCode));
        }
    });
    m_world.onZoneChange([this](ZoneIndex zone, bool lost) {
        if (lost) {
            loseZone(zone);
        }
    });
}

void ContainerFleet::start(std::uint32_t revision)
{
    m_launchTokens = launchTokens() - 1;
    m_launchTokensAt = m_world.now();
    auto task = std::make_shared<LiveTask>(m_world.sim());
    task->number = ++m_started;
    task->revision = revision;
    task->zone = placeNext();
    task->spot = nextIsSpot();
    task->created = m_world.now();
    task->since = m_world.now();
    m_tasks.push_back(task);
    changed();
    m_all.push_back(task);
    m_world.start(live(task));
}

Process ContainerFleet::live(TaskPointer task)
{
    const ContainerImage image = m_config.revisions.at(task->revision);
    Process provisioning = provision(task);
    co_await std::move(provisioning);

    if (!task->stopAsked) {
        enter(*task, TaskState::Pending);
        task->billedFrom = m_world.now();  // Billing begins with the download of the image.
        Process pulling = pullImage(task, image);
        co_await std::move(pulling);
    }
    if (!task->stopAsked && task->problem.empty()) {
        Process creating = create(task, image);
        co_await std::move(creating);
    }
    if (!task->stopAsked && task->problem.empty()) {
        enter(*task, TaskState::Activating);
        Process activating = activate(task);
        co_await std::move(activating);
    }
    if (!task->stopAsked && task->problem.empty()) {
        Process serving = serve(task, image);
        co_await std::move(serving);
    }
    if (!task->stopAsked) {
        die(*task, task->problem);
    }
    Process ending = terminate(task);
    co_await std::move(ending);
}

Process ContainerFleet::provision(TaskPointer task)
{
    co_await task->wake.waitFor(m_config.provisioning);
}

Process ContainerFleet::pullImage(TaskPointer task, ContainerImage image)
{
    const std::vector<ImageRegistry*> registries = m_world.find<ImageRegistry>(image.registryId);
    if (registries.empty()) {
        co_return;  // The image is stored nowhere that is drawn: it is taken to be at hand.
    }
    LayerCache nothing;  // Fargate keeps no layers between tasks.
    PullOutcome outcome;
    const std::string address = m_config.pullsAreByTask
                                    ? fmt::format("{}#{}", m_config.pullAddress, task->number)
                                    : m_config.pullAddress;
    Process pulling = registries.front()->pull(image, address, nothing, outcome);
    co_await std::move(pulling);
    task->problem = outcome.error;
}

Process ContainerFleet::create(TaskPointer task, ContainerImage)
{
    co_await task->wake.waitFor(m_config.containerCreate);
}

Process ContainerFleet::activate(TaskPointer task)
{
    co_await task->wake.waitFor(m_config.activating);
}

Process ContainerFleet::startContainer(TaskPointer task, ContainerImage image)
{
    co_await task->wake.waitFor(m_config.containerStart);
    if (image.brokenAtStart && !task->stopAsked) {
        co_await task->wake.waitFor(image.crash);
        task->problem = fmt::format("Essential container in task exited (exit code {})", image.crashExitCode);
    }
}

Process ContainerFleet::listen(TaskPointer task, ContainerImage image)
{
    co_await task->wake.waitFor(image.start);
}

Process ContainerFleet::serve(TaskPointer task, ContainerImage image)
{
    Process starting = startContainer(task, image);
    co_await std::move(starting);
    if (task->stopAsked || !task->problem.empty()) {
        co_return;
    }
    enter(*task, TaskState::Running);
    task->everRan = true;
    task->runningSince = m_world.now();
    task->replica = m_world.data().addReplica(m_config.pool, task->zone, task->revision);
    m_byReplica[task->replica] = task;
    if (task->spot && m_config.spotInterruptionsPerHour > 0) {
        m_world.start(interrupt(task));
    }
    Process listening = listen(task, image);  // It runs, but does not listen yet.
    co_await std::move(listening);
    if (!task->stopAsked && task->problem.empty()) {
        takeIntoService(
            m_world, m_config.nodeId, task->replica, taskName(*task), m_config.probe, image.failsHealthCheck);
        m_world.start(watchHealth(task));
    }
    while (!task->stopAsked && task->problem.empty()) {
        co_await task->wake.wait();
    }
}

Process ContainerFleet::watchHealth(TaskPointer task)
{
    const std::vector<TargetGroup*> groups = m_world.find<TargetGroup>(m_config.nodeId);
    if (groups.empty()) {
        co_await m_world.sim().after(m_config.healthyAfter);
        if (!task->stopAsked) {
            task->health = TaskHealth::Healthy;
            changed();
        }
        co_return;
    }
    while (!task->stopAsked) {
        const auto is = [&task](TargetHealth wanted) {
            return [&task, wanted](TargetGroup* group) { return group->health(task->replica) == wanted; };
        };
        if (std::all_of(groups.begin(), groups.end(), is(TargetHealth::Healthy))) {
            if (task->health != TaskHealth::Healthy) {
                task->health = TaskHealth::Healthy;
                changed();
            }
        } else if (
            std::any_of(groups.begin(), groups.end(), is(TargetHealth::Unhealthy)) &&
            m_world.now() >= task->runningSince + m_config.healthGrace) {
            if (task->health != TaskHealth::Unhealthy) {
                task->health = TaskHealth::Unhealthy;
                changed();
                fail(*task, true);
            }
        }
        const bool isSettled = std::none_of(groups.begin(), groups.end(), is(TargetHealth::Unhealthy));
        if (isSettled && groups.size() == 1) {
            co_await groups.front()->changed().wait();
        } else {
            co_await groups.front()->changed().waitFor(1s);
        }
    }
}

void ContainerFleet::stop(std::uint32_t number, std::string reason)
{
    for (const auto& task : m_tasks) {
        if (task->number == number && !task->stopAsked) {
            auto& living = static_cast<LiveTask&>(*task);
            living.stopAsked = true;
            changed();
            living.stopReason = std::move(reason);
            living.wake.fire();
            return;
        }
    }
}

void ContainerFleet::die(LiveTask& task, const std::string& reason)
{
    if (task.isDead) {
        return;
    }
    task.isDead = true;
    task.stopAsked = true;
    changed();
    task.stopReason = reason;
    removeReplica(task);
    dropContainer(task);
    fail(task, false);
    m_world.log(
        EventLevel::Failure, m_config.nodeId,
        fmt::format("(service {}) (task {}) stopped: {}", m_config.service, task.number, reason),
        taskName(task));
    task.wake.fire();
}

/// Its sockets close with it: whoever waits for an answer gets a reset.
void ContainerFleet::removeReplica(LiveTask& task)
{
    if (!task.replica) {
        return;
    }
    removeFromService(m_world, m_config.nodeId, task.replica);
    m_world.data().removeReplica(task.replica, m_config.onReset);
    m_byReplica.erase(task.replica);
    task.replica = {};
}

void ContainerFleet::fail(LiveTask& task, bool byHealthCheck)
{
    m_failures.push_back(
        {task.number, task.revision, task.everRan, byHealthCheck,
         byHealthCheck ? "Task failed ELB health checks" : task.stopReason});
}

Process ContainerFleet::terminate(TaskPointer task)
{
    if (task->replica) {
        Process draining = drain(task);
        co_await std::move(draining);
    } else {
        enter(*task, TaskState::Stopping);
    }
    if (!task->isDead) {
        Process ending = endContainer(task);
        co_await std::move(ending);
        removeReplica(*task);
    }
    task->billedTo = m_world.now();
    enter(*task, TaskState::Deprovisioning);
    Process deprovisioning = deprovision(task);
    co_await std::move(deprovisioning);
    enter(*task, TaskState::Stopped);
    task->stoppedReason = task->stopReason;
    std::erase_if(m_tasks, [&task](const auto& other) { return other->number == task->number; });
    changed();
}

/// Deregister and let requests end.
/// Source: AWS Containers Blog, "Graceful shutdowns with ECS".
Process ContainerFleet::drain(TaskPointer task)
{
    enter(*task, TaskState::Deactivating);
    Duration delay{0};
    for (TargetGroup* group : m_world.find<TargetGroup>(m_config.nodeId)) {
        group->deregister(task->replica);
        delay = std::max(delay, group->config().deregistrationDelay);
    }
    m_world.data().setService(task->replica, Service::Out);
    const Time drainedBy = m_world.now() + delay;
    while (!task->isDead && m_world.now() < drainedBy && m_world.data().read(task->replica).inFlight > 0) {
        co_await task->wake.waitFor(1s);
    }
    if (!task->isDead) {
        enter(*task, TaskState::Stopping);
    }
}

Process ContainerFleet::endContainer(TaskPointer task)
{
    const Time killedAt = m_world.now() + m_config.stopTimeout;
    const auto isBusy = [this, &task] {
        return task->replica && m_world.data().read(task->replica).inFlight > 0;
    };
    // A program that does not handle SIGTERM, and is process 1, goes on until SIGKILL.
    while (task->replica && !task->isDead && m_world.now() < killedAt &&
           (!m_config.gracefulShutdown || isBusy())) {
        co_await task->wake.waitFor(100ms);
    }
}

Process ContainerFleet::deprovision(TaskPointer)
{
    co_await m_world.sim().after(m_config.deprovisioning);
}

Process ContainerFleet::interrupt(TaskPointer task)
{
    const double hours = m_spotLife.exponential() / m_config.spotInterruptionsPerHour;
    co_await m_world.sim().after(fromSeconds(hours * 3600));
    if (task->stopAsked) {
        co_return;
    }
    m_world.log(
        EventLevel::Warning, m_config.nodeId,
        fmt::format(
            "(service {}) (task {}) SPOT interruption: SIGTERM sent, it will be stopped in {:.0f} seconds.",
            m_config.service, task->number, seconds(m_config.spotNotice)),
        taskName(*task));
    stop(task->number, "Your Spot Task was interrupted. (TerminationNotice)");
    co_await m_world.sim().after(m_config.spotNotice);
    if (!task->isGone()) {
        die(*task, "Your Spot Task was interrupted. (TerminationNotice)");
    }
}

void ContainerFleet::loseZone(ZoneIndex zone)
{
    for (const TaskPointer& task : m_all) {
        if (task->zone == zone && !task->isGone() && !task->isDead) {
            die(*task, "The Availability Zone was lost.");
        }
    }
}

std::uint32_t ContainerFleet::kill(std::uint32_t count, const std::string& reason)
{
    std::uint32_t killed = 0;
    for (const TaskPointer& task : m_all) {
        if (killed < count && task->state == TaskState::Running && !task->isDead) {
            die(*task, reason);
            ++killed;
        }
    }
    return killed;
}

ZoneIndex ContainerFleet::placeNext() const
{
    // Spread: the zone with the fewest live tasks, the first of the list where equal.
    std::vector<std::size_t> inZone(m_world.plan().zones.size(), 0);
    for (const auto& task : m_tasks) {
        if (task->isLive() && task->zone) {
            ++inZone[task->zone.value];
        }
    }
    ZoneIndex chosen;
    std::size_t fewest = SIZE_MAX;
    for (const ZoneIndex zone : m_config.zones) {
        if (!m_world.isLost(zone) && inZone[zone.value] < fewest) {
            fewest = inZone[zone.value];
            chosen = zone;
        }
    }
    return chosen;
}

bool ContainerFleet::nextIsSpot() const
{
    if (m_config.spotShare <= 0) {
        return false;
    }
    std::uint32_t onDemand = 0;
    std::uint32_t spot = 0;
    for (const auto& task : m_tasks) {
        onDemand += task->isLive() && !task->spot ? 1 : 0;
        spot += task->isLive() && task->spot ? 1 : 0;
    }
    if (onDemand < m_config.onDemandBase) {
        return false;
    }
    const double rest = onDemand - m_config.onDemandBase + spot + 1.0;
    return spot + 1.0 <= rest * m_config.spotShare + 1e-9;
}

void ContainerFleet::enter(LiveTask& task, TaskState state)
{
    task.state = state;
    changed();
    task.since = m_world.now();
}

}  // namespace neph
