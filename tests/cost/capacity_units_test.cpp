#include "sim/cost/capacity_units.h"

namespace neph {
namespace {

using enum ReadConsistency;

constexpr CapacityUnitSizes kSizes{4096, 1024, 100};
constexpr std::int64_t kKb = 1024;

Quantity halves(std::int64_t n)
{
    return Quantity::ratio(n, 2);
}

/// One read of the documentation: how many bytes, and what it costs in halves of a unit.
struct PublishedRead {
    const char* name;
    std::int64_t bytes;
    std::int64_t strong;
    std::int64_t eventual;
    std::int64_t transactional;
};

void PrintTo(const PublishedRead& read, std::ostream* out)
{
    *out << read.name;
}

class PublishedReadTest : public testing::TestWithParam<PublishedRead> {};

TEST_P(PublishedReadTest, CostsWhatTheDocumentationSays)
{
    EXPECT_EQ(readUnits(GetParam().bytes, Strong, kSizes), halves(GetParam().strong));
    EXPECT_EQ(readUnits(GetParam().bytes, Eventual, kSizes), halves(GetParam().eventual));
    EXPECT_EQ(readUnits(GetParam().bytes, Transactional, kSizes), halves(GetParam().transactional));
}

// clang-format off
// Amazon DynamoDB Developer Guide, "Read/write capacity mode" and "Managing settings on provisioned capacity tables"
// (KB = 1,024 bytes). Columns in halves of a unit: strong, eventual, transactional.
INSTANTIATE_TEST_SUITE_P(DynamoDb, PublishedReadTest, testing::Values(
    PublishedRead{"DDB01ItemOfEightKb",                8 * kKb,     4,  2,  8},
    PublishedRead{"DDB05ItemOfThreeAndAHalfKb",        3584,        2,  1,  4},
    PublishedRead{"DDB05ItemOfTenKb",                  10 * kKb,    6,  3,  12},
    PublishedRead{"DDB07QueryOfTenItemsIn40Point8Kb",  41'779,      22, 11, 44},
    PublishedRead{"DDB09ReadsOf80Kb",                  80 * kKb,    40, 20, 80},
    PublishedRead{"DDB10ItemThatDoesNotExist",         0,           2,  1,  4},
    PublishedRead{"DDB15ItemOfThreeKb",                3 * kKb,     2,  1,  4},
    PublishedRead{"DDB27QueryOfFiveItemsOfOneKb",      5 * kKb,     4,  2,  8},
    PublishedRead{"DDB27QueryOfTenItemsOfHalfAKb",     10 * 512,    4,  2,  8},
    PublishedRead{"OneByteOverABlock",                 4097,        4,  2,  8}),
    [](const auto& row) { return row.param.name; });
// clang-format on

// DDB-04: what a table of 6 read and 6 write units sustains each second.
TEST(SixCapacityUnits, CarryTheThroughputOfTheDocumentation)
{
    EXPECT_EQ(readUnits(24 * kKb, Strong, kSizes), Quantity::of(6));
    EXPECT_EQ(readUnits(48 * kKb, Eventual, kSizes), Quantity::of(6));
    EXPECT_EQ(readUnits(12 * kKb, Transactional, kSizes), Quantity::of(6));
    EXPECT_EQ(writeUnits(6 * kKb, WriteKind::Standard, kSizes), Quantity::of(6));
    EXPECT_EQ(writeUnits(3 * kKb, WriteKind::Transactional, kSizes), Quantity::of(6));
}

// DDB-02.
TEST(WriteOfTwoKilobytes, CostsTwoUnitsAndFourInATransaction)
{
    EXPECT_EQ(writeUnits(2 * kKb, WriteKind::Standard, kSizes), Quantity::of(2));
    EXPECT_EQ(writeUnits(2 * kKb, WriteKind::Transactional, kSizes), Quantity::of(4));
}

// DDB-12: 1.6 KB.
TEST(Write, IsRoundedUpToTheKilobyte)
{
    EXPECT_EQ(writeUnits(1639, WriteKind::Standard, kSizes), Quantity::of(2));
}

// DDB-16.
TEST(Write, OfHalfAKilobyteCostsAWholeUnit)
{
    EXPECT_EQ(writeUnits(512, WriteKind::Standard, kSizes) * 100, Quantity::of(100));
}

// DDB-11: 500 bytes and 3.5 KB.
TEST(BatchWrite, RoundsEachItemAlone)
{
    EXPECT_EQ(batchWriteUnits({500, 3584}, WriteKind::Standard, kSizes), Quantity::of(5));
}

// DDB-13.
TEST(Update, IsChargedForTheLargerOfBeforeAndAfter)
{
    EXPECT_EQ(updateUnits(3 * kKb, kKb, WriteKind::Standard, kSizes), Quantity::of(3));
    EXPECT_EQ(updateUnits(kKb, 5 * kKb, WriteKind::Standard, kSizes), Quantity::of(5));
}

// DDB-19: one transaction a second of three items of 500 bytes.
TEST(TransactionalRead, OfThreeSmallItemsCostsSixUnits)
{
    EXPECT_EQ(batchReadUnits({500, 500, 500}, Transactional, kSizes), Quantity::of(6));
}

// DDB-21: four entries of 200 bytes, each fetching an item of 300 bytes.
TEST(LocalIndexQuery, RoundsEntriesOnceAndFetchedItemsEach)
{
    const std::vector<std::int64_t> fetched(4, 300);
    EXPECT_EQ(indexReadUnits(4 * 200, fetched, Strong, kSizes), Quantity::of(5));
    EXPECT_EQ(indexReadUnits(4 * 200, fetched, Eventual, kSizes), halves(5));
}

// DDB-25: a transaction doubles the write of the table, not that of its index.
TEST(TransactionalWrite, LeavesIndexEntriesAtTheSinglePrice)
{
    const Quantity table = writeUnits(kKb, WriteKind::Transactional, kSizes);
    const Quantity index = writeUnits(kKb, WriteKind::Standard, kSizes);
    EXPECT_EQ(table + index, Quantity::of(3));
}

// DDB-22: {"shirt-color": "R", "shirt-size": "M"}.
TEST(ItemSize, CountsNamesAndValues)
{
    EXPECT_EQ(textItemBytes({{"shirt-color", "R"}, {"shirt-size", "M"}}), 23);
}

// DDB-68.
TEST(BilledStorage, AddsAHundredBytesForEachItem)
{
    EXPECT_EQ(billedStorageBytes(1'000'000, 500, kSizes), 1'050'000);
}

}  // namespace
}  // namespace neph
