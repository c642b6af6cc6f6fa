#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "sim/cloud/platform.h"
#include "sim/cloud/request_handler.h"
#include "sim/cloud/world.h"

namespace neph {

/// What a real engine is asked to start in the place of a node.
struct ContainerRecipe {
    std::string image;    ///< "docker.io/library/nginx:1.25"; empty: the sample service.
    std::string command;  ///< As one would type it; empty: the image's own.
    std::map<std::string, std::string> environment;
    std::string protocol;    ///< "http" or "tcp".
    std::int64_t port = 0;   ///< Inside.
    std::string volume;      ///< Path inside that outlives the container; empty: none.
    std::string healthPath;  ///< Of an http container; empty: a connection is enough.
    std::int64_t replicas = 1;
    std::int64_t milliVcpu = 1000;
    std::int64_t memoryMiB = 0;
};

/// Containers on servers that somebody runs, kept up by the restart policy "always": a fixed number, each on
/// its own server for good. Nobody moves them, adds any or takes any away.
///
/// Source: Docker documentation, "Start containers automatically", and Engine API, RestartPolicy.
class ServerContainers final : public WorldObject {
public:
    struct Config {
        std::string nodeId;
        std::string name;
        ReplicaSet replicas;
        PathId probe;                  ///< What a health check asks; none: it is behind no load balancer.
        std::vector<ZoneIndex> zones;  ///< Where the servers stand, in turn; empty: in no cloud.
        std::uint32_t count = 1;
        StationId cpu;
        std::int64_t milliCores = 1000;  ///< What `cpu` has in each container.
        double vcpu = 1;                 ///< Of each.
        Duration start{1s};              ///< From the start of the process until it listens.
        Duration firstDelay{100ms};      ///< Before the first restart of a series; doubles each time,
        Duration longestDelay{60s};      ///< up to this.
        Duration startedAfter{10s};  ///< Up this long, it has started: the next restart begins a new series.
        std::string outOfMemoryReason;  ///< "OOMKilled (exit code 137)"
    };

    ServerContainers(World& world, Config config);

    /// Starts all of them and keeps them up as long as the run goes.
    void run();
    /// Kills up to `count` running containers, the first first; returns how many there were.
    std::uint32_t kill(std::uint32_t count, const std::string& reason);

    /// Leaves each container that share (0..1) of its CPU, as a busy neighbour on its server would.
    void throttle(double share);

    std::uint32_t running() const;
    std::uint32_t count() const { return m_config.count; }
    std::uint32_t restarts() const { return m_restarts; }
    std::vector<ReplicaView> views() const;
    /// CPU used over the last `interval` as a share (0..1) of what the running containers have.
    double sampleUtilisation(Duration interval);

private:
    enum class State { Waiting, Starting, Running, Restarting };
    struct Container {
        explicit Container(Simulation& simulation) : wake(simulation) {}

        std::size_t index = 0;
        std::string name;  ///< "shop-2"
        ZoneIndex zone;
        State state = State::Waiting;
        Trigger wake;  ///< Fired when it dies, and when its server is back.
        ReplicaId replica;
        std::string diedOf;  ///< Empty while its process lives.
        Time since{0};       ///< When it came to `state`.
        double cpuBusyBefore = 0;
        double utilisation = 0;
    };

    Process keepUp(std::size_t index);
    Process startUp(std::size_t index);
    void enter(Container& container, State state);
    void die(Container& container, const std::string& reason);
    void limitCpu(const Container& container);

    World& m_world;
    Config m_config;
    std::vector<std::unique_ptr<Container>> m_containers;
    std::unique_ptr<ServerHost> m_host;  ///< Null: simulated.
    std::uint32_t m_restarts = 0;
    double m_cpuShare = 1;
};

/// A node that is containers of one image on servers of the user's own: what such services have in common.
///
/// Read from the component: cpu, memoryMiB, startSeconds and volume, and the facts of the restart policy.
class ServerContainerModel : public ServiceModel {
public:
    using ServiceModel::ServiceModel;

    void declare(Compiler& compiler) override;
    void prepare(World& world) const override;
    void control(World& world) const override;

    /// What stands in for it on this machine.
    virtual ContainerRecipe recipe() const;

protected:
    virtual const ReplicaSet& replicas() const = 0;
    virtual StationId cpu() const = 0;
    virtual PathId probe() const { return {}; }
    virtual std::uint32_t count() const { return 1; }
    /// What of its CPU limit one container can use.
    virtual std::int64_t milliCores() const { return milliVcpu(); }
    /// What is special about its state, in words; may be empty.
    virtual std::string note() const { return {}; }
    /// Gauges and the like of its own.
    virtual void observe(World&) const {}

    std::int64_t milliVcpu() const;

private:
    ServerContainers::Config config() const;
    void addFaults(World& world, ServerContainers& containers) const;
    Process endThrottle(World& world, ServerContainers& containers, Duration after) const;

    std::vector<ZoneIndex> m_zones;
};

}  // namespace neph
