#include <chrono>
#include <numeric>
#include <random>

#include "sim/cost/bill.h"

namespace neph {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;
using testing::SizeIs;

Money dollars(const char* text)
{
    return *Money::parse(text);
}

UsageRecord
writes(const char* node, std::int64_t units, std::uint32_t hour = 0, const char* requestClass = "")
{
    return {node,        requestClass, "AmazonDynamoDB",   "WriteRequestUnits",
            "us-east-1", hour,         Quantity::of(units)};
}

UsageRecord gigabytesOut(const char* node, std::int64_t gigabytes, std::uint32_t hour)
{
    return {node,        "",   "AWSDataTransfer",      "DataTransfer-Out-Bytes",
            "us-east-1", hour, Quantity::of(gigabytes)};
}

Usage usageOf(const std::vector<UsageRecord>& records)
{
    Usage usage;
    for (const UsageRecord& record : records) {
        usage.add(record);
    }
    return usage;
}

Bill billOf(const std::vector<UsageRecord>& records, const BillOptions& options = {})
{
    return makeBill(usageOf(records), PriceBook::builtIn(), options);
}

template <typename Key>
Money sumOf(const std::map<Key, Money>& parts)
{
    return std::accumulate(
        parts.begin(), parts.end(), Money(), [](Money sum, const auto& part) { return sum + part.second; });
}

TEST(Bill, HasOneLineForEachNodeAndUsageType)
{
    const Bill bill =
        billOf({writes("orders", 1'000'000, 0), writes("orders", 1'000'000, 1), writes("carts", 2'000'000)});
    ASSERT_THAT(bill.lines, SizeIs(2));
    EXPECT_EQ(bill.lines[0].node, "carts");
    EXPECT_EQ(bill.lines[1].node, "orders");
    EXPECT_EQ(bill.lines[1].quantity, Quantity::of(2'000'000));
    EXPECT_EQ(bill.lines[1].cost, dollars("1.25"));
    EXPECT_EQ(bill.lines[1].title, "On-demand writes");
    EXPECT_EQ(bill.lines[1].unit, "write request unit");
    EXPECT_EQ(bill.lines[1].unitPrice, dollars("0.000000625"));
}

TEST(Bill, DividesTheTotalByNodeClassAndHour)
{
    const Bill bill = billOf(
        {writes("orders", 1'000'000, 0, "buy"), writes("orders", 3'000'000, 2, "browse"),
         writes("carts", 2'000'000, 2, "buy"), writes("carts", 1'000'000, 2)});
    EXPECT_EQ(bill.total, dollars("4.375"));
    EXPECT_THAT(bill.byNode, ElementsAre(Pair("carts", dollars("1.875")), Pair("orders", dollars("2.5"))));
    EXPECT_THAT(
        bill.byClass,
        ElementsAre(
            Pair("", dollars("0.625")), Pair("browse", dollars("1.875")), Pair("buy", dollars("1.875"))));
    EXPECT_THAT(bill.byHour, ElementsAre(dollars("0.625"), Money(), dollars("3.75")));
}

TEST(Bill, RunsTiersOverTheAccountInOrderOfHourThenNode)
{
    // The band of 0.09 ends at 10,240 GB: the first hour of both nodes lies in it, half of a's second hour
    // too.
    const Bill bill = billOf(
        {gigabytesOut("a", 5'000, 0), gigabytesOut("b", 4'240, 0), gigabytesOut("a", 2'000, 1),
         gigabytesOut("b", 1'000, 1)});
    EXPECT_EQ(bill.byNode.at("a"), dollars("450") + dollars("90") + dollars("85"));
    EXPECT_EQ(bill.byNode.at("b"), dollars("381.6") + dollars("85"));
    EXPECT_EQ(bill.lines[1].unitPrice, dollars("0.09"));
}

TEST(Bill, CountsTiersOfEachRegionApart)
{
    UsageRecord ireland = gigabytesOut("a", 10'240, 0);
    ireland.region = "eu-west-1";
    EXPECT_EQ(billOf({gigabytesOut("a", 10'240, 0), ireland}).total, dollars("1843.2"));
}

TEST(Bill, NamesUsageWithoutAPriceAndChargesNothingForIt)
{
    UsageRecord mistyped = writes("orders", 5);
    mistyped.usageType = "WriteRequestUnit";
    const Bill bill = billOf({mistyped, writes("orders", 1'000'000)});
    EXPECT_EQ(bill.total, dollars("0.625"));
    ASSERT_THAT(bill.diagnostics, SizeIs(1));
    EXPECT_EQ(bill.diagnostics[0].severity, Severity::Warning);
    EXPECT_THAT(bill.diagnostics[0].what, HasSubstr("WriteRequestUnit"));
    EXPECT_THAT(bill.diagnostics[0].suggestion, HasSubstr("'WriteRequestUnits'"));
    EXPECT_EQ(bill.diagnostics[0].nodeId, "orders");
}

TEST(Bill, SuggestsTheServiceThatWasMeant)
{
    UsageRecord mistyped = writes("orders", 5);
    mistyped.service = "AmazonDynamDB";
    EXPECT_THAT(billOf({mistyped}).diagnostics.at(0).suggestion, HasSubstr("'AmazonDynamoDB'"));
}

TEST(Bill, ListsTheRegionsThatHaveThePrice)
{
    UsageRecord elsewhere = writes("orders", 5);
    elsewhere.region = "us-east-2";
    const Diagnostic problem = billOf({elsewhere}).diagnostics.at(0);
    EXPECT_THAT(problem.allowed, HasSubstr("eu-west-1"));
    EXPECT_THAT(problem.suggestion, HasSubstr("'us-east-1'"));
}

TEST(Bill, NamesAnUnknownPriceOnceForAllHoursAndNodes)
{
    std::vector<UsageRecord> records;
    for (std::uint32_t hour = 0; hour < 24; ++hour) {
        for (const char* node : {"a", "b"}) {
            records.push_back(writes(node, 5, hour));
            records.back().usageType = "Mystery";
        }
    }
    EXPECT_THAT(billOf(records).diagnostics, SizeIs(1));
}

TEST(FreeTier, IsLeftOutUnlessItIsAskedFor)
{
    EXPECT_EQ(billOf({gigabytesOut("a", 100, 0)}).total, dollars("9"));
    EXPECT_EQ(billOf({gigabytesOut("a", 100, 0)}, {.freeTier = true}).total, Money());
}

TEST(FreeTier, GoesToWhoComesFirst)
{
    const Bill bill = billOf({gigabytesOut("a", 60, 1), gigabytesOut("b", 60, 0)}, {.freeTier = true});
    EXPECT_EQ(bill.byNode.at("b"), Money());
    EXPECT_EQ(bill.byNode.at("a"), dollars("1.8"));
}

// Amazon S3 FAQs, Billing, with the single free gigabyte of its time: 10,239 x 0.09 + 40,960 x 0.085 + 12,288
// x 0.07.
TEST(FreeTier, FillsTheFirstBandAsInThePublishedSixtyTwoTerabytes)
{
    PriceBook book;
    ASSERT_TRUE(book.add(
        R"({"format": "nephoscope-prices", "version": 1, "service": "AWSDataTransfer", "serviceName": "x",
            "category": "Networking", "subcategory": "x", "region": "us-east-1", "currency": "USD",
            "prices": [{"usageType": "DataTransfer-Out-Bytes", "title": "t", "unit": "GB",
              "bands": [{"upTo": "10240", "perUnit": "0.09"}, {"upTo": "51200", "perUnit": "0.085"},
                        {"perUnit": "0.07"}],
              "free": {"perMonth": "1", "note": "until 2021"},
              "source": "https://aws.amazon.com/s3/faqs/", "seen": "2020", "confidence": "source"}]})",
        "old.json"));
    const Bill bill = makeBill(usageOf({gigabytesOut("", 63'488, 0)}), book, {.freeTier = true});
    EXPECT_EQ(bill.total, dollars("5263.27"));
}

TEST(MonthlyProjection, ScalesUsageBeforeTiersAreApplied)
{
    // 100 GB in an hour are 73,000 GB in a month: 921.60 + 3,481.60 + 21,800 x 0.07.
    const Bill bill = billOf({gigabytesOut("a", 100, 0)}, {.simulated = 1h});
    EXPECT_EQ(bill.total, dollars("9"));
    EXPECT_EQ(bill.monthly, dollars("5929.2"));
}

TEST(MonthlyProjection, OfABareListIsItsTotal)
{
    EXPECT_EQ(billOf({gigabytesOut("a", 100, 0)}).monthly, dollars("9"));
}

TEST(MonthlyProjection, CanBeLeftOut)
{
    EXPECT_EQ(billOf({gigabytesOut("a", 100, 0)}, {.simulated = 1h, .project = false}).monthly, dollars("9"));
}

TEST(MonthlyProjection, OfAMonthIsTheMonth)
{
    const Bill bill = billOf({writes("a", 12'345'678)}, {.simulated = 730h});
    EXPECT_EQ(bill.monthly, bill.total);
}

TEST(MonthlyProjection, CountsStartedHoursWhereTheVendorDoes)
{
    // A load balancer that lived ten minutes has paid one hour; its month has 730 of them.
    const UsageRecord hour{"lb", "", "AWSELB", "LoadBalancerUsage", "us-east-1", 0, Quantity::of(1)};
    const Bill bill = billOf({hour}, {.simulated = 10min});
    EXPECT_EQ(bill.monthly, dollars("16.425"));
}

TEST(MonthlyProjection, TakesTheFreeAmountsOffTheMonth)
{
    // 1 GB an hour is 730 GB a month, of which 100 are free.
    EXPECT_EQ(
        billOf({gigabytesOut("a", 1, 0)}, {.simulated = 1h, .freeTier = true}).monthly, dollars("56.7"));
}

TEST(MonthlyProjection, RoundsUsageToTheBillionthHalfUp)
{
    UsageRecord least = writes("a", 0);
    least.quantity = Quantity::ofNano(1);
    // 1 ns-unit x 730 / 1460 is half a billionth: it becomes a whole one, 0.000625 pico-dollars, and rounds
    // to none.
    const Bill bill = billOf({least}, {.simulated = 1460h});
    EXPECT_EQ(bill.monthly, Money());
    least.quantity = Quantity::ofNano(3'200'001);
    EXPECT_EQ(billOf({least}, {.simulated = 1460h}).monthly, Money::ofPico(1'000));
}

/// Usage at random, with a fixed seed, over prices with and without tiers.
Usage randomUsage(std::mt19937_64& random, int count)
{
    const std::vector<std::string> nodes{"web", "orders", "carts", ""};
    const std::vector<std::string> classes{"", "browse", "buy"};
    const std::vector<std::pair<const char*, const char*>> types{
        {"AWSDataTransfer", "DataTransfer-Out-Bytes"},
        {"AmazonDynamoDB", "WriteRequestUnits"},
        {"AmazonECS", "Fargate-vCPU-Hours:perCPU"},
        {"AmazonVPC", "VpcEndpoint-Bytes"}};
    Usage usage;
    for (int i = 0; i < count; ++i) {
        const auto& [service, type] = types[random() % types.size()];
        usage.add(
            {nodes[random() % nodes.size()], classes[random() % classes.size()], service, type, "us-east-1",
             static_cast<std::uint32_t>(random() % 48),
             Quantity::ofNano(static_cast<std::int64_t>(random() % 2'000'000'000'000))});
    }
    return usage;
}

class BillOfRandomUsage : public testing::TestWithParam<std::uint64_t> {
protected:
    void SetUp() override
    {
        std::mt19937_64 random(GetParam());
        m_usage = randomUsage(random, 400);
        m_options = {.simulated = 48h, .freeTier = GetParam() % 2 == 0};
        m_bill = makeBill(m_usage, PriceBook::builtIn(), m_options);
    }

    Usage m_usage;
    BillOptions m_options;
    Bill m_bill;
};

TEST_P(BillOfRandomUsage, AddsUpToThePicoDollarInEveryDivision)
{
    Money lines;
    for (const BillLine& line : m_bill.lines) {
        lines += line.cost;
    }
    EXPECT_EQ(lines, m_bill.total);
    EXPECT_EQ(sumOf(m_bill.byNode), m_bill.total);
    EXPECT_EQ(sumOf(m_bill.byClass), m_bill.total);
    EXPECT_EQ(std::accumulate(m_bill.byHour.begin(), m_bill.byHour.end(), Money()), m_bill.total);
    EXPECT_EQ(std::accumulate(m_bill.byRecord.begin(), m_bill.byRecord.end(), Money()), m_bill.total);
}

TEST_P(BillOfRandomUsage, CostsTheSameWhenItsCsvIsPricedAgain)
{
    const Result<Usage> again = readUsageCsv(toCsv(m_bill), "bill.csv");
    ASSERT_TRUE(again) << again.error().where << ": " << again.error().what;
    const Bill bill = makeBill(*again, PriceBook::builtIn(), m_options);
    EXPECT_EQ(bill.total, m_bill.total);
    EXPECT_EQ(bill.monthly, m_bill.monthly);
    ASSERT_EQ(bill.lines.size(), m_bill.lines.size());
    for (std::size_t i = 0; i < bill.lines.size(); ++i) {
        EXPECT_EQ(bill.lines[i].quantity, m_bill.lines[i].quantity);
    }
}

TEST_P(BillOfRandomUsage, CostsNoMoreWithTheFreeTier)
{
    BillOptions options = m_options;
    options.freeTier = true;
    EXPECT_LE(makeBill(m_usage, PriceBook::builtIn(), options).total, m_bill.total);
}

INSTANTIATE_TEST_SUITE_P(Seed, BillOfRandomUsage, testing::Range<std::uint64_t>(1, 9));

TEST(Bill, OfAMonthInHalfAMillionRecordsTakesSeconds)
{
    // 730 hours, 30 nodes, 4 classes, 6 usage types. The bound is wide: a quadratic bill would take hours.
    const std::vector<std::pair<std::string, std::string>> types{
        {"AmazonDynamoDB", "WriteRequestUnits"},       {"AmazonDynamoDB", "ReadRequestUnits"},
        {"AWSDataTransfer", "DataTransfer-Out-Bytes"}, {"AmazonECS", "Fargate-GB-Hours"},
        {"AmazonECS", "Fargate-vCPU-Hours:perCPU"},    {"AmazonVPC", "NatGateway-Bytes"}};
    const auto start = std::chrono::steady_clock::now();
    Usage usage;
    for (std::uint32_t hour = 0; hour < 730; ++hour) {
        for (int node = 0; node < 30; ++node) {
            for (const char* requestClass : {"a", "b", "c", "d"}) {
                for (const auto& [service, type] : types) {
                    usage.add(
                        {"node" + std::to_string(node), requestClass, service, type, "us-east-1", hour,
                         Quantity::of(hour + 1)});
                }
            }
        }
    }
    const Bill bill = makeBill(usage, PriceBook::builtIn(), {.simulated = 730h});
    EXPECT_THAT(bill.byRecord, SizeIs(525'600));
    EXPECT_EQ(bill.monthly, bill.total);
    EXPECT_LT(std::chrono::steady_clock::now() - start, 20s);
}

}  // namespace
}  // namespace neph
