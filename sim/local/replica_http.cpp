#include "sim/local/replica_http.h"

#include <curl/curl.h>

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

}  // namespace neph
