#include "sim/model/property_spec.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "sim/model/json_text.h"

namespace neph {

/// Beyond 2^53 neighbouring whole numbers look alike to a double, and so to every reader of the file.
static constexpr double kLargestInteger = 9007199254740992.0;

const char* nameOf(PropertyType type)
{
    switch (type) {
    case PropertyType::Bool:
        return "bool";
    case PropertyType::Integer:
        return "integer";
    case PropertyType::Number:
        return "number";
    case PropertyType::Text:
        return "text";
    case PropertyType::Choice:
        return "choice";
    case PropertyType::TimeSpan:
        return "duration";
    case PropertyType::Table:
        break;
    }
    return "table";
}

static std::string rangeText(const PropertySpec& spec)
{
    std::string range;
    if (spec.min && spec.max) {
        range = fmt::format(" from {} to {}", *spec.min, *spec.max);
    } else if (spec.min) {
        range = fmt::format(" of {} or more", *spec.min);
    } else if (spec.max) {
        range = fmt::format(" of {} or less", *spec.max);
    }
    if (spec.leastAboveZero && spec.max) {
        range = fmt::format(": 0, or from {} to {}", *spec.leastAboveZero, *spec.max);
    } else if (spec.leastAboveZero) {
        range = fmt::format(": 0, or {} or more", *spec.leastAboveZero);
    }
    return spec.unit.empty() ? range : fmt::format("{} (in {})", range, spec.unit);
}

static std::vector<std::string> valuesOf(const std::vector<Choice>& choices)
{
    std::vector<std::string> values;
    values.reserve(choices.size());
    for (const Choice& choice : choices) {
        values.push_back(choice.value);
    }
    return values;
}

std::string allowedText(const PropertySpec& spec)
{
    switch (spec.type) {
    case PropertyType::Bool:
        return "true or false";
    case PropertyType::Integer:
        return "a whole number" + rangeText(spec);
    case PropertyType::Number:
    case PropertyType::TimeSpan:
        return "a number" + rangeText(spec);
    case PropertyType::Text:
        return "a text";
    case PropertyType::Choice:
        return fmt::format("one of {}", fmt::join(valuesOf(spec.choices), ", "));
    case PropertyType::Table:
        break;
    }
    std::vector<std::string> columns;
    for (const PropertySpec& column : spec.columns) {
        columns.push_back(column.key);
    }
    std::string text = fmt::format("a list of rows with {}", fmt::join(columns, ", "));
    if (spec.min || spec.max) {
        text += fmt::format(
            "; {} to {} rows", spec.min.value_or(0),
            spec.max ? fmt::format("{}", *spec.max) : std::string("any number of"));
    }
    return text;
}

static Diagnostics
wrong(const PropertySpec& spec, const std::string& pointer, std::string what, std::string suggestion = {})
{
    return {{Severity::Error, pointer, std::move(what), allowedText(spec), std::move(suggestion), ""}};
}

static Diagnostics checkNumber(const PropertySpec& spec, const Value& value, const std::string& pointer)
{
    if (!value.is_number() || !std::isfinite(value.get<double>())) {
        return wrong(spec, pointer, fmt::format("{} is {}.", spec.label, briefText(value)));
    }
    const double number = value.get<double>();
    const bool isBetween = spec.leastAboveZero && number > 0 && number < *spec.leastAboveZero;
    if ((spec.min && number < *spec.min) || isBetween) {
        return wrong(
            spec, pointer, fmt::format("{} is {}, which is too small.", spec.label, briefText(value)));
    }
    if (spec.max && number > *spec.max) {
        return wrong(
            spec, pointer, fmt::format("{} is {}, which is too large.", spec.label, briefText(value)));
    }
    if (spec.type == PropertyType::Integer &&
        (number != std::trunc(number) || std::abs(number) > kLargestInteger)) {
        return wrong(spec, pointer, fmt::format("{} is {}.", spec.label, briefText(value)));
    }
    return {};
}

static void
checkRow(const PropertySpec& table, const Value& row, const std::string& pointer, DiagnosticSink& found)
{
    if (!row.is_object()) {
        found.add(wrong(table, pointer, fmt::format("A row of {} is {}.", table.label, briefText(row))));
        return;
    }
    std::vector<std::string> keys;
    for (const PropertySpec& column : table.columns) {
        keys.push_back(column.key);
        if (const auto cell = row.find(column.key); cell != row.end()) {
            found.add(checkValue(column, *cell, pointerTo(pointer, column.key)));
        }
    }
    for (const auto& [key, cell] : row.items()) {
        if (std::find(keys.begin(), keys.end(), key) != keys.end()) {
            continue;
        }
        if (found.isFull()) {
            found.drop(Severity::Warning);
            continue;
        }
        found.add(
            {Severity::Warning, pointerTo(pointer, key),
             fmt::format("{} has no column '{}'.", table.label, key),
             fmt::format("{}", fmt::join(keys, ", ")), didYouMean(key, keys), ""});
    }
}

static Diagnostics checkTable(const PropertySpec& spec, const Value& value, const std::string& pointer)
{
    if (!value.is_array()) {
        return wrong(spec, pointer, fmt::format("{} is {}.", spec.label, briefText(value)));
    }
    const auto rows = static_cast<double>(value.size());
    if ((spec.min && rows < *spec.min) || (spec.max && rows > *spec.max)) {
        return wrong(spec, pointer, fmt::format("{} has {} rows.", spec.label, value.size()));
    }
    DiagnosticSink found;
    for (std::size_t i = 0; i < value.size() && !found.isSaturated(); ++i) {
        checkRow(spec, value[i], pointerTo(pointer, i), found);
    }
    return found.take();
}

Diagnostics checkValue(const PropertySpec& spec, const Value& value, const std::string& pointer)
{
    switch (spec.type) {
    case PropertyType::Bool:
        return value.is_boolean()
                   ? Diagnostics{}
                   : wrong(spec, pointer, fmt::format("{} is {}.", spec.label, briefText(value)));
    case PropertyType::Integer:
    case PropertyType::Number:
    case PropertyType::TimeSpan:
        return checkNumber(spec, value, pointer);
    case PropertyType::Text:
        return value.is_string()
                   ? Diagnostics{}
                   : wrong(spec, pointer, fmt::format("{} is {}.", spec.label, briefText(value)));
    case PropertyType::Choice: {
        const std::vector<std::string> values = valuesOf(spec.choices);
        const std::string chosen = value.is_string() ? value.get<std::string>() : std::string();
        if (value.is_string() && std::find(values.begin(), values.end(), chosen) != values.end()) {
            return {};
        }
        return wrong(
            spec, pointer, fmt::format("{} is {}.", spec.label, briefText(value)),
            didYouMean(chosen, values));
    }
    case PropertyType::Table:
        break;
    }
    return checkTable(spec, value, pointer);
}

}  // namespace neph
