#include <unistd.h>

#include <chrono>
#include <csignal>
#include <fstream>
#include <iostream>
#include <memory>
#include <thread>

#include "app/cli/commands.h"
#include "app/cli/design_source.h"
#include "app/cli/interrupt.h"
#include "app/cli/lab_command.h"
#include "app/cli/lab_report.h"
#include "app/cli/output.h"
#include "app/cli/text_format.h"
#include "sim/local/comparison.h"
#include "sim/local/compose_file.h"
#include "sim/local/consent.h"
#include "sim/local/lab.h"
#include "sim/local/replica_http.h"
#include "sim/local/state_folder.h"

namespace neph::cli {

namespace {

/// Whether the plan may be carried out: by the flag, by an earlier yes to this very plan, or by a yes now.
bool isAgreed(const LabCommandOptions& options, const LabPlan& plan)
{
    const std::optional<std::string> state = stateOrComplaint();
    if (!state) {
        return false;
    }
    const Consents consents(*state);
    if (options.isAllowed || consents.hasConsent(plan.designDigest, digestOf(plan))) {
        return true;
    }
    fmt::print(stderr, "{}", toText(plan));
    if (isatty(STDIN_FILENO) == 0) {
        complain("Nothing was started.", "Say --allow-containers to run this plan on this machine.");
        return false;
    }
    fmt::print(stderr, "Run this on this machine? [y/N] ");
    std::string answer;
    std::getline(std::cin, answer);
    if (answer != "y" && answer != "Y" && answer != "yes") {
        return false;
    }
    if (const Result<Done> given = consents.give(plan.designDigest, digestOf(plan)); !given) {
        complain(given.error());
    }
    return true;
}

/// The lab of a design, agreed to and set up; or why not.
struct OpenedLab {
    std::unique_ptr<Lab> lab;
    ExitCode code = Ok;
};

OpenedLab openLab(const LabCommandOptions& options, const Interrupt& interrupt)
{
    const std::optional<Design> design = openForRun(options.design, options.settings);
    if (!design) {
        return {nullptr, BadInput};
    }
    Lab::Options how;
    how.engine = wishesOf(options);
    how.seed = options.seed;
    how.goOnWithoutLimits = options.withoutLimits;
    Result<std::unique_ptr<Lab>> lab = Lab::open(*design, how);
    if (!lab) {
        complain(lab.error());
        return {nullptr, BadInput};
    }
    if (!(*lab)->swept().empty()) {
        tell((*lab)->swept());
    }
    if (!isAgreed(options, (*lab)->plan())) {
        return {nullptr, No};
    }
    const Result<Done> ready = (*lab)->setUp(
        [](const LabStand::Progress& progress) { tell(progress.what + " ..."); }, interrupt.token());
    if (!ready) {
        complain(ready.error());
        return {nullptr, BadInput};
    }
    return {std::move(*lab), Ok};
}

ExitCode closeLab(Lab& lab, ExitCode code)
{
    const CleanUpReport report = lab.close();
    tell(report.text());
    return report.isClean() ? code : No;
}

void printNew(const std::vector<RunEvent>& log, std::size_t& known)
{
    for (; known < log.size(); ++known) {
        fmt::print("{}  {}\n", clockText(log[known].at), log[known].what);
    }
    std::fflush(stdout);
}

void printEndpoints(const LabStand& stand)
{
    for (const auto& [name, words] : stand.endpoints()) {
        fmt::print("{:<24} {}\n", name, words);
    }
    std::fflush(stdout);
}

/// Every door that users come to leads somewhere.
bool isUp(const Lab& lab)
{
    const auto targets = lab.stand().targets();
    return std::all_of(targets.begin(), targets.end(), [](const auto& each) {
        return isAnswering(each.second + "/", std::chrono::milliseconds(500));
    });
}

/// Asks here, where somebody can answer.
ExitCode upInBackground(const LabCommandOptions& options)
{
    const std::optional<Design> design = openForRun(options.design, options.settings);
    if (!design || !spanOf(options.length, "--for")) {
        return BadInput;
    }
    return isAgreed(options, planLab(*compile(*design, Catalog::builtIn(), serviceTypes())))
               ? upDetached(options)
               : No;
}

ExitCode up(const LabCommandOptions& options)
{
    if (options.isDetached) {
        return upInBackground(options);
    }
    const std::optional<Duration> length = spanOf(options.length, "--for");
    if (!length) {
        return BadInput;
    }
    const Interrupt interrupt;
    OpenedLab opened = openLab(options, interrupt);
    if (!opened.lab) {
        return opened.code;
    }
    Lab& lab = *opened.lab;
    printEndpoints(lab.stand());
    LocalRun::Options how;
    how.seed = options.seed;
    // Without a length it stands until somebody says stop.
    how.horizon = *length > Duration(0) ? *length : Duration(std::chrono::hours(24 * 30));
    how.withLoad = options.withLoad;
    {
        Result<std::unique_ptr<LocalRun>> run = lab.run(how);
        if (!run) {
            complain(run.error());
            return closeLab(lab, BadInput);
        }
        lab.tellStatus("starting");
        bool isRunning = false;
        std::size_t known = 0;
        while (!(*run)->isFinished() && !interrupt.token().stop_requested()) {
            (*run)->advance((*run)->horizon(), std::chrono::milliseconds(200), interrupt.token());
            lab.stayAlive();
            if (!isRunning && isUp(lab)) {
                isRunning = true;
                lab.tellStatus("running");
            }
            printNew((*run)->log(), known);
        }
    }
    lab.tellStatus("stopping");
    return closeLab(lab, Ok);
}

/// The calibration to use; empty where there is none. Nothing after saying what is wrong.
std::optional<Calibration> calibrationFor(const LabCommandOptions& options)
{
    if (options.isUncalibrated) {
        return Calibration();
    }
    Result<Calibration> read =
        options.calibration.empty() ? calibrationOfThisMachine() : readCalibrationFile(options.calibration);
    if (!read) {
        complain(read.error().what);
        return std::nullopt;
    }
    return *read;
}

ExitCode calibrateCommand(const LabCommandOptions& options)
{
    const std::optional<Duration> length = spanOf(options.length, "--for");
    const Result<std::string> file =
        options.calibration.empty() ? calibrationPath() : Result<std::string>(options.calibration);
    if (!length) {
        return BadInput;
    }
    if (!file) {
        complain(file.error());
        return BadInput;
    }
    const Interrupt interrupt;
    OpenedLab opened = openLab(options, interrupt);
    if (!opened.lab) {
        return opened.code;
    }
    constexpr Duration kUsual = std::chrono::seconds(120);
    // With fewer requests every wake-up of an idle program is dearer than it is at work.
    constexpr double kShare = 2.0 / 3;
    opened.lab->tellStatus("calibrating");
    const Result<Calibration> calibration =
        calibrateLab(*opened.lab, *length > Duration(0) ? *length : kUsual, kShare, {}, interrupt.token());
    const ExitCode code = closeLab(*opened.lab, Ok);
    if (!calibration) {
        complain(calibration.error());
        return BadInput;
    }
    if (const Result<Done> written = writeFileAtomically(*file, toJson(*calibration)); !written) {
        complain(written.error());
        return BadInput;
    }
    fmt::print("{}\nKept in {}.\n", calibration->inWords(), *file);
    return code;
}

ExitCode compareCommand(const LabCommandOptions& options)
{
    const std::optional<Duration> length = spanOf(options.length, "--for");
    const std::optional<Duration> warmUp = spanOf(options.warmUp, "--warm-up");
    const std::optional<Calibration> calibration = calibrationFor(options);
    if (!length || !warmUp || !calibration) {
        return BadInput;
    }
    const Interrupt interrupt;
    OpenedLab opened = openLab(options, interrupt);
    if (!opened.lab) {
        return opened.code;
    }
    ComparisonOptions how;
    how.run.seed = options.seed;
    how.run.horizon = *length;
    how.run.loadCore = opened.lab->found().info.cores >= 2 ? 0 : -1;
    how.warmUp = *warmUp;
    how.calibration = *calibration;
    how.stop = interrupt.token();
    std::string told;
    how.progress = [&told](const std::string& what, double) {
        if (what != told) {
            told = what;
            tell(what + " ...");
        }
    };
    opened.lab->tellStatus("comparing");
    const Result<Comparison> comparison = compareLab(*opened.lab, how);
    const ExitCode code = closeLab(*opened.lab, Ok);
    if (!comparison) {
        complain(comparison.error());
        return BadInput;
    }
    if (!options.report.empty()) {
        if (const Result<Done> written = writeFileAtomically(options.report, toJson(*comparison)); !written) {
            complain(written.error());
            return BadInput;
        }
    }
    if (options.json) {
        fmt::print("{}", toJson(*comparison));
    } else {
        fmt::print("{}", comparisonReport(*comparison, outputWidth()));
    }
    return interrupt.token().stop_requested() ? No : code;
}

ExitCode compose(const LabCommandOptions& options)
{
    const std::optional<Design> design = openForRun(options.design, options.settings);
    if (!design) {
        return BadInput;
    }
    const LabPlan planned = planLab(*compile(*design, Catalog::builtIn(), serviceTypes()));
    const Result<std::string> file = composeFile(*design, planned, labPlaces());
    if (!file) {
        complain(file.error());
        return file.error().code == ErrorCode::Invalid ? No : BadInput;
    }
    if (options.output.empty()) {
        fmt::print("{}", *file);
        return Ok;
    }
    if (const Result<Done> written = writeFileAtomically(options.output, *file); !written) {
        complain(written.error());
        return BadInput;
    }
    return Ok;
}

Value toJson(const LabPlan& plan)
{
    Value json = {{"design", plan.design}, {"digest", digestOf(plan)}, {"images", Value::array()}};
    for (const PlannedImage& each : plan.images) {
        json["images"].push_back(
            {{"node", each.node}, {"name", each.name}, {"recipe", each.recipe}, {"image", each.reference}});
    }
    json["containers"] = Value::array();
    for (const PlannedContainers& each : plan.containers) {
        json["containers"].push_back(
            {{"node", each.node},
             {"name", each.name},
             {"as", nameOf(each.as)},
             {"protocol", each.protocol},
             {"recipe", each.recipe},
             {"image", each.reference},
             {"count", each.count},
             {"most", each.most},
             {"milli_cpus", each.milliCpus},
             {"memory_bytes", each.memoryBytes},
             {"command", each.command},
             {"environment", each.environment},
             {"volume", each.volumePath},
             {"port", each.port}});
    }
    json["notes"] = plan.notes;
    return json;
}

ExitCode plan(const LabCommandOptions& options)
{
    const std::optional<Design> design = openForRun(options.design, options.settings);
    if (!design) {
        return BadInput;
    }
    const auto compiled = compile(*design, Catalog::builtIn(), serviceTypes());
    const LabPlan planned = planLab(*compiled);
    if (options.json) {
        printJson(toJson(planned));
    } else {
        fmt::print("{}", toText(planned));
    }
    return Ok;
}

ExitCode doctor(const LabCommandOptions& options)
{
    bool isFine = false;
    fmt::print("{}", doctorReport(findEngine(wishesOf(options)), isFine));
    return isFine ? Ok : No;
}

using Command = ExitCode (*)(const LabCommandOptions&);

}  // namespace

void tell(const std::string& what)
{
    if (isProgressWanted()) {
        fmt::print(stderr, "{}\n", what);
    }
}

std::optional<Duration> spanOf(const std::string& text, const char* option)
{
    if (text.empty()) {
        return Duration(0);
    }
    const Result<Duration> span = readTimeSpan(text);
    if (!span) {
        complain(fmt::format("{}: {}", option, span.error().what));
        return std::nullopt;
    }
    return *span;
}

namespace {

/// The subcommands of `nepho lab`, with options that several of them have.
class LabCommands {
public:
    LabCommands(CLI::App& app, Action& action)
        : m_lab(app.add_subcommand("lab", "Run a design for real, on containers of this machine")),
          m_action(action)
    {
        m_lab->require_subcommand(1);
    }

    void addLooks();
    void addRuns();
    void addMeasurements();
    void addSessions();

private:
    struct Added {
        CLI::App* sub;
        std::shared_ptr<LabCommandOptions> options;
    };
    Added add(const char* name, const char* help, Command command)
    {
        const auto options = std::make_shared<LabCommandOptions>();
        CLI::App* sub = m_lab->add_subcommand(name, help);
        sub->callback([command, options, &action = m_action] {
            action = [command, options] { return command(*options); };
        });
        return {sub, options};
    }
    static void addEngine(const Added& to)
    {
        to.sub->add_option(
            "--engine", to.options->engine, "Socket of the container engine (found by itself)");
        to.sub->add_option("--runtime", to.options->runtime, "OCI runtime: runc, crun (the engine's own)");
    }
    static void addDesign(const Added& to)
    {
        to.sub->add_option("DESIGN", to.options->design, "File (*.nepho) or name of a template")->required();
        addSettings(*to.sub, to.options->settings);
    }
    static void addRun(const Added& to)
    {
        addEngine(to);
        addDesign(to);
        to.sub->add_option("--for", to.options->length, "How long: 90s, 10m");
        to.sub->add_option("--seed", to.options->seed, "Seed of all chance (1)");
        to.sub->add_flag("--allow-containers", to.options->isAllowed, "Carry out the plan without asking");
        to.sub->add_flag(
            "--without-limits", to.options->withoutLimits, "Go on where limits cannot be enforced");
    }

    CLI::App* m_lab;
    Action& m_action;
};

void LabCommands::addLooks()
{
    addEngine(add("doctor", "What is there to run containers, what works, and what to install", doctor));
    const Added planned = add("plan", "What would be started; starts nothing", plan);
    addDesign(planned);
    planned.sub->add_flag("--json", planned.options->json, "Print JSON");
    const Added composed = add("compose", "A Compose file of your own containers and their stores", compose);
    addDesign(composed);
    composed.sub->add_option("-o,--output", composed.options->output, "Write it there");
}

void LabCommands::addRuns()
{
    const Added upped = add("up", "Start a design and keep it up until Ctrl-C", up);
    addRun(upped);
    upped.sub->add_flag("--load", upped.options->withLoad, "With the design's own users");
    upped.sub->add_flag(
        "--detach", upped.options->isDetached, "Return when it is up; 'nepho lab down' ends it");
    const Added load =
        add("load", "Send the design's users to a lab that is up, and say what they saw", labLoad);
    addDesign(load);
    load.sub->add_option("--for", load.options->length, "How long: 90s, 10m (as the design says)");
    load.sub->add_option("--seed", load.options->seed, "Seed of all chance (1)");
    load.sub->add_option("--share", load.options->share, "Of the design's load: 0.5, 2 (1)")
        ->check(CLI::PositiveNumber);
    load.sub->add_flag("--json", load.options->json, "Print JSON");
}

void LabCommands::addMeasurements()
{
    const Added compare =
        add("compare", "Run the simulation and the real thing, and compare", compareCommand);
    addRun(compare);
    compare.sub->add_flag("--json", compare.options->json, "Print JSON");
    compare.sub->add_option(
        "--warm-up", compare.options->warmUp, "Compare from then on (from a steady state on)");
    compare.sub->add_option("--report", compare.options->report, "Keep the comparison as JSON");
    compare.sub->add_option(
        "--calibration", compare.options->calibration, "Calibration to use (that of this machine)");
    compare.sub->add_flag(
        "--uncalibrated", compare.options->isUncalibrated, "Use the defaults of kinds alone");
    const Added calibrate =
        add("calibrate", "Measure what this machine takes, at two thirds of the load; the simulation can use it",
            calibrateCommand);
    addRun(calibrate);
    calibrate.sub->add_option(
        "--calibration", calibrate.options->calibration, "File to keep it in (that of this machine)");
}

void LabCommands::addSessions()
{
    const Added status = add("status", "What runs for real at present, and how to reach it", labStatus);
    status.sub->add_flag("--json", status.options->json, "Print JSON");
    const Added logs = add("logs", "What containers have said", labLogs);
    addEngine(logs);
    logs.sub->add_option("NAME", logs.options->node, "Only of containers with this in their name");
    addEngine(add("down", "Stop everything and remove it; named volumes stay", labDown));
    const Added volumes = add("volumes", "Volumes with data, which are kept", labVolumes);
    addEngine(volumes);
    volumes.sub->add_option("--remove", volumes.options->node, "Remove this one for good");
}

}  // namespace

void addLab(CLI::App& app, Action& action)
{
    LabCommands commands(app, action);
    commands.addLooks();
    commands.addRuns();
    commands.addMeasurements();
    commands.addSessions();
}

}  // namespace neph::cli
