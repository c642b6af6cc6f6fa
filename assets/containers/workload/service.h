#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "assets/containers/workload/held_memory.h"
#include "assets/containers/workload/link_caller.h"
#include "assets/containers/workload/metrics.h"
#include "assets/containers/workload/worker_pool.h"
#include "sim/kernel/distribution.h"

namespace neph {

/// How a request was answered.
struct Reply {
    int status = 200;
    std::uint64_t bytes = 0;  ///< Of the answer, after `text`.
    std::string text;         ///< What went wrong.
    double queueMs = 0;
    double cpuMs = 0;
    double callsMs = 0;
};

/// What the simulated service does to a request, done for real: a worker, memory, CPU time, calls, an answer.
/// The simulated path is EcsFargateService::entry() in sim/services/containers.
class Service {
public:
    explicit Service(const Config& config);

    /// The index of a class; none where it is unknown. Empty: the first.
    std::optional<std::size_t> classOf(const std::string& name) const;

    /// Takes a request. `done` is called from any thread, and at once where there is no room (503).
    /// `responseBytes`: what the caller asks for instead of what the class says.
    void
    work(std::size_t ofClass, std::optional<std::uint64_t> responseBytes, std::function<void(Reply)> done);

    /// A health check takes a worker and some CPU like any other request.
    void checkHealth(std::function<void(Reply)> done);

    /// Carries out the JSON of POST /control. Returns what is wrong with it, or nothing.
    std::string control(const std::string& text);

    std::string metricsText() const;
    /// The state of each link, as a JSON object.
    std::string linksText();

private:
    using Clock = std::chrono::steady_clock;
    void handle(std::size_t ofClass, Clock::time_point arrival, Reply& reply, RandomStream& random);
    std::string callLinks(std::size_t ofClass, RandomStream& random);
    void submit(const std::shared_ptr<Reply>& reply, Job job, std::function<void(Reply)> done);

    Config m_config;
    HeldMemory m_base;
    Metrics m_metrics;
    std::vector<Distribution> m_cpu;  ///< By class, in seconds.
    Distribution m_healthCpu;
    std::atomic<double> m_failShare;
    std::atomic<bool> m_failsHealthCheck;
    HelperThreads m_helpers;
    std::vector<std::unique_ptr<LinkCaller>> m_links;
    WorkerPool m_workers;
};

}  // namespace neph
