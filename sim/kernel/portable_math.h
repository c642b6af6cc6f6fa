#pragma once

#include <bit>
#include <cstdint>
#include <limits>

namespace neph {

// The mathematics of a run, in + - * / and bit operations only. The C library's functions give other last
// bits on other machines; these give the same ones wherever doubles are IEEE 754 and the compiler does not
// contract (-ffp-contract=off). Relative error below 1e-14 where nothing else is said.

/// Natural logarithm of 2 as a sum: the first part has 21 trailing zero bits, so that small multiples are
/// exact.
inline constexpr double kLn2High = 0x1.62e42fee00000p-1;
inline constexpr double kLn2Low = 0x1.a39ef35793c76p-33;

/// e to the power x. 0 below -708 (no denormals), infinity above 709.78, not-a-number stays so.
constexpr double portableExp(double x)
{
    if (x != x) {
        return x;
    }
    if (x > 0x1.62e42fefa39efp+9) {
        return std::numeric_limits<double>::infinity();
    }
    if (x < -708.0) {
        return 0;
    }
    // x = k ln 2 + r with |r| <= 0.35, and e^r by its Taylor series, whose 15th term is below 1e-18.
    constexpr double kPerLn2 = 1.4426950408889634;
    const auto k = static_cast<std::int64_t>(x * kPerLn2 + (x < 0 ? -0.5 : 0.5));
    const double scale = static_cast<double>(k);
    const double r = (x - scale * kLn2High) - scale * kLn2Low;
    const double q = r * r;
    const double even =
        1 + q * (1 / 2.0 +
                 q * (1 / 24.0 +
                      q * (1 / 720.0 + q * (1 / 40320.0 + q * (1 / 3628800.0 + q * (1 / 479001600.0))))));
    const double odd =
        1 + q * (1 / 6.0 +
                 q * (1 / 120.0 +
                      q * (1 / 5040.0 + q * (1 / 362880.0 + q * (1 / 39916800.0 + q * (1 / 6227020800.0))))));
    // Two factors, because 2^1024 alone is out of range.
    const std::int64_t half = k / 2;
    const double first = std::bit_cast<double>(static_cast<std::uint64_t>(half + 1023) << 52);
    const double second = std::bit_cast<double>(static_cast<std::uint64_t>(k - half + 1023) << 52);
    return (even + r * odd) * first * second;
}

/// Natural logarithm. Minus infinity at 0, not-a-number below.
constexpr double portableLog(double x)
{
    if (!(x > 0)) {
        return x == 0 ? -std::numeric_limits<double>::infinity() : std::numeric_limits<double>::quiet_NaN();
    }
    if (x > std::numeric_limits<double>::max()) {
        return x;
    }
    std::int64_t exponent = 0;
    if (x < std::numeric_limits<double>::min()) {
        x *= 0x1p54;
        exponent = -54;
    }
    // x = 2^exponent * m with m in [sqrt(1/2), sqrt(2)).
    const auto bits = std::bit_cast<std::uint64_t>(x);
    exponent += static_cast<std::int64_t>(bits >> 52) - 1023;
    double m = std::bit_cast<double>((bits & 0x000F'FFFF'FFFF'FFFF) | 0x3FF0'0000'0000'0000);
    if (m >= 1.4142135623730951) {
        m *= 0.5;
        ++exponent;
    }
    // log m = 2 atanh(s) with s = f / (2 + f), |s| <= 0.172: a series in s^2, used as in FDLIBM so that f
    // itself is added last and unrounded.
    const double f = m - 1;
    const double s = f / (2 + f);
    const double z = s * s;
    const double w = z * z;
    const double odd =
        z * (2 / 3.0 + w * (2 / 7.0 + w * (2 / 11.0 + w * (2 / 15.0 + w * (2 / 19.0 + w * (2 / 23.0))))));
    const double even = w * (2 / 5.0 + w * (2 / 9.0 + w * (2 / 13.0 + w * (2 / 17.0 + w * (2 / 21.0)))));
    const double square = 0.5 * f * f;
    const double k = static_cast<double>(exponent);
    return k * kLn2High - ((square - (s * (square + (odd + even)) + k * kLn2Low)) - f);
}

/// x to the power y for x >= 0; relative error below 1e-15 * (10 + |y ln x|). portablePow(0, y) is 0 for
/// y > 0, 1 for y = 0, infinity for y < 0; a negative x gives not-a-number.
constexpr double portablePow(double x, double y)
{
    if (y == 0 || x == 1) {
        return 1;
    }
    if (x == 0) {
        return y > 0 ? 0 : std::numeric_limits<double>::infinity();
    }
    return portableExp(y * portableLog(x));
}

/// The value below which a standard normal variable lies with probability p, 0 < p < 1
/// (Wichura, "Algorithm AS 241", Applied Statistics 37, 1988).
double portableNormalQuantile(double p);

}  // namespace neph
