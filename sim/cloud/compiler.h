#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "sim/cloud/service_type.h"
#include "sim/model/catalog.h"
#include "sim/model/design.h"
#include "sim/plan/plan_builder.h"

namespace neph {

/// One kind of request, as the users' table of classes states it.
struct RequestClass {
    std::string name;
    std::string source;  ///< Node id of the users who send it.
    double weight = 1;
    double cpuMilliseconds = 0;  ///< 0: as the service that handles it says.
    Bytes request;
    Bytes response;
};

/// A drawing turned into a plan and the models that drive it. Immutable; shared by any number of runs.
struct CompiledDesign {
    Design design;  ///< A copy: components refer to it.
    const Catalog* catalog = nullptr;
    Plan plan;
    std::vector<RequestClass> classes;
    std::vector<std::unique_ptr<ServiceModel>> models;  ///< In drawing order; unknown kinds have none.
    std::map<std::string, ServiceModel*> byId;
};

/// Compiles a design that checkDesign() found free of errors, with the services of `types`.
std::shared_ptr<const CompiledDesign>
compile(const Design& design, const Catalog& catalog, std::span<const ServiceType* const> types);

/// What services compile with: the drawing around them, and the plan under construction.
class Compiler {
public:
    Compiler(CompiledDesign& compiled, std::span<const ServiceType* const> types);
    void run();

    const Design& design() const { return m_compiled.design; }
    PlanBuilder& plan() { return m_plan; }
    NodeIndex index(const std::string& nodeId) const { return m_nodes.at(nodeId); }
    LinkIndex linkIndex(const std::string& linkId) const { return m_links.at(linkId); }

    const std::vector<RequestClass>& classes() const { return m_compiled.classes; }
    /// Bit c set: class c is named in the comma-separated list; an empty list names all.
    std::uint64_t classMask(const std::string& list) const;
    /// `of(class)` for each class, as an amount.
    template <class Of>
    AmountId amountByClass(Of of)
    {
        std::vector<std::int64_t> amounts;
        for (const RequestClass& each : classes()) {
            amounts.push_back(of(each));
        }
        return m_plan.addAmount(std::move(amounts));
    }

    /// The model of a node as one of the interfaces of sim/cloud, or nullptr.
    template <class Interface>
    Interface* as(const std::string& nodeId) const
    {
        const auto found = m_compiled.byId.find(nodeId);
        return found == m_compiled.byId.end() ? nullptr : dynamic_cast<Interface*>(found->second);
    }

    /// The entry of the node at the end of `link`; made at the first call. Nothing: it answers no requests.
    const std::optional<Entry>& entryOf(const Link& link);
    /// The rule and with it the properties of a link.
    PropertyReader propertiesOf(const Link& link) const;

    /// Bytes of a call over the link, there and back: as its properties say, else by class as the users say.
    AmountId bytesOver(const Link& link);

    /// Region around a node, or nullptr.
    const Node* regionOf(const std::string& nodeId) const;
    /// "us-east-1": code of the region around a node; the first region's where it lies in none.
    std::string regionCode(const std::string& nodeId) const;
    /// VPC around a node, or nullptr.
    const Node* vpcOf(const std::string& nodeId) const;
    /// The zones that a node spreads over: the one it is drawn in, or those drawn in its VPC, else the usual
    /// ones of its region.
    std::vector<ZoneIndex> zonesOf(const std::string& nodeId);

    /// Appends the network hop into `node` for requests over `link`, which carry `bytes` by class. Bytes that
    /// cross zones are billed to the node (both directions) unless `crossingIsFree`.
    void hop(PathBuilder& path, const Component& node, const Link& link, AmountId bytes, bool crossingIsFree);

    /// An outcome of a node.
    OutcomeId
    outcome(const std::string& nodeId, OutcomeSpec::Kind kind, const std::string& name, bool retryable);
    /// A billed meter of a node; `perUnit` counts make one unit of the price list.
    MeterId meter(
        const std::string& nodeId, const std::string& service, const std::string& usageType,
        std::int64_t perUnit);
    /// A watched meter, not billed by itself.
    MeterId watch(const std::string& nodeId, const std::string& name);

private:
    void addClasses();
    void addZones();

    CompiledDesign& m_compiled;
    std::span<const ServiceType* const> m_types;
    PlanBuilder m_plan;
    std::map<std::string, NodeIndex> m_nodes;
    std::map<std::string, LinkIndex> m_links;
    std::map<std::string, std::optional<Entry>> m_entries;
    std::map<std::string, std::vector<ZoneIndex>> m_zonesByRegion;  ///< By region or VPC node id.
};

}  // namespace neph
