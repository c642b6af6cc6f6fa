#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "sim/cloud/fleet.h"
#include "sim/cloud/world.h"

namespace neph {

/// Keeps the desired number of tasks of a service running, and replaces them in a rolling deployment.
///
/// Sources: Amazon ECS Developer Guide, "Service definition parameters", "Rolling update deployments",
/// "Deployment circuit breaker", "Service throttle logic".
class ServiceScheduler {
public:
    struct Config {
        std::string nodeId;
        std::string service;  ///< Name in the log: "(service web) …".
        std::uint32_t desired = 1;
        int minimumHealthyPercent = 100;
        int maximumPercent = 200;
        bool circuitBreaker = true;
        bool rollback = true;
        double breakerShare = 0.5;
        std::uint32_t breakerLow = 3;
        std::uint32_t breakerHigh = 200;
        Duration loop{5s};
        Duration firstBackoff{10s};
        Duration mostBackoff{900s};
        std::uint32_t startsPerMinute = 500;
    };

    ServiceScheduler(World& world, Fleet& fleet, Config config);

    /// The story: every few seconds, count, start, stop, and say how the deployment goes.
    Process run();

    /// Replaces all tasks by tasks of the next revision.
    void deploy(std::uint32_t revision, std::string why);
    void setDesired(std::uint32_t desired);

    std::uint32_t desired() const { return m_config.desired; }
    std::uint32_t revision() const { return m_revision; }
    bool isDeploying() const { return m_deploying; }
    /// "4 of 4 tasks running", "deployment in progress: 2 of 4 new tasks healthy".
    std::string status() const;

    /// Floor and ceiling of rolling updates.
    static std::uint32_t healthyFloor(std::uint32_t desired, int minimumHealthyPercent);
    static std::uint32_t totalCeiling(std::uint32_t desired, int maximumPercent);
    /// Failures at which the breaker trips.
    static std::uint32_t breakerThreshold(const Config& config);

private:
    struct Counts {
        std::uint32_t total = 0;  ///< Not yet Stopped.
        std::uint32_t fresh = 0;  ///< Of the wanted revision, live.
        std::uint32_t freshHealthy = 0;
        std::uint32_t old = 0;  ///< Of other revisions, live.
        std::uint32_t oldHealthy = 0;
    };

    Counts count() const;
    void startMissing(const Counts& counts);
    void stopSurplus(const Counts& counts);
    void replaceUnhealthy();
    void judgeFailures();
    void finishDeployment(const Counts& counts);
    void tripBreaker(const std::string& reason);
    const Task* nextToStop(bool oldOnes) const;

    World& m_world;
    Fleet& m_fleet;
    Config m_config;
    std::uint32_t m_revision = 1;
    std::uint32_t m_lastCompleted = 0;  ///< 0: none yet.
    bool m_deploying = true;            ///< Creating a service is its first deployment.
    bool m_hasFailed = false;           ///< The deployment failed and there is nothing to roll back to.
    bool m_isSteady = false;
    std::uint32_t m_failures = 0;        ///< Of this deployment, for the breaker.
    std::uint32_t m_failuresInARow = 0;  ///< Starts that never ran, for the back-off.
    Time m_notBefore{0};
    std::vector<Time> m_starts;  ///< Within the last minute.
    // Every few seconds for a month: tasks are looked at only where one has changed.
    mutable std::optional<Counts> m_counted;
    mutable std::uint64_t m_countedAt = 0;
    mutable std::uint32_t m_countedRevision = 0;
    std::uint64_t m_lookedAt = 0;
};

}  // namespace neph
