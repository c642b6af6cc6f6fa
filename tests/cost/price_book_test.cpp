#include <algorithm>
#include <map>
#include <set>
#include <string>

#include "sim/base/assets.h"
#include "sim/cost/price_book.h"

namespace neph {
namespace {

using testing::AnyOf;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

std::string replaced(std::string text, const std::string& part, const std::string& by)
{
    const std::size_t at = text.find(part);
    EXPECT_NE(at, std::string::npos) << part;
    return text.replace(at, part.size(), by);
}

/// A small price file that is right.
const std::string kFile = R"({
  "format": "nephoscope-prices", "version": 1,
  "service": "AmazonTest", "serviceName": "Amazon Test", "category": "Compute", "subcategory": "Containers",
  "region": "us-east-1", "currency": "USD",
  "prices": [
    { "usageType": "Things", "title": "Things", "unit": "thing",
      "bands": [{ "upTo": "10", "perUnit": "0.0000166667" }, { "perUnit": "0.5" }],
      "free": { "perMonth": "2.5", "note": "two and a half" },
      "source": "https://example.org", "seen": "2026-01-01", "confidence": "derived", "note": "halved" }
  ]
})";

Error refusalOf(const std::string& text)
{
    PriceBook book;
    const Result<Done> added = book.add(text, "p.json");
    EXPECT_FALSE(added) << text;
    EXPECT_THAT(book.all(), IsEmpty());
    return added ? Error{} : added.error();
}

TEST(PriceFile, IsReadExactly)
{
    PriceBook book;
    ASSERT_TRUE(book.add(kFile, "p.json"));
    const Price* price = book.find("AmazonTest", "Things", "us-east-1");
    ASSERT_NE(price, nullptr);
    ASSERT_EQ(price->bands.size(), 2u);
    EXPECT_EQ(price->bands[0].perUnit, Money::ofPico(16'666'700));
    EXPECT_EQ(price->bands[0].upTo, Quantity::of(10));
    EXPECT_TRUE(price->bands[1].unlimited);
    EXPECT_EQ(price->freePerMonth, Quantity::ratio(5, 2));
    EXPECT_EQ(price->unit, "thing");
    EXPECT_EQ(price->confidence, "derived");
    EXPECT_EQ(price->note, "halved");
    EXPECT_EQ(price->pricingCategory, "Standard");
    EXPECT_EQ(price->serviceCategory, "Compute");
}

TEST(PriceFile, ReplacesThePricesItStatesAnew)
{
    PriceBook book;
    ASSERT_TRUE(book.add(kFile, "p.json"));
    ASSERT_TRUE(book.add(replaced(kFile, "0.5", "0.4"), "newer.json"));
    EXPECT_EQ(book.all().size(), 1u);
    EXPECT_EQ(book.find("AmazonTest", "Things", "us-east-1")->bands[1].perUnit, *Money::parse("0.4"));
}

TEST(PriceFile, ThatIsNoJsonIsRefusedWithItsPlace)
{
    const Error error = refusalOf("{ \"format\": ");
    EXPECT_EQ(error.code, ErrorCode::NotJson);
    EXPECT_THAT(error.where, StartsWith("p.json"));
}

TEST(PriceFile, OfAnotherFormatIsRefused)
{
    EXPECT_EQ(refusalOf("[]").code, ErrorCode::UnknownFormat);
    EXPECT_EQ(refusalOf(R"({"format": "nephoscope", "version": 1})").code, ErrorCode::UnknownFormat);
}

TEST(PriceFile, OfANewerVersionIsRefused)
{
    const Error error = refusalOf(replaced(kFile, "\"version\": 1", "\"version\": 2"));
    EXPECT_EQ(error.code, ErrorCode::NewerVersion);
    EXPECT_EQ(error.where, "p.json:/version");
}

/// One thing wrong in a file, and where the reader must point.
struct Wrong {
    const char* name;
    const char* part;
    const char* by;
    const char* where;
};

void PrintTo(const Wrong& wrong, std::ostream* out)
{
    *out << wrong.name;
}

class WrongPriceFile : public testing::TestWithParam<Wrong> {};

TEST_P(WrongPriceFile, IsRefusedWithFileAndPointer)
{
    const Error error = refusalOf(replaced(kFile, GetParam().part, GetParam().by));
    EXPECT_EQ(error.code, ErrorCode::Invalid);
    EXPECT_EQ(error.where, GetParam().where);
    EXPECT_THAT(error.what, Not(IsEmpty()));
}

// clang-format off
INSTANTIATE_TEST_SUITE_P(Because, WrongPriceFile, testing::Values(
    Wrong{"OfAnUnknownField", "\"unit\": \"thing\"", "\"unit\": \"thing\", \"cost\": \"1\"", "p.json:/prices/0/cost"},
    Wrong{"OfAnUnknownFieldAtTheTop", "\"currency\"", "\"colour\": 1, \"currency\"", "p.json:/colour"},
    Wrong{"TheSourceIsMissing", "\"source\": \"https://example.org\", ", "", "p.json:/prices/0/source"},
    Wrong{"TheDateIsEmpty", "2026-01-01", "", "p.json:/prices/0/seen"},
    Wrong{"TheConfidenceIsUnknown", "derived", "guessed", "p.json:/prices/0/confidence"},
    Wrong{"ThePriceIsANumber", "\"0.5\"", "0.5", "p.json:/prices/0/bands/1/perUnit"},
    Wrong{"ThePriceIsNegative", "\"0.5\"", "\"-0.5\"", "p.json:/prices/0/bands/1/perUnit"},
    Wrong{"ThePriceHasAnExponent", "\"0.5\"", "\"5e-1\"", "p.json:/prices/0/bands/1/perUnit"},
    Wrong{"ThePriceHasThirteenDecimals", "0.0000166667", "0.0000166667001", "p.json:/prices/0/bands/0/perUnit"},
    Wrong{"ThePriceIsAbsurd", "\"0.5\"", "\"99999999\"", "p.json:/prices/0/bands/1/perUnit"},
    Wrong{"TheBandsDoNotAscend", "\"upTo\": \"10\"", "\"upTo\": \"0\"", "p.json:/prices/0/bands/0/upTo"},
    Wrong{"TheLastBandEnds", "{ \"perUnit\": \"0.5\" }", "{ \"upTo\": \"20\", \"perUnit\": \"0.5\" }", "p.json:/prices/0/bands/1/upTo"},
    Wrong{"AMiddleBandIsOpen", "\"upTo\": \"10\", ", "", "p.json:/prices/0/bands/0/upTo"},
    Wrong{"ThereAreNoBands", "[{ \"upTo\": \"10\", \"perUnit\": \"0.0000166667\" }, { \"perUnit\": \"0.5\" }]", "[]", "p.json:/prices/0/bands"},
    Wrong{"ABandIsNoObject", "{ \"perUnit\": \"0.5\" }", "7", "p.json:/prices/0/bands/1"},
    Wrong{"TheFreeTierIsNoObject", "{ \"perMonth\": \"2.5\", \"note\": \"two and a half\" }", "\"2.5\"", "p.json:/prices/0/free"},
    Wrong{"TheCurrencyIsAnother", "USD", "EUR", "p.json:/currency"},
    Wrong{"TheUsageTypeIsEmpty", "\"usageType\": \"Things\"", "\"usageType\": \"\"", "p.json:/prices/0/usageType"}),
    [](const auto& row) { return row.param.name; });
// clang-format on

TEST(PriceFile, ThatPricesOneThingTwiceIsRefused)
{
    const std::size_t from = kFile.find("{ \"usageType\"");
    const std::size_t to = kFile.rfind("}", kFile.rfind("]")) + 1;
    const std::string price = kFile.substr(from, to - from);
    const Error error = refusalOf(replaced(kFile, price, price + ", " + price));
    EXPECT_EQ(error.where, "p.json:/prices/1");
    EXPECT_THAT(error.what, HasSubstr("Things"));
}

TEST(BuiltInPrices, CoverTheRegionsThatWereRead)
{
    EXPECT_THAT(
        PriceBook::builtIn().regions(), testing::ElementsAre(
                                            "ap-northeast-1", "ap-northeast-2", "ap-southeast-1",
                                            "eu-central-1", "eu-west-1", "sa-east-1", "us-east-1"));
}

TEST(BuiltInPrices, ExistInVirginiaForEveryUsageTypeThatAnyRegionHas)
{
    const PriceBook& book = PriceBook::builtIn();
    for (const Price* price : book.all()) {
        EXPECT_NE(book.find(price->service, price->usageType, "us-east-1"), nullptr) << price->usageType;
    }
}

TEST(BuiltInPrices, SayWhereAndWhenTheyWereRead)
{
    for (const Price* price : PriceBook::builtIn().all()) {
        EXPECT_THAT(price->source, StartsWith("https://")) << price->usageType;
        EXPECT_THAT(price->seen, Not(IsEmpty())) << price->usageType;
    }
}

TEST(BuiltInPrices, ThatWereDerivedSayHow)
{
    for (const Price* price : PriceBook::builtIn().all()) {
        const bool isSpot = price->usageType.starts_with("SpotUsage");
        EXPECT_EQ(isSpot, price->pricingCategory == "Dynamic") << price->usageType;
        if (isSpot) {
            EXPECT_EQ(price->confidence, "derived") << price->usageType;
            EXPECT_THAT(price->note, HasSubstr("30 %")) << price->usageType;
        }
    }
}

TEST(BuiltInPrices, LieInTheFolderOfTheirRegionAndAreStatedOnce)
{
    std::map<std::string, std::set<std::string>> filesOf;
    std::size_t count = 0;
    for (const Asset& asset : assetsUnder("prices/")) {
        PriceBook book;
        ASSERT_TRUE(book.add(asset.text, std::string(asset.path)));
        ASSERT_EQ(book.regions().size(), 1u);
        EXPECT_THAT(std::string(asset.path), StartsWith("prices/" + book.regions().front() + "/"));
        count += book.all().size();
    }
    EXPECT_EQ(count, PriceBook::builtIn().all().size());
}

TEST(PriceBook, GuessesNoPriceFromAnotherRegion)
{
    EXPECT_EQ(PriceBook::builtIn().find("AmazonDynamoDB", "WriteRequestUnits", "sa-east-1"), nullptr);
}

TEST(PriceBook, ListsPricesByServiceUsageTypeAndRegion)
{
    const std::vector<const Price*> all = PriceBook::builtIn().all();
    EXPECT_TRUE(std::is_sorted(all.begin(), all.end(), [](const Price* a, const Price* b) {
        return std::tie(a->service, a->usageType, a->region) < std::tie(b->service, b->usageType, b->region);
    }));
}

}  // namespace
}  // namespace neph
