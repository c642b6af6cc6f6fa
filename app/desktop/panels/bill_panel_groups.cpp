#include "app/desktop/panels/bill_panel_groups.h"

#include <QCoreApplication>
#include <algorithm>
#include <map>
#include <tuple>

#include "app/desktop/charts/chart_plan.h"
#include "app/desktop/charts/value_text.h"

namespace neph {

namespace {

using TypeKey = std::tuple<std::string, std::string, std::string>;  ///< Service, usage type, region.

QString tr(const char* text)
{
    return QCoreApplication::translate("neph::BillPanel", text);
}

BillRow rowOf(const BillLine& line)
{
    QString tip = toQString(line.usageType);
    if (!line.region.empty()) {
        tip += "\n" + toQString(line.region);
    }
    if (!line.source.empty()) {
        tip += "\n" + tr("Price: %1").arg(toQString(line.source));
    }
    if (!line.seen.empty()) {
        tip += "\n" + tr("Read: %1").arg(toQString(line.seen));
    }
    return {
        line.title.empty() ? toQString(line.usageType) : toQString(line.title),
        toQString(line.service),
        line.quantity,
        toQString(line.unit),
        line.unitPrice,
        line.cost,
        tip};
}

void sortDearestFirst(std::vector<BillGroup>& groups)
{
    std::stable_sort(
        groups.begin(), groups.end(), [](const BillGroup& a, const BillGroup& b) { return a.cost > b.cost; });
    for (BillGroup& group : groups) {
        std::stable_sort(group.rows.begin(), group.rows.end(), [](const BillRow& a, const BillRow& b) {
            return a.cost > b.cost;
        });
    }
}

}  // namespace

std::vector<BillGroup> groupsByComponent(const Bill& bill, const Design& design)
{
    std::map<std::string, BillGroup> groups;
    for (const BillLine& line : bill.lines) {
        BillGroup& group = groups[line.node];
        group.node = line.node;
        group.title = line.node.empty() ? tr("Not tied to a component") : nameOf(design, line.node);
        group.cost += line.cost;
        group.rows.push_back(rowOf(line));
    }
    std::vector<BillGroup> sorted;
    sorted.reserve(groups.size());
    for (auto& [node, group] : groups) {
        sorted.push_back(std::move(group));
    }
    sortDearestFirst(sorted);
    return sorted;
}

std::vector<BillGroup> groupsByClass(const Bill& bill, const Usage& usage)
{
    std::map<TypeKey, const BillLine*> types;
    for (const BillLine& line : bill.lines) {
        types[{line.service, line.usageType, line.region}] = &line;
    }
    std::map<std::string, std::map<TypeKey, BillRow>> classes;
    const std::vector<UsageRecord>& records = usage.records();
    for (std::size_t i = 0; i < records.size() && i < bill.byRecord.size(); ++i) {
        const TypeKey key{records[i].service, records[i].usageType, records[i].region};
        const auto line = types.find(key);
        if (line == types.end()) {
            continue;  // Without a price: named in the diagnostics.
        }
        const auto [row, fresh] = classes[records[i].requestClass].try_emplace(key, rowOf(*line->second));
        if (fresh) {
            row->second.quantity = {};
            row->second.cost = {};
        }
        row->second.quantity += records[i].quantity;
        row->second.cost += bill.byRecord[i];
    }
    std::vector<BillGroup> groups;
    BillGroup shared;
    for (const auto& [name, rows] : classes) {
        BillGroup group{{}, name.empty() ? tr("Serves all requests") : toQString(name), {}, {}};
        for (const auto& [key, row] : rows) {
            group.cost += row.cost;
            group.rows.push_back(row);
        }
        (name.empty() ? shared : groups.emplace_back()) = std::move(group);
    }
    sortDearestFirst(groups);
    if (!shared.rows.empty()) {
        std::vector<BillGroup> last{std::move(shared)};
        sortDearestFirst(last);
        groups.push_back(std::move(last.front()));
    }
    return groups;
}

}  // namespace neph
