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

}  // namespace neph
