#pragma once

#include <string>

namespace neph {

/// Runs a month of one service at rates from a hundred to a million requests a second, by flows and by
/// windows to 3 %, and draws the processor seconds that each takes over the rate, as SVG into a file. Prints
/// a table.
void drawCostOverRates(const std::string& path, unsigned threads);

}  // namespace neph
