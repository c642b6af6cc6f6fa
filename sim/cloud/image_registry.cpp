#include "sim/cloud/image_registry.h"

#include "sim/cloud/nat_gateway.h"

#include <memory>

#include <fmt/format.h>

namespace neph {

Bytes ContainerImage::size() const
{
    Bytes sum;
    for (const ImageLayer& layer : layers) {
        sum = sum + layer.size;
    }
    return sum;
}

std::int64_t ImageRegistry::pullsLeft(const std::string& address)
{
    if (m_config.pullsPerWindow == 0) {
        return -1;
    }
    std::deque<Time>& counted = m_window[address];
    while (!counted.empty() && counted.front() + m_config.window <= m_world.now()) {
        counted.pop_front();
    }
    return m_config.pullsPerWindow - static_cast<std::int64_t>(counted.size());
}

Process
ImageRegistry::pull(ContainerImage image, std::string address, LayerCache& cache, PullOutcome& outcome)
{
    co_await m_world.sim().after(m_config.beforeTransfer);
    if (m_down || address.empty()) {
        outcome.error = fmt::format(
            "CannotPullContainerError: pull image manifest has been retried 5 time(s): failed to resolve ref "
            "{}: i/o timeout",
            image.name);
        ++m_refused;
        co_return;
    }
    if (!image.isPushed) {
        outcome.error = fmt::format(
            "CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref "
            "{}: {}: not found",
            image.name, image.name);
        ++m_refused;
        co_return;
    }
    if (pullsLeft(address) == 0) {
        outcome.error = m_config.limitError;
        ++m_refused;
        co_return;
    }
    if (m_config.pullsPerWindow > 0) {
        m_window[address].push_back(m_world.now());
    }
    ++m_pulls;

    Bytes missing;
    for (const ImageLayer& layer : image.layers) {
        missing = missing + (cache.insert(layer.digest).second ? layer.size : Bytes{});
    }
    if (missing.count == 0) {
        co_return;
    }
    // Held by the callback as well: the process may be cancelled while the bytes are under way.
    const auto arrived = std::make_shared<Completion<OutcomeId>>(m_world.sim());
    m_world.data().send(
        m_config.download, ReplicaId{}, missing.count, [arrived](OutcomeId ended) { arrived->set(ended); });
    co_await arrived->wait();
    for (NatGateway* gateway : m_world.find<NatGateway>(address)) {
        gateway->carry(missing, m_world.now());
    }
    const double unpacked = static_cast<double>(missing.count) * image.unpackRatio;
    co_await m_world.sim().after(fromSeconds(unpacked / image.unpackBytesPerSecond));
    outcome.pulled = missing;
}

}  // namespace neph
