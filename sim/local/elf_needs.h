#pragma once

#include <optional>
#include <set>
#include <string>

namespace neph {

/// What a program or shared library names as its own needs, by name and not by path.
struct ElfNeeds {
    std::set<std::string> libraries;  ///< "libc.so.6"
    std::string loader;               ///< "/lib64/ld-linux-x86-64.so.2"; of programs only.
};

/// Reads them out of a file; nothing where it is no ELF file of 64 bits. A broken one has no needs.
std::optional<ElfNeeds> elfNeeds(const std::string& path);

}  // namespace neph
