#include "sim/local/container_engine.h"

#include <algorithm>
#include <charconv>
#include <mutex>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "sim/local/engine_session.h"
#include "sim/local/hardening.h"

namespace neph {
namespace {

using nlohmann::json;

/// API minors we were written for: the oldest that has one-shot figures, and the newest whose reference was
/// read.
constexpr int kOldestMinor = 41;
constexpr int kNewestMinor = 44;
constexpr std::size_t kMostLog = 1 << 20;
/// So much of a log is read for its end; more of it is an engine that does not stop.
constexpr std::size_t kMostLogRead = 64 << 20;

/// 44 of "1.44"; -1 of what is no version.
int minorOf(const std::string& version)
{
    int minor = -1;
    if (version.starts_with("1.")) {
        std::from_chars(version.data() + 2, version.data() + version.size(), minor);
    }
    return minor;
}

bool isPinned(const std::string& image)
{
    return image.starts_with("sha256:") || image.find("@sha256:") != std::string::npos;
}

}  // namespace

Result<ContainerEngine::Wire::Kind> ContainerEngine::Wire::kind()
{
    {
        const std::lock_guard guard(lock);
        if (known) {
            return *known;
        }
    }
    Result<WireAnswer> answer = http.ask({.path = "/_ping"});
    if (!answer) {
        return answer.error();
    }
    if (answer->status != 200) {
        return refusal(http.socket(), answer->status, answer->body);
    }
    const int minor = minorOf(answer->headers["api-version"]);
    if (minor < kOldestMinor) {
        return Error{
            ErrorCode::Invalid, http.socket(),
            fmt::format(
                "What answers at {} speaks version \"{}\" of the Docker API; 1.{} or newer is needed (Docker "
                "20.10, "
                "Podman 3). Update it, or name another socket.",
                http.socket(), answer->headers["api-version"].substr(0, 40), kOldestMinor)};
    }
    Kind found;
    found.apiVersion = answer->headers["api-version"];
    found.prefix = fmt::format("/v1.{}", std::min(minor, kNewestMinor));
    found.isPodman = answer->headers.contains("libpod-api-version");
    const std::lock_guard guard(lock);
    known = found;
    return found;
}

Result<EngineInfo> ContainerEngine::Wire::knownInfo(ContainerEngine& engine)
{
    {
        const std::lock_guard guard(lock);
        if (info) {
            return *info;
        }
    }
    return engine.info();
}

Result<WireAnswer> ContainerEngine::Wire::ask(WireRequest request)
{
    if (!request.path.starts_with("/v")) {
        Result<Kind> found = kind();
        if (!found) {
            return found.error();
        }
        request.path = found->prefix + request.path;
    }
    Result<WireAnswer> answer = http.ask(request);
    if (answer && answer->status >= 400) {
        return refusal(http.socket(), answer->status, answer->body);
    }
    if (!answer && answer.error().code == ErrorCode::CannotRead) {
        const std::lock_guard guard(lock);
        known.reset();  // Another engine may be there when it comes back.
        info.reset();
    }
    return answer;
}

Result<json> ContainerEngine::Wire::askJson(WireRequest request)
{
    Result<WireAnswer> answer = ask(std::move(request));
    if (!answer) {
        return answer.error();
    }
    return understood(http.socket(), [&] { return json::parse(answer->body); });
}

Result<Done> ContainerEngine::Wire::tell(WireRequest request, long fineToo)
{
    const std::string path = request.path;
    Result<Kind> found = kind();
    if (!found) {
        return found.error();
    }
    request.path = found->prefix + path;
    Result<WireAnswer> answer = http.ask(request);
    if (!answer) {
        return answer.error();
    }
    if (answer->status >= 400 && answer->status != fineToo) {
        return refusal(http.socket(), answer->status, answer->body);
    }
    return Done{};
}

Result<TransferLog> ContainerEngine::Wire::transfer(WireRequest request, const Progress& progress)
{
    TransferLog log;
    request.isTransfer = true;
    request.mostBytes = 256 << 20;  // Never kept; a build that talks more than this is broken.
    request.onPiece = [&log](std::string_view piece) { log.add(piece); };
    if (progress) {
        request.keepGoing = [&] { return progress(log.fraction()); };
    }
    Result<WireAnswer> answer = ask(std::move(request));
    if (!answer) {
        return answer.error();
    }
    log.finish();
    if (!log.error().empty()) {
        return refusal(http.socket(), log.error());
    }
    return log;
}

ContainerEngine::ContainerEngine(std::string socket, std::string runtime, std::chrono::milliseconds timeout)
    : m_wire(std::make_unique<Wire>(std::move(socket), std::move(runtime), timeout))
{
}

ContainerEngine::~ContainerEngine() = default;

const std::string& ContainerEngine::socket() const
{
    return m_wire->http.socket();
}

Result<Done> ContainerEngine::ping()
{
    {
        const std::lock_guard guard(m_wire->lock);
        m_wire->known.reset();
    }
    Result<Wire::Kind> kind = m_wire->kind();
    return kind ? Result<Done>(Done{}) : kind.error();
}

Result<EngineInfo> ContainerEngine::info()
{
    Result<Wire::Kind> kind = m_wire->kind();
    if (!kind) {
        return kind.error();
    }
    // Podman looks up the Debian packages of its parts for this, which takes seconds when the disk is cold.
    Result<json> info = m_wire->askJson({.path = "/info", .moreTime = std::chrono::seconds(30)});
    if (!info) {
        return info.error();
    }
    Result<EngineInfo> engine =
        understood(socket(), [&] { return infoFrom(*info, kind->apiVersion, kind->isPodman); });
    if (engine) {
        if (!m_wire->runtime.empty() && !engine->isPodman()) {
            engine->runtime =
                m_wire->runtime;  // Podman's is chosen when it starts, Docker's by each container.
        }
        const std::lock_guard guard(m_wire->lock);
        m_wire->info = *engine;
    }
    return engine;
}

Result<std::string> ContainerEngine::create(const ContainerSpec& spec)
{
    if (!isPinned(spec.image)) {
        return Error{
            ErrorCode::Invalid, spec.name,
            fmt::format(
                "The image \"{}\" of {} is named by a tag, which may mean another image tomorrow; name it by "
                "id or "
                "digest.",
                spec.image, spec.name)};
    }
    Result<EngineInfo> known = m_wire->knownInfo(*this);
    if (!known) {
        return known.error();
    }
    Result<json> made = m_wire->askJson(
        {.method = "POST",
         .path = "/containers/create?name=" + percentEncoded(spec.name),
         .body = createBody(spec, *known)});
    if (!made) {
        return made.error();
    }
    Result<std::string> id = understood(socket(), [&] { return made->at("Id").get<std::string>(); });
    if (!id) {
        return id.error();
    }
    for (const ContainerSpec::Network& network : laterNetworks(spec, *known)) {
        Result<Done> connected = m_wire->tell(
            {.method = "POST",
             .path = "/networks/" + percentEncoded(network.name, true) + "/connect",
             .body = connectBody(network, *id)});
        if (!connected) {
            static_cast<void>(remove(*id));
            return connected.error();
        }
    }
    return id;
}

Result<Done> ContainerEngine::start(const std::string& id)
{
    return m_wire->tell({.method = "POST", .path = "/containers/" + percentEncoded(id) + "/start"});
}

Result<Done> ContainerEngine::stop(const std::string& id, std::chrono::seconds grace)
{
    return m_wire->tell(
        {.method = "POST",
         .path = fmt::format("/containers/{}/stop?t={}", percentEncoded(id), grace.count()),
         .moreTime = grace});
}

Result<Done> ContainerEngine::kill(const std::string& id, const std::string& signal)
{
    return m_wire->tell(
        {.method = "POST",
         .path = fmt::format("/containers/{}/kill?signal={}", percentEncoded(id), percentEncoded(signal))});
}

Result<Done> ContainerEngine::pause(const std::string& id)
{
    return m_wire->tell({.method = "POST", .path = "/containers/" + percentEncoded(id) + "/pause"});
}

Result<Done> ContainerEngine::unpause(const std::string& id)
{
    return m_wire->tell({.method = "POST", .path = "/containers/" + percentEncoded(id) + "/unpause"});
}

Result<Done> ContainerEngine::remove(const std::string& id)
{
    return m_wire->tell(
        {.method = "DELETE",
         .path = "/containers/" + percentEncoded(id) + "?force=true&v=true",
         .moreTime = std::chrono::seconds(10)},
        404);
}

Result<ContainerState> ContainerEngine::inspect(const std::string& id)
{
    Result<json> answer = m_wire->askJson({.path = "/containers/" + percentEncoded(id) + "/json"});
    if (!answer) {
        return answer.error();
    }
    return understood(socket(), [&] { return stateFrom(*answer); });
}

Result<std::string> ContainerEngine::inspectJson(const std::string& id)
{
    Result<WireAnswer> answer = m_wire->ask({.path = "/containers/" + percentEncoded(id) + "/json"});
    return answer ? Result<std::string>(std::move(answer->body)) : answer.error();
}

Result<ContainerUse> ContainerEngine::use(const std::string& id)
{
    Result<json> answer =
        m_wire->askJson({.path = "/containers/" + percentEncoded(id) + "/stats?stream=false&one-shot=true"});
    if (!answer) {
        return answer.error();
    }
    return understood(socket(), [&] { return useFrom(*answer); });
}

Result<std::string> ContainerEngine::logs(const std::string& id, std::size_t bytes)
{
    LogTail tail(std::min(bytes, kMostLog));
    WireRequest request{
        .path = fmt::format(
            "/containers/{}/logs?stdout=true&stderr=true&follow=false&tail={}", percentEncoded(id),
            std::clamp<std::size_t>(bytes / 8, 1, 100'000))};
    request.mostBytes = kMostLogRead;
    request.onPiece = [&tail](std::string_view piece) { tail.add(piece); };
    Result<WireAnswer> answer = m_wire->ask(std::move(request));
    if (!answer) {
        return answer.error();
    }
    return tail.text();
}

Result<Done> ContainerEngine::createNetwork(
    const std::string& name, bool internal, const std::map<std::string, std::string>& labels)
{
    const json body = {
        {"Name", name},
        {"Driver", "bridge"},
        {"CheckDuplicate", true},
        {"Internal", internal},
        {"Labels", labels}};
    return m_wire->tell({.method = "POST", .path = "/networks/create", .body = jsonText(body)});
}

Result<Done>
ContainerEngine::createVolume(const std::string& name, const std::map<std::string, std::string>& labels)
{
    const json body = {{"Name", name}, {"Labels", labels}};
    return m_wire->tell({.method = "POST", .path = "/volumes/create", .body = jsonText(body)});
}

Result<Done> ContainerEngine::removeNetwork(const std::string& name)
{
    return m_wire->tell({.method = "DELETE", .path = "/networks/" + percentEncoded(name)}, 404);
}

Result<Done> ContainerEngine::removeVolume(const std::string& name)
{
    return m_wire->tell({.method = "DELETE", .path = "/volumes/" + percentEncoded(name)}, 404);
}

Result<std::vector<LabelledThing>> ContainerEngine::labelled(Thing sort, const std::string& label)
{
    const std::string filter = percentEncoded(jsonText({{"label", json::array({label})}}));
    std::string path;
    switch (sort) {
    case Thing::Container:
        path = "/containers/json?all=true&filters=";
        break;
    case Thing::Network:
        path = "/networks?filters=";
        break;
    case Thing::Volume:
        path = "/volumes?filters=";
        break;
    case Thing::Image:
        path = "/images/json?filters=";
        break;
    }
    Result<json> list = m_wire->askJson({.path = path + filter});
    if (!list) {
        return list.error();
    }
    Result<std::vector<LabelledThing>> things =
        understood(socket(), [&] { return labelledFrom(sort, *list); });
    if (things) {
        // What is on this list may be removed: an engine that does not know the filter must not decide it.
        const std::size_t equals = label.find('=');
        std::erase_if(*things, [&](const LabelledThing& thing) {
            const auto found = thing.labels.find(label.substr(0, equals));
            return found == thing.labels.end() ||
                   (equals != std::string::npos && found->second != label.substr(equals + 1));
        });
    }
    return things;
}

}  // namespace neph
