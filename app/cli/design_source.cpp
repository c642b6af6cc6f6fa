#include "app/cli/design_source.h"

#include <algorithm>

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

std::optional<Design> openForRun(const std::string& name)
{
    LoadedDesign loaded = openDesign(name);
    Diagnostics found = std::move(loaded.diagnostics);
    if (loaded.readable) {
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
