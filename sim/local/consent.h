#pragma once

#include <string>
#include <vector>

#include "sim/base/result.h"
#include "sim/local/pair_file.h"

namespace neph {

/// What the user has agreed to run on this machine: `folder`/lab/consents.json. A consent is for one design
/// and one plan, both by the digest of all that is in them; any change of either asks again. The newest 200
/// are kept.
class Consents {
public:
    /// `folder`: see `stateFolder()`.
    explicit Consents(const std::string& folder);

    /// False for empty digests and wherever the file cannot be read: then the user is asked.
    bool hasConsent(const std::string& designDigest, const std::string& planDigest) const;
    /// After the user has seen the plan and said yes. Errors: Invalid (an empty digest), CannotWrite,
    /// NewerVersion.
    Result<Done> give(const std::string& designDigest, const std::string& planDigest) const;
    /// Takes back all consents for a design, or one. Errors: CannotWrite, NewerVersion.
    Result<Done> revoke(const std::string& designDigest) const;
    Result<Done> revoke(const std::string& designDigest, const std::string& planDigest) const;
    /// Oldest first: design, plan, when.
    std::vector<PairFile::Pair> all() const;

private:
    PairFile m_file;
};

}  // namespace neph
