#include <set>

#include "sim/plan/plan_builder.h"

namespace neph {

namespace {

/// Walks a plan once and keeps the first thing that is wrong with it.
class PlanCheck {
public:
    explicit PlanCheck(const Plan& plan) : m_plan(plan) {}

    std::string run()
    {
        checkTables();
        checkDraws();
        for (std::uint32_t i = 0; i < m_plan.paths.size() && m_problem.empty(); ++i) {
            checkPath(i);
        }
        checkRings();
        for (const SourceSpec& source : m_plan.sources) {
            checkSource(source);
        }
        return m_problem;
    }

private:
    void require(bool condition, const std::string& problem)
    {
        if (!condition && m_problem.empty()) {
            m_problem = problem;
        }
    }

    void checkTables()
    {
        require(
            !m_plan.classes.empty() && m_plan.classes.size() <= 64,
            "it has no request class, or more than 64");
        require(
            m_plan.paths.size() < 0xFFFF && m_plan.outcomes.size() < 0xFFFF,
            "it has too many paths or outcomes");
        for (const StationSpec& station : m_plan.stations) {
            const std::string who = "station '" + station.name + "'";
            require(station.node.value < m_plan.nodes.size(), who + " has no node");
            require(
                !station.pool || station.pool.value < m_plan.pools.size(), who + " is of an unknown pool");
            require(
                station.capacity >= 0 && station.rate >= 0 && station.perFlow >= 0,
                who + " has a negative size");
            const bool isRated = station.kind == StationKind::Bandwidth;
            require(!isRated || station.rate > 0, who + " moves no bytes");
            require(station.kind != StationKind::Cpu || station.capacity > 0, who + " has no core");
        }
        for (const PoolSpec& pool : m_plan.pools) {
            require(pool.node.value < m_plan.nodes.size(), "pool '" + pool.name + "' has no node");
            require(
                pool.weights.empty() || pool.weights.size() == pool.fixedReplicas,
                "pool '" + pool.name + "' has not one weight for each replica");
        }
        for (const AmountSpec& amount : m_plan.amounts) {
            const std::size_t count = amount.byClass.size();
            require(count == 1 || count == m_plan.classes.size(), "an amount is given for some classes only");
        }
        for (const PathSpec& path : m_plan.paths) {
            require(path.node.value < m_plan.nodes.size(), "path '" + path.name + "' has no node");
        }
    }

    void checkDraws()
    {
        std::set<std::pair<std::string, std::string>> names;
        for (const DrawSpec& draw : m_plan.draws) {
            const std::string who = "draw '" + draw.entity + ": " + draw.purpose + "'";
            const std::size_t count = draw.byClass.size();
            require(count == 1 || count == m_plan.classes.size(), who + " is given for some classes only");
            require(
                names.emplace(draw.entity, draw.purpose).second,
                who + " would share another's random numbers");
        }
    }

    /// Paths lie one after the other.
    std::uint32_t endOf(std::uint32_t path) const
    {
        const bool isLast = path + 1 == m_plan.paths.size();
        return isLast ? static_cast<std::uint32_t>(m_plan.steps.size()) : m_plan.paths[path + 1].first;
    }

    void checkRings()
    {
        m_seen.resize(m_plan.paths.size(), Seen::No);
        for (std::uint32_t path = 0; path < m_plan.paths.size() && m_problem.empty(); ++path) {
            follow(path);
        }
    }

    /// Walks on along the calls of a path; whoever is met on the way to itself is in a ring.
    void follow(std::uint32_t path)
    {
        require(
            m_seen[path] != Seen::OnTheWay,
            "path '" + m_plan.paths[path].name + "' calls itself, directly or through others");
        if (m_seen[path] != Seen::No) {
            return;
        }
        m_seen[path] = Seen::OnTheWay;
        for (std::uint32_t i = m_plan.paths[path].first; i < endOf(path) && m_problem.empty(); ++i) {
            if (m_plan.steps[i].op == Op::Call) {
                follow(m_plan.steps[i].path.value);
            }
        }
        m_seen[path] = Seen::Yes;
    }

    void checkSource(const SourceSpec& source)
    {
        const std::string who = "source '" + source.name + "'";
        require(source.path.value < m_plan.paths.size(), who + " has no path");
        require(
            source.classWeights.size() == m_plan.classes.size(), who + " has not one weight for each class");
        double sum = 0;
        for (const double weight : source.classWeights) {
            require(weight >= 0, who + " has a negative weight");
            sum += weight;
        }
        require(sum > 0, who + " has no class");
    }

    void checkPath(std::uint32_t index)
    {
        const PathSpec& path = m_plan.paths[index];
        m_path = "path '" + path.name + "'";
        const std::uint32_t end = endOf(index);
        require(path.first < end, m_path + " has no steps");
        for (std::uint32_t i = path.first; i < end && m_problem.empty(); ++i) {
            checkStep(i, end);
        }
        if (m_problem.empty()) {
            const Step& last = m_plan.steps[end - 1];
            require(last.op == Op::Reply || last.op == Op::Fail, m_path + " has no end");
            require(last.op == Op::Fail || last.cleanup == 0, m_path + " does not give back what it took");
        }
    }

    void checkStep(std::uint32_t index, std::uint32_t end)
    {
        const Step& step = m_plan.steps[index];
        switch (step.op) {
        case Op::Delay:
            require(has(step.draw), m_path + " waits without saying how long");
            break;
        case Op::Serve:
            require(isOf(step.station, StationKind::Slots) && has(step.draw), m_path + " serves at no slots");
            require(canRefuse(step), m_path + " does not say what happens when a queue is full");
            break;
        case Op::Acquire:
        case Op::Release:
            require(isOf(step.station, StationKind::Slots), m_path + " holds something that is not slots");
            require(
                step.op == Op::Release || canRefuse(step),
                m_path + " does not say what happens when a queue is full");
            break;
        case Op::Work:
            require(isOf(step.station, StationKind::Cpu) && has(step.draw), m_path + " works on no CPU");
            break;
        case Op::Hold:
        case Op::Free:
            require(
                isOf(step.station, StationKind::Memory) && has(step.amount),
                m_path + " holds bytes of no memory");
            break;
        case Op::Take:
            require(
                isOf(step.station, StationKind::TokenBucket) && has(step.amount),
                m_path + " takes from no bucket");
            require(
                !step.second || isOf(step.second, StationKind::TokenBucket),
                m_path + " takes from no bucket");
            require(
                step.outcome.value < m_plan.outcomes.size(),
                m_path + " does not say what an empty bucket answers");
            break;
        case Op::Transfer:
            require(
                isOf(step.station, StationKind::Bandwidth) && has(step.amount),
                m_path + " moves bytes through no line");
            break;
        case Op::Hop:
            require(has(step.draw), m_path + " hops without saying how long");
            require(
                !step.meter || (step.meter.value < m_plan.meters.size() && has(step.amount)),
                m_path + " meters no bytes");
            break;
        case Op::Meter:
            require(step.meter.value < m_plan.meters.size() && has(step.amount), m_path + " meters nothing");
            break;
        case Op::Fail:
            require(step.outcome.value < m_plan.outcomes.size(), m_path + " fails without saying how");
            break;
        case Op::Branch:
            require(step.jump > index && step.jump < end, m_path + " leaves a branch open");
            break;
        default:
            checkCall(index, end);
            break;
        }
    }

    void checkCall(std::uint32_t index, std::uint32_t end)
    {
        const Step& step = m_plan.steps[index];
        if (step.op == Op::Fork) {
            require(step.count > 0 && index + step.count < end, m_path + " forks into nothing");
            for (std::uint32_t i = index + 1; i <= index + step.count && m_problem.empty(); ++i) {
                require(m_plan.steps[i].op == Op::Call, m_path + " forks into something that is not a call");
            }
        } else if (step.op == Op::Call) {
            require(step.path.value < m_plan.paths.size(), m_path + " calls no path");
            require(
                !step.policy || step.policy.value < m_plan.policies.size(),
                m_path + " calls under an unknown policy");
            require(
                !step.link || step.link.value < m_plan.links.size(), m_path + " calls over an unknown link");
            require(!step.pool || step.pool.value < m_plan.pools.size(), m_path + " calls an unknown pool");
            require(
                !step.pool || step.outcome.value < m_plan.outcomes.size(),
                m_path + " does not say what an empty pool answers");
            const bool isWeighted = step.pool && step.routing == Routing::ByWeight;
            require(
                !isWeighted || !m_plan.pools[step.pool.value].weights.empty(),
                m_path + " routes by weights that are not there");
        }
    }

    bool has(DrawId draw) const { return draw.value < m_plan.draws.size(); }
    bool has(AmountId amount) const { return amount.value < m_plan.amounts.size(); }
    bool isOf(StationId station, StationKind kind) const
    {
        return station.value < m_plan.stations.size() && m_plan.stations[station.value].kind == kind;
    }
    bool canRefuse(const Step& step) const
    {
        return m_plan.stations[step.station.value].queueLimit < 0 ||
               step.outcome.value < m_plan.outcomes.size();
    }

    enum class Seen : std::uint8_t { No, OnTheWay, Yes };

    const Plan& m_plan;
    std::vector<Seen> m_seen;
    std::string m_path;
    std::string m_problem;
};

}  // namespace

std::string whatIsWrongWith(const Plan& plan)
{
    return PlanCheck(plan).run();
}

}  // namespace neph
