#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/base/result.h"

namespace neph {

/// A bounded list of pairs of texts in a file, for what a user has once said yes to. Every read reads the
/// file, so that several programs agree. A file that is absent, damaged or too new holds none: in doubt the
/// user is asked again.
class PairFile {
public:
    struct Pair {
        std::string first;
        std::string second;
        std::int64_t when = 0;  ///< Unix seconds.
    };

    /// `format` is written into the file and asked for when it is read. Over `most` the oldest go.
    PairFile(std::string path, std::string format, std::size_t most);

    std::vector<Pair> pairs() const;
    bool contains(const std::string& first, const std::string& second) const;
    /// Adds a pair or renews it. `alone`: instead of all others with the same `first`. Errors: CannotWrite,
    /// NewerVersion (the file is left as it is).
    Result<Done> add(const std::string& first, const std::string& second, bool alone) const;
    /// Removes all pairs with that `first`, or one. Errors: as `add`.
    Result<Done> remove(const std::string& first) const;
    Result<Done> remove(const std::string& first, const std::string& second) const;

private:
    Result<std::vector<Pair>> read() const;
    template <typename Change>
    Result<Done> change(Change how) const;

    std::string m_path;
    std::string m_format;
    std::size_t m_most;
};

}  // namespace neph
