#include "sim/local/compose_file.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

namespace neph {

namespace {

using As = LocalFace::As;

constexpr const char* kTmp = "/tmp:rw,noexec,nosuid,nodev,size=64m";
constexpr int kPids = 256;

/// What is for the shell or for people is not for Compose to fill in.
std::string literal(const std::string& text)
{
    std::string escaped;
    for (const char c : text) {
        escaped += c == '$' ? "$$" : std::string(1, c);
    }
    return escaped;
}

YAML::Node listOf(const std::vector<std::string>& words)
{
    YAML::Node list(YAML::NodeType::Sequence);
    for (const std::string& word : words) {
        list.push_back(literal(word));
    }
    return list;
}

/// What of a planned node goes into the file.
struct Service {
    const PlannedContainers* planned = nullptr;
    Recipe::Pulled pulled;  ///< Of a store.
    std::uint16_t port = 0;
    bool isOwn() const { return !planned->reference.empty(); }
};

class Composer {
public:
    Composer(const Design& design, const LabPlan& plan) : m_design(design), m_plan(plan) {}

    void add(const Service& service) { m_services.push_back(service); }
    bool isEmpty() const { return m_services.empty(); }

    std::string text(const std::vector<std::string>& leftOut)
    {
        YAML::Node file;
        file["name"] = nameOf(m_plan.designId);
        YAML::Node volumes(YAML::NodeType::Map);
        for (const Service& service : m_services) {
            file["services"][service.planned->node] = nodeOf(service, volumes);
        }
        if (volumes.size() > 0) {
            file["volumes"] = volumes;
        }
        YAML::Emitter out;
        out << file;
        std::string comments =
            "# Containers of a design of Nephoscope. docker compose up, or podman-compose up.\n";
        for (const std::string& each : leftOut) {
            comments += "# Left out: " + each + "\n";
        }
        return comments + out.c_str() + "\n";
    }

private:
    /// A project's name begins with a letter or digit.
    static std::string nameOf(const std::string& designId) { return "neph-" + designId; }

    YAML::Node nodeOf(const Service& service, YAML::Node& volumes)
    {
        const PlannedContainers& planned = *service.planned;
        YAML::Node node;
        node["image"] = literal(service.isOwn() ? planned.reference : service.pulled.image);
        node["user"] = service.isOwn() ? "65534:65534" : service.pulled.user;
        const std::vector<std::string>& command = service.isOwn() ? planned.command : service.pulled.command;
        if (!command.empty()) {
            node["command"] = listOf(command);
        }
        for (const auto& [key, value] : service.isOwn() ? planned.environment : service.pulled.environment) {
            node["environment"][literal(key)] = literal(value);
        }
        // One copy of a port has it for itself; others get a free one ('docker compose port').
        const bool isFree = planned.count == 1 && m_ports.insert(service.port).second;
        node["ports"].push_back(
            isFree ? fmt::format("127.0.0.1:{0}:{0}", service.port)
                   : fmt::format("127.0.0.1::{}", service.port));
        putLimits(node, planned);
        node["read_only"] = true;
        node["tmpfs"] = listOf(service.pulled.tmpfs);
        node["tmpfs"].push_back(kTmp);
        node["cap_drop"].push_back("ALL");
        node["security_opt"].push_back("no-new-privileges:true");
        node["init"] = true;
        node["restart"] = "always";
        const std::string path = service.isOwn() ? planned.volumePath : service.pulled.volume;
        if (!path.empty()) {
            const std::string volume = planned.node + "-data";
            node["volumes"].push_back(volume + ':' + literal(path));
            volumes[volume] = YAML::Node(YAML::NodeType::Map);
        }
        for (const Link* link : m_design.linksFrom(planned.node)) {
            if (hasService(link->to)) {
                node["depends_on"].push_back(link->to);
            }
        }
        return node;
    }

    static void putLimits(YAML::Node& node, const PlannedContainers& planned)
    {
        node["deploy"]["replicas"] = planned.count;
        YAML::Node limits;
        limits["cpus"] = fmt::format("{:g}", static_cast<double>(planned.milliCpus) / 1000);
        limits["memory"] = fmt::format("{}b", planned.memoryBytes);
        limits["pids"] = kPids;
        node["deploy"]["resources"]["limits"] = limits;
    }

    bool hasService(const std::string& node) const
    {
        return std::any_of(m_services.begin(), m_services.end(), [&node](const Service& each) {
            return each.planned->node == node;
        });
    }

    const Design& m_design;
    const LabPlan& m_plan;
    std::vector<Service> m_services;
    std::set<std::uint16_t> m_ports;
};

/// Comments end with their line.
std::string onOneLine(std::string text)
{
    std::replace_if(
        text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < ' '; }, '?');
    return text;
}

}  // namespace

Result<std::string> composeFile(const Design& design, const LabPlan& plan, const RecipePlaces& places)
{
    Composer composer(design, plan);
    std::vector<std::string> leftOut;
    for (const PlannedContainers& planned : plan.containers) {
        if (planned.as == As::Server && !planned.reference.empty()) {
            composer.add({&planned, {}, planned.port});
            continue;
        }
        std::string why = "it runs Nephoscope's sample service; give it an image of yours.";
        if (planned.as == As::Server && !planned.recipe.empty()) {
            const Result<Recipe> recipe = readRecipe(planned.recipe, places);
            if (!recipe) {
                return recipe.error();
            }
            if (!recipe->pulled.image.empty()) {
                composer.add({&planned, recipe->pulled, recipe->port});
                continue;
            }
            why = "a stand-in of the lab is no part of what you run.";
        } else if (planned.as != As::Server) {
            why = "it is run by a cloud, or stands in for one.";
        }
        leftOut.push_back(onOneLine(fmt::format("{}: {}", planned.name, why)));
    }
    if (composer.isEmpty()) {
        return Error{
            ErrorCode::Invalid, plan.design,
            "This design has no container that Compose could start: none of an image of yours, no PostgreSQL "
            "and "
            "no Redis. Draw an own container and give it an image."};
    }
    return composer.text(leftOut);
}

}  // namespace neph
