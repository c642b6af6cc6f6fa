#pragma once

#include <string>
#include <vector>

#include "tests/accuracy/comparison.h"
#include "tests/accuracy/examples.h"

namespace neph {

/// What one way of running a design makes of it.
struct Guess {
    std::string way;                 ///< "flows", "auto 3 %"
    std::optional<Figures> figures;  ///< Nothing: it did not end in time.
    std::vector<Judged> judged;
};

struct Compared {
    Example example;
    std::vector<Figures> truths;
    std::vector<Guess> guesses;
};

/// The Markdown that the program prints: a table with some rows for each design, and what is worst of all.
std::string tableHead();
std::string rowsOf(const Compared& compared);
std::string summaryOf(const std::vector<Compared>& all);

}  // namespace neph
