#include <algorithm>

#include "sim/base/assets.h"
#include "sim/model/design_json.h"
#include "sim/model/rules.h"

namespace neph {
namespace {

std::string diagnosticsText(const Diagnostics& diagnostics)
{
    std::string text;
    for (const Diagnostic& one : diagnostics) {
        text += toText(one) + '\n';
    }
    return text;
}

/// A card or frame on the canvas.
struct Box {
    double left = 0, top = 0, right = 0, bottom = 0;
};

/// Measures of the canvas: cards of 200 x 90 and frames with a title row of 36.
Box boxOf(const Node& node, const KindSpec& kind)
{
    const Point size = kind.frame ? node.size : Point{200, 90};
    return {node.position.x, node.position.y, node.position.x + size.x, node.position.y + size.y};
}

class TemplateTest : public testing::TestWithParam<Asset> {
protected:
    const LoadedDesign m_loaded = readDesign(GetParam().text);
    const Design& m_design = m_loaded.design;

    const KindSpec& kindOf(const Node& node) const { return *Catalog::builtIn().find(node.kind); }
};

TEST_P(TemplateTest, LoadsWithoutErrorOrWarning)
{
    EXPECT_TRUE(m_loaded.readable);
    EXPECT_EQ(diagnosticsText(m_loaded.diagnostics), "");
    const std::string expected =
        m_design.nodes.empty()
            ? "warning at /nodes: The design is empty. Drag a component from the palette.\n"
            : "";
    EXPECT_EQ(diagnosticsText(checkDesign(m_design, Catalog::builtIn())), expected);
}

TEST_P(TemplateTest, IsCanonicalByteForByte)
{
    EXPECT_EQ(writeDesign(m_design), GetParam().text);
}

TEST_P(TemplateTest, SaysWhatItShows)
{
    EXPECT_FALSE(m_design.name.empty());
    EXPECT_TRUE(m_design.nodes.empty() || m_design.description.size() > 80);
}

TEST_P(TemplateTest, StandsOnTheGrid)
{
    for (const Node& node : m_design.nodes) {
        for (const double measure : {node.position.x, node.position.y, node.size.x, node.size.y}) {
            EXPECT_EQ(static_cast<int>(measure) % 10, 0) << node.id;
        }
    }
}

TEST_P(TemplateTest, HasFramesThatHoldTheirChildrenWithAMargin)
{
    constexpr double kMargin = 24;
    constexpr double kTitle = 36;
    for (const Node& node : m_design.nodes) {
        if (const Node* frame = m_design.node(node.parent)) {
            const Box box = boxOf(node, kindOf(node));
            EXPECT_GE(box.left, kMargin) << node.id;
            EXPECT_GE(box.top, kTitle + kMargin) << node.id;
            EXPECT_LE(box.right, frame->size.x - kMargin) << node.id;
            EXPECT_LE(box.bottom, frame->size.y - kMargin) << node.id;
        }
    }
}

TEST_P(TemplateTest, HasNoNeighboursThatTouch)
{
    constexpr double kApart = 24;
    for (const Node& a : m_design.nodes) {
        for (const Node& b : m_design.nodes) {
            if (&a >= &b || a.parent != b.parent) {
                continue;
            }
            const Box one = boxOf(a, kindOf(a));
            const Box other = boxOf(b, kindOf(b));
            EXPECT_TRUE(
                one.right + kApart <= other.left || other.right + kApart <= one.left ||
                one.bottom + kApart <= other.top || other.bottom + kApart <= one.top)
                << a.id << " and " << b.id;
        }
    }
}

INSTANTIATE_TEST_SUITE_P(
    Of, TemplateTest, testing::ValuesIn(assetsUnder("templates/")), [](const auto& example) {
        std::string name(example.param.path.substr(10, example.param.path.size() - 16));
        std::replace(name.begin(), name.end(), '-', '_');
        return name;
    });

TEST(TheStarter, IsAmongTheTemplatesAndRunsHalfAnHour)
{
    const Design starter = readDesign(assetText("templates/starter.nepho")).design;
    EXPECT_EQ(starter.name, "Shop on Fargate");
    EXPECT_EQ(starter.runSeconds, 1800);
}

}  // namespace
}  // namespace neph
