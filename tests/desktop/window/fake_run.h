#pragma once

#include <cmath>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "sim/run.h"

namespace neph::test {

/// A run without an engine, for tests of the window: time passes, every component reports a steady rate, and
/// something happens once a minute. `eventWork`: how long one event keeps the thread busy.
class FakeRun final : public LiveRun {
public:
    explicit FakeRun(const Design& design, std::chrono::nanoseconds eventWork = {})
        : m_design(design), m_eventWork(eventWork), m_horizon(fromSeconds(design.runSeconds))
    {
        m_result.designName = design.name;
        m_result.horizon = m_horizon;
        for (const Node& node : design.nodes) {
            m_series.emplace_back(node.id, "RequestCount", "1/s", 1s);
        }
    }

    Time now() const override { return m_now; }
    Time horizon() const override { return m_horizon; }
    bool isFinished() const override { return m_now >= m_horizon; }

    void advance(Time until, std::chrono::milliseconds wall, std::stop_token stop) override
    {
        const auto end = std::chrono::steady_clock::now() + wall;
        while (m_now < std::min(until, m_horizon) && !stop.stop_requested() &&
               std::chrono::steady_clock::now() < end) {
            step(std::min(until, m_horizon));
        }
    }
    void stepEvent() override { step(m_horizon); }
    void stepToNextChange(std::stop_token stop) override
    {
        const std::size_t before = m_result.log.size();
        while (m_result.log.size() == before && !isFinished() && !stop.stop_requested()) {
            step(m_horizon);
        }
    }
    Result<Done> inject(const FaultSpec& fault) override
    {
        if (m_design.node(fault.target) == nullptr) {
            return Error{ErrorCode::NotFound, fault.target, "There is nothing of that name."};
        }
        m_result.log.push_back({m_now, EventLevel::Failure, fault.target, "fault: " + fault.kind, ""});
        return Done{};
    }

    RunResult result() override
    {
        RunResult copy = m_result;
        copy.simulated = m_now;
        copy.series = m_series;
        copy.wallSeconds =
            std::chrono::duration<double>(std::chrono::steady_clock::now() - m_started).count();
        for (const Node& node : m_design.nodes) {
            NodeView& view = copy.nodes[node.id];
            view.requestsPerSecond = rate(m_now);
            view.utilisation = rate(m_now) / 200;
            view.requests = m_result.events;
            view.status = "steady";
            view.bottleneck = "CPU: half busy";
            view.stations.push_back({"CPU", view.utilisation, 0, 0, 0, Duration{0}});
        }
        for (const Link& link : m_design.links) {
            copy.links[link.id].requestsPerSecond = rate(m_now);
        }
        return copy;
    }

private:
    static double rate(Time at) { return 100 + static_cast<double>(at / 1s % 60); }

    void step(Time until)
    {
        const Time next = std::min(until, m_now + 10ms);
        const bool newSecond = next / 1s != m_now / 1s;
        m_now = next;
        ++m_result.events;
        if (newSecond) {
            for (Series& series : m_series) {
                series.add(m_now, rate(m_now));
            }
            if (m_now / 1s % 60 == 0 && !m_design.nodes.empty()) {
                m_result.log.push_back(
                    {m_now, EventLevel::Info, m_design.nodes.front().id, "one more minute", ""});
            }
        }
        const auto end = std::chrono::steady_clock::now() + m_eventWork;
        while (m_eventWork.count() > 0 && std::chrono::steady_clock::now() < end) {
        }
    }

    Design m_design;
    std::chrono::nanoseconds m_eventWork;
    Time m_now{0};
    Time m_horizon;
    RunResult m_result;
    std::vector<Series> m_series;
    std::chrono::steady_clock::time_point m_started = std::chrono::steady_clock::now();
};

/// A starter for RunController.
inline auto fakeRuns(std::chrono::nanoseconds eventWork = {})
{
    return [eventWork](const Design& design, const RunOptions&) -> Result<std::unique_ptr<LiveRun>> {
        if (design.nodes.empty()) {
            return Error{ErrorCode::Invalid, "/nodes", "There is nothing to run yet."};
        }
        return std::unique_ptr<LiveRun>(std::make_unique<FakeRun>(design, eventWork));
    };
}

}  // namespace neph::test
