#include "sim/cloud/service_scheduler.h"

#include <algorithm>

#include <fmt/format.h>

namespace neph {

ServiceScheduler::ServiceScheduler(World& world, Fleet& fleet, Config config)
    : m_world(world), m_fleet(fleet), m_config(std::move(config))
{
}

std::uint32_t ServiceScheduler::healthyFloor(std::uint32_t desired, int minimumHealthyPercent)
{
    return (desired * static_cast<std::uint32_t>(minimumHealthyPercent) + 99) / 100;
}

std::uint32_t ServiceScheduler::totalCeiling(std::uint32_t desired, int maximumPercent)
{
    return desired * static_cast<std::uint32_t>(maximumPercent) / 100;
}

std::uint32_t ServiceScheduler::breakerThreshold(const Config& config)
{
    const double half = config.breakerShare * config.desired;
    const auto rounded = static_cast<std::uint32_t>(half) + (half > static_cast<std::uint32_t>(half) ? 1 : 0);
    return std::clamp(rounded, config.breakerLow, config.breakerHigh);
}

Process ServiceScheduler::run()
{
    while (true) {
        judgeFailures();
        replaceUnhealthy();
        const Counts counts = count();
        startMissing(counts);
        stopSurplus(counts);
        finishDeployment(count());
        co_await m_world.sim().after(m_config.loop);
    }
}

ServiceScheduler::Counts ServiceScheduler::count() const
{
    if (m_counted && m_countedAt == m_fleet.changes() && m_countedRevision == m_revision) {
        return *m_counted;
    }
    Counts counts;
    for (const auto& task : m_fleet.tasks()) {
        ++counts.total;
        if (!task->isLive()) {
            continue;
        }
        const bool healthy = task->state == TaskState::Running && task->health == TaskHealth::Healthy;
        if (task->revision == m_revision) {
            ++counts.fresh;
            counts.freshHealthy += healthy ? 1 : 0;
        } else {
            ++counts.old;
            counts.oldHealthy += healthy ? 1 : 0;
        }
    }
    m_counted = counts;
    m_countedAt = m_fleet.changes();
    m_countedRevision = m_revision;
    return counts;
}

void ServiceScheduler::startMissing(const Counts& counts)
{
    const Time now = m_world.now();
    if (m_hasFailed || now < m_notBefore || counts.fresh >= m_config.desired) {
        return;
    }
    std::erase_if(m_starts, [now](Time at) { return at + 1min <= now; });
    const std::uint32_t ceiling = totalCeiling(m_config.desired, m_config.maximumPercent);
    std::uint32_t room = ceiling > counts.total ? ceiling - counts.total : 0;
    if (counts.old == 0) {
        // Nothing is being replaced: a task that is still stopping does not delay its successor.
        room = std::max(room, m_config.desired - counts.fresh);
    }
    const auto perMinute = static_cast<std::uint32_t>(m_starts.size()) >= m_config.startsPerMinute
                               ? 0
                               : m_config.startsPerMinute - static_cast<std::uint32_t>(m_starts.size());
    const std::uint32_t starts =
        std::min({room, m_config.desired - counts.fresh, perMinute, m_fleet.startsAdmitted()});
    for (std::uint32_t k = 0; k < starts; ++k) {
        m_fleet.start(m_revision);
        m_starts.push_back(now);
    }
    if (starts > 0) {
        m_isSteady = false;
        m_world.log(
            EventLevel::Info, m_config.nodeId,
            fmt::format(
                "(service {}) has started {} task{}.", m_config.service, starts, starts == 1 ? "" : "s"));
    }
}

const Task* ServiceScheduler::nextToStop(bool oldOnes) const
{
    // Not running before unhealthy before healthy; then from the zone with the most tasks; then the newest.
    const auto rank = [](const Task& task) {
        return task.state != TaskState::Running ? 0 : task.health == TaskHealth::Unhealthy ? 1 : 2;
    };
    std::vector<std::uint32_t> counts(m_world.plan().zones.size() + 1, 0);  // The last: of no zone.
    const auto inZone = [&counts](const Task& task) -> std::uint32_t& {
        return task.zone ? counts[task.zone.value] : counts.back();
    };
    for (const auto& task : m_fleet.tasks()) {
        inZone(*task) += task->isLive() ? 1 : 0;
    }
    const Task* chosen = nullptr;
    for (const auto& task : m_fleet.tasks()) {
        if (!task->isLive() || (task->revision != m_revision) != oldOnes) {
            continue;
        }
        if (chosen == nullptr || rank(*task) < rank(*chosen) ||
            (rank(*task) == rank(*chosen) && inZone(*task) >= inZone(*chosen))) {
            chosen = task.get();
        }
    }
    return chosen;
}

void ServiceScheduler::stopSurplus(const Counts& counts)
{
    std::uint32_t stopped = 0;
    if (counts.old > 0) {
        // Old tasks that serve nobody may go at once; healthy ones only as far as the floor allows.
        const std::uint32_t floor = healthyFloor(m_config.desired, m_config.minimumHealthyPercent);
        const std::uint32_t healthy = counts.freshHealthy + counts.oldHealthy;
        std::uint32_t spare = (counts.old - counts.oldHealthy) + (healthy > floor ? healthy - floor : 0);
        for (spare = std::min(spare, counts.old); spare > 0; --spare, ++stopped) {
            m_fleet.stop(nextToStop(true)->number, "Scaling activity initiated by deployment");
        }
    } else if (counts.fresh > m_config.desired) {
        for (std::uint32_t surplus = counts.fresh - m_config.desired; surplus > 0; --surplus, ++stopped) {
            m_fleet.stop(nextToStop(false)->number, "Scaling activity initiated by the service");
        }
    }
    if (stopped > 0) {
        m_isSteady = false;
        m_world.log(
            EventLevel::Info, m_config.nodeId,
            fmt::format(
                "(service {}) has stopped {} running task{}.", m_config.service, stopped,
                stopped == 1 ? "" : "s"));
    }
}

void ServiceScheduler::replaceUnhealthy()
{
    if (m_lookedAt == m_fleet.changes()) {
        return;
    }
    m_lookedAt = m_fleet.changes();
    std::vector<std::uint32_t> unhealthy;
    for (const auto& task : m_fleet.tasks()) {
        if (task->isLive() && task->state == TaskState::Running && task->health == TaskHealth::Unhealthy) {
            unhealthy.push_back(task->number);
        }
    }
    for (const std::uint32_t task : unhealthy) {
        m_world.log(
            EventLevel::Warning, m_config.nodeId,
            fmt::format(
                "(service {}) (task {}) is unhealthy due to (reason Health checks failed).", m_config.service,
                task));
        m_fleet.stop(task, "Task failed ELB health checks");
    }
}

void ServiceScheduler::judgeFailures()
{
    for (const TaskFailure& failure : m_fleet.takeFailures()) {
        m_isSteady = false;
        if (!failure.everRan) {
            ++m_failuresInARow;
            const auto doublings = std::min<std::uint32_t>(m_failuresInARow - 1, 16);
            m_notBefore = m_world.now() +
                          std::min<Duration>(m_config.firstBackoff * (1 << doublings), m_config.mostBackoff);
        }
        if (m_deploying && failure.revision == m_revision) {
            ++m_failures;
            if (m_config.circuitBreaker && m_failures >= breakerThreshold(m_config)) {
                tripBreaker(failure.reason);
            }
        }
    }
}

void ServiceScheduler::tripBreaker(const std::string& reason)
{
    m_world.log(
        EventLevel::Failure, m_config.nodeId,
        fmt::format(
            "(service {}) (deployment revision {}) deployment failed: tasks failed to start. Last reason: {}",
            m_config.service, m_revision, reason));
    if (m_config.rollback && m_lastCompleted != 0) {
        const std::uint32_t failed = m_revision;
        deploy(m_lastCompleted, fmt::format("rolling back from revision {}", failed));
        return;
    }
    m_deploying = false;
    m_hasFailed = true;
}

void ServiceScheduler::finishDeployment(const Counts& counts)
{
    const bool complete = counts.freshHealthy >= m_config.desired && counts.fresh == m_config.desired &&
                          counts.old == 0 && !m_hasFailed;
    if (!complete) {
        return;
    }
    m_failuresInARow = 0;
    if (m_deploying) {
        m_deploying = false;
        m_lastCompleted = m_revision;
        m_world.log(
            EventLevel::Info, m_config.nodeId,
            fmt::format(
                "(service {}) (deployment revision {}) deployment completed.", m_config.service, m_revision));
    }
    if (!m_isSteady) {
        m_isSteady = true;
        m_world.log(
            EventLevel::Info, m_config.nodeId,
            fmt::format("(service {}) has reached a steady state.", m_config.service));
    }
}

void ServiceScheduler::deploy(std::uint32_t revision, std::string why)
{
    m_revision = revision;
    m_deploying = true;
    m_hasFailed = false;
    m_isSteady = false;
    m_failures = 0;
    m_failuresInARow = 0;
    m_notBefore = m_world.now();
    m_world.log(
        EventLevel::Info, m_config.nodeId,
        fmt::format(
            "(service {}) (deployment revision {}) deployment in progress: {}.", m_config.service, revision,
            why));
}

void ServiceScheduler::setDesired(std::uint32_t desired)
{
    if (desired != m_config.desired) {
        m_config.desired = desired;
        m_isSteady = false;
    }
}

std::string ServiceScheduler::status() const
{
    const Counts counts = count();
    if (m_hasFailed) {
        return fmt::format(
            "deployment failed: {} of {} tasks running", counts.freshHealthy, m_config.desired);
    }
    if (m_deploying) {
        return fmt::format(
            "deployment in progress: {} of {} new tasks healthy", counts.freshHealthy, m_config.desired);
    }
    return fmt::format("{} of {} tasks running", counts.freshHealthy, m_config.desired);
}

}  // namespace neph
