#include "sim/cloud/compiler.h"

#include <algorithm>

#include "sim/model/cross_checks.h"
#include "sim/model/limits.h"
#include "sim/model/rules.h"

namespace neph {

namespace {

Bytes kibibytes(double count)
{
    return Bytes{static_cast<std::int64_t>(count * 1024 + 0.5)};
}

}  // namespace

std::shared_ptr<const CompiledDesign>
compile(const Design& design, const Catalog& catalog, std::span<const ServiceType* const> types)
{
    auto compiled = std::make_shared<CompiledDesign>();
    compiled->design = design;
    compiled->catalog = &catalog;
    Compiler(*compiled, types).run();
    return compiled;
}

Compiler::Compiler(CompiledDesign& compiled, std::span<const ServiceType* const> types)
    : m_compiled(compiled), m_types(types)
{
}

void Compiler::run()
{
    for (const Node& node : design().nodes) {
        m_nodes[node.id] = m_plan.addNode({node.id, node.name, node.kind});
        const KindSpec* kind = m_compiled.catalog->find(node.kind);
        const auto type = std::find_if(m_types.begin(), m_types.end(), [&node](const ServiceType* candidate) {
            return candidate->kind == node.kind;
        });
        if (kind != nullptr && type != m_types.end()) {
            m_compiled.models.push_back((*type)->create(Component{node, *kind}));
            m_compiled.byId[node.id] = m_compiled.models.back().get();
        }
    }
    for (const Link& link : design().links) {
        m_links[link.id] = m_plan.addLink({link.id, m_nodes.at(link.from), m_nodes.at(link.to)});
    }
    addClasses();
    addZones();
    for (const auto& model : m_compiled.models) {
        model->declare(*this);
    }
    for (const Link& link : design().links) {
        entryOf(link);
    }
    for (const auto& model : m_compiled.models) {
        model->finish(*this);
    }
    m_compiled.plan = m_plan.build();
}

void Compiler::addClasses()
{
    for (const auto& model : m_compiled.models) {
        const Component& source = model->component();
        const PropertySpec* table = source.kind.property("classes");
        if (table == nullptr || table->type != PropertyType::Table) {
            continue;
        }
        for (const Value& row : source.properties().value("classes")) {
            if (m_compiled.classes.size() == Limits{}.classes) {
                return;
            }
            RequestClass added{
                row.value("name", "request"),
                source.id(),
                row.value("weight", 1.0),
                row.value("cpuMs", 0.0),
                kibibytes(row.value("requestKiB", 0.0)),
                kibibytes(row.value("responseKiB", 0.0))};
            const auto taken = [&added](const RequestClass& other) { return other.name == added.name; };
            if (std::any_of(m_compiled.classes.begin(), m_compiled.classes.end(), taken)) {
                added.name = source.name() + "/" + added.name;
            }
            m_plan.addClass(added.name);
            m_compiled.classes.push_back(std::move(added));
        }
    }
    if (m_compiled.classes.empty()) {
        m_plan.addClass("request");
        m_compiled.classes.push_back({"request", "", 1, 0, {}, {}});
    }
}

void Compiler::addZones()
{
    for (const Node& node : design().nodes) {
        const KindSpec* kind = m_compiled.catalog->find(node.kind);
        if (kind == nullptr || !kind->hasRole("zone")) {
            continue;
        }
        const std::string letter = effectiveValue(*kind, node.properties, "letter").get<std::string>();
        const ZoneIndex zone = m_plan.addZone({node.id, regionCode(node.id) + letter});
        const Node* vpc = vpcOf(node.id);
        m_zonesByRegion[vpc != nullptr ? vpc->id : node.parent].push_back(zone);
    }
}

std::uint64_t Compiler::classMask(const std::string& list) const
{
    const std::vector<std::string> names = namesIn(list);
    if (names.empty()) {
        return ~0ULL;
    }
    std::uint64_t mask = 0;
    for (const std::string& name : names) {
        for (std::size_t c = 0; c < classes().size(); ++c) {
            const std::string& full = classes()[c].name;
            if (full == name || full.ends_with("/" + name)) {
                mask |= 1ULL << c;
            }
        }
    }
    return mask;
}

const std::optional<Entry>& Compiler::entryOf(const Link& link)
{
    const auto known = m_entries.find(link.id);
    if (known != m_entries.end()) {
        return known->second;
    }
    const auto target = m_compiled.byId.find(link.to);
    // Entered before the model is asked, so that a ring of links ends here.
    std::optional<Entry>& slot = m_entries[link.id];
    if (target != m_compiled.byId.end()) {
        slot = target->second->entry(link, *this);
    }
    return slot;
}

PropertyReader Compiler::propertiesOf(const Link& link) const
{
    const LinkRule* rule =
        m_compiled.catalog->linkRule(design().node(link.from)->kind, design().node(link.to)->kind);
    return {rule->properties, link.properties};
}

AmountId Compiler::bytesOver(const Link& link)
{
    const LinkRule* rule =
        m_compiled.catalog->linkRule(design().node(link.from)->kind, design().node(link.to)->kind);
    const bool isStated =
        std::any_of(rule->properties.begin(), rule->properties.end(), [](const PropertySpec& spec) {
            return spec.key == "requestKiB";
        });
    if (!isStated) {
        return amountByClass(
            [](const RequestClass& each) { return each.request.count + each.response.count; });
    }
    const PropertyReader properties = propertiesOf(link);
    return m_plan.addAmount(
        kibibytes(properties.number("requestKiB")).count + kibibytes(properties.number("responseKiB")).count);
}

const Node* Compiler::regionOf(const std::string& nodeId) const
{
    for (const Node* at = design().node(nodeId); at != nullptr; at = design().node(at->parent)) {
        const KindSpec* kind = m_compiled.catalog->find(at->kind);
        if (kind != nullptr && kind->hasRole("region")) {
            return at;
        }
    }
    return nullptr;
}

std::string Compiler::regionCode(const std::string& nodeId) const
{
    const Node* region = regionOf(nodeId);
    for (const Node& node : design().nodes) {
        const KindSpec* kind = m_compiled.catalog->find(node.kind);
        if (region == nullptr && kind != nullptr && kind->hasRole("region")) {
            region = &node;
        }
    }
    if (region == nullptr) {
        return "us-east-1";
    }
    return effectiveValue(*m_compiled.catalog->find(region->kind), region->properties, "code")
        .get<std::string>();
}

const Node* Compiler::vpcOf(const std::string& nodeId) const
{
    return design().ancestorOfKind(nodeId, "aws.vpc");
}

std::vector<ZoneIndex> Compiler::zonesOf(const std::string& nodeId)
{
    for (ZoneIndex zone{0}; zone.value < m_plan.soFar().zones.size(); ++zone.value) {
        const std::string& drawn = m_plan.soFar().zones[zone.value].id;
        if (!drawn.empty() && design().node(nodeId)->parent == drawn) {
            return {zone};
        }
    }
    const Node* vpc = vpcOf(nodeId);
    if (vpc != nullptr && m_zonesByRegion.contains(vpc->id)) {
        return m_zonesByRegion.at(vpc->id);
    }
    const Node* region = regionOf(nodeId);
    const std::string key = region != nullptr ? region->id : "";
    if (!m_zonesByRegion.contains(key)) {
        const KindSpec* kind = m_compiled.catalog->find(region != nullptr ? region->kind : "aws.region");
        for (const Value& letter : kind->fact("zone.letters")) {
            const std::string name = regionCode(nodeId) + letter.get<std::string>();
            m_zonesByRegion[key].push_back(m_plan.addZone({"", name}));
        }
    }
    return m_zonesByRegion.at(key);
}

void Compiler::hop(
    PathBuilder& path, const Component& node, const Link& link, AmountId bytes, bool crossingIsFree)
{
    const Node* region = regionOf(node.id());
    const KindSpec* kind = m_compiled.catalog->find(region != nullptr ? region->kind : "aws.region");
    const PropertyReader network{
        kind->properties, region != nullptr ? region->properties : node.node.properties};
    const auto latency = [&](const std::string& key) {
        const double mean =
            (region != nullptr ? network.number(key) : kind->property(key)->fallback.get<double>()) / 1e3;
        return m_plan.addDraw(link.id, key, Distribution::exponential(mean));
    };
    // A gigabyte between zones is billed on each side (assets/prices/README.md).
    const MeterId meter = crossingIsFree ? MeterId{}
                                         : this->meter(
                                               node.id(), "AWSDataTransfer", "DataTransfer-Regional-Bytes",
                                               (std::int64_t{1} << 30) / 2);
    path.hop(latency("sameZoneMs"), latency("crossZoneMs"), bytes, meter, "network");
}

OutcomeId
Compiler::outcome(const std::string& nodeId, OutcomeSpec::Kind kind, const std::string& name, bool retryable)
{
    return m_plan.outcome({kind, name, retryable, index(nodeId)});
}

MeterId Compiler::meter(
    const std::string& nodeId, const std::string& service, const std::string& usageType, std::int64_t perUnit)
{
    return m_plan.addMeter({index(nodeId), service, usageType, regionCode(nodeId), perUnit});
}

MeterId Compiler::watch(const std::string& nodeId, const std::string& name)
{
    return m_plan.addMeter({index(nodeId), "", name, regionCode(nodeId), 1000});
}

}  // namespace neph
