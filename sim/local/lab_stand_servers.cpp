// Registries, stores and the gateway: containers of recipes that stand there from the start.
#include <algorithm>
#include <array>
#include <thread>

#include <curl/curl.h>
#include <fmt/format.h>

#include "sim/local/lab_session.h"
#include "sim/local/lab_stand.h"
#include "sim/local/replica_http.h"

namespace neph {

namespace {

constexpr std::chrono::seconds kPatience{60};
constexpr std::int64_t kGatewayMemory = 256 << 20;
/// The launcher knows: engines number the interfaces of a container as they like, anew for each.
constexpr const char* kOuter = "{outer interface}";

/// Nothing secret: every port is on 127.0.0.1, and whoever can reach it there can read it from the terminal
/// as well.
constexpr const char* kPassword = "nephoscope";
/// The same by bcrypt, as `htpasswd -nB` writes it: a registry admits no plain text.
constexpr const char* kPasswordHash = "$2y$05$MltmqABDsBovglARiWGxsOf.wWy277v.aYo35xSB.jhc54YCd7.ji";

bool answers(std::uint16_t port, bool isHttp)
{
    const std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> curl(curl_easy_init(), curl_easy_cleanup);
    curl_easy_setopt(curl.get(), CURLOPT_URL, fmt::format("http://127.0.0.1:{}/", port).c_str());
    curl_easy_setopt(curl.get(), CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl.get(), CURLOPT_NOPROXY, "*");
    curl_easy_setopt(curl.get(), CURLOPT_NOBODY, 1L);
    curl_easy_setopt(curl.get(), CURLOPT_CONNECT_ONLY, isHttp ? 0L : 1L);
    curl_easy_setopt(curl.get(), CURLOPT_TIMEOUT_MS, 1000L);
    return curl_easy_perform(curl.get()) == CURLE_OK;
}

std::string filled(std::string text, const std::map<std::string, std::string>& words)
{
    for (const auto& [word, value] : words) {
        const std::string mark = '{' + word + '}';
        for (std::size_t at = text.find(mark); at != std::string::npos;
             at = text.find(mark, at + value.size())) {
            text.replace(at, mark.size(), value);
        }
    }
    return text;
}

}  // namespace

/// Creates, starts and checks a container. Returns its id.
Result<std::string> LabStand::run(const ContainerSpec& spec, const std::string& what)
{
    Result<std::string> id = m_engine.create(spec);
    if (!id) {
        return id;
    }
    m_containers[what] = *id;
    if (Result<Done> started = m_engine.start(*id); !started) {
        return Error{
            started.error().code, what,
            fmt::format("{} could not be started: {}", what, started.error().what)};
    }
    if (Result<Done> checked = check(spec, *id); !checked) {
        return checked.error();
    }
    return id;
}

/// Waits until somebody listens on 127.0.0.1.
Result<Done> LabStand::waitFor(const std::string& what, std::uint16_t port)
{
    const auto until = std::chrono::steady_clock::now() + kPatience;
    while (!answers(port, true)) {
        if (std::chrono::steady_clock::now() > until) {
            const auto container = m_containers.find(what);
            const Result<std::string> log = container == m_containers.end()
                                                ? Result<std::string>(std::string())
                                                : m_engine.logs(container->second, 2000);
            return Error{
                ErrorCode::CannotRead, what,
                fmt::format(
                    "{} does not answer after {} s. Its last words: {}", what, kPatience.count(),
                    log ? *log : "")};
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    return Done{};
}

Result<Done> LabStand::startRegistry(const PlannedContainers& planned)
{
    const Result<std::string> image = imageOf(planned.recipe);
    if (!image) {
        return image.error();
    }
    const Recipe& recipe = m_recipes.at(planned.recipe);
    ContainerSpec spec = specOf(recipe, *image);
    const ContainerSpec own = bare(planned.node);
    spec.name = own.name;
    spec.labels = own.labels;
    spec.memoryBytes = std::max(planned.memoryBytes, recipe.memoryBytes);
    spec.networks = {{m_edge, {}}};
    spec.ports = {{recipe.port, 0}};
    const std::string volume = spec.name + "-data";
    if (Result<Done> made = m_engine.createVolume(volume, m_options.labels); !made) {
        return made;
    }
    spec.mounts = {{volume, recipe.volumes.front()}};
    if (planned.hasLogin) {
        spec.environment["NEPH_FILE_2"] = fmt::format("/tmp/htpasswd\nAWS:{}\n", kPasswordHash);
        spec.environment["REGISTRY_AUTH"] = "htpasswd";
        spec.environment["REGISTRY_AUTH_HTPASSWD_REALM"] = planned.name;
        spec.environment["REGISTRY_AUTH_HTPASSWD_PATH"] = "/tmp/htpasswd";
        m_logins[planned.node] = {"AWS", kPassword};
    }
    const Result<std::string> id = run(spec, planned.name);
    if (!id) {
        return id.error();
    }
    const Result<ContainerState> state = m_engine.inspect(*id);
    if (!state) {
        return state.error();
    }
    const std::uint16_t port = state->ports.contains(recipe.port) ? state->ports.at(recipe.port) : 0;
    m_registryPorts[planned.node] = port;
    tellEndpoint(
        planned.node,
        planned.hasLogin
            ? fmt::format("podman login --tls-verify=false -u AWS -p {} 127.0.0.1:{}", kPassword, port)
            : fmt::format("curl http://127.0.0.1:{}/v2/_catalog", port));
    return waitFor(planned.name, port);
}

/// The volume of a server's data: named after the design, kept until somebody asks for its removal. Copies
/// are on servers of their own, each with its own volume.
std::string LabStand::volumeOf(const PlannedContainers& planned, std::size_t index) const
{
    const std::string first = fmt::format("neph-data-{}-{}", m_plan.designId, planned.node);
    return index == 0 ? first : fmt::format("{}-{}", first, index + 1);
}

Result<Done> LabStand::makeVolumes(const PlannedContainers& planned, const std::string& path)
{
    for (std::size_t i = 0; i < planned.count && !path.empty(); ++i) {
        Result<Done> made = m_engine.createVolume(
            volumeOf(planned, i), dataVolumeLabels(m_options.owner, m_plan.designId, planned.node));
        if (!made) {
            return made;
        }
    }
    return Done{};
}

/// What a controller will start: its image is found now, and its volumes are made.
Result<Done> LabStand::prepareServer(const PlannedContainers& planned)
{
    if (!planned.reference.empty()) {
        const Result<std::string> id = ownImage(planned.reference, planned.node);
        if (!id) {
            return id.error();
        }
        m_images[planned.node] = {*id, {}, false};
    }
    return makeVolumes(planned, planned.volumePath);
}

ContainerSpec LabStand::serverSpec(const std::string& node, std::size_t index) const
{
    const PlannedContainers& planned = *m_plan.of(node);
    const Node& drawn = *m_compiled->design.node(node);
    const KindSpec& kind = *m_compiled->catalog->find(drawn.kind);
    ContainerImage image;
    image.nodeId = node;
    if (kind.property("startSeconds") != nullptr) {
        image.start = PropertyReader{kind.properties, drawn.properties}.duration("startSeconds");
    }
    const auto own = m_images.find(node);
    ContainerSpec spec = taskSpec(
        node, image, own == m_images.end() ? m_workload : own->second.reference,
        fmt::format("{}-{}", node, index + 1));
    if (!planned.volumePath.empty()) {
        spec.mounts = {{volumeOf(planned, index), planned.volumePath}};
    }
    return spec;
}

std::vector<std::string> LabStand::serversOf(const std::string& node) const
{
    const auto found = m_servers.find(node);
    return found == m_servers.end() ? std::vector<std::string>() : found->second;
}

std::uint16_t LabStand::passageOf(const std::string& node) const
{
    for (const GatewayLayout::Passage& passage : m_layout.passages) {
        if (passage.node == node) {
            return m_gatewayPorts.at(passage.port);
        }
    }
    return 0;
}

Result<Done> LabStand::waitForStores()
{
    for (const GatewayLayout::Passage& passage : m_layout.passages) {
        const PlannedContainers& planned = *m_plan.of(passage.node);
        const auto until = std::chrono::steady_clock::now() + kPatience;
        while (!storeAnswers(passageOf(passage.node), planned.protocol, std::chrono::milliseconds(500))) {
            if (std::chrono::steady_clock::now() > until) {
                const Result<std::string> log = m_engine.logs(m_servers.at(passage.node).front(), 2000);
                return Error{
                    ErrorCode::CannotRead, planned.name,
                    fmt::format(
                        "{} does not answer after {} s. Its last words: {}", planned.name, kPatience.count(),
                        log ? *log : "")};
            }
            std::this_thread::sleep_for(std::chrono::milliseconds(50));
        }
    }
    return Done{};
}

Result<Done> LabStand::startServer(const PlannedContainers& planned)
{
    ContainerSpec spec;
    std::uint16_t port = planned.port;
    std::string volumePath = planned.volumePath;
    if (planned.recipe.empty()) {
        const Result<std::string> image = ownImage(planned.reference, planned.node);
        if (!image) {
            return image.error();
        }
        spec.image = *image;
        spec.command = planned.command;
    } else {
        const Result<std::string> image = imageOf(planned.recipe);
        if (!image) {
            return image.error();
        }
        const Recipe& recipe = m_recipes.at(planned.recipe);
        spec = specOf(recipe, *image);
        port = recipe.port;
        volumePath = recipe.volumes.empty() ? std::string() : recipe.volumes.front();
    }
    spec.labels = bare(planned.node).labels;
    spec.labels["io.nephoscope.node"] = planned.node;
    spec.environment.insert(planned.environment.begin(), planned.environment.end());
    spec.milliCpus = planned.milliCpus;
    spec.memoryBytes = planned.memoryBytes;
    spec.cpus = m_options.coresOfTasks;
    spec.networks = {{m_inner, {planned.node}}};
    if (Result<Done> made = makeVolumes(planned, volumePath); !made) {
        return made;
    }
    for (std::size_t i = 0; i < planned.count; ++i) {
        spec.name = bare(planned.count == 1 ? planned.node : fmt::format("{}-{}", planned.node, i + 1)).name;
        if (!volumePath.empty()) {
            spec.mounts = {{volumeOf(planned, i), volumePath}};
        }
        const Result<std::string> id = run(spec, planned.count == 1 ? planned.name : spec.name);
        if (!id) {
            return id.error();
        }
        m_servers[planned.node].push_back(*id);
    }
    LabAddress address{planned.node, port, "", "", ""};
    if (planned.hasLogin) {
        address.user = planned.recipe == "postgresql" ? "postgres" : "";
        address.password = kPassword;
        address.database = "postgres";
    }
    m_addresses[planned.node] = address;
    return Done{};
}

/// Two nodes may have one name.
void LabStand::tellEndpoint(const std::string& node, const std::string& words)
{
    const std::string& name = m_compiled->design.node(node)->name;
    const bool isTaken = m_endpoints.contains(name);
    m_endpoints[isTaken ? fmt::format("{} ({})", name, node) : name] = words;
}

Result<Done> LabStand::startGateway()
{
    std::map<std::string, std::uint16_t> servers;
    for (const auto& [node, address] : m_addresses) {
        servers[node] = address.port;
    }
    m_layout = gatewayLayout(*m_compiled, servers);
    for (const GatewayLayout::Frontend& frontend : m_layout.frontends) {
        m_addresses[frontend.node] = {"gateway", frontend.port, "", "", ""};
    }
    if (Result<Done> made = makeGateway(); !made) {
        return made;
    }
    for (const GatewayLayout::Passage& passage : m_layout.passages) {
        const LabAddress& address = m_addresses.at(passage.node);
        const Node& node = *m_compiled->design.node(passage.node);
        tellEndpoint(
            node.id, filled(
                         m_compiled->catalog->find(node.kind)->local.client,
                         {{"host", "127.0.0.1"},
                          {"port", fmt::format("{}", m_gatewayPorts.at(passage.port))},
                          {"user", address.user},
                          {"password", address.password},
                          {"database", address.database}}));
    }
    for (const GatewayLayout::Frontend& frontend : m_layout.frontends) {
        const bool isOwn =
            std::any_of(frontend.shares.begin(), frontend.shares.end(), [this](const auto& share) {
                return ownImageOf(
                           m_compiled->design, *m_compiled->catalog, *m_compiled->design.node(share.first)) !=
                       "";
            });
        tellEndpoint(
            frontend.node,
            fmt::format(
                "curl http://127.0.0.1:{}/{}", m_gatewayPorts.at(frontend.port), isOwn ? "" : "work"));
    }
    return Done{};
}

Result<Done> LabStand::makeGateway()
{
    const Result<std::string> image = imageOf("haproxy");
    if (!image) {
        return image.error();
    }
    ContainerSpec spec = specOf(m_recipes.at("haproxy"), *image);
    const ContainerSpec own = bare("gateway");
    spec.name = own.name;
    spec.labels = own.labels;
    spec.environment["NEPH_FILE_1"] = "/tmp/haproxy.cfg\n" + gatewayConfig(m_layout, kOuter);
    spec.milliCpus = 1000;
    spec.memoryBytes = kGatewayMemory;
    spec.openFiles = 16384;
    spec.cpus = m_options.coresOfGateway;
    spec.networks = {{m_edge, {}}, {m_inner, {"gateway"}}};
    for (const std::uint16_t port : m_layout.ports()) {
        spec.ports.push_back({port, 0});
    }
    const Result<std::string> id = run(spec, "load balancer");
    if (!id) {
        return id.error();
    }
    const Result<ContainerState> state = m_engine.inspect(*id);
    if (!state) {
        return state.error();
    }
    m_gatewayPorts = state->ports;
    const GatewayAdmin admin(m_gatewayPorts[m_layout.adminPort]);
    Result<Done> answered = Done{};
    for (int attempt = 0; attempt < 120; ++attempt) {  // 2 s were too few on a machine at work.
        answered = admin.ping();
        if (answered) {
            return answered;
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    const Result<std::string> log = m_engine.logs(*id, 2000);
    return Error{
        ErrorCode::CannotRead, "gateway",
        "The load balancer does not answer. Its last words: " + (log ? *log : std::string())};
}

}  // namespace neph
