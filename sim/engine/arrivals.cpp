#include "sim/engine/arrivals.h"

#include <algorithm>
#include <string>

namespace neph {

static std::string entityOf(const Plan& plan, const SourceSpec& spec)
{
    return plan.nodes[spec.node.value].id + "/" + spec.name;
}

/// 0 where the rate changes or is zero.
static double meanGap(const RateProfile& profile)
{
    const bool isConstant = !profile.corners.empty() && profile.isConstant();
    const double rate = isConstant ? profile.corners.front().perSecond : 0;
    return rate > 0 ? 1e9 / rate : 0;
}

static std::uint32_t onlyClassOf(const std::vector<double>& weights)
{
    const auto isPositive = [](double weight) { return weight > 0; };
    const auto first = std::find_if(weights.begin(), weights.end(), isPositive);
    const bool isOnly = std::count_if(weights.begin(), weights.end(), isPositive) == 1;
    return isOnly ? static_cast<std::uint32_t>(first - weights.begin()) : ClassIndex::kNone;
}

ArrivalStream::ArrivalStream(const Plan& plan, std::uint32_t source, std::uint64_t seed)
    : m_spec(&plan.sources[source]), m_ahead(0), m_gap(meanGap(m_spec->rate)), m_cursor(m_spec->rate),
      m_arrivals(seed, streamId(entityOf(plan, *m_spec), "arrivals")),
      m_thoughts(seed, streamId(entityOf(plan, *m_spec), "thinking")),
      m_classes(seed, streamId(entityOf(plan, *m_spec), "class")), m_weights(m_spec->classWeights),
      m_onlyClass(onlyClassOf(m_spec->classWeights))
{
    m_ahead = m_arrivals.exponential();
}

}  // namespace neph
