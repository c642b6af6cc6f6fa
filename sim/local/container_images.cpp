// The part of ContainerEngine that makes, moves and names images.
#include <utility>

#include <fmt/format.h>

#include "sim/local/engine_session.h"

namespace neph {
namespace {

using nlohmann::json;

/// Name and tag of "registry:5000/a/b:1"; the tag of a name without one is "latest".
std::pair<std::string, std::string> nameAndTag(const std::string& reference)
{
    const std::size_t slash = reference.rfind('/');
    const std::size_t colon = reference.rfind(':');
    if (colon == std::string::npos || (slash != std::string::npos && colon < slash)) {
        return {reference, "latest"};
    }
    return {reference.substr(0, colon), reference.substr(colon + 1)};
}

std::string base64Url(std::string_view bytes)
{
    static constexpr std::string_view kLetters =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    std::string out;
    for (std::size_t at = 0; at < bytes.size(); at += 3) {
        std::uint32_t group = 0;
        for (std::size_t index = 0; index < 3; ++index) {
            group =
                group << 8 | (at + index < bytes.size() ? static_cast<unsigned char>(bytes[at + index]) : 0U);
        }
        for (std::size_t index = 0; index < 4; ++index) {
            out += at + index > bytes.size() ? '=' : kLetters[group >> (18 - 6 * index) & 63U];
        }
    }
    return out;
}

std::string authHeader(const RegistryLogin& login, const std::string& reference)
{
    json auth = json::object();
    if (!login.user.empty()) {
        auth = {
            {"username", login.user},
            {"password", login.password},
            {"serveraddress", reference.substr(0, reference.find('/'))}};
    }
    return "X-Registry-Auth: " + base64Url(jsonText(auth));
}

bool isLoopback(const std::string& reference)
{
    const std::string host = reference.substr(0, reference.find('/'));
    return host.starts_with("127.") || host.starts_with("localhost:") || host.starts_with("[::1]");
}

/// Names with a digest under which an image is known at `name`.
std::vector<std::string> digestsOf(const json& image, const std::string& name)
{
    std::vector<std::string> digests;
    for (const json& entry : partOf(image, "RepoDigests")) {
        const auto text = entry.get<std::string>();
        // Docker shortens the names of its own hub.
        if (text.starts_with(name + '@') || ("docker.io/" + text).starts_with(name + '@') ||
            ("docker.io/library/" + text).starts_with(name + '@')) {
            digests.push_back(text);
        }
    }
    return digests;
}

/// Of several, the one that was asked for, or one that a registry gave: an image that was made here, pushed
/// and pulled has two in Podman, and its `own` is that of the layers before they were compressed.
std::string
chosenDigest(const std::vector<std::string>& digests, const std::string& wanted, const std::string& own)
{
    std::string chosen;
    for (const std::string& digest : digests) {
        if (!wanted.empty() ? digest.ends_with('@' + wanted)
                            : chosen.empty() || !digest.ends_with('@' + own)) {
            chosen = digest;
        }
    }
    return chosen;
}

}  // namespace

Result<std::string> ContainerEngine::importImage(
    const std::string& tarFile, const std::string& tag, const std::vector<std::string>& changes)
{
    // Without a name: Podman would put ":latest" on it, whatever the tag.
    WireRequest request{.method = "POST", .path = "/images/create?fromSrc=-"};
    for (const std::string& change : changes) {
        request.path += "&changes=" + percentEncoded(change);
    }
    request.uploadFile = tarFile;
    Result<TransferLog> log = m_wire->transfer(std::move(request), {});
    if (!log) {
        return log.error();
    }
    if (log->id().empty()) {
        return Error{
            ErrorCode::Invalid, socket(),
            "The engine's answer makes no sense: it took the image and named no id. Restart the engine."};
    }
    if (Result<Done> tagged = tagImage(log->id(), tag); !tagged) {
        return tagged.error();
    }
    return log->id();
}

Result<std::string> ContainerEngine::buildImage(const std::string& tarFile, const std::string& tag)
{
    WireRequest request{
        .method = "POST",
        .path = "/build?dockerfile=Containerfile&rm=1&forcerm=1&networkmode=none&t=" + percentEncoded(tag)};
    request.uploadFile = tarFile;
    Result<TransferLog> log = m_wire->transfer(std::move(request), {});
    if (!log) {
        return log.error();
    }
    return imageId(tag);
}

Result<std::string> ContainerEngine::imageId(const std::string& reference)
{
    Result<json> image = m_wire->askJson({.path = "/images/" + percentEncoded(reference, true) + "/json"});
    if (!image) {
        return image.error();
    }
    return understood(socket(), [&] {
        const auto id = image->at("Id").get<std::string>();
        return id.starts_with("sha256:") ? id : "sha256:" + id;
    });
}

Result<std::string> ContainerEngine::imageDigest(const std::string& reference)
{
    Result<Wire::Kind> kind = m_wire->kind();
    if (!kind) {
        return kind.error();
    }
    Result<json> image = m_wire->askJson(
        {.path = (kind->isPodman ? "/v4.0.0/libpod/images/" : "/images/") + percentEncoded(reference, true) +
                 "/json"});
    if (!image) {
        return image.error();
    }
    const std::size_t at = reference.find('@');
    const std::string name = nameAndTag(reference.substr(0, at)).first;
    const std::string wanted = at == std::string::npos ? std::string() : reference.substr(at + 1);
    Result<std::string> digest = understood(
        socket(), [&] { return chosenDigest(digestsOf(*image, name), wanted, textOf(*image, "Digest")); });
    if (digest && digest->empty()) {
        return Error{
            ErrorCode::NotFound, socket(),
            fmt::format(
                "The image {} has no digest: it was made here. Use its id, or push it first.", reference)};
    }
    return digest;
}

Result<Done> ContainerEngine::tagImage(const std::string& reference, const std::string& tag)
{
    const auto [name, word] = nameAndTag(tag);
    return m_wire->tell(
        {.method = "POST",
         .path = fmt::format(
             "/images/{}/tag?repo={}&tag={}", percentEncoded(reference, true), percentEncoded(name),
             percentEncoded(word))});
}

Result<std::string> ContainerEngine::pushImage(
    const std::string& tag, const RegistryLogin& login, bool insecure, const Progress& progress)
{
    if (insecure && !isLoopback(tag)) {
        return Error{
            ErrorCode::Invalid, tag,
            fmt::format(
                "Pushing {} without TLS is not done: only a registry on 127.0.0.1 may speak plain HTTP.",
                tag)};
    }
    const auto [name, word] = nameAndTag(tag);
    WireRequest request{
        .method = "POST",
        .path = fmt::format(
            "/images/{}/push?tag={}{}", percentEncoded(name, true), percentEncoded(word),
            insecure ? "&tlsVerify=false" : ""),
        .headers = {authHeader(login, tag)}};
    Result<TransferLog> log = m_wire->transfer(std::move(request), progress);
    if (!log) {
        return log.error();
    }
    if (log->digest().empty()) {
        return Error{
            ErrorCode::Invalid, socket(),
            fmt::format(
                "The engine's answer makes no sense: it pushed {} and named no digest. Push it again.", tag)};
    }
    return name + '@' + log->digest();
}

Result<std::string> ContainerEngine::pullImage(
    const std::string& reference, const RegistryLogin& login, bool insecure, const Progress& progress)
{
    if (insecure && !isLoopback(reference)) {
        return Error{
            ErrorCode::Invalid, reference,
            fmt::format(
                "Pulling {} without TLS is not done: only a registry on 127.0.0.1 may speak plain HTTP.",
                reference)};
    }
    Result<Wire::Kind> kind = m_wire->kind();
    if (!kind) {
        return kind.error();
    }
    WireRequest request{.method = "POST", .path = {}, .headers = {authHeader(login, reference)}};
    if (kind->isPodman) {
        // The pull of Podman's Docker API knows no tlsVerify (4.3.1).
        request.path = fmt::format(
            "/v4.0.0/libpod/images/pull?reference={}&tlsVerify={}", percentEncoded(reference), !insecure);
    } else if (reference.find('@') != std::string::npos) {
        request.path = "/images/create?fromImage=" + percentEncoded(reference);
    } else {
        const auto [name, word] = nameAndTag(reference);
        request.path =
            fmt::format("/images/create?fromImage={}&tag={}", percentEncoded(name), percentEncoded(word));
    }
    Result<TransferLog> log = m_wire->transfer(std::move(request), progress);
    return log ? imageDigest(reference) : log.error();
}

Result<Done> ContainerEngine::removeImage(const std::string& reference)
{
    return m_wire->tell({.method = "DELETE", .path = "/images/" + percentEncoded(reference, true)}, 404);
}

}  // namespace neph
