#pragma once

#include <string>

#include "sim/model/kind_spec.h"
#include "sim/model/value.h"

namespace neph::cli {

/// A page about one kind for a person: what it is for, rules, properties with bounds, figures with sources.
std::string catalogPage(const KindSpec& kind, std::size_t width);

/// Everything the catalog knows of a kind.
Value jsonOf(const KindSpec& kind);

}  // namespace neph::cli
