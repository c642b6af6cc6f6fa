#include "app/cli/text_format.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include <fmt/format.h>

namespace neph::cli {

static double secondsIn(std::string_view unit)
{
    struct Unit {
        std::string_view name;
        double seconds;
    };
    constexpr Unit kUnits[] = {{"ms", 0.001}, {"s", 1}, {"m", 60}, {"min", 60}, {"h", 3600}, {"d", 86400}};
    for (const Unit& one : kUnits) {
        if (one.name == unit) {
            return one.seconds;
        }
    }
    return unit.empty() ? 1 : 0;
}

Result<Duration> readTimeSpan(const std::string& text)
{
    const Error wrong{
        ErrorCode::Invalid, "",
        fmt::format("'{}' is no length of time. Write it like 90s, 10m, 1h30m or 30d.", text)};
    double total = 0;
    const char* at = text.data();
    const char* end = at + text.size();
    do {
        double number = 0;
        const std::from_chars_result read = std::from_chars(at, end, number, std::chars_format::fixed);
        const char* unitEnd =
            std::find_if(read.ptr, end, [](char c) { return (c >= '0' && c <= '9') || c == '.'; });
        const double unit = secondsIn({read.ptr, static_cast<std::size_t>(unitEnd - read.ptr)});
        if (read.ec != std::errc{} || unit == 0 || number < 0) {
            return wrong;
        }
        total += number * unit;
        at = unitEnd;
    } while (at != end);
    constexpr double kLongest = 366.0 * 86400;
    if (!(total > 0) || total > kLongest) {
        return Error{
            ErrorCode::Invalid, "",
            fmt::format("'{}' is out of range: more than 0 and at most 366 days.", text)};
    }
    // In whole milliseconds, so that a year is exact too.
    return Duration(std::chrono::milliseconds(std::llround(total * 1000)));
}

std::string timeSpanText(Duration span)
{
    const double s = seconds(span);
    if (s < 60) {
        return fmt::format("{} s", std::round(s * 10) / 10);
    }
    struct Part {
        std::int64_t seconds;
        const char* name;
    };
    constexpr Part kParts[] = {{86400, "d"}, {3600, "h"}, {60, "min"}, {1, "s"}};
    auto left = static_cast<std::int64_t>(std::llround(s));
    std::string text;
    int parts = 0;
    for (const Part& part : kParts) {
        const std::int64_t amount = left / part.seconds;
        left %= part.seconds;
        if (amount > 0) {
            text += fmt::format("{}{} {}", text.empty() ? "" : " ", amount, part.name);
        }
        parts += (text.empty() ? 0 : 1);
        if (parts == 2) {
            break;
        }
    }
    return text;
}

std::string clockText(Time at)
{
    const std::int64_t all = std::max<std::int64_t>(0, at.count() / 1'000'000'000);
    const std::int64_t days = all / 86400;
    const std::int64_t hours = all / 3600 % 24;
    const std::int64_t minutes = all / 60 % 60;
    if (days > 0) {
        return fmt::format("{} d {}:{:02}:{:02}", days, hours, minutes, all % 60);
    }
    return hours > 0 ? fmt::format("{}:{:02}:{:02}", hours, minutes, all % 60)
                     : fmt::format("{}:{:02}", minutes, all % 60);
}

/// Three digits: "0.823", "12.3", "456".
static std::string threeDigits(double value)
{
    return value < 9.995   ? fmt::format("{:.2f}", value)
           : value < 99.95 ? fmt::format("{:.1f}", value)
                           : fmt::format("{:.0f}", value);
}

std::string latencyText(Duration latency)
{
    const double ms = milliseconds(latency);
    return ms < 999.5 ? threeDigits(ms) + " ms" : threeDigits(ms / 1000) + " s";
}

std::string countText(std::uint64_t count)
{
    std::string digits = fmt::format("{}", count);
    for (std::size_t at = digits.size(); at > 3;) {
        at -= 3;
        digits.insert(at, ",");
    }
    return digits;
}

std::string percentText(double share)
{
    const double percent = share * 100;
    if (percent <= 0 || percent >= 100) {
        return percent <= 0 ? "0 %" : "100 %";
    }
    if (percent < 0.01 || percent > 99.99) {
        return percent < 0.01 ? "<0.01 %" : ">99.99 %";
    }
    return percent < 10 || percent > 90 ? fmt::format("{:.2f} %", percent) : fmt::format("{:.1f} %", percent);
}

std::string shortText(double amount)
{
    if (amount >= 999'500) {
        return threeDigits(amount / 1e6) + " M";
    }
    if (amount >= 9'999.5) {
        return threeDigits(amount / 1e3) + " k";
    }
    if (amount > 0 && amount < 0.00995) {
        return amount < 0.00005 ? "<0.0001" : fmt::format("{:.4f}", amount);
    }
    return amount == std::floor(amount) || amount >= 99.95 ? fmt::format("{:.0f}", amount)
                                                           : threeDigits(amount);
}

static bool isContinuation(char c)
{
    return (static_cast<unsigned char>(c) & 0xC0) == 0x80;
}

std::size_t columnsOf(std::string_view text)
{
    return static_cast<std::size_t>(
        std::count_if(text.begin(), text.end(), [](char c) { return !isContinuation(c); }));
}

std::string shortened(const std::string& text, std::size_t columns)
{
    if (columnsOf(text) <= columns || columns == 0) {
        return text;
    }
    std::size_t at = 0;
    for (std::size_t kept = 0; kept < columns; ++at) {
        kept += isContinuation(text[at]) ? 0 : 1;
    }
    return text.substr(0, at - 1) + "…";
}

std::vector<std::string> wrapped(const std::string& text, std::size_t columns)
{
    std::vector<std::string> lines(1);
    std::size_t at = 0;
    while (at < text.size()) {
        const std::size_t end = std::min(text.find_first_of(" \n", at), text.size());
        const std::string word = text.substr(at, end - at);
        if (!lines.back().empty() && columnsOf(lines.back()) + 1 + columnsOf(word) > columns) {
            lines.emplace_back();
        }
        lines.back() += (lines.back().empty() || word.empty() ? "" : " ") + word;
        at = end + 1;
    }
    return lines;
}

}  // namespace neph::cli
