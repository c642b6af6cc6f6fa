#include <algorithm>
#include <cmath>
#include <numbers>

#include <fmt/format.h>

#include "sim/base/assets.h"
#include "sim/kernel/random.h"
#include "sim/model/design_json.h"
#include "tests/accuracy/examples.h"

namespace neph {

namespace {

constexpr int kMinutesADay = 1440;
constexpr double kServiceSeconds = 0.02;
constexpr int kCores = 4;
constexpr double kCrowd = 2.5;  ///< Times the usual rate.
constexpr int kCrowdMinutes = 10;
constexpr int kTargetPercent = 65;

/// Minutes: half more and half less than `rate` with the hour, a tenth by chance, and perhaps a crowd a day.
/// Of part of a day, the first part, with the crowd in it all the same.
TrafficTrace noisyDays(double rate, double days, bool hasCrowd)
{
    RandomStream random(1, streamId("accuracy", "noise of the minutes"));
    TrafficTrace trace{"day", {}};
    const auto minutes = static_cast<int>(days * kMinutesADay);
    int crowdAt = 0;
    for (int minute = 0; minute < minutes; ++minute) {
        if (minute % kMinutesADay == 0) {
            crowdAt =
                minute + static_cast<int>((0.3 + 0.5 * random.uniform()) * std::min(minutes, kMinutesADay));
        }
        const double usual = rate * (1 + 0.5 * std::sin(2 * std::numbers::pi * minute / kMinutesADay)) *
                             std::exp(0.1 * random.normal() - 0.005);
        const bool isCrowd = hasCrowd && minute >= crowdAt && minute < crowdAt + kCrowdMinutes;
        const double here = isCrowd ? kCrowd * rate : usual;
        trace.points.push_back({60.0 * minute, std::floor(100 * here + 0.5) / 100});
    }
    return trace;
}

void keepOneService(Design& design)
{
    const std::vector<std::string> kept{"users",   "region",   "vpc",  "zone-a",    "zone-b",  "zone-c",
                                        "cluster", "balancer", "shop", "image-1-0", "registry"};
    const auto isKept = [&kept](const std::string& id) {
        return std::find(kept.begin(), kept.end(), id) != kept.end();
    };
    std::erase_if(design.nodes, [&](const Node& node) { return !isKept(node.id); });
    std::erase_if(design.links, [&](const Link& link) { return !isKept(link.from) || !isKept(link.to); });
    design.faults.clear();
}

Properties usersOf(double patienceSeconds)
{
    const Value one = Value::array(
        {{{"name", "browse"}, {"weight", 1}, {"cpuMs", 0}, {"requestKiB", 2}, {"responseKiB", 4}}});
    return {
        {"load", "trace"},
        {"trace", "day"},
        {"classes", one},
        {"retries", 0},
        {"patienceSeconds", patienceSeconds}};
}

Properties serviceOf(double rate, const std::string& law, int cores)
{
    const double tasks = rate * kServiceSeconds / cores / (kTargetPercent / 100.0);
    Properties properties{
        {"autoscaling", "cpu"},
        {"targetCpu", kTargetPercent},
        {"cpu", std::to_string(cores)},
        {"memoryMiB", 2048 * cores},
        {"memoryPerRequestMiB", 1},
        {"cpuMs", 1000 * kServiceSeconds},
        {"cpuLaw", law},
        {"workers", cores},
        {"queueLimit", 100'000},
        {"desiredCount", std::max(2, static_cast<int>(std::ceil(tasks)))},
        {"minCount", 2},
        {"maxCount", std::min(5000, static_cast<int>(3.4 * tasks) + 10)}};
    if (law == "lognormal") {
        properties["cpuScv"] = 2.25;
    }
    return properties;
}

/// Health checks wait in the same queue: while the crowd lasts, none of them may take a task away.
const Properties kPatientBalancer{
    {"deregistrationDelay", 30},
    {"healthInterval", 300},
    {"healthTimeout", 120},
    {"unhealthyThreshold", 10},
    {"healthyThreshold", 2}};

Example oneService(
    double rate, const std::string& law, double days, int truths, bool hasCrowd = true, int cores = kCores)
{
    Example made;
    made.name = fmt::format("{}-{:.0f}-{}", hasCrowd ? "one" : "calm", rate, law);
    made.point = fmt::format(
        "one service that scales, {}, {}", hasCrowd ? "a flash crowd" : "no crowd",
        days == 1 ? "a day" : fmt::format("{:.3g} days", days));
    made.truths = truths;
    made.design = readDesign(assetText("templates/starter.nepho")).design;
    made.design.name = made.name;
    made.design.runSeconds = days * kMinutesADay * 60;
    keepOneService(made.design);
    for (Node& node : made.design.nodes) {
        if (node.id == "users") {
            node.properties = usersOf(600);
        } else if (node.id == "balancer") {
            node.properties = kPatientBalancer;
        } else if (node.id == "shop") {
            node.properties = serviceOf(rate, law, cores);
        }
    }
    made.design.traffic = {noisyDays(rate, days, hasCrowd)};
    return made;
}

}  // namespace

std::vector<Example> oneServiceAllDay()
{
    // As much of the day at 50,000/s as one core runs in about eight minutes.
    constexpr double kPart = 0.125;
    return {oneService(100, "exponential", 1, 3),         oneService(100, "lognormal", 1, 3),
            oneService(2000, "exponential", 1, 3),        oneService(2000, "lognormal", 1, 3),
            oneService(2000, "exponential", 1, 1, false), oneService(2000, "lognormal", 1, 1, false),
            oneService(50'000, "exponential", kPart, 1),  oneService(50'000, "lognormal", kPart, 1)};
}

std::vector<Example> monthsOfOneService()
{
    // Large tasks, so that their number stays within what a service may have.
    constexpr int kManyCores = 16;
    std::vector<Example> months;
    for (const double rate : {1e2, 1e3, 1e4, 1e5, 1e6}) {
        months.push_back(oneService(rate, "exponential", 30, 0, true, kManyCores));
    }
    return months;
}

}  // namespace neph
