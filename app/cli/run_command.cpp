#include <charconv>
#include <memory>

#include "app/cli/commands.h"
#include "app/cli/design_source.h"
#include "app/cli/interrupt.h"
#include "app/cli/output.h"
#include "app/cli/progress_bar.h"
#include "app/cli/run_report.h"
#include "app/cli/text_format.h"
#include "sim/cost/price_book.h"
#include "sim/interchange/chrome_trace.h"
#include "sim/interchange/event_lines.h"
#include "sim/interchange/otlp_trace.h"
#include "sim/run.h"

namespace neph::cli {

namespace {

struct RunCommandOptions {
    std::string design;
    std::vector<std::string> settings;
    std::string length;
    std::string engine = "requests";
    std::uint64_t seed = 1;
    std::string tolerance = "3%";
    std::string part;
    unsigned threads = 0;
    std::uint64_t maxEvents = 0;
    std::string start = "2026-01-01T00:00:00Z";
    std::string report;
    std::string bill;
    std::string focus;
    std::string events;
    std::string trace;
    std::string otel;
    bool freeTier = false;
    bool json = false;
};

/// The engine of that name; says what there is where there is none.
std::optional<EngineChoice> engineNamed(const std::string& name)
{
    if (name == "requests") {
        return EngineChoice::Requests;
    }
    if (name == "flows") {
        return EngineChoice::Flows;
    }
    if (name == "auto") {
        return EngineChoice::Auto;
    }
    complain(
        fmt::format("There is no engine '{}'.", name),
        "There is 'requests', which follows every request, 'flows', which previews any horizon in about a "
        "second, and 'auto', which samples windows of requests and says how far to trust them.");
    return std::nullopt;
}

/// "3%" or "0.03", from a thousandth to a half.
std::optional<double> readShare(const std::string& text)
{
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    const std::string rest(end, text.data() + text.size());
    if (error != std::errc{} || (!rest.empty() && rest != "%")) {
        return std::nullopt;
    }
    value /= rest == "%" ? 100 : 1;
    return value >= 0.001 && value <= 0.5 ? std::optional(value) : std::nullopt;
}

bool writeIfAsked(const std::string& file, const auto& makeText)
{
    if (file.empty()) {
        return true;
    }
    const Result<Done> written = writeFileAtomically(file, makeText());
    if (!written) {
        complain(written.error());
    }
    return static_cast<bool>(written);
}

bool writeFiles(const RunCommandOptions& options, const RunResult& result, const Bill& bill)
{
    // Each is tried, so that one bad path does not take the others along.
    const bool written[] = {
        writeIfAsked(options.report, [&] { return toReportJson(result, bill); }),
        writeIfAsked(options.bill, [&] { return toCsv(bill); }),
        writeIfAsked(
            options.focus,
            [&] { return toFocusCsv(bill, result.usage, PriceBook::builtIn(), options.start); }),
        writeIfAsked(options.events, [&] { return toEventLines(result); }),
        writeIfAsked(options.trace, [&] { return toChromeTrace(result); }),
        writeIfAsked(options.otel, [&] { return toOtlpTrace(result, *readPeriodStart(options.start)); })};
    for (const bool one : written) {
        if (!one) {
            return false;
        }
    }
    return true;
}

/// A part of a run: from a moment on, so long.
struct Part {
    Time from{0};
    Duration length{0};
};

/// "17h20m+10m", or nothing after saying what is wrong.
std::optional<Part> readPart(const std::string& text)
{
    const std::size_t plus = text.find('+');
    const Result<Duration> from = readTimeSpan(text.substr(0, plus));
    const Result<Duration> length = readTimeSpan(plus == std::string::npos ? "" : text.substr(plus + 1));
    if (!from || !length || *length <= Duration(0)) {
        complain(
            fmt::format("--part: '{}' is no part of a run.", text),
            "Give its start and its length: 17h20m+10m.");
        return std::nullopt;
    }
    return Part{*from, *length};
}

RunResult runWatched(const Design& design, const RunOptions& options, const std::optional<Part>& part)
{
    const Interrupt interrupt;
    ProgressBar bar;
    if (part) {
        return runPart(
            design, options, part->from, part->from + part->length, interrupt.token(),
            [&bar](const RunProgress& now) { bar.show(now); });
    }
    return run(design, options, interrupt.token(), [&bar](const RunProgress& now) { bar.show(now); });
}

/// The options of the engine, or nothing after saying what is wrong.
std::optional<RunOptions> engineOptions(const RunCommandOptions& options)
{
    RunOptions made;
    made.seed = options.seed;
    made.maxEvents = options.maxEvents;
    const std::optional<EngineChoice> engine = engineNamed(options.engine);
    if (!engine) {
        return std::nullopt;
    }
    made.engine = *engine;
    made.threads = options.threads;
    const std::optional<double> tolerance = readShare(options.tolerance);
    if (!tolerance) {
        complain(
            fmt::format("--tolerance: '{}' is no error to aim at.", options.tolerance),
            "Give a share from 0.1% to 50%, such as 3% or 0.03.");
        return std::nullopt;
    }
    made.tolerance = *tolerance;
    if (!options.length.empty()) {
        const Result<Duration> length = readTimeSpan(options.length);
        if (!length) {
            complain("--for: " + length.error().what);
            return std::nullopt;
        }
        made.horizon = *length;
    }
    if (const Result<std::chrono::sys_seconds> start = readPeriodStart(options.start); !start) {
        complain("--start: " + start.error().what);
        return std::nullopt;
    }
    return made;
}

ExitCode runDesign(const RunCommandOptions& options)
{
    const std::optional<RunOptions> engine = engineOptions(options);
    if (!engine) {
        return BadInput;
    }
    const std::optional<Design> design = openForRun(options.design, options.settings);
    if (!design) {
        return BadInput;
    }
    std::optional<Part> part;
    if (!options.part.empty()) {
        part = readPart(options.part);
        if (!part) {
            return BadInput;
        }
    }
    const RunResult result = runWatched(*design, *engine, part);
    if (hasErrors(result.diagnostics)) {
        complain(result.diagnostics);
        return BadInput;
    }
    const Bill bill = billOf(result, options.freeTier);
    const bool written = writeFiles(options, result, bill);
    if (options.json) {
        fmt::print("{}", toReportJson(result, bill));
    } else {
        fmt::print("{}", runReport(*design, result, bill, outputWidth()));
    }
    return !written ? BadInput : result.stoppedBy.empty() ? Ok : No;
}

}  // namespace

void addRun(CLI::App& app, Action& action)
{
    CLI::App* command = app.add_subcommand("run", "Run a design and report what it did");
    const auto options = std::make_shared<RunCommandOptions>();
    command->add_option("DESIGN", options->design, "File (*.nepho) or name of a template")->required();
    addSettings(*command, options->settings);
    command->add_option("--for", options->length, "How long to simulate: 90s, 10m, 1h30m, 30d");
    command->add_option("--seed", options->seed, "Seed of all chance (1)");
    command->add_option(
        "--engine", options->engine,
        "requests: follows every request; flows: a preview of any length; auto: samples, and says how far to "
        "trust");
    command->add_option(
        "--tolerance", options->tolerance, "With auto: error of p99 that will do, as 3% or 0.03 (3%)");
    command->add_option(
        "--part", options->part, "Every request of a part of a long run: 17h20m+10m (start+length)");
    command->add_option("--threads", options->threads, "With auto: windows at a time (one for each core)");
    command->add_option("--max-events", options->maxEvents, "Stop after so many events");
    command->add_option("--report", options->report, "Write the whole report as JSON");
    command->add_option("--bill", options->bill, "Write the bill as CSV");
    command->add_option("--focus", options->focus, "Write the bill as FOCUS 1.2 CSV");
    command->add_option("--events", options->events, "Write the event log as JSON lines");
    command->add_option("--trace", options->trace, "Write sampled requests for Perfetto (Chrome trace JSON)");
    command->add_option("--otel", options->otel, "Write sampled requests as OpenTelemetry OTLP/JSON");
    command->add_option("--start", options->start, "Wall time of the run's start, for FOCUS and OTLP");
    command->add_flag("--free-tier", options->freeTier, "Take the monthly free amounts off the bill");
    command->add_flag("--json", options->json, "Print the report as JSON");
    command->callback([options, &action] { action = [options] { return runDesign(*options); }; });
}

}  // namespace neph::cli
