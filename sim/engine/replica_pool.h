#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "sim/base/units.h"
#include "sim/engine/frame.h"
#include "sim/kernel/distribution.h"
#include "sim/kernel/random.h"
#include "sim/plan/plan.h"

namespace neph {

/// One replica of a run. What it did stays readable when it is gone.
struct Replica {
    std::uint32_t pool = kNone;
    std::uint32_t base = 0;    ///< Place of its first station.
    std::uint32_t number = 0;  ///< Within its pool, from 0.
    std::uint32_t group = 0;
    std::uint16_t zone = 0xFFFF;
    bool isAlive = true;
    bool isInService = false;
    bool isOutOfMemory = false;  ///< Its controller will hear of it, or has.
    std::uint32_t inFlight = 0;
    std::uint64_t requests = 0;
    std::uint64_t errors = 0;
    double share = 1;
    double credit = 0;  ///< Smooth weighted round robin.
    double cpuBusyAtEnd = 0;
    Time since{0};
};

/// One replica set of a run: who is in service, and whose turn it is.
class ReplicaPool {
public:
    ReplicaPool(const PoolSpec& spec, std::uint64_t seed);

    /// The replica for the next request, or kNone.
    std::uint32_t pick(Routing routing, std::vector<Replica>& replicas)
    {
        if (routing == Routing::RoundRobin && !m_hasShares && !m_inService.empty()) [[likely]] {
            m_cursor = m_cursor + 1 >= m_inService.size() ? 0 : m_cursor + 1;
            return m_inService[m_cursor];
        }
        return pickSlowly(routing, replicas);
    }

    void putInService(std::uint32_t replica);
    void takeOutOfService(std::uint32_t replica);
    /// To be called when a share changes or a replica with a share comes or goes.
    void lookAtShares(const std::vector<Replica>& replicas);

    /// Whose turn it is, for who wants to take choices back.
    struct Turn {
        std::size_t cursor;
        RandomStream random;
    };
    Turn turn() const { return {m_cursor, m_random}; }
    void setTurn(const Turn& turn)
    {
        m_cursor = turn.cursor;
        m_random = turn.random;
    }
    /// Whether slow start gives some replicas less than others.
    bool hasShares() const { return m_hasShares; }

    std::size_t inServiceCount() const { return m_inService.size(); }

    std::uint64_t requests = 0;
    std::uint64_t errors = 0;
    std::uint64_t inFlight = 0;
    std::vector<std::uint32_t> living;  ///< Replicas that exist, in order of making.
    std::uint32_t made = 0;
    std::vector<std::uint32_t> fixed;       ///< Replicas made at the start, for ByWeight.
    std::vector<std::uint32_t> freePlaces;  ///< Station blocks of replicas that have gone.

private:
    std::uint32_t pickSlowly(Routing routing, std::vector<Replica>& replicas);
    std::uint32_t pickByShare(std::vector<Replica>& replicas);
    std::uint32_t pickLeastOutstanding(const std::vector<Replica>& replicas);

    std::vector<std::uint32_t> m_inService;  ///< In order of coming into service.
    std::size_t m_cursor = 0;                ///< The last choice.
    bool m_hasShares = false;
    std::optional<AliasTable> m_weights;
    RandomStream m_random;
};

}  // namespace neph
