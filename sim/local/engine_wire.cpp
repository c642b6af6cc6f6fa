#include "sim/local/engine_wire.h"

#include <cstdio>
#include <memory>
#include <utility>

#include <curl/curl.h>
#include <fmt/format.h>

namespace neph {
namespace {

using Clock = std::chrono::steady_clock;

/// A broken transfer may still hold an answer of this size at most in its error.
constexpr std::size_t kMostErrorBytes = 64 << 10;

struct Closer {
    void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
    void operator()(curl_slist* list) const { curl_slist_free_all(list); }
    void operator()(std::FILE* file) const { std::fclose(file); }
};

/// What one call has come to.
struct Call {
    const WireRequest& request;
    WireAnswer answer;
    CURL* handle = nullptr;
    std::FILE* upload = nullptr;
    std::size_t received = 0;
    bool isTooLarge = false;
    bool isStopped = false;
    bool isSilent = false;
    curl_off_t moved = 0;
    Clock::time_point lastMove = Clock::now();
    std::chrono::milliseconds patience{0};
};

std::size_t onBody(char* bytes, std::size_t size, std::size_t count, void* user)
{
    Call& call = *static_cast<Call*>(user);
    const std::string_view piece(bytes, size * count);
    call.received += piece.size();
    long status = 0;
    curl_easy_getinfo(call.handle, CURLINFO_RESPONSE_CODE, &status);
    const bool isError = status >= 400;
    if (call.received > (isError ? kMostErrorBytes : call.request.mostBytes)) {
        call.isTooLarge = true;
        return 0;
    }
    if (call.request.onPiece && !isError) {
        call.request.onPiece(piece);
    } else {
        call.answer.body.append(piece);
    }
    return piece.size();
}

std::size_t onHeader(char* bytes, std::size_t size, std::size_t count, void* user)
{
    Call& call = *static_cast<Call*>(user);
    const std::string_view line(bytes, size * count);
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos || call.answer.headers.size() > 100) {
        return line.size();
    }
    std::string name(line.substr(0, colon));
    for (char& letter : name) {
        letter = letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter + ('a' - 'A')) : letter;
    }
    std::string_view value = line.substr(colon + 1);
    const std::size_t first = value.find_first_not_of(" \t");
    const std::size_t last = value.find_last_not_of(" \t\r\n");
    value = first == std::string_view::npos ? std::string_view() : value.substr(first, last + 1 - first);
    call.answer.headers[name] = std::string(value);
    return line.size();
}

std::size_t onUpload(char* bytes, std::size_t size, std::size_t count, void* user)
{
    return std::fread(bytes, 1, size * count, static_cast<Call*>(user)->upload);
}

int onTick(void* user, curl_off_t, curl_off_t down, curl_off_t, curl_off_t up)
{
    Call& call = *static_cast<Call*>(user);
    if (call.request.keepGoing && !call.request.keepGoing()) {
        call.isStopped = true;
        return 1;
    }
    if (down + up != call.moved) {
        call.moved = down + up;
        call.lastMove = Clock::now();
    }
    if (call.request.isTransfer && Clock::now() - call.lastMove > call.patience) {
        call.isSilent = true;
        return 1;
    }
    return 0;
}

void setUp(CURL* handle, Call& call, const std::string& socket, std::chrono::milliseconds timeout)
{
    const WireRequest& request = call.request;
    curl_easy_setopt(handle, CURLOPT_UNIX_SOCKET_PATH, socket.c_str());
    curl_easy_setopt(handle, CURLOPT_URL, ("http://engine" + request.path).c_str());
    curl_easy_setopt(handle, CURLOPT_CUSTOMREQUEST, request.method.c_str());
    curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(handle, CURLOPT_PROXY, "");
    curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(timeout.count()));
    if (!request.isTransfer) {
        curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, static_cast<long>((timeout + request.moreTime).count()));
    }
    curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, onBody);
    curl_easy_setopt(handle, CURLOPT_WRITEDATA, &call);
    curl_easy_setopt(handle, CURLOPT_HEADERFUNCTION, onHeader);
    curl_easy_setopt(handle, CURLOPT_HEADERDATA, &call);
    curl_easy_setopt(handle, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(handle, CURLOPT_XFERINFOFUNCTION, onTick);
    curl_easy_setopt(handle, CURLOPT_XFERINFODATA, &call);
    if (call.upload) {
        curl_easy_setopt(handle, CURLOPT_UPLOAD, 1L);
        curl_easy_setopt(handle, CURLOPT_READFUNCTION, onUpload);
        curl_easy_setopt(handle, CURLOPT_READDATA, &call);
        std::fseek(call.upload, 0, SEEK_END);
        curl_easy_setopt(handle, CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(std::ftell(call.upload)));
        std::rewind(call.upload);
    } else if (request.method != "GET") {
        curl_easy_setopt(handle, CURLOPT_POSTFIELDSIZE, static_cast<long>(request.body.size()));
        curl_easy_setopt(handle, CURLOPT_POSTFIELDS, request.body.c_str());
    }
}

/// The sentence for a call that came to no full answer.
Error broken(const Call& call, CURLcode code, const std::string& socket, std::chrono::milliseconds timeout)
{
    const std::string asked =
        call.request.method + ' ' + call.request.path.substr(0, call.request.path.find('?'));
    if (call.isStopped) {
        return Error{ErrorCode::Invalid, socket, fmt::format("Stopped: {}.", asked)};
    }
    if (call.isTooLarge) {
        return Error{
            ErrorCode::TooLarge, socket,
            fmt::format(
                "The engine's answer to {} is longer than {} bytes; nothing of it is used.", asked,
                call.request.mostBytes)};
    }
    if (code == CURLE_COULDNT_CONNECT) {
        return Error{
            ErrorCode::CannotRead, socket,
            fmt::format(
                "No container engine answers at {}. Start it (podman system service --time=0 unix://{}, or "
                "Docker), see that this user may open it, or name another socket.",
                socket, socket)};
    }
    if (code == CURLE_OPERATION_TIMEDOUT || call.isSilent) {
        const auto waited = call.isSilent ? call.patience : timeout + call.request.moreTime;
        return Error{
            ErrorCode::CannotRead, socket,
            fmt::format(
                "The engine at {} did not answer {} within {} ms. Try again; if it stays so, restart the "
                "engine.",
                socket, asked, waited.count())};
    }
    return Error{
        ErrorCode::CannotRead, socket,
        fmt::format(
            "The engine at {} broke off its answer to {} ({}). Try again; if it stays so, restart the "
            "engine.",
            socket, asked, curl_easy_strerror(code))};
}

}  // namespace

EngineWire::EngineWire(std::string socket, std::chrono::milliseconds timeout)
    : m_socket(std::move(socket)), m_timeout(timeout)
{
    static const CURLcode once = curl_global_init(CURL_GLOBAL_DEFAULT);
    static_cast<void>(once);
}

Result<WireAnswer> EngineWire::ask(const WireRequest& request) const
{
    const std::unique_ptr<CURL, Closer> handle(curl_easy_init());
    if (!handle) {
        return Error{
            ErrorCode::CannotRead, m_socket, "There is no memory for a call to the container engine."};
    }
    Call call{request, {}, handle.get()};
    call.patience = m_timeout * 10 + request.moreTime;
    std::unique_ptr<std::FILE, Closer> file;
    if (!request.uploadFile.empty()) {
        file.reset(std::fopen(request.uploadFile.c_str(), "rbe"));
        if (!file) {
            return Error{
                ErrorCode::CannotRead, request.uploadFile,
                "The image file " + request.uploadFile + " cannot be read; make it again."};
        }
        call.upload = file.get();
    }
    setUp(handle.get(), call, m_socket, m_timeout);
    // "Expect: 100-continue" would cost a second where an engine does not know it.
    curl_slist* lines = curl_slist_append(nullptr, "Expect:");
    lines = curl_slist_append(
        lines, call.upload ? "Content-Type: application/x-tar" : "Content-Type: application/json");
    for (const std::string& header : request.headers) {
        lines = curl_slist_append(lines, header.c_str());
    }
    const std::unique_ptr<curl_slist, Closer> keep(lines);
    curl_easy_setopt(handle.get(), CURLOPT_HTTPHEADER, lines);

    const CURLcode code = curl_easy_perform(handle.get());
    if (code != CURLE_OK) {
        return broken(call, code, m_socket, m_timeout);
    }
    curl_easy_getinfo(handle.get(), CURLINFO_RESPONSE_CODE, &call.answer.status);
    return std::move(call.answer);
}

std::string percentEncoded(std::string_view text, bool isPath)
{
    static constexpr std::string_view kPlain = "-._~";
    std::string out;
    for (const char letter : text) {
        const bool isWord = (letter >= '0' && letter <= '9') || (letter >= 'a' && letter <= 'z') ||
                            (letter >= 'A' && letter <= 'Z');
        if (isWord || kPlain.find(letter) != std::string_view::npos ||
            (isPath && (letter == '/' || letter == ':' || letter == '@'))) {
            out += letter;
        } else {
            out += fmt::format("%{:02X}", static_cast<unsigned char>(letter));
        }
    }
    return out;
}

}  // namespace neph
