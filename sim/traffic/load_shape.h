#pragma once

#include <string>

#include "sim/base/units.h"
#include "sim/model/design.h"
#include "sim/plan/rate_profile.h"

namespace neph {

/// An open load as its users' properties describe it; rates in requests per second.
struct LoadShape {
    std::string kind = "constant";  ///< constant, ramp, step, spike, daily, weekly, trace
    double rate = 0;                ///< Base.
    double peakRate = 0;            ///< End of a ramp, level of a step, height of a spike, top of a day.
    Duration start{0};              ///< When ramp, step or spike begins.
    Duration ramp{0};               ///< Length of a ramp; length of a spike.
    Duration day{24h};              ///< Length of a "day" of the daily and weekly curves.
    int workdays = 5;               ///< Of the seven days of a week; the rest are weekend.
    double weekendShare = 1;        ///< Weekend traffic as a share of a workday's.
    const TrafficTrace* trace = nullptr;
};

/// The arrival rate over time that a shape means. A day is lowest at its start and highest in its middle.
RateProfile rateProfileOf(const LoadShape& shape);

}  // namespace neph
