#include "sim/base/money.h"

namespace neph {

namespace {

/// Digits of `text` as an integer of 10^-decimals units, or an error that names `text`.
Result<Int128> parseDecimal(std::string_view text, int decimals)
{
    const Error bad{ErrorCode::Invalid, std::string(text),
                    "Expected a plain decimal number such as 0.0225, with at most " + std::to_string(decimals) +
                        " decimals."};
    std::string_view rest = text;
    const bool negative = rest.starts_with('-');
    if (negative) {
        rest.remove_prefix(1);
    }
    Int128 value = 0;
    int seenDecimals = -1;
    int digits = 0;
    for (const char c : rest) {
        if (c == '.' && seenDecimals < 0) {
            seenDecimals = 0;
        } else if (c >= '0' && c <= '9' && digits < 30) {
            value = value * 10 + (c - '0');
            ++digits;
            seenDecimals += seenDecimals >= 0 ? 1 : 0;
        } else {
            return bad;
        }
    }
    if (digits == 0 || seenDecimals > decimals) {
        return bad;
    }
    for (int place = seenDecimals < 0 ? 0 : seenDecimals; place < decimals; ++place) {
        value *= 10;
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
    const std::int64_t all = cents();
    const std::uint64_t size = all < 0 ? -static_cast<std::uint64_t>(all) : static_cast<std::uint64_t>(all);
    std::string whole = std::to_string(size / 100);
    for (std::size_t at = whole.size(); at > 3; at -= 3) {
        whole.insert(at - 3, ",");
    }
    const std::string part = std::to_string(size % 100);
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
    return Money::ofPico(dividedHalfAway(quantity.nano() * perUnit.pico(), Quantity::kNano));
}

}  // namespace neph
