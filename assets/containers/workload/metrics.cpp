#include "assets/containers/workload/metrics.h"

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <fstream>

#include <unistd.h>

#include "assets/containers/workload/thread_cpu.h"

namespace neph {

namespace {

std::string shortest(double number)
{
    std::array<char, 32> text{};
    const auto end = std::to_chars(text.data(), text.data() + text.size(), number);
    return {text.data(), end.ptr};
}

/// Upper bounds of the buckets, in nanoseconds.
const std::array<std::uint64_t, Histogram::kBounds>& bounds()
{
    static const auto list = [] {
        // Ten to a decade, rounded to two digits, so that the labels are short.
        constexpr std::array<std::uint64_t, 10> kSteps = {10, 13, 16, 20, 25, 32, 40, 50, 63, 79};
        std::array<std::uint64_t, Histogram::kBounds> made{};
        std::uint64_t scale = 10'000;
        for (std::size_t i = 0; i < made.size(); ++i) {
            made[i] = kSteps[i % kSteps.size()] * scale;
            scale *= i % kSteps.size() == kSteps.size() - 1 ? 10 : 1;
        }
        return made;
    }();
    return list;
}

void line(std::string& into, const std::string& name, const std::string& labels, const std::string& value)
{
    into += name;
    if (!labels.empty()) {
        into += '{' + labels + '}';
    }
    into += ' ' + value + '\n';
}

void describe(std::string& into, const char* name, const char* type, const char* help)
{
    into += std::string("# HELP ") + name + ' ' + help + "\n# TYPE " + name + ' ' + type + '\n';
}

double residentBytes()
{
    std::ifstream file("/proc/self/statm");
    double total = 0;
    double resident = 0;
    file >> total >> resident;
    return resident * static_cast<double>(sysconf(_SC_PAGESIZE));
}

}  // namespace

void Histogram::observe(std::chrono::nanoseconds duration)
{
    const auto value = static_cast<std::uint64_t>(std::max<std::int64_t>(duration.count(), 0));
    const auto bound = std::lower_bound(bounds().begin(), bounds().end(), value);
    m_counts[static_cast<std::size_t>(bound - bounds().begin())].fetch_add(1, std::memory_order_relaxed);
    m_nanoseconds.fetch_add(value, std::memory_order_relaxed);
}

void Histogram::print(std::string& into, const std::string& name, const std::string& labels) const
{
    const std::string before = labels.empty() ? "" : labels + ',';
    std::uint64_t below = 0;
    for (std::size_t i = 0; i < m_counts.size(); ++i) {
        below += m_counts[i].load(std::memory_order_relaxed);
        const std::string bound =
            i < bounds().size() ? shortest(static_cast<double>(bounds()[i]) / 1e9) : "+Inf";
        line(into, name + "_bucket", before + "le=\"" + bound + '"', std::to_string(below));
    }
    line(into, name + "_sum", labels, shortest(static_cast<double>(m_nanoseconds.load()) / 1e9));
    line(into, name + "_count", labels, std::to_string(below));
}

Metrics::Metrics(std::vector<std::string> classes, const std::vector<std::string>& targets)
    : m_classes(std::move(classes)), m_targets(targets), m_requests(m_classes.size())
{
    for (std::size_t i = 0; i < targets.size(); ++i) {
        calls.push_back(std::make_unique<CallMetrics>());
    }
}

void Metrics::count(Counts& counts, int status)
{
    const auto* found = std::find(kStatuses.begin(), kStatuses.end(), status);
    counts[static_cast<std::size_t>(found - kStatuses.begin())].fetch_add(1, std::memory_order_relaxed);
}

void Metrics::countRequest(std::size_t ofClass, int status)
{
    count(m_requests[ofClass], status);
}

void Metrics::countHealth(int status)
{
    count(m_health, status);
}

std::string Metrics::text(std::size_t inFlight, std::size_t queued) const
{
    std::string all;
    describe(all, "neph_requests_total", "counter", "Requests answered.");
    for (std::size_t i = 0; i < m_classes.size(); ++i) {
        for (std::size_t k = 0; k < kStatuses.size(); ++k) {
            line(
                all, "neph_requests_total",
                "class=\"" + m_classes[i] + "\",status=\"" + std::to_string(kStatuses[k]) + '"',
                std::to_string(m_requests[i][k].load()));
        }
    }
    describe(all, "neph_health_checks_total", "counter", "Health checks answered.");
    for (std::size_t k = 0; k < kStatuses.size(); ++k) {
        line(
            all, "neph_health_checks_total", "status=\"" + std::to_string(kStatuses[k]) + '"',
            std::to_string(m_health[k].load()));
    }
    describe(all, "neph_queue_seconds", "histogram", "Waiting for a worker.");
    queue.print(all, "neph_queue_seconds", "");
    describe(all, "neph_cpu_seconds", "histogram", "CPU time of the handler.");
    cpu.print(all, "neph_cpu_seconds", "");
    describe(all, "neph_request_seconds", "histogram", "From arrival to answer, of requests with a worker.");
    request.print(all, "neph_request_seconds", "");
    if (!calls.empty()) {
        describe(all, "neph_call_seconds", "histogram", "Calls with their retries.");
    }
    // A place that two links lead to has two sets of buckets: the link number tells them apart.
    const auto label = [&](std::size_t i) {
        return "to=\"" + m_targets[i] + "\",link=\"" + std::to_string(i) + '"';
    };
    for (std::size_t i = 0; i < calls.size(); ++i) {
        calls[i]->seconds.print(all, "neph_call_seconds", label(i));
    }
    if (!calls.empty()) {
        describe(all, "neph_calls_total", "counter", "Calls with their retries, by how they ended.");
    }
    for (std::size_t i = 0; i < calls.size(); ++i) {
        line(all, "neph_calls_total", label(i) + ",result=\"ok\"", std::to_string(calls[i]->succeeded));
        line(all, "neph_calls_total", label(i) + ",result=\"failed\"", std::to_string(calls[i]->failed));
    }
    if (!calls.empty()) {
        describe(all, "neph_failed_attempts_total", "counter", "Attempts that failed, retried or not.");
    }
    for (std::size_t i = 0; i < calls.size(); ++i) {
        line(all, "neph_failed_attempts_total", label(i), std::to_string(calls[i]->attemptsFailed));
    }
    describe(all, "neph_in_flight", "gauge", "Requests taken and not yet answered.");
    line(all, "neph_in_flight", "", std::to_string(inFlight));
    describe(all, "neph_queued", "gauge", "Requests that wait for a worker.");
    line(all, "neph_queued", "", std::to_string(queued));
    describe(all, "process_cpu_seconds_total", "counter", "User and system CPU time.");
    line(
        all, "process_cpu_seconds_total", "",
        shortest(std::chrono::duration<double>(processCpuTime()).count()));
    describe(all, "process_resident_memory_bytes", "gauge", "Memory in use.");
    line(all, "process_resident_memory_bytes", "", shortest(residentBytes()));
    return all;
}

}  // namespace neph
