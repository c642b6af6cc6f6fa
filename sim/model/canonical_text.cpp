#include <algorithm>
#include <charconv>
#include <cmath>

#include "sim/model/design_parts.h"

namespace neph {

namespace {

constexpr std::size_t kLineWidth = 100;

void printNumber(double number, std::string& out)
{
    if (!std::isfinite(number)) {
        out += "null";
        return;
    }
    // 2 and 2.0 are the same value, so they have the same text; -0 likewise is 0.
    constexpr double kExactIntegers = 9007199254740992.0;
    char digits[32];
    const bool whole = number == std::trunc(number) && std::abs(number) <= kExactIntegers;
    const std::to_chars_result end =
        whole ? std::to_chars(std::begin(digits), std::end(digits), static_cast<std::int64_t>(number))
              : std::to_chars(std::begin(digits), std::end(digits), number);
    out.append(digits, end.ptr);
}

void printScalar(const OrderedValue& json, std::string& out)
{
    if (json.is_number_float()) {
        printNumber(json.get<double>(), out);
    } else {
        out += json.dump(-1, ' ', false, OrderedValue::error_handler_t::replace);
    }
}

void printKey(const std::string& key, std::string& out)
{
    out += OrderedValue(key).dump(-1, ' ', false, OrderedValue::error_handler_t::replace);
    out += ": ";
}

/// The text of a list or object on one line, or nothing where it holds others or is too long.
std::string oneLine(const OrderedValue& json, std::size_t column)
{
    std::string line(1, json.is_object() ? '{' : '[');
    for (const auto& [key, value] : json.items()) {
        if (value.is_structured() || column + line.size() > kLineWidth) {
            return {};
        }
        line += line.size() > 1 ? ", " : "";
        if (json.is_object()) {
            printKey(key, line);
        }
        printScalar(value, line);
    }
    line += json.is_object() ? '}' : ']';
    return column + line.size() > kLineWidth ? std::string() : line;
}

void print(const OrderedValue& json, std::size_t indent, bool mayBeOneLine, std::string& out)
{
    if (!json.is_structured()) {
        printScalar(json, out);
        return;
    }
    if (mayBeOneLine || json.empty()) {
        if (const std::string line = oneLine(json, indent); !line.empty()) {
            out += line;
            return;
        }
    }
    const std::string margin(indent + 2, ' ');
    out += json.is_object() ? '{' : '[';
    const char* separator = "\n";
    for (const auto& [key, value] : json.items()) {
        out += separator;
        out += margin;
        separator = ",\n";
        if (json.is_object()) {
            printKey(key, out);
        }
        // One property a line, so that a changed property is a changed line.
        print(value, indent + 2, !(json.is_object() && key == "properties"), out);
    }
    out += '\n';
    out.append(indent, ' ');
    out += json.is_object() ? '}' : ']';
}

}  // namespace

std::string canonicalText(const OrderedValue& json)
{
    std::string text;
    print(json, 0, false, text);
    text += '\n';
    return text;
}

}  // namespace neph
