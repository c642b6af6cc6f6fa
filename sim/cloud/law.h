#pragma once

#include <string>

#include "sim/kernel/distribution.h"

namespace neph {

/// The distribution that a property names: "constant", "exponential", "lognormal" or "erlang", with that
/// mean; the squared coefficient of variation counts for the last two.
Distribution distributionOf(const std::string& law, double mean, double scv);

/// The log-normal distribution with that median and 99th percentile: how latencies are published.
Distribution logNormalFromPercentiles(double median, double p99);

}  // namespace neph
