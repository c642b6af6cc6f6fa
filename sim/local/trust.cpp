#include "sim/local/trust.h"

#include <filesystem>

namespace neph {

namespace {

/// One name for one file, whatever links lead to it. Empty where it cannot be told.
std::string placeOf(const std::string& path)
{
    std::error_code error;
    const std::filesystem::path place =
        std::filesystem::weakly_canonical(std::filesystem::absolute(path, error), error);
    return error || path.empty() ? std::string() : place.string();
}

}  // namespace

OwnDesigns::OwnDesigns(const std::string& folder)
    : m_file(folder + "/lab/own-designs.json", "nephoscope-own-designs", 1000)
{
}

bool OwnDesigns::isOwn(const std::string& path, const std::string& digest) const
{
    const std::string place = placeOf(path);
    return !place.empty() && !digest.empty() && m_file.contains(place, digest);
}

Result<Done> OwnDesigns::addOwn(const std::string& path, const std::string& digest) const
{
    return m_file.add(placeOf(path), digest, true);
}

Result<Done> OwnDesigns::forget(const std::string& path) const
{
    return m_file.remove(placeOf(path));
}

}  // namespace neph
