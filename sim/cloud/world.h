#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <typeindex>
#include <utility>
#include <vector>

#include "sim/base/result.h"
#include "sim/cloud/compiler.h"
#include "sim/cloud/recorder.h"
#include "sim/kernel/process.h"
#include "sim/kernel/random.h"
#include "sim/kernel/simulation.h"
#include "sim/plan/data_plane.h"

namespace neph {

class Platform;

/// A numeric property of a fault ("addedMs", "count", "percent"), or `fallback` where it has none.
double numberOf(const FaultSpec& fault, const std::string& key, double fallback);

/// What lives in a World and may be looked up by others: target groups, registries, fleets.
class WorldObject {
public:
    virtual ~WorldObject() = default;
};

/// One run as controllers see it: clock, data plane, chance, log, meters, and one another.
///
/// Everything that changes in a run lives here or below; it goes with the run.
class World {
public:
    /// `platform` makes the fleets; it outlives the world.
    World(
        const CompiledDesign& compiled, Simulation& simulation, DataPlane& data, std::uint64_t seed,
        Platform& platform);
    World(const CompiledDesign& compiled, Simulation& simulation, DataPlane& data, std::uint64_t seed);
    ~World();
    World(const World&) = delete;
    World& operator=(const World&) = delete;

    Simulation& sim() { return m_simulation; }
    Time now() const { return m_simulation.now(); }
    DataPlane& data() { return m_data; }
    const CompiledDesign& compiled() const { return m_compiled; }
    const Plan& plan() const { return m_compiled.plan; }
    Recorder& recorder() { return m_recorder; }
    Platform& platform() { return m_platform; }

    /// Starts a process that lives as long as the run.
    void start(Process process) { m_scope.start(std::move(process)); }
    /// A random stream of its own for (entity, purpose).
    RandomStream random(const std::string& entity, const std::string& purpose) const;

    /// Makes an object that lives as long as the run, known under a node id (and, where two nodes share it, a
    /// second).
    template <class T, class... Args>
    T& make(const std::string& key, Args&&... args)
    {
        auto made = std::make_unique<T>(std::forward<Args>(args)...);
        T& object = *made;
        m_objects.emplace(key, std::move(made));
        return object;
    }
    /// All objects of type T (or derived from it) under that key, in order of making.
    template <class T>
    std::vector<T*> find(const std::string& key) const
    {
        std::vector<T*> found;
        const auto [first, last] = m_objects.equal_range(key);
        for (auto at = first; at != last; ++at) {
            if (T* object = dynamic_cast<T*>(at->second.get())) {
                found.push_back(object);
            }
        }
        return found;
    }

    /// Writes to the event log, in the vendor's words.
    void log(EventLevel level, const std::string& nodeId, std::string what, std::string detail = {});
    const std::vector<RunEvent>& eventLog() const { return m_log; }

    /// What the fault kinds of a node do. A handler answers with an error where the fault makes no sense
    /// there.
    using FaultHandler = std::function<Result<Done>(const FaultSpec&)>;
    void onFault(const std::string& nodeId, const std::string& kind, FaultHandler handler);
    /// Something goes wrong now: by the design's timeline or by hand.
    Result<Done> inject(const FaultSpec& fault);
    /// Starts the design's fault timeline.
    void startFaults();

    /// Zones that are lost at present; nothing can be placed there.
    bool isLost(ZoneIndex zone) const;
    void setLost(ZoneIndex zone, bool lost);
    /// Called when a zone is lost or comes back.
    void onZoneChange(std::function<void(ZoneIndex, bool lost)> handler)
    {
        m_zoneHandlers.push_back(std::move(handler));
    }

private:
    Process injectAt(FaultSpec fault);
    Process endSlowness(std::string nodeId, Duration after);

    const CompiledDesign& m_compiled;
    Simulation& m_simulation;
    DataPlane& m_data;
    std::uint64_t m_seed;
    Platform& m_platform;
    std::vector<RunEvent> m_log;
    std::map<std::pair<std::string, std::string>, FaultHandler> m_faults;
    std::vector<ZoneIndex> m_lost;
    std::vector<std::function<void(ZoneIndex, bool)>> m_zoneHandlers;
    Recorder m_recorder;
    std::multimap<std::string, std::unique_ptr<WorldObject>> m_objects;
    Scope m_scope;  ///< Last, so that processes go before what they refer to.
};

}  // namespace neph
