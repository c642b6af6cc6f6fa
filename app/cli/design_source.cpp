#include "app/cli/design_source.h"

#include <algorithm>

#include <fmt/format.h>
#include <sys/stat.h>

#include "app/cli/output.h"
#include "sim/base/assets.h"
#include "sim/model/rules.h"

namespace neph::cli {

static constexpr std::string_view kFolder = "templates/";
static constexpr std::string_view kSuffix = ".nepho";

std::vector<Template> templates()
{
    std::vector<Template> found;
    for (const Asset& asset : assetsUnder(kFolder)) {
        if (asset.path.ends_with(kSuffix)) {
            const std::size_t length = asset.path.size() - kFolder.size() - kSuffix.size();
            found.push_back({std::string(asset.path.substr(kFolder.size(), length)), asset.text});
        }
    }
    const auto rank = [](const Template& one) {
        return one.name == "starter" ? 0 : one.name == "empty" ? 2 : 1;
    };
    std::stable_sort(
        found.begin(), found.end(), [&](const Template& a, const Template& b) { return rank(a) < rank(b); });
    return found;
}

std::vector<std::string> templateNames()
{
    std::vector<std::string> names;
    for (const Template& one : templates()) {
        names.push_back(one.name);
    }
    return names;
}

std::optional<Template> findTemplate(const std::string& name)
{
    for (Template& one : templates()) {
        if (one.name == name) {
            return std::move(one);
        }
    }
    return std::nullopt;
}

LoadedDesign openDesign(const std::string& name)
{
    struct stat status {};
    if (stat(name.c_str(), &status) == 0) {
        return loadDesign(name);
    }
    if (const std::optional<Template> found = findTemplate(name)) {
        return readDesign(found->text);
    }
    LoadedDesign loaded;
    std::string suggestion = didYouMean(name, templateNames());
    if (suggestion.empty()) {
        suggestion = "'nepho templates' lists the templates.";
    }
    loaded.diagnostics.push_back(
        {Severity::Error, name, "There is no such file and no such template.", "", std::move(suggestion),
         ""});
    return loaded;
}

/// Where "node.property=value" points; `node` is null where nothing is there, and `problem` says why.
struct Setting {
    Node* node = nullptr;
    std::string property;
    Value value;
    Error problem{};
};

static Setting readSetting(Design& design, const std::string& text)
{
    Setting setting;
    const auto fail = [&](const std::string& what) {
        setting.node = nullptr;
        setting.problem = {ErrorCode::Invalid, "--set " + text, what};
        return setting;
    };
    const std::size_t equals = text.find('=');
    const std::size_t dot = text.rfind('.', equals);
    if (equals == std::string::npos || dot == std::string::npos || dot == 0) {
        return fail("It reads node.property=value, as in users.rate=500.");
    }
    const std::string id = text.substr(0, dot);
    setting.property = text.substr(dot + 1, equals - dot - 1);
    std::vector<std::string> known;
    for (Node& node : design.nodes) {
        known.push_back(node.id);
        if (node.id == id) {
            setting.node = &node;
        }
    }
    if (setting.node == nullptr) {
        return fail(fmt::format("There is no node '{}'. {}", id, didYouMean(id, known)));
    }
    const KindSpec* kind = Catalog::builtIn().find(setting.node->kind);
    const PropertySpec* spec = kind == nullptr ? nullptr : kind->property(setting.property);
    known.clear();
    for (const PropertySpec& each : kind == nullptr ? std::vector<PropertySpec>() : kind->properties) {
        known.push_back(each.key);
    }
    if (spec == nullptr) {
        return fail(fmt::format(
            "'{}' has no property '{}'. {}", id, setting.property, didYouMean(setting.property, known)));
    }
    const std::string value = text.substr(equals + 1);
    const bool isText = spec->type == PropertyType::Text || spec->type == PropertyType::Choice;
    setting.value = isText ? Value(value) : Value::parse(value, nullptr, false);
    if (setting.value.is_discarded()) {
        setting.value = value;  // It is told what is allowed, as in a file.
    }
    return setting;
}

Result<Done> applySettings(Design& design, const std::vector<std::string>& settings)
{
    Design changed = design;
    for (const std::string& text : settings) {
        const Setting setting = readSetting(changed, text);
        if (setting.node == nullptr) {
            return setting.problem;
        }
        setting.node->properties[setting.property] = setting.value;
    }
    design = std::move(changed);
    return Done{};
}

void addSettings(CLI::App& command, std::vector<std::string>& settings)
{
    command.add_option("--set", settings, "Change a property first: node.property=value (repeatable)")
        ->type_name("SETTING")
        ->expected(1)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
}

std::optional<Design> openForRun(const std::string& name, const std::vector<std::string>& settings)
{
    LoadedDesign loaded = openDesign(name);
    Diagnostics found = std::move(loaded.diagnostics);
    if (loaded.readable) {
        if (const Result<Done> set = applySettings(loaded.design, settings); !set) {
            complain(set.error());
            return std::nullopt;
        }
        for (Diagnostic& one : checkDesign(loaded.design, Catalog::builtIn())) {
            found.push_back(std::move(one));
        }
    }
    complain(found);
    if (!loaded.readable || hasErrors(found)) {
        return std::nullopt;
    }
    return std::move(loaded.design);
}

}  // namespace neph::cli
