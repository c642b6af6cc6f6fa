#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "sim/engine/request_engine.h"
#include "sim/kernel/random.h"
#include "sim/plan/plan_builder.h"

namespace neph {

/// A random chain of nodes without feedback: delays, hops, stations with slots, pools of them; several
/// classes, some of which skip nodes; one or two sources. And random acts of controllers on it.
class RandomPlan {
public:
    using Act = std::function<void(RequestEngine&, Simulation&)>;

    /// All rates are `faster` times higher and all times as much shorter.
    explicit RandomPlan(std::uint64_t seed, double faster = 1) : m_random(seed, 77), m_faster(faster)
    {
        m_classes = 1 + static_cast<std::uint32_t>(m_random.below(3));
        for (std::uint32_t c = 0; c < m_classes; ++c) {
            m_builder.addClass("class" + std::to_string(c));
        }
        for (const char* zone : {"a", "b"}) {
            m_builder.addZone({zone, zone});
        }
        const std::uint32_t nodes = 1 + static_cast<std::uint32_t>(m_random.below(4));
        for (std::uint32_t i = 0; i <= nodes; ++i) {
            const std::string id = "node" + std::to_string(i);
            m_nodes.push_back(m_builder.addNode({id, id, "node"}));
            m_paths.push_back(m_builder.declarePath(id, m_nodes.back()));
        }
        m_failed = m_builder.outcome({OutcomeSpec::Kind::Failed, "500", false, m_nodes.back()});
        for (std::uint32_t i = nodes + 1; i-- > 0;) {
            addPath(i);
        }
        addSources();
        m_plan = m_builder.build();
    }

    const Plan& plan() const { return m_plan; }

    /// use(moment, act) for some acts of controllers.
    template <class Use>
    void forEachAct(Use use) const
    {
        RandomStream random = m_random;
        for (int i = 0; i < 6; ++i) {
            const Time at = fromSeconds(5 * random.uniform());
            const auto pick = [&random](std::size_t n) {
                return static_cast<std::uint32_t>(random.below(n));
            };
            switch (random.below(6)) {
            case 0:
                if (!m_shared.empty()) {
                    const StationId station = m_shared[pick(m_shared.size())];
                    const std::int64_t capacity = 1 + pick(8);
                    use(at, Act([=](RequestEngine& run, Simulation&) { run.resize(station, capacity, 0); }));
                }
                break;
            case 1: {
                const NodeIndex node = m_nodes[pick(m_nodes.size())];
                const double share = random.below(2) == 0 ? 0.1 : 0;
                const OutcomeId failed = m_failed;
                use(at, Act([=](RequestEngine& run, Simulation&) { run.disturb(node, 2ms, share, failed); }));
                use(at + 400ms, Act([=](RequestEngine& run, Simulation&) { run.disturb(node, 0s, 0, {}); }));
                break;
            }
            case 2: {
                const PathId path = m_paths[pick(m_paths.size() - 1) + 1];
                if (m_isOnPool.empty() || !m_isOnPool[path.value]) {
                    use(at, Act([=](RequestEngine& run, Simulation&) { run.send(path, {}, 0, {}); }));
                }
                break;
            }
            default:
                if (!m_pools.empty()) {
                    use(at, actOnPool(m_pools[pick(m_pools.size())], pick(4), random.uniform()));
                }
                break;
            }
        }
    }

private:
    Act actOnPool(PoolId pool, std::uint32_t what, double share) const
    {
        const OutcomeId failed = m_failed;
        return [=](RequestEngine& run, Simulation&) {
            const ReplicaId made = run.addReplica(pool, ZoneIndex{what % 2}, 0);
            run.setService(made, Service::In);
            if (what == 1) {
                run.setShare(made, 0.2 + share / 2);
            } else if (what == 2) {
                run.setService(ReplicaId{0}, Service::Out);
            } else if (what == 3) {
                run.removeReplica(ReplicaId{made.value / 2}, failed);
            }
        };
    }

    Distribution law(double meanMs)
    {
        const double mean = meanMs / 1000 / m_faster;
        switch (mean > 0 ? m_random.below(5) : 0) {
        case 0:
            return Distribution::constant(mean);
        case 1:
            return Distribution::uniform(0, 2 * mean);
        case 2:
            return Distribution::logNormal(mean, 2);
        case 3:
            return Distribution::erlang(3, mean);
        default:
            return Distribution::exponential(mean);
        }
    }

    DrawId draw(std::uint32_t node, const std::string& purpose, double meanMs)
    {
        const std::string entity = "node" + std::to_string(node);
        if (m_random.below(3) != 0) {
            return m_builder.addDraw(entity, purpose, law(meanMs));
        }
        std::vector<Distribution> byClass;
        for (std::uint32_t c = 0; c < m_classes; ++c) {
            byClass.push_back(law(meanMs));
        }
        return m_builder.addDraw(entity, purpose, byClass);
    }

    void addPath(std::uint32_t i)
    {
        const bool isOnPool = i > 0 && m_random.below(2) == 0;
        PathBuilder path = m_builder.path(m_paths[i]);
        if (i > 0 && m_random.below(2) == 0) {
            const MeterId crossing =
                m_builder.addMeter({.node = m_nodes[i], .service = "", .usageType = "bytes", .region = ""});
            path.hop(
                draw(i, "hop", 0.3), draw(i, "far", 0.9), m_builder.addAmount(1000 + i), crossing, "comes");
        }
        if (m_random.below(2) == 0) {
            const MeterId meter =
                m_builder.addMeter({.node = m_nodes[i], .service = "", .usageType = "uses", .region = ""});
            path.meter(meter, m_builder.addAmount(7));
        }
        if (i > 0) {
            addStation(path, i, isOnPool);
        }
        callNext(path, i);
        path.reply();
        if (isOnPool) {
            const std::string name = "pool" + std::to_string(i);
            m_isOnPool.resize(m_paths.size());
            m_isOnPool[m_paths[i].value] = true;
        }
    }

    void addStation(PathBuilder& path, std::uint32_t i, bool isOnPool)
    {
        PoolId pool;
        const auto replicas = static_cast<std::uint32_t>(1 + m_random.below(5));
        m_poolOf.resize(m_paths.size());
        if (isOnPool) {
            pool = m_builder.addPool(
                {.name = "pool" + std::to_string(i),
                 .node = m_nodes[i],
                 .fixedReplicas = replicas,
                 .weights = std::vector<double>(replicas, 1.0)});
            m_pools.push_back(pool);
            m_poolOf[i] = pool;
        }
        if (m_random.below(4) == 0) {
            path.delay(draw(i, "delay", m_random.below(3) == 0 ? 0 : 2), "pauses");
        }
        const std::int64_t limit = m_random.below(3) == 0 ? 20 : -1;
        const OutcomeId full = m_builder.outcome({OutcomeSpec::Kind::Unavailable, "503", false, m_nodes[i]});
        const auto capacity = static_cast<std::int64_t>(1 + m_random.below(4));
        const StationId station = m_builder.addStation(
            {.name = "slots", .node = m_nodes[i], .pool = pool, .capacity = capacity, .queueLimit = limit});
        if (!isOnPool) {
            m_shared.push_back(station);
        }
        const double servers = static_cast<double>(capacity) * (isOnPool ? replicas : 1);
        path.serve(
            station, draw(i, "service", servers * (0.5 + 1.2 * m_random.uniform())), full, "is served");
        if (m_random.below(3) == 0) {
            path.delay(draw(i, "after", 1.5), "goes");
        }
    }

    void callNext(PathBuilder& path, std::uint32_t i)
    {
        const std::uint32_t next = i + 1;
        if (next >= m_paths.size()) {
            return;
        }
        const bool isSkippable = m_random.below(3) == 0;
        if (isSkippable) {
            path.ifClass(m_random.below(1U << m_classes));
        }
        const LinkIndex link = m_builder.addLink({"link" + std::to_string(i), m_nodes[i], m_nodes[next]});
        if (m_poolOf.size() > next && m_poolOf[next]) {
            const OutcomeId nobody =
                m_builder.outcome({OutcomeSpec::Kind::Unavailable, "nobody", false, m_nodes[i]});
            const Routing routings[] = {Routing::RoundRobin, Routing::Random, Routing::ByWeight};
            path.callOn(
                m_poolOf[next], routings[m_random.below(3)], m_paths[next], {}, link, nobody, "asks one");
        } else {
            path.call(m_paths[next], {}, link, "asks");
        }
        if (isSkippable) {
            path.endIf();
        }
    }

    void addSources()
    {
        const std::uint64_t sources = 1 + m_random.below(2);
        for (std::uint64_t i = 0; i < sources; ++i) {
            std::vector<double> weights(m_classes, 1.0);
            weights[0] = i == 0 ? 1 : 0.2;
            const std::size_t entry = i == 0 ? 0 : m_random.below(m_paths.size());
            const bool isOnPool = entry < m_isOnPool.size() && m_isOnPool[entry];
            m_builder.addSource(
                {.name = "source" + std::to_string(i),
                 .node = m_nodes[0],
                 .path = m_paths[isOnPool ? 0 : entry],
                 .classWeights = weights,
                 .rate = rate((400 + 500 * m_random.uniform()) / static_cast<double>(sources) * m_faster)});
        }
    }

    RateProfile rate(double perSecond)
    {
        if (m_random.below(2) == 0) {
            return RateProfile::constant(perSecond);
        }
        RateProfile wave{.corners = {}, .period = 2s};
        wave.corners = {{0s, perSecond / 2}, {1s, perSecond * 1.4}, {2s, perSecond / 2}};
        return wave;
    }

    PlanBuilder m_builder;
    RandomStream m_random;
    double m_faster;
    std::uint32_t m_classes = 1;
    std::vector<NodeIndex> m_nodes;
    std::vector<PathId> m_paths;
    std::vector<PoolId> m_pools;
    std::vector<PoolId> m_poolOf;  ///< By node; none: shared.
    std::vector<bool> m_isOnPool;  ///< By path.
    std::vector<StationId> m_shared;
    OutcomeId m_failed;
    Plan m_plan;
};

}  // namespace neph
