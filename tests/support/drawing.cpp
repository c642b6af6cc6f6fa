#include "tests/support/drawing.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

namespace neph {

Drawing Drawing::shop()
{
    Drawing shop;
    shop.m_design.name = "shop";
    shop.add("users", "users", "")
        .add("region", "aws.region", "")
        .add("vpc", "aws.vpc", "region")
        .add("zone-a", "aws.availability_zone", "vpc", {{"letter", "a"}})
        .add("zone-b", "aws.availability_zone", "vpc", {{"letter", "b"}})
        .add("lb", "aws.alb", "vpc")
        .add("cluster", "aws.ecs.cluster", "vpc")
        .add("web", "aws.ecs.fargate_service", "cluster")
        .add("image", "container.image", "region")
        .add("ecr", "aws.ecr", "region")
        .add("table", "aws.dynamodb", "region")
        .connect("users", "lb")
        .connect("lb", "web")
        .connect("web", "image")
        .connect("image", "ecr")
        .connect("web", "table");
    return shop;
}

Drawing&
Drawing::add(const std::string& id, const std::string& kind, const std::string& parent, Properties properties)
{
    Node node;
    node.id = id;
    node.kind = kind;
    node.name = id;
    node.parent = parent;
    node.properties = std::move(properties);
    m_design.nodes.push_back(std::move(node));
    return *this;
}

Drawing& Drawing::connect(const std::string& from, const std::string& to, Properties properties)
{
    Link link;
    link.id = from + "-" + to;
    link.from = from;
    link.to = to;
    link.properties = std::move(properties);
    m_design.links.push_back(std::move(link));
    return *this;
}

Drawing& Drawing::set(const std::string& id, const std::string& key, Value value)
{
    for (Node& node : m_design.nodes) {
        if (node.id == id) {
            node.properties[key] = std::move(value);
            return *this;
        }
    }
    std::abort();
}

Drawing& Drawing::setLink(const std::string& from, const std::string& to, const std::string& key, Value value)
{
    for (Link& link : m_design.links) {
        if (link.from == from && link.to == to) {
            link.properties[key] = std::move(value);
            return *this;
        }
    }
    std::abort();
}

Drawing& Drawing::remove(const std::string& id)
{
    std::erase_if(m_design.nodes, [&id](const Node& node) { return node.id == id; });
    std::erase_if(m_design.links, [&id](const Link& link) { return link.from == id || link.to == id; });
    return *this;
}

Drawing& Drawing::fault(
    const std::string& kind, const std::string& target, double atSeconds, Properties properties,
    double forSeconds)
{
    FaultSpec fault;
    fault.id = "fault-" + std::to_string(m_design.faults.size() + 1);
    fault.kind = kind;
    fault.target = target;
    fault.atSeconds = atSeconds;
    fault.forSeconds = forSeconds;
    fault.properties = std::move(properties);
    m_design.faults.push_back(std::move(fault));
    return *this;
}

RunResult Drawing::runFor(Duration horizon, std::uint64_t seed) const
{
    RunOptions options;
    options.horizon = horizon;
    options.seed = seed;
    RunResult result = run(m_design, options);
    if (hasErrors(result.diagnostics)) {
        for (const Diagnostic& diagnostic : result.diagnostics) {
            std::fprintf(stderr, "%s\n", toText(diagnostic).c_str());
        }
        std::abort();
    }
    return result;
}

std::uint64_t outcomes(const RunResult& result, const std::string& text)
{
    std::uint64_t sum = 0;
    for (const auto& [name, counts] : result.classes) {
        for (const auto& [outcome, count] : counts.outcomes) {
            sum += outcome.find(text) != std::string::npos ? count : 0;
        }
    }
    return sum;
}

std::uint64_t requests(const RunResult& result)
{
    std::uint64_t sum = 0;
    for (const auto& [name, counts] : result.classes) {
        sum += counts.total;
    }
    return sum;
}

std::uint64_t failures(const RunResult& result)
{
    std::uint64_t sum = 0;
    for (const auto& [name, counts] : result.classes) {
        sum += counts.failed;
    }
    return sum;
}

std::size_t logged(const RunResult& result, const std::string& text)
{
    return static_cast<std::size_t>(
        std::count_if(result.log.begin(), result.log.end(), [&text](const RunEvent& event) {
            return event.what.find(text) != std::string::npos;
        }));
}

Time firstLogged(const RunResult& result, const std::string& text)
{
    for (const RunEvent& event : result.log) {
        if (event.what.find(text) != std::string::npos) {
            return event.at;
        }
    }
    return kNever;
}

double used(const RunResult& result, const std::string& usageType)
{
    Quantity sum;
    for (const UsageRecord& record : result.usage.records()) {
        if (record.usageType == usageType) {
            sum += record.quantity;
        }
    }
    return sum.value();
}

double lowest(const RunResult& result, const std::string& node, const std::string& metric, Time from, Time to)
{
    const Series* series = result.find(node, metric);
    double found = 1e300;
    for (const SeriesPoint& point : series->points()) {
        found = point.at >= from && point.at < to ? std::min(found, point.min) : found;
    }
    return found;
}

double
highest(const RunResult& result, const std::string& node, const std::string& metric, Time from, Time to)
{
    const Series* series = result.find(node, metric);
    double found = -1e300;
    for (const SeriesPoint& point : series->points()) {
        found = point.at >= from && point.at < to ? std::max(found, point.max) : found;
    }
    return found;
}

}  // namespace neph
