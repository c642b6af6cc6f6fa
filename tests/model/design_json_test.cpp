#include "sim/model/design_json.h"

#include <rapidcheck/gtest.h>

#include "sim/model/design_versions.h"
#include "tests/model/generators.h"
#include "tests/model/model_fixtures.h"

namespace neph::test {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* kShopText = R"({
  "format": "nephoscope",
  "version": 1,
  "minReader": 1,
  "name": "Shop",
  "runSeconds": 600,
  "nodes": [
    {
      "id": "users",
      "kind": "users",
      "position": {"x": 0, "y": 0}
    },
    {
      "id": "zone-a",
      "kind": "demo.zone",
      "position": {"x": 0, "y": 0},
      "size": {"x": 320, "y": 200.5}
    },
    {
      "id": "web",
      "kind": "demo.service",
      "name": "Web shop",
      "parent": "zone-a",
      "position": {"x": 40, "y": 60},
      "properties": {
        "replicas": 4,
        "spot": true
      }
    },
    {
      "id": "items",
      "kind": "demo.table",
      "position": {"x": 0, "y": 0}
    }
  ],
  "links": [
    {
      "id": "calls",
      "from": "users",
      "to": "web",
      "properties": {
        "share": 99.5
      }
    },
    {"id": "reads", "from": "web", "to": "items"}
  ]
}
)";

/// A design around one node, which has the given further fields.
std::string withNode(const std::string& fields)
{
    return R"({"format": "nephoscope", "version": 1, "nodes": [{"id": "a", "kind": "users")" + fields + "}]}";
}

TEST(ADesign, IsWrittenForPeopleToReadAndToCompareLineByLine)
{
    EXPECT_EQ(writeDesign(shopDesign()), kShopText);
}

TEST(ADesign, IsReadBackFromItsText)
{
    const LoadedDesign loaded = readDesign(kShopText);

    EXPECT_TRUE(loaded.readable);
    EXPECT_THAT(loaded.diagnostics, IsEmpty());
    EXPECT_EQ(loaded.design, shopDesign());
}

TEST(ADesign, KeepsTracesAsOnePointALine)
{
    Design design;
    design.traffic.push_back({"monday", {{0, 10}, {60, 20.5}}, Value::object()});

    EXPECT_THAT(
        writeDesign(design), HasSubstr("\"points\": [\n        [0, 10],\n        [60, 20.5]\n      ]"));
}

TEST(ADesign, KeepsUnknownFieldsOfEveryLevel)
{
    const std::string text = R"({"format": "nephoscope", "version": 1, "colour": "red",
        "nodes": [{"id": "a", "kind": "users", "tags": ["x"], "position": {"x": 1, "y": 2, "z": 3}}],
        "links": [{"id": "l", "from": "a", "to": "b", "width": 2}],
        "faults": [{"id": "f", "kind": "killTask", "target": "a", "why": "test"}],
        "traffic": [{"name": "t", "points": [[0, 1]], "zone": "UTC"}],
        "notes": [{"id": "n", "text": "hello", "bold": true}]})";
    const LoadedDesign loaded = readDesign(text);

    EXPECT_THAT(loaded.diagnostics, IsEmpty());
    const Value written = Value::parse(writeDesign(loaded.design));
    EXPECT_EQ(written["colour"], "red");
    EXPECT_EQ(written["nodes"][0]["tags"], Value({"x"}));
    EXPECT_EQ(written["nodes"][0]["position"]["z"], 3);
    EXPECT_EQ(written["links"][0]["width"], 2);
    EXPECT_EQ(written["faults"][0]["why"], "test");
    EXPECT_EQ(written["traffic"][0]["zone"], "UTC");
    EXPECT_EQ(written["notes"][0]["bold"], true);
}

TEST(ADesign, WritesEqualNumbersAlike)
{
    Design whole = shopDesign();
    Design real = shopDesign();
    whole.nodes[2].properties["replicas"] = 4;
    real.nodes[2].properties["replicas"] = 4.0;

    EXPECT_EQ(designDigest(whole), designDigest(real));
}

TEST(ADesign, HasADigestThatNamesItInReports)
{
    // FNV-1a of the text of an empty design, computed by hand elsewhere.
    EXPECT_EQ(designDigest(Design{}), "c43a4fddc265442b");
    EXPECT_NE(designDigest(shopDesign()), designDigest(Design{}));
}

RC_GTEST_PROP(AnyDesign, IsTheSameAfterWritingAndReading, ())
{
    const Design design = *anyDesign();
    const LoadedDesign loaded = readDesign(writeDesign(design));

    RC_ASSERT(loaded.readable);
    RC_ASSERT(textOf(loaded.diagnostics) == "");
    RC_ASSERT(loaded.design == design);
}

RC_GTEST_PROP(AnyDesign, HasOneTextOnly, ())
{
    const std::string text = writeDesign(*anyDesign());

    RC_ASSERT(writeDesign(readDesign(text).design) == text);
}

TEST(ADesignOfANewerVersion, OpensWithAWarningWhereItSaysThatWeCanReadIt)
{
    const std::string text =
        R"({"format": "nephoscope", "version": 7, "minReader": 1, "name": "x", "moods": [1]})";
    const LoadedDesign loaded = readDesign(text);

    EXPECT_TRUE(loaded.readable);
    EXPECT_THAT(
        loaded.diagnostics,
        ElementsAre(AllOf(
            Field(&Diagnostic::severity, Severity::Warning), Field(&Diagnostic::pointer, "/version"),
            Field(&Diagnostic::what, HasSubstr("newer version (7)")))));
}

TEST(ADesignOfANewerVersion, KeepsItsVersionSoThatItIsNotMigratedAgain)
{
    const std::string text = R"({"format": "nephoscope", "version": 7, "minReader": 1, "moods": [1]})";
    const Value written = Value::parse(writeDesign(readDesign(text).design));

    EXPECT_EQ(written["version"], 7);
    EXPECT_EQ(written["minReader"], 1);
    EXPECT_EQ(written["moods"], Value({1}));
}

TEST(ADesignOfANewerVersion, IsRefusedWhereItNeedsANewerReader)
{
    const LoadedDesign loaded = readDesign(R"({"format": "nephoscope", "version": 7, "minReader": 5})");

    EXPECT_FALSE(loaded.readable);
    EXPECT_THAT(textOf(loaded.diagnostics), AllOf(HasSubstr("newer Nephoscope"), HasSubstr("Update")));
}

TEST(ADesignOfAnOlderVersion, IsUpgradedStepByStep)
{
    Value document = {{"version", 3}, {"edges", 5}};
    const Migration steps[] = {
        {2, [](Value& old) { old["wrong"] = true; }},
        {3,
         [](Value& old) {
             old["links"] = old["edges"];
             old.erase("edges");
         }},
        {4, [](Value& old) { old["links"] = old["links"].get<int>() * 2; }}};

    EXPECT_EQ(migrate(document, 3, steps), 5);
    EXPECT_EQ(document, (Value{{"version", 5}, {"links", 10}}));
}

/// A text that is read, but with an error: its pointer and a part of what is said.
struct WrongText {
    const char* name;
    std::string text;
    std::string pointer;
    std::string said;
};

class AWrongText : public testing::TestWithParam<WrongText> {};

TEST_P(AWrongText, IsReadWithAnErrorThatNamesThePlace)
{
    const LoadedDesign loaded = readDesign(GetParam().text);

    EXPECT_TRUE(hasErrors(loaded.diagnostics));
    EXPECT_THAT(
        loaded.diagnostics, testing::Contains(AllOf(
                                Field(&Diagnostic::pointer, GetParam().pointer),
                                Field(&Diagnostic::what, HasSubstr(GetParam().said)))))
        << textOf(loaded.diagnostics);
}

// clang-format off
INSTANTIATE_TEST_SUITE_P(Design, AWrongText, testing::Values(
    WrongText{"NotAnObject",        "[1, 2]",                                                  "/format", "not a Nephoscope design"},
    WrongText{"OtherFormat",        R"({"format": "visio", "version": 1})",                    "/format", "not a Nephoscope design"},
    WrongText{"FormatOfWrongType",  R"({"format": 1, "version": 1})",                          "/format", "not a Nephoscope design"},
    WrongText{"NoVersion",          R"({"format": "nephoscope"})",                             "/version", "missing"},
    WrongText{"VersionZero",        R"({"format": "nephoscope", "version": 0})",               "/version", "0"},
    WrongText{"VersionIsText",      R"({"format": "nephoscope", "version": "1"})",             "/version", "\"1\""},
    WrongText{"VersionIsHuge",      R"({"format": "nephoscope", "version": 1e300})",           "/version", "1e+300"},
    WrongText{"NodesIsANumber",     R"({"format": "nephoscope", "version": 1, "nodes": 4})",   "/nodes", "'nodes' is 4"},
    WrongText{"NodeIsANumber",      R"({"format": "nephoscope", "version": 1, "nodes": [4]})", "/nodes/0", "4"},
    WrongText{"NameIsAList",        R"({"format": "nephoscope", "version": 1, "name": []})",   "/name", "a list"},
    WrongText{"RunIsText",          R"({"format": "nephoscope", "version": 1, "runSeconds": "long"})", "/runSeconds", "long"},
    WrongText{"NoKind",             R"({"format": "nephoscope", "version": 1, "nodes": [{"id": "a"}]})", "/nodes/0/kind", "missing"},
    WrongText{"NoId",               R"({"format": "nephoscope", "version": 1, "nodes": [{"kind": "a"}]})", "/nodes/0/id", "missing"},
    WrongText{"IdWithASlash",       R"({"format": "nephoscope", "version": 1, "nodes": [{"id": "a/b", "kind": "k"}]})", "/nodes/0/id", "a/b"},
    WrongText{"ParentIsNull",       withNode(R"(, "parent": null)"),                           "/nodes/0/parent", "null"},
    WrongText{"PositionIsAList",    withNode(R"(, "position": [1, 2])"),                       "/nodes/0/position", "a list"},
    WrongText{"XIsText",            withNode(R"(, "position": {"x": "left"})"),                "/nodes/0/position/x", "left"},
    WrongText{"PropertiesIsAList",  withNode(R"(, "properties": [])"),                         "/nodes/0/properties", "a list"},
    WrongText{"PropertyIsNull",     withNode(R"(, "properties": {"a/b": null})"),              "/nodes/0/properties/a~1b", "null"},
    WrongText{"DuplicateNodeId",    R"({"format": "nephoscope", "version": 1, "nodes": [{"id": "a", "kind": "k"}, {"id": "a", "kind": "k"}]})", "/nodes/1", "'a' is taken twice"},
    WrongText{"LinkNamedAsANode",   R"({"format": "nephoscope", "version": 1, "nodes": [{"id": "a", "kind": "k"}], "links": [{"id": "a", "from": "a", "to": "b"}]})", "/links/0", "'a' is taken twice"},
    WrongText{"LinkWithoutEnd",     R"({"format": "nephoscope", "version": 1, "links": [{"id": "a", "from": "a"}]})", "/links/0/to", "missing"},
    WrongText{"PointOfThree",       R"({"format": "nephoscope", "version": 1, "traffic": [{"name": "t", "points": [[1, 2, 3]]}]})", "/traffic/0/points/0", "no point"}),
    [](const auto& example) { return example.param.name; });
// clang-format on

TEST(AWrongDesign, IsReadAsFarAsItGoes)
{
    const LoadedDesign loaded = readDesign(
        R"({"format": "nephoscope", "version": 1, "name": 5, "nodes": [{"id": "a", "kind": "k"}]})");

    EXPECT_TRUE(loaded.readable);
    ASSERT_EQ(loaded.design.nodes.size(), 1u);
    EXPECT_EQ(loaded.design.nodes[0].kind, "k");
}

TEST(AWrongDesign, IsNotExplainedWithoutEnd)
{
    std::string nodes = "4";
    for (int i = 1; i < 1000; ++i) {
        nodes += ", 4";
    }
    const LoadedDesign loaded =
        readDesign(R"({"format": "nephoscope", "version": 1, "nodes": [)" + nodes + "]}");

    EXPECT_EQ(loaded.diagnostics.size(), DiagnosticSink::kMostDiagnostics + 1);
    EXPECT_THAT(loaded.diagnostics.back().what, HasSubstr("more"));
    EXPECT_EQ(loaded.diagnostics.back().severity, Severity::Error);
}

TEST(AWrongDesign, WithTooManyNodesNamesTheBound)
{
    Limits limits;
    limits.nodes = 1;
    const LoadedDesign loaded = readDesign(writeDesign(shopDesign()), limits);

    EXPECT_THAT(textOf(loaded.diagnostics), AllOf(HasSubstr("4 nodes"), HasSubstr("at most 1")));
}

}  // namespace
}  // namespace neph::test
