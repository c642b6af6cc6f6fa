#pragma once

#include <memory>
#include <string>
#include <vector>

#include "sim/cloud/platform.h"
#include "sim/cloud/world.h"
#include "sim/local/lab_stand.h"
#include "sim/local/local_engine.h"

namespace neph {

/// Containers with restart policy "always", really: of the user's own image or of the sample workload, made
/// when they are started first; of a store, those that stand there since the set-up. The same container is
/// started again, with what is in its volume.
class LocalServers final : public ServerHost {
public:
    LocalServers(World& world, std::string node, LabStand& stand, LocalEngine& data);

    Process start(std::size_t index, std::shared_ptr<std::string> problem) override;
    Process listen(std::size_t index, ReplicaId replica) override;
    void drop(std::size_t index) override;

private:
    struct Real {
        std::string container;
        std::string address;
        bool isUp = false;         ///< Started, and neither dropped nor seen to have ended.
        std::uint32_t starts = 0;  ///< Who watches an earlier one gives up.
        StartTimes times;
    };
    Real& of(std::size_t index);
    /// Looks every second whether it still runs.
    Process watch(std::size_t index, std::uint32_t start);

    World& m_world;
    std::string m_node;
    LabStand& m_stand;
    LocalEngine& m_data;
    const PlannedContainers& m_planned;
    std::vector<Real> m_real;
};

}  // namespace neph
