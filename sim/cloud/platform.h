#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "sim/cloud/fleet.h"
#include "sim/cloud/image_registry.h"

namespace neph {

/// What a fleet runs: which images, with what resources, how long each step of a task's life takes, and what
/// is billed. Durations are those of the vendor; who really does a step takes the time that it takes.
struct FleetConfig {
    std::string nodeId;
    std::string service;
    PoolId pool;
    std::vector<ZoneIndex> zones;
    std::map<std::uint32_t, ContainerImage> revisions;  ///< What each task definition revision runs.
    std::string pullAddress;      ///< Registries count pulls by it: one NAT gateway, or the task itself.
    bool pullsAreByTask = false;  ///< Each task has a public address of its own.
    OutcomeId onReset;            ///< How requests end that are in a task when it dies.
    PathId probe;                 ///< What a health check asks of a replica.
    Duration provisioning{0};
    Duration containerCreate{0};
    Duration activating{0};
    Duration containerStart{0};
    Duration deprovisioning{0};
    Duration stopTimeout{30s};
    bool gracefulShutdown = true;  ///< Ends at SIGTERM when it has finished what it does; else at SIGKILL.
    Duration healthGrace{0};
    Duration healthyAfter{40s};  ///< Without any health check.
    int killedExitCode = 137;
    std::string outOfMemoryError;
    double launchBurst = 100;
    double launchesPerSecond = 20;
    // What Fargate Spot does.
    std::uint32_t onDemandBase = 0;  ///< This many tasks are on demand before Spot is used.
    double spotShare = 0;            ///< Of the rest: 0 none, 1 all.
    double spotInterruptionsPerHour = 0;
    Duration spotNotice{120s};
    // What is billed.
    std::string region;
    std::int64_t milliVcpu = 0;
    std::int64_t memoryMiB = 0;
    std::int64_t extraStorageGiB = 0;
    bool arm = false;
    bool publicAddress = false;
    Duration billedAtLeast{60s};
};

/// Where the containers of a node really run that restarts them always: what the simulation only waits for is
/// done here. Containers count from 0.
class ServerHost {
public:
    virtual ~ServerHost() = default;
    /// Starts a container, or the same one again. `problem`: why that did not work; else as it was.
    virtual Process start(std::size_t index, std::shared_ptr<std::string> problem) = 0;
    /// From the start of its process until it listens; the replica is the container from now on.
    virtual Process listen(std::size_t index, ReplicaId replica) = 0;
    /// It is to go at once.
    virtual void drop(std::size_t index) = 0;
    /// To be told when one ends that nobody has dropped, and why.
    std::function<void(std::size_t index, const std::string& reason)> onDeath;
};

/// What the tasks of a run are: replicas of the simulation, or real containers (sim/local). Controllers do
/// not know which.
class Platform {
public:
    virtual ~Platform() = default;
    virtual std::unique_ptr<Fleet> fleet(World& world, FleetConfig config) = 0;
    /// Nothing where the containers of this node are simulated.
    virtual std::unique_ptr<ServerHost> serverHost(World&, const std::string& /*nodeId*/) { return nullptr; }

    static Platform& simulated();
};

}  // namespace neph
