#pragma once

#include <future>
#include <memory>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "tests/workload/child_process.h"

namespace neph {

/// What came back from a request.
struct Answered {
    int status = 0;  ///< 0: no answer.
    std::string headers;
    std::string body;

    /// "queue", "cpu" or "calls" of the header Server-Timing, in milliseconds.
    double timing(const std::string& part) const;
};

/// A client that keeps its connection.
class HttpConnection {
public:
    HttpConnection();
    ~HttpConnection();
    HttpConnection(const HttpConnection&) = delete;
    HttpConnection& operator=(const HttpConnection&) = delete;

    Answered get(const std::string& url);
    Answered post(const std::string& url, const std::string& body);

private:
    Answered perform(const std::string& url, const std::string* body);
    void* m_handle;
};

/// The real program with a configuration, listening on a port that was free.
class RunningWorkload {
public:
    explicit RunningWorkload(nlohmann::json config);

    ChildProcess& process() { return m_process; }
    int port() const { return m_port; }
    std::string url(const std::string& path) const;

    Answered get(const std::string& path) const;
    Answered post(const std::string& path, const std::string& body) const;
    /// A request that a thread of its own waits for.
    std::future<Answered> getLater(const std::string& path) const;
    void control(const nlohmann::json& order) const;

    /// The value of a line of GET /metrics; -1 where there is none.
    double metric(const std::string& nameAndLabels) const;
    /// Waits until this many requests are at work or waiting.
    bool holds(int requests) const;

private:
    ChildProcess m_process;
    int m_port = 0;
};

/// A link to that place; more fields may be set in it.
nlohmann::json linkTo(const std::string& name, const std::string& protocol, int port);

/// A service whose requests take no CPU and can be held up with hold(): they wait without using any.
class HeldWorkload {
public:
    explicit HeldWorkload(nlohmann::json config);

    RunningWorkload& operator*() { return m_service; }
    RunningWorkload* operator->() { return &m_service; }
    void hold(std::chrono::milliseconds time) const;

private:
    RunningWorkload m_behind;
    RunningWorkload m_service;
};

}  // namespace neph
