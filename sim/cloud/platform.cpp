#include "sim/cloud/platform.h"

#include "sim/cloud/container_fleet.h"

namespace neph {

namespace {

class SimulatedPlatform final : public Platform {
public:
    std::unique_ptr<Fleet> fleet(World& world, FleetConfig config) override
    {
        return std::make_unique<ContainerFleet>(world, std::move(config));
    }
};

}  // namespace

Platform& Platform::simulated()
{
    static SimulatedPlatform platform;
    return platform;
}

}  // namespace neph
