#pragma once

#include <stdexcept>
#include <string>
#include <vector>

#include "sim/model/catalog.h"
#include "sim/model/design.h"
#include "sim/model/rules.h"

namespace neph::test {

inline constexpr const char* kUsersKind = R"({
  "id": "users", "name": "Users", "category": "Traffic", "roles": ["entry"],
  "summary": "People.", "notFor": "Machines.", "parents": ["canvas"],
  "links": [{"to": ["role:compute"], "verb": "call", "help": "What they use.", "properties": [
    {"key": "share", "label": "Share", "type": "number", "unit": "%", "default": 100, "min": 0, "max": 100,
     "help": "Part of the requests that go this way.", "source": "model"}]}],
  "needsLinksTo": [{"anyOf": ["role:compute"], "message": "These users call nothing. Draw a link to a service."}],
  "properties": [
    {"key": "pattern", "label": "Pattern", "type": "choice", "default": "constant", "help": "Shape of the load.",
     "source": "model", "choices": [{"value": "constant", "label": "Constant"}, {"value": "spike", "label": "Spike"}]},
    {"key": "peak", "label": "Peak", "type": "number", "unit": "requests/s", "default": 100, "min": 0,
     "help": "Rate at the top of the spike.", "source": "model", "showWhen": "pattern=spike"},
    {"key": "requests", "label": "Requests", "type": "table", "min": 1, "max": 3,
     "default": [{"name": "read"}], "help": "Kinds of requests.", "source": "model", "columns": [
       {"key": "name", "label": "Name", "type": "text", "default": "request", "help": "Shown in the report."},
       {"key": "weight", "label": "Weight", "type": "integer", "default": 1, "min": 1, "help": "How many of them."}]}],
  "billingNote": "Users cost nothing.", "localNote": "A load generator.", "patchedBy": "nobody"
})";

inline constexpr const char* kZoneKind = R"({
  "id": "demo.zone", "name": "Zone", "category": "Network", "roles": ["frame"], "frame": true,
  "summary": "A building.", "notFor": "Safety.", "parents": ["canvas", "demo.zone"],
  "billingNote": "A zone costs nothing.", "localNote": "Nothing.", "patchedBy": "AWS"
})";

inline constexpr const char* kServiceKind = R"({
  "id": "demo.service", "name": "Service", "category": "Containers", "roles": ["compute"],
  "summary": "Runs containers.", "notFor": "Data.", "parents": ["canvas", "role:frame"],
  "links": [{"to": ["role:store"], "verb": "reads", "help": "Where its data is.", "properties": [
    {"key": "calls", "label": "Calls", "type": "number", "default": 1, "help": "For each request.", "source": "model"},
    {"key": "retries", "label": "Retries", "type": "integer", "default": 0, "help": "Of a call.", "source": "model"},
    {"key": "timeout", "label": "Timeout", "type": "duration", "unit": "s", "default": 1, "help": "Of a try.",
     "source": "model"}]}],
  "properties": [
    {"key": "replicas", "label": "Replicas", "type": "integer", "default": 2, "min": 1, "max": 5000,
     "help": "How many run.", "source": "https://example.org/limits", "seen": "2025-11-24"},
    {"key": "grace", "label": "Grace period", "type": "duration", "unit": "s", "default": 60, "min": 0,
     "help": "Before health counts.", "source": "model"},
    {"key": "spot", "label": "Spot", "type": "bool", "default": false, "help": "Cheaper.", "source": "model"}],
  "facts": [{"key": "start.seconds", "value": 20.5, "unit": "s", "source": "model"}],
  "billing": ["DemoService"], "localNote": "A container.", "patchedBy": "you"
})";

inline constexpr const char* kTableKind = R"({
  "id": "demo.table", "name": "Table", "category": "Databases", "roles": ["store"],
  "summary": "Keeps items.", "notFor": "Files.", "parents": ["canvas"],
  "calls": [
    {"key": "retries", "label": "Retries", "type": "integer", "default": 3, "help": "Of a call.", "source": "model"},
    {"key": "operation", "label": "Operation", "type": "choice", "default": "get", "help": "What is asked.",
     "source": "model", "choices": [{"value": "get", "label": "Get"}, {"value": "put", "label": "Put"}]}],
  "needsLinksFrom": [{"anyOf": ["role:compute"], "message": "Nothing calls this table."}],
  "properties": [{"key": "name", "label": "Name", "type": "text", "default": "items", "help": "Of the table.",
                  "source": "model"}],
  "billing": ["DemoTable"], "localNote": "A local table.", "patchedBy": "AWS"
})";

inline KindSpec kindFrom(const char* text, const std::string& file)
{
    Result<KindSpec> kind = readKindSpec(text, file);
    if (!kind) {
        throw std::runtime_error(kind.error().where + ": " + kind.error().what);
    }
    return std::move(*kind);
}

/// A catalog of its own, so that these tests say nothing about the real services.
inline const Catalog& smallCatalog()
{
    static const Catalog catalog({
        kindFrom(kTableKind, "table.json"),
        kindFrom(kServiceKind, "service.json"),
        kindFrom(kZoneKind, "zone.json"),
        kindFrom(kUsersKind, "users.json"),
    });
    return catalog;
}

inline Node nodeOf(const std::string& id, const std::string& kind, const std::string& parent = {})
{
    Node node;
    node.id = id;
    node.kind = kind;
    node.parent = parent;
    return node;
}

inline Link linkOf(const std::string& id, const std::string& from, const std::string& to)
{
    Link link;
    link.id = id;
    link.from = from;
    link.to = to;
    return link;
}

/// Users call a service in a zone, which reads a table. Nothing is wrong with it.
inline Design shopDesign()
{
    Design design;
    design.name = "Shop";
    design.runSeconds = 600;
    design.nodes = {
        nodeOf("users", "users"), nodeOf("zone-a", "demo.zone"), nodeOf("web", "demo.service", "zone-a"),
        nodeOf("items", "demo.table")};
    design.nodes[1].size = {320, 200.5};
    design.nodes[2].name = "Web shop";
    design.nodes[2].position = {40, 60};
    design.nodes[2].properties = {{"replicas", 4}, {"spot", true}};
    design.links = {linkOf("calls", "users", "web"), linkOf("reads", "web", "items")};
    design.links[0].properties = {{"share", 99.5}};
    return design;
}

inline std::string textOf(const Diagnostics& diagnostics)
{
    std::string text;
    for (const Diagnostic& one : diagnostics) {
        text += toText(one) + '\n';
    }
    return text;
}

}  // namespace neph::test
