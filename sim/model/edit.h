#pragma once

#include <string>
#include <variant>
#include <vector>

#include "sim/base/result.h"
#include "sim/model/design.h"

namespace neph {

/// Past the end of every list: add as the last.
inline constexpr std::size_t kLast = static_cast<std::size_t>(-1);

/// Members `asItWas` are set in inverses: what is put back is not checked again, so that undo gives back
/// exactly what was there, also a drawing with a dangling link or frames in a circle that somebody was
/// mending.
struct AddNode {
    Node node;
    std::size_t index = kLast;  ///< Place in drawing order; past the end: last.
    bool asItWas = false;
};
/// Takes a node away together with everything that lies in it, and with the links that end and the faults
/// that strike there.
struct RemoveNode {
    std::string id;
    bool alone = false;  ///< Set in inverses of AddNode: this node only, which nothing has joined since.
};
struct AddLink {
    Link link;
    std::size_t index = kLast;
    bool asItWas = false;
};
struct RemoveLink {
    std::string id;
};
/// Gives a property a value; a null value removes it, so that the default holds again.
struct SetProperty {
    std::string id;  ///< Node or link.
    std::string key;
    Value value;
};
struct RenameNode {
    std::string id;
    std::string name;
};
/// Moves a node, possibly into another frame, and gives it a size.
struct PlaceNode {
    std::string id;
    std::string parent;
    Point position;
    Point size;
    bool asItWas = false;
};
struct AddFault {
    FaultSpec fault;
    std::size_t index = kLast;
    bool asItWas = false;
};
struct RemoveFault {
    std::string id;
};
struct AddTrace {
    TrafficTrace trace;
    std::size_t index = kLast;
    bool asItWas = false;
};
struct RemoveTrace {
    std::string name;
};
struct AddNote {
    Note note;
    std::size_t index = kLast;
    bool asItWas = false;
};
struct RemoveNote {
    std::string id;
};
/// Name, description, length of the run.
struct SetDesignInfo {
    std::string name;
    std::string description;
    double runSeconds = 3600;
};
struct Edit;
/// Several edits as one; applied in order, or not at all.
struct EditGroup {
    std::vector<Edit> edits;
};

/// A change to a design, as a value: undo, journal, scripts and tests all speak it.
struct Edit {
    using Kind = std::variant<
        AddNode, RemoveNode, AddLink, RemoveLink, SetProperty, RenameNode, PlaceNode, AddFault, RemoveFault,
        AddTrace, RemoveTrace, AddNote, RemoveNote, SetDesignInfo, EditGroup>;
    Kind kind;
};

/// Applies `edit` and returns the edit that takes it back.
/// Errors: NotFound, Invalid (id taken, parent cycle, non-finite number). After an error the design is as it
/// was. Whether values suit the catalog is not asked here: a beginner's drawing may be wrong for a while (see
/// rules.h).
Result<Edit> applyEdit(Design& design, const Edit& edit);

/// An edit as JSON and back, for the journal and for scripts: {"do": "setProperty", "id": "web", ...}.
/// Errors: Invalid, with the JSON pointer.
Value toJson(const Edit& edit);
Result<Edit> editFromJson(const Value& json);

/// Whether both change the same property or place of the same thing, so that a drag is one step of undo.
bool sameTarget(const Edit& a, const Edit& b);

}  // namespace neph
