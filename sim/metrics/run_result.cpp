#include "sim/metrics/run_result.h"

namespace neph {

const Series* RunResult::find(const std::string& node, const std::string& metric) const
{
    for (const Series& candidate : series) {
        if (candidate.node() == node && candidate.metric() == metric) {
            return &candidate;
        }
    }
    return nullptr;
}

}  // namespace neph
