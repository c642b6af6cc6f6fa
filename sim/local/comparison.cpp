#include "sim/local/comparison.h"

#include <sys/utsname.h>

#include <algorithm>
#include <cmath>
#include <ctime>
#include <fstream>
#include <thread>

#include <fmt/chrono.h>
#include <fmt/format.h>

namespace neph {

namespace {

using Classes = std::map<std::string, ClassResult>;

// Beyond the first steady state: what queued up while tasks started has gone by then.
constexpr Duration kSettle = 5s;

/// What came to a histogram since it was `before`; each sample in the middle of its bucket.
Histogram since(const Histogram& before, const Histogram& after)
{
    std::map<Duration, std::uint64_t> known;
    for (const Histogram::Bucket& bucket : before.buckets()) {
        known[bucket.from] = bucket.count;
    }
    Histogram histogram;
    for (const Histogram::Bucket& bucket : after.buckets()) {
        const auto found = known.find(bucket.from);
        const std::uint64_t old = found == known.end() ? 0 : found->second;
        if (bucket.count > old) {
            histogram.add((bucket.from + bucket.to) / 2, bucket.count - old);
        }
    }
    return histogram;
}

struct Side {
    Histogram latency;
    std::uint64_t requests = 0;
    std::uint64_t failed = 0;
};

Side sideOf(const Classes& before, const Classes& after, const std::string& name)
{
    Side side;
    for (const auto& [each, result] : after) {
        if (!name.empty() && each != name) {
            continue;
        }
        const auto found = before.find(each);
        const ClassResult old = found == before.end() ? ClassResult{} : found->second;
        side.latency.merge(since(old.latency, result.latency));
        side.requests += result.total - old.total;
        side.failed += result.failed - old.failed;
    }
    return side;
}

SeenFigures figuresOf(const Side& side, Duration length)
{
    SeenFigures figures;
    figures.requests = side.requests;
    figures.failed = side.failed;
    figures.perSecond = static_cast<double>(side.requests) / std::max(1e-9, seconds(length));
    figures.mean = side.latency.mean();
    figures.p50 = side.latency.quantile(0.5);
    figures.p90 = side.latency.quantile(0.9);
    figures.p95 = side.latency.quantile(0.95);
    figures.p99 = side.latency.quantile(0.99);
    return figures;
}

/// Order statistics: the quantile lies between those of p ± 1.96 sqrt(p(1-p)/n) with 95 % confidence.
Interval95 intervalOf(const Histogram& histogram, double p)
{
    if (histogram.count() == 0) {
        return {};
    }
    const double reach = 1.96 * std::sqrt(p * (1 - p) / static_cast<double>(histogram.count()));
    return {histogram.quantile(std::max(1e-6, p - reach)), histogram.quantile(std::min(1.0, p + reach))};
}

/// Mean of a series over a time; negative where it has no point there.
double meanOf(const RunResult& result, const std::string& node, const std::string& metric, Time from, Time to)
{
    const Series* series = result.find(node, metric);
    double sum = 0;
    std::size_t count = 0;
    if (series != nullptr) {
        for (const SeriesPoint& point : series->points()) {
            if (point.at >= from && point.at < to) {
                sum += point.mean;
                ++count;
            }
        }
    }
    return count == 0 ? -1 : sum / static_cast<double>(count);
}

double stationOf(const RunResult& result, const std::string& node, const std::string& station)
{
    const auto found = result.nodes.find(node);
    if (found == result.nodes.end()) {
        return -1;
    }
    for (const StationView& view : found->second.stations) {
        if (view.name == station) {
            return view.utilisation;
        }
    }
    return -1;
}

/// When the last service reached its first steady state; negative while one has not.
Time steadySince(const std::vector<RunEvent>& log, std::size_t services)
{
    std::map<std::string, Time> first;
    for (const RunEvent& event : log) {
        if (event.what.find("has reached a steady state") != std::string::npos) {
            first.emplace(event.node, event.at);
        }
    }
    if (first.size() < services) {
        return Time(-1);
    }
    Time last{0};
    for (const auto& [node, at] : first) {
        last = std::max(last, at);
    }
    return last;
}

std::size_t servicesIn(const LabPlan& plan)
{
    return static_cast<std::size_t>(
        std::count_if(plan.containers.begin(), plan.containers.end(), [](const PlannedContainers& each) {
            return each.as == LocalFace::As::Tasks;
        }));
}

std::vector<ComparedNode> nodesOf(const CompiledDesign& compiled, const Comparison& comparison)
{
    std::vector<ComparedNode> nodes;
    for (const Node& node : compiled.design.nodes) {
        const auto mean = [&](const RunResult& result, const char* metric) {
            return meanOf(result, node.id, metric, comparison.from, comparison.to);
        };
        ComparedNode one;
        one.id = node.id;
        one.name = node.name;
        const auto share = [](double percent) { return percent < 0 ? -1 : percent / 100; };
        one.cpuSimulated = share(mean(comparison.simulated, "CPUUtilization"));
        one.cpuMeasured = share(mean(comparison.measured, "CPUUtilization"));
        const auto tasks = [&](const RunResult& result) {
            const double count = mean(result, "RunningTaskCount");
            return count < 0 ? mean(result, "RunningContainers") : count;
        };
        one.tasksSimulated = tasks(comparison.simulated);
        one.tasksMeasured = tasks(comparison.measured);
        one.memorySimulated = stationOf(comparison.simulated, node.id, "memory");
        one.memoryMeasured = stationOf(comparison.measured, node.id, "memory");
        if (one.cpuMeasured >= 0 || one.tasksMeasured >= 0) {
            nodes.push_back(std::move(one));
        }
    }
    return nodes;
}

/// Both sides of one run: what users had seen when the warm-up ended, and at the end.
struct Course {
    Classes atWarm;
    RunResult end;

    SeenCourse seen() const { return {atWarm, end.classes}; }
};

Course follow(LiveRun& run, Time warm, const ComparisonOptions& options, const std::string& what, bool isReal)
{
    Course course;
    const auto goTo = [&](Time until) {
        while (run.now() < until && !run.isFinished() && !options.stop.stop_requested()) {
            run.advance(until, std::chrono::milliseconds(200), options.stop);
            if (options.progress) {
                options.progress(what, seconds(run.now()) / seconds(run.horizon()));
            }
            if (isReal && options.look) {
                options.look(run.result());
            }
        }
    };
    goTo(warm);
    course.atWarm = run.result().classes;
    goTo(run.horizon());
    course.end = run.result();
    return course;
}

RunOptions simulationOf(const ComparisonOptions& options)
{
    RunOptions how;
    how.seed = options.run.seed;
    how.horizon = options.run.horizon;
    return how;
}

}  // namespace

ComparedClass compareClass(
    const std::string& name, const SeenCourse& simulated, const SeenCourse& measured, Duration length)
{
    const Side predicted = sideOf(simulated.before, simulated.after, name);
    const Side seen = sideOf(measured.before, measured.after, name);
    return {
        name,
        figuresOf(predicted, length),
        figuresOf(seen, length),
        intervalOf(seen.latency, 0.5),
        intervalOf(seen.latency, 0.95),
        intervalOf(seen.latency, 0.99)};
}

double Comparison::error(Duration simulated, Duration measured)
{
    return measured == Duration(0)
               ? 0
               : static_cast<double>(simulated.count()) / static_cast<double>(measured.count()) - 1;
}

std::string machineInWords()
{
    std::string model = "unknown processor";
    std::ifstream in("/proc/cpuinfo");
    for (std::string line; std::getline(in, line);) {
        if (line.starts_with("model name") && line.find(':') != std::string::npos) {
            model = line.substr(line.find(':') + 2);
            break;
        }
    }
    utsname system{};
    uname(&system);
    return fmt::format(
        "{}, {} cores, {} {}", model, std::thread::hardware_concurrency(), system.sysname, system.release);
}

Result<Prediction> predict(const Lab& lab, const ComparisonOptions& options)
{
    const Catalog catalog = calibrated(Catalog::builtIn(), options.calibration);
    const Design design = calibrated(lab.compiled()->design, catalog, options.calibration);
    RunOptions how = simulationOf(options);
    how.catalog = &catalog;
    Result<std::unique_ptr<LiveRun>> simulation = LiveRun::start(design, how);
    if (!simulation) {
        return simulation.error();
    }
    const Time to = (*simulation)->horizon();
    while (!(*simulation)->isFinished()) {
        (*simulation)->advance(to, std::chrono::milliseconds(200), options.stop);
        if (options.stop.stop_requested()) {
            return Error{ErrorCode::Invalid, design.name, "Stopped while the simulation ran."};
        }
    }
    Prediction prediction;
    prediction.simulated = (*simulation)->result();
    const Time steady = steadySince(prediction.simulated.log, servicesIn(lab.plan()));
    prediction.from = options.warmUp > Duration(0) ? options.warmUp : std::max(Time(0), steady) + kSettle;
    const bool isSteady = options.warmUp > Duration(0) || steady >= Time(0);
    if (!isSteady || prediction.from >= to) {
        return Error{
            ErrorCode::Invalid, design.name,
            fmt::format(
                "In {:.0f} s the simulation does not come to a steady state. Run longer (--for), or say from "
                "when to compare (--warm-up).",
                seconds(to))};
    }
    return prediction;
}

Result<Comparison> compareLab(Lab& lab, const ComparisonOptions& options)
{
    const CompiledDesign& compiled = *lab.compiled();
    const Catalog catalog = calibrated(Catalog::builtIn(), options.calibration);
    const Design design = calibrated(compiled.design, catalog, options.calibration);
    RunOptions how = simulationOf(options);
    how.catalog = &catalog;
    // The simulation is fast: once to learn when it is steady, once to be compared.
    const Result<Prediction> prediction = predict(lab, options);
    if (!prediction) {
        return prediction.error();
    }
    Comparison comparison;
    comparison.from = prediction->from;
    comparison.to = prediction->simulated.horizon;
    Result<std::unique_ptr<LocalRun>> real = lab.run(options.run);
    if (!real) {
        return real.error();
    }
    const Course measured = follow(**real, comparison.from, options, "running for real", true);
    if (options.stop.stop_requested()) {
        return Error{ErrorCode::Invalid, design.name, "Stopped before there was anything to compare."};
    }
    comparison.load = (*real)->load();
    Result<std::unique_ptr<LiveRun>> simulation = LiveRun::start(design, how);
    if (!simulation) {
        return simulation.error();
    }
    const Course simulated = follow(**simulation, comparison.from, options, "simulating", false);
    comparison.measured = measured.end;
    comparison.simulated = simulated.end;
    comparison.to = std::min(measured.end.simulated, comparison.to);
    std::vector<std::string> names{""};
    names.insert(names.end(), compiled.plan.classes.begin(), compiled.plan.classes.end());
    for (const std::string& name : names) {
        comparison.classes.push_back(
            compareClass(name, simulated.seen(), measured.seen(), comparison.to - comparison.from));
    }
    comparison.nodes = nodesOf(compiled, comparison);
    comparison.startTimes = lab.stand().startTimes();
    comparison.images = lab.stand().digests();
    comparison.design = design.name;
    comparison.designDigest = measured.end.designDigest;
    comparison.seed = options.run.seed;
    comparison.date = fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::time(nullptr)));
    comparison.machine = machineInWords();
    const EngineInfo& info = lab.found().info;
    comparison.engine = fmt::format(
        "{} {} ({}, cgroups {}{})", info.name, info.version, info.runtime.substr(info.runtime.rfind('/') + 1),
        info.cgroupVersion, info.isRootless ? ", rootless" : "");
    comparison.remarks = lab.stand().remarks();
    comparison.remarks.push_back(options.calibration.inWords());
    comparison.remarks.insert(
        comparison.remarks.end(), comparison.load.notes.begin(), comparison.load.notes.end());
    comparison.remarks.insert(comparison.remarks.end(), lab.plan().notes.begin(), lab.plan().notes.end());
    return comparison;
}

}  // namespace neph
