#include "sim/local/engine_answers.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace neph {
namespace {

using nlohmann::json;

/// More of a message than this helps nobody.
constexpr std::size_t kMostMessage = 600;
/// One value of a stream; a longer one is dropped unread.
constexpr std::size_t kMostLine = 1 << 20;

/// What helps against a refusal, by words in it.
struct Advice {
    std::string_view words;
    std::string_view way;
};
constexpr std::array kAdvice = {
    Advice{"container-init binary", "Install catatonit (apt-get install catatonit)."},
    Advice{"rlimit", "Start the engine with higher limits (ulimit -n, ulimit -u)."},
    Advice{"no such image", "Make or pull the image first."},
    Advice{"image not known", "Make or pull the image first."},
    Advice{"in use by", "Remove that container, or choose another name."},
    Advice{"already in use", "Remove what has it, or choose another."},
    Advice{"already allocated", "Stop what listens there, or let the engine pick the port."},
    Advice{"no space left", "Free space on the disk (podman system prune)."},
    Advice{"gave HTTP response to HTTPS", "The registry speaks plain HTTP, which only one on loopback may."},
    Advice{"unauthorized", "Check the user and password of the registry."},
    Advice{"authentication required", "Check the user and password of the registry."},
    Advice{"permission denied", "See that this user may use the engine."},
    Advice{"netavark", "Install netavark, aardvark-dns and iptables."},
    Advice{"iptables", "Install netavark, aardvark-dns and iptables."},
};

std::string shortened(std::string text)
{
    while (!text.empty() && (text.back() == '\n' || text.back() == '\r' || text.back() == ' ')) {
        text.pop_back();
    }
    for (char& letter : text) {
        if (static_cast<unsigned char>(letter) < ' ') {
            letter = ' ';
        }
    }
    if (text.size() > kMostMessage) {
        text = text.substr(0, kMostMessage) + "…";
    }
    return text;
}

/// "sha256:" and 64 digits, wherever it stands in `text`; empty if nowhere.
std::string digestIn(const std::string& text)
{
    static constexpr std::string_view kStart = "sha256:";
    for (std::size_t at = text.find(kStart); at != std::string::npos; at = text.find(kStart, at + 1)) {
        const std::string candidate = text.substr(at, kStart.size() + 64);
        if (candidate.size() == kStart.size() + 64 &&
            candidate.find_first_not_of("0123456789abcdef", kStart.size()) == std::string::npos) {
            return candidate;
        }
    }
    return {};
}

std::uint16_t portOf(const std::string& text)
{
    std::uint16_t port = 0;
    std::from_chars(text.data(), text.data() + text.size(), port);
    return port;
}

}  // namespace

Error refusal(const std::string& where, const std::string& message)
{
    std::string what = "The container engine refused: " + shortened(message);
    if (what.back() != '.' && what.back() != '!') {
        what += '.';
    }
    for (const Advice& advice : kAdvice) {
        if (message.find(advice.words) != std::string::npos) {
            what += ' ';
            what += advice.way;
            break;
        }
    }
    return Error{ErrorCode::Invalid, where, what};
}

Error refusal(const std::string& where, long status, const std::string& body)
{
    std::string message = body;
    const json answer = json::parse(body, nullptr, false);
    if (answer.is_object() && answer.contains("message") && answer["message"].is_string()) {
        message = answer["message"].get<std::string>();
    }
    if (message.empty()) {
        message = fmt::format("HTTP status {} without a reason", status);
    }
    Error error = refusal(where, message);
    error.code = status == 404 ? ErrorCode::NotFound : ErrorCode::Invalid;
    return error;
}

std::string jsonText(const json& value)
{
    return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

std::string textOf(const json& object, const char* key)
{
    const auto found = object.find(key);
    return found == object.end() || found->is_null() ? std::string() : found->get<std::string>();
}

std::int64_t numberOf(const json& object, const char* key)
{
    const auto found = object.find(key);
    return found == object.end() || found->is_null() ? 0 : found->get<std::int64_t>();
}

bool flagOf(const json& object, const char* key)
{
    const auto found = object.find(key);
    return found != object.end() && !found->is_null() && found->get<bool>();
}

const json& partOf(const json& object, const char* key)
{
    static const json nothing = json::object();
    const auto found = object.find(key);
    return found == object.end() || found->is_null() ? nothing : *found;
}

std::map<std::string, std::string> labelsOf(const json& object, const char* key)
{
    return partOf(object, key).get<std::map<std::string, std::string>>();
}

EngineInfo infoFrom(const json& info, const std::string& apiVersion, bool isPodman)
{
    EngineInfo engine;
    engine.name = isPodman ? "Podman Engine" : "Docker Engine";
    engine.version = info.at("ServerVersion").get<std::string>();
    engine.apiVersion = apiVersion;
    engine.runtime = textOf(info, "DefaultRuntime");
    engine.cgroupVersion = textOf(info, "CgroupVersion");
    for (const json& option : partOf(info, "SecurityOptions")) {
        engine.isRootless =
            engine.isRootless || option.get<std::string>().find("rootless") != std::string::npos;
    }
    engine.isRootless = engine.isRootless || flagOf(info, "Rootless");
    // Podman reads these flags from the kernel; that it may not use them without root on cgroups 1, it does
    // not say.
    const bool canLimit = !(engine.isRootless && engine.cgroupVersion == "1");
    engine.limitsMemory = flagOf(info, "MemoryLimit") && canLimit;
    engine.limitsCpu = (flagOf(info, "CpuCfsQuota") || flagOf(info, "CPUCfsQuota")) && canLimit;
    engine.cores = static_cast<std::uint32_t>(std::clamp<std::int64_t>(numberOf(info, "NCPU"), 0, 1 << 16));
    engine.memoryBytes = numberOf(info, "MemTotal");
    return engine;
}

ContainerState stateFrom(const json& inspect)
{
    ContainerState state;
    state.id = inspect.at("Id").get<std::string>();
    state.name = textOf(inspect, "Name");
    if (state.name.starts_with('/')) {
        state.name.erase(0, 1);
    }
    state.image = textOf(inspect, "Image");
    const json& part = inspect.at("State");
    state.status = part.at("Status").get<std::string>();
    if (state.status == "configured" || state.status == "initialized") {
        state.status = "created";
    } else if (state.status == "stopped") {
        state.status = "exited";
    }
    state.exitCode = static_cast<int>(numberOf(part, "ExitCode"));
    state.outOfMemory = flagOf(part, "OOMKilled");
    state.labels = labelsOf(partOf(inspect, "Config"), "Labels");
    const json& network = partOf(inspect, "NetworkSettings");
    for (const auto& [inside, outside] : partOf(network, "Ports").items()) {
        for (const json& binding : outside.is_null() ? json::array() : outside) {
            state.ports[portOf(inside)] = portOf(textOf(binding, "HostPort"));
        }
    }
    for (const auto& [name, endpoint] : partOf(network, "Networks").items()) {
        state.addresses[name] = textOf(endpoint, "IPAddress");
    }
    return state;
}

ContainerUse useFrom(const json& stats)
{
    ContainerUse use;
    const json& cpu = stats.at("cpu_stats");
    use.cpuSeconds = partOf(cpu, "cpu_usage").value("total_usage", 0.0) / 1e9;
    use.throttledPeriods = static_cast<std::uint64_t>(
        std::max<std::int64_t>(0, numberOf(partOf(cpu, "throttling_data"), "throttled_periods")));
    use.memoryBytes = numberOf(partOf(stats, "memory_stats"), "usage");
    return use;
}

std::vector<LabelledThing> labelledFrom(Thing sort, const json& answer)
{
    const json& list = sort == Thing::Volume ? partOf(answer, "Volumes") : answer;
    std::vector<LabelledThing> things;
    for (const json& item : list) {
        LabelledThing thing;
        thing.labels = labelsOf(item, "Labels");
        if (sort == Thing::Network || sort == Thing::Volume) {
            thing.name = item.at("Name").get<std::string>();
            thing.id = thing.name;
        } else {
            thing.id = item.at("Id").get<std::string>();
            const json& names = partOf(item, sort == Thing::Image ? "RepoTags" : "Names");
            thing.name = names.empty() ? std::string() : names.front().get<std::string>();
            if (thing.name.starts_with('/')) {
                thing.name.erase(0, 1);
            }
        }
        things.push_back(std::move(thing));
    }
    return things;
}

void LogTail::keep(std::string_view text)
{
    m_kept.append(text);
    if (m_kept.size() > 2 * m_most + 4096) {
        m_kept.erase(0, m_kept.size() - m_most);
        m_isCut = true;
    }
}

void LogTail::add(std::string_view piece)
{
    while (!piece.empty()) {
        if (m_isRaw) {
            keep(piece);
            return;
        }
        if (m_left > 0) {
            const std::size_t part = std::min(m_left, piece.size());
            keep(piece.substr(0, part));
            piece.remove_prefix(part);
            m_left -= part;
            continue;
        }
        m_header += piece.front();
        piece.remove_prefix(1);
        const std::size_t at = m_header.size() - 1;
        const auto byte = static_cast<unsigned char>(m_header.back());
        if ((at == 0 && byte > 2) || (at > 0 && at < 4 && byte != 0)) {
            m_isRaw = true;
            keep(m_header);
            m_header.clear();
        } else if (m_header.size() == 8) {
            for (std::size_t index = 4; index < 8; ++index) {
                m_left = m_left << 8 | static_cast<unsigned char>(m_header[index]);
            }
            m_header.clear();
        }
    }
}

std::string LogTail::text() const
{
    if (!m_isCut && m_kept.size() <= m_most) {
        return m_kept;
    }
    std::string tail = m_kept.substr(m_kept.size() - std::min(m_most, m_kept.size()));
    const std::size_t line = tail.find('\n');
    return line == std::string::npos || line + 1 == tail.size() ? tail : tail.substr(line + 1);
}

void TransferLog::add(std::string_view piece)
{
    m_rest.append(piece);
    std::size_t from = 0;
    for (std::size_t end = m_rest.find('\n'); end != std::string::npos; end = m_rest.find('\n', from)) {
        line(std::string_view(m_rest).substr(from, end - from));
        from = end + 1;
    }
    m_rest.erase(0, from);
    if (m_rest.size() > kMostLine) {
        m_rest.clear();
    }
}

void TransferLog::finish()
{
    line(m_rest);
    m_rest.clear();
}

void TransferLog::line(std::string_view text)
{
    const json value = json::parse(text, nullptr, false);
    if (!value.is_object()) {
        return;
    }
    const auto words = [&value](const char* key) {
        return value.contains(key) && value[key].is_string() ? value[key].get<std::string>() : std::string();
    };
    if (const std::string error = words("error"); !error.empty() && m_error.empty()) {
        m_error = error;
    }
    const std::string status = words("status");
    if (const std::string digest = digestIn(status); !digest.empty()) {
        // A push says "<tag>: digest: sha256:…", a pull "Digest: sha256:…", an import the id alone.
        (status.find("igest: ") == std::string::npos ? m_id : m_digest) = digest;
    }
    for (const std::string& id : {digestIn("sha256:" + words("id")), digestIn(words("id"))}) {
        m_id = id.empty() ? m_id : id;
    }
    if (value.contains("aux") && value["aux"].is_object()) {
        const json& aux = value["aux"];
        for (const auto& [key, target] : {std::pair{"Digest", &m_digest}, std::pair{"ID", &m_id}}) {
            if (aux.contains(key) && aux[key].is_string()) {
                *target = digestIn(aux[key].get<std::string>());
            }
        }
    }
    if (value.contains("progressDetail") && value["progressDetail"].is_object() && m_layers.size() < 1000) {
        const json& detail = value["progressDetail"];
        if (detail.contains("current") && detail["current"].is_number() && detail.contains("total") &&
            detail["total"].is_number()) {
            m_layers[words("id")] = {detail["current"].get<double>(), detail["total"].get<double>()};
        }
    }
}

double TransferLog::fraction() const
{
    double current = 0;
    double total = 0;
    for (const auto& [id, layer] : m_layers) {
        current += layer.first;
        total += layer.second;
    }
    return total > 0 ? std::clamp(current / total, 0.0, 1.0) : 0.0;
}

}  // namespace neph
