#include "sim/model/catalog.h"
#include "sim/model/design_json.h"

namespace neph {

namespace {

Value listOf(Value items)
{
    return {{"type", "array"}, {"items", std::move(items)}};
}

Value reference(const std::string& definition)
{
    return {{"$ref", "#/definitions/" + definition}};
}

Value object(std::vector<std::string> required, Value properties)
{
    Value schema{{"type", "object"}, {"properties", std::move(properties)}};
    if (!required.empty()) {
        schema["required"] = std::move(required);
    }
    return schema;
}

Value propertiesSchema(const std::vector<PropertySpec>& specs);

void putBounds(Value& schema, const PropertySpec& spec, const char* least, const char* most)
{
    // Whole bounds are written as whole numbers: minItems must be one.
    const auto bound = [](double value) {
        const auto whole = static_cast<std::int64_t>(value);
        return static_cast<double>(whole) == value ? Value(whole) : Value(value);
    };
    if (spec.min) {
        schema[least] = bound(*spec.min);
    }
    if (spec.max) {
        schema[most] = bound(*spec.max);
    }
    if (spec.leastAboveZero) {
        schema["anyOf"] = Value::array({{{"const", 0}}, {{least, bound(*spec.leastAboveZero)}}});
    }
}

Value propertySchema(const PropertySpec& spec)
{
    Value schema{
        {"title", spec.label},
        {"description", spec.unit.empty() ? spec.help : spec.help + " Unit: " + spec.unit + "."},
        {"default", spec.fallback}};
    switch (spec.type) {
    case PropertyType::Bool:
        schema["type"] = "boolean";
        break;
    case PropertyType::Integer:
        schema["type"] = "integer";
        putBounds(schema, spec, "minimum", "maximum");
        break;
    case PropertyType::Number:
    case PropertyType::TimeSpan:
        schema["type"] = "number";
        putBounds(schema, spec, "minimum", "maximum");
        break;
    case PropertyType::Text:
        schema["type"] = "string";
        break;
    case PropertyType::Choice:
        schema["enum"] = Value::array();
        for (const Choice& choice : spec.choices) {
            schema["enum"].push_back(choice.value);
        }
        break;
    case PropertyType::Table:
        schema["type"] = "array";
        schema["items"] = propertiesSchema(spec.columns);
        putBounds(schema, spec, "minItems", "maxItems");
        break;
    }
    return schema;
}

Value propertiesSchema(const std::vector<PropertySpec>& specs)
{
    Value fields = Value::object();
    for (const PropertySpec& spec : specs) {
        fields[spec.key] = propertySchema(spec);
    }
    return object({}, std::move(fields));
}

Value nodeSchema(const Catalog& catalog)
{
    Value byKind = Value::array();
    for (const KindSpec& kind : catalog.kinds()) {
        const Value isKind = object({}, {{"kind", {{"const", kind.id}}}});
        const Value hasProperties = object({}, {{"properties", reference(kind.id)}});
        byKind.push_back({{"if", isKind}, {"then", hasProperties}});
    }
    Value schema = object(
        {"id", "kind"}, {{"id", reference("id")},
                         {"kind", {{"enum", catalog.ids()}}},
                         {"name", {{"type", "string"}}},
                         {"parent", {{"type", "string"}, {"description", "Id of the frame it lies in."}}},
                         {"position", reference("point")},
                         {"size", reference("point")},
                         {"properties", {{"type", "object"}}}});
    if (!byKind.empty()) {
        schema["allOf"] = std::move(byKind);
    }
    return schema;
}

Value linkSchema()
{
    return object(
        {"id", "from", "to"}, {{"id", reference("id")},
                               {"from", reference("id")},
                               {"to", reference("id")},
                               {"properties", {{"type", "object"}}}});
}

Value faultSchema()
{
    const Value time{{"type", "number"}, {"minimum", 0}};
    return object(
        {"id", "kind", "target"}, {{"id", reference("id")},
                                   {"kind", {{"enum", kFaultKinds}}},
                                   {"target", reference("id")},
                                   {"atSeconds", time},
                                   {"forSeconds", time},
                                   {"properties", {{"type", "object"}}}});
}

Value traceSchema()
{
    Value point = listOf({{"type", "number"}, {"minimum", 0}});
    point["minItems"] = 2;
    point["maxItems"] = 2;
    point["description"] = "Seconds from the start, requests per second.";
    return object(
        {"name", "points"}, {{"name", {{"type", "string"}, {"minLength", 1}}}, {"points", listOf(point)}});
}

Value noteSchema()
{
    return object(
        {"id"}, {{"id", reference("id")}, {"text", {{"type", "string"}}}, {"position", reference("point")}});
}

Value definitions(const Catalog& catalog)
{
    const Value number{{"type", "number"}};
    Value all{
        {"id", {{"type", "string"}, {"pattern", "^[A-Za-z0-9_-]{1,64}$"}}},
        {"point", object({}, {{"x", number}, {"y", number}})},
        {"node", nodeSchema(catalog)},
        {"link", linkSchema()},
        {"fault", faultSchema()},
        {"trace", traceSchema()},
        {"note", noteSchema()}};
    for (const KindSpec& kind : catalog.kinds()) {
        Value schema = propertiesSchema(kind.properties);
        schema["title"] = kind.name;
        schema["description"] = kind.summary;
        all[kind.id] = std::move(schema);
    }
    return all;
}

}  // namespace

Value designSchema(const Catalog& catalog)
{
    const Value text{{"type", "string"}};
    const Value version{{"type", "integer"}, {"minimum", 1}};
    Value schema = object(
        {"format", "version"}, {{"format", {{"const", "nephoscope"}}},
                                {"version", version},
                                {"minReader", version},
                                {"name", text},
                                {"description", text},
                                {"runSeconds", {{"type", "number"}, {"exclusiveMinimum", 0}}},
                                {"nodes", listOf(reference("node"))},
                                {"links", listOf(reference("link"))},
                                {"faults", listOf(reference("fault"))},
                                {"traffic", listOf(reference("trace"))},
                                {"notes", listOf(reference("note"))}});
    schema["$schema"] = "http://json-schema.org/draft-07/schema#";
    schema["title"] = "Nephoscope design";
    schema["definitions"] = definitions(catalog);
    return schema;
}

}  // namespace neph
