#pragma once

#include <map>
#include <span>
#include <string>
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
    /// The rule under which a link may go from one kind to another, or nullptr.
    const LinkRule* linkRule(const std::string& fromKind, const std::string& toKind) const;
    /// Ids of all kinds, for suggestions.
    std::vector<std::string> ids() const;

private:
    std::vector<KindSpec> m_kinds;
    std::map<std::string, std::size_t> m_byId;
};

}  // namespace neph
