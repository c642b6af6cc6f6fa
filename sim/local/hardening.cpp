#include "sim/local/hardening.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>
#include <set>
#include <string_view>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "sim/local/engine_answers.h"

namespace neph {
namespace {

using nlohmann::json;

/// What may be written to beside volumes. Podman makes the last two anyway, and with exec unless told.
constexpr std::array kScratch = {"/tmp", "/run", "/var/tmp"};
constexpr std::string_view kTmpfs = "rw,noexec,nosuid,nodev,size=64m";
/// Processes of the user over all containers: the kernel counts them together, so this only has to be set,
/// and the limit of one container is PidsLimit.
constexpr std::int64_t kUserProcesses = 4096;
constexpr const char* kLogSize = "1m";

/// What a container has before anything is dropped, in both engines. Podman since 4 leaves out MKNOD, NET_RAW
/// and AUDIT_WRITE, which it therefore does not list as dropped.
constexpr std::array kUsualCapabilities = {"CHOWN",   "DAC_OVERRIDE",     "FOWNER",    "FSETID",
                                           "KILL",    "NET_BIND_SERVICE", "SETFCAP",   "SETGID",
                                           "SETPCAP", "SETUID",           "SYS_CHROOT"};

struct Quota {
    std::int64_t period;  ///< Microseconds.
    std::int64_t quota;
};

/// Of less than a CPU, a millisecond at a time, which is the least that the kernel takes: the finer the
/// slices, the more it is like a CPU of that speed.
Quota quotaOf(std::int64_t milliCpus)
{
    if (milliCpus >= 1000) {
        return {5000, milliCpus * 5};
    }
    return {1'000'000 / std::max<std::int64_t>(milliCpus, 1), 1000};
}

json endpointOf(const ContainerSpec::Network& network)
{
    return {{"Aliases", network.aliases}};
}

bool takesAllNetworks(const EngineInfo& info)
{
    int minor = 0;
    const std::string& version = info.apiVersion;
    if (version.starts_with("1.")) {
        std::from_chars(version.data() + 2, version.data() + version.size(), minor);
    }
    return info.isPodman() || minor >= 44;
}

json limit(const char* name, std::int64_t value)
{
    return {{"Name", name}, {"Soft", value}, {"Hard", value}};
}

json hostConfigOf(const ContainerSpec& spec, const EngineInfo& info)
{
    const Quota cpu = quotaOf(spec.milliCpus);
    json ports = json::object();
    for (const ContainerSpec::Port& port : spec.ports) {
        ports[fmt::format("{}/tcp", port.inside)] = {
            {{"HostIp", "127.0.0.1"}, {"HostPort", port.outside == 0 ? "" : std::to_string(port.outside)}}};
    }
    json tmpfs = json::object();
    for (const char* path : kScratch) {
        tmpfs[path] = kTmpfs;
    }
    json mounts = json::array();
    for (const ContainerSpec::Mount& mount : spec.mounts) {
        mounts.push_back({{"Type", "volume"}, {"Source", mount.volume}, {"Target", mount.path}});
    }
    json host = {
        {"ReadonlyRootfs", !spec.writableRoot},
        {"Tmpfs", tmpfs},
        {"CapDrop", {"ALL"}},
        {"CapAdd", spec.capabilities},
        {"SecurityOpt", {"no-new-privileges"}},
        {"Privileged", false},
        {"PidsLimit", spec.pids},
        {"Memory", spec.memoryBytes},
        {"MemorySwap", spec.memoryBytes},
        {"CpuPeriod", cpu.period},
        {"CpuQuota", cpu.quota},
        {"CpusetCpus", spec.cpus},
        {"Ulimits", {limit("nofile", spec.openFiles), limit("nproc", kUserProcesses)}},
        {"NetworkMode", spec.networks.empty() ? std::string("none") : spec.networks.front().name},
        {"PortBindings", ports},
        {"Mounts", mounts},
        {"RestartPolicy", {{"Name", "no"}}},
        {"AutoRemove", false},
        {"LogConfig",
         {{"Type", info.isPodman() ? "k8s-file" : "json-file"}, {"Config", {{"max-size", kLogSize}}}}},
        {"Init", true},
    };
    if (!info.isPodman() && !info.runtime.empty()) {
        host["Runtime"] = info.runtime;
    }
    return host;
}

/// Collects what differs.
class Comparison {
public:
    Comparison(const ContainerSpec& spec, const EngineInfo& info, const json& is)
        : m_spec(spec), m_info(info), m_config(partOf(is, "Config")), m_host(partOf(is, "HostConfig")),
          m_network(partOf(is, "NetworkSettings")), m_mounts(partOf(is, "Mounts"))
    {
    }

    std::vector<Difference> run()
    {
        identity();
        privileges();
        limits();
        networks();
        ports();
        mounts();
        rest();
        return std::move(m_found);
    }

private:
    void check(bool isRight, std::string field, std::string asked, std::string is, bool isLimit = false)
    {
        if (!isRight) {
            m_found.push_back({std::move(field), std::move(asked), std::move(is), isLimit});
        }
    }
    void equal(const char* field, std::int64_t asked, std::int64_t is, bool isLimit)
    {
        check(asked == is, field, std::to_string(asked), std::to_string(is), isLimit);
    }

    void identity();
    void privileges();
    void limits();
    void networks();
    void ports();
    void mounts();
    void rest();

    const ContainerSpec& m_spec;
    const EngineInfo& m_info;
    const json& m_config;
    const json& m_host;
    const json& m_network;
    const json& m_mounts;
    std::vector<Difference> m_found;
};

std::set<std::string> capabilitiesOf(const json& list)
{
    std::set<std::string> names;
    for (const json& entry : list) {
        auto name = entry.get<std::string>();
        names.insert(name.starts_with("CAP_") ? name.substr(4) : name);
    }
    return names;
}

void Comparison::identity()
{
    check(textOf(m_config, "User") == m_spec.user, "Config.User", m_spec.user, textOf(m_config, "User"));
    const std::map<std::string, std::string> labels = labelsOf(m_config, "Labels");
    for (const auto& [name, value] : m_spec.labels) {
        const auto found = labels.find(name);
        check(
            found != labels.end() && found->second == value, "Config.Labels." + name, value,
            found == labels.end() ? "nothing" : found->second);
    }
    std::set<std::string> environment;
    for (const json& entry : partOf(m_config, "Env")) {
        environment.insert(entry.get<std::string>());
    }
    for (const auto& [name, value] : m_spec.environment) {
        // Values may be passwords: they are compared and never shown.
        check(environment.contains(name + '=' + value), "Config.Env." + name, "the value given", "another");
    }
    equal("Config.StopTimeout", m_spec.stopTimeout.count(), numberOf(m_config, "StopTimeout"), false);
}

void Comparison::privileges()
{
    check(
        flagOf(m_host, "ReadonlyRootfs") != m_spec.writableRoot, "HostConfig.ReadonlyRootfs",
        m_spec.writableRoot ? "false" : "true", m_spec.writableRoot ? "true" : "false");
    check(!flagOf(m_host, "Privileged"), "HostConfig.Privileged", "false", "true");
    for (const char* path : kScratch) {
        const std::string is = textOf(partOf(m_host, "Tmpfs"), path);
        for (const char* option : {"noexec", "nosuid", "nodev", "size="}) {
            check(
                is.find(option) != std::string::npos, fmt::format("HostConfig.Tmpfs.{}.{}", path, option),
                std::string(kTmpfs), is);
        }
    }
    const std::set<std::string> dropped = capabilitiesOf(partOf(m_host, "CapDrop"));
    const std::set<std::string> added = capabilitiesOf(partOf(m_host, "CapAdd"));
    const std::set<std::string> asked = capabilitiesOf(json(m_spec.capabilities));
    if (!dropped.contains("ALL")) {
        for (const char* name : kUsualCapabilities) {
            check(
                dropped.contains(name) || asked.contains(name), fmt::format("HostConfig.CapDrop.{}", name),
                "dropped", "kept");
        }
    }
    for (const std::string& name : added) {
        check(asked.contains(name), "HostConfig.CapAdd." + name, "not added", "added");
    }
    std::set<std::string> options;
    for (const json& option : partOf(m_host, "SecurityOpt")) {
        options.insert(option.get<std::string>());
    }
    check(
        options.contains("no-new-privileges") || options.contains("no-new-privileges:true"),
        "HostConfig.SecurityOpt", "no-new-privileges", "without it");
    for (const std::string& option : options) {
        check(
            option.find("unconfined") == std::string::npos && option.find("disable") == std::string::npos,
            "HostConfig.SecurityOpt", "the engine's own profiles", option);
    }
    for (const char* mode : {"PidMode", "IpcMode", "UTSMode", "UsernsMode"}) {
        check(textOf(m_host, mode) != "host", std::string("HostConfig.") + mode, "its own", "host");
    }
    check(partOf(m_host, "Devices").empty(), "HostConfig.Devices", "none", partOf(m_host, "Devices").dump());
}

void Comparison::limits()
{
    equal("HostConfig.PidsLimit", m_spec.pids, numberOf(m_host, "PidsLimit"), true);
    equal("HostConfig.Memory", m_spec.memoryBytes, numberOf(m_host, "Memory"), true);
    equal("HostConfig.MemorySwap", m_spec.memoryBytes, numberOf(m_host, "MemorySwap"), true);
    const Quota asked = quotaOf(m_spec.milliCpus);
    const std::int64_t period = numberOf(m_host, "CpuPeriod");
    const std::int64_t quota = numberOf(m_host, "CpuQuota");
    check(
        period == asked.period && quota == asked.quota, "HostConfig.CpuQuota",
        fmt::format("{} of {} µs", asked.quota, asked.period), fmt::format("{} of {} µs", quota, period),
        true);
    const std::string cores = textOf(m_host, "CpusetCpus");
    check(cores == m_spec.cpus, "HostConfig.CpusetCpus", m_spec.cpus, cores, true);
    check(m_info.limitsMemory, "Engine.MemoryLimit", "in force", "the engine cannot enforce it here", true);
    check(m_info.limitsCpu, "Engine.CpuQuota", "in force", "the engine cannot enforce it here", true);

    std::map<std::string, std::int64_t> hard;
    for (const json& entry : partOf(m_host, "Ulimits")) {
        std::string name = textOf(entry, "Name");
        name = name.starts_with("RLIMIT_") ? name.substr(7) : name;
        std::transform(name.begin(), name.end(), name.begin(), [](unsigned char letter) {
            return static_cast<char>(letter >= 'A' && letter <= 'Z' ? letter + 32 : letter);
        });
        hard[name] = numberOf(entry, "Hard");
    }
    equal("HostConfig.Ulimits.nofile", m_spec.openFiles, hard["nofile"], false);
    equal("HostConfig.Ulimits.nproc", kUserProcesses, hard["nproc"], false);
}

void Comparison::networks()
{
    const std::string mode = textOf(m_host, "NetworkMode");
    check(
        mode != "host" && !mode.starts_with("container:") && !mode.starts_with("ns:"),
        "HostConfig.NetworkMode", "a network of its own", mode);
    std::set<std::string> asked;
    for (const ContainerSpec::Network& network : m_spec.networks) {
        asked.insert(network.name);
    }
    std::set<std::string> is;
    for (const auto& [name, endpoint] : partOf(m_network, "Networks").items()) {
        is.insert(name);
    }
    if (asked.empty()) {
        check(mode == "none", "HostConfig.NetworkMode", "none", mode);
        is.erase("none");
    }
    check(
        asked == is, "NetworkSettings.Networks", fmt::format("{}", fmt::join(asked, ", ")),
        fmt::format("{}", fmt::join(is, ", ")));
}

void Comparison::ports()
{
    std::map<std::string, std::string> asked;
    for (const ContainerSpec::Port& port : m_spec.ports) {
        asked[fmt::format("{}/tcp", port.inside)] = port.outside == 0 ? "" : std::to_string(port.outside);
    }
    std::set<std::string> found;
    for (const auto& [inside, bindings] : partOf(m_network, "Ports").items()) {
        for (const json& binding : bindings.is_null() ? json::array() : bindings) {
            const auto wanted = asked.find(inside);
            const std::string ip = textOf(binding, "HostIp");
            const std::string outside = textOf(binding, "HostPort");
            found.insert(inside);
            const bool isAsked =
                wanted != asked.end() && (wanted->second.empty() || wanted->second == outside);
            check(
                isAsked && ip == "127.0.0.1", "NetworkSettings.Ports." + inside,
                wanted == asked.end() ? "not published" : "127.0.0.1:" + wanted->second, ip + ':' + outside);
        }
    }
    for (const auto& [inside, outside] : asked) {
        check(
            found.contains(inside), "NetworkSettings.Ports." + inside, "127.0.0.1:" + outside,
            "not published");
    }
}

void Comparison::mounts()
{
    std::map<std::string, std::string> asked;
    for (const ContainerSpec::Mount& mount : m_spec.mounts) {
        asked[mount.path] = mount.volume;
    }
    for (const json& mount : m_mounts) {
        const std::string path = textOf(mount, "Destination");
        const std::string sort = textOf(mount, "Type");
        if (sort == "tmpfs") {
            continue;
        }
        const std::string volume = textOf(mount, "Name");
        const auto wanted = asked.find(path);
        check(
            wanted != asked.end() && sort == "volume" && volume == wanted->second, "Mounts." + path,
            wanted == asked.end() ? "nothing" : wanted->second,
            sort + ' ' + (volume.empty() ? "of the host" : volume));
        if (wanted != asked.end()) {
            asked.erase(wanted);
        }
    }
    for (const auto& [path, volume] : asked) {
        check(false, "Mounts." + path, volume, "nothing");
    }
}

void Comparison::rest()
{
    const std::string restart = textOf(partOf(m_host, "RestartPolicy"), "Name");
    check(restart.empty() || restart == "no", "HostConfig.RestartPolicy", "no", restart);
    check(!flagOf(m_host, "AutoRemove"), "HostConfig.AutoRemove", "false", "true");
    check(flagOf(m_host, "Init"), "HostConfig.Init", "true", "false");
    const json& log = partOf(m_host, "LogConfig");
    // Podman's Docker API (4.3.1) says "json-file" and no more, whatever it does.
    if (!m_info.isPodman() || !partOf(log, "Config").empty()) {
        const std::string size = textOf(partOf(log, "Config"), "max-size");
        check(!size.empty(), "HostConfig.LogConfig", kLogSize, "no limit");
    }
}

}  // namespace

std::string createBody(const ContainerSpec& spec, const EngineInfo& info)
{
    json body = {
        {"Image", spec.image},
        {"User", spec.user},
        {"Labels", spec.labels},
        {"StopTimeout", spec.stopTimeout.count()},
        {"HostConfig", hostConfigOf(spec, info)},
    };
    json environment = json::array();
    for (const auto& [name, value] : spec.environment) {
        environment.push_back(name + '=' + value);
    }
    body["Env"] = environment;
    if (!spec.entrypoint.empty()) {
        body["Entrypoint"] = spec.entrypoint;
    }
    if (!spec.command.empty()) {
        body["Cmd"] = spec.command;
    }
    for (const ContainerSpec::Port& port : spec.ports) {
        body["ExposedPorts"][fmt::format("{}/tcp", port.inside)] = json::object();
    }
    for (const ContainerSpec::Network& network : spec.networks) {
        body["NetworkingConfig"]["EndpointsConfig"][network.name] = endpointOf(network);
        if (!takesAllNetworks(info)) {
            break;
        }
    }
    return jsonText(body);
}

std::vector<ContainerSpec::Network> laterNetworks(const ContainerSpec& spec, const EngineInfo& info)
{
    if (takesAllNetworks(info) || spec.networks.empty()) {
        return {};
    }
    return {spec.networks.begin() + 1, spec.networks.end()};
}

std::string connectBody(const ContainerSpec::Network& network, const std::string& container)
{
    return jsonText({{"Container", container}, {"EndpointConfig", endpointOf(network)}});
}

Result<std::vector<Difference>>
differences(const ContainerSpec& spec, const EngineInfo& info, const std::string& inspectJson)
{
    return understood(spec.name, [&] {
        const json is = json::parse(inspectJson);
        is.at("HostConfig").at("Privileged");  // An object without it is something else.
        return Comparison(spec, info, is).run();
    });
}

std::string toText(const std::vector<Difference>& differences)
{
    std::string text;
    for (const Difference& one : differences) {
        text += fmt::format("{}: asked {}, is {}\n", one.field, one.asked, one.is);
    }
    return text;
}

}  // namespace neph
