#include "app/cli/lab_report.h"

#include <cmath>

#include "app/cli/text_format.h"
#include "app/cli/text_table.h"
#include "sim/local/lab.h"

namespace neph::cli {

namespace {

using Align = TextTable::Align;

std::string errorText(double error)
{
    return fmt::format("{:+.1f} %", 100 * error);
}

Colour colourOf(double error)
{
    constexpr double kGood = 0.1;
    constexpr double kFar = 0.3;
    return std::abs(error) <= kGood ? Colour::Green : std::abs(error) <= kFar ? Colour::Yellow : Colour::Red;
}

std::string classTable(const Comparison& comparison, std::size_t width)
{
    TextTable table(
        {{"class"},
         {"figure"},
         {"simulated", Align::Right},
         {"measured", Align::Right},
         {"error", Align::Right},
         {"chance allows", Align::Right}},
        width);
    for (const ComparedClass& each : comparison.classes) {
        const auto add = [&](const char* figure, Duration simulated, Duration measured, Duration chance) {
            const double error = Comparison::error(simulated, measured);
            table.add(
                {std::string(figure) == "p50" ? (each.name.empty() ? "all" : each.name) : "", figure,
                 latencyText(simulated), latencyText(measured), errorText(error),
                 chance == Duration(0) || measured == Duration(0)
                     ? ""
                     : fmt::format("± {:.1f} %", 100 * (Comparison::error(chance, measured) + 1))},
                colourOf(error));
        };
        add("p50", each.simulated.p50, each.measured.p50, each.chance.p50);
        add("p90", each.simulated.p90, each.measured.p90, {});
        add("p95", each.simulated.p95, each.measured.p95, each.chance.p95);
        add("p99", each.simulated.p99, each.measured.p99, each.chance.p99);
        table.add(
            {"", "rate", fmt::format("{:.1f}/s", each.simulated.perSecond),
             fmt::format("{:.1f}/s", each.measured.perSecond),
             fmt::format("{} and {} failed", each.simulated.failed, each.measured.failed), ""});
    }
    return table.text();
}

std::string share(double value)
{
    return value < 0 ? "?" : percentText(value);
}

std::string nodeTable(const Comparison& comparison, std::size_t width)
{
    TextTable table(
        {{"node", Align::Left, TextTable::kRest},
         {"CPU simulated", Align::Right},
         {"measured", Align::Right},
         {"memory simulated", Align::Right},
         {"measured", Align::Right},
         {"tasks", Align::Right},
         {"measured", Align::Right}},
        width);
    const auto tasks = [](double count) {
        return count < 0 ? std::string("?") : fmt::format("{:.1f}", count);
    };
    for (const ComparedNode& each : comparison.nodes) {
        table.add(
            {each.name, share(each.cpuSimulated), share(each.cpuMeasured), share(each.memorySimulated),
             share(each.memoryMeasured), tasks(each.tasksSimulated), tasks(each.tasksMeasured)});
    }
    return table.isEmpty() ? std::string() : heading("Nodes") + table.text();
}

std::string startTable(const Comparison& comparison, std::size_t width)
{
    TextTable table(
        {{"started", Align::Left, TextTable::kRest},
         {"pull", Align::Right},
         {"create", Align::Right},
         {"start", Align::Right},
         {"ready", Align::Right}},
        width);
    for (const StartTimes& each : comparison.startTimes) {
        const auto text = [](double value) { return fmt::format("{:.2f} s", value); };
        table.add(
            {fmt::format("{} task/{}", each.node, each.task), text(each.pull), text(each.create),
             text(each.start), text(each.ready)});
    }
    return table.isEmpty() ? std::string() : heading("Start of tasks, measured") + table.text();
}

std::string mark(bool isFine)
{
    return isFine ? coloured(Colour::Green, "ok  ") : coloured(Colour::Red, "no  ");
}

std::string limitsReport(const EngineInfo& info)
{
    std::string text = fmt::format(
        "{}limits of CPU and memory {}\n", mark(info.limitsCpu && info.limitsMemory),
        info.limitsCpu && info.limitsMemory ? "can be set" : "cannot be set by this engine");
    if (!info.limitsCpu || !info.limitsMemory) {
        text += info.isRootless && info.cgroupVersion == "1"
                    ? "    Rootless engines cannot limit under cgroups version 1. Boot with "
                      "systemd.unified_cgroup_hierarchy=1, or go on with --without-limits.\n"
                    : "    Delegate the controllers cpu and memory to your user, or go on with "
                      "--without-limits.\n";
    }
    return text;
}

}  // namespace

std::string comparisonReport(const Comparison& comparison, std::size_t width)
{
    std::string text = heading(fmt::format("{}: predicted against measured", comparison.design));
    text += fmt::format(
        "  {} to {} of the run, seed {}, {}\n  {}\n  {}\n  simulated {} times: the same arrivals, other "
        "work\n",
        clockText(comparison.from), clockText(comparison.to), comparison.seed, comparison.date,
        comparison.machine, comparison.engine, comparison.simulatedRuns);
    text += heading("What users saw") + classTable(comparison, width);
    text += nodeTable(comparison, width) + startTable(comparison, width);
    text += heading("Load generator");
    text += fmt::format(
        "  late by {} (median), {} (p99); {:.1f} s of CPU; {} attempts, {} retries\n",
        latencyText(comparison.load.lateness.p50), latencyText(comparison.load.lateness.p99),
        comparison.load.cpuSeconds, countText(comparison.load.attempts), countText(comparison.load.retries));
    if (!comparison.remarks.empty()) {
        text += heading("To know about these figures");
        for (const std::string& remark : comparison.remarks) {
            text += "  " + remark + "\n";
        }
    }
    return text;
}

std::string doctorReport(const EngineSearch& search, bool& isFine)
{
    isFine = search.found.has_value();
    if (!isFine) {
        return mark(false) + "container engine\n" + search.toText();
    }
    const EngineInfo& info = search.found->info;
    std::string text = fmt::format(
        "{}container engine: {} {} at {}{}\n", mark(true), info.name, info.version, search.found->socket,
        search.found->isStartedByUs() ? ", started by us" : "");
    text += fmt::format(
        "    runtime {}, cgroups {}, {}, {} cores\n", info.runtime, info.cgroupVersion,
        info.isRootless ? "rootless" : "rootful", info.cores);
    if (!search.found->note.empty()) {
        text += "    " + search.found->note + "\n";
    }
    text += limitsReport(info);
    const RecipePlaces places = labPlaces();
    for (const char* name : {"haproxy", "docker-registry", "workload", "dynalite", "postgresql", "redis"}) {
        const Result<Recipe> recipe = readRecipe(name, places);
        const Result<std::int64_t> bytes =
            recipe ? writeImageTar(*recipe, places, "/dev/null") : Result<std::int64_t>(recipe.error());
        text += fmt::format(
            "{}image {}: {}\n", mark(static_cast<bool>(bytes)), name,
            bytes ? fmt::format("can be made, {:.1f} MB", static_cast<double>(*bytes) / 1e6)
                  : bytes.error().what);
        // What every lab needs.
        const bool isVital = std::string(name) == "haproxy" || std::string(name) == "workload";
        isFine = isFine && (bytes || !isVital);
    }
    return text;
}

}  // namespace neph::cli
