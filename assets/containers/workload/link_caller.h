#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "assets/containers/workload/call_target.h"
#include "assets/containers/workload/metrics.h"
#include "assets/containers/workload/worker_pool.h"

namespace neph {

/// Makes the calls of one link as its policy says: how many, how long each may take, how often it is tried
/// again.
class LinkCaller {
public:
    LinkCaller(
        const LinkConfig& link, const std::vector<ClassConfig>& classes, CallMetrics& metrics,
        HelperThreads& helpers);

    const std::string& to() const { return m_link.to; }
    std::string state() { return m_target->state(); }

    /// All calls that one request of this class makes: the whole ones, and one more with the chance that is
    /// left. The first that fails ends it.
    CallOutcome callFor(std::size_t ofClass, RandomStream& random);

    /// From now on attempts take longer, and a share of them fails.
    void disturb(double addedMs, double failShare);

private:
    CallOutcome callOnce(const std::string& requestClass, RandomStream& random);
    CallOutcome callAtOnce(int calls, const std::string& requestClass, RandomStream& random);
    CallOutcome attempt(const std::string& requestClass, RandomStream& random);

    LinkConfig m_link;
    std::vector<std::string> m_classes;  ///< By class: its name, or empty where it makes no such call.
    CallMetrics& m_metrics;
    HelperThreads& m_helpers;
    std::unique_ptr<CallTarget> m_target;
    std::atomic<double> m_addedMs{0};
    std::atomic<double> m_failShare{0};
};

}  // namespace neph
