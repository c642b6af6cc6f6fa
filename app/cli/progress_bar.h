#pragma once

#include <chrono>

#include "sim/run.h"

namespace neph::cli {

/// One line on stderr that follows a run; nothing where stderr is no terminal.
class ProgressBar {
public:
    ProgressBar();
    ~ProgressBar();
    ProgressBar(const ProgressBar&) = delete;
    ProgressBar& operator=(const ProgressBar&) = delete;

    void show(const RunProgress& progress);

private:
    bool m_wanted;
    bool m_isShown = false;
    std::chrono::steady_clock::time_point m_next;
};

/// "██████░░░░  58 %   17:24 of 30:00   2.9 M events/s   0.3 s left"
std::string progressLine(const RunProgress& progress);

}  // namespace neph::cli
