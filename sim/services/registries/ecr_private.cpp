// Amazon ECR, private: images are stored by the GB-month; pulls within the Region are free.
// Source: Amazon ECR pricing; Amazon ECR User Guide, "Service quotas".
#include <set>

#include "sim/cloud/registry_model.h"

namespace neph {

namespace {

class EcrPrivate final : public RegistryModel {
public:
    using RegistryModel::RegistryModel;

    void declare(Compiler& compiler) override
    {
        RegistryModel::declare(compiler);
        m_region = compiler.regionCode(component().id());
        for (const Link* link : compiler.design().linksTo(component().id())) {
            if (const auto* source = compiler.as<ImageSource>(link->from)) {
                m_images.push_back(source);
            }
        }
    }

    void prepare(World& world) const override
    {
        RegistryModel::prepare(world);
        world.recorder().addUsage([this](Usage& usage, Time now) { appendStorage(usage, now); });
    }

protected:
    ImageRegistry::Config config() const override
    {
        ImageRegistry::Config config;
        config.beforeTransfer = fromSeconds(component().factNumber("pull.startMs") / 1e3);
        config.limitError = component().factText("limit.error");
        return config;
    }

private:
    /// Layers that images share are stored once. GB-months are prorated by 730 hours a month.
    void appendStorage(Usage& usage, Time now) const
    {
        std::set<std::string> seen;
        Bytes stored;
        for (const ImageSource* source : m_images) {
            const ContainerImage image = source->image();
            for (const ImageLayer& layer : image.layers) {
                const bool isNew = image.isPushed && seen.insert(layer.digest).second;
                stored = stored + (isNew ? layer.size : Bytes{});
            }
        }
        const std::int64_t end = now / 1s;
        if (stored.count == 0) {
            return;
        }
        for (std::int64_t hour = 0; hour * 3600 < end; ++hour) {
            const std::int64_t inHour = std::min(end, (hour + 1) * 3600) - hour * 3600;
            usage.add(
                {component().id(), "", "AmazonECR", "TimedStorage-ByteHrs", m_region,
                 static_cast<std::uint32_t>(hour),
                 Quantity::ratio(Int128{stored.count} * inHour, (Int128{1} << 30) * 730 * 3600)});
        }
    }

    std::string m_region;
    std::vector<const ImageSource*> m_images;
};

}  // namespace

const ServiceType& ecr_private()
{
    static const ServiceType type{"aws.ecr", [](const Component& component) -> std::unique_ptr<ServiceModel> {
                                      return std::make_unique<EcrPrivate>(component);
                                  }};
    return type;
}

}  // namespace neph
