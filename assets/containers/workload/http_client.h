#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "assets/containers/workload/call_target.h"
#include "assets/containers/workload/deadline.h"
#include "sim/kernel/random.h"

namespace neph {

struct HttpRequest {
    std::string target;  ///< Path and query.
    std::vector<std::pair<std::string, std::string>> headers;
    std::string text;           ///< The body ...
    std::uint64_t padding = 0;  ///< ... and what follows it.
};

struct HttpAnswer {
    int status = 0;
    std::string body;  ///< Its first 64 KiB.
    std::string what;  ///< Why there is no answer (status 0).
};

/// Posts to one host over connections that it keeps. Where the name stands for several addresses, each
/// request goes to one of them at random; the name is looked up again every second, so that new copies get
/// their share.
class HttpClient {
public:
    HttpClient(std::string host, std::uint16_t port);
    ~HttpClient();

    HttpAnswer post(const HttpRequest& request, RandomStream& random, Deadline deadline);

private:
    struct Connection;
    struct Address;

    HttpAnswer exchange(Connection& connection, const HttpRequest& request, bool& unanswered) const;
    std::shared_ptr<Address> addressOf(RandomStream& random, std::string& problem);
    void lookUp(std::string& problem);

    std::string m_host;
    std::string m_port;
    std::mutex m_mutex;
    std::map<std::string, std::shared_ptr<Address>> m_addresses;  ///< By their bytes.
    std::chrono::steady_clock::time_point m_lookedUp;
};

}  // namespace neph
