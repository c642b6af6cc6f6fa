#include "sim/model/kind_spec.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <set>

namespace neph {

const PropertySpec* KindSpec::property(const std::string& key) const
{
    const auto found = std::find_if(
        properties.begin(), properties.end(), [&key](const auto& one) { return one.key == key; });
    return found == properties.end() ? nullptr : &*found;
}

const Value& KindSpec::fact(const std::string& key) const
{
    const auto found =
        std::find_if(facts.begin(), facts.end(), [&key](const Fact& one) { return one.key == key; });
    if (found == facts.end()) {
        std::fprintf(stderr, "assets/services/%s.json has no fact '%s'\n", stem.c_str(), key.c_str());
        std::abort();
    }
    return found->value;
}

bool KindSpec::hasRole(const std::string& role) const
{
    return std::find(roles.begin(), roles.end(), role) != roles.end();
}

bool KindSpec::isOneOf(const std::vector<std::string>& names) const
{
    constexpr std::string_view kRole = "role:";
    return std::any_of(names.begin(), names.end(), [&](const std::string& one) {
        return one.starts_with(kRole) ? hasRole(one.substr(kRole.size())) : one == id;
    });
}

}  // namespace neph
