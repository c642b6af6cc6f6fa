#include "sim/model/edit.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <map>
#include <set>

#include <fmt/format.h>

#include "sim/model/design_parts.h"

namespace neph {

namespace {

Error notFound(const std::string& id, const char* what)
{
    return {ErrorCode::NotFound, id, fmt::format("{} '{}' is not in the design.", what, id)};
}

Error invalid(const std::string& id, std::string what)
{
    return {ErrorCode::Invalid, id, std::move(what)};
}

template <typename Part>
std::string nameOf(const Part& part)
{
    return part.id;
}

std::string nameOf(const TrafficTrace& trace)
{
    return trace.name;
}

template <typename Part>
auto withName(std::vector<Part>& all, const std::string& name)
{
    return std::find_if(all.begin(), all.end(), [&name](const Part& one) { return nameOf(one) == name; });
}

template <typename Part>
bool has(std::vector<Part>& all, const std::string& name)
{
    return withName(all, name) != all.end();
}

template <typename Part>
void insertAt(std::vector<Part>& all, const Part& part, std::size_t index)
{
    all.insert(all.begin() + static_cast<std::ptrdiff_t>(std::min(index, all.size())), part);
}

bool isUtf8(const std::string& text)
{
    try {
        static_cast<void>(Value(text).dump());
        return true;
    } catch (const Value::type_error&) {
        return false;
    }
}

/// Whether `value` survives writing and reading: finite, UTF-8 and not too deep for a file.
bool isWritable(const Value& value, std::size_t levels = 32)
{
    if (value.is_number_float()) {
        return std::isfinite(value.get<double>());
    }
    if (value.is_string()) {
        return isUtf8(value.get_ref<const std::string&>());
    }
    if (!value.is_structured()) {
        return !value.is_binary();
    }
    const auto fields = value.items();
    return levels > 0 && std::all_of(fields.begin(), fields.end(), [levels](const auto& field) {
               return isUtf8(field.key()) && isWritable(field.value(), levels - 1);
           });
}

bool isWritable(const Point& point)
{
    return std::isfinite(point.x) && std::isfinite(point.y);
}

bool isWritable(const Properties& properties)
{
    return std::all_of(properties.begin(), properties.end(), [](const auto& property) {
        return isUtf8(property.first) && !property.second.is_null() && isWritable(property.second);
    });
}

bool isWritable(const Node& node)
{
    return isUtf8(node.kind) && isUtf8(node.name) && isWritable(node.position) && isWritable(node.size) &&
           isWritable(node.properties) && isWritable(node.extra);
}

bool isWritable(const Link& link)
{
    return isWritable(link.properties) && isWritable(link.extra);
}

bool isWritable(const FaultSpec& fault)
{
    return isUtf8(fault.kind) && isUtf8(fault.target) && std::isfinite(fault.atSeconds) &&
           std::isfinite(fault.forSeconds) && isWritable(fault.properties) && isWritable(fault.extra);
}

bool isWritable(const TrafficTrace& trace)
{
    const auto writable = [](const Point& point) { return isWritable(point); };
    return isUtf8(trace.name) && std::all_of(trace.points.begin(), trace.points.end(), writable) &&
           isWritable(trace.extra);
}

bool isWritable(const Note& note)
{
    return isUtf8(note.text) && isWritable(note.position) && isWritable(note.extra);
}

template <typename Part>
Result<Done> checkWritable(const Part& part, const std::string& name)
{
    if (isWritable(part)) {
        return Done{};
    }
    return invalid(
        name, "It holds a number that is not finite, a text that is not UTF-8, or an empty value.");
}

Result<Done> checkNewId(Design& design, const std::string& id)
{
    if (!isValidId(id)) {
        return invalid(id, fmt::format("'{}' cannot be an id: 1 to 64 letters, digits, '_' and '-'.", id));
    }
    // Nodes and links share one set of names, since a property is set by the id alone.
    if (has(design.nodes, id) || has(design.links, id)) {
        return invalid(id, fmt::format("The id '{}' is taken.", id));
    }
    return Done{};
}

Result<Done> checkNew(Design& design, const Node& node)
{
    Result<Done> named = checkNewId(design, node.id);
    if (!named) {
        return named;
    }
    if (node.kind.empty()) {
        return invalid(node.id, "A component needs a kind.");
    }
    if (!node.parent.empty() && !has(design.nodes, node.parent)) {
        return notFound(node.parent, "The frame");
    }
    return checkWritable(node, node.id);
}

Result<Done> checkNew(Design& design, const Link& link)
{
    Result<Done> named = checkNewId(design, link.id);
    if (!named) {
        return named;
    }
    for (const std::string& end : {link.from, link.to}) {
        if (!has(design.nodes, end)) {
            return notFound(end, "The component");
        }
    }
    return checkWritable(link, link.id);
}

Result<Done> checkNew(Design& design, const FaultSpec& fault)
{
    if (!isValidId(fault.id) || has(design.faults, fault.id)) {
        return invalid(fault.id, fmt::format("'{}' is taken or cannot be the id of a fault.", fault.id));
    }
    if (fault.kind.empty()) {
        return invalid(fault.id, "A fault needs a kind.");
    }
    if (!has(design.nodes, fault.target)) {
        return notFound(fault.target, "The component");
    }
    return checkWritable(fault, fault.id);
}

Result<Done> checkNew(Design& design, const TrafficTrace& trace)
{
    if (trace.name.empty() || has(design.traffic, trace.name)) {
        return invalid(
            trace.name, fmt::format("'{}' is taken or cannot be the name of a trace.", trace.name));
    }
    return checkWritable(trace, trace.name);
}

Result<Done> checkNew(Design& design, const Note& note)
{
    if (!isValidId(note.id) || has(design.notes, note.id)) {
        return invalid(note.id, fmt::format("'{}' is taken or cannot be the id of a note.", note.id));
    }
    return checkWritable(note, note.id);
}

template <typename Add, typename Remove, typename Part>
Result<Edit> added(Design& design, std::vector<Part>& all, const Part& part, const Add& edit)
{
    if (!edit.asItWas) {
        if (const Result<Done> allowed = checkNew(design, part); !allowed) {
            return allowed.error();
        }
    }
    insertAt(all, part, edit.index);
    Remove inverse{nameOf(part)};
    if constexpr (std::is_same_v<Remove, RemoveNode>) {
        // A link that dangled before must dangle again.
        inverse.alone = true;
    }
    return Edit{std::move(inverse)};
}

template <typename Add, typename Part>
Result<Edit> removed(std::vector<Part>& all, const std::string& name, const char* what)
{
    const auto found = withName(all, name);
    if (found == all.end()) {
        return notFound(name, what);
    }
    const auto index = static_cast<std::size_t>(found - all.begin());
    Edit inverse{Add{std::move(*found), index, true}};
    all.erase(found);
    return inverse;
}

Result<Edit> applied(Design& design, const AddNode& edit)
{
    return added<AddNode, RemoveNode>(design, design.nodes, edit.node, edit);
}

Result<Edit> applied(Design& design, const AddLink& edit)
{
    return added<AddLink, RemoveLink>(design, design.links, edit.link, edit);
}

Result<Edit> applied(Design& design, const AddFault& edit)
{
    return added<AddFault, RemoveFault>(design, design.faults, edit.fault, edit);
}

Result<Edit> applied(Design& design, const AddTrace& edit)
{
    return added<AddTrace, RemoveTrace>(design, design.traffic, edit.trace, edit);
}

Result<Edit> applied(Design& design, const AddNote& edit)
{
    return added<AddNote, RemoveNote>(design, design.notes, edit.note, edit);
}

Result<Edit> applied(Design& design, const RemoveLink& edit)
{
    return removed<AddLink>(design.links, edit.id, "The link");
}

Result<Edit> applied(Design& design, const RemoveFault& edit)
{
    return removed<AddFault>(design.faults, edit.id, "The fault");
}

Result<Edit> applied(Design& design, const RemoveTrace& edit)
{
    return removed<AddTrace>(design.traffic, edit.name, "The trace");
}

Result<Edit> applied(Design& design, const RemoveNote& edit)
{
    return removed<AddNote>(design.notes, edit.id, "The note");
}

/// Ids of the node and of all that lies in it.
std::set<std::string> withContents(const Design& design, const std::string& id)
{
    std::map<std::string, std::vector<std::string>> contents;
    for (const Node& node : design.nodes) {
        contents[node.parent].push_back(node.id);
    }
    std::set<std::string> ids{id};
    std::vector<std::string> open{id};
    while (!open.empty()) {
        const std::string frame = std::move(open.back());
        open.pop_back();
        for (const std::string& inner : contents[frame]) {
            if (ids.insert(inner).second) {
                open.push_back(inner);
            }
        }
    }
    return ids;
}

/// Takes out of `all` what `isDoomed` names, and adds to `restore` the edits that put it back, in ascending
/// order of place, so that each finds its place again.
template <typename Add, typename Part, typename Doomed>
void takeOut(std::vector<Part>& all, Doomed isDoomed, std::vector<Edit>& restore)
{
    std::vector<Part> kept;
    kept.reserve(all.size());
    for (std::size_t i = 0; i < all.size(); ++i) {
        if (isDoomed(all[i])) {
            restore.push_back(Edit{Add{std::move(all[i]), i, true}});
        } else {
            kept.push_back(std::move(all[i]));
        }
    }
    all = std::move(kept);
}

Result<Edit> applied(Design& design, const RemoveNode& edit)
{
    if (edit.alone) {
        return removed<AddNode>(design.nodes, edit.id, "The component");
    }
    if (!has(design.nodes, edit.id)) {
        return notFound(edit.id, "The component");
    }
    const std::set<std::string> doomed = withContents(design, edit.id);
    EditGroup restore;
    takeOut<AddNode>(
        design.nodes, [&doomed](const Node& node) { return doomed.contains(node.id); }, restore.edits);
    takeOut<AddLink>(
        design.links,
        [&doomed](const Link& link) { return doomed.contains(link.from) || doomed.contains(link.to); },
        restore.edits);
    takeOut<AddFault>(
        design.faults, [&doomed](const FaultSpec& fault) { return doomed.contains(fault.target); },
        restore.edits);
    return Edit{std::move(restore)};
}

Result<Edit> applied(Design& design, const SetProperty& edit)
{
    const auto node = withName(design.nodes, edit.id);
    const auto link = withName(design.links, edit.id);
    if (node == design.nodes.end() && link == design.links.end()) {
        return notFound(edit.id, "The component or link");
    }
    if (edit.key.empty() || !isUtf8(edit.key)) {
        return invalid(edit.id, "A property needs a name in UTF-8.");
    }
    if (const Result<Done> writable = checkWritable(edit.value, edit.id); !writable) {
        return writable.error();
    }
    Properties& properties = node != design.nodes.end() ? node->properties : link->properties;
    const auto current = properties.find(edit.key);
    Edit inverse{SetProperty{edit.id, edit.key, current == properties.end() ? Value() : current->second}};
    if (edit.value.is_null()) {
        properties.erase(edit.key);
    } else {
        properties.insert_or_assign(edit.key, edit.value);
    }
    return inverse;
}

Result<Edit> applied(Design& design, const RenameNode& edit)
{
    const auto node = withName(design.nodes, edit.id);
    if (node == design.nodes.end()) {
        return notFound(edit.id, "The component");
    }
    if (!isUtf8(edit.name)) {
        return invalid(edit.id, "The name is not UTF-8.");
    }
    return Edit{RenameNode{edit.id, std::exchange(node->name, edit.name)}};
}

Result<Edit> applied(Design& design, const PlaceNode& edit)
{
    const auto node = withName(design.nodes, edit.id);
    if (node == design.nodes.end()) {
        return notFound(edit.id, "The component");
    }
    if (!edit.asItWas) {
        if (!isWritable(edit.position) || !isWritable(edit.size)) {
            return invalid(edit.id, "Position and size are finite numbers.");
        }
        const bool moves = edit.parent != node->parent && !edit.parent.empty();
        if (moves && !has(design.nodes, edit.parent)) {
            return notFound(edit.parent, "The frame");
        }
        if (moves && withContents(design, edit.id).contains(edit.parent)) {
            return invalid(edit.id, "A frame cannot lie in itself.");
        }
    }
    PlaceNode inverse{edit.id, node->parent, node->position, node->size, true};
    node->parent = edit.parent;
    node->position = edit.position;
    node->size = edit.size;
    return Edit{std::move(inverse)};
}

Result<Edit> applied(Design& design, const SetDesignInfo& edit)
{
    if (!std::isfinite(edit.runSeconds) || !isUtf8(edit.name) || !isUtf8(edit.description)) {
        return invalid("", "The run lasts a finite number of seconds, and texts are UTF-8.");
    }
    SetDesignInfo inverse{design.name, design.description, design.runSeconds};
    design.name = edit.name;
    design.description = edit.description;
    design.runSeconds = edit.runSeconds;
    return Edit{std::move(inverse)};
}

Result<Edit> applied(Design& design, const EditGroup& edit)
{
    EditGroup inverse;
    for (const Edit& one : edit.edits) {
        Result<Edit> back = applyEdit(design, one);
        if (back) {
            inverse.edits.push_back(std::move(*back));
            continue;
        }
        for (auto done = inverse.edits.rbegin(); done != inverse.edits.rend(); ++done) {
            const Result<Edit> undone = applyEdit(design, *done);
            assert(undone);
            static_cast<void>(undone);
        }
        return back.error();
    }
    std::reverse(inverse.edits.begin(), inverse.edits.end());
    return Edit{std::move(inverse)};
}

bool sameKind(const SetProperty& a, const SetProperty& b)
{
    return a.id == b.id && a.key == b.key;
}

bool sameKind(const RenameNode& a, const RenameNode& b)
{
    return a.id == b.id;
}

bool sameKind(const PlaceNode& a, const PlaceNode& b)
{
    return a.id == b.id;
}

bool sameKind(const SetDesignInfo&, const SetDesignInfo&)
{
    return true;
}

bool sameKind(const EditGroup& a, const EditGroup& b)
{
    return !a.edits.empty() &&
           std::equal(a.edits.begin(), a.edits.end(), b.edits.begin(), b.edits.end(), sameTarget);
}

/// Adding and removing are steps of their own, and so are edits of different kinds.
template <typename A, typename B>
bool sameKind(const A&, const B&)
{
    return false;
}

}  // namespace

Result<Edit> applyEdit(Design& design, const Edit& edit)
{
    return std::visit([&design](const auto& kind) { return applied(design, kind); }, edit.kind);
}

bool sameTarget(const Edit& a, const Edit& b)
{
    return std::visit([](const auto& x, const auto& y) { return sameKind(x, y); }, a.kind, b.kind);
}

}  // namespace neph
