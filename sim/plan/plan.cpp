#include "sim/plan/plan.h"

namespace neph {

std::uint32_t PolicySpec::mapped(std::uint32_t outcome, OutcomeSpec::Kind kind) const
{
    if (ignoreFailure) {
        return 0;
    }
    OutcomeId instead;
    switch (kind) {
    case OutcomeSpec::Kind::Refused:
        instead = onRefused;
        break;
    case OutcomeSpec::Kind::Unavailable:
        instead = onUnavailable;
        break;
    case OutcomeSpec::Kind::Throttled:
        instead = onThrottled;
        break;
    case OutcomeSpec::Kind::Failed:
        instead = onFailed;
        break;
    case OutcomeSpec::Kind::Ok:
    case OutcomeSpec::Kind::TimedOut:
        break;
    }
    return instead ? instead.value : outcome;
}

}  // namespace neph
