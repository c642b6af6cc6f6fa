#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "sim/cloud/component.h"
#include "sim/plan/plan.h"

namespace neph {

class Compiler;
class World;

/// Where a request goes that comes in over a link: a path, on a replica of `pool` where the node has
/// replicas.
struct Entry {
    PathId path;
    PoolId pool;                            ///< None: the path runs without a replica.
    Routing routing = Routing::RoundRobin;  ///< How a caller that is no load balancer picks one.
    OutcomeId whenNone;                     ///< What it ends with where no replica is in service.
};

/// One node of a drawing, on its way into a plan and through a run.
///
/// Compiling goes over all nodes three times (declare, entries on demand, finish), so that a service may
/// speak of others whatever their order in the file. What is found out then does not change any more: one
/// compiled drawing serves many runs, and whatever changes in a run lives in its World.
class ServiceModel {
public:
    explicit ServiceModel(const Component& component) : m_component(component) {}
    virtual ~ServiceModel() = default;
    ServiceModel(const ServiceModel&) = delete;
    ServiceModel& operator=(const ServiceModel&) = delete;

    const Component& component() const { return m_component; }

    /// First: stations, pools, meters, draws.
    virtual void declare(Compiler&) {}
    /// Then, once for each link that ends here and carries requests: the path of a request over it.
    /// Nothing: this kind answers no requests.
    virtual std::optional<Entry> entry(const Link&, Compiler&) { return std::nullopt; }
    /// Last: sources, and paths of the node's own.
    virtual void finish(Compiler&) {}

    /// In each run, before anything moves: objects that other nodes look up (target groups, registries).
    virtual void prepare(World&) const {}
    /// Then: starts the processes that tell its story.
    virtual void control(World&) const {}

private:
    Component m_component;
};

/// Everything the program may know of a service beyond its data file. One per file of sim/services/.
struct ServiceType {
    std::string_view kind;  ///< Id of the kind: "aws.dynamodb".
    std::unique_ptr<ServiceModel> (*create)(const Component& component);
};

/// All services, ordered by stem; CMake writes the table from the file names (sim/service_table.cpp).
std::span<const ServiceType* const> serviceTypes();

}  // namespace neph
