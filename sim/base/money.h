#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "sim/base/int128.h"
#include "sim/base/result.h"

namespace neph {

/// An amount of US dollars, exact to the pico-dollar (10^-12).
///
/// Published unit prices go below a nano-dollar (a Lambda GB-second is 16,666.7 pico-dollars), so money is
/// an integer of pico-dollars, 128 bits wide. Cents appear once, where a line is printed.
class Money {
public:
    constexpr Money() = default;

    static constexpr Money ofPico(Int128 pico) { return Money(pico); }
    static constexpr Money ofDollars(std::int64_t dollars) { return Money(Int128{dollars} * kPicoPerDollar); }
    static constexpr Money ofCents(std::int64_t cents)
    {
        return Money(Int128{cents} * (kPicoPerDollar / 100));
    }

    /// Reads a plain decimal such as "0.0000166667". Errors: Invalid, also for more than 12 decimals and from
    /// 10^18 dollars on.
    static Result<Money> parse(std::string_view decimal);

    constexpr Int128 pico() const { return m_pico; }
    /// For charts and ratios only; never to be turned into money again.
    double dollars() const;
    /// Whole cents, half away from zero; of less than 10^16 dollars.
    std::int64_t cents() const;
    /// "1,234.50": rounded to cents, with thousands separators.
    std::string toCentsText() const;
    /// The exact amount as a plain decimal without trailing zeros: "0.0000166667".
    std::string toExactText() const;

    constexpr Money operator-() const { return Money(-m_pico); }
    constexpr Money& operator+=(Money other)
    {
        m_pico += other.m_pico;
        return *this;
    }
    constexpr Money& operator-=(Money other)
    {
        m_pico -= other.m_pico;
        return *this;
    }
    friend constexpr Money operator+(Money a, Money b) { return Money(a.m_pico + b.m_pico); }
    friend constexpr Money operator-(Money a, Money b) { return Money(a.m_pico - b.m_pico); }
    friend constexpr Money operator*(Money a, std::int64_t n) { return Money(a.m_pico * n); }
    friend constexpr bool operator==(Money a, Money b) { return a.m_pico == b.m_pico; }
    friend constexpr std::strong_ordering operator<=>(Money a, Money b)
    {
        return a.m_pico < b.m_pico   ? std::strong_ordering::less
               : a.m_pico > b.m_pico ? std::strong_ordering::greater
                                     : std::strong_ordering::equal;
    }

private:
    static constexpr Int128 kPicoPerDollar = 1'000'000'000'000;
    explicit constexpr Money(Int128 pico) : m_pico(pico) {}

    Int128 m_pico = 0;
};

/// How much of something was used, exact to a billionth of its billing unit (half a read request unit,
/// one second of a vCPU-hour in integer arithmetic).
class Quantity {
public:
    constexpr Quantity() = default;
    static constexpr Quantity ofNano(Int128 nano) { return Quantity(nano); }
    static constexpr Quantity of(std::int64_t whole) { return Quantity(Int128{whole} * kNano); }
    /// `part` / `whole` of a unit, rounded half up: `Quantity::ratio(seconds, 3600)` is hours.
    static constexpr Quantity ratio(Int128 part, Int128 whole)
    {
        return Quantity((part * kNano + whole / 2) / whole);
    }
    /// Errors: Invalid, also for more than 9 decimals and from 10^21 units on.
    static Result<Quantity> parse(std::string_view decimal);

    constexpr Int128 nano() const { return m_nano; }
    double value() const { return static_cast<double>(m_nano) / 1e9; }
    std::string toExactText() const;

    constexpr Quantity& operator+=(Quantity other)
    {
        m_nano += other.m_nano;
        return *this;
    }
    friend constexpr Quantity operator+(Quantity a, Quantity b) { return Quantity(a.m_nano + b.m_nano); }
    friend constexpr Quantity operator-(Quantity a, Quantity b) { return Quantity(a.m_nano - b.m_nano); }
    friend constexpr Quantity operator*(Quantity a, std::int64_t n) { return Quantity(a.m_nano * n); }
    friend constexpr bool operator==(Quantity a, Quantity b) { return a.m_nano == b.m_nano; }
    friend constexpr bool operator<(Quantity a, Quantity b) { return a.m_nano < b.m_nano; }

    static constexpr Int128 kNano = 1'000'000'000;

private:
    explicit constexpr Quantity(Int128 nano) : m_nano(nano) {}
    Int128 m_nano = 0;
};

/// `quantity` units at `perUnit`, rounded half away from zero to the pico-dollar.
Money priceOf(Quantity quantity, Money perUnit);

}  // namespace neph
