#include "sim/model/rules.h"

#include <ctime>

#include "tests/model/model_fixtures.h"

namespace neph::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;

Diagnostics check(const Design& design)
{
    return checkDesign(design, smallCatalog());
}

/// The one diagnostic of a design that has one thing wrong.
Diagnostic only(const Design& design)
{
    const Diagnostics found = check(design);
    EXPECT_EQ(found.size(), 1u) << textOf(found);
    return found.empty() ? Diagnostic{} : found.front();
}

TEST(ASoundDesign, RaisesNoRemark)
{
    EXPECT_THAT(check(shopDesign()), IsEmpty());
}

TEST(AnUnknownKind, IsAnErrorWithTheNearestName)
{
    Design design = shopDesign();
    design.nodes[3].kind = "demo.tabel";
    const Diagnostic found = only(design);

    EXPECT_EQ(found.severity, Severity::Error);
    EXPECT_EQ(found.pointer, "/nodes/3/kind");
    EXPECT_EQ(found.nodeId, "items");
    EXPECT_EQ(found.suggestion, "Did you mean 'demo.table'?");
}

TEST(ADanglingLink, IsAnErrorWithTheNearestNode)
{
    Design design = shopDesign();
    design.links.push_back(linkOf("logs", "web", "itemz"));
    const Diagnostic found = only(design);

    EXPECT_EQ(found.severity, Severity::Error);
    EXPECT_EQ(found.pointer, "/links/2/to");
    EXPECT_THAT(found.what, HasSubstr("'itemz', which is not in the design"));
    EXPECT_EQ(found.suggestion, "Did you mean 'items'?");
}

TEST(ALinkToItself, IsAnError)
{
    Design design = shopDesign();
    design.links.push_back(linkOf("loop", "web", "web"));

    EXPECT_EQ(only(design).what, "Web shop is linked to itself.");
}

TEST(ALinkThatIsThereAlready, IsAnError)
{
    Design design = shopDesign();
    design.links.push_back(linkOf("again", "web", "items"));

    EXPECT_EQ(only(design).what, "Web shop and items are linked twice.");
}

TEST(ALinkAgainstTheRules, SaysWhatIsPossibleInstead)
{
    Design design = shopDesign();
    design.links.push_back(linkOf("direct", "users", "items"));
    const Diagnostic found = only(design);

    EXPECT_EQ(found.severity, Severity::Error);
    EXPECT_EQ(found.what, "Users cannot connect to Table. It can connect to Service.");
}

TEST(AFrameThatIsNotThere, IsAnError)
{
    Design design = shopDesign();
    design.nodes[2].parent = "zone-b";
    const Diagnostic found = only(design);

    EXPECT_EQ(found.pointer, "/nodes/2/parent");
    EXPECT_EQ(found.suggestion, "Did you mean 'zone-a'?");
}

TEST(FramesInACircle, AreAnErrorOfEachOfThem)
{
    Design design = shopDesign();
    design.nodes.push_back(nodeOf("zone-b", "demo.zone", "zone-a"));
    design.nodes[1].parent = "zone-b";
    const Diagnostics found = check(design);

    ASSERT_EQ(found.size(), 2u) << textOf(found);
    EXPECT_EQ(found[0].what, "zone-a lies in itself.");
    EXPECT_EQ(found[1].what, "zone-b lies in itself.");
}

TEST(AFrameInItself, IsAnError)
{
    Design design = shopDesign();
    design.nodes[1].parent = "zone-a";

    EXPECT_EQ(only(design).what, "zone-a lies in itself.");
}

TEST(AComponentInTheWrongFrame, SaysWhereItMayLie)
{
    Design design = shopDesign();
    design.nodes[3].parent = "zone-a";
    const Diagnostic found = only(design);

    EXPECT_EQ(found.severity, Severity::Error);
    EXPECT_EQ(found.what, "Table cannot lie in Zone. It can lie in the canvas itself.");
}

TEST(AComponentInSomethingThatIsNoFrame, IsAnError)
{
    Design design = shopDesign();
    design.nodes[3].parent = "web";

    EXPECT_THAT(only(design).what, HasSubstr("Table cannot lie in Service"));
}

TEST(AValueOutOfRange, IsAnErrorAtItsProperty)
{
    Design design = shopDesign();
    design.nodes[2].properties["replicas"] = 1'000'000'000'000'000'000;
    const Diagnostic found = only(design);

    EXPECT_EQ(found.severity, Severity::Error);
    EXPECT_EQ(found.pointer, "/nodes/2/properties/replicas");
    EXPECT_EQ(found.nodeId, "web");
    EXPECT_EQ(found.allowed, "a whole number from 1 to 5000");
}

TEST(AnUnknownProperty, IsAWarningWithTheNearestName)
{
    Design design = shopDesign();
    design.nodes[2].properties["replcas"] = 3;
    const Diagnostic found = only(design);

    EXPECT_EQ(found.severity, Severity::Warning);
    EXPECT_EQ(found.suggestion, "Did you mean 'replicas'?");
}

TEST(PropertiesOfALink, AreCheckedByTheRuleOfTheLink)
{
    Design design = shopDesign();
    design.links[0].properties["share"] = 101;
    const Diagnostic found = only(design);

    EXPECT_EQ(found.pointer, "/links/0/properties/share");
    EXPECT_EQ(found.nodeId, "calls");
}

TEST(ATableThatNothingCalls, IsAWarning)
{
    Design design = shopDesign();
    design.links.pop_back();
    const Diagnostic found = only(design);

    EXPECT_EQ(found.severity, Severity::Warning);
    EXPECT_EQ(found.what, "Nothing calls this table.");
    EXPECT_EQ(found.nodeId, "items");
}

TEST(UsersWhoCallNothing, AreAWarning)
{
    Design design = shopDesign();
    design.links.erase(design.links.begin());

    EXPECT_THAT(only(design).what, HasSubstr("These users call nothing"));
}

TEST(ADesignWithoutUsers, IsToldThatNothingWillHappen)
{
    Design design;
    design.nodes = {nodeOf("web", "demo.service")};
    const Diagnostic found = only(design);

    EXPECT_EQ(found.severity, Severity::Warning);
    EXPECT_THAT(found.suggestion, HasSubstr("Users"));
}

TEST(AnEmptyDesign, IsToldWhereToBegin)
{
    EXPECT_THAT(only(Design{}).suggestion, HasSubstr("palette"));
}

TEST(AFault, MustStrikeSomething)
{
    Design design = shopDesign();
    design.faults.push_back({"f", "killTask", "wbe", 10, 0, {}, Value::object()});
    const Diagnostic found = only(design);

    EXPECT_EQ(found.pointer, "/faults/0/target");
    EXPECT_EQ(found.suggestion, "Did you mean 'web'?");
}

TEST(AFault, MustBeOfAKnownKind)
{
    Design design = shopDesign();
    design.faults.push_back({"f", "killTusk", "web", 10, 0, {}, Value::object()});

    EXPECT_EQ(only(design).suggestion, "Did you mean 'killTask'?");
}

TEST(AFault, AfterTheEndOfTheRunIsAWarning)
{
    Design design = shopDesign();
    design.faults.push_back({"f", "killTask", "web", 601, 0, {}, Value::object()});

    EXPECT_EQ(only(design).severity, Severity::Warning);
}

TEST(AFault, HasFiniteTimes)
{
    Design design = shopDesign();
    design.faults.push_back(
        {"f", "killTask", "web", 1, std::numeric_limits<double>::quiet_NaN(), {}, Value::object()});

    EXPECT_EQ(only(design).pointer, "/faults/0/forSeconds");
}

TEST(ATrace, AscendsInTime)
{
    Design design = shopDesign();
    design.traffic.push_back({"t", {{0, 1}, {60, 2}, {60, 3}}, Value::object()});

    EXPECT_EQ(only(design).pointer, "/traffic/0/points/2");
}

TEST(TheLengthOfARun, IsAPositiveNumber)
{
    for (const double wrong : {0.0, -1.0, 1e300, std::numeric_limits<double>::quiet_NaN()}) {
        Design design = shopDesign();
        design.runSeconds = wrong;
        EXPECT_EQ(only(design).pointer, "/runSeconds") << wrong;
    }
}

TEST(ALink, MayBeDrawnWhereTheRulesAllowIt)
{
    const Design design = shopDesign();
    const auto refusal = [&design](const char* from, const char* to) {
        return refusalOfLink(design, smallCatalog(), from, to);
    };

    EXPECT_EQ(refusal("items", "items"), "items cannot connect to itself.");
    EXPECT_EQ(refusal("web", "items"), "Web shop is connected to items already.");
    EXPECT_EQ(refusal("web", "users"), "Service cannot connect to Users. It can connect to Table.");
    EXPECT_EQ(refusal("items", "web"), "Table starts no connections; draw the link the other way round.");
    EXPECT_EQ(refusal("web", "nothing"), "'nothing' is not in the design.");

    Design unlinked = design;
    unlinked.links.clear();
    EXPECT_EQ(refusalOfLink(unlinked, smallCatalog(), "web", "items"), "");
}

TEST(AComponent, MayLieWhereTheRulesAllowIt)
{
    const Design design = shopDesign();

    EXPECT_EQ(refusalOfParent(design, smallCatalog(), "demo.service", "zone-a"), "");
    EXPECT_EQ(refusalOfParent(design, smallCatalog(), "demo.service", ""), "");
    EXPECT_EQ(
        refusalOfParent(design, smallCatalog(), "demo.table", "zone-a"),
        "Table cannot lie in Zone. It can lie in the canvas itself.");
    EXPECT_THAT(refusalOfParent(design, smallCatalog(), "demo.table", "x"), HasSubstr("not in the design"));
    EXPECT_THAT(refusalOfParent(design, smallCatalog(), "demo.x", ""), HasSubstr("no kind"));
}

TEST(TheValueInForce, IsTheOwnOneOrTheDefault)
{
    const KindSpec& service = *smallCatalog().find("demo.service");

    EXPECT_EQ(effectiveValue(service, {{"replicas", 7}}, "replicas"), 7);
    EXPECT_EQ(effectiveValue(service, {}, "replicas"), 2);
    EXPECT_TRUE(effectiveValue(service, {{"unknown", 1}}, "unknown").is_null());
    EXPECT_EQ(effectiveValue(*smallCatalog().linkRule("users", "demo.service"), {}, "share"), 100);
}

TEST(TheValueInForce, FillsTheRowsOfATable)
{
    const KindSpec& users = *smallCatalog().find("users");

    EXPECT_EQ(effectiveValue(users, {}, "requests"), (Value{{{"name", "read"}, {"weight", 1}}}));
}

TEST(ANewComponent, HasAFreeIdAndTheNameOfItsKind)
{
    Design design;
    design.nodes = {nodeOf("service", "demo.service"), nodeOf("service-3", "demo.service")};
    const Node node = newNode(design, *smallCatalog().find("demo.service"));

    EXPECT_EQ(node.id, "service-2");
    EXPECT_EQ(node.kind, "demo.service");
    EXPECT_EQ(node.name, "Service");
    EXPECT_THAT(node.properties, IsEmpty());
}

TEST(AFreeId, IsValidWhateverItIsMadeFrom)
{
    EXPECT_EQ(Design{}.freeId("Web server/1"), "Web-server-1");
    EXPECT_EQ(Design{}.freeId(""), "item");
    EXPECT_EQ(Design{}.freeId(std::string(500, 'x')).size(), 48u);
}

TEST(ADesign, FindsTheFrameOfAKindThatANodeLiesIn)
{
    Design design = shopDesign();

    ASSERT_NE(design.ancestorOfKind("web", "demo.zone"), nullptr);
    EXPECT_EQ(design.ancestorOfKind("web", "demo.zone")->id, "zone-a");
    EXPECT_EQ(design.ancestorOfKind("items", "demo.zone"), nullptr);

    design.nodes[1].parent = "zone-a";
    EXPECT_EQ(design.ancestorOfKind("web", "users"), nullptr);
}

TEST(AHugeDesignFullOfMistakes, IsCheckedInASecond)
{
    Design design;
    for (int i = 0; i < 50'000; ++i) {
        const std::string id = "node-" + std::to_string(i);
        design.nodes.push_back(nodeOf(id, "demo.zone", "node-" + std::to_string(i + 1)));
        design.nodes.back().properties["unknown"] = i;
        design.links.push_back(linkOf("link-" + std::to_string(i), id, "nobody-" + std::to_string(i)));
    }
    const std::clock_t start = std::clock();
    const Diagnostics found = check(design);
    const std::clock_t taken = std::clock() - start;

    EXPECT_TRUE(hasErrors(found));
    EXPECT_LE(found.size(), DiagnosticSink::kMostDiagnostics + 1);
    EXPECT_LT(taken, CLOCKS_PER_SEC);
}

}  // namespace
}  // namespace neph::test
