// Container image: layers, each known by its digest, and how the process in it starts.
// Source: OCI image specification; facts-compute.md section 1 (unpack rate and ratio are data of the kind).
#include <fmt/format.h>

#include "sim/cloud/image_registry.h"
#include "sim/kernel/random.h"

namespace neph {

namespace {

constexpr double kMegabyte = 1e6;

class Image final : public ServiceModel, public ImageSource {
public:
    using ServiceModel::ServiceModel;

    void declare(Compiler& compiler) override
    {
        for (const Link* link : compiler.design().linksFrom(component().id())) {
            m_registry = link->to;
            m_isPushed = compiler.propertiesOf(*link).flag("pushed");
        }
    }

    ContainerImage image() const override
    {
        const PropertyReader properties = component().properties();
        ContainerImage image;
        image.nodeId = component().id();
        image.registryId = m_registry;
        image.name = properties.text("repository") + ":" + properties.text("tag");
        for (const Value& row : properties.value("layers")) {
            const std::string name = row.value("name", "layer");
            const double megabytes = row.value("sizeMB", 0.0);
            // A digest names content: equal name and size stand for the same blob, shared between images.
            const std::string digest =
                fmt::format("sha256:{:016x}", streamId(name, fmt::format("{}", megabytes)));
            image.layers.push_back({digest, Bytes{static_cast<std::int64_t>(megabytes * kMegabyte)}});
        }
        image.isPushed = m_isPushed;
        image.start = properties.duration("startSeconds");
        image.brokenAtStart = properties.flag("brokenAtStart");
        image.failsHealthCheck = properties.flag("failHealthCheck");
        image.unpackBytesPerSecond = component().factNumber("unpack.mbPerSecond") * kMegabyte;
        image.unpackRatio = component().factNumber("unpack.ratio");
        image.crash = component().factSeconds("crash.seconds");
        image.crashExitCode = static_cast<int>(component().factInteger("crash.exitCode"));
        return image;
    }

private:
    std::string m_registry;
    bool m_isPushed = true;
};

}  // namespace

const ServiceType& container_image()
{
    static const ServiceType type{
        "container.image", [](const Component& component) -> std::unique_ptr<ServiceModel> {
            return std::make_unique<Image>(component);
        }};
    return type;
}

}  // namespace neph
