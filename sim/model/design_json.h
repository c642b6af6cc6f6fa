#pragma once

#include <string>
#include <string_view>

#include "sim/base/result.h"
#include "sim/model/atomic_file.h"
#include "sim/model/design.h"
#include "sim/model/diagnostic.h"
#include "sim/model/limits.h"

namespace neph {

class Catalog;

inline constexpr int kDesignVersion = 1;

/// A design as far as it could be understood, and what there is to say about the text it came from.
struct LoadedDesign {
    Design design;
    Diagnostics diagnostics;  ///< With an Error among them the design must not be run, and is not saved over
                              ///< the file.
    bool readable = false;    ///< False: not a design at all; `design` is empty.
};

/// Reads a design from JSON text. Never throws, never repairs silently: each deviation is a diagnostic
/// with a JSON pointer. Fields it does not know are kept in `extra`. Older versions are migrated.
LoadedDesign readDesign(std::string_view text, const Limits& limits = {});

/// Reads a file, by `stat` and a counted read. The pointer of an unreadable file's diagnostic is its name.
LoadedDesign loadDesign(const std::string& file, const Limits& limits = {});

/// Canonical text: keys in a fixed order, two spaces, a final newline. write(read(t)) == t for every text it
/// wrote.
std::string writeDesign(const Design& design);

/// Stable digest of the canonical text, 16 hex digits: names a design in reports and journals.
std::string designDigest(const Design& design);

/// Writes atomically: temporary file beside it, flush, fsync, rename, fsync of the folder; the previous
/// version is kept as `file~`. Errors: CannotWrite; what was there before is untouched.
Result<Done> saveDesign(const Design& design, const std::string& file, const FileOps& ops = FileOps::posix());

/// JSON Schema (draft 7) of *.nepho files, generated from the catalog.
Value designSchema(const Catalog& catalog);

}  // namespace neph
