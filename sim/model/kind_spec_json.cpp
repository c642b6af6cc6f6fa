#include <algorithm>
#include <array>
#include <cctype>
#include <filesystem>
#include <map>
#include <set>

#include <fmt/format.h>

#include "sim/model/json_fields.h"
#include "sim/model/kind_spec.h"

namespace neph {

namespace {

/// Whether `text` looks like 2025-11-24.
bool isIsoDate(const std::string& text)
{
    constexpr std::string_view kShape = "dddd-dd-dd";
    return text.size() == kShape.size() &&
           std::equal(text.begin(), text.end(), kShape.begin(), [](char c, char shape) {
               return shape == 'd' ? std::isdigit(static_cast<unsigned char>(c)) != 0 : c == shape;
           });
}

/// Ids and keys become JSON fields, command line words and file names: letters, digits and . _ - only.
bool isPlainName(const std::string& text)
{
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
        return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '.' || c == '_' || c == '-';
    });
}

std::string plainName(JsonFields& fields, const char* key)
{
    std::string name = fields.requiredText(key);
    if (!name.empty() && !isPlainName(name)) {
        fields.complain(
            key, fmt::format("'{}' is no plain name.", name), "letters, digits, '.', '_' and '-'");
    }
    return name;
}

/// Source and date of a figure: "model" needs no date, everything published does.
void readSource(JsonFields& fields, bool required, std::string& source, std::string& seen)
{
    source = required ? fields.requiredText("source") : fields.text("source");
    seen = fields.text("seen");
    const bool published = !source.empty() && source != "model";
    if (published ? !isIsoDate(seen) : !seen.empty() && !isIsoDate(seen)) {
        fields.complain(
            "seen", fmt::format("The date '{}' of the source is missing or no date.", seen), "2025-11-24");
    }
}

PropertyType readType(JsonFields& fields)
{
    constexpr std::array kTypes{PropertyType::Bool, PropertyType::Integer, PropertyType::Number,
                                PropertyType::Text, PropertyType::Choice,  PropertyType::TimeSpan,
                                PropertyType::Table};
    const std::string name = fields.requiredText("type");
    std::vector<std::string> names;
    for (const PropertyType type : kTypes) {
        if (name == nameOf(type)) {
            return type;
        }
        names.emplace_back(nameOf(type));
    }
    fields.complain(
        "type", fmt::format("There is no type '{}'.", name), fmt::format("{}", fmt::join(names, ", ")),
        didYouMean(name, names));
    return PropertyType::Text;
}

std::optional<double> readBound(JsonFields& fields, const char* key, PropertyType type)
{
    const Value* bound = fields.raw(key);
    if (bound == nullptr) {
        return std::nullopt;
    }
    if (type == PropertyType::Bool || type == PropertyType::Text || type == PropertyType::Choice) {
        fields.complain(key, fmt::format("A {} has no bounds.", nameOf(type)));
        return std::nullopt;
    }
    return fields.number(key, 0);
}

std::vector<Choice> readChoices(JsonFields& fields, PropertyType type, DiagnosticSink& sink)
{
    std::vector<Choice> choices;
    std::set<std::string> values;
    for (const auto& [json, pointer] : fields.list("choices")) {
        JsonFields one(*json, pointer, sink);
        Choice choice{one.requiredText("value"), one.requiredText("label"), one.text("help")};
        if (!values.insert(choice.value).second) {
            one.complain("value", fmt::format("The choice '{}' is given twice.", choice.value));
        }
        one.refuseRest();
        choices.push_back(std::move(choice));
    }
    if ((type == PropertyType::Choice) == choices.empty()) {
        fields.complain(
            "choices",
            type == PropertyType::Choice ? "A choice needs 'choices'." : "Only a choice has 'choices'.");
    }
    return choices;
}

enum class Level { Property, Column };

std::vector<PropertySpec>
readProperties(JsonFields& owner, const char* key, Level level, DiagnosticSink& sink);

PropertySpec readProperty(const Value& json, const std::string& pointer, Level level, DiagnosticSink& sink)
{
    JsonFields fields(json, pointer, sink);
    PropertySpec spec;
    spec.key = plainName(fields, "key");
    spec.label = fields.requiredText("label");
    spec.type = readType(fields);
    spec.unit = fields.text("unit");
    spec.min = readBound(fields, "min", spec.type);
    spec.max = readBound(fields, "max", spec.type);
    if (fields.raw("leastAboveZero") != nullptr) {
        spec.leastAboveZero = readBound(fields, "leastAboveZero", spec.type);
    }
    spec.choices = readChoices(fields, spec.type, sink);
    spec.group = fields.text("group");
    spec.help = fields.requiredText("help");
    readSource(fields, level == Level::Property, spec.source, spec.seen);
    spec.showWhen = fields.text("showWhen");
    spec.refersTo = fields.text("refersTo");
    if (!spec.refersTo.empty() && spec.type != PropertyType::Text) {
        fields.complain("refersTo", "Only a text names something.");
    }
    if (spec.min && spec.max && *spec.min > *spec.max) {
        fields.complain(
            "min", fmt::format("The least value {} is above the greatest {}.", *spec.min, *spec.max));
    }
    if (level == Level::Property) {
        spec.columns = readProperties(fields, "columns", Level::Column, sink);
        if ((spec.type == PropertyType::Table) == spec.columns.empty()) {
            fields.complain("columns", "A table has 'columns', and nothing else has.");
        }
    } else if (spec.type == PropertyType::Table) {
        fields.complain("type", "A column cannot be a table.");
    }
    if (const Value* fallback = fields.raw("default"); fallback != nullptr && !fallback->is_null()) {
        spec.fallback = *fallback;
        for (Diagnostic& wrong : checkValue(spec, spec.fallback, fields.pointerOf("default"))) {
            wrong.severity = Severity::Error;
            sink.add(std::move(wrong));
        }
    } else {
        fields.complain("default", "Every property has a default.", allowedText(spec));
    }
    fields.refuseRest();
    return spec;
}

/// "key=value|value": the key is a property beside this one, and the values are such as it can have.
void checkShowWhen(
    const PropertySpec& spec, const std::vector<PropertySpec>& all, JsonFields& owner, const char* list)
{
    if (spec.showWhen.empty()) {
        return;
    }
    const std::size_t equals = spec.showWhen.find('=');
    const std::string key = spec.showWhen.substr(0, equals);
    const auto other =
        std::find_if(all.begin(), all.end(), [&key](const auto& one) { return one.key == key; });
    if (equals == std::string::npos || other == all.end()) {
        owner.complain(
            list,
            fmt::format("'showWhen' of '{}' names no property beside it: '{}'.", spec.key, spec.showWhen),
            "key=value|value");
        return;
    }
    std::string values = spec.showWhen.substr(equals + 1) + '|';
    for (std::size_t end = values.find('|'); end != std::string::npos; end = values.find('|')) {
        const std::string value = values.substr(0, end);
        values.erase(0, end + 1);
        if (other->type == PropertyType::Choice && !checkValue(*other, value, "").empty()) {
            owner.complain(
                list,
                fmt::format("'showWhen' of '{}' waits for '{}', which '{}' cannot be.", spec.key, value, key),
                allowedText(*other));
        }
    }
}

std::vector<PropertySpec>
readProperties(JsonFields& owner, const char* key, Level level, DiagnosticSink& sink)
{
    std::vector<PropertySpec> specs;
    std::set<std::string> keys;
    for (const auto& [json, pointer] : owner.list(key)) {
        specs.push_back(readProperty(*json, pointer, level, sink));
        if (!keys.insert(specs.back().key).second) {
            sink.add(
                {Severity::Error, pointerTo(pointer, "key"),
                 fmt::format("The property '{}' is given twice.", specs.back().key), "", "", ""});
        }
    }
    for (const PropertySpec& spec : specs) {
        checkShowWhen(spec, specs, owner, key);
    }
    return specs;
}

std::vector<std::string> requiredNames(JsonFields& fields, const char* key, const char* example)
{
    std::vector<std::string> names = fields.texts(key);
    if (names.empty()) {
        fields.complain(key, fmt::format("'{}' is missing or empty.", key), example);
    }
    return names;
}

std::vector<LinkRule> readLinks(JsonFields& kind, DiagnosticSink& sink)
{
    std::vector<LinkRule> rules;
    for (const auto& [json, pointer] : kind.list("links")) {
        JsonFields fields(*json, pointer, sink);
        LinkRule rule;
        rule.to = requiredNames(fields, "to", "kinds, or roles such as 'role:compute'");
        rule.verb = fields.requiredText("verb");
        rule.properties = readProperties(fields, "properties", Level::Property, sink);
        rule.help = fields.requiredText("help");
        fields.refuseRest();
        rules.push_back(std::move(rule));
    }
    return rules;
}

std::vector<LinkNeed> readNeeds(JsonFields& kind, const char* key, DiagnosticSink& sink)
{
    std::vector<LinkNeed> needs;
    for (const auto& [json, pointer] : kind.list(key)) {
        JsonFields fields(*json, pointer, sink);
        needs.push_back(
            {requiredNames(fields, "anyOf", "kinds, or roles such as 'role:compute'"),
             fields.requiredText("message")});
        fields.refuseRest();
    }
    return needs;
}

std::vector<Fact> readFacts(JsonFields& kind, DiagnosticSink& sink)
{
    std::vector<Fact> facts;
    std::set<std::string> keys;
    for (const auto& [json, pointer] : kind.list("facts")) {
        JsonFields fields(*json, pointer, sink);
        Fact fact;
        fact.key = plainName(fields, "key");
        if (const Value* value = fields.raw("value"); value != nullptr && !value->is_null()) {
            fact.value = *value;
        } else {
            fields.complain("value", "A fact has a value.");
        }
        fact.unit = fields.text("unit");
        fact.note = fields.text("note");
        readSource(fields, true, fact.source, fact.seen);
        if (!keys.insert(fact.key).second) {
            fields.complain("key", fmt::format("The fact '{}' is given twice.", fact.key));
        }
        fields.refuseRest();
        facts.push_back(std::move(fact));
    }
    return facts;
}

std::vector<ValueRule> readValueRules(JsonFields& kind, const KindSpec& spec, DiagnosticSink& sink)
{
    std::vector<ValueRule> rules;
    for (const auto& [json, pointer] : kind.list("valueRules")) {
        JsonFields fields(*json, pointer, sink);
        ValueRule rule;
        rule.property = fields.requiredText("property");
        rule.below = fields.text("below");
        rule.atMost = fields.text("atMost");
        rule.listedIn = fields.text("listedIn");
        rule.by = fields.text("by");
        rule.when = fields.text("when");
        rule.message = fields.requiredText("message");
        for (const std::string& key : {rule.property, rule.below, rule.atMost, rule.by}) {
            if (!key.empty() && spec.property(key) == nullptr) {
                fields.complain("property", fmt::format("There is no property '{}'.", key));
            }
        }
        if (rule.below.empty() + rule.atMost.empty() + rule.listedIn.empty() != 2) {
            fields.complain("property", "A rule has one of 'below', 'atMost' and 'listedIn'.");
        }
        fields.refuseRest();
        rules.push_back(std::move(rule));
    }
    return rules;
}

/// Whether `reference` names a property of the kind, or with "fact:" a fact.
bool isReference(const KindSpec& kind, const std::string& reference)
{
    constexpr std::string_view kFact = "fact:";
    if (!reference.starts_with(kFact)) {
        return kind.property(reference) != nullptr;
    }
    const auto isIt = [key = reference.substr(kFact.size())](const Fact& fact) { return fact.key == key; };
    return std::any_of(kind.facts.begin(), kind.facts.end(), isIt);
}

/// A map of texts.
std::map<std::string, std::string> readTexts(JsonFields& face, const char* key)
{
    std::map<std::string, std::string> texts;
    const Value* json = face.raw(key);
    if (json == nullptr) {
        return texts;
    }
    if (!json->is_object()) {
        face.complain(key, "This has to be an object of names and what each of them takes.");
        return texts;
    }
    for (const auto& [name, value] : json->items()) {
        texts[name] = value.is_string() ? value.get<std::string>() : std::string();
    }
    return texts;
}

/// {"workers": "workers", "healthCpuMs": "fact:health.cpuMs"}: each names a property or a fact of the kind.
std::map<std::string, std::string> readReferences(JsonFields& face, const char* key, const KindSpec& kind)
{
    std::map<std::string, std::string> references = readTexts(face, key);
    for (const auto& [name, reference] : references) {
        if (!isReference(kind, reference)) {
            face.complain(key, fmt::format("'{}' names no property or fact: '{}'.", name, reference));
        }
    }
    return references;
}

LocalFace readLocalFace(JsonFields& owner, const KindSpec& kind, DiagnosticSink& sink)
{
    using As = LocalFace::As;
    LocalFace face;
    const Value* json = owner.raw("local");
    if (json == nullptr) {
        return face;
    }
    JsonFields fields(*json, owner.pointerOf("local"), sink);
    constexpr std::array kAll{As::Network, As::Load,  As::Gateway, As::Tasks,
                              As::Server,  As::Image, As::Registry};
    const std::string as = fields.requiredText("as");
    std::vector<std::string> names;
    for (const As each : kAll) {
        names.emplace_back(nameOf(each));
        face.as = as == names.back() ? each : face.as;
    }
    if (face.as == As::Nothing) {
        fields.complain(
            "as", fmt::format("'{}' is nothing that the lab can make.", as),
            fmt::format("{}", fmt::join(names, ", ")), didYouMean(as, names));
    }
    face.recipe = fields.text("recipe");
    face.protocol = fields.text("protocol");
    face.client = fields.text("client");
    face.hasLogin = fields.flag("login", false);
    face.settings = readReferences(fields, "settings", kind);
    face.container = readReferences(fields, "container", kind);
    face.measured = readTexts(fields, "measured");
    for (const auto& [reference, quantity] : face.measured) {
        if (!isReference(kind, reference.starts_with('+') ? reference.substr(1) : reference)) {
            fields.complain("measured", fmt::format("'{}' names no property or fact to set.", reference));
        }
    }
    fields.refuseRest();
    return face;
}

KindSpec readKind(const Value& json, DiagnosticSink& sink)
{
    JsonFields fields(json, "", sink);
    KindSpec kind;
    kind.id = plainName(fields, "id");
    kind.name = fields.requiredText("name");
    kind.category = fields.requiredText("category");
    kind.roles = fields.texts("roles");
    kind.summary = fields.requiredText("summary");
    kind.notFor = fields.requiredText("notFor");
    kind.frame = fields.flag("frame", false);
    kind.parents = requiredNames(fields, "parents", "kinds, roles such as 'role:frame', or 'canvas'");
    kind.links = readLinks(fields, sink);
    kind.calls = readProperties(fields, "calls", Level::Property, sink);
    kind.needsLinksTo = readNeeds(fields, "needsLinksTo", sink);
    kind.needsLinksFrom = readNeeds(fields, "needsLinksFrom", sink);
    kind.properties = readProperties(fields, "properties", Level::Property, sink);
    kind.valueRules = readValueRules(fields, kind, sink);
    kind.facts = readFacts(fields, sink);
    kind.billing = fields.texts("billing");
    kind.billingNote = kind.billing.empty() ? fields.requiredText("billingNote") : fields.text("billingNote");
    kind.localNote = fields.requiredText("localNote");
    kind.local = readLocalFace(fields, kind, sink);
    kind.patchedBy = fields.requiredText("patchedBy");
    fields.refuseRest();
    return kind;
}

}  // namespace

Result<KindSpec> readKindSpec(std::string_view text, const std::string& file)
{
    ParsedJson parsed = parseJson(text);
    DiagnosticSink sink;
    KindSpec kind;
    if (parsed.ok) {
        kind = readKind(parsed.value, sink);
        kind.stem = std::filesystem::path(file).stem().string();
    }
    sink.add(std::move(parsed.diagnostics));
    for (const Diagnostic& problem : sink.take()) {
        if (problem.severity == Severity::Error) {
            const ErrorCode code = parsed.ok ? ErrorCode::Invalid : ErrorCode::NotJson;
            Diagnostic sentence = problem;
            sentence.pointer.clear();
            return Error{
                code, file + "#" + problem.pointer,
                toText(sentence).substr(std::string_view("error: ").size())};
        }
    }
    return kind;
}

}  // namespace neph
