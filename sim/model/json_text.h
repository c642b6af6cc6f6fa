#pragma once

#include <string>
#include <string_view>

#include "sim/model/diagnostic.h"
#include "sim/model/limits.h"
#include "sim/model/value.h"

namespace neph {

/// JSON text from outside, as far as it could be parsed.
struct ParsedJson {
    Value value;              ///< Null where `ok` is false.
    Diagnostics diagnostics;  ///< Why it could not be parsed, or remarks on a text that could.
    bool ok = false;
};

/// Parses JSON (RFC 8259, UTF-8) within bounds. Never throws and never recurses on the text's nesting.
///
/// Refused, besides what is not JSON: nesting, values or strings over `limits`, numbers that no double can
/// hold, and an object that names a field twice. Syntax errors carry line and column, the others a JSON
/// pointer.
ParsedJson parseJson(std::string_view text, const Limits& limits = {});

/// `pointer` with one more step; '~' and '/' in the key are escaped as RFC 6901 asks.
std::string pointerTo(const std::string& pointer, std::string_view key);
std::string pointerTo(const std::string& pointer, std::size_t index);

/// A value as it may stand in a sentence: its JSON, cut after about 60 characters.
std::string briefText(const Value& value);

}  // namespace neph
