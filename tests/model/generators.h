#pragma once

#include <rapidcheck.h>

#include <string>
#include <vector>

#include "sim/model/design.h"
#include "sim/model/edit.h"

namespace neph::test {

/// Texts that a careless writer or reader would spoil.
inline rc::Gen<std::string> anyText()
{
    return rc::gen::element<std::string>(
        "", "web", "Größe", "日本語", "🛒 shop", "two\nlines", "\"quoted\" \\ / \t",
        std::string("nul\0inside", 10), "~1/~0", "null", "1e999");
}

inline rc::Gen<double> anyNumber()
{
    return rc::gen::oneOf(
        rc::gen::element(
            0.0, -0.0, 1.0, 0.1, 1.0 / 3.0, 5e-324, 1.7976931348623157e308, -2.5, 9007199254740993.0, 1e18,
            1e22, 123456.75),
        rc::gen::map(rc::gen::arbitrary<int>(), [](int n) { return n / 1024.0; }));
}

/// Any JSON value that a file can hold, of at most `levels` levels of brackets.
inline rc::Gen<Value> anyValue(int levels)
{
    return rc::gen::exec([levels]() -> Value {
        switch (*rc::gen::inRange(0, levels > 0 ? 8 : 6)) {
        case 0:
            return *anyNumber();
        case 1:
            return *rc::gen::arbitrary<std::int64_t>();
        case 2:
            return *rc::gen::arbitrary<std::uint64_t>();
        case 3:
            return *anyText();
        case 4:
            return *rc::gen::arbitrary<bool>();
        case 5:
            return *rc::gen::inRange(-3, 3);
        case 6: {
            Value list = Value::array();
            for (int n = *rc::gen::inRange(0, 4); n > 0; --n) {
                list.push_back(*anyValue(levels - 1));
            }
            return list;
        }
        default: {
            Value object = Value::object();
            for (int n = *rc::gen::inRange(0, 4); n > 0; --n) {
                object[*anyText()] = *anyValue(levels - 1);
            }
            return object;
        }
        }
    });
}

inline Properties someProperties()
{
    Properties properties;
    for (int n = *rc::gen::inRange(0, 3); n > 0; --n) {
        properties[*anyText()] = *anyValue(3);
    }
    return properties;
}

/// Fields of a newer version: their names are none of ours.
inline Value someExtra()
{
    Value extra = Value::object();
    for (int n = *rc::gen::inRange(0, 2); n > 0; --n) {
        extra["x-" + *anyText()] = *anyValue(2);
    }
    return extra;
}

inline Point somePoint()
{
    return {*anyNumber(), *anyNumber()};
}

/// One of few ids, so that edits meet each other.
inline std::string someId(const char* stem)
{
    return stem + std::to_string(*rc::gen::inRange(0, 12));
}

inline Node someNode(const std::string& id, const std::string& parent)
{
    Node node;
    node.id = id;
    node.kind = *rc::gen::element<std::string>("users", "demo.service", "demo.zone", "un/known");
    node.name = *anyText();
    node.parent = parent;
    node.position = somePoint();
    node.size = *rc::gen::arbitrary<bool>() ? Point{} : somePoint();
    node.properties = someProperties();
    node.extra = someExtra();
    return node;
}

inline Link someLink(const std::string& id, const std::string& from, const std::string& to)
{
    return {id, from, to, someProperties(), someExtra()};
}

inline FaultSpec someFault(const std::string& id, const std::string& target)
{
    return {id, "killTask", target, *anyNumber(), *anyNumber(), someProperties(), someExtra()};
}

inline TrafficTrace someTrace(const std::string& name)
{
    TrafficTrace trace{name, {}, someExtra()};
    for (int n = *rc::gen::inRange(0, 5); n > 0; --n) {
        trace.points.push_back(somePoint());
    }
    return trace;
}

/// Any design that edits can build: ids are valid and not repeated, numbers finite, texts UTF-8.
inline rc::Gen<Design> anyDesign()
{
    return rc::gen::exec([] {
        Design design;
        design.name = *anyText();
        design.description = *anyText();
        design.runSeconds = *anyNumber();
        const int nodes = *rc::gen::inRange(0, 8);
        for (int i = 0; i < nodes; ++i) {
            const std::string parent =
                i > 0 && *rc::gen::arbitrary<bool>() ? "n" + std::to_string(*rc::gen::inRange(0, i)) : "";
            design.nodes.push_back(someNode("n" + std::to_string(i), parent));
        }
        for (int i = nodes > 0 ? *rc::gen::inRange(0, 5) : 0; i > 0; --i) {
            design.links.push_back(someLink("l" + std::to_string(i), someId("n"), someId("n")));
        }
        for (int i = *rc::gen::inRange(0, 2); i > 0; --i) {
            design.faults.push_back(someFault("f" + std::to_string(i), someId("n")));
            design.traffic.push_back(someTrace("t" + std::to_string(i)));
            design.notes.push_back({"m" + std::to_string(i), *anyText(), somePoint(), someExtra()});
        }
        design.extra = someExtra();
        return design;
    });
}

inline std::size_t someIndex()
{
    return *rc::gen::element<std::size_t>(0, 1, 3, kLast);
}

/// An edit that suits the designs above often, and now and then does not.
inline Edit someEdit(int levels = 2)
{
    switch (*rc::gen::inRange(0, levels > 0 ? 16 : 14)) {
    case 0:
    case 1: {
        const std::string parent = *rc::gen::arbitrary<bool>() ? someId("n") : "";
        return {AddNode{someNode(someId("n"), parent), someIndex()}};
    }
    case 2:
        return {RemoveNode{someId("n")}};
    case 3:
        return {AddLink{someLink(someId("l"), someId("n"), someId("n")), someIndex()}};
    case 4:
        return {RemoveLink{someId("l")}};
    case 5:
        return {SetProperty{someId(*rc::gen::element("n", "l")), *anyText(), *anyValue(3)}};
    case 6:
        return {SetProperty{someId("n"), *anyText(), Value()}};
    case 7:
        return {RenameNode{someId("n"), *anyText()}};
    case 8:
        return {
            PlaceNode{someId("n"), *rc::gen::arbitrary<bool>() ? someId("n") : "", somePoint(), somePoint()}};
    case 9:
        return {AddFault{someFault(someId("f"), someId("n")), someIndex()}};
    case 10:
        return {RemoveFault{someId("f")}};
    case 11:
        return {AddTrace{someTrace(someId("t")), someIndex()}};
    case 12:
        return {
            *rc::gen::arbitrary<bool>() ? Edit::Kind(RemoveTrace{someId("t")})
                                        : Edit::Kind(RemoveNote{someId("m")})};
    case 13:
        return {SetDesignInfo{*anyText(), *anyText(), *anyNumber()}};
    case 14:
        return {AddNote{{someId("m"), *anyText(), somePoint(), someExtra()}, someIndex()}};
    default: {
        EditGroup group;
        for (int n = *rc::gen::inRange(0, 4); n > 0; --n) {
            group.edits.push_back(someEdit(levels - 1));
        }
        return {std::move(group)};
    }
    }
}

inline rc::Gen<Edit> anyEdit()
{
    return rc::gen::exec([] { return someEdit(); });
}

}  // namespace neph::test

namespace neph {

/// How a counter-example is printed.
inline void showValue(const Edit& edit, std::ostream& out)
{
    out << toJson(edit).dump();
}

}  // namespace neph
