#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "sim/cloud/world.h"

namespace neph {

enum class TargetHealth { Initial, Healthy, Unhealthy, Draining };

/// The targets of a load balancer behind one of its links: health checks, slow start, deregistration.
///
/// Source: AWS, Elastic Load Balancing, "Target groups for your Application Load Balancers" and "Health
/// checks".
class TargetGroup : public WorldObject {
public:
    struct Config {
        std::string balancerId;
        std::string balancerName;
        std::string name;  ///< "web": of the node behind it
        Duration interval{30s};
        Duration timeout{5s};
        int healthyThreshold = 5;
        int unhealthyThreshold = 2;
        int newTargetPasses = 1;  ///< Passes that a new target needs.
        bool failOpen = true;     ///< All unhealthy: route to all.
        Duration deregistrationDelay{300s};
        Duration slowStart{0};
    };

    TargetGroup(World& world, Config config);

    /// What a health check does: asks the replica and calls back with whether it answered well.
    using Probe = std::function<void(std::function<void(bool)> answered)>;

    /// A target is registered; checks begin at once. It is in service from its first pass on.
    void add(ReplicaId replica, std::string name, Probe probe);
    /// No new requests; those in flight may end. Does nothing for an unknown target.
    void deregister(ReplicaId replica);
    /// Forgets a target that is gone.
    void remove(ReplicaId replica);

    TargetHealth health(ReplicaId replica) const;
    int healthyCount() const;
    int count() const;
    const Config& config() const { return m_config; }
    /// Fired when the health of a target changes.
    Trigger& changed() { return m_changed; }

private:
    struct Target {
        explicit Target(Simulation& simulation) : wake(simulation) {}

        Trigger wake;  ///< Checks are worth sending again.
        ReplicaId replica;
        std::string name;
        Probe probe;
        TargetHealth health = TargetHealth::Initial;
        int passes = 0;
        int failures = 0;
        bool everHealthy = false;
        bool isGone = false;
    };

    Process watch(std::shared_ptr<Target> target);
    Process warmUp(std::shared_ptr<Target> target);
    void count(Target& target, bool passed);
    /// Routes to the target as its health asks; to all anew where failing open begins or ends.
    void route(const Target* changed);
    bool hasOnlyUnhealthy() const;

    World& m_world;
    Config m_config;
    std::vector<std::shared_ptr<Target>> m_targets;            ///< In order of coming.
    std::map<ReplicaId, std::shared_ptr<Target>> m_byReplica;  ///< The same.
    Trigger m_changed;
    bool m_isOpen = false;  ///< Failing open at present.
};

/// A new replica of a node begins to answer: it is registered with every target group of the node, which asks
/// it by `probe` whether it is well; where there is none, it is in service at once.
void takeIntoService(
    World& world, const std::string& nodeId, ReplicaId replica, const std::string& name, PathId probe,
    bool failsHealthCheck = false);
/// Its process has gone: its target groups forget it.
void removeFromService(World& world, const std::string& nodeId, ReplicaId replica);

}  // namespace neph
