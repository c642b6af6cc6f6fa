#include "sim/model/kind_spec.h"

#include <fstream>
#include <sstream>

#include "sim/model/catalog.h"
#include "tests/model/model_fixtures.h"

namespace neph::test {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

/// The data file of the service with one piece of its text replaced.
std::string serviceWith(const std::string& piece, const std::string& other)
{
    std::string text = kServiceKind;
    const std::size_t place = text.find(piece);
    EXPECT_NE(place, std::string::npos) << piece;
    return text.replace(place, piece.size(), other);
}

TEST(AKind, IsReadFromItsDataFile)
{
    const KindSpec kind = kindFrom(kServiceKind, "assets/services/service.json");

    EXPECT_EQ(kind.id, "demo.service");
    EXPECT_EQ(kind.stem, "service");
    EXPECT_TRUE(kind.hasRole("compute"));
    EXPECT_THAT(kind.parents, ElementsAre("canvas", "role:frame"));
    ASSERT_NE(kind.property("grace"), nullptr);
    EXPECT_EQ(kind.property("grace")->type, PropertyType::TimeSpan);
    EXPECT_EQ(kind.property("grace")->unit, "s");
    EXPECT_EQ(kind.property("replicas")->max, 5000);
    EXPECT_EQ(kind.property("nothing"), nullptr);
    EXPECT_EQ(kind.fact("start.seconds"), 20.5);
}

TEST(AKind, IsMeantByItsIdAndByItsRoles)
{
    const KindSpec kind = kindFrom(kServiceKind, "service.json");

    EXPECT_TRUE(kind.isOneOf({"other", "demo.service"}));
    EXPECT_TRUE(kind.isOneOf({"role:compute"}));
    EXPECT_FALSE(kind.isOneOf({"role:store", "compute", "canvas"}));
}

TEST(AKind, WithoutAFactThatTheCodeAsksForIsABug)
{
    const KindSpec kind = kindFrom(kServiceKind, "service.json");

    EXPECT_DEATH(kind.fact("stop.seconds"), "service.json has no fact 'stop.seconds'");
}

TEST(TheReadme, ShowsADataFileThatIsValid)
{
    std::ifstream file(NEPH_SOURCE_DIR "/sim/model/README.md");
    std::stringstream readme;
    readme << file.rdbuf();
    const std::string text = readme.str();
    const std::size_t start = text.find("```json\n") + 8;

    EXPECT_EQ(
        kindFrom(text.substr(start, text.find("```", start) - start).c_str(), "cache.json").id, "demo.cache");
}

/// A data file with one thing wrong: what replaces what, the pointer that is named and a part of what is
/// said.
struct Mistake {
    const char* name;
    std::string piece;
    std::string other;
    std::string pointer;
    std::string said;
};

class ADataFile : public testing::TestWithParam<Mistake> {};

TEST_P(ADataFile, WithAMistakeIsRefusedWithFileAndPlace)
{
    const Result<KindSpec> kind =
        readKindSpec(serviceWith(GetParam().piece, GetParam().other), "assets/services/service.json");

    ASSERT_FALSE(kind);
    EXPECT_EQ(kind.error().where, "assets/services/service.json#" + GetParam().pointer);
    EXPECT_THAT(kind.error().what, HasSubstr(GetParam().said));
}

// clang-format off
INSTANTIATE_TEST_SUITE_P(Service, ADataFile, testing::Values(
    Mistake{"NotJson",            "{",                          "[",                       "/1", "not JSON"},
    Mistake{"UnknownField",       R"("summary")",               R"("sumary")",             "/summary", "missing"},
    Mistake{"FurtherField",       R"("id")",                    R"("colour": 1, "id")",    "/colour", "no field 'colour'"},
    Mistake{"FurtherPropertyField", R"("label": "Spot",)",      R"("label": "Spot", "hlep": "",)", "/properties/2/hlep", "Did you mean 'help'?"},
    Mistake{"NoLabel",            R"("label": "Spot",)",        "",                        "/properties/2/label", "missing"},
    Mistake{"EmptyHelp",          R"("help": "Cheaper.")",      R"("help": "")",           "/properties/2/help", "missing"},
    Mistake{"NoSource",           R"("help": "Cheaper.", "source": "model")", R"("help": "Cheaper.")", "/properties/2/source", "missing"},
    Mistake{"NoDateOfTheSource",  R"(, "seen": "2025-11-24")",  "",                        "/properties/0/seen", "missing or no date"},
    Mistake{"OddDate",            R"("2025-11-24")",            R"("24.11.2025")",         "/properties/0/seen", "24.11.2025"},
    Mistake{"NoDefault",          R"("default": false,)",       "",                        "/properties/2/default", "default"},
    Mistake{"DefaultOfWrongType", R"("default": false)",        R"("default": "no")",      "/properties/2/default", "\"no\""},
    Mistake{"DefaultTooLarge",    R"("default": 2)",            R"("default": 6000)",      "/properties/0/default", "too large"},
    Mistake{"DefaultTooSmall",    R"("default": 60)",           R"("default": -1)",        "/properties/1/default", "too small"},
    Mistake{"DefaultNotWhole",    R"("default": 2)",            R"("default": 2.5)",       "/properties/0/default", "2.5"},
    Mistake{"UnknownType",        R"("type": "bool")",          R"("type": "boool")",      "/properties/2/type", "Did you mean 'bool'?"},
    Mistake{"BoundsOfABool",      R"("type": "bool")",          R"("type": "bool", "min": 0)", "/properties/2/min", "no bounds"},
    Mistake{"BoundsTheWrongWay",  R"("min": 1, "max": 5000)",   R"("min": 5, "max": 1)",   "/properties/0/min", "above"},
    Mistake{"ChoiceWithoutChoices", R"("type": "bool", "default": false)", R"("type": "choice", "default": "a")", "/properties/2/choices", "needs 'choices'"},
    Mistake{"TableWithoutColumns",  R"("type": "bool", "default": false)", R"("type": "table", "default": [])", "/properties/2/columns", "columns"},
    Mistake{"KeyTwice",           R"("key": "spot")",           R"("key": "grace")",       "/properties/2/key", "twice"},
    Mistake{"KeyWithASpace",      R"("key": "spot")",           R"("key": "on spot")",     "/properties/2/key", "no plain name"},
    Mistake{"ShowWhenOfNothing",  R"("label": "Spot",)",        R"("label": "Spot", "showWhen": "grade=1",)", "/properties", "names no property"},
    Mistake{"NoBillingNote",      R"("billing": ["DemoService"],)", "",                    "/billingNote", "missing"},
    Mistake{"LinkToNothing",      R"("to": ["role:store"])",    R"("to": [])",             "/links/0/to", "missing or empty"},
    Mistake{"NoParents",          R"("parents": ["canvas", "role:frame"],)", "",           "/parents", "missing or empty"},
    Mistake{"FactWithoutValue",   R"("value": 20.5,)",          "",                        "/facts/0/value", "has a value"}),
    [](const auto& example) { return example.param.name; });
// clang-format on

TEST(TheCatalog, ListsKindsAsARequestMeetsThem)
{
    EXPECT_THAT(smallCatalog().ids(), ElementsAre("users", "demo.zone", "demo.service", "demo.table"));
}

TEST(TheCatalog, FindsAKindByItsId)
{
    ASSERT_NE(smallCatalog().find("demo.table"), nullptr);
    EXPECT_EQ(smallCatalog().find("demo.table")->name, "Table");
    EXPECT_EQ(smallCatalog().find("demo.tabel"), nullptr);
}

TEST(TheCatalog, FindsTheRuleOfALinkByRole)
{
    ASSERT_NE(smallCatalog().linkRule("users", "demo.service"), nullptr);
    EXPECT_EQ(smallCatalog().linkRule("users", "demo.service")->verb, "call");
    EXPECT_EQ(smallCatalog().linkRule("users", "demo.table"), nullptr);
    EXPECT_EQ(smallCatalog().linkRule("demo.service", "users"), nullptr);
    EXPECT_EQ(smallCatalog().linkRule("nothing", "users"), nullptr);
}

// What a call asks for is the business of who is called; how often and how patiently, of the caller.
TEST(ALink, HasThePropertiesOfTheCalledKindBeforeThoseOfItsCaller)
{
    const LinkRule* rule = smallCatalog().linkRule("demo.service", "demo.table");
    ASSERT_NE(rule, nullptr);
    EXPECT_EQ(rule->verb, "reads");
    std::vector<std::string> keys;
    for (const PropertySpec& spec : rule->properties) {
        keys.push_back(spec.key);
    }
    EXPECT_THAT(keys, ElementsAre("operation", "calls", "retries", "timeout"));
}

TEST(ALink, TakesTheDefaultOfTheCalledKindWhereBothHaveTheProperty)
{
    const LinkRule* rule = smallCatalog().linkRule("demo.service", "demo.table");
    EXPECT_EQ(effectiveValue(*rule, {}, "retries"), 3);
    EXPECT_EQ(smallCatalog().find("demo.service")->links.front().properties[1].fallback, 0);
}

TEST(TheBuiltInCatalog, IsReadWithoutAMistake)
{
    for (const KindSpec& kind : Catalog::builtIn().kinds()) {
        EXPECT_EQ(Catalog::builtIn().find(kind.id), &kind);
    }
}

const PropertySpec& specOf(const char* kind, const char* key)
{
    return *smallCatalog().find(kind)->property(key);
}

std::string complaint(const char* kind, const char* key, const Value& value)
{
    return textOf(checkValue(specOf(kind, key), value, "/p"));
}

TEST(AWholeNumber, MayBeWrittenWithADecimalPoint)
{
    EXPECT_EQ(complaint("demo.service", "replicas", 3), "");
    EXPECT_EQ(complaint("demo.service", "replicas", 3.0), "");
    EXPECT_THAT(complaint("demo.service", "replicas", 3.5), HasSubstr("a whole number from 1 to 5000"));
}

TEST(ANumber, OutOfItsBoundsIsRefusedWithTheBounds)
{
    EXPECT_THAT(
        complaint("demo.service", "replicas", 1'000'000'000'000'000'000),
        AllOf(HasSubstr("Replicas is 1000000000000000000, which is too large"), HasSubstr("from 1 to 5000")));
    EXPECT_THAT(complaint("demo.service", "grace", -0.5), HasSubstr("a number of 0 or more (in s)"));
}

TEST(ANumber, ThatIsNotFiniteIsRefused)
{
    EXPECT_THAT(
        complaint("demo.service", "grace", std::numeric_limits<double>::quiet_NaN()), HasSubstr("error"));
    EXPECT_THAT(
        complaint("demo.service", "grace", std::numeric_limits<double>::infinity()), HasSubstr("error"));
}

TEST(AValueOfAnotherType, IsRefused)
{
    EXPECT_THAT(complaint("demo.service", "spot", 1), HasSubstr("true or false"));
    EXPECT_THAT(complaint("demo.service", "replicas", "3"), HasSubstr("a whole number"));
    EXPECT_THAT(complaint("demo.table", "name", 3), HasSubstr("a text"));
    EXPECT_THAT(
        complaint("users", "requests", Value::object()), HasSubstr("a list of rows with name, weight"));
}

TEST(AChoice, ThatIsMisspeltGetsASuggestion)
{
    EXPECT_EQ(complaint("users", "pattern", "spike"), "");
    EXPECT_THAT(
        complaint("users", "pattern", "spkie"),
        AllOf(HasSubstr("one of constant, spike"), HasSubstr("Did you mean 'spike'?")));
}

TEST(ATable, IsCheckedCellByCell)
{
    EXPECT_EQ(complaint("users", "requests", {{{"name", "a"}}, {{"weight", 2}}}), "");
    EXPECT_THAT(complaint("users", "requests", {{{"weight", 0}}}), HasSubstr("at /p/0/weight: Weight is 0"));
    EXPECT_THAT(complaint("users", "requests", {{{"wieght", 1}}}), HasSubstr("Did you mean 'weight'?"));
    EXPECT_THAT(
        complaint("users", "requests", Value::array({1})), HasSubstr("at /p/0: A row of Requests is 1"));
    EXPECT_THAT(complaint("users", "requests", Value::array()), HasSubstr("has 0 rows"));
}

}  // namespace
}  // namespace neph::test
