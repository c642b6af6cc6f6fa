#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "sim/base/units.h"

namespace neph {

/// Sends HTTP/1.1 requests on one thread, many at a time, over connections that are kept: libcurl's multi
/// interface driven by epoll. Requests are waited for with the resolution of the system's timers, not of
/// curl's milliseconds.
///
/// One thread at a time. No proxies, no redirects, no name but a number should be in a URL: a resolver would
/// block. A kept connection that the server has closed meanwhile is replaced without a word, as browsers do.
class HttpSender {
public:
    struct Answer {
        std::uint32_t token;  ///< As given to send().
        int status;           ///< 0: there is no answer.
        int error;            ///< CURLcode.
        int systemError;      ///< errno of a connection that could not be made, else 0.
    };

    /// `most`: requests under way at a time, each on a connection of its own.
    explicit HttpSender(std::uint32_t most);
    ~HttpSender();
    HttpSender(const HttpSender&) = delete;
    HttpSender& operator=(const HttpSender&) = delete;

    /// Registers what can be asked; the number for send(). Requests with a body are POSTs of zero bytes.
    std::uint32_t addRoute(std::string url, std::int64_t bodyBytes);

    bool isFull() const { return m_underWay == m_most; }
    std::uint32_t underWay() const { return m_underWay; }
    std::uint64_t connectionsOpened() const { return m_opened; }

    /// Must not be full. `attempt` goes into the header X-Neph-Attempt, from 1 on. Returns a number for
    /// cancel(). The first byte leaves in the next wait().
    std::uint32_t send(std::uint32_t route, std::uint32_t attempt, std::uint32_t token);
    /// Nobody waits for it any more: closes its connection.
    void cancel(std::uint32_t request);

    /// Sends and receives, and returns as soon as something has been or `until` has come. Moments as of
    /// monotonicNow(). The answers that have come; valid until the next call.
    const std::vector<Answer>& wait(Time until);

    /// Nanoseconds of the clock that wait() goes by (CLOCK_MONOTONIC).
    static Time monotonicNow();

private:
    struct Wire;
    struct Route {
        std::string url;
        std::int64_t bodyBytes;
    };
    struct Slot;

    Slot& freeSlot();
    void prepare(Slot& slot, std::uint32_t route, std::uint32_t attempt);
    void collect();

    std::uint32_t m_most;
    std::uint32_t m_underWay = 0;
    std::uint64_t m_opened = 0;
    std::vector<Route> m_routes;
    std::vector<std::unique_ptr<Slot>> m_slots;
    std::vector<std::uint32_t> m_free;
    std::vector<Answer> m_answers;
    std::unique_ptr<Wire> m_wire;
};

/// "200 OK"; the number alone where it is not a usual one.
std::string statusInWords(int status);
/// "connection refused", "timed out"
std::string failureInWords(const HttpSender::Answer& answer);

}  // namespace neph
