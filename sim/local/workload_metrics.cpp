#include "sim/local/workload_metrics.h"

#include <cmath>
#include <cstdlib>
#include <sstream>

namespace neph {

namespace {

/// The value of a label: name{to="orders",le="0.01"} 17
std::string labelOf(const std::string& line, const std::string& name)
{
    const std::string start = name + "=\"";
    const std::size_t at = line.find(start);
    const std::size_t end = at == std::string::npos ? at : line.find('"', at + start.size());
    return end == std::string::npos ? std::string() : line.substr(at + start.size(), end - at - start.size());
}

void readCalls(const std::string& line, double value, WorkloadMetrics& metrics)
{
    WorkloadMetrics::Buckets& calls = metrics.calls[labelOf(line, "to")];
    if (line.starts_with("neph_call_seconds_bucket")) {
        const std::string bound = labelOf(line, "le");
        calls.upTo[bound == "+Inf" ? HUGE_VAL : std::strtod(bound.c_str(), nullptr)] += value;
    } else if (line.starts_with("neph_call_seconds_sum")) {
        calls.sum += value;
    } else if (line.starts_with("neph_call_seconds_count")) {
        calls.count += value;
    }
}

}  // namespace

double WorkloadMetrics::Buckets::quantile(double p) const
{
    const double wanted = p * count;
    double below = 0;
    double from = 0;
    for (const auto& [bound, upToHere] : upTo) {
        if (upToHere >= wanted && upToHere > below) {
            if (std::isinf(bound)) {
                return from;
            }
            // Between bounds that grow by a factor, samples lie evenly on a logarithmic scale.
            const double part = (wanted - below) / (upToHere - below);
            return from > 0 ? from * std::pow(bound / from, part) : bound * part;
        }
        below = upToHere;
        from = bound;
    }
    return 0;
}

void WorkloadMetrics::add(const WorkloadMetrics& other)
{
    requests += other.requests;
    cpuSeconds += other.cpuSeconds;
    healthChecks += other.healthChecks;
    for (const auto& [to, buckets] : other.calls) {
        Buckets& mine = calls[to];
        mine.sum += buckets.sum;
        mine.count += buckets.count;
        for (const auto& [bound, count] : buckets.upTo) {
            mine.upTo[bound] += count;
        }
    }
}

WorkloadMetrics WorkloadMetrics::since(const WorkloadMetrics& before) const
{
    WorkloadMetrics change = *this;
    change.requests -= before.requests;
    change.cpuSeconds -= before.cpuSeconds;
    change.healthChecks -= before.healthChecks;
    for (const auto& [to, buckets] : before.calls) {
        Buckets& mine = change.calls[to];
        mine.sum -= buckets.sum;
        mine.count -= buckets.count;
        for (const auto& [bound, count] : buckets.upTo) {
            mine.upTo[bound] -= count;
        }
    }
    return change;
}

WorkloadMetrics readWorkloadMetrics(const std::string& text)
{
    WorkloadMetrics metrics;
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);) {
        const std::size_t space = line.rfind(' ');
        if (line.empty() || line[0] == '#' || space == std::string::npos) {
            continue;
        }
        const double value = std::strtod(line.c_str() + space, nullptr);
        if (line.starts_with("neph_requests_total")) {
            metrics.requests += value;
        } else if (line.starts_with("neph_cpu_seconds_sum")) {
            metrics.cpuSeconds += value;
        } else if (line.starts_with("neph_health_checks_total")) {
            metrics.healthChecks += value;
        } else if (line.starts_with("neph_call_seconds")) {
            readCalls(line, value, metrics);
        }
    }
    return metrics;
}

}  // namespace neph
