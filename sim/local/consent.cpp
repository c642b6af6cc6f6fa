#include "sim/local/consent.h"

namespace neph {

Consents::Consents(const std::string& folder)
    : m_file(folder + "/lab/consents.json", "nephoscope-lab-consents", 200)
{
}

bool Consents::hasConsent(const std::string& designDigest, const std::string& planDigest) const
{
    return !designDigest.empty() && !planDigest.empty() && m_file.contains(designDigest, planDigest);
}

Result<Done> Consents::give(const std::string& designDigest, const std::string& planDigest) const
{
    return m_file.add(designDigest, planDigest, false);
}

Result<Done> Consents::revoke(const std::string& designDigest) const
{
    return m_file.remove(designDigest);
}

Result<Done> Consents::revoke(const std::string& designDigest, const std::string& planDigest) const
{
    return m_file.remove(designDigest, planDigest);
}

std::vector<PairFile::Pair> Consents::all() const
{
    return m_file.pairs();
}

}  // namespace neph
