#pragma once

#include <chrono>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "sim/base/money.h"
#include "sim/base/units.h"
#include "sim/cost/price_book.h"
#include "sim/metrics/usage.h"
#include "sim/model/diagnostic.h"

namespace neph {

/// One line of a bill: usage of one type by one node.
struct BillLine {
    std::string node;
    std::string service;
    std::string usageType;
    std::string title;
    std::string region;
    std::string unit;
    Quantity quantity;
    Money unitPrice;  ///< Of the first band that was touched; `cost` is exact over all bands.
    Money cost;
    std::string source;
    std::string seen;
};

/// A priced usage list.
struct Bill {
    std::vector<BillLine> lines;  ///< By node, service, usage type, region.
    Money total;
    Money monthly;  ///< Projection of the total to 730 hours.
    std::map<std::string, Money> byNode;
    std::map<std::string, Money> byClass;  ///< "" holds what serves all classes.
    std::vector<Money> byHour;             ///< Index: hour of the run.
    std::vector<Money> byRecord;           ///< Index: as in `usage.records()`; zero where there is no price.
    Diagnostics diagnostics;               ///< Usage without a price: named, never priced at a guess.
};

struct BillOptions {
    Duration simulated{
        0};  ///< Length of the run the usage is of; zero: a bare list, `monthly` equals `total`.
    bool freeTier = false;  ///< Take the monthly free amounts off.
    bool project = true;    ///< Scale the usage to 730 hours before tiers are applied, for `monthly`.
};

/// Prices `usage`. Tiers run over the account's usage of one type and region, in order of hour, then node,
/// then request class. The free amounts, where asked for, are the first units in that order; they fill bands
/// too. Sub-totals add up to the total to the pico-dollar, and the total is what the sums of usage cost at
/// once.
///
/// The month is priced from each type's usage times 730 h over the length of the run, rounded half up to
/// the billionth of a unit; a type that is metered by started hours is scaled by the started hours.
Bill makeBill(const Usage& usage, const PriceBook& prices, const BillOptions& options);

/// "node,service,usage_type,title,region,quantity,unit,unit_price,cost" with a header line (RFC 4180).
/// `readUsageCsv` reads it back.
std::string toCsv(const Bill& bill);

/// Reads the start of hour 0 of a run, "2026-01-01T00:00:00Z": a UTC date-time, of the years 1970 to 2200.
/// Errors: Invalid.
Result<std::chrono::sys_seconds> readPeriodStart(std::string_view text);

/// FOCUS 1.2 rows (FinOps Open Cost and Usage Specification) of a bill, one for each record of the usage:
/// a line, request class and hour. `usage` and `prices` are those the bill was made of; `periodStart` is what
/// `readPeriodStart` accepts (anything else aborts). Provider and account say that it is a simulation.
/// Source: FinOps-Open-Cost-and-Usage-Spec/FOCUS_Spec, tag v1.2, specification/columns.
std::string
toFocusCsv(const Bill& bill, const Usage& usage, const PriceBook& prices, const std::string& periodStart);

/// Reads a usage list with a header line: `service`, `usage_type`, `quantity`, `region`, and if wanted
/// `node`, `request_class`, `hour`, in any order. The other columns of `toCsv` may be there and are not read.
/// Errors: TooLarge, Invalid; `where` is "<file>, line 7, column 'quantity'" or as far as it is known.
Result<Usage> readUsageCsv(std::string_view text, const std::string& file);

}  // namespace neph
