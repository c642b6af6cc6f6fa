#include <nlohmann/json.hpp>

#include "sim/model/design_json.h"
#include "tests/cli/subprocess.h"

namespace neph {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::StartsWith;

std::vector<std::string> templateNames()
{
    std::vector<std::string> names;
    for (const json& one : json::parse(nepho({"templates", "--json"}).out)) {
        names.push_back(one["name"]);
    }
    return names;
}

TEST(NephoWithoutArguments, SaysInThreeLinesWhereToStart)
{
    const Finished help = nepho({});
    EXPECT_EQ(help.exitCode, 0);
    EXPECT_EQ(
        help.out, "nepho runs drawings of cloud architectures: what they do, how fast, and what they cost.\n"
                  "\n"
                  "  nepho run starter                 run the example design and print a report\n"
                  "  nepho new starter -o shop.nepho   take it as a start for your own\n"
                  "  nepho lab compare starter         run it on real containers as well, and compare\n"
                  "  nepho catalog aws.dynamodb        what can be drawn, and how it behaves\n"
                  "\n"
                  "Commands: new, templates, check, run, bill, lab, catalog, prices, schema.\n"
                  "'nepho COMMAND --help' says more about one; 'nepho --help' about all.\n");
}

TEST(Help, IsThereForEveryCommand)
{
    for (const char* command : {"new", "templates", "check", "run", "bill", "catalog", "prices", "schema"}) {
        const Finished help = nepho({command, "--help"});
        EXPECT_EQ(help.exitCode, 0) << command;
        EXPECT_THAT(help.out, HasSubstr("--json")) << command;
    }
}

TEST(Templates, StartWithTheStarterAndEndWithTheEmptyOne)
{
    const std::vector<std::string> names = templateNames();
    EXPECT_THAT(names, testing::SizeIs(testing::Ge(8u)));
    EXPECT_EQ(names.front(), "starter");
    EXPECT_EQ(names.back(), "empty");
}

TEST(Templates, AreListedForPeople)
{
    const Finished list = nepho({"templates"});
    EXPECT_EQ(list.exitCode, 0);
    EXPECT_THAT(list.out, StartsWith("starter         Shop on Fargate\n"));
}

TEST(New, PrintsADesignThatCheckAccepts)
{
    const TestFolder folder;
    for (const std::string& name : templateNames()) {
        const Finished made = nepho({"new", name});
        EXPECT_EQ(made.exitCode, 0) << name;
        const std::string file = folder.write(name + ".nepho", made.out);
        const Finished check = nepho({"check", file});
        EXPECT_EQ(check.exitCode, 0) << check.out;
        if (name != "empty") {
            EXPECT_EQ(check.out, "It can run: 0 errors, 0 warnings.\n") << name;
        }
    }
}

TEST(New, GivesTextThatIsCanonicalByteForByte)
{
    for (const std::string& name : templateNames()) {
        const std::string text = nepho({"new", name}).out;
        EXPECT_EQ(writeDesign(readDesign(text).design), text) << name;
    }
}

TEST(New, WritesAFileOnlyOnce)
{
    const TestFolder folder;
    const std::string file = folder.path("shop.nepho");
    EXPECT_EQ(nepho({"new", "starter", "-o", file}).out, file + " is made from the template 'starter'.\n");
    const std::string before = folder.read("shop.nepho");
    const Finished again = nepho({"new", "empty", "-o", file});
    EXPECT_EQ(again.exitCode, 2);
    EXPECT_THAT(again.err, HasSubstr("is there already"));
    EXPECT_EQ(folder.read("shop.nepho"), before);
    EXPECT_EQ(nepho({"new", "empty", "-o", file, "--force"}).exitCode, 0);
    EXPECT_NE(folder.read("shop.nepho"), before);
}

TEST(Check, PrintsWhereWhatAndWhatIsAllowed)
{
    const TestFolder folder;
    const std::string file = folder.write(
        "bad.nepho",
        R"({"format": "nephoscope", "version": 1, "name": "x", "runSeconds": 60, "links": [], "nodes": [
             {"id": "u", "kind": "users", "position": {"x": 0, "y": 0}, "properties": {"rate": -1}}]})");
    const Finished check = nepho({"check", file});
    EXPECT_EQ(check.exitCode, 1);
    EXPECT_THAT(check.out, StartsWith("error at /nodes/0/properties/rate: "));
    EXPECT_THAT(check.out, HasSubstr("1000000"));
    EXPECT_THAT(check.out, HasSubstr("It cannot run: 1 error, 1 warning.\n"));
}

TEST(Check, TellsMachinesTheSame)
{
    const Finished check = nepho({"check", "empty", "--json"});
    EXPECT_EQ(check.exitCode, 0);
    const json answer = json::parse(check.out);
    EXPECT_EQ(answer["ok"], true);
    EXPECT_EQ(answer["diagnostics"][0]["severity"], "warning");
    EXPECT_EQ(answer["diagnostics"][0]["pointer"], "/nodes");
}

TEST(Catalog, ShowsEachKindWithItsProperties)
{
    const Finished page = nepho({"catalog", "aws.dynamodb"});
    EXPECT_EQ(page.exitCode, 0);
    EXPECT_THAT(page.out, StartsWith("DynamoDB table  aws.dynamodb\n"));
    EXPECT_THAT(page.out, HasSubstr("billingMode  Capacity mode  = PAY_PER_REQUEST"));
    EXPECT_THAT(page.out, HasSubstr("https://docs.aws.amazon.com/"));
}

TEST(Catalog, IsCompleteAsJson)
{
    const json all = json::parse(nepho({"catalog", "--json"}).out);
    ASSERT_FALSE(all["kinds"].empty());
    for (const json& kind : all["kinds"]) {
        for (const char* field :
             {"id", "name", "category", "parents", "links", "properties", "facts", "billingNote"}) {
            EXPECT_TRUE(kind.contains(field)) << kind["id"] << ' ' << field;
        }
        for (const json& property : kind["properties"]) {
            for (const char* field : {"key", "type", "default", "help", "source"}) {
                EXPECT_TRUE(property.contains(field)) << kind["id"] << ' ' << property["key"] << ' ' << field;
            }
        }
    }
}

TEST(Catalog, NamesEveryKindInItsOverview)
{
    const std::string overview = nepho({"catalog"}).out;
    const json catalog = json::parse(nepho({"catalog", "--json"}).out);
    for (const json& kind : catalog["kinds"]) {
        EXPECT_THAT(overview, HasSubstr(kind["id"].get<std::string>()));
    }
}

TEST(Prices, AreShownWithSourceAndUnit)
{
    const Finished prices = nepho({"prices", "AmazonECS", "--region", "us-east-1"});
    EXPECT_EQ(prices.exitCode, 0);
    EXPECT_THAT(prices.out, HasSubstr("AmazonECS in us-east-1"));
    EXPECT_THAT(prices.out, HasSubstr("Fargate-vCPU-Hours:perCPU"));
    EXPECT_THAT(prices.out, HasSubstr("0.04048"));
}

TEST(Prices, CarryTheirSourceAsJson)
{
    const json prices = json::parse(nepho({"prices", "--json"}).out);
    ASSERT_FALSE(prices.empty());
    for (const json& price : prices) {
        EXPECT_FALSE(price["source"].get<std::string>().empty()) << price["usage_type"];
        EXPECT_FALSE(price["bands"].empty()) << price["usage_type"];
    }
}

TEST(Schema, IsAJsonSchemaOfDesigns)
{
    const Finished schema = nepho({"schema"});
    EXPECT_EQ(schema.exitCode, 0);
    EXPECT_THAT(json::parse(schema.out)["$schema"].get<std::string>(), HasSubstr("draft-07"));
}

class BillOfAUsageList : public testing::Test {
protected:
    const std::string m_usage = m_folder().write(
        "usage.csv", "service,usage_type,quantity,region\n"
                     "AmazonECS,Fargate-vCPU-Hours:perCPU,100,us-east-1\n"
                     "AmazonECS,Fargate-GB-Hours,200,us-east-1\n");
    static TestFolder& m_folder()
    {
        static TestFolder folder;
        return folder;
    }
};

// AWS Fargate pricing: 0.04048 USD a vCPU-hour and 0.004445 USD a GB-hour in us-east-1.
TEST_F(BillOfAUsageList, IsPricedToTheCent)
{
    const json bill = json::parse(nepho({"bill", "--usage", m_usage, "--json"}).out);
    EXPECT_EQ(bill["total"], "4.937");
    EXPECT_EQ(bill["currency"], "USD");
    EXPECT_EQ(bill["lines"].size(), 2u);
}

TEST_F(BillOfAUsageList, IsWrittenAsCsvThatCanBePricedAgain)
{
    const Finished first = nepho({"bill", "--usage", m_usage, "--csv"});
    const std::string copy = m_folder().write("copy.csv", first.out);
    const Finished second = nepho({"bill", "--usage", copy, "--csv"});
    EXPECT_EQ(first.exitCode, 0) << first.err;
    EXPECT_EQ(second.out, first.out);
}

TEST_F(BillOfAUsageList, SaysNoWhereAPriceIsMissing)
{
    const std::string usage = m_folder().write(
        "odd.csv", "service,usage_type,quantity,region\nAmazonECS,Teleportation,1,us-east-1\n");
    const Finished bill = nepho({"bill", "--usage", usage});
    EXPECT_EQ(bill.exitCode, 1);
    EXPECT_THAT(bill.err, HasSubstr("Teleportation"));
}

TEST_F(BillOfAUsageList, NamesTheLineThatIsWrong)
{
    const std::string usage = m_folder().write(
        "wrong.csv", "service,usage_type,quantity,region\nAmazonECS,Fargate-GB-Hours,many,us-east-1\n");
    const Finished bill = nepho({"bill", "--usage", usage});
    EXPECT_EQ(bill.exitCode, 2);
    EXPECT_THAT(bill.err, HasSubstr("line 2"));
}

}  // namespace
}  // namespace neph
