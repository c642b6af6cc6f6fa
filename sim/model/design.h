#pragma once

#include <array>
#include <map>
#include <string>
#include <vector>

#include "sim/model/value.h"

namespace neph {

/// A place or size on the canvas, in scene units (1 unit = 1 pixel at 100 %).
struct Point {
    double x = 0;
    double y = 0;
    friend bool operator==(const Point&, const Point&) = default;
};

using Properties = std::map<std::string, Value>;

/// One component. `position` is relative to the parent's top left corner (to the canvas at top level).
struct Node {
    std::string id;      ///< Unique in the design, stable for life: [A-Za-z0-9_-]{1,64}.
    std::string kind;    ///< A kind of the catalog; an unknown kind is kept and reported, not dropped.
    std::string name;    ///< What the user calls it.
    std::string parent;  ///< Id of the frame it lies in; empty at the top level.
    Point position;
    Point size;                     ///< Of frames; {0, 0} otherwise.
    Properties properties;          ///< Only what differs from the default needs to be here.
    Value extra = Value::object();  ///< Fields of a newer version, kept and written back.
    friend bool operator==(const Node&, const Node&) = default;
};

/// A directed connection: `from` calls, pulls from, or forwards to `to`.
struct Link {
    std::string id;
    std::string from;
    std::string to;
    Properties properties;
    Value extra = Value::object();
    friend bool operator==(const Link&, const Link&) = default;
};

/// What can go wrong: the kinds of FaultSpec.
inline constexpr std::array kFaultKinds{"killTask", "loseZone", "slowDependency", "registryDown", "throttle"};

/// Something that goes wrong at a given time of the run.
struct FaultSpec {
    std::string id;
    std::string kind;    ///< One of kFaultKinds.
    std::string target;  ///< Node id.
    double atSeconds = 0;
    double forSeconds = 0;  ///< 0: one stroke, or for good where the fault is a state.
    Properties properties;  ///< "count", "addedMs", "factor", "percent", by kind.
    Value extra = Value::object();
    friend bool operator==(const FaultSpec&, const FaultSpec&) = default;
};

/// A recorded arrival rate, as read from a CSV trace: linear between points.
struct TrafficTrace {
    std::string name;
    std::vector<Point> points;  ///< x: seconds from the start, y: requests per second.
    Value extra = Value::object();
    friend bool operator==(const TrafficTrace&, const TrafficTrace&) = default;
};

struct Note {
    std::string id;
    std::string text;
    Point position;
    Value extra = Value::object();
    friend bool operator==(const Note&, const Note&) = default;
};

/// One drawing: the document of the program.
struct Design {
    std::string name;
    std::string description;
    double runSeconds = 3600;  ///< How long "play" runs when nobody says otherwise.
    std::vector<Node> nodes;   ///< In drawing order.
    std::vector<Link> links;
    std::vector<FaultSpec> faults;
    std::vector<TrafficTrace> traffic;
    std::vector<Note> notes;
    Value extra = Value::object();

    const Node* node(const std::string& id) const;
    const Link* link(const std::string& id) const;
    std::vector<const Node*> childrenOf(const std::string& id) const;
    std::vector<const Link*> linksFrom(const std::string& id) const;
    std::vector<const Link*> linksTo(const std::string& id) const;
    /// Nearest ancestor (or the node itself) of that kind, or nullptr. Ends also where parents form a cycle.
    const Node* ancestorOfKind(const std::string& id, const std::string& kind) const;
    /// An id that is not taken, made from `stem`: "web", "web-2", "web-3".
    std::string freeId(const std::string& stem) const;

    friend bool operator==(const Design&, const Design&) = default;
};

}  // namespace neph
