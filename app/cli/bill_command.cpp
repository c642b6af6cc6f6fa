#include <memory>
#include <optional>

#include "app/cli/commands.h"
#include "app/cli/design_source.h"
#include "app/cli/interrupt.h"
#include "app/cli/json_parts.h"
#include "app/cli/output.h"
#include "app/cli/progress_bar.h"
#include "app/cli/run_report.h"
#include "app/cli/text_format.h"
#include "sim/cost/price_book.h"
#include "sim/run.h"

namespace neph::cli {

namespace {

struct BillCommandOptions {
    std::string design;
    std::vector<std::string> settings;
    std::string usage;
    std::string region;
    std::string length;
    std::uint64_t seed = 1;
    bool month = false;
    bool freeTier = false;
    bool json = false;
    bool csv = false;
};

constexpr std::size_t kAllLines = 1000;

void print(const BillCommandOptions& options, const Design* design, const Bill& bill)
{
    if (options.json) {
        printJson(jsonOf(bill));
    } else if (options.csv) {
        fmt::print("{}", toCsv(bill));
    } else if (options.month && design != nullptr) {
        fmt::print("{} USD a month of 730 hours\n", bill.monthly.toCentsText());
    } else {
        // The heading's empty line belongs between sections, and this is the only one.
        fmt::print("{}", billReport(design, bill, outputWidth(), kAllLines).substr(1));
    }
    if (!options.json) {
        complain(bill.diagnostics);
    }
}

/// Gives records without a region that of the option. False where one has neither.
std::optional<Usage> inRegion(const Usage& usage, const std::string& region)
{
    Usage completed;
    for (UsageRecord record : usage.records()) {
        if (record.region.empty()) {
            record.region = region;
        }
        if (record.region.empty()) {
            complain(
                fmt::format("The usage '{}' of {} has no region.", record.usageType, record.service),
                "Fill in the column 'region', or say --region us-east-1.");
            return std::nullopt;
        }
        completed.add(record);
    }
    return completed;
}

ExitCode billUsage(const BillCommandOptions& options)
{
    const Result<std::string> text = readFile(options.usage, Limits{}.fileBytes);
    if (!text) {
        complain(text.error());
        return BadInput;
    }
    const Result<Usage> usage = readUsageCsv(*text, options.usage);
    if (!usage) {
        complain(usage.error());
        return BadInput;
    }
    const std::optional<Usage> placed = inRegion(*usage, options.region);
    if (!placed) {
        return BadInput;
    }
    const Bill bill = makeBill(*placed, PriceBook::builtIn(), {Duration{0}, options.freeTier, false});
    print(options, nullptr, bill);
    return bill.diagnostics.empty() ? Ok : No;
}

ExitCode billDesign(const BillCommandOptions& options)
{
    RunOptions engine;
    engine.engine = EngineChoice::Flows;  // A bill wants quantities, not single requests.
    engine.seed = options.seed;
    if (!options.length.empty()) {
        const Result<Duration> length = readTimeSpan(options.length);
        if (!length) {
            complain("--for: " + length.error().what);
            return BadInput;
        }
        engine.horizon = *length;
    }
    const std::optional<Design> design = openForRun(options.design, options.settings);
    if (!design) {
        return BadInput;
    }
    const Interrupt interrupt;
    std::optional<ProgressBar> bar(std::in_place);
    const RunResult result =
        run(*design, engine, interrupt.token(), [&bar](const RunProgress& now) { bar->show(now); });
    bar.reset();
    if (hasErrors(result.diagnostics)) {
        complain(result.diagnostics);
        return BadInput;
    }
    print(options, &*design, billOf(result, options.freeTier));
    if (!result.stoppedBy.empty()) {
        complain(fmt::format(
            "stopped by: {}; the bill is that of {}", result.stoppedBy, timeSpanText(result.simulated)));
        return No;
    }
    return Ok;
}

ExitCode bill(const BillCommandOptions& options)
{
    if (options.design.empty() == options.usage.empty()) {
        complain("Name a design, or a list of usage with --usage, one of the two.", "");
        return BadInput;
    }
    return options.usage.empty() ? billDesign(options) : billUsage(options);
}

}  // namespace

void addBill(CLI::App& app, Action& action)
{
    CLI::App* command = app.add_subcommand("bill", "Price a design, or a bare list of usage");
    const auto options = std::make_shared<BillCommandOptions>();
    command->add_option(
        "DESIGN", options->design, "File (*.nepho) or name of a template: its flows are run and priced");
    command->add_option("--usage", options->usage, "CSV with service, usage_type, quantity, region");
    command->add_option("--region", options->region, "Region of usage that names none");
    addSettings(*command, options->settings);
    command->add_option("--for", options->length, "How long to simulate: 90s, 10m, 1h30m, 30d");
    command->add_option("--seed", options->seed, "Seed of all chance (1)");
    command->add_flag("--month", options->month, "Only what a month of 730 hours would cost");
    command->add_flag("--free-tier", options->freeTier, "Take the monthly free amounts off");
    CLI::Option* json = command->add_flag("--json", options->json, "As JSON, exact to the pico-dollar");
    command->add_flag("--csv", options->csv, "As CSV")->excludes(json);
    command->callback([options, &action] { action = [options] { return bill(*options); }; });
}

}  // namespace neph::cli
