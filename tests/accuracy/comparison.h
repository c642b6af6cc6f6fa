#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tests/accuracy/figures.h"

namespace neph {

/// One figure of a guess beside what every request says.
struct Judged {
    std::string figure;  ///< "mean" … "p99.9", "failures", "hours' p99", "worst hour", "vCPU-hours", "bill"
    std::string of;      ///< Request class; empty: all of them.
    double truth = 0;    ///< Mean of the runs of every request.
    double noise = 0;    ///< Half of what their seeds span, relative.
    double off = 0;      ///< Relative to the truth; of failures the difference of the shares.
    std::optional<double> printed;  ///< The error that was printed beside it, relative.
    int truths = 0;                 ///< Runs of every request (or hours) it is held against.
    int outside = 0;                ///< So many of them are further off than the printed error.
};

/// Holds a guess against one or more runs of every request, figure by figure; those of all classes first.
std::vector<Judged> judge(const std::vector<Figures>& truths, const Figures& guess);

}  // namespace neph
