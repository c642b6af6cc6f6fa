#include "sim/local/container_meter.h"

#include <filesystem>
#include <fstream>
#include <sstream>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace neph {

namespace {

/// Id of the process of a container, or 0.
long pidOf(ContainerEngine& engine, const std::string& id)
{
    const Result<std::string> text = engine.inspectJson(id);
    if (!text) {
        return 0;
    }
    const nlohmann::json json = nlohmann::json::parse(*text, nullptr, false);
    const auto state = json.is_object() ? json.find("State") : json.end();
    const bool hasPid = json.is_object() && state != json.end() && state->is_object() &&
                        state->contains("Pid") && (*state)["Pid"].is_number_integer();
    return hasPid ? (*state)["Pid"].get<long>() : 0;
}

std::optional<std::int64_t> numberIn(const std::string& file)
{
    std::ifstream in(file);
    std::int64_t value = 0;
    return in >> value ? std::optional(value) : std::nullopt;
}

/// The value behind a word of cpu.stat.
std::optional<std::int64_t> statIn(const std::string& file, const std::string& word)
{
    std::ifstream in(file);
    std::string name;
    std::int64_t value = 0;
    while (in >> name >> value) {
        if (name == word) {
            return value;
        }
    }
    return std::nullopt;
}

}  // namespace

std::optional<ContainerMeter::Files> ContainerMeter::filesOf(const std::string& id)
{
    const auto known = m_files.find(id);
    if (known != m_files.end()) {
        return known->second;
    }
    const long pid = pidOf(m_engine, id);
    if (pid <= 0) {
        return std::nullopt;
    }
    // "4:cpuacct:/libpod_parent/libpod-…", or "0::/…" alone under version 2.
    std::ifstream in(fmt::format("{}/{}/cgroup", m_processes, pid));
    Files files;
    for (std::string line; std::getline(in, line);) {
        const std::size_t first = line.find(':');
        const std::size_t second = line.find(':', first + 1);
        if (second == std::string::npos) {
            continue;
        }
        const std::string controllers = line.substr(first + 1, second - first - 1);
        const std::string path = line.substr(second + 1);
        if (controllers.find("cpuacct") != std::string::npos) {
            files.cpu = m_groups + "/cpuacct" + path + "/cpuacct.usage";
        } else if (controllers == "memory") {
            files.memory = m_groups + "/memory" + path + "/memory.usage_in_bytes";
        } else if (controllers.empty() && files.cpu.empty()) {
            const std::string folder = m_groups + path;
            if (std::filesystem::exists(folder + "/cpu.stat")) {
                files = {folder + "/cpu.stat", folder + "/memory.current", true};
            }
        }
    }
    // Another container's files, or another machine's, would be worse than none.
    if (files.cpu.find(id.substr(0, 12)) == std::string::npos || !std::filesystem::exists(files.cpu)) {
        return std::nullopt;
    }
    m_files[id] = files;
    return files;
}

std::optional<ContainerUse> ContainerMeter::read(const std::string& id)
{
    const std::optional<Files> files = filesOf(id);
    if (files) {
        const std::optional<std::int64_t> cpu =
            files->isV2 ? statIn(files->cpu, "usage_usec") : numberIn(files->cpu);
        const std::optional<std::int64_t> memory = numberIn(files->memory);
        if (!cpu) {
            // It was started again, or it is gone: the next look finds other counters, or none.
            forget(id);
            return std::nullopt;
        }
        m_isDirect = true;
        ContainerUse use;
        use.cpuSeconds = static_cast<double>(*cpu) / (files->isV2 ? 1e6 : 1e9);
        use.memoryBytes = memory.value_or(0);
        return use;
    }
    const Result<ContainerUse> use = m_engine.use(id);
    return use ? std::optional(*use) : std::nullopt;
}

}  // namespace neph
