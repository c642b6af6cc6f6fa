#pragma once

#include <string>

#include "sim/base/result.h"
#include "sim/local/pair_file.h"

namespace neph {

/// The designs that this user has saved: `folder`/lab/own-designs.json. A design from anywhere else is
/// restricted: it can be looked at, edited and simulated, and never starts, pulls, builds or connects
/// anything.
///
/// Own is what lies at the same path with the same bytes as this user saved there: neither a file that
/// somebody else has written over it nor a copy in another folder, whose plan could reach for other files
/// beside it. The newest 1,000 are kept.
class OwnDesigns {
public:
    /// `folder`: see `stateFolder()`.
    explicit OwnDesigns(const std::string& folder);

    bool isOwn(const std::string& path, const std::string& digest) const;
    /// After the user has saved a design that was not restricted, or has said that he trusts it. Takes the
    /// place of what was saved there before. Errors: Invalid (an empty digest), CannotWrite, NewerVersion.
    Result<Done> addOwn(const std::string& path, const std::string& digest) const;
    /// From now on the file is restricted. Errors: CannotWrite, NewerVersion.
    Result<Done> forget(const std::string& path) const;

private:
    PairFile m_file;
};

}  // namespace neph
