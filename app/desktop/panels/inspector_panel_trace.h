#pragma once

#include <QString>

#include "sim/base/result.h"
#include "sim/model/design.h"

namespace neph {

/// Reads a CSV with the columns "t_seconds" and "rate" (a header line, any order, further columns ignored) as
/// a trace named after the file, with a name that `design` does not have yet. Errors: CannotRead, TooLarge,
/// Invalid; they name the line.
Result<TrafficTrace> readTraceFile(const QString& file, const Design& design);

}  // namespace neph
