#pragma once

#include <chrono>
#include <compare>
#include <cstdint>

namespace neph {

using namespace std::chrono_literals;

/// A span of simulated time, in integer nanoseconds.
using Duration = std::chrono::nanoseconds;

/// A moment of simulated time, counted from the start of the run.
using Time = std::chrono::nanoseconds;

/// Later than every moment of every run.
inline constexpr Time kNever = Time::max();

/// For displays and ratios. Results are computed with the integers.
constexpr double seconds(Duration d)
{
    return static_cast<double>(d.count()) / 1e9;
}
constexpr double milliseconds(Duration d)
{
    return static_cast<double>(d.count()) / 1e6;
}

/// The nearest whole nanosecond; negative and not-a-number become zero, the rest is capped at 2^53 ns (104
/// days).
constexpr Duration fromSeconds(double s)
{
    const double ns = s * 1e9;
    constexpr double kMost = 9007199254740992.0;
    return Duration(
        !(ns > 0)     ? 0
        : ns >= kMost ? static_cast<std::int64_t>(kMost)
                      : static_cast<std::int64_t>(ns + 0.5));
}

/// A size in memory or on the wire. KiB, MiB, GiB are powers of two, as on the vendors' price pages.
struct Bytes {
    std::int64_t count = 0;
    friend constexpr auto operator<=>(const Bytes&, const Bytes&) = default;
    friend constexpr Bytes operator+(Bytes a, Bytes b) { return {a.count + b.count}; }
    friend constexpr Bytes operator-(Bytes a, Bytes b) { return {a.count - b.count}; }
    friend constexpr Bytes operator*(Bytes a, std::int64_t n) { return {a.count * n}; }
};

constexpr Bytes operator""_KiB(unsigned long long n)
{
    return {static_cast<std::int64_t>(n) << 10};
}
constexpr Bytes operator""_MiB(unsigned long long n)
{
    return {static_cast<std::int64_t>(n) << 20};
}
constexpr Bytes operator""_GiB(unsigned long long n)
{
    return {static_cast<std::int64_t>(n) << 30};
}

}  // namespace neph
