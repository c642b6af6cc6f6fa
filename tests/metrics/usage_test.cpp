#include "sim/metrics/usage.h"

#include <algorithm>
#include <random>
#include <tuple>

namespace neph {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

UsageRecord record(const char* node, const char* usageType, std::uint32_t hour, std::int64_t quantity)
{
    return {node, "buy", "AmazonDynamoDB", usageType, "us-east-1", hour, Quantity::of(quantity)};
}

auto orderOf(const UsageRecord& r)
{
    return std::tie(r.node, r.service, r.usageType, r.region, r.requestClass, r.hour);
}

TEST(Usage, IsEmptyAtFirst)
{
    EXPECT_THAT(Usage().records(), IsEmpty());
}

TEST(Usage, OfTheSameUseInTheSameHourIsAddedUp)
{
    Usage usage;
    usage.add(record("orders", "Reads", 3, 5));
    usage.add(record("orders", "Reads", 3, 7));
    ASSERT_THAT(usage.records(), SizeIs(1));
    EXPECT_EQ(usage.records()[0].quantity, Quantity::of(12));
}

TEST(Usage, IsKeptApartByEveryPartOfItsKey)
{
    Usage usage;
    const UsageRecord base = record("orders", "Reads", 3, 5);
    usage.add(base);
    for (const auto change : std::initializer_list<void (*)(UsageRecord&)>{
             [](UsageRecord& r) { r.node = "carts"; }, [](UsageRecord& r) { r.requestClass = "browse"; },
             [](UsageRecord& r) { r.service = "AmazonECS"; }, [](UsageRecord& r) { r.usageType = "Writes"; },
             [](UsageRecord& r) { r.region = "eu-west-1"; }, [](UsageRecord& r) { r.hour = 4; }}) {
        UsageRecord other = base;
        change(other);
        usage.add(other);
    }
    EXPECT_THAT(usage.records(), SizeIs(7));
}

TEST(Usage, IsTheSameWhateverTheOrderOfArrival)
{
    std::vector<UsageRecord> all;
    for (std::uint32_t hour = 0; hour < 20; ++hour) {
        for (const char* node : {"a", "b", "c"}) {
            for (const char* type : {"Reads", "Writes"}) {
                all.push_back(record(node, type, hour, hour + 1));
            }
        }
    }
    std::mt19937_64 random(3);
    for (int round = 0; round < 10; ++round) {
        std::shuffle(all.begin(), all.end(), random);
        Usage usage;
        for (const UsageRecord& one : all) {
            usage.add(one);
        }
        const std::vector<UsageRecord> records = usage.records();
        ASSERT_THAT(records, SizeIs(all.size()));
        for (std::size_t i = 0; i < records.size(); ++i) {
            EXPECT_EQ(records[i].quantity, Quantity::of(records[i].hour + 1));
            EXPECT_TRUE(i == 0 || orderOf(records[i - 1]) < orderOf(records[i]));
        }
    }
}

}  // namespace
}  // namespace neph
