#include "sim/model/design_parts.h"

#include <algorithm>
#include <cctype>

#include <fmt/format.h>

namespace neph {

bool isValidId(const std::string& id)
{
    constexpr std::size_t kLongestId = 64;
    return !id.empty() && id.size() <= kLongestId && std::all_of(id.begin(), id.end(), [](char c) {
        return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-';
    });
}

void appendExtra(OrderedValue& json, const Value& extra)
{
    if (!extra.is_object()) {
        return;
    }
    for (const auto& [key, value] : extra.items()) {
        const auto known = json.find(key);
        if (known == json.end()) {
            json[key] = OrderedValue(value);
        } else if (known->is_object() && value.is_object()) {
            appendExtra(*known, value);
        }
    }
}

static void putText(OrderedValue& json, const char* key, const std::string& text)
{
    if (!text.empty()) {
        json[key] = text;
    }
}

static void putProperties(OrderedValue& json, const Properties& properties)
{
    if (!properties.empty()) {
        OrderedValue& fields = json["properties"] = OrderedValue::object();
        for (const auto& [key, value] : properties) {
            fields[key] = OrderedValue(value);
        }
    }
}

OrderedValue jsonOf(const Point& point)
{
    OrderedValue json = OrderedValue::object();
    json["x"] = point.x;
    json["y"] = point.y;
    return json;
}

OrderedValue jsonOf(const Node& node)
{
    OrderedValue json = OrderedValue::object();
    json["id"] = node.id;
    json["kind"] = node.kind;
    putText(json, "name", node.name);
    putText(json, "parent", node.parent);
    json["position"] = jsonOf(node.position);
    if (node.size != Point{}) {
        json["size"] = jsonOf(node.size);
    }
    putProperties(json, node.properties);
    appendExtra(json, node.extra);
    return json;
}

OrderedValue jsonOf(const Link& link)
{
    OrderedValue json = OrderedValue::object();
    json["id"] = link.id;
    json["from"] = link.from;
    json["to"] = link.to;
    putProperties(json, link.properties);
    appendExtra(json, link.extra);
    return json;
}

OrderedValue jsonOf(const FaultSpec& fault)
{
    OrderedValue json = OrderedValue::object();
    json["id"] = fault.id;
    json["kind"] = fault.kind;
    putText(json, "target", fault.target);
    json["atSeconds"] = fault.atSeconds;
    if (fault.forSeconds != 0) {
        json["forSeconds"] = fault.forSeconds;
    }
    putProperties(json, fault.properties);
    appendExtra(json, fault.extra);
    return json;
}

OrderedValue jsonOf(const TrafficTrace& trace)
{
    OrderedValue json = OrderedValue::object();
    json["name"] = trace.name;
    OrderedValue& points = json["points"] = OrderedValue::array();
    for (const Point& point : trace.points) {
        points.push_back(OrderedValue::array({point.x, point.y}));
    }
    appendExtra(json, trace.extra);
    return json;
}

OrderedValue jsonOf(const Note& note)
{
    OrderedValue json = OrderedValue::object();
    json["id"] = note.id;
    json["text"] = note.text;
    json["position"] = jsonOf(note.position);
    appendExtra(json, note.extra);
    return json;
}

static std::string readId(JsonFields& fields)
{
    std::string id = fields.requiredText("id");
    if (!id.empty() && !isValidId(id)) {
        fields.complain(
            "id", fmt::format("'{}' cannot be an id.", id.substr(0, 80)),
            "1 to 64 letters, digits, '_' and '-'");
    }
    return id;
}

static Properties readProperties(JsonFields& fields, DiagnosticSink& sink)
{
    Properties properties;
    const Value* json = fields.raw("properties");
    if (json == nullptr) {
        return properties;
    }
    if (!json->is_object()) {
        fields.complain(
            "properties", fmt::format("'properties' is {}.", briefText(*json)), "an object in braces");
        return properties;
    }
    for (const auto& [key, value] : json->items()) {
        if (value.is_null() && sink.isSaturated()) {
            sink.drop(Severity::Error);
        } else if (value.is_null()) {
            sink.add(
                {Severity::Error, pointerTo(fields.pointerOf("properties"), key),
                 fmt::format("The property '{}' is null.", key), "a value",
                 "Leave the property out, so that its default holds.", ""});
        } else {
            properties.emplace(key, value);
        }
    }
    return properties;
}

static void keepRest(const JsonFields& fields, Value& extra)
{
    extra.update(fields.rest());
}

Point readPoint(JsonFields& owner, const char* key, Value& extra, DiagnosticSink& sink)
{
    const Value* json = owner.raw(key);
    if (json == nullptr) {
        return {};
    }
    JsonFields fields(*json, owner.pointerOf(key), sink);
    const Point point{fields.number("x", 0), fields.number("y", 0)};
    if (Value rest = fields.rest(); !rest.empty()) {
        extra[key] = std::move(rest);
    }
    return point;
}

Node readNode(const Value& json, const std::string& pointer, DiagnosticSink& sink)
{
    JsonFields fields(json, pointer, sink);
    Node node;
    node.id = readId(fields);
    node.kind = fields.requiredText("kind");
    node.name = fields.text("name");
    node.parent = fields.text("parent");
    node.position = readPoint(fields, "position", node.extra, sink);
    node.size = readPoint(fields, "size", node.extra, sink);
    node.properties = readProperties(fields, sink);
    keepRest(fields, node.extra);
    return node;
}

Link readLink(const Value& json, const std::string& pointer, DiagnosticSink& sink)
{
    JsonFields fields(json, pointer, sink);
    Link link;
    link.id = readId(fields);
    link.from = fields.requiredText("from");
    link.to = fields.requiredText("to");
    link.properties = readProperties(fields, sink);
    keepRest(fields, link.extra);
    return link;
}

FaultSpec readFault(const Value& json, const std::string& pointer, DiagnosticSink& sink)
{
    JsonFields fields(json, pointer, sink);
    FaultSpec fault;
    fault.id = readId(fields);
    fault.kind = fields.requiredText("kind");
    fault.target = fields.text("target");
    fault.atSeconds = fields.number("atSeconds", 0);
    fault.forSeconds = fields.number("forSeconds", 0);
    fault.properties = readProperties(fields, sink);
    keepRest(fields, fault.extra);
    return fault;
}

TrafficTrace
readTrace(const Value& json, const std::string& pointer, const Limits& limits, DiagnosticSink& sink)
{
    JsonFields fields(json, pointer, sink);
    TrafficTrace trace;
    trace.name = fields.requiredText("name");
    const auto points = fields.list("points");
    if (points.size() > limits.tracePoints) {
        fields.complain(
            "points", "The trace has too many points.", fmt::format("at most {}", limits.tracePoints));
    } else {
        trace.points.reserve(points.size());
        for (const auto& [point, place] : points) {
            if (point->is_array() && point->size() == 2 && (*point)[0].is_number() &&
                (*point)[1].is_number()) {
                trace.points.push_back({(*point)[0].get<double>(), (*point)[1].get<double>()});
            } else {
                sink.add(
                    {Severity::Error, place, "This is no point of a trace.", "[seconds, requests per second]",
                     "", ""});
            }
        }
    }
    keepRest(fields, trace.extra);
    return trace;
}

Note readNote(const Value& json, const std::string& pointer, DiagnosticSink& sink)
{
    JsonFields fields(json, pointer, sink);
    Note note;
    note.id = readId(fields);
    note.text = fields.text("text");
    note.position = readPoint(fields, "position", note.extra, sink);
    keepRest(fields, note.extra);
    return note;
}

}  // namespace neph
