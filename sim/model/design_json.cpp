#include "sim/model/design_json.h"

#include <cstdint>
#include <set>

#include <fmt/format.h>

#include "sim/model/design_parts.h"
#include "sim/model/design_versions.h"

namespace neph {

static constexpr const char* kFormatName = "nephoscope";
/// The oldest program that reads what this one writes without losing anything.
static constexpr int kMinReader = 1;

static bool isVersion(const Value& value)
{
    constexpr int kHighestVersion = 1'000'000;
    return value.is_number_integer() && value >= 1 && value <= kHighestVersion;
}

static int readVersion(JsonFields& fields, const char* key, int fallback, bool required)
{
    const Value* version = fields.raw(key);
    if (version != nullptr && isVersion(*version)) {
        return version->get<int>();
    }
    if (version != nullptr || required) {
        fields.complain(
            key,
            version == nullptr ? fmt::format("'{}' is missing.", key)
                               : fmt::format("'{}' is {}.", key, briefText(*version)),
            fmt::format("a whole number; {} at present", kDesignVersion));
    }
    return fallback;
}

/// Whether the document is one of ours and of a version this program can read; migrates it where it is older.
static bool acceptHeader(Value& document, DiagnosticSink& sink)
{
    if (!document.is_object() || !document.contains("format") || document["format"] != kFormatName) {
        sink.add(
            {Severity::Error, "/format", "This is JSON, but not a Nephoscope design.",
             fmt::format("an object with \"format\": \"{}\"", kFormatName), "", ""});
        return false;
    }
    JsonFields fields(document, "", sink);
    const int version = readVersion(fields, "version", kDesignVersion, true);
    const int minReader = readVersion(fields, "minReader", version, false);
    if (version <= kDesignVersion) {
        migrate(document, version, knownMigrations());
        return true;
    }
    if (minReader > kDesignVersion) {
        sink.add(
            {Severity::Error, "/minReader",
             fmt::format(
                 "This design was written by a newer Nephoscope: it needs a reader of version {}.",
                 minReader),
             fmt::format("up to version {}", kDesignVersion), "Update Nephoscope.", ""});
        return false;
    }
    sink.add(
        {Severity::Warning, "/version",
         fmt::format("This design was written by a newer version ({}) of Nephoscope.", version), "",
         "Fields that this version does not know are kept.", ""});
    return true;
}

/// Reads the list `key` into `parts`. A part whose name was taken before is left out and told.
template <typename Part, typename Read>
static void readParts(
    JsonFields& fields, const char* key, std::size_t most, std::string Part::*name, Read read,
    std::set<std::string>& taken, std::vector<Part>& parts, DiagnosticSink& sink)
{
    const auto elements = fields.list(key);
    if (elements.size() > most) {
        fields.complain(
            key, fmt::format("There are {} {}.", elements.size(), key), fmt::format("at most {}", most));
        return;
    }
    parts.reserve(elements.size());
    for (const auto& [json, pointer] : elements) {
        Part part = read(*json, pointer);
        if (taken.insert(part.*name).second) {
            parts.push_back(std::move(part));
        } else {
            sink.add(
                {Severity::Error, pointer, fmt::format("The name '{}' is taken twice.", part.*name),
                 "an id of its own for each", "Give the second one another id. It is left out now.",
                 part.*name});
        }
    }
}

static Design designFrom(const Value& document, const Limits& limits, DiagnosticSink& sink)
{
    JsonFields fields(document, "", sink);
    for (const char* key : {"format", "version", "minReader"}) {
        fields.raw(key);
    }
    Design design;
    design.name = fields.text("name");
    design.description = fields.text("description");
    design.runSeconds = fields.number("runSeconds", design.runSeconds);

    const auto plain = [&sink](auto read) {
        return [&sink, read](const Value& json, const std::string& pointer) {
            return read(json, pointer, sink);
        };
    };
    const auto trace = [&](const Value& json, const std::string& pointer) {
        return readTrace(json, pointer, limits, sink);
    };
    std::set<std::string> nodesAndLinks;
    std::set<std::string> faults;
    std::set<std::string> traces;
    std::set<std::string> notes;
    readParts(fields, "nodes", limits.nodes, &Node::id, plain(readNode), nodesAndLinks, design.nodes, sink);
    readParts(fields, "links", limits.links, &Link::id, plain(readLink), nodesAndLinks, design.links, sink);
    readParts(fields, "faults", limits.nodes, &FaultSpec::id, plain(readFault), faults, design.faults, sink);
    readParts(fields, "traffic", limits.nodes, &TrafficTrace::name, trace, traces, design.traffic, sink);
    readParts(fields, "notes", limits.nodes, &Note::id, plain(readNote), notes, design.notes, sink);

    design.extra = fields.rest();
    if (document.contains("version") && isVersion(document["version"]) &&
        document["version"] > kDesignVersion) {
        // Its fields are kept, so its version is, too: the program that wrote it must not migrate it again.
        design.extra["version"] = document["version"];
        if (document.contains("minReader")) {
            design.extra["minReader"] = document["minReader"];
        }
    }
    return design;
}

LoadedDesign readDesign(std::string_view text, const Limits& limits)
{
    LoadedDesign loaded;
    DiagnosticSink sink;
    ParsedJson parsed = parseJson(text, limits);
    sink.add(std::move(parsed.diagnostics));
    if (parsed.ok && acceptHeader(parsed.value, sink)) {
        loaded.design = designFrom(parsed.value, limits, sink);
        loaded.readable = true;
    }
    loaded.diagnostics = sink.take();
    return loaded;
}

template <typename Part>
static void putParts(OrderedValue& json, const char* key, const std::vector<Part>& parts)
{
    OrderedValue& list = json[key] = OrderedValue::array();
    for (const Part& part : parts) {
        list.push_back(jsonOf(part));
    }
}

std::string writeDesign(const Design& design)
{
    OrderedValue json = OrderedValue::object();
    json["format"] = kFormatName;
    json["version"] = kDesignVersion;
    json["minReader"] = kMinReader;
    for (const char* key : {"version", "minReader"}) {
        if (design.extra.contains(key)) {
            json[key] = OrderedValue(design.extra[key]);
        }
    }
    json["name"] = design.name;
    if (!design.description.empty()) {
        json["description"] = design.description;
    }
    json["runSeconds"] = design.runSeconds;
    putParts(json, "nodes", design.nodes);
    putParts(json, "links", design.links);
    if (!design.faults.empty()) {
        putParts(json, "faults", design.faults);
    }
    if (!design.traffic.empty()) {
        putParts(json, "traffic", design.traffic);
    }
    if (!design.notes.empty()) {
        putParts(json, "notes", design.notes);
    }
    appendExtra(json, design.extra);
    return canonicalText(json);
}

std::string designDigest(const Design& design)
{
    // FNV-1a, 64 bits: names a design, and defends against nobody.
    std::uint64_t hash = 14695981039346656037u;
    for (const char c : writeDesign(design)) {
        hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211u;
    }
    return fmt::format("{:016x}", hash);
}

}  // namespace neph
