#include "app/cli/progress_bar.h"

#include <algorithm>
#include <cstdio>

#include "app/cli/output.h"
#include "app/cli/text_format.h"

namespace neph::cli {

ProgressBar::ProgressBar() : m_wanted(isProgressWanted()), m_next(std::chrono::steady_clock::now()) {}

ProgressBar::~ProgressBar()
{
    if (m_isShown) {
        fmt::print(stderr, "\r\x1b[K");
        std::fflush(stderr);
    }
}

void ProgressBar::show(const RunProgress& progress)
{
    const auto now = std::chrono::steady_clock::now();
    if (!m_wanted || now < m_next) {
        return;
    }
    m_next = now + std::chrono::milliseconds(100);
    m_isShown = true;
    fmt::print(stderr, "\r\x1b[K{}", progressLine(progress));
    std::fflush(stderr);
}

std::string progressLine(const RunProgress& progress)
{
    constexpr int kCells = 24;
    const double share = progress.horizon.count() > 0
                             ? std::clamp(seconds(progress.simulated) / seconds(progress.horizon), 0.0, 1.0)
                             : 0.0;
    std::string bar;
    for (int cell = 0; cell < kCells; ++cell) {
        bar += cell + 0.5 < share * kCells ? "█" : "░";
    }
    const double rate =
        progress.wallSeconds > 0 ? static_cast<double>(progress.events) / progress.wallSeconds : 0;
    return fmt::format(
        "{} {:3.0f} %   {} of {}   {} events/s   {} left", bar, share * 100, clockText(progress.simulated),
        clockText(progress.horizon), shortText(rate),
        timeSpanText(std::chrono::duration_cast<Duration>(
            std::chrono::duration<double>(std::clamp(progress.secondsLeft, 0.0, 1e6)))));
}

}  // namespace neph::cli
