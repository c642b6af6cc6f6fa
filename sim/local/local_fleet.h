#pragma once

#include <map>
#include <memory>

#include "sim/cloud/container_fleet.h"
#include "sim/local/lab_stand.h"
#include "sim/local/local_engine.h"

namespace neph {

/// The tasks of a service as real containers: the story of an ECS task, with every step really done. What
/// takes time takes the time that it takes here.
class LocalFleet final : public ContainerFleet {
public:
    LocalFleet(World& world, FleetConfig config, LabStand& stand, LocalEngine& data);

    void appendUsage(Usage&, Time) const override {}

protected:
    Process provision(TaskPointer task) override;
    Process pullImage(TaskPointer task, ContainerImage image) override;
    Process create(TaskPointer task, ContainerImage image) override;
    Process activate(TaskPointer task) override;
    Process startContainer(TaskPointer task, ContainerImage image) override;
    Process listen(TaskPointer task, ContainerImage image) override;
    Process endContainer(TaskPointer task) override;
    void dropContainer(LiveTask& task) override;
    Process deprovision(TaskPointer task) override;

private:
    struct Real {
        std::string image;  ///< To run: by digest.
        std::string container;
        std::string address;
        ContainerSpec spec;
        StartTimes times;
    };
    Real& of(const LiveTask& task) { return m_real[task.number]; }
    /// Looks every second whether it still runs.
    Process watchContainer(TaskPointer task);

    LabStand& m_stand;
    LocalEngine& m_data;
    std::map<std::uint32_t, Real> m_real;  ///< By number of the task.
};

/// Makes such fleets.
class LocalPlatform final : public Platform {
public:
    LocalPlatform(LabStand& stand, LocalEngine& data) : m_stand(stand), m_data(data) {}

    std::unique_ptr<Fleet> fleet(World& world, FleetConfig config) override
    {
        return std::make_unique<LocalFleet>(world, std::move(config), m_stand, m_data);
    }
    std::unique_ptr<ServerHost> serverHost(World& world, const std::string& nodeId) override;

private:
    LabStand& m_stand;
    LocalEngine& m_data;
};

}  // namespace neph
