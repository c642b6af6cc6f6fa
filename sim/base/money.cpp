#include "sim/base/money.h"

namespace neph {

namespace {

/// Far enough from the end of 128 bits for sums of many amounts and for products with small numbers.
constexpr Int128 kMostParsed = Int128{1'000'000'000'000'000} * 1'000'000'000'000'000;

/// `text` as an integer of 10^-decimals units, or an error that names `text`.
Result<Int128> parseDecimal(std::string_view text, int decimals)
{
    const Error bad{
        ErrorCode::Invalid, std::string(text),
        "Expected a plain decimal number such as 0.0225, with at most " + std::to_string(decimals) +
            " decimals."};
    const Error tooLarge{
        ErrorCode::Invalid, std::string(text),
        "Expected a number below 10^" + std::to_string(30 - decimals) + "."};
    std::string_view rest = text;
    const bool negative = rest.starts_with('-');
    if (negative) {
        rest.remove_prefix(1);
    }
    Int128 value = 0;
    int seenDecimals = -1;
    bool anyDigit = false;
    for (const char c : rest) {
        if (c == '.' && seenDecimals < 0) {
            seenDecimals = 0;
        } else if (c >= '0' && c <= '9') {
            anyDigit = true;
            seenDecimals += seenDecimals >= 0 ? 1 : 0;
            if (seenDecimals > decimals) {
                return bad;
            }
            value = value * 10 + (c - '0');
            if (value >= kMostParsed) {
                return tooLarge;
            }
        } else {
            return bad;
        }
    }
    if (!anyDigit) {
        return bad;
    }
    for (int place = seenDecimals < 0 ? 0 : seenDecimals; place < decimals; ++place) {
        value *= 10;
        if (value >= kMostParsed) {
            return tooLarge;
        }
    }
    return negative ? -value : value;
}

std::string exactText(Int128 value, int decimals)
{
    const bool negative = value < 0;
    std::string digits = toString(negative ? -value : value);
    if (digits.size() <= static_cast<std::size_t>(decimals)) {
        digits.insert(0, static_cast<std::size_t>(decimals) + 1 - digits.size(), '0');
    }
    digits.insert(digits.size() - static_cast<std::size_t>(decimals), ".");
    while (digits.back() == '0') {
        digits.pop_back();
    }
    if (digits.back() == '.') {
        digits.pop_back();
    }
    return negative ? "-" + digits : digits;
}

Int128 dividedHalfAway(Int128 value, Int128 divisor)
{
    return value >= 0 ? (value + divisor / 2) / divisor : -((-value + divisor / 2) / divisor);
}

}  // namespace

Result<Money> Money::parse(std::string_view decimal)
{
    const Result<Int128> pico = parseDecimal(decimal, 12);
    if (!pico) {
        return pico.error();
    }
    return Money(*pico);
}

double Money::dollars() const
{
    return static_cast<double>(m_pico) / 1e12;
}

std::int64_t Money::cents() const
{
    return static_cast<std::int64_t>(dividedHalfAway(m_pico, kPicoPerDollar / 100));
}

std::string Money::toCentsText() const
{
    const Int128 all = dividedHalfAway(m_pico, kPicoPerDollar / 100);
    const Int128 size = all < 0 ? -all : all;
    std::string whole = toString(size / 100);
    for (std::size_t at = whole.size(); at > 3; at -= 3) {
        whole.insert(at - 3, ",");
    }
    const std::string part = toString(size % 100);
    return (all < 0 ? "-" : "") + whole + (part.size() == 1 ? ".0" : ".") + part;
}

std::string Money::toExactText() const
{
    return exactText(m_pico, 12);
}

Result<Quantity> Quantity::parse(std::string_view decimal)
{
    const Result<Int128> nano = parseDecimal(decimal, 9);
    if (!nano) {
        return nano.error();
    }
    return Quantity(*nano);
}

std::string Quantity::toExactText() const
{
    return exactText(m_nano, 9);
}

Money priceOf(Quantity quantity, Money perUnit)
{
    // Whole units and the rest apart: the product of the two amounts could leave 128 bits.
    const Int128 whole = quantity.nano() / Quantity::kNano;
    const Int128 rest = quantity.nano() % Quantity::kNano;
    const Int128 restPico = rest * (perUnit.pico() % Quantity::kNano);
    const Int128 exactPico = whole * perUnit.pico() + rest * (perUnit.pico() / Quantity::kNano);
    return Money::ofPico(exactPico + dividedHalfAway(restPico, Quantity::kNano));
}

}  // namespace neph
