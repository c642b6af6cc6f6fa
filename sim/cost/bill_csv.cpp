#include "sim/cost/bill.h"
#include "sim/cost/csv.h"

namespace neph {

std::string toCsv(const Bill& bill)
{
    std::string text = "node,service,usage_type,title,region,quantity,unit,unit_price,cost\n";
    for (const BillLine& line : bill.lines) {
        text += csvLine(
            {line.node, line.service, line.usageType, line.title, line.region, line.quantity.toExactText(),
             line.unit, line.unitPrice.toExactText(), line.cost.toExactText()});
    }
    return text;
}

}  // namespace neph
