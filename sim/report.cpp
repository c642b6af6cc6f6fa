// The machine-readable report of a run: a contract. Fields are only ever added.
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "sim/run.h"

namespace neph {

namespace {

using Json = nlohmann::ordered_json;

Json latencyOf(const Histogram& latency)
{
    return {{"mean", milliseconds(latency.mean())},        {"p50", milliseconds(latency.quantile(0.5))},
            {"p90", milliseconds(latency.quantile(0.9))},  {"p95", milliseconds(latency.quantile(0.95))},
            {"p99", milliseconds(latency.quantile(0.99))}, {"p999", milliseconds(latency.quantile(0.999))},
            {"max", milliseconds(latency.max())}};
}

Json requestsOf(const RunResult& result)
{
    std::uint64_t total = 0;
    std::uint64_t ok = 0;
    std::uint64_t failed = 0;
    Json byClass = Json::object();
    for (const auto& [name, counts] : result.classes) {
        total += counts.total;
        ok += counts.ok;
        failed += counts.failed;
        byClass[name] = {
            {"total", counts.total},
            {"ok", counts.ok},
            {"failed", counts.failed},
            {"outcomes", counts.outcomes}};
    }
    return {{"total", total}, {"ok", ok}, {"failed", failed}, {"by_class", byClass}};
}

Json nodesOf(const RunResult& result)
{
    Json nodes = Json::object();
    for (const auto& [id, view] : result.nodes) {
        Json metrics = {
            {"requests", view.requests},
            {"errors", view.errors},
            {"utilization", view.utilisation},
            {"queue", view.queue}};
        if (view.latency.count() > 0) {
            metrics["latency_ms"] = latencyOf(view.latency);
        }
        for (const Series& series : result.series) {
            if (series.node() == id && !series.points().empty()) {
                metrics["last"][series.metric()] = series.points().back().mean;
            }
        }
        nodes[id] = {{"status", view.status}, {"metrics", metrics}, {"bottleneck", view.bottleneck}};
    }
    return nodes;
}

Json billAsJson(const Bill& bill)
{
    Json lines = Json::array();
    for (const BillLine& line : bill.lines) {
        lines.push_back(
            {{"node", line.node},
             {"service", line.service},
             {"usage_type", line.usageType},
             {"region", line.region},
             {"unit", line.unit},
             {"quantity", line.quantity.toExactText()},
             {"unit_price", line.unitPrice.toExactText()},
             {"cost", line.cost.toExactText()}});
    }
    return {
        {"currency", "USD"},
        {"total", bill.total.toExactText()},
        {"monthly", bill.monthly.toExactText()},
        {"lines", lines}};
}

const char* nameOf(Severity severity)
{
    return severity == Severity::Error ? "error" : severity == Severity::Warning ? "warning" : "note";
}

Json diagnosticsOf(const RunResult& result, const Bill& bill)
{
    Json all = Json::array();
    for (const Diagnostics* list : {&result.diagnostics, &bill.diagnostics}) {
        for (const Diagnostic& each : *list) {
            all.push_back(
                {{"severity", nameOf(each.severity)},
                 {"pointer", each.pointer},
                 {"what", each.what},
                 {"allowed", each.allowed},
                 {"suggestion", each.suggestion},
                 {"node", each.nodeId}});
        }
    }
    return all;
}

}  // namespace

/// Relative errors of a sampled run, beside the figures they are of.
static Json trustOf(const Trust& trust)
{
    Json latency = Json::object();
    for (const auto& [name, error] : trust.latency) {
        latency[name.empty() ? "all" : name] = {
            {"mean", error.mean},
            {"p50", error.p50},
            {"p95", error.p95},
            {"p99", error.p99},
            {"p999", error.p999}};
    }
    return {{"confidence", 0.95}, {"tolerance", trust.tolerance},          {"latency", latency},
            {"cost", trust.cost}, {"simulated_requests", trust.simulated}, {"note", trust.note}};
}

std::string toReportJson(const RunResult& result, const Bill& bill)
{
    Json latency = Json::object();
    for (const auto& [name, counts] : result.classes) {
        latency[name] = latencyOf(counts.latency);
    }
    Json log = Json::array();
    for (const RunEvent& event : result.log) {
        log.push_back({{"at", seconds(event.at)}, {"node", event.node}, {"what", event.what}});
    }
    Json report = {
        {"nephoscope", 1},
        {"design", {{"name", result.designName}, {"digest", result.designDigest}}},
        {"engine", result.engine},
        {"seed", result.seed},
        {"simulated_seconds", seconds(result.simulated)},
        {"wall_seconds", result.wallSeconds},
        {"events", result.events},
        {"stopped_by", result.stoppedBy},
        {"fingerprint", result.fingerprint},
        {"fingerprintHex", fmt::format("{:016x}", result.fingerprint)},
        {"requests", requestsOf(result)},
        {"latency_ms", latency},
        {"nodes", nodesOf(result)},
        {"bill", billAsJson(bill)},
        {"log", log},
        {"diagnostics", diagnosticsOf(result, bill)}};
    if (result.trust) {
        report["trust"] = trustOf(*result.trust);
    }
    return report.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace neph
