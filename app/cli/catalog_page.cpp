#include "app/cli/catalog_page.h"

#include "app/cli/output.h"
#include "app/cli/text_format.h"
#include "app/cli/text_table.h"

namespace neph::cli {

namespace {

std::string paragraph(const std::string& text, std::size_t indent, std::size_t width)
{
    std::string made;
    for (const std::string& line : wrapped(text, width - indent)) {
        made += line.empty() ? std::string() : std::string(indent, ' ') + line + '\n';
    }
    return made;
}

std::string valueText(const Value& value)
{
    return value.is_string() ? value.get<std::string>()
                             : value.dump(-1, ' ', false, Value::error_handler_t::replace);
}

std::string withUnit(const std::string& text, const std::string& unit)
{
    return unit.empty() ? text : text + ' ' + unit;
}

std::string sourceText(const std::string& source, const std::string& seen)
{
    return source == "model" ? "our own model figure" : source + (seen.empty() ? "" : ", read " + seen);
}

std::string property(const PropertySpec& spec, std::size_t indent, std::size_t width)
{
    const std::string margin(indent, ' ');
    std::string text =
        fmt::format("{}{}  {}", margin, coloured(Colour::Cyan, spec.key), coloured(Colour::Bold, spec.label));
    if (spec.type != PropertyType::Table) {
        const std::string fallback = valueText(spec.fallback);
        text += fmt::format("  = {}", fallback.empty() ? "(empty)" : withUnit(fallback, spec.unit));
    }
    text += '\n' + paragraph(spec.help, indent + 4, width);
    text += paragraph("Allowed: " + allowedText(spec) + '.', indent + 4, width);
    if (!spec.source.empty()) {
        text += margin + "    " + coloured(Colour::Dim, sourceText(spec.source, spec.seen)) + '\n';
    }
    for (const PropertySpec& column : spec.columns) {
        text += property(column, indent + 4, width);
    }
    return text;
}

std::string properties(const std::vector<PropertySpec>& specs, std::size_t indent, std::size_t width)
{
    std::string text;
    for (const PropertySpec& spec : specs) {
        text += property(spec, indent, width);
    }
    return text;
}

std::string links(const KindSpec& kind, std::size_t width)
{
    std::string text;
    for (const LinkRule& rule : kind.links) {
        text += fmt::format("  {} {}\n", coloured(Colour::Bold, rule.verb), fmt::join(rule.to, ", "));
        text += paragraph(rule.help, 4, width) + properties(rule.properties, 4, width);
    }
    return text;
}

std::string facts(const KindSpec& kind, std::size_t width)
{
    std::string text;
    for (const Fact& fact : kind.facts) {
        text +=
            paragraph(fmt::format("{} = {}", fact.key, withUnit(valueText(fact.value), fact.unit)), 2, width);
        text += paragraph(fact.note, 4, width);
        text += "    " + coloured(Colour::Dim, sourceText(fact.source, fact.seen)) + '\n';
    }
    return text;
}

Value propertyJson(const PropertySpec& spec)
{
    Value json = {{"key", spec.key},          {"label", spec.label},   {"type", nameOf(spec.type)},
                  {"unit", spec.unit},        {"group", spec.group},   {"default", spec.fallback},
                  {"help", spec.help},        {"source", spec.source}, {"seen", spec.seen},
                  {"showWhen", spec.showWhen}};
    if (spec.min) {
        json["min"] = *spec.min;
    }
    if (spec.max) {
        json["max"] = *spec.max;
    }
    for (const Choice& choice : spec.choices) {
        json["choices"].push_back({{"value", choice.value}, {"label", choice.label}, {"help", choice.help}});
    }
    for (const PropertySpec& column : spec.columns) {
        json["columns"].push_back(propertyJson(column));
    }
    return json;
}

Value propertiesJson(const std::vector<PropertySpec>& specs)
{
    Value list = Value::array();
    for (const PropertySpec& spec : specs) {
        list.push_back(propertyJson(spec));
    }
    return list;
}

Value needsOf(const std::vector<LinkNeed>& needs)
{
    Value list = Value::array();
    for (const LinkNeed& need : needs) {
        list.push_back({{"anyOf", need.anyOf}, {"message", need.message}});
    }
    return list;
}

}  // namespace

std::string catalogPage(const KindSpec& kind, std::size_t width)
{
    std::string text =
        fmt::format("{}  {}\n", coloured(Colour::Bold, kind.name), coloured(Colour::Dim, kind.id));
    text += paragraph(kind.summary, 2, width) + paragraph(kind.notFor, 2, width);
    TextTable table({{}, {"", TextTable::Align::Left, TextTable::kRest}}, width);
    table.add({"lies in", fmt::format("{}", fmt::join(kind.parents, ", "))});
    table.add({"patched by", kind.patchedBy});
    text += '\n' + table.text();
    text += paragraph("Bill: " + kind.billingNote, 2, width) +
            paragraph("On your machine: " + kind.localNote, 2, width);
    if (!kind.properties.empty()) {
        text += heading("Properties") + properties(kind.properties, 2, width);
    }
    if (!kind.links.empty()) {
        text += heading("Links that start here") + links(kind, width);
    }
    if (!kind.calls.empty()) {
        text += heading("Every link that ends here") + properties(kind.calls, 2, width);
    }
    if (!kind.facts.empty()) {
        text += heading("Figures") + facts(kind, width);
    }
    return text;
}

Value jsonOf(const KindSpec& kind)
{
    Value rules = Value::array();
    for (const LinkRule& rule : kind.links) {
        rules.push_back(
            {{"to", rule.to},
             {"verb", rule.verb},
             {"help", rule.help},
             {"properties", propertiesJson(rule.properties)}});
    }
    Value figures = Value::array();
    for (const Fact& fact : kind.facts) {
        figures.push_back(
            {{"key", fact.key},
             {"value", fact.value},
             {"unit", fact.unit},
             {"note", fact.note},
             {"source", fact.source},
             {"seen", fact.seen}});
    }
    return {
        {"id", kind.id},
        {"name", kind.name},
        {"category", kind.category},
        {"roles", kind.roles},
        {"summary", kind.summary},
        {"notFor", kind.notFor},
        {"frame", kind.frame},
        {"parents", kind.parents},
        {"links", std::move(rules)},
        {"calls", propertiesJson(kind.calls)},
        {"needsLinksTo", needsOf(kind.needsLinksTo)},
        {"needsLinksFrom", needsOf(kind.needsLinksFrom)},
        {"properties", propertiesJson(kind.properties)},
        {"facts", std::move(figures)},
        {"billing", kind.billing},
        {"billingNote", kind.billingNote},
        {"localNote", kind.localNote},
        {"patchedBy", kind.patchedBy}};
}

}  // namespace neph::cli
