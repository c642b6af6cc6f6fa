// A container of the user's own image on a server that they already have: a fixed number of replicas, started
// again by the engine when they die, and looked after by nobody else.
//
// Sources: Docker documentation, "Start containers automatically" and "Resource constraints". Figures are in
// assets/services/own_container.json.
#include <fmt/format.h>

#include "sim/cloud/server_container.h"

namespace neph {

namespace {

class OwnContainer final : public ServerContainerModel {
public:
    using ServerContainerModel::ServerContainerModel;

    void declare(Compiler& compiler) override
    {
        ServerContainerModel::declare(compiler);
        const char* const busy = isHttp() ? "503 Service Unavailable: {} has no free worker"
                                          : "connection closed: {} has no free worker";
        m_handler.declare(
            compiler, component(), "container", fmt::format(fmt::runtime(busy), component().name()),
            milliVcpu());
    }

    std::optional<Entry> entry(const Link& link, Compiler& compiler) override
    {
        return m_handler.entry(link, component(), compiler);
    }

    void finish(Compiler& compiler) override
    {
        const std::string check = recipe().healthPath;
        m_handler.finish(compiler, component(), check.empty() ? "health check" : "GET " + check);
    }

    ContainerRecipe recipe() const override
    {
        const PropertyReader properties = component().properties();
        ContainerRecipe recipe = ServerContainerModel::recipe();
        recipe.image = properties.text("image");
        recipe.command = properties.text("command");
        for (const Value& row : properties.value("environment")) {
            recipe.environment[row.value("key", "")] = row.value("value", "");
        }
        recipe.protocol = properties.text("protocol");
        recipe.port = properties.integer("port");
        recipe.healthPath = isHttp() ? properties.text("healthPath") : "";
        return recipe;
    }

protected:
    const ReplicaSet& replicas() const override { return m_handler.replicas(); }
    StationId cpu() const override { return m_handler.cpu(); }
    PathId probe() const override { return m_handler.probe(); }
    std::uint32_t count() const override
    {
        return static_cast<std::uint32_t>(component().properties().integer("replicas"));
    }
    std::string note() const override
    {
        const ContainerRecipe made = recipe();
        return fmt::format(
            "{} on port {}", made.image.empty() ? "the sample service" : made.image, made.port);
    }

private:
    bool isHttp() const { return component().properties().text("protocol") == "http"; }

    RequestHandler m_handler;
};

}  // namespace

const ServiceType& own_container()
{
    static const ServiceType type{
        "container.own", [](const Component& component) -> std::unique_ptr<ServiceModel> {
            return std::make_unique<OwnContainer>(component);
        }};
    return type;
}

}  // namespace neph
