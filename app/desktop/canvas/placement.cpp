#include "app/desktop/canvas/placement.h"

#include <algorithm>

namespace neph {

Placement::Placement(const Design& design, const Layout& layout) : m_design(design), m_layout(layout)
{
    for (const auto& [id, entry] : layout.entries()) {
        m_now.emplace(id, Place{entry.parent, entry.rect, false});
    }
}

void Placement::moveTo(const std::string& id, QPointF corner)
{
    const QPointF by = corner - m_now.at(id).rect.topLeft();
    for (const std::string& inner : m_layout.subtree(id)) {
        m_now.at(inner).rect.translate(by);
    }
    m_now.at(id).touched = true;
}

void Placement::setOutline(const std::string& frame, const QRectF& outline)
{
    m_now.at(frame).rect = outline;
    m_now.at(frame).touched = true;
}

void Placement::setParent(const std::string& id, const std::string& parent)
{
    m_now.at(id).parent = parent;
    m_now.at(id).touched = true;
}

void Placement::growFrames(std::map<std::string, Place>& places) const
{
    std::map<std::string, std::vector<std::string>> children;
    std::vector<std::string> toGrow;
    for (const auto& [id, place] : places) {
        children[place.parent].push_back(id);
        if (!place.touched) {
            continue;
        }
        if (m_layout.at(id).frame) {
            toGrow.push_back(id);
        }
        for (std::string at = place.parent; !at.empty(); at = places.at(at).parent) {
            if (std::find(toGrow.begin(), toGrow.end(), at) == toGrow.end()) {
                toGrow.push_back(at);
            }
        }
    }
    const auto depth = [&places](std::string at) {
        int count = 0;
        for (; !at.empty(); at = places.at(at).parent) {
            ++count;
        }
        return count;
    };
    std::stable_sort(toGrow.begin(), toGrow.end(), [&depth](const std::string& a, const std::string& b) {
        return depth(a) > depth(b);  // A frame that has grown may make its own frame grow.
    });
    for (const std::string& frame : toGrow) {
        QRectF& outline = places.at(frame).rect;
        for (const std::string& child : children[frame]) {
            outline |= places.at(child).rect.adjusted(
                -kFramePadding, -kFrameTitle - kGrid, kFramePadding, kFramePadding);
        }
    }
}

Edit Placement::edit() const
{
    std::map<std::string, Place> places = m_now;
    growFrames(places);
    EditGroup group;
    for (const Node& node : m_design.nodes) {
        const Place& now = places.at(node.id);
        const Layout::Entry& before = m_layout.at(node.id);
        const QPointF oldOrigin = before.parent.empty() ? QPointF() : m_layout.rect(before.parent).topLeft();
        const QPointF newOrigin = now.parent.empty() ? QPointF() : places.at(now.parent).rect.topLeft();
        const QPointF oldCorner = before.rect.topLeft() - oldOrigin;
        const QPointF newCorner = now.rect.topLeft() - newOrigin;
        const bool resized = before.frame && now.rect.size() != before.rect.size();
        if (now.parent == before.parent && newCorner == oldCorner && !resized) {
            continue;
        }
        const QSizeF size = now.rect.size();
        group.edits.push_back(Edit{PlaceNode{
            node.id, now.parent, Point{newCorner.x(), newCorner.y()},
            before.frame ? Point{size.width(), size.height()} : node.size}});
    }
    if (group.edits.size() == 1) {
        return std::move(group.edits.front());
    }
    return Edit{std::move(group)};
}

bool isNothing(const Edit& edit)
{
    const auto* group = std::get_if<EditGroup>(&edit.kind);
    return group != nullptr && group->edits.empty();
}

}  // namespace neph
