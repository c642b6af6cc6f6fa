#pragma once

#include <cstdint>
#include <string>

#include "sim/cloud/compiler.h"

namespace neph {

/// The replicas of a component as a plan sees them.
struct ReplicaSet {
    PoolId pool;
    OutcomeId reset;  ///< How requests end that are in a replica when it stops.
    OutcomeId none;   ///< How requests end while no replica is in service.

    /// Adds both outcomes and the pool; `word` is what one replica is called: "task", "container".
    static ReplicaSet addTo(Compiler& compiler, const Component& component, const std::string& word);
};

/// What replicas do with requests: each takes a worker and memory, computes, makes its calls, and answers.
///
/// Read from the component: workers, queueLimit, memoryMiB, baseMemoryMiB, memoryPerRequestMiB, cpuMs, cpuLaw
/// and cpuScv, and the facts health.cpuMs and retry.capMs. Tasks of a service and containers of one's own are
/// the same here; they differ in who starts and stops them.
class RequestHandler {
public:
    /// `busy` is what a request is answered that finds neither worker nor waiting place.
    void declare(
        Compiler& compiler, const Component& component, const std::string& word, const std::string& busy,
        std::int64_t milliVcpu);
    /// The path of a request over `link`.
    Entry entry(const Link& link, const Component& component, Compiler& compiler);
    /// The path of a health check.
    void finish(Compiler& compiler, const Component& component, const std::string& probeWords);

    const ReplicaSet& replicas() const { return m_replicas; }
    StationId cpu() const { return m_cpu; }
    PathId probe() const { return m_probe; }

private:
    void addStations(Compiler& compiler, const Component& component, std::int64_t milliVcpu);

    ReplicaSet m_replicas;
    StationId m_workers;
    StationId m_cpu;
    StationId m_memory;
    AmountId m_requestMemory;
    DrawId m_cpuDemand;
    OutcomeId m_busy;
    PathId m_probe;
};

}  // namespace neph
