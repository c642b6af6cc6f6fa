#include "sim/cloud/target_tracking.h"

#include <algorithm>

#include <fmt/format.h>

namespace neph {

TargetTracking::TargetTracking(World& world, Config config, std::vector<Policy> policies)
    : m_world(world), m_config(std::move(config))
{
    for (Policy& policy : policies) {
        m_tracked.push_back({std::move(policy), {}, {}, false, false});
    }
}

std::uint32_t TargetTracking::capacityFor(std::uint32_t running, double metric, double target)
{
    const double exact = static_cast<double>(running) * metric / target;
    const auto whole = static_cast<std::uint32_t>(exact);
    return std::max<std::uint32_t>(1, whole + (exact > whole ? 1 : 0));
}

Process TargetTracking::run()
{
    while (true) {
        co_await m_world.sim().after(m_config.period);
        takePoints();
        scale();
    }
}

void TargetTracking::takePoints()
{
    // A point is published a while after its period; until then alarms do not see it.
    const auto unseen = static_cast<std::size_t>(m_config.dataDelay / m_config.period);
    const std::size_t kept = std::max(m_config.outPoints, m_config.inPoints);
    for (Tracked& tracked : m_tracked) {
        tracked.unpublished.push_back(tracked.policy.read());
        if (tracked.unpublished.size() > unseen) {
            tracked.points.push_back(tracked.unpublished.front());
            tracked.unpublished.erase(tracked.unpublished.begin());
        }
        if (tracked.points.size() > kept) {
            tracked.points.erase(tracked.points.begin());
        }
        judge(tracked);
    }
}

void TargetTracking::judge(Tracked& tracked)
{
    const auto all = [&tracked](std::size_t points, auto breaches) {
        return tracked.points.size() >= points &&
               std::all_of(
                   tracked.points.end() - static_cast<std::ptrdiff_t>(points), tracked.points.end(),
                   breaches);
    };
    const double target = tracked.policy.target;
    const double low = m_config.lowFactor * target;
    // A missing point breaches neither: no data, no action.
    tracked.isHigh =
        all(m_config.outPoints, [target](const std::optional<double>& p) { return p && *p > target; });
    tracked.isLow = all(m_config.inPoints, [low](const std::optional<double>& p) { return p && *p < low; });
}

void TargetTracking::scale()
{
    const Time now = m_world.now();
    // What a scale-out under way has added does not count twice: within its cooldown the base stays what it
    // was.
    const std::uint32_t running = now < m_outUntil ? m_outBase : m_config.running();
    const std::uint32_t desired = m_config.desired();
    std::uint32_t out = 0;
    std::uint32_t in = 0;
    bool allLow = !m_tracked.empty();
    const Tracked* reason = nullptr;
    for (const Tracked& tracked : m_tracked) {
        allLow = allLow && tracked.isLow;
        if (tracked.points.empty() || !tracked.points.back()) {
            continue;
        }
        const std::uint32_t wanted = capacityFor(running, *tracked.points.back(), tracked.policy.target);
        if (tracked.isHigh && wanted > out) {
            out = wanted;
            reason = &tracked;
        }
        in = std::max(in, wanted);
    }
    if (out > 0) {
        const std::uint32_t to = std::clamp(out, m_config.minimum, m_config.maximum);
        // Within the cooldown only a larger scale-out than the last one goes through.
        const bool isAdmitted = now >= m_outUntil || to > m_outCapacity;
        if (to > desired && isAdmitted) {
            m_outBase = running;
            m_outUntil = now + m_config.outCooldown;
            m_outCapacity = to;
            announce(*reason, desired, to);
            m_config.setDesired(to);
        }
    } else if (allLow && now >= m_inUntil && now >= m_outUntil && !m_config.inSuspended()) {
        const std::uint32_t to = std::clamp(in, m_config.minimum, m_config.maximum);
        if (to < desired) {
            m_inUntil = now + m_config.inCooldown;
            announce(m_tracked.front(), desired, to);
            m_config.setDesired(to);
        }
    }
}

void TargetTracking::announce(const Tracked& tracked, std::uint32_t from, std::uint32_t to)
{
    m_world.log(
        EventLevel::Info, m_config.nodeId,
        fmt::format(
            "({}) Successfully set desired count to {} (was {}): {} {:.1f} {} target {:.1f}.",
            m_config.resource, to, from, tracked.policy.metric, tracked.points.back().value_or(0),
            to > from ? "above" : "below", tracked.policy.target));
}

}  // namespace neph
