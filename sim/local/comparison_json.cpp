#include <nlohmann/json.hpp>

#include "sim/local/comparison.h"

namespace neph {

namespace {

using Json = nlohmann::ordered_json;

Json toJson(const SeenFigures& figures)
{
    return {{"requests", figures.requests},        {"failed", figures.failed},
            {"per_second", figures.perSecond},     {"mean_ms", milliseconds(figures.mean)},
            {"p50_ms", milliseconds(figures.p50)}, {"p90_ms", milliseconds(figures.p90)},
            {"p95_ms", milliseconds(figures.p95)}, {"p99_ms", milliseconds(figures.p99)}};
}

/// Relative, as the errors are; null where it is not known.
Json chance(Duration spread, Duration measured)
{
    return spread == Duration(0) || measured == Duration(0)
               ? Json()
               : Json(static_cast<double>(spread.count()) / static_cast<double>(measured.count()));
}

Json toJson(const ComparedClass& each)
{
    return {
        {"class", each.name.empty() ? "all" : each.name},
        {"simulated", toJson(each.simulated)},
        {"measured", toJson(each.measured)},
        {"error_p50", Comparison::error(each.simulated.p50, each.measured.p50)},
        {"error_p95", Comparison::error(each.simulated.p95, each.measured.p95)},
        {"error_p99", Comparison::error(each.simulated.p99, each.measured.p99)},
        {"chance_p50", chance(each.chance.p50, each.measured.p50)},
        {"chance_p95", chance(each.chance.p95, each.measured.p95)},
        {"chance_p99", chance(each.chance.p99, each.measured.p99)}};
}

/// -1 stands for "not known".
Json known(double value)
{
    return value < 0 ? Json() : Json(value);
}

}  // namespace

std::string toJson(const Comparison& comparison)
{
    Json json = {
        {"nephoscope", 1},
        {"comparison", comparison.design},
        {"design_digest", comparison.designDigest},
        {"date", comparison.date},
        {"machine", comparison.machine},
        {"engine", comparison.engine},
        {"seed", comparison.seed},
        {"from_seconds", seconds(comparison.from)},
        {"to_seconds", seconds(comparison.to)},
        {"simulated_runs", comparison.simulatedRuns},
        {"images", comparison.images},
        {"classes", Json::array()},
        {"nodes", Json::array()},
        {"starts", Json::array()}};
    for (const ComparedClass& each : comparison.classes) {
        json["classes"].push_back(toJson(each));
    }
    for (const ComparedNode& each : comparison.nodes) {
        json["nodes"].push_back(
            {{"node", each.id},
             {"cpu", {{"simulated", known(each.cpuSimulated)}, {"measured", known(each.cpuMeasured)}}},
             {"memory",
              {{"simulated", known(each.memorySimulated)}, {"measured", known(each.memoryMeasured)}}},
             {"tasks",
              {{"simulated", known(each.tasksSimulated)}, {"measured", known(each.tasksMeasured)}}}});
    }
    for (const StartTimes& each : comparison.startTimes) {
        json["starts"].push_back(
            {{"node", each.node},
             {"task", each.task},
             {"pull_seconds", each.pull},
             {"create_seconds", each.create},
             {"start_seconds", each.start},
             {"ready_seconds", each.ready}});
    }
    json["load"] = {
        {"lateness_p50_ms", milliseconds(comparison.load.lateness.p50)},
        {"lateness_p99_ms", milliseconds(comparison.load.lateness.p99)},
        {"cpu_seconds", comparison.load.cpuSeconds},
        {"attempts", comparison.load.attempts},
        {"retries", comparison.load.retries},
        {"unfinished", comparison.load.unfinished}};
    json["remarks"] = comparison.remarks;
    return json.dump(2) + "\n";
}

}  // namespace neph
