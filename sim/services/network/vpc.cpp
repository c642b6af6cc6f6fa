// VPC: the private network. Its NAT gateway is billed by the hour, and shares one address among all that pull
// through it; public addresses of tasks are billed with the tasks.
#include "sim/cloud/nat_gateway.h"
#include "sim/cloud/service_type.h"
#include "sim/cloud/world.h"

namespace neph {

namespace {

class Vpc final : public ServiceModel {
public:
    using ServiceModel::ServiceModel;

    void declare(Compiler& compiler) override { m_region = compiler.regionCode(component().id()); }

    void prepare(World& world) const override
    {
        if (!component().properties().flag("natGateway")) {
            return;
        }
        const NatGateway& gateway = world.make<NatGateway>(component().id());
        world.recorder().addUsage([this, &gateway](Usage& usage, Time) { appendBytes(gateway, usage); });
        world.recorder().addWholeHours([this](Usage& usage, Time now) {
            // A started hour is a full hour.
            const auto hours = static_cast<std::uint32_t>((now + 1h - 1ns) / 1h);
            for (std::uint32_t hour = 0; hour < hours; ++hour) {
                usage.add(
                    {component().id(), "", "AmazonVPC", "NatGateway-Hours", m_region, hour, Quantity::of(1)});
            }
        });
    }

private:
    /// Both ways count; what a pull asks is next to nothing beside what it gets.
    void appendBytes(const NatGateway& gateway, Usage& usage) const
    {
        const std::vector<std::int64_t>& hourly = gateway.hourly();
        for (std::size_t hour = 0; hour < hourly.size(); ++hour) {
            if (hourly[hour] > 0) {
                usage.add(
                    {component().id(), "", "AmazonVPC", "NatGateway-Bytes", m_region,
                     static_cast<std::uint32_t>(hour),
                     Quantity::ratio(Int128{hourly[hour]}, Int128{1} << 30)});
            }
        }
    }

    std::string m_region;
};

}  // namespace

const ServiceType& vpc()
{
    static const ServiceType type{"aws.vpc", [](const Component& component) -> std::unique_ptr<ServiceModel> {
                                      return std::make_unique<Vpc>(component);
                                  }};
    return type;
}

}  // namespace neph
