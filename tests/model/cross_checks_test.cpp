#include "sim/model/cross_checks.h"

#include "sim/model/call_graph.h"
#include "sim/model/limits.h"
#include "tests/model/model_fixtures.h"

namespace neph::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/// Services in a Region and a VPC, by id.
Design services(const std::vector<std::string>& ids)
{
    Design design;
    design.nodes = {nodeOf("region", "aws.region"), nodeOf("vpc", "aws.vpc", "region")};
    for (const std::string& id : ids) {
        design.nodes.push_back(nodeOf(id, "aws.ecs.fargate_service", "vpc"));
    }
    return design;
}

void connect(Design& design, const std::string& from, const std::string& to)
{
    design.links.push_back(linkOf(from + "-" + to, from, to));
}

/// What is wrong with a design, warnings of its incompleteness aside.
Diagnostics errorsOf(const Design& design)
{
    Diagnostics found = checkDesign(design, Catalog::builtIn());
    std::erase_if(found, [](const Diagnostic& one) { return one.severity != Severity::Error; });
    return found;
}

/// The one diagnostic that points there.
Diagnostic at(const Design& design, const std::string& pointer)
{
    for (Diagnostic& one : checkDesign(design, Catalog::builtIn())) {
        if (one.pointer == pointer) {
            return one;
        }
    }
    ADD_FAILURE() << "nothing is said about " << pointer;
    return {};
}

Design withProperty(const std::string& kind, const std::string& parent, Properties properties)
{
    Design design = services({});
    design.nodes.push_back(nodeOf("it", kind, parent));
    design.nodes.back().properties = std::move(properties);
    return design;
}

TEST(ARingOfCalls, IsOneErrorThatNamesTheWayRound)
{
    Design design = services({"orders", "stock"});
    connect(design, "orders", "stock");
    connect(design, "stock", "orders");
    const Diagnostics found = errorsOf(design);

    ASSERT_EQ(found.size(), 1u) << textOf(found);
    EXPECT_EQ(found[0].pointer, "/links/1");
    EXPECT_EQ(found[0].nodeId, "stock-orders");
    EXPECT_THAT(found[0].what, HasSubstr("orders → stock → orders is a ring of calls"));
    EXPECT_THAT(found[0].suggestion, HasSubstr("Remove one link of the ring"));
}

TEST(ARingOfCalls, IsFoundBehindChainsAndBesideOthers)
{
    Design design = services({"a", "b", "c", "d", "e", "f", "g"});
    for (const auto& [from, to] :
         {std::pair{"a", "b"}, {"b", "c"}, {"c", "d"}, {"d", "b"}, {"d", "g"}, {"e", "f"}, {"f", "e"}}) {
        connect(design, from, to);
    }

    EXPECT_THAT(
        CallGraph(design, Catalog::builtIn()).rings(), ElementsAre(ElementsAre(1, 2, 3), ElementsAre(5, 6)));
}

TEST(ALinkThatWouldCloseARing, IsRefusedWithTheReason)
{
    Design design = services({"a", "b", "c"});
    connect(design, "a", "b");
    connect(design, "b", "c");

    EXPECT_THAT(
        refusalOfLink(design, Catalog::builtIn(), "c", "a"),
        HasSubstr("calls c already, directly or through"));
    EXPECT_EQ(refusalOfLink(design, Catalog::builtIn(), "a", "c"), "");
}

TEST(CallsThatMeetAgain, AreNoRing)
{
    Design design = services({"a", "b", "c", "d"});
    for (const auto& [from, to] : {std::pair{"a", "b"}, {"a", "c"}, {"b", "d"}, {"c", "d"}}) {
        connect(design, from, to);
    }

    EXPECT_THAT(errorsOf(design), IsEmpty());
    EXPECT_EQ(CallGraph(design, Catalog::builtIn()).longestChain(), 2u);
}

TEST(AChainOfCalls, MayBeLongButNotEndless)
{
    std::vector<std::string> ids;
    for (std::size_t i = 0; i < Limits{}.callDepth + 2; ++i) {
        ids.push_back("s" + std::to_string(i));
    }
    Design design = services(ids);
    for (std::size_t i = 0; i + 2 < ids.size(); ++i) {
        connect(design, ids[i], ids[i + 1]);
    }
    EXPECT_THAT(errorsOf(design), IsEmpty());

    connect(design, ids[ids.size() - 2], ids.back());
    EXPECT_THAT(at(design, "/links").what, HasSubstr("passed on 501 times in a row"));
}

TEST(ADesignThatNoRunCarries, IsRefused)
{
    Design design;
    for (std::size_t i = 0; i <= Limits{}.nodesInARun; ++i) {
        design.nodes.push_back(nodeOf("n" + std::to_string(i), "users"));
    }

    EXPECT_THAT(at(design, "/nodes").what, HasSubstr("request classes"));
    EXPECT_THAT(textOf(errorsOf(design)), HasSubstr("There are 10001 components."));
}

TEST(ATaskSize, IsOneOfTheValidPairs)
{
    const Design design =
        withProperty("aws.ecs.fargate_service", "vpc", {{"cpu", "0.25"}, {"memoryMiB", 4096}});
    const Diagnostic found = at(design, "/nodes/2/properties/memoryMiB");

    EXPECT_EQ(found.severity, Severity::Error);
    EXPECT_EQ(found.what, "Memory per task is 4096, with CPU per task of \"0.25\".");
    EXPECT_EQ(found.allowed, "one of [512,1024,2048]");
    EXPECT_THAT(found.suggestion, HasSubstr("No Fargate configuration exists for given values"));
}

TEST(ASlowStart, IsOffOrAtLeastHalfAMinute)
{
    const Diagnostic found =
        at(withProperty("aws.alb", "vpc", {{"slowStart", 10}}), "/nodes/2/properties/slowStart");

    EXPECT_EQ(found.severity, Severity::Error);
    EXPECT_EQ(found.allowed, "a number: 0, or from 30 to 900 (in s)");
    for (const int allowed : {0, 30, 900}) {
        EXPECT_THAT(errorsOf(withProperty("aws.alb", "vpc", {{"slowStart", allowed}})), IsEmpty());
    }
}

TEST(AHealthCheck, TimesOutBeforeTheNextOne)
{
    const Design design = withProperty("aws.alb", "vpc", {{"healthTimeout", 30}, {"healthInterval", 30}});

    EXPECT_EQ(at(design, "/nodes/2/properties/healthTimeout").allowed, "less than 30");
}

TEST(TheBoundsOfScaling, HoldOnlyWhereItScales)
{
    const Properties bounds{{"minCount", 8}, {"maxCount", 4}};
    EXPECT_THAT(errorsOf(withProperty("aws.ecs.fargate_service", "vpc", bounds)), IsEmpty());

    Properties scaling = bounds;
    scaling["autoscaling"] = "cpu";
    const Design design = withProperty("aws.ecs.fargate_service", "vpc", scaling);
    EXPECT_EQ(at(design, "/nodes/2/properties/minCount").allowed, "at most 4");
}

TEST(ANameInAProperty, ThatIsNotInTheDesignIsToldWithTheNearest)
{
    Design design = services({"web", "stock"});
    design.nodes.push_back(nodeOf("people", "users"));
    connect(design, "people", "web");
    connect(design, "web", "stock");
    design.links.back().properties["classes"] = "browse, ordr";
    design.nodes[2].properties["deployImage"] = "next";
    const Diagnostic unknownClass = at(design, "/links/1/properties/classes");
    const Diagnostic unknownImage = at(design, "/nodes/2/properties/deployImage");

    EXPECT_EQ(unknownClass.severity, Severity::Warning);
    EXPECT_THAT(unknownClass.what, HasSubstr("names 'ordr', which is not in the design and is ignored."));
    EXPECT_EQ(unknownClass.suggestion, "Did you mean 'order'?");
    EXPECT_THAT(unknownImage.what, HasSubstr("names 'next'"));
    EXPECT_EQ(unknownImage.allowed, "there is none yet");
}

TEST(ALoadByTrace, NeedsATrace)
{
    Design design = services({});
    design.nodes.push_back(nodeOf("people", "users"));
    design.nodes.back().properties = {{"load", "trace"}};

    EXPECT_THAT(at(design, "/nodes/2/properties/trace").suggestion, HasSubstr("Import a trace"));
}

}  // namespace
}  // namespace neph::test
