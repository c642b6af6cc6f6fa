#pragma once

#include <map>
#include <string>
#include <vector>

#include "sim/base/money.h"
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
    Money unitPrice;   ///< Of the first band that was touched; `cost` is exact over all bands.
    Money cost;
    std::string source;
    std::string seen;
};

/// A priced usage list.
struct Bill {
    std::vector<BillLine> lines;             ///< By node, service, usage type, region.
    Money total;
    Money monthly;                           ///< Projection of the total to 730 hours.
    std::map<std::string, Money> byNode;
    std::map<std::string, Money> byClass;    ///< "" holds what serves all classes.
    std::vector<Money> byHour;               ///< Index: hour of the run.
    Diagnostics diagnostics;                 ///< Usage without a price: named, never priced at a guess.
};

struct BillOptions {
    Duration simulated{0};    ///< Length of the run the usage comes from; zero: a bare list, `monthly` equals `total`.
    bool freeTier = false;    ///< Take the monthly free amounts off.
    bool project = true;      ///< Scale the usage to 730 hours before tiers are applied, for `monthly`.
};

/// Prices `usage`. Tiers run over each account's usage of one type and region, in order of hour then node,
/// so that sub-totals always add up to the total, to the pico-dollar.
Bill makeBill(const Usage& usage, const PriceBook& prices, const BillOptions& options);

/// "node,service,usage_type,title,region,quantity,unit,unit_price,cost" with a header line.
std::string toCsv(const Bill& bill);

/// FOCUS 1.2 rows (FinOps Open Cost and Usage Specification) of a bill, one per line and hour;
/// `periodStart` is the ISO date-time at which hour 0 of the run is put.
std::string toFocusCsv(const Bill& bill, const Usage& usage, const PriceBook& prices, const std::string& periodStart);

/// Reads "service,usage_type,quantity,region[,node]" with a header line (columns in any order).
/// Errors name the line and the column.
Result<Usage> readUsageCsv(std::string_view text, const std::string& file);

}  // namespace neph
