#include "sim/model/edit.h"

#include <rapidcheck/gtest.h>

#include <cmath>
#include <limits>

#include "sim/model/design_json.h"
#include "tests/model/generators.h"
#include "tests/model/model_fixtures.h"

namespace neph::test {
namespace {

using testing::HasSubstr;

/// Applies an edit that must be possible, and returns its inverse.
Edit applyTo(Design& design, const Edit& edit)
{
    Result<Edit> inverse = applyEdit(design, edit);
    if (!inverse) {
        ADD_FAILURE() << inverse.error().where << ": " << inverse.error().what;
        return Edit{EditGroup{}};
    }
    return std::move(*inverse);
}

/// The error of an edit that must be refused, and must then have changed nothing.
ErrorCode refusalOf(const Edit& edit)
{
    Design design = shopDesign();
    const Result<Edit> inverse = applyEdit(design, edit);
    EXPECT_EQ(design, shopDesign());
    if (inverse) {
        ADD_FAILURE() << "applied: " << toJson(edit);
        return ErrorCode::CannotRead;
    }
    EXPECT_FALSE(inverse.error().what.empty());
    return inverse.error().code;
}

TEST(AddingANode, PutsItAtItsPlaceInTheDrawingOrder)
{
    Design design = shopDesign();
    applyTo(design, {AddNode{nodeOf("first", "demo.table"), 0}});
    applyTo(design, {AddNode{nodeOf("last", "demo.table")}});

    EXPECT_EQ(design.nodes.front().id, "first");
    EXPECT_EQ(design.nodes.back().id, "last");
}

TEST(AddingANode, IsRefusedWhereItsIdOrItsFrameIsWrong)
{
    EXPECT_EQ(refusalOf({AddNode{nodeOf("web", "demo.table")}}), ErrorCode::Invalid);
    EXPECT_EQ(refusalOf({AddNode{nodeOf("calls", "demo.table")}}), ErrorCode::Invalid);
    EXPECT_EQ(refusalOf({AddNode{nodeOf("", "demo.table")}}), ErrorCode::Invalid);
    EXPECT_EQ(refusalOf({AddNode{nodeOf("a b", "demo.table")}}), ErrorCode::Invalid);
    EXPECT_EQ(refusalOf({AddNode{nodeOf(std::string(65, 'x'), "demo.table")}}), ErrorCode::Invalid);
    EXPECT_EQ(refusalOf({AddNode{nodeOf("x", "")}}), ErrorCode::Invalid);
    EXPECT_EQ(refusalOf({AddNode{nodeOf("x", "demo.table", "nowhere")}}), ErrorCode::NotFound);
}

TEST(AddingANode, IsRefusedWhereAFileCouldNotHoldIt)
{
    Node node = nodeOf("x", "demo.table");
    node.position.x = std::numeric_limits<double>::infinity();
    EXPECT_EQ(refusalOf({AddNode{node}}), ErrorCode::Invalid);

    node = nodeOf("x", "demo.table");
    node.name = "\xFF";
    EXPECT_EQ(refusalOf({AddNode{node}}), ErrorCode::Invalid);

    node = nodeOf("x", "demo.table");
    node.properties["cpu"] = Value();
    EXPECT_EQ(refusalOf({AddNode{node}}), ErrorCode::Invalid);
}

TEST(RemovingANode, TakesItsContentsItsLinksAndItsFaultsAlong)
{
    Design design = shopDesign();
    design.faults = {
        {"f1", "killTask", "web", 1, 0, {}, Value::object()},
        {"f2", "throttle", "items", 1, 0, {}, Value::object()}};
    applyTo(design, {RemoveNode{"zone-a"}});

    EXPECT_EQ(design.node("web"), nullptr);
    EXPECT_EQ(design.nodes.size(), 2u);
    EXPECT_TRUE(design.links.empty());
    ASSERT_EQ(design.faults.size(), 1u);
    EXPECT_EQ(design.faults[0].id, "f2");
}

TEST(RemovingANode, IsTakenBackExactly)
{
    Design design = shopDesign();
    const Edit inverse = applyTo(design, {RemoveNode{"zone-a"}});
    applyTo(design, inverse);

    EXPECT_EQ(design, shopDesign());
}

TEST(RemovingANode, IsTakenBackAlsoWhereTheDesignWasBroken)
{
    Design broken = shopDesign();
    broken.nodes[1].parent = "zone-b";
    broken.nodes.insert(broken.nodes.begin(), nodeOf("zone-b", "demo.zone", "zone-a"));
    broken.links.push_back(linkOf("dangling", "web", "nowhere"));
    Design design = broken;

    const Edit node = applyTo(design, {RemoveNode{"zone-a"}});
    applyTo(design, node);
    EXPECT_EQ(design, broken);

    const Edit link = applyTo(design, {RemoveLink{"dangling"}});
    applyTo(design, link);
    EXPECT_EQ(design, broken);

    const Edit place = applyTo(design, {PlaceNode{"zone-a", "", {}, {}}});
    applyTo(design, place);
    EXPECT_EQ(design, broken);
}

TEST(AddingALink, NeedsBothItsEnds)
{
    EXPECT_EQ(refusalOf({AddLink{linkOf("x", "web", "nowhere")}}), ErrorCode::NotFound);
    EXPECT_EQ(refusalOf({AddLink{linkOf("x", "nowhere", "web")}}), ErrorCode::NotFound);
    EXPECT_EQ(refusalOf({AddLink{linkOf("web", "users", "web")}}), ErrorCode::Invalid);
}

TEST(AProperty, IsSetOnANodeAndOnALink)
{
    Design design = shopDesign();
    applyTo(design, {SetProperty{"web", "replicas", 9}});
    applyTo(design, {SetProperty{"calls", "share", 50}});

    EXPECT_EQ(design.node("web")->properties.at("replicas"), 9);
    EXPECT_EQ(design.link("calls")->properties.at("share"), 50);
}

TEST(AProperty, IsRemovedByANullSoThatTheDefaultHolds)
{
    Design design = shopDesign();
    const Edit inverse = applyTo(design, {SetProperty{"web", "replicas", Value()}});
    EXPECT_FALSE(design.node("web")->properties.contains("replicas"));

    applyTo(design, inverse);
    EXPECT_EQ(design, shopDesign());
}

TEST(AProperty, IsRefusedWhereAFileCouldNotHoldIt)
{
    const double infinity = std::numeric_limits<double>::infinity();
    Value deep = 1;
    for (int level = 0; level < 100; ++level) {
        deep = Value::array({deep});
    }

    EXPECT_EQ(refusalOf({SetProperty{"web", "x", infinity}}), ErrorCode::Invalid);
    EXPECT_EQ(refusalOf({SetProperty{"web", "x", {{"a", {1, -infinity}}}}}), ErrorCode::Invalid);
    EXPECT_EQ(refusalOf({SetProperty{"web", "x", "\xC3"}}), ErrorCode::Invalid);
    EXPECT_EQ(refusalOf({SetProperty{"web", "", 1}}), ErrorCode::Invalid);
    EXPECT_EQ(refusalOf({SetProperty{"web", "x", deep}}), ErrorCode::Invalid);
    EXPECT_EQ(refusalOf({SetProperty{"nobody", "x", 1}}), ErrorCode::NotFound);
}

TEST(PlacingANode, IsRefusedWhereAFrameWouldLieInItself)
{
    Design design = shopDesign();
    applyTo(design, {AddNode{nodeOf("zone-b", "demo.zone", "zone-a")}});

    EXPECT_FALSE(applyEdit(design, {PlaceNode{"zone-a", "zone-b", {}, {}}}));
    EXPECT_FALSE(applyEdit(design, {PlaceNode{"zone-a", "zone-a", {}, {}}}));
    EXPECT_EQ(refusalOf({PlaceNode{"web", "nowhere", {}, {}}}), ErrorCode::NotFound);
    EXPECT_EQ(refusalOf({PlaceNode{"web", "", {0, std::nan("")}, {}}}), ErrorCode::Invalid);
}

TEST(WhatIsNotThere, CannotBeRemovedOrRenamed)
{
    EXPECT_EQ(refusalOf({RemoveNode{"x"}}), ErrorCode::NotFound);
    EXPECT_EQ(refusalOf({RemoveLink{"x"}}), ErrorCode::NotFound);
    EXPECT_EQ(refusalOf({RemoveFault{"x"}}), ErrorCode::NotFound);
    EXPECT_EQ(refusalOf({RemoveTrace{"x"}}), ErrorCode::NotFound);
    EXPECT_EQ(refusalOf({RemoveNote{"x"}}), ErrorCode::NotFound);
    EXPECT_EQ(refusalOf({RenameNode{"x", "y"}}), ErrorCode::NotFound);
}

TEST(AGroupOfEdits, IsAppliedWhollyOrNotAtAll)
{
    const EditGroup group{{
        Edit{RenameNode{"web", "Other"}},
        Edit{RemoveNode{"zone-a"}},
        Edit{AddNode{nodeOf("new", "demo.table")}},
        Edit{RemoveNode{"nobody"}},
    }};

    EXPECT_EQ(refusalOf({group}), ErrorCode::NotFound);
}

TEST(TwoEdits, AreOneStepWhereTheyChangeTheSame)
{
    const Edit replicas{SetProperty{"web", "replicas", 1}};
    const Edit spot{SetProperty{"web", "spot", true}};
    const Edit here{PlaceNode{"web", "", {1, 1}, {}}};
    const Edit there{PlaceNode{"web", "", {2, 2}, {}}};
    const Edit other{PlaceNode{"items", "", {2, 2}, {}}};

    EXPECT_TRUE(sameTarget(replicas, Edit{SetProperty{"web", "replicas", 2}}));
    EXPECT_FALSE(sameTarget(replicas, spot));
    EXPECT_TRUE(sameTarget(here, there));
    EXPECT_FALSE(sameTarget(here, other));
    EXPECT_FALSE(sameTarget(here, replicas));
    EXPECT_TRUE(sameTarget(Edit{EditGroup{{here, other}}}, Edit{EditGroup{{there, other}}}));
    EXPECT_FALSE(sameTarget(Edit{EditGroup{{here, other}}}, Edit{EditGroup{{there}}}));
    EXPECT_FALSE(sameTarget(Edit{RemoveNode{"web"}}, Edit{RemoveNode{"web"}}));
}

TEST(AnEditAsJson, IsForPeopleToReadInAScript)
{
    EXPECT_EQ(
        toJson({SetProperty{"web", "replicas", 3}}),
        Value::parse(R"({"do": "setProperty", "id": "web", "key": "replicas", "value": 3})"));
    EXPECT_EQ(
        toJson({AddLink{linkOf("l", "a", "b"), 2}}),
        Value::parse(R"({"do": "addLink", "link": {"id": "l", "from": "a", "to": "b"}, "index": 2})"));
}

TEST(AnEditAsJson, ThatIsWrongIsRefusedWithItsPlace)
{
    const auto refusal = [](const char* text) {
        const Result<Edit> edit = editFromJson(Value::parse(text));
        return edit ? std::string("accepted") : edit.error().where + ": " + edit.error().what;
    };

    EXPECT_THAT(refusal("3"), HasSubstr("3"));
    EXPECT_THAT(refusal("{}"), HasSubstr("/do"));
    EXPECT_THAT(refusal(R"({"do": "adNode"})"), HasSubstr("There is no edit 'adNode'"));
    EXPECT_THAT(refusal(R"({"do": "addNode"})"), HasSubstr("/node: "));
    EXPECT_THAT(refusal(R"({"do": "removeNode", "id": 4})"), HasSubstr("/id: "));
    EXPECT_THAT(refusal(R"({"do": "removeNode", "id": "a", "di": 1})"), HasSubstr("/di: "));
    EXPECT_THAT(refusal(R"({"do": "group", "edits": [{"do": "removeNote"}]})"), HasSubstr("/edits/0/id: "));
    EXPECT_THAT(
        refusal(R"({"do": "addLink", "link": {"id": "l", "from": "a", "to": "b"}, "index": -1})"),
        HasSubstr("/index"));
}

TEST(AnEditAsJson, OfGroupsInGroupsWithoutEndIsRefused)
{
    Value json = {{"do", "removeNode"}, {"id", "a"}};
    for (int level = 0; level < 200; ++level) {
        json = {{"do", "group"}, {"edits", Value::array({json})}};
    }

    EXPECT_FALSE(editFromJson(json));
}

RC_GTEST_PROP(AnyEdit, IsTakenBackByItsInverse, ())
{
    const Design before = *anyDesign();
    const Edit edit = *anyEdit();
    Design design = before;
    const Result<Edit> inverse = applyEdit(design, edit);
    const Design after = design;
    if (!inverse) {
        RC_ASSERT(design == before);
        return;
    }

    const Result<Edit> again = applyEdit(design, *inverse);
    RC_ASSERT(static_cast<bool>(again));
    RC_ASSERT(design == before);
    RC_ASSERT(static_cast<bool>(applyEdit(design, *again)));
    RC_ASSERT(design == after);
}

RC_GTEST_PROP(AnyEditThatCanBeApplied, IsTheSameAfterWritingAndReading, ())
{
    Design one = *anyDesign();
    Design two = one;
    const Edit edit = *anyEdit();
    const Result<Edit> read = editFromJson(Value::parse(toJson(edit).dump()));

    if (!applyEdit(one, edit)) {
        return;
    }
    RC_ASSERT(static_cast<bool>(read));
    RC_ASSERT(toJson(*read) == toJson(edit));
    RC_ASSERT(static_cast<bool>(applyEdit(two, *read)));
    RC_ASSERT(one == two);
}

TEST(AScriptOfAThousandEdits, IsUndoneAndRedoneStepByStep)
{
    const bool held = rc::check("undo all gives the start, redo all the end", [] {
        Design design = *anyDesign();
        const std::string start = writeDesign(design);
        std::vector<Edit> undo;
        // The digest after each fiftieth edit: of all of them it would take most of the time.
        constexpr std::size_t kProbe = 50;
        std::vector<std::string> probes;
        // Generators inside one property are slow to shrink, so a hundred edits are drawn and used ten times
        // over.
        const auto drawn = *rc::gen::container<std::vector<Edit>>(100, anyEdit());
        for (int step = 0; step < 1000; ++step) {
            Result<Edit> inverse =
                applyEdit(design, drawn[static_cast<std::size_t>(step * 37) % drawn.size()]);
            if (inverse) {
                undo.push_back(std::move(*inverse));
                if (undo.size() % kProbe == 0) {
                    probes.push_back(designDigest(design));
                }
            }
        }
        const Design end = design;
        RC_ASSERT(readDesign(writeDesign(end)).design == end);

        std::vector<Edit> redo;
        while (!undo.empty()) {
            if (undo.size() % kProbe == 0) {
                RC_ASSERT(designDigest(design) == probes[undo.size() / kProbe - 1]);
            }
            Result<Edit> forward = applyEdit(design, undo.back());
            RC_ASSERT(static_cast<bool>(forward));
            undo.pop_back();
            redo.push_back(std::move(*forward));
        }
        RC_ASSERT(writeDesign(design) == start);
        while (!redo.empty()) {
            RC_ASSERT(static_cast<bool>(applyEdit(design, redo.back())));
            redo.pop_back();
        }
        RC_ASSERT(design == end);
    });
    EXPECT_TRUE(held);
}

}  // namespace
}  // namespace neph::test
