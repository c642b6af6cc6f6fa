#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

#include "tests/accuracy/figures.h"

namespace neph {

/// Runs of every request, kept in a folder: they take minutes and do not change while flows and windows do.
/// A file is named by the digest of the design and the seed. Whoever changes what a request does throws the
/// folder away (or asks for fresh runs): the program cannot know.
class TruthStore {
public:
    explicit TruthStore(std::filesystem::path folder) : m_folder(std::move(folder)) {}

    std::optional<Figures> find(const Design& design, std::uint64_t seed) const;
    void keep(const Design& design, std::uint64_t seed, const Figures& figures) const;

private:
    std::filesystem::path pathOf(const Design& design, std::uint64_t seed) const;

    std::filesystem::path m_folder;
};

}  // namespace neph
