// The users of a design, sent to a lab that is up in another terminal.
#include <algorithm>

#include "app/cli/design_source.h"
#include "app/cli/interrupt.h"
#include "app/cli/lab_command.h"
#include "app/cli/output.h"
#include "app/cli/text_format.h"
#include "app/cli/text_table.h"
#include "sim/local/lab.h"
#include "sim/local/lab_session.h"
#include "sim/local/load_generator.h"

namespace neph::cli {

namespace {

/// Of the lab of that design that is up; nothing where none is.
std::optional<std::map<std::string, std::string>>
targetsOfRunning(const std::string& state, const std::string& design)
{
    const SessionRecords records(state);
    for (const std::string& id : records.sessions()) {
        const Result<SessionRecord> record = records.read(id);
        if (record && record->design == design && isAlive(record->session) && !record->targets.empty()) {
            return record->targets;
        }
    }
    return std::nullopt;
}

struct SeenClass {
    std::string name;
    Histogram latency;
    std::uint64_t total = 0;
    std::uint64_t failed = 0;
};

/// Each class, and where there are several all of them together first.
std::vector<SeenClass> classesOf(const LoadResult& result)
{
    std::vector<SeenClass> classes;
    SeenClass all{"all", {}, 0, 0};
    for (const auto& [name, each] : result.classes) {
        classes.push_back({name, each.latency, each.total, each.failed});
        all.latency.merge(each.latency);
        all.total += each.total;
        all.failed += each.failed;
    }
    if (classes.size() > 1) {
        classes.insert(classes.begin(), std::move(all));
    }
    return classes;
}

std::string loadReport(const LoadResult& result, Duration whole)
{
    // Answers are waited for a while after the last request.
    const double length = std::clamp(seconds(whole), 0.001, std::max(0.001, result.wallSeconds));
    TextTable table(
        {{"class", TextTable::Align::Left, TextTable::kRest},
         {"rate", TextTable::Align::Right},
         {"p50", TextTable::Align::Right},
         {"p90", TextTable::Align::Right},
         {"p95", TextTable::Align::Right},
         {"p99", TextTable::Align::Right},
         {"failed", TextTable::Align::Right}},
        outputWidth());
    for (const SeenClass& each : classesOf(result)) {
        const auto quantile = [&each](double p) { return latencyText(each.latency.quantile(p)); };
        table.add(
            {each.name, fmt::format("{:.1f}/s", static_cast<double>(each.total) / length), quantile(0.5),
             quantile(0.9), quantile(0.95), quantile(0.99), countText(each.failed)});
    }
    std::string text = heading("What users saw") + table.text();
    text += fmt::format(
        "\n  {} requests, {} attempts of which {} retries, {} unfinished\n  late by {} (median), {} (p99); "
        "{:.1f} s of CPU in {:.1f} s\n",
        countText(result.started), countText(result.attempts), countText(result.retries), result.unfinished,
        latencyText(result.lateness.p50), latencyText(result.lateness.p99), result.cpuSeconds,
        result.wallSeconds);
    for (const std::string& note : result.notes) {
        text += "  " + note + "\n";
    }
    return text;
}

Value loadJson(const LoadResult& result)
{
    Value json = {
        {"started", result.started},
        {"unfinished", result.unfinished},
        {"attempts", result.attempts},
        {"retries", result.retries},
        {"wall_seconds", result.wallSeconds},
        {"cpu_seconds", result.cpuSeconds},
        {"lateness_p99_ms", milliseconds(result.lateness.p99)},
        {"classes", Value::array()},
        {"notes", result.notes}};
    for (const SeenClass& each : classesOf(result)) {
        const auto quantile = [&each](double p) { return milliseconds(each.latency.quantile(p)); };
        json["classes"].push_back(
            {{"class", each.name},
             {"requests", each.total},
             {"failed", each.failed},
             {"mean_ms", milliseconds(each.latency.mean())},
             {"p50_ms", quantile(0.5)},
             {"p90_ms", quantile(0.9)},
             {"p95_ms", quantile(0.95)},
             {"p99_ms", quantile(0.99)}});
    }
    return json;
}

}  // namespace

ExitCode labLoad(const LabCommandOptions& options)
{
    const std::optional<Duration> length = spanOf(options.length, "--for");
    const std::optional<std::string> state = stateOrComplaint();
    const std::optional<Design> design = openForRun(options.design, options.settings);
    if (!length || !state || !design) {
        return BadInput;
    }
    const auto targets = targetsOfRunning(*state, design->name);
    if (!targets) {
        complain(
            fmt::format("No lab of '{}' is up.", design->name),
            fmt::format("Start it first, in another terminal: nepho lab up {}", options.design));
        return BadInput;
    }
    const auto compiled = compile(*design, Catalog::builtIn(), serviceTypes());
    // So much of the design's own time goes by at this share of its load.
    const Duration whole = *length > Duration(0) ? *length : fromSeconds(design->runSeconds);
    Result<LoadPlan> plan = loadPlanOf(*compiled, options.seed, fromSeconds(seconds(whole) * options.share));
    if (!plan) {
        complain(plan.error());
        return BadInput;
    }
    LoadOptions how;
    how.scale = 1 / options.share;
    how.path = requestPathOf(planLab(*compiled));
    Result<std::unique_ptr<LoadGenerator>> load =
        LoadGenerator::make(std::move(*plan), loadTargets(*design, *targets), how);
    if (!load) {
        complain(load.error());
        return BadInput;
    }
    const Interrupt interrupt;
    (*load)->run(interrupt.token());
    const LoadResult result = (*load)->result();
    if (options.json) {
        printJson(loadJson(result));
    } else {
        fmt::print("{}", loadReport(result, whole));
    }
    return interrupt.token().stop_requested() ? No : Ok;
}

}  // namespace neph::cli
