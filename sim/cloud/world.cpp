#include "sim/cloud/world.h"

#include <algorithm>

#include <fmt/format.h>

#include "sim/cloud/platform.h"

namespace neph {

double numberOf(const FaultSpec& fault, const std::string& key, double fallback)
{
    const auto found = fault.properties.find(key);
    return found != fault.properties.end() && found->second.is_number() ? found->second.get<double>()
                                                                        : fallback;
}

World::World(
    const CompiledDesign& compiled, Simulation& simulation, DataPlane& data, std::uint64_t seed,
    Platform& platform)
    : m_compiled(compiled), m_simulation(simulation), m_data(data), m_seed(seed), m_platform(platform),
      m_recorder(compiled.plan, simulation, data), m_scope(simulation)
{
}

World::World(const CompiledDesign& compiled, Simulation& simulation, DataPlane& data, std::uint64_t seed)
    : World(compiled, simulation, data, seed, Platform::simulated())
{
}

World::~World() = default;

RandomStream World::random(const std::string& entity, const std::string& purpose) const
{
    return RandomStream(m_seed, streamId(entity, purpose));
}

void World::log(EventLevel level, const std::string& nodeId, std::string what, std::string detail)
{
    m_log.push_back({now(), level, nodeId, std::move(what), std::move(detail)});
}

void World::onFault(const std::string& nodeId, const std::string& kind, FaultHandler handler)
{
    m_faults[{nodeId, kind}] = std::move(handler);
}

Result<Done> World::inject(const FaultSpec& fault)
{
    const Node* target = m_compiled.design.node(fault.target);
    if (target == nullptr) {
        return Error{ErrorCode::NotFound, fault.target, "There is no component of this name to disturb."};
    }
    const auto handler = m_faults.find({fault.target, fault.kind});
    if (handler != m_faults.end()) {
        return handler->second(fault);
    }
    if (fault.kind == "slowDependency") {
        const double addedMs = numberOf(fault, "addedMs", 500);
        const NodeIndex node{static_cast<std::uint32_t>(target - m_compiled.design.nodes.data())};
        m_data.disturb(node, fromSeconds(addedMs / 1e3), 0, OutcomeId{});
        log(EventLevel::Warning, fault.target,
            fmt::format("{} answers {} ms later than usual.", target->name, addedMs));
        if (fault.forSeconds > 0) {
            start(endSlowness(fault.target, fromSeconds(fault.forSeconds)));
        }
        return Done{};
    }
    return Error{
        ErrorCode::Invalid, fault.target,
        fmt::format("{} knows no fault of kind '{}'.", target->name, fault.kind)};
}

Process World::endSlowness(std::string nodeId, Duration after)
{
    co_await m_simulation.after(after);
    const Node* target = m_compiled.design.node(nodeId);
    const NodeIndex node{static_cast<std::uint32_t>(target - m_compiled.design.nodes.data())};
    m_data.disturb(node, Duration(0), 0, OutcomeId{});
    log(EventLevel::Info, nodeId, fmt::format("{} answers as usual again.", target->name));
}

void World::startFaults()
{
    for (const FaultSpec& fault : m_compiled.design.faults) {
        start(injectAt(fault));
    }
}

Process World::injectAt(FaultSpec fault)
{
    co_await m_simulation.until(fromSeconds(fault.atSeconds));
    const Result<Done> done = inject(fault);
    if (!done) {
        log(EventLevel::Warning, fault.target,
            "A fault of the timeline could not happen: " + done.error().what);
    }
}

bool World::isLost(ZoneIndex zone) const
{
    return std::find(m_lost.begin(), m_lost.end(), zone) != m_lost.end();
}

void World::setLost(ZoneIndex zone, bool lost)
{
    if (isLost(zone) == lost) {
        return;
    }
    if (lost) {
        m_lost.push_back(zone);
    } else {
        std::erase(m_lost, zone);
    }
    for (const auto& handler : m_zoneHandlers) {
        handler(zone, lost);
    }
}

}  // namespace neph
