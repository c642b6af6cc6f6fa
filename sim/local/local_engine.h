#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "sim/engine/engine.h"
#include "sim/local/container_meter.h"
#include "sim/local/gateway.h"
#include "sim/local/load_generator.h"
#include "sim/local/work_bench.h"

namespace neph {

/// The plan of a design as real containers carry it out: the fourth way to run it. Requests come from the
/// load generator and go through the gateway; what controllers do to replicas is done to the gateway and to
/// containers. The clock of the simulation follows the clock on the wall, so that the same controllers act in
/// real time.
///
/// Pools without a backend in the gateway (partitions of a store) are counted and otherwise nothing: their
/// store is a real one. Meters read zero: what the real thing used is not what a vendor would bill.
class LocalEngine final : public Engine {
public:
    LocalEngine(
        const Plan& plan, Simulation& simulation, const GatewayLayout& layout,
        std::map<std::uint16_t, std::uint16_t> gatewayPorts, ContainerEngine& engine, WorkBench& bench,
        LoadGenerator& load);

    /// Returns when the wall clock has come so far.
    StopReason runUntil(Time end, RunGuard guard) override;
    bool step() override;
    const IntervalStats& takeInterval() override;
    void describe(RunResult& result) const override;
    Diagnostics checkConservation() const override { return {}; }

    ReplicaId addReplica(PoolId pool, ZoneIndex zone, std::uint32_t group) override;
    void setService(ReplicaId replica, Service service) override;
    void setShare(ReplicaId replica, double share) override;
    void removeReplica(ReplicaId replica, OutcomeId outcome) override;
    ReplicaReading read(ReplicaId replica) const override;
    PoolReading read(PoolId pool) const override;
    StationReading read(StationId station) const override;
    std::uint64_t readMeter(MeterId, ClassIndex) const override { return 0; }
    void resize(StationId, std::int64_t, std::int64_t) override {}
    void resize(StationId, ReplicaId, std::int64_t, std::int64_t) override {}
    void disturb(NodeIndex node, Duration added, double failShare, OutcomeId outcome) override;
    void
    send(PathId path, ReplicaId replica, std::int64_t bytes, std::function<void(OutcomeId)> done) override;
    void onOutOfMemory(PoolId, std::function<void(ReplicaId)>) override {}

    // For fleets.
    /// The container that is this replica, reached at `address`:`port` inside.
    void
    attach(ReplicaId replica, const std::string& container, const std::string& address, std::uint16_t port);
    /// Port on 127.0.0.1 and slot by which one replica is asked; nothing where it has no backend.
    struct Door {
        std::uint16_t port = 0;
        std::uint32_t slot = 0;
        std::string readyPath;
        std::string healthPath;
    };
    std::optional<Door> doorOf(ReplicaId replica) const;
    /// The replicas of a node that have a container and a door.
    struct Standing {
        std::string container;
        Door door;
    };
    std::vector<Standing> standing(const std::string& node) const;
    /// It listens now: it is told what goes on, such as which of its calls are slow.
    void welcome(ReplicaId replica);
    WorkBench& bench() { return m_bench; }

private:
    struct Replica {
        PoolId pool;
        ZoneIndex zone;
        Service service = Service::Out;
        bool isGone = false;
        std::uint32_t slot = 0;  ///< 0: of no backend.
        std::string container;
        Time since{0};
        Time until{-1};
        double cpuSeconds = 0;
        std::int64_t memoryBytes = 0;
        SlotReading before;  ///< What those that had the slot earlier have done.
    };
    struct NodeCounts {
        std::uint64_t requests = 0;
        std::uint64_t errors = 0;
    };

    const std::string& nodeOf(PoolId pool) const
    {
        return m_plan.nodes[m_plan.pools[pool.value].node.value].id;
    }
    void sample();
    SlotReading slotReading(const Replica& replica) const;
    NodeCounts countsOf(const std::string& node) const;
    void refreshSlots() const;
    double memoryShare(const StationSpec& station) const;
    void tell(const Replica& replica, const std::string& order);

    const Plan& m_plan;
    Simulation& m_simulation;
    const GatewayLayout& m_layout;
    std::map<std::uint16_t, std::uint16_t> m_ports;
    WorkBench& m_bench;
    LoadGenerator& m_load;
    ContainerMeter m_meter;
    mutable GatewayAdmin m_admin;
    std::optional<std::chrono::steady_clock::time_point> m_start;
    std::vector<Replica> m_replicas;
    std::map<NodeIndex, std::pair<Duration, double>> m_disturbed;
    mutable std::map<std::pair<std::string, std::uint32_t>, SlotReading> m_slots;
    mutable std::optional<std::chrono::steady_clock::time_point> m_slotsAt;
    bool m_isSampling = false;
    Time m_sampleAt{0};
    IntervalStats m_interval;
    std::vector<NodeCounts> m_nodesBefore;
    std::vector<StationReading> m_stationsBefore;
};

/// Errors: CannotRead, while nobody listens behind the door.
Result<Done> isListening(const LocalEngine::Door& door);

}  // namespace neph
