// What a fleet says about itself: counts, the tasks as the canvas shows them, and its usage.
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "sim/cloud/container_fleet.h"

namespace neph {

namespace {

constexpr std::int64_t kHour = 3600;  // Seconds.

ReplicaView::Look lookOf(const Task& task)
{
    switch (task.state) {
    case TaskState::Running:
        return task.health == TaskHealth::Healthy     ? ReplicaView::Look::Healthy
               : task.health == TaskHealth::Unhealthy ? ReplicaView::Look::Unhealthy
                                                      : ReplicaView::Look::Starting;
    case TaskState::Deactivating:
    case TaskState::Stopping:
    case TaskState::Deprovisioning:
    case TaskState::Stopped:
        return ReplicaView::Look::Stopping;
    default:
        return ReplicaView::Look::Starting;
    }
}

}  // namespace

std::vector<TaskFailure> ContainerFleet::takeFailures()
{
    return std::exchange(m_failures, {});
}

double ContainerFleet::launchTokens() const
{
    const double refilled =
        m_launchTokens + seconds(m_world.now() - m_launchTokensAt) * m_config.launchesPerSecond;
    return std::min(m_config.launchBurst, refilled);
}

std::uint32_t ContainerFleet::startsAdmitted() const
{
    const bool anywhere = std::any_of(m_config.zones.begin(), m_config.zones.end(), [this](ZoneIndex zone) {
        return !m_world.isLost(zone);
    });
    return anywhere ? static_cast<std::uint32_t>(std::max(0.0, launchTokens())) : 0;
}

double ContainerFleet::sampleUtilisation(Duration interval)
{
    double used = 0;
    std::size_t running = 0;
    const double cores = static_cast<double>(m_config.milliVcpu) / 1000;
    for (const auto& shared : m_tasks) {
        auto* task = static_cast<LiveTask*>(shared.get());
        if (!task->replica) {
            continue;
        }
        const double busy = m_world.data().read(task->replica).cpuBusy;
        task->utilisation = (busy - task->cpuBusyBefore) / (seconds(interval) * cores);
        task->cpuBusyBefore = busy;
        used += task->utilisation;
        ++running;
    }
    return running == 0 ? 0 : used / static_cast<double>(running);
}

std::string ContainerFleet::taskName(const LiveTask& task) const
{
    return fmt::format("task/{}", task.number);
}

std::vector<ReplicaView> ContainerFleet::views() const
{
    std::vector<ReplicaView> views;
    for (const auto& shared : m_tasks) {
        const auto& task = static_cast<const LiveTask&>(*shared);
        ReplicaView view;
        view.id = taskName(task);
        view.zone = task.zone ? m_world.plan().zones[task.zone.value].name : "";
        view.state = nameOf(task.state);
        view.look = task.isDead ? ReplicaView::Look::Failed : lookOf(task);
        view.since = task.since;
        view.note = fmt::format("revision {}{}", task.revision, task.spot ? ", Spot" : "");
        if (task.isDead) {
            view.note = task.stopReason;
        } else if (task.health == TaskHealth::Unhealthy) {
            view.note += ", fails its health checks";
        }
        if (task.replica) {
            const ReplicaReading reading = m_world.data().read(task.replica);
            view.queue = reading.queueNow;
            view.utilisation = task.utilisation;
        }
        views.push_back(std::move(view));
    }
    return views;
}

void ContainerFleet::appendUsage(Usage& usage, Time now) const
{
    // A month of a thousand tasks is a million hours: seconds are added up hour by hour before they are
    // billed.
    struct Hour {
        std::int64_t inPart = 0;  // Seconds of tasks that were there for a part of it.
        std::int64_t whole =
            0;  // Tasks that were there all the time: here how many more than the hour before.
    };
    const auto hours = static_cast<std::size_t>(now / 1h) + 2;
    std::array<std::vector<Hour>, 2> used{std::vector<Hour>(hours + 1), std::vector<Hour>(hours + 1)};
    for (const TaskPointer& task : m_all) {
        if (task->billedFrom < Time(0)) {
            continue;
        }
        const bool hasEnded = task->billedTo >= Time(0);
        const Time to = hasEnded ? task->billedTo : now;
        // Per second, rounded up; a task that has ended is billed for no less than the minimum.
        const std::int64_t from = task->billedFrom / 1s;
        const std::int64_t lasted = (to - task->billedFrom + 999'999'999ns) / 1s;
        const std::int64_t least = hasEnded ? m_config.billedAtLeast / 1s : 0;
        const std::int64_t end =
            std::min(from + std::max(lasted, least), static_cast<std::int64_t>(hours) * kHour);
        std::vector<Hour>& of = used[task->spot ? 1 : 0];
        const auto first = static_cast<std::size_t>(from / kHour);
        const auto last = static_cast<std::size_t>(end / kHour);
        if (first == last) {
            of[first].inPart += end - from;
            continue;
        }
        of[first].inPart += static_cast<std::int64_t>(first + 1) * kHour - from;
        ++of[first + 1].whole;
        --of[last].whole;
        of[last].inPart += end - static_cast<std::int64_t>(last) * kHour;
    }
    for (const bool areSpot : {false, true}) {
        std::int64_t whole = 0;
        for (std::uint32_t hour = 0; hour < hours; ++hour) {
            whole += used[areSpot ? 1 : 0][hour].whole;
            bill(usage, areSpot, hour, whole * kHour + used[areSpot ? 1 : 0][hour].inPart);
        }
    }
}

void ContainerFleet::bill(Usage& usage, bool areSpot, std::uint32_t hour, std::int64_t seconds) const
{
    if (seconds == 0) {
        return;
    }
    const auto add = [&](const char* service, const std::string& type, Quantity quantity) {
        usage.add({m_config.nodeId, "", service, type, m_config.region, hour, quantity});
    };
    const std::string prefix =
        fmt::format("{}Fargate-{}", areSpot ? "SpotUsage-" : "", m_config.arm ? "ARM-" : "");
    add("AmazonECS", prefix + "vCPU-Hours:perCPU",
        Quantity::ratio(Int128{m_config.milliVcpu} * seconds, 3'600'000));
    add("AmazonECS", prefix + "GB-Hours", Quantity::ratio(Int128{m_config.memoryMiB} * seconds, 1024 * 3600));
    if (m_config.extraStorageGiB > 0) {
        add("AmazonECS", "Fargate-EphemeralStorage-GB-Hours",
            Quantity::ratio(Int128{m_config.extraStorageGiB} * seconds, 3600));
    }
    if (m_config.publicAddress) {
        add("AmazonVPC", "PublicIPv4:InUseAddress", Quantity::ratio(Int128{seconds}, 3600));
    }
}

}  // namespace neph
