#include <map>

#include "sim/cost/bill.h"
#include "sim/cost/csv.h"

namespace neph {
namespace {

using testing::ElementsAre;
using testing::StartsWith;

using Row = std::map<std::string, std::string>;

std::vector<Row> rowsOf(const Usage& usage, const std::string& start = "2026-01-31T22:00:00Z")
{
    const PriceBook& prices = PriceBook::builtIn();
    const std::string text = toFocusCsv(makeBill(usage, prices, {}), usage, prices, start);
    CsvReader reader(text, "focus.csv");
    const std::vector<std::string> header = *reader.next();
    std::vector<Row> rows;
    for (std::vector<std::string> line = *reader.next(); !line.empty(); line = *reader.next()) {
        EXPECT_EQ(line.size(), header.size());
        Row& row = rows.emplace_back();
        for (std::size_t i = 0; i < header.size(); ++i) {
            row[header[i]] = line.at(i);
        }
    }
    return rows;
}

UsageRecord writes(std::uint32_t hour, const char* requestClass)
{
    return {"orders",    requestClass, "AmazonDynamoDB",       "WriteRequestUnits",
            "us-east-1", hour,         Quantity::of(2'000'000)};
}

class FocusRows : public testing::Test {
protected:
    void SetUp() override
    {
        m_usage.add(writes(1, "buy"));
        m_usage.add(writes(2, "buy"));
        m_rows = rowsOf(m_usage);
        ASSERT_EQ(m_rows.size(), 2u);
    }

    Usage m_usage;
    std::vector<Row> m_rows;
};

// FinOps-Open-Cost-and-Usage-Spec/FOCUS_Spec, tags v1.0 to v1.2: the 21 mandatory columns; five of them may
// be null.
TEST_F(FocusRows, HaveTheMandatoryColumnsFilled)
{
    for (const char* column :
         {"BilledCost", "BillingAccountId", "BillingCurrency", "BillingPeriodEnd", "BillingPeriodStart",
          "ChargeCategory", "ChargePeriodEnd", "ChargePeriodStart", "ContractedCost", "EffectiveCost",
          "InvoiceIssuerName", "ListCost", "ProviderName", "PublisherName", "ServiceCategory",
          "ServiceName"}) {
        EXPECT_NE(m_rows[0][column], "") << column;
    }
    for (const char* column :
         {"BillingAccountName", "ChargeClass", "ChargeDescription", "PricingQuantity", "PricingUnit"}) {
        EXPECT_TRUE(m_rows[0].contains(column)) << column;
    }
}

TEST_F(FocusRows, SayThatTheyAreASimulation)
{
    EXPECT_EQ(m_rows[0]["ProviderName"], "Nephoscope simulation");
    EXPECT_THAT(m_rows[0]["BillingAccountId"], StartsWith("sim-"));
}

TEST_F(FocusRows, CarryCostQuantityAndPrice)
{
    EXPECT_EQ(m_rows[0]["BilledCost"], "1.25");
    EXPECT_EQ(m_rows[0]["PricingQuantity"], "2000000");
    EXPECT_EQ(m_rows[0]["PricingUnit"], "write request unit");
    EXPECT_EQ(m_rows[0]["ListUnitPrice"], "0.000000625");
    EXPECT_EQ(m_rows[0]["SkuMeter"], "WriteRequestUnits");
}

TEST_F(FocusRows, NameServiceRegionResourceAndClass)
{
    EXPECT_EQ(m_rows[0]["ServiceName"], "Amazon DynamoDB");
    EXPECT_EQ(m_rows[0]["ServiceCategory"], "Databases");
    EXPECT_EQ(m_rows[0]["RegionId"], "us-east-1");
    EXPECT_EQ(m_rows[0]["ResourceId"], "orders");
    EXPECT_EQ(m_rows[0]["Tags"], R"({"request_class":"buy"})");
}

TEST_F(FocusRows, LieInHalfOpenHoursAndInTheirMonth)
{
    EXPECT_EQ(m_rows[0]["ChargePeriodStart"], "2026-01-31T23:00:00Z");
    EXPECT_EQ(m_rows[0]["ChargePeriodEnd"], "2026-02-01T00:00:00Z");
    EXPECT_EQ(m_rows[0]["BillingPeriodStart"], "2026-01-01T00:00:00Z");
    EXPECT_EQ(m_rows[0]["BillingPeriodEnd"], "2026-02-01T00:00:00Z");
    EXPECT_EQ(m_rows[1]["BillingPeriodStart"], "2026-02-01T00:00:00Z");
    EXPECT_EQ(m_rows[1]["BillingPeriodEnd"], "2026-03-01T00:00:00Z");
}

TEST(FocusRow, AcrossTwoBandsHasNoSingleUnitPrice)
{
    Usage usage;
    usage.add({"lb", "", "AWSDataTransfer", "DataTransfer-Out-Bytes", "us-east-1", 0, Quantity::of(20'480)});
    const std::vector<Row> rows = rowsOf(usage);
    EXPECT_EQ(rows.at(0).at("BilledCost"), "1792");
    EXPECT_EQ(rows.at(0).at("ListUnitPrice"), "");
}

TEST(FocusRow, OfFargateSpotIsPricedDynamically)
{
    Usage usage;
    usage.add({"web", "", "AmazonECS", "SpotUsage-Fargate-GB-Hours", "us-east-1", 0, Quantity::of(1)});
    EXPECT_EQ(rowsOf(usage).at(0).at("PricingCategory"), "Dynamic");
}

TEST(FocusRow, WithTheOthersAddsUpToTheBill)
{
    Usage usage;
    for (std::uint32_t hour = 0; hour < 30; ++hour) {
        usage.add(writes(hour, hour % 2 == 0 ? "buy" : "browse"));
        usage.add(
            {"lb", "", "AWSDataTransfer", "DataTransfer-Out-Bytes", "us-east-1", hour, Quantity::of(777)});
        usage.add({"lb", "", "Mystery", "Mystery", "us-east-1", hour, Quantity::of(777)});
    }
    Money sum;
    for (const Row& row : rowsOf(usage)) {
        sum += *Money::parse(row.at("BilledCost"));
    }
    EXPECT_EQ(sum, makeBill(usage, PriceBook::builtIn(), {}).total);
}

TEST(PeriodStart, IsReadAsUtc)
{
    using namespace std::chrono;
    const Result<sys_seconds> start = readPeriodStart("2024-02-29T23:59:58Z");
    ASSERT_TRUE(start);
    EXPECT_EQ(*start, sys_days(2024y / February / 29d) + 23h + 59min + 58s);
}

TEST(PeriodStart, OfAnyOtherFormIsRefused)
{
    for (const char* text :
         {"", "2026-01-01", "2026-02-29T00:00:00Z", "2026-13-01T00:00:00Z", "2026-01-01T24:00:00Z",
          "2026-01-01T00:00:00+01:00", "2026-01-01 00:00:00Z", "1969-01-01T00:00:00Z", "9999-01-01T00:00:00Z",
          "2026-01-01T00:00:00Zx", "2026-01-0aT00:00:00Z"}) {
        const Result<std::chrono::sys_seconds> start = readPeriodStart(text);
        EXPECT_FALSE(start) << text;
    }
}

}  // namespace
}  // namespace neph
