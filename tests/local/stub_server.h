#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "sim/base/units.h"

namespace neph {

/// A small HTTP server on loopback that answers as a test wants, on one thread of its own.
class StubServer {
public:
    struct Asked {
        Time at{0};          ///< Since the server started.
        std::string target;  ///< "/work?class=browse"
        std::string method;
        int attempt = 0;  ///< X-Neph-Attempt
        std::size_t bodyBytes = 0;
    };
    struct Reply {
        int status = 200;  ///< 0: closes the connection instead.
        Duration after{0};
    };
    /// Called for each request, on the thread of the server; `number` counts from 0.
    using Behaviour = std::function<Reply(const Asked& asked, std::size_t number)>;

    explicit StubServer(Behaviour behaviour = {});
    ~StubServer();

    std::string url() const;
    std::vector<Asked> asked() const;
    std::size_t connections() const;
    /// A port at which nobody listens.
    static std::string urlOfNobody();

private:
    struct Due {
        int connection;
        std::uint64_t generation;
        int status;
    };
    struct Connection {
        std::uint64_t generation = 0;
        std::string in;
    };

    void serve(const std::stop_token& stop);
    void acceptAll();
    void readFrom(int fd);
    bool takeRequest(int fd, Connection& connection);
    void answer(int fd, int status);
    void drop(int fd);
    Time now() const;

    Behaviour m_behaviour;
    std::uint16_t m_port = 0;  ///< Before the socket, which finds it.
    int m_listener;
    int m_poll;
    std::chrono::steady_clock::time_point m_start = std::chrono::steady_clock::now();
    std::map<int, Connection> m_connections;
    std::multimap<Time, Due> m_due;
    std::uint64_t m_generations = 0;
    mutable std::mutex m_lock;
    std::vector<Asked> m_asked;
    std::jthread m_thread;  ///< Last: it uses the rest.
};

}  // namespace neph
