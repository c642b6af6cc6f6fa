#include "sim/base/assets.h"

#include <algorithm>
#include <cstdint>

extern "C" {
/// Written by cmake/EmbeddedAssets.cmake: name, begin and end of each file.
struct NephAssetRow {
    const char* name;
    const char* begin;
    const char* end;
};
extern const NephAssetRow neph_asset_table[];
extern const std::uint64_t neph_asset_count;
}

namespace neph {

const std::vector<Asset>& assets()
{
    static const std::vector<Asset> all = [] {
        std::vector<Asset> found;
        for (std::uint64_t i = 0; i < neph_asset_count; ++i) {
            const NephAssetRow& row = neph_asset_table[i];
            found.push_back({row.name, {row.begin, static_cast<std::size_t>(row.end - row.begin)}});
        }
        std::sort(found.begin(), found.end(), [](const Asset& a, const Asset& b) { return a.path < b.path; });
        return found;
    }();
    return all;
}

std::vector<Asset> assetsUnder(std::string_view prefix)
{
    std::vector<Asset> found;
    for (const Asset& asset : assets()) {
        if (asset.path.starts_with(prefix)) {
            found.push_back(asset);
        }
    }
    return found;
}

std::string_view assetText(std::string_view path)
{
    for (const Asset& asset : assets()) {
        if (asset.path == path) {
            return asset.text;
        }
    }
    return {};
}

}  // namespace neph
