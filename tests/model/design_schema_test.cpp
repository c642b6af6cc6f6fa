#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validator.hpp>

#include "sim/model/design_json.h"
#include "tests/model/model_fixtures.h"

namespace neph::test {
namespace {

/// What an independent validator says to `document` by our schema.
bool isValid(const Value& document)
{
    static const valijson::Schema& schema = [] {
        static valijson::Schema parsed;
        const Value text = designSchema(smallCatalog());
        valijson::SchemaParser(valijson::SchemaParser::kDraft7)
            .populateSchema(valijson::adapters::NlohmannJsonAdapter(text), parsed);
        return std::cref(parsed);
    }();
    valijson::Validator validator;
    return validator.validate(schema, valijson::adapters::NlohmannJsonAdapter(document), nullptr);
}

Value shop()
{
    return Value::parse(writeDesign(shopDesign()));
}

TEST(TheSchema, AcceptsWhatWeWrite)
{
    Design design = shopDesign();
    design.faults.push_back({"f", "killTask", "web", 10, 5, {{"count", 1}}, Value::object()});
    design.traffic.push_back({"t", {{0, 1}, {60, 2}}, Value::object()});
    design.notes.push_back({"n", "hello", {1, 2}, Value::object()});
    design.nodes[0].properties["requests"] = {{{"name", "a"}, {"weight", 2}}};

    EXPECT_TRUE(isValid(Value::parse(writeDesign(design))));
    EXPECT_TRUE(isValid(Value::parse(writeDesign(Design{}))));
}

TEST(TheSchema, AcceptsFieldsOfANewerVersion)
{
    Value document = shop();
    document["colour"] = "red";
    document["nodes"][0]["tags"] = {1, 2};

    EXPECT_TRUE(isValid(document));
}

/// A change that makes a valid design invalid.
struct Spoiled {
    const char* name;
    const char* pointer;
    Value value;
};

class TheSchemaRefuses : public testing::TestWithParam<Spoiled> {};

TEST_P(TheSchemaRefuses, ADesignWith)
{
    Value document = shop();
    ASSERT_TRUE(isValid(document));
    document[Value::json_pointer(GetParam().pointer)] = GetParam().value;

    EXPECT_FALSE(isValid(document));
}

// clang-format off
INSTANTIATE_TEST_SUITE_P(Design, TheSchemaRefuses, testing::Values(
    Spoiled{"AnotherFormat",        "/format", "visio"},
    Spoiled{"NoWholeVersion",       "/version", 1.5},
    Spoiled{"ARunOfNoTime",         "/runSeconds", 0},
    Spoiled{"NodesThatAreNoList",   "/nodes", Value::object()},
    Spoiled{"AnUnknownKind",        "/nodes/0/kind", "demo.tabel"},
    Spoiled{"AnIdWithASlash",       "/nodes/0/id", "a/b"},
    Spoiled{"APositionThatIsAList", "/nodes/0/position", {1, 2}},
    Spoiled{"TooManyReplicas",      "/nodes/2/properties/replicas", 1'000'000'000'000'000'000},
    Spoiled{"HalfAReplica",         "/nodes/2/properties/replicas", 2.5},
    Spoiled{"ANumberForABool",      "/nodes/2/properties/spot", 1},
    Spoiled{"AnUnknownChoice",      "/nodes/0/properties", {{"pattern", "wave"}}},
    Spoiled{"TooManyRows",          "/nodes/0/properties", {{"requests", {{{"name", "a"}}, {{"name", "b"}}, {{"name", "c"}}, {{"name", "d"}}}}}},
    Spoiled{"ARowWithAWrongCell",   "/nodes/0/properties", {{"requests", {{{"weight", 0}}}}}},
    Spoiled{"ALinkWithoutEnds",     "/links/0", {{"id", "a"}}},
    Spoiled{"AnUnknownFault",       "/faults", {{{"id", "f"}, {"kind", "flood"}, {"target", "web"}}}},
    Spoiled{"APointOfThree",        "/traffic", {{{"name", "t"}, {"points", {{1, 2, 3}}}}}}),
    [](const auto& example) { return example.param.name; });
// clang-format on

TEST(TheSchema, SaysWhatAPropertyIsFor)
{
    const Value schema = designSchema(smallCatalog());
    const Value& grace = schema["definitions"]["demo.service"]["properties"]["grace"];

    EXPECT_EQ(grace["title"], "Grace period");
    EXPECT_EQ(grace["description"], "Before health counts. Unit: s.");
    EXPECT_EQ(grace["default"], 60);
    EXPECT_EQ(grace["minimum"], 0);
}

}  // namespace
}  // namespace neph::test
