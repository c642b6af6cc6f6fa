#pragma once

#include <span>

#include "sim/model/value.h"

namespace neph {

/// Turns a document of version `from` into one of version `from` + 1.
struct Migration {
    int from;
    void (*upgrade)(Value& document);
};

/// The migrations this program knows, ascending; up to `kDesignVersion`.
std::span<const Migration> knownMigrations();

/// Applies, in order, every migration from `version` on, and sets "version" to the last that was reached.
/// Returns that version.
int migrate(Value& document, int version, std::span<const Migration> migrations);

}  // namespace neph
