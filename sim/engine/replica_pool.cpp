#include "sim/engine/replica_pool.h"

#include <algorithm>

namespace neph {

ReplicaPool::ReplicaPool(const PoolSpec& spec, std::uint64_t seed)
    : m_random(seed, streamId(spec.name, "routing"))
{
    if (!spec.weights.empty()) {
        m_weights.emplace(spec.weights);
    }
}

void ReplicaPool::putInService(std::uint32_t replica)
{
    // The first request goes to the first replica.
    if (m_inService.empty()) {
        m_cursor = SIZE_MAX - 1;
    }
    m_inService.push_back(replica);
}

void ReplicaPool::takeOutOfService(std::uint32_t replica)
{
    const auto place = std::find(m_inService.begin(), m_inService.end(), replica);
    if (place == m_inService.end()) {
        return;
    }
    const auto index = static_cast<std::size_t>(place - m_inService.begin());
    m_inService.erase(place);
    // Whoever was next stays next.
    if (m_cursor < SIZE_MAX - 1 && index <= m_cursor) {
        m_cursor = m_cursor == 0 ? SIZE_MAX - 1 : m_cursor - 1;
    }
}

void ReplicaPool::lookAtShares(const std::vector<Replica>& replicas)
{
    m_hasShares = std::any_of(m_inService.begin(), m_inService.end(), [&replicas](std::uint32_t replica) {
        return replicas[replica].share < 1;
    });
}

std::uint32_t ReplicaPool::pickSlowly(Routing routing, std::vector<Replica>& replicas)
{
    if (routing == Routing::ByWeight) {
        const std::uint32_t chosen = fixed[m_weights->draw(m_random)];
        return replicas[chosen].isInService ? chosen : kNone;
    }
    if (m_inService.empty()) {
        return kNone;
    }
    switch (routing) {
    case Routing::LeastOutstanding:
        return pickLeastOutstanding(replicas);
    case Routing::Random:
        return m_inService[m_random.below(m_inService.size())];
    default:
        return pickByShare(replicas);
    }
}

std::uint32_t ReplicaPool::pickByShare(std::vector<Replica>& replicas)
{
    // Smooth weighted round robin: everyone earns its share, the richest is chosen and pays for all.
    double all = 0;
    std::size_t best = 0;
    for (std::size_t i = 0; i < m_inService.size(); ++i) {
        Replica& replica = replicas[m_inService[i]];
        replica.credit += replica.share;
        all += replica.share;
        if (replica.credit > replicas[m_inService[best]].credit) {
            best = i;
        }
    }
    replicas[m_inService[best]].credit -= all;
    m_cursor = best;
    return m_inService[best];
}

std::uint32_t ReplicaPool::pickLeastOutstanding(const std::vector<Replica>& replicas)
{
    // Around the circle from the one after the last choice, so that ties do not pile up on one.
    const std::size_t count = m_inService.size();
    std::size_t at = m_cursor + 1 >= count ? 0 : m_cursor + 1;
    std::size_t best = at;
    const auto load = [this, &replicas](std::size_t i) {
        const Replica& replica = replicas[m_inService[i]];
        return static_cast<double>(replica.inFlight + 1) / replica.share;
    };
    double least = load(at);
    for (std::size_t i = 1; i < count; ++i) {
        at = at + 1 >= count ? 0 : at + 1;
        const double here = load(at);
        if (here < least) {
            least = here;
            best = at;
        }
    }
    m_cursor = best;
    return m_inService[best];
}

}  // namespace neph
