// Availability Zone: the frame that can be lost. Tasks spread over the zones drawn in their VPC.
#include <fmt/format.h>

#include "sim/cloud/service_type.h"
#include "sim/cloud/world.h"

namespace neph {

namespace {

class Zone final : public ServiceModel {
public:
    using ServiceModel::ServiceModel;

    void prepare(World& world) const override
    {
        world.recorder().setStatus(component().id(), [this, &world] {
            return std::string(world.isLost(indexIn(world.plan())) ? "lost" : "available");
        });
        world.onFault(component().id(), "loseZone", [this, &world](const FaultSpec& fault) -> Result<Done> {
            const ZoneIndex zone = indexIn(world.plan());
            world.log(
                EventLevel::Failure, component().id(),
                fmt::format("Availability Zone {} is lost.", world.plan().zones[zone.value].name));
            world.setLost(zone, true);
            if (fault.forSeconds > 0) {
                world.start(comeBack(world, zone, fromSeconds(fault.forSeconds)));
            }
            return Done{};
        });
    }

private:
    ZoneIndex indexIn(const Plan& plan) const
    {
        ZoneIndex zone{0};
        while (plan.zones[zone.value].id != component().id()) {
            ++zone.value;
        }
        return zone;
    }

    Process comeBack(World& world, ZoneIndex zone, Duration after) const
    {
        co_await world.sim().after(after);
        world.log(
            EventLevel::Info, component().id(),
            fmt::format("Availability Zone {} is back.", world.plan().zones[zone.value].name));
        world.setLost(zone, false);
    }
};

}  // namespace

const ServiceType& availability_zone()
{
    static const ServiceType type{
        "aws.availability_zone", [](const Component& component) -> std::unique_ptr<ServiceModel> {
            return std::make_unique<Zone>(component);
        }};
    return type;
}

}  // namespace neph
