#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "sim/cloud/world.h"

namespace neph {

/// Application Auto Scaling: target tracking on one or more metrics of one scalable target.
///
/// Each policy has a high alarm (above target for `outPoints` one-minute points) and a low alarm (below
/// `lowFactor` × target for `inPoints` points). Out where any policy asks, in only where all agree.
/// Source: AWS, Application Auto Scaling User Guide, "Target tracking scaling policies"; points and factor in
/// the service's data file.
class TargetTracking {
public:
    struct Policy {
        std::string metric;  ///< "ECSServiceAverageCPUUtilization"
        double target = 0;
        /// Average of the metric over the last period; nothing where there is no data.
        std::function<std::optional<double>()> read;
    };
    struct Config {
        std::string nodeId;
        std::string resource;  ///< In the log: "service web".
        std::uint32_t minimum = 1;
        std::uint32_t maximum = 1;
        Duration period{60s};
        Duration dataDelay{60s};  ///< From the end of a period until alarms see it.
        std::size_t outPoints = 3;
        std::size_t inPoints = 15;
        double lowFactor = 0.9;
        Duration outCooldown{300s};
        Duration inCooldown{300s};
        std::function<std::uint32_t()> running;  ///< Base of the arithmetic: the running count.
        std::function<std::uint32_t()> desired;
        std::function<bool()> inSuspended;  ///< Scale-in pauses (a deployment is under way).
        std::function<void(std::uint32_t)> setDesired;
    };

    TargetTracking(World& world, Config config, std::vector<Policy> policies);

    Process run();

    /// Capacity that brings the metric to its target: ceil(running × metric / target), at least 1.
    static std::uint32_t capacityFor(std::uint32_t running, double metric, double target);

private:
    struct Tracked {
        Policy policy;
        std::vector<std::optional<double>> points;       ///< That alarms see; newest last.
        std::vector<std::optional<double>> unpublished;  ///< Measured, not yet seen.
        bool isHigh = false;
        bool isLow = false;
    };

    void takePoints();
    void judge(Tracked& tracked);
    void scale();
    void announce(const Tracked& tracked, std::uint32_t from, std::uint32_t to);

    World& m_world;
    Config m_config;
    std::vector<Tracked> m_tracked;
    Time m_outUntil{-1};  ///< End of the cooldown after scaling out.
    Time m_inUntil{-1};
    std::uint32_t m_outCapacity = 0;  ///< What the last scale-out asked for.
    std::uint32_t m_outBase = 0;      ///< Running count that it reckoned with.
};

}  // namespace neph
