#include "sim/cloud/target_group.h"

#include <algorithm>

#include <fmt/format.h>

namespace neph {

TargetGroup::TargetGroup(World& world, Config config)
    : m_world(world), m_config(std::move(config)), m_changed(world.sim())
{
    m_world.data().onTrouble([this] {
        for (const auto& target : m_targets) {
            target->wake.fire();
        }
    });
}

void TargetGroup::add(ReplicaId replica, std::string name, Probe probe)
{
    auto target = std::make_shared<Target>(m_world.sim());
    target->replica = replica;
    target->name = std::move(name);
    target->probe = std::move(probe);
    m_targets.push_back(target);
    m_byReplica[replica] = target;
    m_world.start(watch(target));
}

Process TargetGroup::watch(std::shared_ptr<Target> target)
{
    while (!target->isGone) {
        // The answer may come after this check has given up, so it is shared with the callback.
        const auto answer = std::make_shared<Completion<bool>>(m_world.sim());
        target->probe([answer](bool good) {
            if (!answer->value()) {
                answer->set(good);
            }
        });
        const std::optional<bool> answered = co_await answer->waitFor(m_config.timeout);
        if (target->isGone || target->health == TargetHealth::Draining) {
            co_return;
        }
        count(*target, answered.value_or(false));
        if (target->health == TargetHealth::Healthy && !target->everHealthy) {
            target->everHealthy = true;
            if (m_config.slowStart > Duration(0) && healthyCount() > 1) {
                m_world.start(warmUp(target));
            }
        }
        if (target->health == TargetHealth::Healthy && m_world.data().isCalm(target->replica)) {
            co_await target->wake.wait();  // Until then every check is sure to pass.
        } else {
            co_await m_world.sim().after(m_config.interval);
        }
    }
}

void TargetGroup::count(Target& target, bool passed)
{
    target.passes = passed ? target.passes + 1 : 0;
    target.failures = passed ? 0 : target.failures + 1;
    const int passesNeeded = target.everHealthy ? m_config.healthyThreshold : m_config.newTargetPasses;
    TargetHealth next = target.health;
    if (target.passes >= passesNeeded) {
        next = TargetHealth::Healthy;
    } else if (target.failures >= m_config.unhealthyThreshold) {
        next = TargetHealth::Unhealthy;
    }
    if (next == target.health) {
        return;
    }
    target.health = next;
    if (next == TargetHealth::Healthy) {
        m_world.log(
            EventLevel::Info, m_config.balancerId,
            fmt::format("(target-group {}) target {} is healthy.", m_config.name, target.name), target.name);
    } else {
        m_world.log(
            EventLevel::Warning, m_config.balancerId,
            fmt::format(
                "(target-group {}) target {} is unhealthy: {} health checks in a row failed.", m_config.name,
                target.name, target.failures),
            target.name);
    }
    route(&target);
    m_changed.fire();
}

/// Whether there are unhealthy targets and no healthy ones.
bool TargetGroup::hasOnlyUnhealthy() const
{
    const auto is = [](TargetHealth wanted) {
        return [wanted](const auto& target) { return target->health == wanted; };
    };
    return std::none_of(m_targets.begin(), m_targets.end(), is(TargetHealth::Healthy)) &&
           std::any_of(m_targets.begin(), m_targets.end(), is(TargetHealth::Unhealthy));
}

void TargetGroup::route(const Target* changed)
{
    const auto serve = [this](const Target& target) {
        const bool in =
            target.health == TargetHealth::Healthy || (m_isOpen && target.health != TargetHealth::Draining);
        m_world.data().setService(target.replica, in ? Service::In : Service::Out);
    };
    const bool open = m_config.failOpen && hasOnlyUnhealthy();
    if (open != m_isOpen) {
        m_isOpen = open;
        m_world.log(
            open ? EventLevel::Warning : EventLevel::Info, m_config.balancerId,
            open
                ? fmt::format(
                      "(target-group {}) all targets are unhealthy: it fails open and routes to all of them.",
                      m_config.name)
                : fmt::format("(target-group {}) routes to healthy targets only again.", m_config.name));
        for (const auto& target : m_targets) {
            serve(*target);
        }
    } else if (changed != nullptr) {
        serve(*changed);
    }
}

Process TargetGroup::warmUp(std::shared_ptr<Target> target)
{
    constexpr int kRamp =
        20;  // Linear ramp in twenty steps: finer than anything measured once a second at 30 s.
    for (int k = 1; k < kRamp; ++k) {
        if (target->isGone || target->health == TargetHealth::Draining) {
            co_return;
        }
        m_world.data().setShare(target->replica, static_cast<double>(k) / kRamp);
        co_await m_world.sim().after(m_config.slowStart / kRamp);
    }
    if (!target->isGone) {
        m_world.data().setShare(target->replica, 1);
    }
}

void TargetGroup::deregister(ReplicaId replica)
{
    const auto found = m_byReplica.find(replica);
    if (found == m_byReplica.end() || found->second->health == TargetHealth::Draining) {
        return;
    }
    found->second->health = TargetHealth::Draining;
    m_world.data().setService(replica, Service::Out);
    m_world.log(
        EventLevel::Info, m_config.balancerId,
        fmt::format("(target-group {}) target {} is draining.", m_config.name, found->second->name),
        found->second->name);
    route(found->second.get());
}

void TargetGroup::remove(ReplicaId replica)
{
    const auto found = m_byReplica.find(replica);
    if (found == m_byReplica.end()) {
        return;
    }
    found->second->isGone = true;
    found->second->wake.fire();
    std::erase(m_targets, found->second);
    m_byReplica.erase(found);
    route(nullptr);
}

TargetHealth TargetGroup::health(ReplicaId replica) const
{
    const auto found = m_byReplica.find(replica);
    return found == m_byReplica.end() ? TargetHealth::Initial : found->second->health;
}

int TargetGroup::healthyCount() const
{
    return static_cast<int>(std::count_if(m_targets.begin(), m_targets.end(), [](const auto& target) {
        return target->health == TargetHealth::Healthy;
    }));
}

int TargetGroup::count() const
{
    return static_cast<int>(m_targets.size());
}

void takeIntoService(
    World& world, const std::string& nodeId, ReplicaId replica, const std::string& name, PathId probe,
    bool failsHealthCheck)
{
    const std::vector<TargetGroup*> groups = world.find<TargetGroup>(nodeId);
    if (groups.empty()) {
        world.data().setService(replica, Service::In);
        return;
    }
    for (TargetGroup* group : groups) {
        const auto ask = [&world, probe, replica, failsHealthCheck](std::function<void(bool)> answered) {
            world.data().send(probe, replica, 0, [answered, failsHealthCheck](OutcomeId ended) {
                answered(ended.value == 0 && !failsHealthCheck);
            });
        };
        group->add(replica, name, ask);
    }
}

void removeFromService(World& world, const std::string& nodeId, ReplicaId replica)
{
    for (TargetGroup* group : world.find<TargetGroup>(nodeId)) {
        group->remove(replica);
    }
}

}  // namespace neph
