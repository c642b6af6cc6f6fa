#include "sim/model/catalog.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <tuple>

#include "sim/base/assets.h"

namespace neph {

/// The order in which a request meets them; further categories follow by name.
static std::size_t rankOf(const std::string& category)
{
    constexpr std::array<std::string_view, 7> kOrder{"Traffic", "Network",   "Containers", "Registries",
                                                     "Compute", "Databases", "Storage"};
    return static_cast<std::size_t>(std::find(kOrder.begin(), kOrder.end(), category) - kOrder.begin());
}

Catalog::Catalog(std::vector<KindSpec> kinds) : m_kinds(std::move(kinds))
{
    std::sort(m_kinds.begin(), m_kinds.end(), [](const KindSpec& a, const KindSpec& b) {
        return std::forward_as_tuple(rankOf(a.category), a.category, a.name, a.id) <
               std::forward_as_tuple(rankOf(b.category), b.category, b.name, b.id);
    });
    for (std::size_t i = 0; i < m_kinds.size(); ++i) {
        m_byId.emplace(m_kinds[i].id, i);
    }
    for (const KindSpec& called : m_kinds) {
        addRulesTo(called);
    }
}

static const LinkRule* firstRule(const KindSpec& from, const KindSpec& to)
{
    const auto rule = std::find_if(
        from.links.begin(), from.links.end(), [&to](const LinkRule& one) { return to.isOneOf(one.to); });
    return rule == from.links.end() ? nullptr : &*rule;
}

void Catalog::addRulesTo(const KindSpec& called)
{
    for (const KindSpec& caller : m_kinds) {
        const LinkRule* own = called.calls.empty() ? nullptr : firstRule(caller, called);
        if (own == nullptr) {
            continue;
        }
        LinkRule rule = *own;
        std::vector<PropertySpec> added;
        for (const PropertySpec& wanted : called.calls) {
            const auto same = std::find_if(
                rule.properties.begin(), rule.properties.end(),
                [&wanted](const PropertySpec& one) { return one.key == wanted.key; });
            if (same != rule.properties.end()) {
                *same = wanted;
            } else {
                added.push_back(wanted);
            }
        }
        rule.properties.insert(rule.properties.begin(), added.begin(), added.end());
        m_rules.emplace(std::pair(caller.id, called.id), std::move(rule));
    }
}

[[noreturn]] static void abortOver(const std::string& where, const std::string& what)
{
    std::fprintf(stderr, "%s: %s\n", where.c_str(), what.c_str());
    std::abort();
}

const Catalog& Catalog::builtIn()
{
    static const Catalog catalog = [] {
        std::vector<KindSpec> kinds;
        for (const Asset& asset : assetsUnder("services/")) {
            const std::string file = "assets/" + std::string(asset.path);
            Result<KindSpec> kind = readKindSpec(asset.text, file);
            if (!kind) {
                abortOver(kind.error().where, kind.error().what);
            }
            kinds.push_back(std::move(*kind));
        }
        Catalog read(std::move(kinds));
        if (read.m_byId.size() != read.m_kinds.size()) {
            abortOver("assets/services", "two files have the same 'id'");
        }
        return read;
    }();
    return catalog;
}

const KindSpec* Catalog::find(const std::string& id) const
{
    const auto found = m_byId.find(id);
    return found == m_byId.end() ? nullptr : &m_kinds[found->second];
}

const LinkRule* Catalog::linkRule(const std::string& fromKind, const std::string& toKind) const
{
    const KindSpec* from = find(fromKind);
    const KindSpec* to = find(toKind);
    if (from == nullptr || to == nullptr) {
        return nullptr;
    }
    const auto combined = m_rules.find({fromKind, toKind});
    return combined != m_rules.end() ? &combined->second : firstRule(*from, *to);
}

std::vector<std::string> Catalog::ids() const
{
    std::vector<std::string> all;
    for (const KindSpec& kind : m_kinds) {
        all.push_back(kind.id);
    }
    return all;
}

}  // namespace neph
