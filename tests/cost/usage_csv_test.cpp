#include "sim/cost/bill.h"
#include "sim/cost/csv.h"

namespace neph {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

TEST(UsageCsv, IsReadWithColumnsInAnyOrder)
{
    const Result<Usage> usage = readUsageCsv(
        "region,quantity,usage_type,service\n"
        "us-east-1,3000000,WriteRequestUnits,AmazonDynamoDB\n"
        "us-east-1,0.5,ReadRequestUnits,AmazonDynamoDB\n",
        "usage.csv");
    ASSERT_TRUE(usage);
    const std::vector<UsageRecord> records = usage->records();
    ASSERT_THAT(records, SizeIs(2));
    EXPECT_EQ(records[0].usageType, "ReadRequestUnits");
    EXPECT_EQ(records[0].quantity, Quantity::ratio(1, 2));
    EXPECT_EQ(records[1].quantity, Quantity::of(3'000'000));
    EXPECT_EQ(records[1].node, "");
}

TEST(UsageCsv, MayNameNodeClassAndHour)
{
    const Result<Usage> usage = readUsageCsv(
        "service,usage_type,quantity,region,node,request_class,hour\n"
        "AWSELB,LCUUsage,1.5,us-east-1,\"web, front\",buy,7\n",
        "usage.csv");
    ASSERT_TRUE(usage);
    const UsageRecord record = usage->records().at(0);
    EXPECT_EQ(record.node, "web, front");
    EXPECT_EQ(record.requestClass, "buy");
    EXPECT_EQ(record.hour, 7u);
}

TEST(UsageCsv, MayComeFromASpreadsheet)
{
    // Byte-order mark, carriage returns, quotes, an empty line, no end of the last line.
    const Result<Usage> usage = readUsageCsv(
        "\xEF\xBB\xBF\"service\",\"usage_type\",\"quantity\",\"region\"\r\n"
        "AWSELB,\"LCUUsage\",2,us-east-1\r\n\r\nAWSELB,LCUUsage,3,us-east-1",
        "usage.csv");
    ASSERT_TRUE(usage) << usage.error().what;
    ASSERT_THAT(usage->records(), SizeIs(1));
    EXPECT_EQ(usage->records()[0].quantity, Quantity::of(5));
}

/// One thing wrong in a list, and where the reader must point.
struct Wrong {
    const char* name;
    std::string text;
    const char* where;
    const char* says;
};

void PrintTo(const Wrong& wrong, std::ostream* out)
{
    *out << wrong.name;
}

class WrongUsageCsv : public testing::TestWithParam<Wrong> {};

TEST_P(WrongUsageCsv, IsRefusedWithLineAndColumn)
{
    const Result<Usage> usage = readUsageCsv(GetParam().text, "u.csv");
    ASSERT_FALSE(usage);
    EXPECT_EQ(usage.error().where, GetParam().where);
    EXPECT_THAT(usage.error().what, HasSubstr(GetParam().says));
}

const std::string kHeader = "service,usage_type,quantity,region\n";
const std::string kGood = "AWSELB,LCUUsage,1,us-east-1\n";

// clang-format off
INSTANTIATE_TEST_SUITE_P(Because, WrongUsageCsv, testing::Values(
    Wrong{"ItIsEmpty", "", "u.csv, line 1, column 'service'", "missing"},
    Wrong{"AColumnIsMissing", "service,usage_type,quantity\n", "u.csv, line 1, column 'region'", "missing"},
    Wrong{"AColumnIsUnknown", "service,usage_typ,quantity,region\n", "u.csv, line 1, column 'usage_typ'", "Did you mean 'usage_type'?"},
    Wrong{"AColumnIsThereTwice", "service,service,quantity,region\n", "u.csv, line 1, column 'service'", "twice"},
    Wrong{"AFieldIsMissing", kHeader + kGood + "AWSELB,LCUUsage,1\n", "u.csv, line 3", "3 fields; the header has 4"},
    Wrong{"AFieldIsEmpty", kHeader + "AWSELB,LCUUsage,1,\n", "u.csv, line 2, column 'region'", "empty"},
    Wrong{"TheQuantityIsAWord", kHeader + "AWSELB,LCUUsage,many,us-east-1\n", "u.csv, line 2, column 'quantity'", "'many'"},
    Wrong{"TheQuantityIsNegative", kHeader + "AWSELB,LCUUsage,-1,us-east-1\n", "u.csv, line 2, column 'quantity'", "from 0"},
    Wrong{"TheQuantityHasADecimalComma", kHeader + "AWSELB,LCUUsage,\"1,5\",us-east-1\n", "u.csv, line 2, column 'quantity'", "'1,5'"},
    Wrong{"TheQuantityIsAbsurd", kHeader + "AWSELB,LCUUsage,9999999999999999,us-east-1\n", "u.csv, line 2, column 'quantity'", "from 0"},
    Wrong{"TheQuantityOverflows", kHeader + "AWSELB,LCUUsage," + std::string(60, '9') + ",us-east-1\n", "u.csv, line 2, column 'quantity'", "below"},
    Wrong{"TheQuantityIsNotANumber", kHeader + "AWSELB,LCUUsage,nan,us-east-1\n", "u.csv, line 2, column 'quantity'", "'nan'"},
    Wrong{"TheHourIsNegative", "service,usage_type,quantity,region,hour\nAWSELB,LCUUsage,1,us-east-1,-1\n", "u.csv, line 2, column 'hour'", "whole number"},
    Wrong{"TheHourIsAbsurd", "service,usage_type,quantity,region,hour\nAWSELB,LCUUsage,1,us-east-1,4000000000\n", "u.csv, line 2, column 'hour'", "99999"},
    Wrong{"AQuoteIsNeverClosed", kHeader + "\"AWSELB,LCUUsage,1,us-east-1\n", "u.csv, line 2", "never closed"},
    Wrong{"AQuoteStandsInAField", kHeader + "AWS\"ELB,LCUUsage,1,us-east-1\n", "u.csv, line 2", "inside a field"},
    Wrong{"TextFollowsAQuote", kHeader + "\"AWS\"ELB,LCUUsage,1,us-east-1\n", "u.csv, line 2", "closing quote"},
    Wrong{"ALineIsTooLong", kHeader + std::string(2'000'000, 'x') + ",LCUUsage,1,us-east-1\n", "u.csv, line 2", "limit"},
    Wrong{"ThereAreTooManyColumns", std::string(5'000, ','), "u.csv, line 1", "columns"}),
    [](const auto& row) { return row.param.name; });
// clang-format on

TEST(Csv, QuotesWhatNeedsIt)
{
    EXPECT_EQ(
        csvLine({"plain", "a,b", "say \"hi\"", "two\nlines", ""}),
        "plain,\"a,b\",\"say \"\"hi\"\"\",\"two\nlines\",\n");
    EXPECT_EQ(csvLine({"", "b"}), ",b\n");
}

TEST(Csv, ReadsBackWhatItWrote)
{
    const std::vector<std::string> fields{"plain", "a,b", "say \"hi\"", "two\r\nlines", "", "\xC3\xA4"};
    const std::string text = csvLine(fields) + csvLine({"next"});
    CsvReader reader(text, "f");
    Result<std::vector<std::string>> line = reader.next();
    ASSERT_TRUE(line);
    EXPECT_EQ(*line, fields);
    line = reader.next();
    ASSERT_TRUE(line);
    EXPECT_THAT(*line, ElementsAre("next"));
    EXPECT_EQ(reader.line(), 3u);
    line = reader.next();
    ASSERT_TRUE(line);
    EXPECT_THAT(*line, testing::IsEmpty());
}

TEST(BillCsv, SaysEveryLineExactly)
{
    Usage usage;
    usage.add(
        {"my \"table\"", "", "AmazonDynamoDB", "ReadRequestUnits", "us-east-1", 0, Quantity::ratio(3, 2)});
    EXPECT_EQ(
        toCsv(makeBill(usage, PriceBook::builtIn(), {})),
        "node,service,usage_type,title,region,quantity,unit,unit_price,cost\n"
        "\"my \"\"table\"\"\",AmazonDynamoDB,ReadRequestUnits,On-demand reads,us-east-1,1.5,read request "
        "unit,"
        "0.000000125,0.0000001875\n");
}

}  // namespace
}  // namespace neph
