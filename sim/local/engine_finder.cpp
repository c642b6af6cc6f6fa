#include "sim/local/engine_finder.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <utility>

#include <fmt/format.h>
#include <unistd.h>

namespace neph {
namespace {

namespace fs = std::filesystem;

constexpr std::chrono::milliseconds kPatience{3000};

/// A place where an engine may be.
struct Candidate {
    std::string where;  ///< As the person knows it.
    std::string socket;
    std::string refused;  ///< Why it cannot even be tried.
};

std::string variable(const EngineWishes& wishes, const std::string& name)
{
    if (wishes.environment) {
        const auto found = wishes.environment->find(name);
        return found == wishes.environment->end() ? std::string() : found->second;
    }
    const char* value = std::getenv(name.c_str());
    return value ? value : "";
}

Candidate candidateOf(const std::string& name, const std::string& address)
{
    static constexpr std::string_view kUnix = "unix://";
    Candidate candidate{name.empty() ? address : fmt::format("{} ({})", name, address), address, {}};
    if (address.starts_with(kUnix)) {
        candidate.socket = address.substr(kUnix.size());
    }
    if (!candidate.socket.starts_with('/')) {
        candidate.refused =
            "only unix sockets of this machine are used (unix:///path): an engine that is reached over "
            "the network or by ssh would run containers elsewhere.";
    } else if (candidate.socket.size() > 100) {
        candidate.refused = "the path is too long for a unix socket.";
    }
    return candidate;
}

std::vector<Candidate> candidates(const EngineWishes& wishes)
{
    std::vector<Candidate> list;
    if (!wishes.socket.empty()) {
        return {candidateOf("the setting", wishes.socket)};
    }
    for (const char* name : {"CONTAINER_HOST", "DOCKER_HOST"}) {
        if (const std::string value = variable(wishes, name); !value.empty()) {
            list.push_back(candidateOf(std::string("$") + name, value));
        }
    }
    if (const std::string folder = variable(wishes, "XDG_RUNTIME_DIR"); !folder.empty()) {
        list.push_back(candidateOf("", folder + "/podman/podman.sock"));
        list.push_back(candidateOf("", folder + "/docker.sock"));
    }
    for (const std::string& socket : wishes.usualSockets) {
        list.push_back(candidateOf("", socket));
    }
    return list;
}

std::string programOf(const EngineWishes& wishes, const std::string& name)
{
    std::string path = variable(wishes, "PATH");
    path += ":/usr/local/bin:/usr/bin:/usr/sbin:/sbin";
    for (std::size_t from = 0; from <= path.size();) {
        const std::size_t end = std::min(path.find(':', from), path.size());
        const std::string candidate = path.substr(from, end - from) + '/' + name;
        if (candidate.starts_with('/') && access(candidate.c_str(), X_OK) == 0) {
            return candidate;
        }
        from = end + 1;
        if (wishes.environment && end == variable(wishes, "PATH").size()) {
            break;  // A test that sets PATH means it.
        }
    }
    return {};
}

bool hasCgroups2()
{
    return access("/sys/fs/cgroup/cgroup.controllers", F_OK) == 0;
}

/// Asks an engine who it is. The reason otherwise.
Result<FoundEngine> tried(const std::string& socket, const std::string& runtime)
{
    ContainerEngine engine(socket, runtime, kPatience);
    if (Result<Done> answer = engine.ping(); !answer) {
        return answer.error();
    }
    Result<EngineInfo> info = engine.info();
    if (!info) {
        return info.error();
    }
    FoundEngine found;
    found.socket = socket;
    found.runtime = runtime;
    found.info = *info;
    if (!info->isRootless) {
        found.note = "Rootful: access to this engine equals root on this machine.";
    } else if (!info->limitsCpu || !info->limitsMemory) {
        found.note =
            "This engine runs without root on cgroups 1 and cannot enforce limits of CPU or memory; boot "
            "with cgroups 2 for that.";
    }
    return found;
}

/// A folder that only this user can open, for the socket of our own service.
Result<std::string> privateFolder(const EngineWishes& wishes)
{
    std::string base = variable(wishes, "XDG_RUNTIME_DIR");
    if (base.empty() || base.size() > 60 || access(base.c_str(), W_OK) != 0) {
        std::error_code problem;
        base = fs::temp_directory_path(problem).string();
        if (problem || base.size() > 60) {
            base = "/tmp";
        }
    }
    std::string folder = base + "/nephoscope-XXXXXX";
    if (!mkdtemp(folder.data())) {
        return Error{
            ErrorCode::CannotWrite, base,
            fmt::format("No folder for the engine's socket can be made in {}; set XDG_RUNTIME_DIR.", base)};
    }
    return folder;
}

/// Podman as a child of this program.
Result<FoundEngine> started(const EngineWishes& wishes)
{
    const std::string podman = programOf(wishes, "podman");
    if (podman.empty()) {
        return Error{ErrorCode::NotFound, "podman", "it is not installed."};
    }
    std::vector<std::string> command = {podman};
    std::string runtime = wishes.runtime;
    if (runtime.empty() && !hasCgroups2()) {
        // crun of Debian 12 does not start containers under cgroups 1 or both at once.
        runtime = programOf(wishes, "runc");
    }
    if (!runtime.empty()) {
        command.insert(command.end(), {"--runtime", runtime});
    }
    Result<std::string> folder = privateFolder(wishes);
    if (!folder) {
        return folder.error();
    }
    const std::string socket = *folder + "/podman.sock";
    command.insert(command.end(), {"system", "service", "--time=0", "unix://" + socket});
    Result<std::unique_ptr<EngineProcess>> process = EngineProcess::start(command, socket, *folder);
    if (!process) {
        return process.error();
    }
    Result<FoundEngine> found = tried(socket, wishes.runtime);
    if (found) {
        found->process = std::move(*process);
    }
    return found;
}

}  // namespace

std::string EngineSearch::toText() const
{
    std::string text;
    for (const TriedEngine& one : tried) {
        text += fmt::format("{}: {}\n", one.where, one.why);
    }
    if (!found) {
        text += "No container engine was found. Install one (apt-get install podman runc netavark "
                "aardvark-dns iptables "
                "catatonit) or start Docker, then try again.\n";
    }
    return text;
}

EngineSearch findEngine(const EngineWishes& wishes)
{
    EngineSearch search;
    std::optional<FoundEngine> rootful;
    for (const Candidate& candidate : candidates(wishes)) {
        if (!candidate.refused.empty()) {
            search.tried.push_back({candidate.where, candidate.refused});
            continue;
        }
        std::error_code ignored;
        if (!fs::exists(candidate.socket, ignored)) {
            search.tried.push_back({candidate.where, "there is no such socket."});
            continue;
        }
        Result<FoundEngine> found = tried(candidate.socket, wishes.runtime);
        if (!found) {
            search.tried.push_back({candidate.where, found.error().what});
        } else if (found->info.isRootless || candidate.where.starts_with('$') || !wishes.socket.empty()) {
            search.found = std::move(*found);  // What the person named is taken, root or not.
            return search;
        } else if (!rootful) {
            rootful = std::move(*found);
            search.tried.push_back(
                {candidate.where, "answers, with root; one without root would be preferred."});
        }
    }
    if (rootful) {
        search.found = std::move(rootful);
        return search;
    }
    if (wishes.mayStart && wishes.socket.empty()) {
        Result<FoundEngine> found = started(wishes);
        if (found) {
            search.found = std::move(*found);
        } else {
            search.tried.push_back({"podman system service", found.error().what});
        }
    }
    return search;
}

}  // namespace neph
