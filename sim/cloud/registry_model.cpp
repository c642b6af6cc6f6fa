#include "sim/cloud/registry_model.h"

#include <fmt/format.h>

namespace neph {

namespace {

constexpr double kMegabyte = 1e6;
// A registry serves far more than one drawing pulls: only the bound of each pull is felt.
constexpr std::int64_t kPullsAtFullRate = 10'000;

}  // namespace

void RegistryModel::declare(Compiler& compiler)
{
    const auto perPull =
        static_cast<std::int64_t>(component().properties().number("mbPerSecond") * kMegabyte);
    StationSpec bandwidth;
    bandwidth.kind = StationKind::Bandwidth;
    bandwidth.name = "download bandwidth";
    bandwidth.node = compiler.index(component().id());
    bandwidth.rate = perPull * kPullsAtFullRate;
    bandwidth.perFlow = perPull;
    m_bandwidth = compiler.plan().addStation(bandwidth);
    m_download = compiler.plan().declarePath("image layers", compiler.index(component().id()));
    compiler.plan()
        .path(m_download)
        .transfer(m_bandwidth, compiler.plan().addAmount(0), "download of layers")
        .reply();
}

void RegistryModel::prepare(World& world) const
{
    ImageRegistry::Config settings = config();
    settings.nodeId = component().id();
    settings.bandwidth = m_bandwidth;
    settings.download = m_download;
    ImageRegistry& registry = world.make<ImageRegistry>(component().id(), world, settings);
    world.onFault(
        component().id(), "registryDown", [this, &world, &registry](const FaultSpec& fault) -> Result<Done> {
            registry.setDown(true);
            world.log(
                EventLevel::Failure, component().id(),
                fmt::format("{} does not answer.", component().name()));
            if (fault.forSeconds > 0) {
                world.start(comeBack(world, registry, fromSeconds(fault.forSeconds)));
            }
            return Done{};
        });
    world.recorder().setStatus(component().id(), [&registry] {
        if (registry.isDown()) {
            return std::string("down");
        }
        const std::string pulls =
            fmt::format("{} pull{}", registry.pulls(), registry.pulls() == 1 ? "" : "s");
        return registry.refused() == 0 ? pulls : fmt::format("{}, {} refused", pulls, registry.refused());
    });
}

Process RegistryModel::comeBack(World& world, ImageRegistry& registry, Duration after) const
{
    co_await world.sim().after(after);
    registry.setDown(false);
    world.log(EventLevel::Info, component().id(), fmt::format("{} answers again.", component().name()));
}

}  // namespace neph
