#include "sim/base/assets.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace neph {
namespace {

using testing::IsEmpty;
using testing::Not;

std::string fileText(const std::filesystem::path& path)
{
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

TEST(Assets, AreInTheProgramByteForByte)
{
    ASSERT_THAT(assets(), Not(IsEmpty()));
    for (const Asset& asset : assets()) {
        const std::filesystem::path path = std::filesystem::path(NEPH_SOURCE_DIR) / "assets" / asset.path;
        EXPECT_EQ(asset.text, fileText(path)) << asset.path;
    }
}

TEST(Assets, AreOrderedByPathWithoutRepetition)
{
    const auto notAscending = [](const Asset& a, const Asset& b) { return a.path >= b.path; };
    EXPECT_EQ(std::adjacent_find(assets().begin(), assets().end(), notAscending), assets().end());
}

TEST(Assets, LeaveOutTheFilesForReaders)
{
    for (const Asset& asset : assets()) {
        EXPECT_FALSE(asset.path.ends_with("README.md")) << asset.path;
    }
}

TEST(AssetsUnderAFolder, AreThoseWhosePathStartsWithIt)
{
    const std::vector<Asset> prices = assetsUnder("prices/us-east-1/");
    ASSERT_THAT(prices, Not(IsEmpty()));
    for (const Asset& asset : prices) {
        EXPECT_TRUE(asset.path.starts_with("prices/us-east-1/")) << asset.path;
    }
    EXPECT_THAT(assetsUnder("no such folder/"), IsEmpty());
    EXPECT_EQ(assetsUnder("").size(), assets().size());
}

TEST(AssetText, IsEmptyWhereThereIsNone)
{
    EXPECT_EQ(
        assetText("prices/us-east-1/dynamodb.json"),
        assetsUnder("prices/us-east-1/dynamodb.json").at(0).text);
    EXPECT_EQ(assetText("nothing"), "");
}

}  // namespace
}  // namespace neph
