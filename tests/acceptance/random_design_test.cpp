// Whatever is drawn, the answer is a diagnostic or a result: never an abort, never an exception.
#include <random>

#include <gtest/gtest.h>

#include "sim/model/design_json.h"
#include "sim/model/rules.h"
#include "sim/run.h"

namespace neph {
namespace {

/// Draws small designs from the catalog: kinds, frames, links, values and faults by chance, most of them
/// allowed.
class Scribbler {
    std::size_t below(std::size_t bound) { return bound == 0 ? 0 : m_chance() % bound; }
    bool inPercent(std::size_t percent) { return below(100) < percent; }
    template <class List>
    const auto& anyOf(const List& list)
    {
        return list[below(list.size())];
    }

public:
    explicit Scribbler(std::uint32_t seed) : m_chance(seed) {}

    Design design()
    {
        Design design;
        design.runSeconds = 10;
        const std::size_t nodes = 1 + below(12);
        for (std::size_t i = 0; i < nodes; ++i) {
            addNode(design, anyOf(m_catalog.kinds()));
        }
        const std::size_t links = below(2 * nodes);
        for (std::size_t i = 0; i < links; ++i) {
            addLink(design);
        }
        for (std::size_t i = below(3); i > 0; --i) {
            addFault(design);
        }
        if (below(4) == 0) {
            design.traffic.push_back({"monday", {{0, 10}, {60, 50}}, Value::object()});
        }
        return design;
    }

private:
    void addNode(Design& design, const KindSpec& kind)
    {
        Node node;
        node.id = design.freeId(kind.stem);
        node.kind = inPercent(1) ? "no.such" : kind.id;
        node.name = inPercent(10) ? "" : node.id;
        node.parent = frameFor(design, kind, 4);
        node.properties = properties(kind.properties);
        design.nodes.push_back(std::move(node));
    }

    /// A frame that allows the kind, drawn where there is none.
    std::string frameFor(Design& design, const KindSpec& kind, int depth)
    {
        if (inPercent(3) && !design.nodes.empty()) {
            return anyOf(design.nodes).id;
        }
        const std::string parent = anyOf(kind.parents);
        if (parent == "canvas" || depth == 0) {
            return "";
        }
        for (const Node& node : design.nodes) {
            if (node.kind == parent && inPercent(70)) {
                return node.id;
            }
        }
        const KindSpec* frame = m_catalog.find(parent);
        if (frame == nullptr) {
            return "";  // A role.
        }
        Node node;
        node.parent = frameFor(design, *frame, depth - 1);
        node.id = design.freeId(frame->stem);
        node.kind = frame->id;
        node.properties = properties(frame->properties);
        design.nodes.push_back(node);
        return node.id;
    }

    void addLink(Design& design)
    {
        for (int attempt = 0; attempt < 20; ++attempt) {
            const Node& from = anyOf(design.nodes);
            const Node& to = anyOf(design.nodes);
            const LinkRule* rule = m_catalog.linkRule(from.kind, to.kind);
            if (rule != nullptr && (from.id != to.id || inPercent(2))) {
                design.links.push_back({design.freeId("link"), from.id, to.id, properties(rule->properties)});
                return;
            }
        }
        if (inPercent(3)) {
            design.links.push_back(
                {design.freeId("link"), anyOf(design.nodes).id, anyOf(design.nodes).id, {}});
        }
    }

    void addFault(Design& design)
    {
        FaultSpec fault;
        fault.id = design.freeId("fault");
        fault.kind = anyOf(kFaultKinds);
        fault.target = anyOf(design.nodes).id;
        fault.atSeconds = static_cast<double>(below(10));
        fault.forSeconds = static_cast<double>(below(5));
        if (inPercent(50)) {
            fault.properties = {{"count", below(5)}, {"addedMs", below(2000)}, {"percent", below(120)}};
        }
        design.faults.push_back(std::move(fault));
    }

    Properties properties(const std::vector<PropertySpec>& specs)
    {
        Properties chosen;
        for (const PropertySpec& spec : specs) {
            if (inPercent(15)) {
                chosen[spec.key] = inPercent(1) ? nonsense() : value(spec);
            }
        }
        return chosen;
    }

    Value nonsense()
    {
        static const std::vector<Value> kNonsense{nullptr,         -1,  1e300, "many", Value::array(),
                                                  Value::object(), true};
        return anyOf(kNonsense);
    }

    Value value(const PropertySpec& spec)
    {
        switch (spec.type) {
        case PropertyType::Bool:
            return inPercent(50);
        case PropertyType::Choice:
            return anyOf(spec.choices).value;
        case PropertyType::Text:
            return anyOf(std::vector<std::string>{"", "browse", "monday", "container_image", "x, browse"});
        case PropertyType::Table:
            return rows(spec);
        case PropertyType::Integer:
        case PropertyType::Number:
        case PropertyType::TimeSpan:
            break;
        }
        return number(spec);
    }

    /// The bounds themselves, or something near the lower one or the default.
    Value number(const PropertySpec& spec)
    {
        const double least = spec.min.value_or(0);
        const double most = spec.max.value_or(1e6);
        const double usual = spec.fallback.get<double>();
        const std::vector<double> candidates{
            least,
            most,
            usual,
            least + 1,
            usual * 2,
            usual / 2,
            least + (most - least) / static_cast<double>(1 + below(1000))};
        const double chosen = anyOf(candidates);
        return spec.type == PropertyType::Integer ? Value(static_cast<std::int64_t>(chosen)) : Value(chosen);
    }

    Value rows(const PropertySpec& spec)
    {
        Value table = Value::array();
        for (std::size_t i = 1 + below(3); i > 0; --i) {
            Value row = Value::object();
            for (const PropertySpec& column : spec.columns) {
                if (inPercent(60)) {
                    row[column.key] = value(column);
                }
            }
            table.push_back(std::move(row));
        }
        return table;
    }

    const Catalog& m_catalog = Catalog::builtIn();
    std::mt19937 m_chance;
};

class RandomDesigns : public testing::TestWithParam<std::uint32_t> {};

TEST_P(RandomDesigns, AreRefusedOrRun)
{
    constexpr int kEach = 100;
    Scribbler scribbler(GetParam());
    int ran = 0;
    for (int i = 0; i < kEach; ++i) {
        const Design design = scribbler.design();
        const bool sound = !hasErrors(checkDesign(design, Catalog::builtIn()));
        RunOptions options;
        options.maxEvents = 5'000;
        RunResult result;
        ASSERT_NO_THROW(result = run(design, options)) << writeDesign(design);
        ran += sound;
        ASSERT_EQ(hasErrors(result.diagnostics), !sound) << writeDesign(design);
        ASSERT_EQ(static_cast<bool>(LiveRun::start(design, options)), sound) << writeDesign(design);
        ASSERT_NO_THROW(billOf(result, true)) << writeDesign(design);
    }
    EXPECT_GT(ran, kEach / 5);
}

INSTANTIATE_TEST_SUITE_P(TwoThousand, RandomDesigns, testing::Range(1u, 21u));

}  // namespace
}  // namespace neph
