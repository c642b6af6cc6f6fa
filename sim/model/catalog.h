#pragma once

#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "sim/model/kind_spec.h"

namespace neph {

/// All kinds that can be drawn, in the order of the palette (category, then name).
class Catalog {
public:
    Catalog() = default;
    explicit Catalog(std::vector<KindSpec> kinds);

    /// The kinds whose data files are embedded in the program. Read once; a broken file is a bug and aborts.
    static const Catalog& builtIn();

    std::span<const KindSpec> kinds() const { return m_kinds; }
    /// The kind of that id, or nullptr.
    const KindSpec* find(const std::string& id) const;
    /// The rule under which a link may go from one kind to another, or nullptr: the first of the caller's
    /// that names the called kind. Its properties are what the called kind asks of a call, then those of the
    /// caller's rule; where both have a key, that of the called kind stands in the place of the caller's.
    const LinkRule* linkRule(const std::string& fromKind, const std::string& toKind) const;
    /// Ids of all kinds, for suggestions.
    std::vector<std::string> ids() const;

private:
    void addRulesTo(const KindSpec& called);

    std::vector<KindSpec> m_kinds;
    std::map<std::string, std::size_t> m_byId;
    std::map<std::pair<std::string, std::string>, LinkRule>
        m_rules;  ///< By caller and called kind with `calls`.
};

}  // namespace neph
