#include "app/cli/run_report.h"

#include <algorithm>

#include "app/cli/report_history.h"
#include "app/cli/text_format.h"
#include "app/cli/text_table.h"

namespace neph::cli {

namespace {

using Align = TextTable::Align;

std::string headerOf(const RunResult& result)
{
    const double rate = result.wallSeconds > 0 ? static_cast<double>(result.events) / result.wallSeconds : 0;
    std::string text =
        coloured(Colour::Bold, result.designName.empty() ? "Unnamed design" : result.designName);
    text += fmt::format(
        "\n  {} simulated, seed {}, engine {}: {} events in {:.2f} s ({} a second)\n",
        timeSpanText(result.simulated), result.seed, result.engine, countText(result.events),
        result.wallSeconds, shortText(rate));
    if (!result.stoppedBy.empty()) {
        text +=
            "  " +
            coloured(
                Colour::Yellow, fmt::format(
                                    "stopped by: {} at {} of {}; what follows is partial", result.stoppedBy,
                                    clockText(result.simulated), clockText(result.horizon))) +
            '\n';
    }
    return text;
}

std::vector<std::string> classRow(const std::string& name, const ClassResult& one)
{
    const auto quantile = [&](double p) {
        return one.latency.count() == 0 ? "–" : latencyText(one.latency.quantile(p));
    };
    const std::uint64_t ended = one.ok + one.failed;
    return {
        name,
        countText(one.total),
        ended == 0 ? "–" : percentText(static_cast<double>(one.ok) / static_cast<double>(ended)),
        one.latency.count() == 0 ? "–" : latencyText(one.latency.mean()),
        quantile(0.5),
        quantile(0.9),
        quantile(0.95),
        quantile(0.99),
        quantile(0.999),
        one.latency.count() == 0 ? "–" : latencyText(one.latency.max())};
}

/// "± 1.2 %" beneath each figure that was sampled.
std::vector<std::string> errorRow(const std::string& name, const Trust::Latency& error)
{
    const auto half = [](double relative) { return fmt::format("±{:.2g} %", 100 * relative); };
    return {name,
            "",
            "",
            half(error.mean),
            half(error.p50),
            "",
            half(error.p95),
            half(error.p99),
            half(error.p999),
            ""};
}

/// How the figures of a sampled run came about.
std::string trustOf(const RunResult& result)
{
    if (!result.trust) {
        return {};
    }
    std::string text = fmt::format(
        "  ±: with 95 % confidence, beside a run of every request; {} were run one by one. The bill: ±{:.2g} "
        "%.\n",
        countText(result.trust->simulated), 100 * result.trust->cost);
    if (!result.trust->note.empty()) {
        text += "  " + coloured(Colour::Yellow, result.trust->note) + ".\n";
    }
    return text;
}

std::string requestsOf(const RunResult& result, std::size_t width)
{
    if (result.classes.empty()) {
        return heading("Requests") + "  Nobody sent any.\n";
    }
    TextTable table(
        {{"class", Align::Left, TextTable::kRest},
         {"count", Align::Right},
         {"ok", Align::Right},
         {"mean", Align::Right},
         {"p50", Align::Right},
         {"p90", Align::Right},
         {"p95", Align::Right},
         {"p99", Align::Right},
         {"p99.9", Align::Right},
         {"max", Align::Right}},
        width);
    ClassResult all;
    for (const auto& [name, one] : result.classes) {
        table.add(classRow(name, one));
        if (result.trust && result.trust->latency.contains(name)) {
            table.add(errorRow("", result.trust->latency.at(name)));
        }
        all.total += one.total;
        all.ok += one.ok;
        all.failed += one.failed;
        all.latency.merge(one.latency);
    }
    if (result.classes.size() > 1) {
        table.add(classRow("all", all), Colour::Bold);
        if (result.trust && result.trust->latency.contains("")) {
            table.add(errorRow("", result.trust->latency.at("")));
        }
    }
    return heading("Requests") + table.text() + trustOf(result);
}

std::string failuresOf(const RunResult& result, std::size_t width)
{
    struct Failure {
        std::string name;
        std::string requestClass;
        std::uint64_t count;
        std::uint64_t ofClass;
    };
    std::vector<Failure> failures;
    std::uint64_t failed = 0;
    for (const auto& [name, one] : result.classes) {
        failed += one.failed;
        for (const auto& [outcome, count] : one.outcomes) {
            if (!outcome.starts_with("200") && count > 0) {
                failures.push_back({outcome, name, count, one.ok + one.failed});
            }
        }
    }
    if (failed == 0) {
        return result.classes.empty() ? std::string()
                                      : heading("Failures") + "  None: every request got its answer.\n";
    }
    std::stable_sort(failures.begin(), failures.end(), [](const Failure& a, const Failure& b) {
        return a.count > b.count;
    });
    TextTable table(
        {{"how they ended", Align::Left, TextTable::kRest},
         {"class", Align::Left, 25},
         {"count", Align::Right},
         {"of its class", Align::Right}},
        width);
    for (const Failure& one : failures) {
        table.add(
            {one.name, one.requestClass, countText(one.count),
             percentText(
                 static_cast<double>(one.count) /
                 static_cast<double>(std::max<std::uint64_t>(1, one.ofClass)))});
    }
    return heading("Failures") + table.text();
}

std::string nodesOf(const Design& design, const RunResult& result, std::size_t width)
{
    TextTable table(
        {{"component", Align::Left, 24},
         {"status", Align::Left, TextTable::kRest},
         {"busy", Align::Right},
         {"requests", Align::Right},
         {"errors", Align::Right}},
        width);
    for (const Node& node : design.nodes) {
        const auto found = result.nodes.find(node.id);
        if (found == result.nodes.end()) {
            continue;
        }
        const NodeView& view = found->second;
        if (view.status.empty() && view.requests == 0 && view.utilisation == 0) {
            continue;  // A frame or a store of images that did nothing worth a line.
        }
        table.add(
            {node.name.empty() ? node.id : node.name, view.status,
             view.requests == 0 && view.utilisation == 0 ? "" : percentText(view.utilisation),
             countText(view.requests), countText(view.errors)});
        if (!view.bottleneck.empty()) {
            for (const std::string& line : wrapped(view.bottleneck, width - 6)) {
                table.addNote(line);
            }
        }
    }
    return table.isEmpty() ? std::string() : heading("Components at the end") + table.text();
}

std::string diagnosticsOf(const RunResult& result, const Bill& bill, std::size_t width)
{
    std::string text;
    for (const Diagnostics* list : {&result.diagnostics, &bill.diagnostics}) {
        for (const Diagnostic& one : *list) {
            std::string indent = "  ";
            for (const std::string& line : wrapped(toText(one), width - 4)) {
                text += indent +
                        coloured(one.severity == Severity::Note ? Colour::Dim : Colour::Yellow, line) + '\n';
                indent = "    ";
            }
        }
    }
    return text.empty() ? text : heading("Worth knowing") + text;
}

std::string calledName(const Design* design, const std::string& id)
{
    const Node* node = design == nullptr ? nullptr : design->node(id);
    return node == nullptr || node->name.empty() ? id : node->name;
}

/// Small amounts keep four digits: a run of minutes costs fractions of a cent.
std::string dollars(Money money)
{
    if (money != Money() && money < Money::ofCents(100)) {
        const double amount = money.dollars();
        return amount < 0.00005 ? "<0.0001" : fmt::format("{:.4f}", amount);
    }
    return money.toCentsText();
}

}  // namespace

std::string billReport(const Design* design, const Bill& bill, std::size_t width, std::size_t mostLines)
{
    if (bill.lines.empty()) {
        return heading("Bill") + "  Nothing was used that costs money.\n";
    }
    std::vector<const BillLine*> lines;
    for (const BillLine& line : bill.lines) {
        lines.push_back(&line);
    }
    std::stable_sort(
        lines.begin(), lines.end(), [](const BillLine* a, const BillLine* b) { return b->cost < a->cost; });
    TextTable table(
        {{"component", Align::Left, 20},
         {"what", Align::Left, TextTable::kRest},
         {"quantity", Align::Right},
         {"unit"},
         {"USD each", Align::Right},
         {"USD", Align::Right}},
        width);
    Money rest;
    for (std::size_t i = 0; i < lines.size(); ++i) {
        const BillLine& line = *lines[i];
        if (i >= mostLines) {
            rest += line.cost;
            continue;
        }
        table.add(
            {calledName(design, line.node), line.title.empty() ? line.usageType : line.title,
             shortText(line.quantity.value()), line.unit, line.unitPrice.toExactText(), dollars(line.cost)});
    }
    if (lines.size() > mostLines) {
        table.add({"", fmt::format("{} smaller lines", lines.size() - mostLines), "", "", "", dollars(rest)});
    }
    table.add({"total", "", "", "", "", dollars(bill.total)}, Colour::Bold);
    std::string text = heading("Bill") + table.text();
    if (design != nullptr) {
        constexpr std::int64_t kHoursOfMonth = 730;
        text += fmt::format(
            "  At this rate {} USD an hour and {} USD a month of {} hours.\n",
            dollars(Money::ofPico(bill.monthly.pico() / kHoursOfMonth)), dollars(bill.monthly),
            kHoursOfMonth);
    }
    return text;
}

std::string runReport(const Design& design, const RunResult& result, const Bill& bill, std::size_t width)
{
    constexpr std::size_t kBillLines = 10;
    return headerOf(result) + requestsOf(result, width) + failuresOf(result, width) +
           nodesOf(design, result, width) + historyReport(design, result.log, width) +
           billReport(&design, bill, width, kBillLines) + diagnosticsOf(result, bill, width);
}

}  // namespace neph::cli
