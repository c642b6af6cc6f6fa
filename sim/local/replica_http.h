#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "sim/base/result.h"

namespace neph {

/// An answer over HTTP.
struct HttpAnswer {
    long status = 0;
    std::string body;
};

/// One request to one replica behind the gateway's probe port (header X-Neph-Slot), on the calling thread.
/// `body` not empty: POST of JSON. Errors: CannotRead.
Result<HttpAnswer> askReplica(
    std::uint16_t probePort, std::uint32_t slot, const std::string& path, std::chrono::milliseconds timeout,
    const std::string& body = {});

/// Whether anything but the gateway itself answers at a URL: a status other than 503 (no server is there
/// yet).
bool isAnswering(const std::string& url, std::chrono::milliseconds timeout);

/// Whether a store answers at a port of 127.0.0.1, in the first words of its protocol ("redis", "postgresql",
/// "dynamodb"; of any other, whether a connection stays open). Errors: CannotRead.
Result<Done> storeAnswers(std::uint16_t port, const std::string& protocol, std::chrono::milliseconds timeout);

}  // namespace neph
