#include "sim/plan/feedback_free.h"

#include <algorithm>
#include <set>
#include <utility>

namespace neph {

namespace {

// Longer ways (or calls in a circle) are left to events.
constexpr std::size_t kMostLegs = 64;

/// Walks paths as a request does and writes down what it meets.
class Walk {
public:
    Walk(const Plan& plan, std::vector<Stage>& stages) : m_plan(plan), m_stages(stages) {}

    std::optional<Route> routeOf(std::uint32_t source, std::uint32_t requestClass)
    {
        m_route = {};
        m_route.source = source;
        m_route.requestClass = requestClass;
        m_route.visits.push_back({.path = m_plan.sources[source].path.value});
        if (!follow(0)) {
            return std::nullopt;
        }
        return std::move(m_route);
    }

private:
    std::uint32_t point() const { return static_cast<std::uint32_t>(m_route.legs.size()); }

    bool follow(std::uint32_t visit)
    {
        std::uint32_t at = m_plan.paths[m_route.visits[visit].path].first;
        while (m_route.legs.size() < kMostLegs && m_route.visits.size() < kMostLegs) {
            const Step& step = m_plan.steps[at];
            if (step.op == Op::Reply) {
                m_route.visits[visit].to = point();
                return step.cleanup == 0;
            }
            const bool isSkipped = step.op == Op::Branch && (step.classes >> m_route.requestClass & 1) == 0;
            if (!isSkipped && !take(step, at, visit)) {
                return false;
            }
            at = isSkipped ? step.jump : at + 1;
        }
        return false;
    }

    /// False: it may look back.
    bool take(const Step& step, std::uint32_t at, std::uint32_t visit)
    {
        switch (step.op) {
        case Op::Delay:
        case Op::Hop:
        case Op::Serve:
            if (step.op == Op::Hop && !step.draw) {
                return false;
            }
            m_route.legs.push_back({stageOf(step, at), at, visit});
            return true;
        case Op::Meter:
            m_route.counts.push_back({point(), {}, step.meter, step.amount});
            return true;
        case Op::Branch:
            return !step.draw;
        case Op::Call:
            return call(step, at, visit);
        default:
            return false;
        }
    }

    bool call(const Step& step, std::uint32_t at, std::uint32_t visit)
    {
        if (step.policy && m_plan.policies[step.policy.value].timeout > Duration::zero()) {
            return false;
        }
        if (step.link) {
            m_route.counts.push_back({point(), step.link, {}, {}});
        }
        m_route.marks.push_back({point(), visit, at, true});
        Route::Visit callee{.path = step.path.value, .parent = visit, .callStep = at};
        if (step.pool) {
            if (step.routing == Routing::LeastOutstanding) {
                return false;
            }
            callee.picked = point();
            callee.isRouted = true;
            m_route.legs.push_back({stageOf(step, at), at, visit});
        } else if (nodeOf(callee.path) == nodeOf(m_route.visits[visit].path)) {
            callee.picked = m_route.visits[visit].picked;  // Within one node a call stays on its replica.
        }
        callee.from = point();
        m_route.visits.push_back(callee);
        if (!follow(static_cast<std::uint32_t>(m_route.visits.size() - 1))) {
            return false;
        }
        m_route.marks.push_back({point(), visit, at, false});
        return true;
    }

    std::uint32_t nodeOf(std::uint32_t path) const { return m_plan.paths[path].node.value; }

    std::uint32_t stageOf(const Step& step, std::uint32_t at)
    {
        const auto isSame = [&](const Stage& stage) {
            return step.op == Op::Call
                       ? stage.op == Op::Call && m_plan.steps[stage.step].pool.value == step.pool.value
                       : stage.step == at;
        };
        const auto found = std::find_if(m_stages.begin(), m_stages.end(), isSame);
        if (found == m_stages.end()) {
            m_stages.push_back({step.op, at});
            return static_cast<std::uint32_t>(m_stages.size() - 1);
        }
        return static_cast<std::uint32_t>(found - m_stages.begin());
    }

    const Plan& m_plan;
    std::vector<Stage>& m_stages;
    Route m_route;
};

/// Whether no two stages draw from one stream or stand at one station.
bool areApart(const Plan& plan, const std::vector<Stage>& stages)
{
    std::set<std::uint32_t> draws;
    std::set<std::uint32_t> stations;
    const auto isNew = [](std::set<std::uint32_t>& seen, auto id) {
        return !id || seen.insert(id.value).second;
    };
    return std::all_of(stages.begin(), stages.end(), [&](const Stage& stage) {
        const Step& step = plan.steps[stage.step];
        return stage.op == Op::Call ||
               (isNew(draws, step.draw) && isNew(draws, step.other) && isNew(stations, step.station));
    });
}

/// Puts the stages into an order that every route follows; false where there is none.
bool putInOrder(FeedbackFree& parts)
{
    const std::size_t count = parts.stages.size();
    std::set<std::pair<std::uint32_t, std::uint32_t>> edges;
    for (const Route& route : parts.routes) {
        for (std::size_t i = 1; i < route.legs.size(); ++i) {
            edges.emplace(route.legs[i - 1].stage, route.legs[i].stage);
        }
    }
    std::vector<std::uint32_t> order;
    std::vector<std::uint32_t> placeOf(count, Route::kNowhere);
    while (order.size() < count) {
        const std::size_t before = order.size();
        for (std::uint32_t stage = 0; stage < count; ++stage) {
            const bool isNext = placeOf[stage] == Route::kNowhere &&
                                std::none_of(edges.begin(), edges.end(), [&](const auto& edge) {
                                    return edge.second == stage && placeOf[edge.first] == Route::kNowhere;
                                });
            if (isNext) {
                placeOf[stage] = static_cast<std::uint32_t>(order.size());
                order.push_back(stage);
            }
        }
        if (order.size() == before) {
            return false;
        }
    }
    std::vector<Stage> inOrder;
    inOrder.reserve(order.size());
    for (const std::uint32_t stage : order) {
        inOrder.push_back(parts.stages[stage]);
    }
    parts.stages = std::move(inOrder);
    for (Route& route : parts.routes) {
        for (Route::Leg& leg : route.legs) {
            leg.stage = placeOf[leg.stage];
        }
    }
    return true;
}

}  // namespace

std::optional<FeedbackFree> feedbackFree(const Plan& plan)
{
    FeedbackFree parts;
    Walk walk(plan, parts.stages);
    for (std::uint32_t source = 0; source < plan.sources.size(); ++source) {
        const SourceSpec& spec = plan.sources[source];
        if (spec.users > 0) {
            return std::nullopt;
        }
        for (std::uint32_t c = 0; c < spec.classWeights.size(); ++c) {
            if (spec.classWeights[c] > 0) {
                std::optional<Route> route = walk.routeOf(source, c);
                if (!route) {
                    return std::nullopt;
                }
                parts.routes.push_back(std::move(*route));
            }
        }
    }
    const bool canRun = !parts.routes.empty() && areApart(plan, parts.stages) && putInOrder(parts);
    return canRun ? std::optional(std::move(parts)) : std::nullopt;
}

}  // namespace neph
