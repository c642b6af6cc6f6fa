#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "sim/base/result.h"

namespace neph {

/// One question to an engine.
struct WireRequest {
    std::string method = "GET";
    std::string path;          ///< With its query: "/v1.41/containers/json?all=1".
    std::string body{};        ///< JSON; empty: none.
    std::string uploadFile{};  ///< A tar file that is sent instead of `body`.
    std::vector<std::string> headers{};
    std::chrono::milliseconds moreTime{0};  ///< On top of the wire's time, for what takes long by its nature.
    std::size_t mostBytes = 32 << 20;       ///< A longer answer is TooLarge.
    /// A transfer may take any time as long as something happens: bytes move, or `keepGoing` was asked for
    /// less than ten of the wire's times since they last did.
    bool isTransfer = false;
    std::function<void(std::string_view)> onPiece{};  ///< Gets the answer instead of WireAnswer::body.
    std::function<bool()> keepGoing{};                ///< Asked now and then; false ends the call.
};

/// What came back, whatever the status. A stream (`onPiece`) whose status is an error has it in `body`.
struct WireAnswer {
    long status = 0;
    std::string body;
    std::map<std::string, std::string> headers;  ///< Names in lower case.
};

/// HTTP over a unix socket. Every call has a connection of its own, so that an engine that went away and came
/// back is simply there again, and any number of threads may call.
class EngineWire {
public:
    EngineWire(std::string socket, std::chrono::milliseconds timeout);

    const std::string& socket() const { return m_socket; }
    std::chrono::milliseconds timeout() const { return m_timeout; }

    /// Errors: CannotRead (nobody there, no answer in time, broken off), TooLarge, Invalid (stopped by us).
    Result<WireAnswer> ask(const WireRequest& request) const;

private:
    std::string m_socket;
    std::chrono::milliseconds m_timeout;
};

/// A part of a path or a query, percent-encoded; '/', ':' and '@' stay where `isPath`.
std::string percentEncoded(std::string_view text, bool isPath = false);

}  // namespace neph
