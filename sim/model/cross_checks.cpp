#include "sim/model/cross_checks.h"

#include <algorithm>

#include <fmt/format.h>

#include "sim/model/call_graph.h"
#include "sim/model/json_text.h"
#include "sim/model/limits.h"
#include "sim/model/rules.h"

namespace neph {

namespace {

std::string trimmed(const std::string& text)
{
    const std::size_t from = text.find_first_not_of(' ');
    return from == std::string::npos ? "" : text.substr(from, text.find_last_not_of(' ') - from + 1);
}

/// The value in force where it has the type of its spec; null otherwise, for that has been told already.
Value soundValue(const std::vector<PropertySpec>& specs, const Properties& properties, const std::string& key)
{
    const auto spec =
        std::find_if(specs.begin(), specs.end(), [&key](const auto& one) { return one.key == key; });
    if (spec == specs.end()) {
        return {};
    }
    const auto own = properties.find(key);
    const Value& value = own == properties.end() ? spec->fallback : own->second;
    return hasErrors(checkValue(*spec, value, "")) ? Value() : value;
}

/// What is wrong by one rule; nothing where it is kept.
std::optional<Diagnostic> brokenRule(
    const ValueRule& rule, const KindSpec& kind, const Properties& properties, const std::string& pointer)
{
    const auto value = [&](const std::string& key) { return soundValue(kind.properties, properties, key); };
    const Value ours = value(rule.property);
    const std::string& other = !rule.below.empty()    ? rule.below
                               : !rule.atMost.empty() ? rule.atMost
                                                      : rule.by;
    const Value theirs = value(other);
    if (ours.is_null() || theirs.is_null() || !conditionHolds(rule.when, kind.properties, properties)) {
        return std::nullopt;
    }
    std::string allowed;
    bool isKept = true;
    if (!rule.listedIn.empty()) {
        const Value& table = kind.fact(rule.listedIn);
        const auto row = table.find(theirs.is_string() ? theirs.get<std::string>() : theirs.dump());
        isKept = row == table.end() || std::find(row->begin(), row->end(), ours) != row->end();
        allowed = isKept ? "" : "one of " + row->dump();
    } else {
        isKept = !rule.below.empty() ? ours.get<double>() < theirs.get<double>()
                                     : ours.get<double>() <= theirs.get<double>();
        allowed = fmt::format("{} {}", rule.below.empty() ? "at most" : "less than", theirs.dump());
    }
    if (isKept) {
        return std::nullopt;
    }
    return Diagnostic{
        Severity::Error,
        pointerTo(pointerTo(pointer, "properties"), rule.property),
        fmt::format(
            "{} is {}, with {} of {}.", kind.property(rule.property)->label, ours.dump(),
            kind.property(other)->label, briefText(theirs)),
        allowed,
        rule.message,
        ""};
}

void tooMany(
    std::size_t count, std::size_t most, const char* pointer, const char* things, DiagnosticSink& found)
{
    if (count > most) {
        found.add(
            {Severity::Error, pointer, fmt::format("There are {} {}.", count, things),
             fmt::format("at most {} in a design that runs", most),
             "Split the design, or let one component stand for many.", ""});
    }
}

}  // namespace

std::vector<std::string> namesIn(const std::string& list)
{
    std::vector<std::string> parts;
    for (std::size_t from = 0; from <= list.size();) {
        const std::size_t comma = std::min(list.find(',', from), list.size());
        if (std::string part = trimmed(list.substr(from, comma - from)); !part.empty()) {
            parts.push_back(std::move(part));
        }
        from = comma + 1;
    }
    return parts;
}

bool conditionHolds(
    const std::string& condition, const std::vector<PropertySpec>& specs, const Properties& properties)
{
    if (condition.empty()) {
        return true;
    }
    const std::size_t equals = condition.find('=');
    const Value value = soundValue(specs, properties, condition.substr(0, equals));
    const std::string text = value.is_string() ? value.get<std::string>() : value.dump();
    const std::string choices = '|' + condition.substr(equals + 1) + '|';
    return choices.find('|' + text + '|') != std::string::npos;
}

CrossChecks::CrossChecks(const Design& design, const Catalog& catalog) : m_design(design), m_catalog(catalog)
{
    for (std::size_t i = 0; i < design.nodes.size(); ++i) {
        m_places.emplace(design.nodes[i].id, i);
    }
    for (const Node& node : design.nodes) {
        const KindSpec* kind = catalog.find(node.kind);
        if (kind == nullptr || !kind->hasRole("entry") || kind->property("classes") == nullptr) {
            continue;
        }
        const Value rows = soundValue(kind->properties, node.properties, "classes");
        for (const Value& row : rows.is_array() ? rows : Value::array()) {
            const std::string name = row.value("name", "request");
            m_classes.insert(name);
            m_classes.insert(node.name + '/' + name);
            ++m_classCount;
        }
    }
    for (const TrafficTrace& trace : design.traffic) {
        m_traces.insert(trace.name);
    }
}

void CrossChecks::checkNode(
    const Node& node, const KindSpec& kind, const std::string& pointer, DiagnosticSink& found)
{
    for (const ValueRule& rule : kind.valueRules) {
        if (std::optional<Diagnostic> broken = brokenRule(rule, kind, node.properties, pointer)) {
            broken->nodeId = node.id;
            found.add(std::move(*broken));
        }
    }
    checkNames(node.id, kind.properties, node.properties, pointerTo(pointer, "properties"), found);
}

void CrossChecks::checkLink(
    const Link& link, const LinkRule& rule, const std::string& pointer, DiagnosticSink& found)
{
    checkNames(link.id, rule.properties, link.properties, pointerTo(pointer, "properties"), found);
}

void CrossChecks::checkNames(
    const std::string& about, const std::vector<PropertySpec>& specs, const Properties& properties,
    const std::string& pointer, DiagnosticSink& found)
{
    for (const PropertySpec& spec : specs) {
        if (spec.refersTo.empty() || !conditionHolds(spec.showWhen, specs, properties)) {
            continue;
        }
        const Value value = soundValue(specs, properties, spec.key);
        const std::string text = value.is_string() ? value.get<std::string>() : "";
        std::vector<std::string> names{text};
        if (spec.refersTo == "classes") {
            names = namesIn(text);
        } else if (text.empty() && spec.refersTo != "trace") {
            names.clear();
        }
        for (const std::string& name : names) {
            if (isKnown(spec.refersTo, name)) {
                continue;
            }
            if (found.isFull()) {
                found.drop(Severity::Warning);
            } else {
                Diagnostic unknown = unknownName(spec, name);
                unknown.pointer = pointerTo(pointer, spec.key);
                unknown.nodeId = about;
                found.add(std::move(unknown));
            }
        }
    }
}

bool CrossChecks::isKnown(const std::string& refersTo, const std::string& name) const
{
    if (refersTo == "classes") {
        return m_classes.contains(name);
    }
    if (refersTo == "trace") {
        return m_traces.contains(name);
    }
    const auto place = m_places.find(name);
    const KindSpec* kind =
        place == m_places.end() ? nullptr : m_catalog.find(m_design.nodes[place->second].kind);
    return kind != nullptr && kind->isOneOf({refersTo});
}

Diagnostic CrossChecks::unknownName(const PropertySpec& spec, const std::string& name) const
{
    const bool isClass = spec.refersTo == "classes";
    const bool isTrace = spec.refersTo == "trace";
    std::vector<std::string> known;
    if (isClass || isTrace) {
        const std::set<std::string>& from = isClass ? m_classes : m_traces;
        std::copy_if(from.begin(), from.end(), std::back_inserter(known), [](const std::string& one) {
            return one.find('/') == std::string::npos;
        });
    } else {
        for (const Node& node : m_design.nodes) {
            if (isKnown(spec.refersTo, node.id)) {
                known.push_back(node.id);
            }
        }
    }
    Diagnostic unknown;
    unknown.severity = Severity::Warning;
    unknown.what =
        name.empty()
            ? fmt::format("{} is empty, so nothing comes of it.", spec.label)
            : fmt::format("{} names '{}', which is not in the design and is ignored.", spec.label, name);
    constexpr std::size_t kMostShown = 12;
    known.resize(std::min(known.size(), kMostShown));
    unknown.allowed = fmt::format(
        "{}", known.empty() ? std::string("there is none yet") : fmt::format("{}", fmt::join(known, ", ")));
    unknown.suggestion = didYouMean(name, known);
    if (isTrace && known.empty()) {
        unknown.suggestion = "Import a trace from a CSV file, or choose another load.";
    }
    return unknown;
}

void CrossChecks::checkWhole(DiagnosticSink& found) const
{
    constexpr Limits kLimits;
    tooMany(m_classCount, kLimits.classes, "/nodes", "request classes", found);
    tooMany(m_design.nodes.size(), kLimits.nodesInARun, "/nodes", "components", found);
    tooMany(m_design.links.size(), kLimits.linksInARun, "/links", "links", found);

    const CallGraph calls(m_design, m_catalog);
    for (const std::vector<std::size_t>& ring : calls.rings()) {
        constexpr std::size_t kMostNamed = 8;
        std::vector<std::string> names;
        for (std::size_t i = 0; i < std::min(ring.size(), kMostNamed); ++i) {
            const Node& from = m_design.nodes[m_places.at(m_design.links[ring[i]].from)];
            names.push_back(from.name.empty() ? from.id : from.name);
        }
        const std::string first = names.front();
        if (ring.size() > kMostNamed) {
            names.emplace_back("…");
        }
        found.add(
            {Severity::Error, pointerTo("/links", ring.back()),
             fmt::format(
                 "{} → {} is a ring of calls: a request would go round for ever.", fmt::join(names, " → "),
                 first),
             "links that lead on to other components and end somewhere",
             "Remove one link of the ring, or give what both sides need to a component of its own.",
             m_design.links[ring.back()].id});
    }
    if (const std::size_t depth = calls.longestChain(); depth > kLimits.callDepth) {
        found.add(
            {Severity::Error, "/links", fmt::format("One request is passed on {} times in a row.", depth),
             fmt::format("at most {} calls in a chain", kLimits.callDepth), "", ""});
    }
}

}  // namespace neph
