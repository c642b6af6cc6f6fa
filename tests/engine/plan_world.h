#pragma once

#include <memory>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/engine/request_engine.h"
#include "sim/plan/plan_builder.h"

namespace neph {

/// A plan under construction with one node and one request class to start with, and then its run. Whatever a
/// test does, the books of every station must balance at the end of it.
class PlanWorld : public testing::Test {
protected:
    PlanWorld()
    {
        m_users = m_builder.addNode({"users", "Users", "users"});
        m_node = m_builder.addNode({"server", "Server", "server"});
    }

    ~PlanWorld() override
    {
        if (m_engine) {
            expectBalance();
        }
    }

    DrawId draw(const std::string& purpose, Distribution distribution)
    {
        return m_builder.addDraw("server", purpose, std::move(distribution));
    }
    OutcomeId outcome(OutcomeSpec::Kind kind, const std::string& name, bool isRetryable = false)
    {
        return m_builder.outcome({kind, name, isRetryable, m_node});
    }
    StationId slots(std::int64_t capacity, std::int64_t queueLimit = -1, const std::string& name = "workers")
    {
        return m_builder.addStation(
            {.name = name, .node = m_node, .pool = {}, .capacity = capacity, .queueLimit = queueLimit});
    }
    StationId cpu(std::int64_t milliCores)
    {
        return m_builder.addStation(
            {.kind = StationKind::Cpu, .name = "vCPU", .node = m_node, .pool = {}, .capacity = milliCores});
    }
    /// Open load along `path`.
    SourceId arrivals(PathId path, double perSecond)
    {
        if (m_builder.classCount() == 0) {
            m_builder.addClass("request");
        }
        return m_builder.addSource(
            {.name = "users",
             .node = m_users,
             .path = path,
             .classWeights = std::vector<double>(m_builder.classCount(), 1.0),
             .rate = RateProfile::constant(perSecond)});
    }
    /// Closed load: with constant thinking, `count` requests at exactly that moment.
    SourceId users(PathId path, std::uint32_t count, Distribution think)
    {
        if (m_builder.classCount() == 0) {
            m_builder.addClass("request");
        }
        return m_builder.addSource(
            {.name = "users",
             .node = m_users,
             .path = path,
             .classWeights = std::vector<double>(m_builder.classCount(), 1.0),
             .rate = {},
             .users = count,
             .think = std::move(think)});
    }

    RequestEngine& engine(std::uint64_t seed = 1, EngineOptions options = {})
    {
        if (!m_engine) {
            if (m_builder.classCount() == 0) {
                m_builder.addClass("request");
            }
            m_plan = std::make_unique<Plan>(m_builder.build());
            m_simulation = std::make_unique<Simulation>();
            m_engine = std::make_unique<RequestEngine>(*m_plan, *m_simulation, seed, options);
        }
        return *m_engine;
    }
    RequestEngine& runUntil(Time end)
    {
        RequestEngine& run = engine();
        run.runUntil(end);
        return run;
    }
    RunResult result()
    {
        RunResult described;
        engine().describe(described);
        return described;
    }
    ClassResult requests() { return result().classes.at("request"); }
    std::uint64_t countOf(const std::string& name)
    {
        const ClassResult all = requests();
        const auto found = all.outcomes.find(name);
        return found == all.outcomes.end() ? 0 : found->second;
    }

    void expectBalance()
    {
        for (const Diagnostic& violation : m_engine->checkConservation()) {
            ADD_FAILURE() << violation.what;
        }
    }

    PlanBuilder m_builder;
    NodeIndex m_users;
    NodeIndex m_node;
    std::unique_ptr<Plan> m_plan;
    std::unique_ptr<Simulation> m_simulation;
    std::unique_ptr<RequestEngine> m_engine;
};

}  // namespace neph
