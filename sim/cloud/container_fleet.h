#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "sim/cloud/fleet.h"
#include "sim/cloud/image_registry.h"
#include "sim/cloud/target_group.h"
#include "sim/cloud/world.h"

namespace neph {

/// Tasks on Fargate, simulated: each lives through the states of an ECS task, pulls its image, answers
/// requests as a replica of the data plane, and is billed by the second.
///
/// Sources: Amazon ECS Developer Guide, "Amazon ECS task lifecycle", "Fargate Spot termination notices",
/// "Stopped tasks error messages"; AWS Fargate pricing. Durations are data of the service's kind.
class ContainerFleet final : public WorldObject, public Fleet {
public:
    struct Config {
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
        bool gracefulShutdown = true;  ///< Handles SIGTERM: finishes what it is doing.
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

    ContainerFleet(World& world, Config config);

    void start(std::uint32_t revision) override;
    void stop(std::uint32_t task, std::string reason) override;
    const std::vector<std::shared_ptr<Task>>& tasks() const override { return m_tasks; }
    std::vector<TaskFailure> takeFailures() override;
    std::uint32_t startsAdmitted() const override;

    /// Kills up to `count` running tasks at once, oldest first: no SIGTERM, connections are reset.
    std::uint32_t kill(std::uint32_t count, const std::string& reason);

    std::uint32_t countOf(TaskState state) const;
    std::uint32_t healthyCount() const;
    std::vector<ReplicaView> views() const;
    /// CPU used over the last `interval` as a share (0..1) of what the running tasks have; remembers each
    /// task's own.
    double sampleUtilisation(Duration interval);
    /// What every task so far is billed for, up to `now`, hour by hour.
    void appendUsage(Usage& usage, Time now) const;

private:
    struct LiveTask : Task {
        LiveTask(Simulation& simulation) : wake(simulation) {}
        ReplicaId replica;
        Trigger wake;         ///< Fired when it is asked to stop, or dies.
        bool isDead = false;  ///< Its process has exited.
        Time billedFrom{-1};
        Time billedTo{-1};
        std::string stopReason;
        double cpuBusyBefore = 0;  ///< Core-seconds at the last sample.
        double utilisation = 0;    ///< 0..1 over the last interval.
    };
    using TaskPointer = std::shared_ptr<LiveTask>;

    Process live(TaskPointer task);
    Process pullImage(TaskPointer task, ContainerImage image, PullOutcome& outcome);
    Process serve(TaskPointer task, ContainerImage image);
    Process watchHealth(TaskPointer task);
    Process drain(TaskPointer task);
    Process terminate(TaskPointer task);
    Process interrupt(TaskPointer task);

    void enter(LiveTask& task, TaskState state);
    void die(LiveTask& task, const std::string& reason);
    void fail(LiveTask& task, bool byHealthCheck);
    ZoneIndex placeNext() const;
    bool nextIsSpot() const;
    std::string taskName(const LiveTask& task) const;
    double launchTokens() const;
    /// All tasks of a sort, together there for so many seconds of that hour.
    void bill(Usage& usage, bool areSpot, std::uint32_t hour, std::int64_t seconds) const;
    void loseZone(ZoneIndex zone);

    World& m_world;
    Config m_config;
    std::vector<std::shared_ptr<Task>> m_tasks;  ///< Not yet Stopped.
    std::vector<TaskPointer> m_all;              ///< Every task there ever was: what is billed.
    std::map<ReplicaId, TaskPointer> m_byReplica;
    std::vector<TaskFailure> m_failures;
    std::uint32_t m_started = 0;
    double m_launchTokens = 0;  ///< At m_launchTokensAt.
    Time m_launchTokensAt{0};
    RandomStream m_spotLife;
};

}  // namespace neph
