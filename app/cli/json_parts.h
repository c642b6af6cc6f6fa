#pragma once

#include "sim/cost/bill.h"
#include "sim/model/diagnostic.h"
#include "sim/model/value.h"

namespace neph::cli {

/// [{"severity": "error", "pointer", "what", "allowed", "suggestion", "node"}]
Value jsonOf(const Diagnostics& diagnostics);

/// {"currency", "total", "monthly", "lines": [...]}: as in a report. Amounts are exact decimals as text.
Value jsonOf(const Bill& bill);

}  // namespace neph::cli
