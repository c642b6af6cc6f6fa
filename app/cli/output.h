#pragma once

#include <string>

#include <fmt/format.h>

#include "sim/base/result.h"
#include "sim/model/diagnostic.h"

namespace neph::cli {

enum class Colour { Plain, Bold, Dim, Red, Yellow, Green, Cyan };

/// `text` as stdout should show it: with colour on a terminal, plain elsewhere and where NO_COLOR is set.
std::string coloured(Colour colour, const std::string& text);

/// How many columns a report may have: those of the terminal, between 80 and 100; 96 where stdout is none.
std::size_t outputWidth();

/// Whether a person watches stderr.
bool isProgressWanted();

/// Says on stderr what is wrong, and a way on.
void complain(const std::string& what, const std::string& suggestion = {});
void complain(const Error& error);
/// One line for each diagnostic, on stderr.
void complain(const Diagnostics& diagnostics);

/// Prints JSON text (an object or list of nlohmann's, ordered or not) with a final newline on stdout.
template <typename Json>
void printJson(const Json& json)
{
    fmt::print("{}\n", json.dump(2, ' ', false, Json::error_handler_t::replace));
}

}  // namespace neph::cli
