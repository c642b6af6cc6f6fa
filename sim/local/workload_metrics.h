#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace neph {

/// What the sample workload says on /metrics, as far as the lab reckons with it; of several tasks added up.
struct WorkloadMetrics {
    struct Buckets {
        std::map<double, double> upTo;  ///< Seconds to the count of samples up to that.
        double sum = 0;
        double count = 0;

        double mean() const { return count > 0 ? sum / count : 0; }
        /// Interpolated within its bucket; 0 where there is none.
        double quantile(double p) const;
    };
    double requests = 0;
    double cpuSeconds = 0;  ///< That handlers were asked to burn, and burnt.
    double healthChecks = 0;
    std::map<std::string, Buckets> calls;  ///< By node called.

    void add(const WorkloadMetrics& other);
    /// What has come since `before`.
    WorkloadMetrics since(const WorkloadMetrics& before) const;
};

/// Reads the Prometheus text format 0.0.4; what is not known is passed over.
WorkloadMetrics readWorkloadMetrics(const std::string& text);

}  // namespace neph
