#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace neph {

/// Counts durations in buckets, ten to each decade from 100 microseconds to 1000 seconds. Any thread may
/// observe.
class Histogram {
public:
    void observe(std::chrono::nanoseconds duration);

    /// Appends `<name>_bucket{<labels>,le=...}`, `_sum` and `_count`, in seconds.
    void print(std::string& into, const std::string& name, const std::string& labels) const;

    static constexpr int kBounds = 71;

private:
    std::array<std::atomic<std::uint64_t>, kBounds + 1> m_counts{};
    std::atomic<std::uint64_t> m_nanoseconds{0};
};

/// What is measured about the calls of one link.
struct CallMetrics {
    Histogram seconds;  ///< Of a whole call with its retries, as the request waits for it.
    std::atomic<std::uint64_t> succeeded{0};
    std::atomic<std::uint64_t> failed{0};
    std::atomic<std::uint64_t> attemptsFailed{0};
};

/// Everything that GET /metrics tells.
class Metrics {
public:
    Metrics(std::vector<std::string> classes, const std::vector<std::string>& targets);

    void countRequest(std::size_t ofClass, int status);
    void countHealth(int status);

    Histogram queue;    ///< Waiting for a worker.
    Histogram cpu;      ///< CPU time of the handler itself.
    Histogram request;  ///< From arrival to answer, of requests that got a worker.
    std::vector<std::unique_ptr<CallMetrics>> calls;  ///< By link.

    /// The Prometheus text format 0.0.4.
    std::string text(std::size_t inFlight, std::size_t queued) const;

private:
    static constexpr std::array kStatuses = {200, 500, 503};
    using Counts = std::array<std::atomic<std::uint64_t>, kStatuses.size()>;
    static void count(Counts& counts, int status);

    std::vector<std::string> m_classes;
    std::vector<std::string> m_targets;  ///< By link; a name may come twice.
    std::vector<Counts> m_requests;
    Counts m_health{};
};

}  // namespace neph
