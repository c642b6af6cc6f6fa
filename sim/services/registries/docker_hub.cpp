// Docker Hub: public images, with a limit of pulls per address and window.
// Source: Docker docs, "Docker Hub usage and limits: Pulls".
#include "sim/cloud/registry_model.h"

namespace neph {

namespace {

class DockerHub final : public RegistryModel {
public:
    using RegistryModel::RegistryModel;

protected:
    ImageRegistry::Config config() const override
    {
        const PropertyReader properties = component().properties();
        ImageRegistry::Config config;
        config.pullsPerWindow =
            component().kind.fact("pulls.perWindow").at(properties.text("account")).get<std::int64_t>();
        config.window = properties.duration("windowHours");
        config.beforeTransfer = fromSeconds(component().factNumber("pull.startMs") / 1e3);
        config.limitError = component().factText("limit.error");
        return config;
    }
};

}  // namespace

const ServiceType& docker_hub()
{
    static const ServiceType type{
        "docker.hub", [](const Component& component) -> std::unique_ptr<ServiceModel> {
            return std::make_unique<DockerHub>(component);
        }};
    return type;
}

}  // namespace neph
