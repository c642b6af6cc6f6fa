#pragma once

#include <QString>
#include <string>
#include <vector>

#include "sim/cost/bill.h"
#include "sim/model/design.h"

namespace neph {

/// One line below a heading of the bill.
struct BillRow {
    QString title;    ///< What was used, for people: "vCPU, Linux x86"
    QString service;  ///< As the vendor's bill calls it.
    Quantity quantity;
    QString unit;
    Money unitPrice;
    Money cost;
    QString toolTip;  ///< Usage type, region, where the price was read and when.
    friend bool operator==(const BillRow&, const BillRow&) = default;
};

/// A heading of the bill: a component or a request class, and what it cost.
struct BillGroup {
    std::string node;  ///< Id of the component; empty for a request class.
    QString title;
    Money cost;
    std::vector<BillRow> rows;
    friend bool operator==(const BillGroup&, const BillGroup&) = default;
};

/// The bill by component, the dearest first. The groups add up to `bill.total`.
std::vector<BillGroup> groupsByComponent(const Bill& bill, const Design& design);

/// The bill by request class, the dearest first; what serves all requests is the last group. `usage` is what
/// the bill was made of. The groups add up to `bill.total`.
std::vector<BillGroup> groupsByClass(const Bill& bill, const Usage& usage);

}  // namespace neph
