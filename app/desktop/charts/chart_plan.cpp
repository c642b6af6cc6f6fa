#include "app/desktop/charts/chart_plan.h"

#include <QCoreApplication>
#include <algorithm>
#include <map>
#include <set>

#include "app/desktop/charts/value_text.h"

namespace neph {

namespace {

struct Metric {
    const char* name;
    const char* label;
    LineRole role;
};

/// Metrics that belong in one chart. `leading`: which of them stands for the group where components are
/// compared.
struct Group {
    const char* title;
    const char* unit;
    std::vector<Metric> metrics;
    std::size_t leading;
    bool steps;
    bool filled;
};

// clang-format off
const std::vector<Group>& groups()
{
    static const std::vector<Group> table = {
        {QT_TRANSLATE_NOOP("neph::Charts", "Requests"), "1/s", {
            {"Requests", QT_TRANSLATE_NOOP("neph::Charts", "all"), LineRole::Plain},
            {"Errors", QT_TRANSLATE_NOOP("neph::Charts", "errors"), LineRole::Failure}}, 0, false, false},
        {QT_TRANSLATE_NOOP("neph::Charts", "Latency"), "ms", {
            {"LatencyP50", "p50", LineRole::Plain},
            {"LatencyP95", "p95", LineRole::Plain},
            {"LatencyP99", "p99", LineRole::Plain}}, 1, false, false},
        {QT_TRANSLATE_NOOP("neph::Charts", "Utilisation"), "%", {
            {"Utilization", QT_TRANSLATE_NOOP("neph::Charts", "busiest part"), LineRole::Plain},
            {"CPUUtilization", QT_TRANSLATE_NOOP("neph::Charts", "CPU"), LineRole::Plain},
            {"MemoryUtilization", QT_TRANSLATE_NOOP("neph::Charts", "memory"), LineRole::Plain}}, 0, false, false},
        {QT_TRANSLATE_NOOP("neph::Charts", "Tasks"), "count", {
            {"DesiredTaskCount", QT_TRANSLATE_NOOP("neph::Charts", "desired"), LineRole::Target},
            {"PendingTaskCount", QT_TRANSLATE_NOOP("neph::Charts", "pending"), LineRole::Starting},
            {"RunningTaskCount", QT_TRANSLATE_NOOP("neph::Charts", "running"), LineRole::Healthy}}, 2, true, false},
        {QT_TRANSLATE_NOOP("neph::Charts", "Healthy targets"), "count", {
            {"HealthyHostCount", QT_TRANSLATE_NOOP("neph::Charts", "healthy"), LineRole::Healthy}}, 0, true, false},
        {QT_TRANSLATE_NOOP("neph::Charts", "Capacity units"), "count", {
            {"ConsumedReadCapacityUnits", QT_TRANSLATE_NOOP("neph::Charts", "read"), LineRole::Plain},
            {"ConsumedWriteCapacityUnits", QT_TRANSLATE_NOOP("neph::Charts", "write"), LineRole::Plain}}, 0, false, false},
        {QT_TRANSLATE_NOOP("neph::Charts", "Throttled"), "count", {
            {"ThrottledRequests", QT_TRANSLATE_NOOP("neph::Charts", "throttled"), LineRole::Failure}}, 0, false, false},
        {QT_TRANSLATE_NOOP("neph::Charts", "Queue"), "count", {
            {"QueueLength", QT_TRANSLATE_NOOP("neph::Charts", "waiting"), LineRole::Plain}}, 0, false, true},
        {QT_TRANSLATE_NOOP("neph::Charts", "Cost per hour"), "USD/h", {
            {"CostPerHour", QT_TRANSLATE_NOOP("neph::Charts", "cost"), LineRole::Plain}}, 0, true, true},
    };
    return table;
}
// clang-format on

QString tr(const char* text)
{
    return QCoreApplication::translate("neph::Charts", text);
}

/// "ConsumedReadCapacityUnits" as words: "consumed read capacity units".
QString spelled(const std::string& metric)
{
    QString words;
    for (std::size_t i = 0; i < metric.size(); ++i) {
        const QChar c(metric[i]);
        const bool next = i + 1 < metric.size() && QChar(metric[i + 1]).isLower();
        const bool before = i > 0 && QChar(metric[i - 1]).isLower();
        if (c.isUpper() && i > 0 && (before || next)) {
            words += ' ';
        }
        words += c.isUpper() && (next || before) ? c.toLower() : c;
    }
    return words;
}

class Planner {
public:
    Planner(const RunResult& result, const Design& design) : m_design(design)
    {
        for (const Series& series : result.series) {
            m_byNode[series.node()][series.metric()] = &series;
        }
    }

    bool measures(const std::string& node) const { return m_byNode.contains(node); }
    std::vector<ChartSpec> ofOne(const std::string& node) const;
    std::vector<ChartSpec> ofMany(const std::vector<std::string>& nodes) const;
    std::vector<ChartSpec> ofAll() const;

private:
    const Series* find(const std::string& node, const std::string& metric) const;
    ChartSpec known(const Group& group, const std::string& node) const;
    ChartSpec compared(const Group& group, const std::vector<std::string>& nodes) const;
    ChartSpec byClass(const char* title, const char* unit, const char* metric) const;
    std::vector<std::string> nodesInOrder() const;

    const Design& m_design;
    std::map<std::string, std::map<std::string, const Series*>> m_byNode;
};

const Series* Planner::find(const std::string& node, const std::string& metric) const
{
    const auto metrics = m_byNode.find(node);
    if (metrics == m_byNode.end()) {
        return nullptr;
    }
    const auto series = metrics->second.find(metric);
    return series == metrics->second.end() ? nullptr : series->second;
}

ChartSpec Planner::known(const Group& group, const std::string& node) const
{
    ChartSpec chart{tr(group.title), group.unit, {}, group.steps, group.filled};
    int colour = 0;
    for (const Metric& metric : group.metrics) {
        if (const Series* series = find(node, metric.name)) {
            chart.unit = toQString(series->unit());
            chart.lines.push_back({node, metric.name, tr(metric.label), metric.role, colour});
        }
        colour += metric.role == LineRole::Plain ? 1 : 0;
    }
    return chart;
}

std::vector<ChartSpec> Planner::ofOne(const std::string& node) const
{
    std::vector<ChartSpec> charts;
    std::set<std::string> taken;
    for (const Group& group : groups()) {
        ChartSpec chart = known(group, node);
        for (const ChartLine& line : chart.lines) {
            taken.insert(line.metric);
        }
        if (!chart.lines.empty()) {
            charts.push_back(std::move(chart));
        }
    }
    std::map<std::string, std::vector<ChartLine>> further;  // By unit.
    for (const auto& [metric, series] : m_byNode.at(node)) {
        if (!taken.contains(metric)) {
            std::vector<ChartLine>& lines = further[series->unit()];
            lines.push_back(
                {node, metric, spelled(metric), LineRole::Plain,
                 static_cast<int>(lines.size() % kMostLines)});
        }
    }
    for (auto& [unit, lines] : further) {
        for (std::size_t first = 0; first < lines.size(); first += kMostLines) {
            const std::size_t last = std::min(lines.size(), first + kMostLines);
            std::vector<ChartLine> part(
                lines.begin() + static_cast<std::ptrdiff_t>(first),
                lines.begin() + static_cast<std::ptrdiff_t>(last));
            QString title =
                part.size() == 1 ? part.front().label : tr(QT_TRANSLATE_NOOP("neph::Charts", "Other"));
            title[0] = title[0].toUpper();
            if (part.size() == 1) {
                part.front().label.clear();  // The title says it.
            }
            charts.push_back({title, toQString(unit), part, false, false});
        }
    }
    return charts;
}

double peakOf(const Series& series)
{
    double peak = 0;
    for (const SeriesPoint& point : series.points()) {
        peak = std::max(peak, point.mean);
    }
    return peak;
}

ChartSpec Planner::compared(const Group& group, const std::vector<std::string>& nodes) const
{
    const Metric& metric = group.metrics[group.leading];
    std::vector<std::string> shown;
    for (const std::string& node : nodes) {
        if (find(node, metric.name) != nullptr) {
            shown.push_back(node);
        }
    }
    if (shown.size() > kMostLines) {
        std::map<std::string, double> peaks;
        for (const std::string& node : shown) {
            peaks[node] = peakOf(*find(node, metric.name));
        }
        std::stable_sort(shown.begin(), shown.end(), [&peaks](const std::string& a, const std::string& b) {
            return peaks[a] > peaks[b];
        });
        shown.resize(kMostLines);
    }
    QString title = tr(group.title);
    if (group.metrics.size() > 1 && group.unit == std::string("ms")) {
        title += QString(" ") + metric.label;
    }
    ChartSpec chart{title, group.unit, {}, group.steps, false};
    for (const std::string& node : shown) {
        chart.unit = toQString(find(node, metric.name)->unit());
        chart.lines.push_back(
            {node, metric.name, nameOf(m_design, node), LineRole::Plain,
             static_cast<int>(chart.lines.size())});
    }
    return chart;
}

std::vector<ChartSpec> Planner::ofMany(const std::vector<std::string>& nodes) const
{
    std::vector<ChartSpec> charts;
    for (const Group& group : groups()) {
        ChartSpec chart = compared(group, nodes);
        if (!chart.lines.empty()) {
            charts.push_back(std::move(chart));
        }
    }
    return charts;
}

/// One line for each request class; empty where there is one class only, which is the whole.
ChartSpec Planner::byClass(const char* title, const char* unit, const char* metric) const
{
    ChartSpec chart{tr(title), unit, {}, false, false};
    for (const auto& [node, metrics] : m_byNode) {
        if (node.starts_with("class:") && metrics.contains(metric) && chart.lines.size() < kMostLines) {
            chart.lines.push_back(
                {node, metric, toQString(node.substr(6)), LineRole::Plain,
                 static_cast<int>(chart.lines.size())});
        }
    }
    if (chart.lines.size() < 2) {
        chart.lines.clear();
    }
    return chart;
}

std::vector<std::string> Planner::nodesInOrder() const
{
    std::vector<std::string> nodes;
    std::set<std::string> known;
    for (const Node& node : m_design.nodes) {
        known.insert(node.id);
        if (measures(node.id)) {
            nodes.push_back(node.id);
        }
    }
    for (const auto& [node, metrics] : m_byNode) {
        if (!node.empty() && !node.starts_with("class:") && !known.contains(node)) {
            nodes.push_back(node);
        }
    }
    return nodes;
}

std::vector<ChartSpec> Planner::ofAll() const
{
    const std::vector<std::string> nodes = nodesInOrder();
    std::vector<ChartSpec> charts;
    for (const Group& group : groups()) {
        // What the design as a whole does not measure is told by its components.
        const ChartSpec whole = known(group, "");
        const ChartSpec chart = whole.lines.empty() ? compared(group, nodes) : whole;
        if (!chart.lines.empty()) {
            charts.push_back(chart);
        }
    }
    for (const ChartSpec& chart :
         {byClass(QT_TRANSLATE_NOOP("neph::Charts", "Requests by class"), "1/s", "Requests"),
          byClass(QT_TRANSLATE_NOOP("neph::Charts", "Latency p95 by class"), "ms", "LatencyP95")}) {
        if (!chart.lines.empty()) {
            charts.push_back(chart);
        }
    }
    return charts;
}

}  // namespace

std::vector<std::string> withContents(const Design& design, const std::vector<std::string>& ids)
{
    std::vector<std::string> all = ids;
    std::set<std::string> known(ids.begin(), ids.end());
    std::multimap<std::string, const Node*> children;
    for (const Node& node : design.nodes) {
        children.emplace(node.parent, &node);
    }
    for (std::size_t i = 0; i < all.size(); ++i) {
        const std::string parent = all[i];
        const auto [first, last] = children.equal_range(parent);
        for (auto child = first; child != last; ++child) {
            if (known.insert(child->second->id).second) {
                all.push_back(child->second->id);
            }
        }
    }
    return all;
}

QString nameOf(const Design& design, const std::string& id)
{
    if (const Node* node = design.node(id)) {
        return node->name.empty() ? toQString(id) : toQString(node->name);
    }
    if (const Link* link = design.link(id)) {
        return nameOf(design, link->from) + QString(" → ") + nameOf(design, link->to);
    }
    return toQString(id);
}

std::vector<ChartSpec>
planCharts(const RunResult& result, const Design& design, const std::vector<std::string>& ids)
{
    const Planner planner(result, design);
    if (ids.empty()) {
        return planner.ofAll();
    }
    std::vector<std::string> nodes;
    for (const std::string& id : ids) {
        const std::vector<std::string> candidates =
            planner.measures(id) ? std::vector<std::string>{id} : withContents(design, {id});
        for (const std::string& candidate : candidates) {
            if (planner.measures(candidate) &&
                std::find(nodes.begin(), nodes.end(), candidate) == nodes.end()) {
                nodes.push_back(candidate);
            }
        }
    }
    if (nodes.empty()) {
        return {};
    }
    return nodes.size() == 1 ? planner.ofOne(nodes.front()) : planner.ofMany(nodes);
}

}  // namespace neph
