#pragma once

#include "sim/model/catalog.h"
#include "sim/model/design.h"
#include "sim/model/diagnostic.h"

namespace neph {

/// Everything there is to say about a design against the catalog: unknown kinds and properties, values out of
/// range, containment and connection rules, dangling links, unconnected components, faults without target.
/// Errors stop a run; warnings explain ("Nothing calls this table").
Diagnostics checkDesign(const Design& design, const Catalog& catalog);

/// Why `from` may not be connected to `to`; empty if it may. One sentence, with what is possible instead.
std::string
refusalOfLink(const Design& design, const Catalog& catalog, const std::string& from, const std::string& to);

/// Why a node of `kind` may not lie in `parent` (empty: the canvas); empty if it may.
std::string refusalOfParent(
    const Design& design, const Catalog& catalog, const std::string& kind, const std::string& parent);

/// The value in force: the node's own, or the default of its kind. In the rows of a table, columns that were
/// left out are filled with their defaults. Null for an unknown key.
Value effectiveValue(const KindSpec& kind, const Properties& properties, const std::string& key);
Value effectiveValue(const LinkRule& rule, const Properties& properties, const std::string& key);

/// A new node of `kind` at its defaults, with a free id, named after the kind.
Node newNode(const Design& design, const KindSpec& kind);

}  // namespace neph
