#include "sim/model/rules.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include <fmt/format.h>

#include "sim/model/call_graph.h"
#include "sim/model/cross_checks.h"
#include "sim/model/json_text.h"

namespace neph {

namespace {

/// What a person calls the node: its name, or its id where it has none.
std::string calledName(const Node& node)
{
    return node.name.empty() ? node.id : node.name;
}

/// "DynamoDB table, RDS instance or ECR repository": the kinds that one of `names` means.
std::string kindNames(const Catalog& catalog, const std::vector<std::string>& names)
{
    std::vector<std::string> found;
    for (const KindSpec& kind : catalog.kinds()) {
        if (kind.isOneOf(names)) {
            found.push_back(kind.name);
        }
    }
    if (std::find(names.begin(), names.end(), "canvas") != names.end()) {
        found.emplace_back("the canvas itself");
    }
    if (found.size() < 2) {
        return found.empty() ? "nothing" : found.front();
    }
    const std::string last = found.back();
    found.pop_back();
    return fmt::format("{} or {}", fmt::join(found, ", "), last);
}

std::string possibleTargets(const Catalog& catalog, const KindSpec& from)
{
    std::vector<std::string> names;
    for (const LinkRule& rule : from.links) {
        names.insert(names.end(), rule.to.begin(), rule.to.end());
    }
    return kindNames(catalog, names);
}

std::string refusalOfKinds(const Catalog& catalog, const KindSpec& from, const KindSpec& to)
{
    if (catalog.linkRule(from.id, to.id) != nullptr) {
        return {};
    }
    if (from.links.empty()) {
        return fmt::format("{} starts no connections; draw the link the other way round.", from.name);
    }
    return fmt::format(
        "{} cannot connect to {}. It can connect to {}.", from.name, to.name, possibleTargets(catalog, from));
}

std::string refusalOfFrame(const Catalog& catalog, const KindSpec& kind, const KindSpec* frame)
{
    const bool allowed =
        frame == nullptr ? std::find(kind.parents.begin(), kind.parents.end(), "canvas") != kind.parents.end()
                         : frame->isOneOf(kind.parents);
    if (allowed) {
        return {};
    }
    return fmt::format(
        "{} cannot lie {}. It can lie in {}.", kind.name,
        frame == nullptr ? std::string("outside all frames") : "in " + frame->name,
        kindNames(catalog, kind.parents));
}

/// One walk over a design that collects what there is to say. The index makes it linear in the design.
class Checker {
public:
    Checker(const Design& design, const Catalog& catalog)
        : m_design(design), m_catalog(catalog), m_cross(design, catalog)
    {
        for (std::size_t i = 0; i < design.nodes.size(); ++i) {
            m_places.emplace(design.nodes[i].id, i);
        }
        findCircles();
    }

    Diagnostics run()
    {
        for (std::size_t i = 0; i < m_design.nodes.size() && !m_found.isSaturated(); ++i) {
            checkNode(m_design.nodes[i], pointerTo("/nodes", i));
        }
        for (std::size_t i = 0; i < m_design.links.size() && !m_found.isSaturated(); ++i) {
            checkLink(m_design.links[i], pointerTo("/links", i));
        }
        for (std::size_t i = 0; i < m_design.faults.size() && !m_found.isSaturated(); ++i) {
            checkFault(m_design.faults[i], pointerTo("/faults", i));
        }
        for (std::size_t i = 0; i < m_design.traffic.size() && !m_found.isSaturated(); ++i) {
            checkTrace(m_design.traffic[i], pointerTo("/traffic", i));
        }
        checkWhole();
        m_cross.checkWhole(m_found);
        checkNeeds();
        return m_found.take();
    }

private:
    const Node* node(const std::string& id) const
    {
        const auto found = m_places.find(id);
        return found == m_places.end() ? nullptr : &m_design.nodes[found->second];
    }
    /// A suggestion as long as the budget lasts: a file with 100,000 misspelt names must not take minutes.
    std::string suggest(const std::string& word, const std::vector<std::string>& candidates)
    {
        if (m_found.isFull() || candidates.size() > m_comparisonsLeft) {
            return {};
        }
        m_comparisonsLeft -= candidates.size();
        return didYouMean(word, candidates);
    }
    std::string nearestNode(const std::string& id)
    {
        if (m_places.size() > m_comparisonsLeft) {
            return {};
        }
        std::vector<std::string> ids;
        for (const auto& [known, place] : m_places) {
            ids.push_back(known);
        }
        return suggest(id, ids);
    }
    void
    say(Severity severity, const std::string& about, std::string pointer, std::string what,
        std::string allowed = {}, std::string suggestion = {})
    {
        m_found.add(
            {severity, std::move(pointer), std::move(what), std::move(allowed), std::move(suggestion),
             about});
    }

    void checkNode(const Node& one, const std::string& pointer);
    void checkParent(const Node& one, const KindSpec* kind, const std::string& pointer);
    void findCircles();
    void checkProperties(
        const std::string& about, const std::string& called, const std::vector<PropertySpec>& specs,
        const Properties& properties, const std::string& pointer);
    void checkLink(const Link& link, const std::string& pointer);
    const Node* linkEnd(const Link& link, const std::string& id, const char* key, const std::string& pointer);
    void checkFault(const FaultSpec& fault, const std::string& pointer);
    void checkTrace(const TrafficTrace& trace, const std::string& pointer);
    void checkWhole();
    void checkNeeds();
    bool hasNeighbour(const std::vector<const Node*>& neighbours, const LinkNeed& need) const;

    const Design& m_design;
    const Catalog& m_catalog;
    CrossChecks m_cross;
    std::map<std::string, std::size_t> m_places;
    std::set<std::string> m_circular;  ///< Nodes that lie in themselves.
    std::set<std::pair<std::string, std::string>> m_connected;
    std::size_t m_comparisonsLeft = 50'000;
    DiagnosticSink m_found;
};

void Checker::checkNode(const Node& one, const std::string& pointer)
{
    const KindSpec* kind = m_catalog.find(one.kind);
    if (kind == nullptr) {
        say(Severity::Error, one.id, pointerTo(pointer, "kind"),
            fmt::format("There is no kind '{}'.", one.kind), "a kind of the catalog",
            suggest(one.kind, m_catalog.ids()));
    }
    checkParent(one, kind, pointer);
    if (!std::isfinite(one.position.x) || !std::isfinite(one.position.y)) {
        say(Severity::Error, one.id, pointerTo(pointer, "position"), "The position is not a number.");
    }
    if (!(one.size.x >= 0 && one.size.y >= 0) || !std::isfinite(one.size.x + one.size.y)) {
        say(Severity::Error, one.id, pointerTo(pointer, "size"), "The size is negative or not a number.");
    }
    if (kind != nullptr) {
        checkProperties(
            one.id, kind->name, kind->properties, one.properties, pointerTo(pointer, "properties"));
        m_cross.checkNode(one, *kind, pointer, m_found);
    }
}

/// Follows every chain of parents once; a chain that meets itself has found a circle.
void Checker::findCircles()
{
    std::map<const Node*, std::size_t> chainOf;
    for (std::size_t chain = 0; chain < m_design.nodes.size(); ++chain) {
        const Node* current = &m_design.nodes[chain];
        while (current != nullptr && chainOf.emplace(current, chain).second) {
            current = node(current->parent);
        }
        if (current != nullptr && chainOf[current] == chain) {
            while (m_circular.insert(current->id).second) {
                current = node(current->parent);
            }
        }
    }
}

void Checker::checkParent(const Node& one, const KindSpec* kind, const std::string& pointer)
{
    const std::string place = pointerTo(pointer, "parent");
    const Node* parent = node(one.parent);
    if (!one.parent.empty() && parent == nullptr) {
        say(Severity::Error, one.id, place, fmt::format("The frame '{}' is not in the design.", one.parent),
            "the id of a node, or nothing for the canvas", nearestNode(one.parent));
        return;
    }
    if (m_circular.contains(one.id)) {
        say(Severity::Error, one.id, place, fmt::format("{} lies in itself.", calledName(one)),
            "frames within frames, without a circle", "Take one of the frames out of the other.");
        return;
    }
    const KindSpec* frame = parent == nullptr ? nullptr : m_catalog.find(parent->kind);
    if (kind == nullptr || (parent != nullptr && frame == nullptr)) {
        return;
    }
    if (const std::string refusal = refusalOfFrame(m_catalog, *kind, frame); !refusal.empty()) {
        say(Severity::Error, one.id, place, refusal, kindNames(m_catalog, kind->parents));
    }
}

void Checker::checkProperties(
    const std::string& about, const std::string& called, const std::vector<PropertySpec>& specs,
    const Properties& properties, const std::string& pointer)
{
    std::vector<std::string> keys;
    keys.reserve(specs.size());
    for (const PropertySpec& spec : specs) {
        keys.push_back(spec.key);
    }
    for (const auto& [key, value] : properties) {
        const auto spec = std::find_if(
            specs.begin(), specs.end(), [&key = key](const auto& one) { return one.key == key; });
        const std::string place = pointerTo(pointer, key);
        if (spec == specs.end() && m_found.isFull()) {
            m_found.drop(Severity::Warning);
            continue;
        }
        if (spec == specs.end()) {
            say(Severity::Warning, about, place, fmt::format("{} has no property '{}'.", called, key),
                fmt::format("{}", fmt::join(keys, ", ")), suggest(key, keys));
            continue;
        }
        for (Diagnostic& wrong : checkValue(*spec, value, place)) {
            wrong.nodeId = about;
            m_found.add(std::move(wrong));
        }
    }
}

const Node*
Checker::linkEnd(const Link& link, const std::string& id, const char* key, const std::string& pointer)
{
    const Node* end = node(id);
    if (end == nullptr) {
        say(Severity::Error, link.id, pointerTo(pointer, key),
            fmt::format("The link ends at '{}', which is not in the design.", id), "the id of a node",
            nearestNode(id));
    }
    return end;
}

void Checker::checkLink(const Link& link, const std::string& pointer)
{
    const Node* from = linkEnd(link, link.from, "from", pointer);
    const Node* to = linkEnd(link, link.to, "to", pointer);
    if (from == nullptr || to == nullptr) {
        return;
    }
    if (from == to) {
        say(Severity::Error, link.id, pointer, fmt::format("{} is linked to itself.", calledName(*from)),
            "a link between two components", "Remove the link.");
        return;
    }
    if (!m_connected.emplace(link.from, link.to).second) {
        say(Severity::Error, link.id, pointer,
            fmt::format("{} and {} are linked twice.", calledName(*from), calledName(*to)),
            "one link each way", "Remove one of the two.");
    }
    const KindSpec* fromKind = m_catalog.find(from->kind);
    const KindSpec* toKind = m_catalog.find(to->kind);
    if (fromKind == nullptr || toKind == nullptr) {
        return;
    }
    const LinkRule* rule = m_catalog.linkRule(from->kind, to->kind);
    if (rule == nullptr) {
        say(Severity::Error, link.id, pointer, refusalOfKinds(m_catalog, *fromKind, *toKind),
            possibleTargets(m_catalog, *fromKind));
        return;
    }
    checkProperties(
        link.id, "This link", rule->properties, link.properties, pointerTo(pointer, "properties"));
    m_cross.checkLink(link, *rule, pointer, m_found);
}

void Checker::checkFault(const FaultSpec& fault, const std::string& pointer)
{
    if (std::find(kFaultKinds.begin(), kFaultKinds.end(), fault.kind) == kFaultKinds.end()) {
        say(Severity::Error, fault.target, pointerTo(pointer, "kind"),
            fmt::format("There is no fault '{}'.", fault.kind),
            fmt::format("{}", fmt::join(kFaultKinds, ", ")),
            suggest(fault.kind, {kFaultKinds.begin(), kFaultKinds.end()}));
    }
    if (node(fault.target) == nullptr) {
        say(Severity::Error, "", pointerTo(pointer, "target"),
            fmt::format("The fault strikes '{}', which is not in the design.", fault.target),
            "the id of a node", nearestNode(fault.target));
    }
    for (const auto& [key, time] :
         {std::pair{"atSeconds", fault.atSeconds}, {"forSeconds", fault.forSeconds}}) {
        if (!(time >= 0) || !std::isfinite(time)) {
            say(Severity::Error, fault.target, pointerTo(pointer, key), fmt::format("'{}' is {}.", key, time),
                "a number of seconds, 0 or more");
        }
    }
    for (const auto& [key, value] : fault.properties) {
        if (!value.is_number() || !(value.get<double>() >= 0) || !std::isfinite(value.get<double>())) {
            say(Severity::Error, fault.target, pointerTo(pointerTo(pointer, "properties"), key),
                fmt::format("'{}' is {}.", key, briefText(value)), "a number, 0 or more");
        }
    }
    if (fault.atSeconds >= m_design.runSeconds) {
        say(Severity::Warning, fault.target, pointerTo(pointer, "atSeconds"),
            fmt::format("This fault comes at {} s, after the end of the run.", fault.atSeconds),
            fmt::format("before {} s", m_design.runSeconds), "Make the run longer or the fault earlier.");
    }
}

void Checker::checkTrace(const TrafficTrace& trace, const std::string& pointer)
{
    double previous = -1;
    for (std::size_t i = 0; i < trace.points.size(); ++i) {
        const Point& point = trace.points[i];
        const bool wrong = !std::isfinite(point.x) || !std::isfinite(point.y) || point.x < 0 || point.y < 0;
        if (wrong || point.x <= previous) {
            say(Severity::Error, "", pointerTo(pointerTo(pointer, "points"), i),
                wrong ? "Time and rate of a trace are not negative." : "The times of a trace do not ascend.",
                "[seconds, requests per second], ascending in time");
            return;
        }
        previous = point.x;
    }
}

void Checker::checkWhole()
{
    constexpr double kLongestRun = 366.0 * 86400;
    if (!(m_design.runSeconds > 0) || m_design.runSeconds > kLongestRun) {
        say(Severity::Error, "", "/runSeconds", fmt::format("The run lasts {} s.", m_design.runSeconds),
            "more than 0 seconds, at most 366 days");
    }
    const auto isEntry = [this](const Node& one) {
        const KindSpec* kind = m_catalog.find(one.kind);
        return kind != nullptr && kind->hasRole("entry");
    };
    if (m_design.nodes.empty()) {
        say(Severity::Warning, "", "/nodes", "The design is empty.", "",
            "Drag a component from the palette.");
    } else if (std::none_of(m_design.nodes.begin(), m_design.nodes.end(), isEntry)) {
        say(Severity::Warning, "", "/nodes", "Nobody uses this design, so nothing will happen.", "",
            fmt::format("Add one of: {}.", kindNames(m_catalog, {"role:entry"})));
    }
}

bool Checker::hasNeighbour(const std::vector<const Node*>& neighbours, const LinkNeed& need) const
{
    return std::any_of(neighbours.begin(), neighbours.end(), [&](const Node* one) {
        const KindSpec* kind = m_catalog.find(one->kind);
        return kind != nullptr && kind->isOneOf(need.anyOf);
    });
}

void Checker::checkNeeds()
{
    std::map<std::string, std::vector<const Node*>> calls;
    std::map<std::string, std::vector<const Node*>> callers;
    for (const auto& [from, to] : m_connected) {
        calls[from].push_back(node(to));
        callers[to].push_back(node(from));
    }
    for (std::size_t i = 0; i < m_design.nodes.size(); ++i) {
        const Node& one = m_design.nodes[i];
        const KindSpec* kind = m_catalog.find(one.kind);
        if (kind == nullptr) {
            continue;
        }
        for (const LinkNeed& need : kind->needsLinksTo) {
            if (!hasNeighbour(calls[one.id], need)) {
                say(Severity::Warning, one.id, pointerTo("/nodes", i), need.message);
            }
        }
        for (const LinkNeed& need : kind->needsLinksFrom) {
            if (!hasNeighbour(callers[one.id], need)) {
                say(Severity::Warning, one.id, pointerTo("/nodes", i), need.message);
            }
        }
    }
}

}  // namespace

Diagnostics checkDesign(const Design& design, const Catalog& catalog)
{
    return Checker(design, catalog).run();
}

std::string
refusalOfLink(const Design& design, const Catalog& catalog, const std::string& from, const std::string& to)
{
    const Node* start = design.node(from);
    const Node* end = design.node(to);
    if (start == nullptr || end == nullptr) {
        return fmt::format("'{}' is not in the design.", start == nullptr ? from : to);
    }
    if (start == end) {
        return fmt::format("{} cannot connect to itself.", calledName(*start));
    }
    const KindSpec* startKind = catalog.find(start->kind);
    const KindSpec* endKind = catalog.find(end->kind);
    if (startKind == nullptr || endKind == nullptr) {
        return fmt::format("There is no kind '{}'.", startKind == nullptr ? start->kind : end->kind);
    }
    if (std::string refusal = refusalOfKinds(catalog, *startKind, *endKind); !refusal.empty()) {
        return refusal;
    }
    const std::vector<const Link*> links = design.linksFrom(from);
    if (std::any_of(links.begin(), links.end(), [&to](const Link* link) { return link->to == to; })) {
        return fmt::format("{} is connected to {} already.", calledName(*start), calledName(*end));
    }
    if (CallGraph(design, catalog).leadsTo(to, from)) {
        return fmt::format(
            "{} calls {} already, directly or through others: a request would go round for ever.",
            calledName(*end), calledName(*start));
    }
    return {};
}

std::string refusalOfParent(
    const Design& design, const Catalog& catalog, const std::string& kind, const std::string& parent)
{
    const KindSpec* inner = catalog.find(kind);
    if (inner == nullptr) {
        return fmt::format("There is no kind '{}'.", kind);
    }
    if (parent.empty()) {
        return refusalOfFrame(catalog, *inner, nullptr);
    }
    const Node* frame = design.node(parent);
    if (frame == nullptr) {
        return fmt::format("'{}' is not in the design.", parent);
    }
    const KindSpec* outer = catalog.find(frame->kind);
    return outer == nullptr ? fmt::format("There is no kind '{}'.", frame->kind)
                            : refusalOfFrame(catalog, *inner, outer);
}

static Value
valueOrDefault(const std::vector<PropertySpec>& specs, const Properties& properties, const std::string& key)
{
    const auto spec =
        std::find_if(specs.begin(), specs.end(), [&key](const auto& one) { return one.key == key; });
    if (spec == specs.end()) {
        return {};
    }
    const auto own = properties.find(key);
    Value value = own == properties.end() ? spec->fallback : own->second;
    if (spec->type == PropertyType::Table && value.is_array()) {
        for (Value& row : value) {
            for (const PropertySpec& column : spec->columns) {
                if (row.is_object() && !row.contains(column.key)) {
                    row[column.key] = column.fallback;
                }
            }
        }
    }
    return value;
}

Value effectiveValue(const KindSpec& kind, const Properties& properties, const std::string& key)
{
    return valueOrDefault(kind.properties, properties, key);
}

Value effectiveValue(const LinkRule& rule, const Properties& properties, const std::string& key)
{
    return valueOrDefault(rule.properties, properties, key);
}

Node newNode(const Design& design, const KindSpec& kind)
{
    Node node;
    node.id = design.freeId(kind.stem);
    node.kind = kind.id;
    node.name = kind.name;
    return node;
}

}  // namespace neph
