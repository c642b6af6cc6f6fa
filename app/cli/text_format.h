#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sim/base/result.h"
#include "sim/base/units.h"

namespace neph::cli {

/// Reads "90s", "10m", "1h30m", "30d", "250ms" or a bare number of seconds. More than zero, at most 366 days.
/// Errors: Invalid.
Result<Duration> readTimeSpan(const std::string& text);

/// "30 min", "1 h 30 min", "2 d 4 h", "45 s": simulated time for people, at most two parts.
std::string timeSpanText(Duration span);
/// "3:30", "1:02:30", "2 d 1:00:00": a moment of the run.
std::string clockText(Time at);
/// "0.82 ms", "12.3 ms", "1.50 s": a latency, to three digits.
std::string latencyText(Duration latency);
/// "1,234,567"
std::string countText(std::uint64_t count);
/// "99.98 %"; never rounded up to 100 where something is missing, nor down to 0 where something is there.
std::string percentText(double share);
/// "2.9 M", "812 k", "55": a rate or amount to about three digits.
std::string shortText(double amount);

/// Columns that a text takes on a terminal: code points of UTF-8.
std::size_t columnsOf(std::string_view text);
/// Cut to `columns` with an ellipsis where it is longer.
std::string shortened(const std::string& text, std::size_t columns);
/// The lines of `text`, broken at spaces so that none is longer than `columns`.
std::vector<std::string> wrapped(const std::string& text, std::size_t columns);

}  // namespace neph::cli
