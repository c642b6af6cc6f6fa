#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "tests/local/live_engine.h"

namespace neph::test {

/// What the fake engine sends for one request, byte by byte if need be.
struct FakeReply {
    int status = 200;
    std::string body = "{}";
    std::chrono::milliseconds delay{0};
    std::string raw;      ///< Sent as it is instead of status and body; then the socket is closed.
    std::string endless;  ///< Repeated as chunks until the client goes or the engine ends.
    std::string apiVersion = "1.41";
    bool isPodman = false;
};

/// An engine made of a script: a unix socket that speaks HTTP/1.1, well or badly.
class FakeEngine {
public:
    /// Gets the method and the path, without the version and with the query: "GET /info".
    using Script = std::function<FakeReply(const std::string& request, const std::string& body)>;

    explicit FakeEngine(Script script);
    ~FakeEngine();
    FakeEngine(const FakeEngine&) = delete;
    FakeEngine& operator=(const FakeEngine&) = delete;

    const std::string& socket() const { return m_socket; }
    /// Everything that was asked so far, with the version.
    std::vector<std::string> asked();
    /// Bytes that endless answers sent.
    std::size_t sent() const { return m_sent; }

private:
    void accept();
    void serve(int guest);
    void answer(int guest, const FakeReply& reply);

    Script m_script;
    TestFolder m_folder;
    std::string m_socket;
    int m_door = -1;
    std::atomic<bool> m_isOver{false};
    std::atomic<std::size_t> m_sent{0};
    std::mutex m_lock;
    std::vector<std::string> m_asked;
    std::vector<std::thread> m_guests;
    std::thread m_accepter;
};

}  // namespace neph::test
