#include "sim/local/replica_http.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <memory>

#include <fmt/format.h>

namespace neph {

namespace {

constexpr std::size_t kMostBody = 1 << 20;

std::size_t keep(char* data, std::size_t size, std::size_t count, void* to)
{
    auto& body = *static_cast<std::string*>(to);
    const std::size_t bytes = size * count;
    if (body.size() + bytes <= kMostBody) {
        body.append(data, bytes);
    }
    return bytes;
}

/// What a client says first, to which there is an answer.
std::string firstWords(const std::string& protocol)
{
    // PostgreSQL, "Frontend/Backend Protocol", SSLRequest: answered with one letter before any login.
    return protocol == "postgresql" ? std::string("\0\0\0\x08\x04\xd2\x16\x2f", 8)
           : protocol == "redis"    ? "PING\r\n"
           : protocol == "dynamodb" ? "GET / HTTP/1.0\r\n\r\n"
                                    : "";
}

}  // namespace

Result<HttpAnswer> askReplica(
    std::uint16_t probePort, std::uint32_t slot, const std::string& path, std::chrono::milliseconds timeout,
    const std::string& body)
{
    const std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> curl(curl_easy_init(), curl_easy_cleanup);
    const std::string url = fmt::format("http://127.0.0.1:{}{}", probePort, path);
    curl_slist* list = curl_slist_append(nullptr, fmt::format("X-Neph-Slot: {}", slot).c_str());
    if (!body.empty()) {
        list = curl_slist_append(list, "Content-Type: application/json");
        curl_easy_setopt(curl.get(), CURLOPT_POSTFIELDS, body.c_str());
    }
    const std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)> headers(list, curl_slist_free_all);
    HttpAnswer answer;
    curl_easy_setopt(curl.get(), CURLOPT_URL, url.c_str());
    curl_easy_setopt(curl.get(), CURLOPT_HTTPHEADER, headers.get());
    curl_easy_setopt(curl.get(), CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl.get(), CURLOPT_NOPROXY, "*");
    curl_easy_setopt(curl.get(), CURLOPT_TIMEOUT_MS, static_cast<long>(timeout.count()));
    curl_easy_setopt(curl.get(), CURLOPT_WRITEFUNCTION, keep);
    curl_easy_setopt(curl.get(), CURLOPT_WRITEDATA, &answer.body);
    const CURLcode code = curl_easy_perform(curl.get());
    if (code != CURLE_OK) {
        return Error{
            ErrorCode::CannotRead, url,
            fmt::format("The task did not answer: {}.", curl_easy_strerror(code))};
    }
    curl_easy_getinfo(curl.get(), CURLINFO_RESPONSE_CODE, &answer.status);
    return answer;
}

bool isAnswering(const std::string& url, std::chrono::milliseconds timeout)
{
    const std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> curl(curl_easy_init(), curl_easy_cleanup);
    std::string body;
    curl_easy_setopt(curl.get(), CURLOPT_URL, url.c_str());
    curl_easy_setopt(curl.get(), CURLOPT_WRITEFUNCTION, keep);
    curl_easy_setopt(curl.get(), CURLOPT_WRITEDATA, &body);
    curl_easy_setopt(curl.get(), CURLOPT_TIMEOUT_MS, static_cast<long>(timeout.count()));
    curl_easy_setopt(curl.get(), CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl.get(), CURLOPT_PROXY, "");
    long status = 0;
    constexpr long kNoServer = 503;
    return curl_easy_perform(curl.get()) == CURLE_OK &&
           curl_easy_getinfo(curl.get(), CURLINFO_RESPONSE_CODE, &status) == CURLE_OK && status != kNoServer;
}

Result<Done> storeAnswers(std::uint16_t port, const std::string& protocol, std::chrono::milliseconds timeout)
{
    const Error silent{
        ErrorCode::CannotRead, fmt::format("127.0.0.1:{}", port), "Nothing answers at this port."};
    const int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const timeval patience{timeout.count() / 1000, timeout.count() % 1000 * 1000};
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    bool isThere = connect(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
    const std::string words = firstWords(protocol);
    isThere = isThere && (words.empty() || send(descriptor, words.data(), words.size(), MSG_NOSIGNAL) ==
                                               static_cast<ssize_t>(words.size()));
    if (isThere) {
        char byte = 0;
        const ssize_t got = recv(descriptor, &byte, 1, 0);
        // Who is asked nothing says nothing; a gateway without anybody behind it hangs up.
        isThere = got == 1 || (words.empty() && got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK));
    }
    close(descriptor);
    return isThere ? Result<Done>(Done{}) : silent;
}

}  // namespace neph
