#pragma once

#include <string_view>
#include <vector>

namespace neph {

/// One file of assets/, embedded in the program. `path` is relative to assets/ and uses '/'.
struct Asset {
    std::string_view path;
    std::string_view text;
};

/// All assets, ordered by path.
const std::vector<Asset>& assets();

/// The assets whose path starts with `prefix`, ordered by path.
std::vector<Asset> assetsUnder(std::string_view prefix);

/// The text of one asset; empty where there is none of that path.
std::string_view assetText(std::string_view path);

}  // namespace neph
