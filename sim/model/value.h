#pragma once

#include <nlohmann/json.hpp>

namespace neph {

/// A property value of the document: JSON's own kinds. Objects are ordered by key, so that writing is
/// canonical.
using Value = nlohmann::json;

}  // namespace neph
