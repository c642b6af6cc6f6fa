#include "sim/local/prediction.h"

#include <algorithm>

#include <fmt/format.h>

namespace neph {

namespace {

// Beyond the first steady state: what queued up while tasks started has gone by then.
constexpr Duration kSettle = 5s;
// The simulation runs so often, to tell chance from error; less often where there are very many requests.
constexpr std::size_t kRuns = 16;
constexpr std::size_t kFewRuns = 8;
constexpr std::uint64_t kManyRequests = 300'000;
// Seeds of the further runs are far from those that people choose.
constexpr std::uint64_t kFurther = 1'000'000'007;

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

std::uint64_t requestsIn(const RunResult& result)
{
    std::uint64_t sum = 0;
    for (const auto& [name, each] : result.classes) {
        sum += each.total;
    }
    return sum;
}

void runUntil(LiveRun& run, Time until, const std::stop_token& stop)
{
    while (run.now() < until && !run.isFinished() && !stop.stop_requested()) {
        run.advance(until, std::chrono::milliseconds(200), stop);
    }
}

}  // namespace

std::map<std::string, NodeMeans>
meansOf(const CompiledDesign& compiled, const RunResult& result, Time from, Time to)
{
    std::map<std::string, NodeMeans> means;
    for (const Node& node : compiled.design.nodes) {
        const double percent = meanOf(result, node.id, "CPUUtilization", from, to);
        const double tasks = meanOf(result, node.id, "RunningTaskCount", from, to);
        means[node.id] = {
            percent < 0 ? -1 : percent / 100, stationOf(result, node.id, "memory"),
            tasks < 0 ? meanOf(result, node.id, "RunningContainers", from, to) : tasks};
    }
    return means;
}

SimulatedSide::SimulatedSide(const CompiledDesign& compiled, const ComparisonOptions& options)
    : m_compiled(compiled), m_run(options.run),
      m_catalog(calibrated(Catalog::builtIn(), options.calibration)),
      m_design(calibrated(compiled.design, m_catalog, options.calibration))
{
}

Result<std::unique_ptr<LiveRun>> SimulatedSide::start(std::uint64_t number) const
{
    RunOptions how;
    how.seed = m_run.seed + number * kFurther;
    how.arrivalSeed = m_run.seed;
    how.horizon = m_run.horizon;
    how.catalog = &m_catalog;
    return LiveRun::start(m_design, how);
}

Result<Course> SimulatedSide::course(std::uint64_t number, Time from, Time to) const
{
    Result<std::unique_ptr<LiveRun>> run = start(number);
    if (!run) {
        return run.error();
    }
    Course course;
    runUntil(**run, from, {});
    course.seen.before = (*run)->result().classes;
    runUntil(**run, to, {});
    course.end = (*run)->result();
    course.seen.after = course.end.classes;
    course.means = meansOf(m_compiled, course.end, from, to);
    return course;
}

Result<std::vector<Course>>
SimulatedSide::runs(Time from, Time to, const std::function<void(double)>& progress) const
{
    std::vector<Course> runs;
    std::size_t count = kRuns;
    while (runs.size() < count) {
        Result<Course> next = course(runs.size(), from, to);
        if (!next) {
            return next.error();
        }
        if (runs.empty()) {
            count = requestsIn(next->end) > kManyRequests ? kFewRuns : kRuns;
        } else {
            next->end = {};
        }
        runs.push_back(std::move(*next));
        if (progress) {
            progress(static_cast<double>(runs.size()) / static_cast<double>(count));
        }
    }
    return runs;
}

Result<Prediction> predict(const Lab& lab, const ComparisonOptions& options)
{
    const SimulatedSide side(*lab.compiled(), options);
    Result<std::unique_ptr<LiveRun>> run = side.start(0);
    if (!run) {
        return run.error();
    }
    const std::string& name = lab.compiled()->design.name;
    runUntil(**run, (*run)->horizon(), options.stop);
    if (options.stop.stop_requested()) {
        return Error{ErrorCode::Invalid, name, "Stopped while the simulation ran."};
    }
    Prediction prediction;
    prediction.simulated = (*run)->result();
    const Time to = (*run)->horizon();
    const Time steady = steadySince(prediction.simulated.log, servicesIn(lab.plan()));
    prediction.from = options.warmUp > Duration(0) ? options.warmUp : std::max(Time(0), steady) + kSettle;
    const bool isSteady = options.warmUp > Duration(0) || steady >= Time(0);
    if (!isSteady || prediction.from >= to) {
        return Error{
            ErrorCode::Invalid, name,
            fmt::format(
                "In {:.0f} s the simulation does not come to a steady state. Run longer (--for), or say from "
                "when to compare (--warm-up).",
                seconds(to))};
    }
    return prediction;
}

}  // namespace neph
