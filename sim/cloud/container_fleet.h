#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "sim/cloud/fleet.h"
#include "sim/cloud/platform.h"
#include "sim/cloud/target_group.h"
#include "sim/cloud/world.h"

namespace neph {

/// Tasks on Fargate: each lives through the states of an ECS task, pulls its image, answers requests as a
/// replica of the data plane, and is billed by the second.
///
/// Here every step takes the time that the vendor's takes. Who really does them (sim/local) overrides the
/// steps; the story is the same.
///
/// Sources: Amazon ECS Developer Guide, "Amazon ECS task lifecycle", "Fargate Spot termination notices",
/// "Stopped tasks error messages"; AWS Fargate pricing. Durations are data of the service's kind.
class ContainerFleet : public WorldObject, public Fleet {
public:
    ContainerFleet(World& world, FleetConfig config);

    void start(std::uint32_t revision) override;
    void stop(std::uint32_t task, std::string reason) override;
    const std::vector<std::shared_ptr<Task>>& tasks() const override { return m_tasks; }
    std::vector<TaskFailure> takeFailures() override;
    std::uint32_t startsAdmitted() const override;

    std::uint32_t kill(std::uint32_t count, const std::string& reason) override;
    std::vector<ReplicaView> views() const override;
    double sampleUtilisation(Duration interval) override;
    void appendUsage(Usage& usage, Time now) const override;

protected:
    struct LiveTask : Task {
        LiveTask(Simulation& simulation) : wake(simulation) {}
        ReplicaId replica;
        Trigger wake;         ///< Fired when it is asked to stop, or dies.
        bool isDead = false;  ///< Its process has exited.
        std::string problem;  ///< Why a step did not work, in the vendor's words.
        Time billedFrom{-1};
        Time billedTo{-1};
        std::string stopReason;
        double cpuBusyBefore = 0;  ///< Core-seconds at the last sample.
        double utilisation = 0;    ///< 0..1 over the last interval.
    };
    using TaskPointer = std::shared_ptr<LiveTask>;

    // The steps of a task's life, in order. What goes wrong is the task's `problem`.
    virtual Process provision(TaskPointer task);
    virtual Process pullImage(TaskPointer task, ContainerImage image);
    virtual Process create(TaskPointer task, ContainerImage image);
    virtual Process activate(TaskPointer task);
    virtual Process startContainer(TaskPointer task, ContainerImage image);
    /// From the start of the process until it listens; an image that breaks at its start never does.
    virtual Process listen(TaskPointer task, ContainerImage image);
    /// SIGTERM, and SIGKILL where that does not help.
    virtual Process endContainer(TaskPointer task);
    /// Its container has gone, or is to go at once.
    virtual void dropContainer(LiveTask&) {}
    virtual Process deprovision(TaskPointer task);

    void die(LiveTask& task, const std::string& reason);

    World& m_world;
    FleetConfig m_config;

private:
    Process live(TaskPointer task);
    Process serve(TaskPointer task, ContainerImage image);
    Process watchHealth(TaskPointer task);
    Process drain(TaskPointer task);
    Process terminate(TaskPointer task);
    Process interrupt(TaskPointer task);

    void enter(LiveTask& task, TaskState state);
    void removeReplica(LiveTask& task);
    void fail(LiveTask& task, bool byHealthCheck);
    ZoneIndex placeNext() const;
    bool nextIsSpot() const;
    std::string taskName(const LiveTask& task) const;
    double launchTokens() const;
    /// All tasks of a sort, together there for so many seconds of that hour.
    void bill(Usage& usage, bool areSpot, std::uint32_t hour, std::int64_t seconds) const;
    void loseZone(ZoneIndex zone);

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
