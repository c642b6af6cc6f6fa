#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sim/model/diagnostic.h"
#include "sim/model/value.h"

namespace neph {

enum class PropertyType {
    Bool,      ///< true, false
    Integer,   ///< whole number
    Number,    ///< any finite number
    Text,      ///< free text
    Choice,    ///< one of `choices`
    TimeSpan,  ///< number, in the unit of the spec
    Table,     ///< list of rows; each row is an object with the fields of `columns`
};

/// One allowed value of a Choice.
struct Choice {
    std::string value;
    std::string label;
    std::string help;
};

/// One property of a kind of node or of a link: everything that inspector, schema, checks and catalog need.
///
/// Numbers are in `unit` ("s", "ms", "MiB", "GB", "vCPU", "%", "requests/s", "USD", "KiB", ...; empty for
/// counts).
struct PropertySpec {
    std::string key;
    std::string label;
    PropertyType type = PropertyType::Text;
    std::string unit;
    Value fallback;                        ///< Default; never null.
    std::optional<double> min, max;        ///< Inclusive bounds of numbers; of the row count for a Table.
    std::optional<double> leastAboveZero;  ///< Of a number that may be 0 ("off") or this and more.
    std::vector<Choice> choices;           ///< For Choice.
    std::vector<PropertySpec> columns;     ///< For Table.
    std::string group;                     ///< Heading in the inspector; "Advanced" is folded.
    std::string help;                      ///< One or two sentences: what it is for.
    std::string source;    ///< Where default and bounds come from: a URL, or "model" where nobody publishes.
    std::string seen;      ///< ISO date on which the source was read.
    std::string showWhen;  ///< "key=value|value": shown only then; empty: always.
    std::string
        refersTo;  ///< What a Text names: "classes" (a list with commas), "trace", "role:<role>"; or empty.
};

/// "bool", "integer", ...: the name of a type in data files.
const char* nameOf(PropertyType type);

/// What may stand in a property, in words: "a whole number from 1 to 5000", "one of 256, 512, 1024".
std::string allowedText(const PropertySpec& spec);

/// What is wrong with `value` as `spec`, with pointers below `pointer`; empty if nothing is.
Diagnostics checkValue(const PropertySpec& spec, const Value& value, const std::string& pointer);

}  // namespace neph
