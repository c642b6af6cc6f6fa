#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "sim/base/units.h"
#include "sim/metrics/run_result.h"
#include "sim/metrics/usage.h"
#include "sim/plan/ids.h"

namespace neph {

/// States of an Amazon ECS task, in order of life.
/// Source: Amazon ECS Developer Guide, "Amazon ECS task lifecycle".
enum class TaskState {
    Provisioning,  ///< The network interface is attached.
    Pending,       ///< The image is pulled and the container made.
    Activating,    ///< Load balancers are told.
    Running,
    Deactivating,    ///< Load balancers let go of it.
    Stopping,        ///< SIGTERM, then SIGKILL after the stop timeout.
    Deprovisioning,  ///< The network interface is detached.
    Stopped,
};

const char* nameOf(TaskState state);

enum class TaskHealth { Unknown, Healthy, Unhealthy };

/// One task: what a scheduler starts and stops.
struct Task {
    std::uint32_t number = 0;    ///< 1, 2, 3, … within its service.
    std::uint32_t revision = 0;  ///< Which task definition it runs.
    TaskState state = TaskState::Provisioning;
    TaskHealth health = TaskHealth::Unknown;
    ZoneIndex zone;
    bool spot = false;
    bool everRan = false;  ///< Whether it reached RUNNING.
    bool stopAsked = false;
    Time created{0};
    Time since{0};  ///< When it came to `state`.
    Time runningSince{-1};
    std::string stoppedReason;

    bool isLive() const { return state < TaskState::Deactivating && !stopAsked; }
    bool isGone() const { return state == TaskState::Stopped; }
};

/// How a start ended before the task ever ran, or how a running one was lost: what the circuit breaker
/// counts.
struct TaskFailure {
    std::uint32_t task = 0;
    std::uint32_t revision = 0;
    bool everRan = false;
    bool byHealthCheck = false;
    std::string reason;
};

/// A set of tasks that can be started and stopped: the seam between schedulers and what really runs.
///
/// The simulation implements it over the data plane; real containers can implement it over an engine.
class Fleet {
public:
    virtual ~Fleet() = default;

    /// Starts one task of `revision`. It is in tasks() at once.
    virtual void start(std::uint32_t revision) = 0;
    /// Asks one task to stop, for a reason in the vendor's words; it drains first.
    virtual void stop(std::uint32_t task, std::string reason) = 0;
    /// Tasks that are not yet Stopped, in order of start.
    virtual const std::vector<std::shared_ptr<Task>>& tasks() const = 0;
    /// Failures since the last call.
    virtual std::vector<TaskFailure> takeFailures() = 0;
    /// How many starts the platform's launch rate admits now.
    virtual std::uint32_t startsAdmitted() const = 0;
    /// Kills up to `count` running tasks at once, oldest first: no SIGTERM, connections are reset. How many.
    virtual std::uint32_t kill(std::uint32_t count, const std::string& reason) = 0;

    /// The tasks as the canvas shows them.
    virtual std::vector<ReplicaView> views() const = 0;
    /// CPU used over the last `interval` as a share (0..1) of what the running tasks have; remembers each
    /// task's own.
    virtual double sampleUtilisation(Duration interval) = 0;
    /// What every task so far is billed for, up to `now`, hour by hour.
    virtual void appendUsage(Usage& usage, Time now) const = 0;

    std::uint32_t countOf(TaskState state) const;
    std::uint32_t healthyCount() const;

    /// Goes up whenever a task comes, goes, or changes its state or health: who looked at this number need
    /// not look at the tasks again.
    std::uint64_t changes() const { return m_changes; }

protected:
    void changed() { ++m_changes; }

private:
    std::uint64_t m_changes = 1;
};

}  // namespace neph
