#include "sim/cloud/law.h"

#include <algorithm>

#include "sim/kernel/portable_math.h"

namespace neph {

Distribution distributionOf(const std::string& law, double mean, double scv)
{
    if (mean <= 0 || law == "constant") {
        return Distribution::constant(std::max(mean, 0.0));
    }
    if (law == "lognormal") {
        return scv > 0 ? Distribution::logNormal(mean, scv) : Distribution::constant(mean);
    }
    if (law == "erlang") {
        // An Erlang law of k phases has scv 1/k: the nearest k.
        const int phases = scv > 0 ? std::clamp(static_cast<int>(1 / scv + 0.5), 1, 100) : 100;
        return Distribution::erlang(phases, mean);
    }
    return Distribution::exponential(mean);
}

Distribution logNormalFromPercentiles(double median, double p99)
{
    constexpr double kNormal99 = 2.3263478740408408;  // 99th percentile of the standard normal distribution.
    const double sigma = portableLog(p99 / median) / kNormal99;
    const double variance = sigma * sigma;
    return Distribution::logNormal(median * portableExp(variance / 2), portableExp(variance) - 1);
}

}  // namespace neph
