#include "sim/local/comparison.h"

#include <sys/utsname.h>

#include <algorithm>
#include <cmath>
#include <ctime>
#include <fstream>
#include <thread>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include "sim/local/prediction.h"

namespace neph {

namespace {

using Classes = std::map<std::string, ClassResult>;

// Less is not worth a table.
constexpr Duration kLeastCompared = 5s;
// Student's t at 95 % for 8 and for 16 runs.
constexpr std::size_t kFewRuns = 8;
constexpr double kStudentOfFew = 2.365;
constexpr std::size_t kRuns = 16;
constexpr double kStudent = 2.131;

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

/// Half of what 95 of 100 runs span around the mean of these, for one quantile.
Duration spreadOf(const std::vector<Side>& runs, double p)
{
    if (runs.size() < kFewRuns) {
        return Duration(0);
    }
    const auto count = static_cast<double>(runs.size());
    double sum = 0;
    double squares = 0;
    for (const Side& run : runs) {
        const double value = seconds(run.latency.quantile(p));
        sum += value;
        squares += value * value;
    }
    const double variance = std::max(0.0, squares - sum * sum / count) / (count - 1);
    const double student = runs.size() < kRuns ? kStudentOfFew : kStudent;
    return fromSeconds(student * std::sqrt(variance * (1 + 1 / count)));
}

/// Mean over runs of what is known of one node; negative where no run knows it.
double meanOver(const std::vector<Course>& runs, const std::string& node, double NodeMeans::*what)
{
    double sum = 0;
    for (const Course& run : runs) {
        const auto found = run.means.find(node);
        const double value = found == run.means.end() ? -1 : found->second.*what;
        if (value < 0) {
            return -1;
        }
        sum += value;
    }
    return runs.empty() ? -1 : sum / static_cast<double>(runs.size());
}

std::vector<ComparedNode>
nodesOf(const CompiledDesign& compiled, const std::vector<Course>& simulated, const Course& measured)
{
    std::vector<ComparedNode> nodes;
    for (const Node& node : compiled.design.nodes) {
        const NodeMeans& seen = measured.means.at(node.id);
        if (seen.cpu < 0 && seen.tasks < 0) {
            continue;
        }
        const auto mean = [&](double NodeMeans::*what) { return meanOver(simulated, node.id, what); };
        nodes.push_back(
            {node.id, node.name, mean(&NodeMeans::cpu), seen.cpu, mean(&NodeMeans::memory), seen.memory,
             mean(&NodeMeans::tasks), seen.tasks});
    }
    return nodes;
}

/// The real run: what users had seen when the warm-up ended, and at the end.
Course follow(Lab& lab, LocalRun& run, Time warm, const ComparisonOptions& options)
{
    Course course;
    const auto goTo = [&](Time until) {
        while (run.now() < until && !run.isFinished() && !options.stop.stop_requested()) {
            run.advance(until, std::chrono::milliseconds(200), options.stop);
            lab.stayAlive();
            if (options.progress) {
                options.progress("running for real", seconds(run.now()) / seconds(run.horizon()));
            }
            if (options.look) {
                options.look(run.result());
            }
        }
    };
    goTo(warm);
    course.seen.before = run.result().classes;
    goTo(run.horizon());
    course.end = run.result();
    course.seen.after = course.end.classes;
    course.means = meansOf(*lab.compiled(), course.end, warm, run.now());
    return course;
}

/// Where, with what and of what: all that lets somebody else judge it.
void describe(Comparison& comparison, Lab& lab, const ComparisonOptions& options)
{
    comparison.design = lab.compiled()->design.name;
    comparison.designDigest = comparison.measured.designDigest;
    comparison.startTimes = lab.stand().startTimes();
    comparison.images = lab.stand().digests();
    comparison.seed = options.run.seed;
    comparison.date = fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::time(nullptr)));
    comparison.machine = machineInWords();
    const EngineInfo& info = lab.found().info;
    comparison.engine = fmt::format(
        "{} {} ({}, cgroups {}{})", info.name, info.version, info.runtime.substr(info.runtime.rfind('/') + 1),
        info.cgroupVersion, info.isRootless ? ", rootless" : "");
    comparison.remarks = lab.stand().remarks();
    if (options.stop.stop_requested()) {
        comparison.remarks.push_back(fmt::format(
            "Stopped early, at {:.0f} s of {:.0f}.", seconds(comparison.to),
            seconds(comparison.measured.horizon)));
    }
    const auto take = [&](const std::vector<std::string>& words) {
        comparison.remarks.insert(comparison.remarks.end(), words.begin(), words.end());
    };
    comparison.remarks.push_back(options.calibration.inWords());
    take(comparison.load.notes);
    take(lab.plan().notes);
}

}  // namespace

ComparedClass compareClass(
    const std::string& name, const std::vector<SeenCourse>& simulated, const SeenCourse& measured,
    Duration length)
{
    std::vector<Side> runs;
    Side predicted;
    for (const SeenCourse& each : simulated) {
        runs.push_back(sideOf(each.before, each.after, name));
        predicted.latency.merge(runs.back().latency);
        predicted.requests += runs.back().requests;
        predicted.failed += runs.back().failed;
    }
    const std::size_t count = std::max<std::size_t>(1, runs.size());
    predicted.requests = (predicted.requests + count / 2) / count;
    predicted.failed = (predicted.failed + count / 2) / count;
    const Side seen = sideOf(measured.before, measured.after, name);
    return {
        name,
        figuresOf(predicted, length),
        figuresOf(seen, length),
        {spreadOf(runs, 0.5), spreadOf(runs, 0.95), spreadOf(runs, 0.99)}};
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

Result<Comparison> compareLab(Lab& lab, const ComparisonOptions& options)
{
    const CompiledDesign& compiled = *lab.compiled();
    // The simulation is fast: once to learn when it is steady, and some more times to be compared.
    const Result<Prediction> prediction = predict(lab, options);
    if (!prediction) {
        return prediction.error();
    }
    Comparison comparison;
    comparison.from = prediction->from;
    Course measured;
    {
        Result<std::unique_ptr<LocalRun>> real = lab.run(options.run);
        if (!real) {
            return real.error();
        }
        measured = follow(lab, **real, comparison.from, options);
        comparison.load = (*real)->load();
    }
    comparison.to = std::min(measured.end.simulated, prediction->simulated.horizon);
    if (comparison.to < comparison.from + kLeastCompared && options.stop.stop_requested()) {
        return Error{
            ErrorCode::Invalid, compiled.design.name, "Stopped before there was anything to compare."};
    }
    const SimulatedSide side(compiled, options);
    const auto progress = [&options](double share) {
        if (options.progress) {
            options.progress("simulating", share);
        }
    };
    // Who has stopped the real run wants the tables of what was measured.
    Result<std::vector<Course>> simulated = side.runs(comparison.from, comparison.to, progress);
    if (!simulated) {
        return simulated.error();
    }
    comparison.simulatedRuns = simulated->size();
    std::vector<SeenCourse> seen;
    for (const Course& each : *simulated) {
        seen.push_back(each.seen);
    }
    std::vector<std::string> names{""};
    names.insert(names.end(), compiled.plan.classes.begin(), compiled.plan.classes.end());
    for (const std::string& name : names) {
        comparison.classes.push_back(
            compareClass(name, seen, measured.seen, comparison.to - comparison.from));
    }
    comparison.nodes = nodesOf(compiled, *simulated, measured);
    comparison.simulated = std::move(simulated->front().end);
    comparison.measured = std::move(measured.end);
    describe(comparison, lab, options);
    return comparison;
}

}  // namespace neph
