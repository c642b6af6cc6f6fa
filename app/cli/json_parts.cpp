#include "app/cli/json_parts.h"

namespace neph::cli {

static const char* nameOf(Severity severity)
{
    return severity == Severity::Error ? "error" : severity == Severity::Warning ? "warning" : "note";
}

Value jsonOf(const Diagnostics& diagnostics)
{
    Value list = Value::array();
    for (const Diagnostic& one : diagnostics) {
        list.push_back(
            {{"severity", nameOf(one.severity)},
             {"pointer", one.pointer},
             {"what", one.what},
             {"allowed", one.allowed},
             {"suggestion", one.suggestion},
             {"node", one.nodeId}});
    }
    return list;
}

Value jsonOf(const Bill& bill)
{
    Value lines = Value::array();
    for (const BillLine& line : bill.lines) {
        lines.push_back(
            {{"node", line.node},
             {"service", line.service},
             {"usage_type", line.usageType},
             {"title", line.title},
             {"region", line.region},
             {"unit", line.unit},
             {"quantity", line.quantity.toExactText()},
             {"unit_price", line.unitPrice.toExactText()},
             {"cost", line.cost.toExactText()},
             {"source", line.source},
             {"seen", line.seen}});
    }
    return {
        {"currency", "USD"},
        {"total", bill.total.toExactText()},
        {"monthly", bill.monthly.toExactText()},
        {"lines", std::move(lines)},
        {"diagnostics", jsonOf(bill.diagnostics)}};
}

}  // namespace neph::cli
