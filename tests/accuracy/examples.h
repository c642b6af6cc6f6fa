#pragma once

#include <string>
#include <vector>

#include "sim/model/design.h"

namespace neph {

/// A design on which flows and sampled windows are held against the run of every request.
struct Example {
    std::string name;   ///< For --filter and the table.
    std::string point;  ///< What is hard about it, in a few words.
    Design design;
    int truths = 3;  ///< Runs of every request that are worth their time, each with a seed of its own.
};

/// Designs of several services, each with some feedback: of timeouts, retries, throttling, scaling, loss.
std::vector<Example> pathsOfServices();

/// The experiment of one service behind a load balancer over a day: a noisy daily curve, a flash crowd of ten
/// minutes that it cannot carry, a controller that scales on CPU; exponential and log-normal times, small and
/// large; also without the crowd. Only part of the day where a whole one would take an hour.
std::vector<Example> oneServiceAllDay();

/// The same service for a month, a crowd a day, from a hundred requests a second to a million.
std::vector<Example> monthsOfOneService();

}  // namespace neph
