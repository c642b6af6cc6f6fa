#include "sim/model/json_text.h"

#include <ctime>
#include <random>

#include "sim/model/design_json.h"
#include "tests/model/model_fixtures.h"

namespace neph::test {
namespace {

using testing::HasSubstr;

std::string repeated(const std::string& text, std::size_t times)
{
    std::string all;
    all.reserve(text.size() * times);
    for (std::size_t i = 0; i < times; ++i) {
        all += text;
    }
    return all;
}

/// A text that is no JSON we accept, and a part of the one sentence that says why.
struct BadText {
    const char* name;
    std::string text;
    std::string said;
};

class BadJson : public testing::TestWithParam<BadText> {};

TEST_P(BadJson, IsRefusedInASecondWithTheReason)
{
    const std::clock_t start = std::clock();
    const ParsedJson parsed = parseJson(GetParam().text);
    const std::clock_t taken = std::clock() - start;

    EXPECT_FALSE(parsed.ok);
    EXPECT_THAT(textOf(parsed.diagnostics), HasSubstr(GetParam().said));
    EXPECT_LT(taken, CLOCKS_PER_SEC);
}

// clang-format off
INSTANTIATE_TEST_SUITE_P(Text, BadJson, testing::Values(
    BadText{"Nothing",           "",                                     "empty"},
    BadText{"OnlySpace",         " \n\t ",                               "empty"},
    BadText{"ByteOrderMarkOnly", "\xEF\xBB\xBF",                         "empty"},
    BadText{"Prose",             "Dear simulator,",                      "not JSON at line 1, column 1"},
    BadText{"Truncated",         "{\"a\": [1, 2",                        "cut off"},
    BadText{"TruncatedText",     "{\"a\": \"b",                          "cut off"},
    BadText{"SecondLine",        "{\n  \"a\": 1,\n  b: 2\n}",            "line 3, column 3"},
    BadText{"ColumnInLetters",   "{\"äöü\": x}",                         "line 1, column 9"},
    BadText{"TwoDocuments",      "{} {}",                                "not JSON at line 1, column 4"},
    BadText{"TrailingComma",     "[1, 2,]",                              "not JSON"},
    BadText{"NotANumber",        "[NaN]",                                "not JSON"},
    BadText{"Infinity",          "[Infinity]",                           "not JSON"},
    BadText{"TooLargeANumber",   "{\"a\": [0, 1e999]}",                  "at /a/1: The number 1e999 is too large"},
    BadText{"NotUtf8",           "{\"a\": \"\xFF\xFE\"}",                "not UTF-8"},
    BadText{"HalfACharacter",    "{\"a\": \"\xC3",                       "UTF-8"},
    BadText{"LoneSurrogate",     "{\"a\": \"\\uD800\"}",                 "not JSON"},
    BadText{"Utf16",             std::string("\xFF\xFE{\0}\0", 6),       "UTF-16"},
    BadText{"ZeroBytes",         std::string(100, '\0'),                 "zero byte"},
    BadText{"ZeroBytesAtTheEnd", std::string("{}\n\0\0", 5),            "line 2, column 1 stands a zero byte"},
    BadText{"FieldTwice",        R"({"x": [{"a": 1, "b": 2, "a": 3}]})", "at /x/0/a: This field is given twice"},
    BadText{"DeepLists",         std::string(1'000'000, '['),            "at most 64 levels"},
    BadText{"DeepObjects",       repeated("{\"a\":", 1'000'000),         "at most 64 levels"},
    BadText{"LongText",          "[\"" + std::string(2'000'000, 'x') + "\"]", "at most 1048576 bytes"},
    BadText{"LongKey",           "{\"" + std::string(2'000'000, 'x') + "\": 1}", "at most 1048576 bytes"},
    BadText{"LongNumber",        "[" + std::string(2'000'000, '9') + "]", "too large"},
    BadText{"TooLargeAFile",     std::string((64u << 20) + 1, ' '),      "at most 67108864 bytes"}),
    [](const auto& example) { return example.param.name; });
// clang-format on

TEST(Json, WithMoreValuesThanTheBoundIsRefused)
{
    Limits limits;
    limits.values = 100;

    EXPECT_TRUE(parseJson("[" + repeated("1,", 98) + "1]", limits).ok);
    EXPECT_THAT(
        textOf(parseJson("[" + repeated("1,", 99) + "1]", limits).diagnostics), HasSubstr("at most 100"));
}

TEST(Json, IsReadDownToTheDeepestLevelThatIsAllowed)
{
    EXPECT_TRUE(parseJson(std::string(64, '[') + std::string(64, ']')).ok);
    EXPECT_FALSE(parseJson(std::string(65, '[') + std::string(65, ']')).ok);
}

TEST(Json, WithAByteOrderMarkIsReadAndToldOf)
{
    const ParsedJson parsed = parseJson("\xEF\xBB\xBF{\"a\": 1}");

    EXPECT_TRUE(parsed.ok);
    EXPECT_EQ(parsed.value["a"], 1);
    EXPECT_THAT(textOf(parsed.diagnostics), HasSubstr("byte-order mark"));
}

TEST(Json, MayRepeatAFieldInAnotherObject)
{
    EXPECT_TRUE(parseJson(R"([{"a": 1}, {"a": {"a": 2}}])").ok);
}

TEST(Json, OfRandomDamageIsReadOrRefusedButNeverBreaksTheProgram)
{
    const std::string whole = writeDesign(shopDesign());
    std::mt19937 random(7);
    int refused = 0;
    for (int round = 0; round < 3000; ++round) {
        std::string text = whole;
        for (int damage = 1 + static_cast<int>(random() % 3); damage > 0; --damage) {
            const std::size_t place = random() % text.size();
            if (random() % 4 == 0) {
                text.erase(place, 1 + random() % 20);
            } else {
                text[place] = static_cast<char>(random() % 256);
            }
        }
        const LoadedDesign loaded = readDesign(text);
        refused += loaded.readable ? 0 : 1;
        EXPECT_TRUE(loaded.readable || !loaded.diagnostics.empty());
        checkDesign(loaded.design, smallCatalog());
        if (loaded.readable && !hasErrors(loaded.diagnostics)) {
            EXPECT_EQ(readDesign(writeDesign(loaded.design)).design, loaded.design) << text;
        }
    }
    EXPECT_GT(refused, 500);
}

TEST(Json, CutAtAnyByteIsRefused)
{
    const std::string whole = writeDesign(shopDesign());
    for (std::size_t length = 0; length + 2 < whole.size(); ++length) {
        const LoadedDesign loaded = readDesign(whole.substr(0, length));
        EXPECT_FALSE(loaded.readable) << length;
        EXPECT_TRUE(hasErrors(loaded.diagnostics)) << length;
    }
}

TEST(APointer, EscapesWhatWouldMeanAStep)
{
    EXPECT_EQ(pointerTo("/a", "b/c~d"), "/a/b~1c~0d");
    EXPECT_EQ(pointerTo("", 3), "/3");
}

TEST(AValueInASentence, IsShort)
{
    EXPECT_EQ(briefText(Value("x")), "\"x\"");
    EXPECT_EQ(briefText(Value::object()), "an object");
    EXPECT_LT(briefText(Value(std::string(1000, 'x'))).size(), 70u);
}

TEST(TheNearestWord, IsFoundByItsLetters)
{
    const std::vector<std::string> words{"aws.dynamodb", "aws.ecs", "users"};

    EXPECT_EQ(nearest("aws.dynamdb", words), "aws.dynamodb");
    EXPECT_EQ(nearest("uesrs", words), "users");
    EXPECT_EQ(nearest("kubernetes", words), "");
    EXPECT_EQ(nearest("", words), "");
}

}  // namespace
}  // namespace neph::test
