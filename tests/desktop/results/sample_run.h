#pragma once

#include <algorithm>
#include <cmath>
#include <memory>
#include <string>

#include "sim/metrics/run_result.h"
#include "sim/model/design.h"

namespace neph {

/// A small shop as a drawing: users, a load balancer, a service and a table in a cluster frame.
inline Design sampleDesign()
{
    Design design;
    design.name = "Shop";
    const auto add = [&design](const char* id, const char* kind, const char* name, const char* parent) {
        Node node;
        node.id = id;
        node.kind = kind;
        node.name = name;
        node.parent = parent;
        design.nodes.push_back(node);
    };
    add("users", "users", "Customers", "");
    add("alb", "aws.alb", "Front door", "");
    add("cluster", "aws.ecs.cluster", "Cluster", "");
    add("web", "aws.ecs.fargate_service", "Web shop", "cluster");
    add("orders", "aws.dynamodb", "Orders", "");
    return design;
}

/// Builds a RunResult as a run of sampleDesign() would yield it. Values follow from the time alone, so that
/// a longer run begins like a shorter one.
class SampleRun {
public:
    explicit SampleRun(int lengthSeconds) : m_length(lengthSeconds)
    {
        m_result.designName = "Shop";
        m_result.designDigest = "sample";
        m_result.simulated = std::chrono::seconds(lengthSeconds);
        m_result.horizon = std::chrono::seconds(3600);
    }

    SampleRun&
    withSeries(const std::string& node, const std::string& metric, const std::string& unit, double level)
    {
        Series series(node, metric, unit, 1s);
        for (int t = 0; t < m_length; ++t) {
            series.add(std::chrono::seconds(t), level * shape(t));
        }
        m_result.series.push_back(std::move(series));
        return *this;
    }
    /// Numbers of tasks: four until a third of an hour, then eight.
    SampleRun& withTasks(const std::string& node)
    {
        Series running(node, "RunningTaskCount", "count", 1s);
        Series desired(node, "DesiredTaskCount", "count", 1s);
        Series pending(node, "PendingTaskCount", "count", 1s);
        for (int t = 0; t < m_length; ++t) {
            const double wanted = t < 1200 ? 4 : 8;
            const double up = t < 1200 ? 4 : std::min(8, 4 + (t - 1200) / 40);
            desired.add(std::chrono::seconds(t), wanted);
            running.add(std::chrono::seconds(t), up);
            pending.add(std::chrono::seconds(t), wanted - up);
        }
        m_result.series.push_back(std::move(running));
        m_result.series.push_back(std::move(desired));
        m_result.series.push_back(std::move(pending));
        return *this;
    }
    SampleRun& withEvent(int second, EventLevel level, const std::string& node, const std::string& what)
    {
        m_result.log.push_back({std::chrono::seconds(second), level, node, what, {}});
        return *this;
    }
    SampleRun& withUsage(
        const std::string& node, const std::string& requestClass, const std::string& service,
        const std::string& type, std::uint32_t hour, Quantity quantity,
        const std::string& region = "us-east-1")
    {
        m_result.usage.add({node, requestClass, service, type, region, hour, quantity});
        return *this;
    }
    SampleRun& withLatencies(const std::string& requestClass, int count, Duration typical)
    {
        ClassResult& requests = m_result.classes[requestClass];
        for (int i = 0; i < count; ++i) {
            const double spread = 0.6 + 0.9 * (i % 97) / 97.0 + (i % 50 == 0 ? 4.0 * (i % 7) / 7.0 : 0);
            requests.latency.add(
                Duration(static_cast<std::int64_t>(static_cast<double>(typical.count()) * spread)));
        }
        requests.total += static_cast<std::uint64_t>(count);
        requests.ok = requests.total;
        return *this;
    }
    SampleRun& withTrace(RequestTrace trace)
    {
        m_result.traces.push_back(std::move(trace));
        return *this;
    }

    RunResult& result() { return m_result; }
    std::shared_ptr<const RunResult> make() const { return std::make_shared<const RunResult>(m_result); }

    /// A day's curve in miniature with a spike at twenty minutes.
    static double shape(int t)
    {
        const double wave =
            0.75 + 0.2 * std::sin(t / 240.0) + 0.05 * std::sin(t * 1.7) + 0.03 * std::sin(t * 0.61);
        const double spike = t > 1200 && t < 1700 ? 0.9 * (1 - std::abs(t - 1450) / 250.0) : 0;
        return wave + spike;
    }

private:
    int m_length;
    RunResult m_result;
};

/// A request that waited 120 ms for a worker: users → balancer → task → table.
inline RequestTrace waitingRequest(std::uint64_t id, Time arrived)
{
    RequestTrace trace;
    trace.id = id;
    trace.requestClass = "checkout";
    trace.source = "users";
    trace.arrived = arrived;
    trace.latency = 184ms;
    trace.outcome = "200 OK";
    const auto step = [&](const char* node, const char* what, const char* replica, int depth, Duration from,
                          Duration start, Duration to, const char* why) {
        trace.spans.push_back(
            {node, what, replica, depth, arrived + from, arrived + start, arrived + to, why});
    };
    step("users", "sends the request", "", 0, 0ms, 0ms, 184ms, "");
    step("alb", "forwards to a target", "", 1, 2ms, 2ms, 182ms, "");
    step("web", "waits for a worker", "task/3", 2, 3ms, 123ms, 181ms, "64 of 64 were busy");
    step("web", "handler CPU", "task/3", 3, 123ms, 131ms, 153ms, "the vCPU was shared by 5 requests");
    step("orders", "writes the order", "partition/1", 3, 155ms, 155ms, 163ms, "");
    step("web", "renders the answer", "task/3", 3, 163ms, 163ms, 181ms, "");
    return trace;
}

/// A request that the table refused.
inline RequestTrace throttledRequest(std::uint64_t id, Time arrived)
{
    RequestTrace trace = waitingRequest(id, arrived);
    trace.latency = 41ms;
    trace.ok = false;
    trace.outcome = "ProvisionedThroughputExceededException";
    trace.spans = {
        {"users", "sends the request", "", 0, arrived, arrived, arrived + 41ms, ""},
        {"alb", "forwards to a target", "", 1, arrived + 1ms, arrived + 1ms, arrived + 40ms, ""},
        {"web", "handler CPU", "task/1", 2, arrived + 2ms, arrived + 2ms, arrived + 30ms, ""},
        {"orders", "writes the order", "partition/2", 2, arrived + 31ms, arrived + 31ms, arrived + 39ms,
         "the write capacity of partition/2 was used up"},
    };
    return trace;
}

/// Everything at once: what a busy run of `lengthSeconds` looks like.
inline SampleRun busyRun(int lengthSeconds)
{
    SampleRun run(lengthSeconds);
    for (const std::string& node :
         {std::string(), std::string("alb"), std::string("web"), std::string("orders")}) {
        const double scale = node == "orders" ? 0.6 : 1;
        run.withSeries(node, "Requests", "1/s", 420 * scale)
            .withSeries(node, "Errors", "1/s", 6 * scale)
            .withSeries(node, "LatencyP50", "ms", 42 * scale)
            .withSeries(node, "LatencyP95", "ms", 120 * scale)
            .withSeries(node, "LatencyP99", "ms", 240 * scale)
            .withSeries(node, "QueueLength", "count", 12 * scale)
            .withSeries(node, "CostPerHour", "USD/h", 0.21 * scale);
        if (!node.empty()) {
            run.withSeries(node, "Utilization", "%", 52 * scale);
        }
    }
    run.withSeries("web", "CPUUtilization", "%", 52)
        .withSeries("web", "MemoryUtilization", "%", 30)
        .withTasks("web");
    run.withSeries("orders", "ConsumedReadCapacityUnits", "count", 120)
        .withSeries("orders", "ConsumedWriteCapacityUnits", "count", 60)
        .withSeries("orders", "ItemCollectionBytes", "bytes", 4000);
    run.withLatencies("browse", 9000, 40ms).withLatencies("checkout", 3000, 90ms);
    for (int t = 5; t < lengthSeconds; t += 97) {
        run.withEvent(t, EventLevel::Info, "web", "(service web) has reached a steady state.");
    }
    run.withEvent(
           lengthSeconds / 3, EventLevel::Info, "web",
           "(service web) (deployment ecs-svc/2) deployment in progress.")
        .withEvent(
            lengthSeconds / 3 + 20, EventLevel::Warning, "alb", "target task/3 is unhealthy: 2 checks failed")
        .withEvent(
            lengthSeconds / 3 + 30, EventLevel::Failure, "web",
            "CannotPullContainerError: toomanyrequests: You have reached your pull rate limit.");
    std::stable_sort(
        run.result().log.begin(), run.result().log.end(),
        [](const RunEvent& a, const RunEvent& b) { return a.at < b.at; });
    for (std::uint64_t i = 0; i < 40; ++i) {
        const Time at = std::chrono::seconds(i * static_cast<std::uint64_t>(lengthSeconds) / 40);
        run.withTrace(i % 7 == 3 ? throttledRequest(i, at) : waitingRequest(i, at));
        RequestTrace& trace = run.result().traces.back();
        trace.latency += std::chrono::milliseconds(i * 13 % 90);
        trace.requestClass = i % 3 == 0 ? "browse" : "checkout";
    }
    const auto hours = static_cast<std::uint32_t>(lengthSeconds / 3600);
    for (std::uint32_t hour = 0; hour <= hours; ++hour) {
        const int within = std::min(3600, lengthSeconds - static_cast<int>(hour) * 3600);
        if (within <= 0) {
            break;
        }
        run.withUsage(
               "web", "", "AmazonECS", "Fargate-vCPU-Hours:perCPU", hour, Quantity::ratio(6 * within, 3600))
            .withUsage("web", "", "AmazonECS", "Fargate-GB-Hours", hour, Quantity::ratio(12 * within, 3600))
            .withUsage(
                "orders", "browse", "AmazonDynamoDB", "ReadRequestUnits", hour, Quantity::of(within * 250))
            .withUsage(
                "orders", "checkout", "AmazonDynamoDB", "WriteRequestUnits", hour, Quantity::of(within * 90))
            .withUsage("alb", "", "AWSELB", "LoadBalancerUsage", hour, Quantity::of(1));
    }
    return run;
}

}  // namespace neph
