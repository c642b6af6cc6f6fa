#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "sim/base/result.h"

namespace neph {

/// Files of this machine that make up a small root: with every symbolic link on their way, and the shared
/// libraries that their programs need.
class FileCollection {
public:
    struct Entry {
        enum class Sort { File, Folder, Link };
        Sort sort = Sort::File;
        std::string from;    ///< On this machine; empty: made up.
        std::string target;  ///< Of a link.
        std::string text;    ///< Of a made-up file.
        std::uint32_t mode = 0755;
        std::int64_t size = 0;
        std::int64_t changed = 0;  ///< Nanoseconds.
        std::uint32_t user = 0;
        std::uint32_t group = 0;
    };

    explicit FileCollection(std::vector<std::string> without) : m_without(without.begin(), without.end()) {}

    /// A file, or a folder with all that is in it. Errors: NotFound.
    Result<Done> add(const std::string& from, const std::string& to);
    void addText(const std::string& path, const std::string& text);
    void addFolder(const std::string& path, std::uint32_t mode, std::uint32_t user, std::uint32_t group);
    void addLink(const std::string& path, const std::string& target);
    /// The shared libraries and loaders of everything so far. Errors: NotFound (a library is missing).
    Result<Done> addLibraries();

    /// By path in the image, sorted; every folder on the way is there.
    const std::map<std::string, Entry>& entries() const { return m_entries; }

    /// Writes a tar file: sorted, time 0, no owner but those given. Returns the bytes of the files.
    Result<std::int64_t> writeTar(const std::string& file) const;

private:
    Result<Done> addTree(const std::string& from, const std::string& to, int depth);
    Result<Done> addSame(const std::string& path);
    void put(const std::string& path, Entry entry);

    std::set<std::string> m_without;
    std::map<std::string, Entry> m_entries;
};

}  // namespace neph
