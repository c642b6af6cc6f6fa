#include "app/desktop/canvas/layout.h"

#include <algorithm>
#include <cmath>
#include <set>

namespace neph {

namespace {

/// Components whose tops differ by less stand in one row for the eye.
constexpr double kRowHeight = 40;

/// Frames in frames beyond this are a broken file; what is deeper is shown at the top.
constexpr int kDeepest = 100;

}  // namespace

QPointF onGrid(QPointF point)
{
    return {std::round(point.x() / kGrid) * kGrid, std::round(point.y() / kGrid) * kGrid};
}

QSizeF defaultFrameSize(int depth)
{
    switch (depth) {
    case 0:
        return {720, 480};
    case 1:
        return {560, 360};
    default:
        return {280, 180};
    }
}

Layout::Layout(const Design& design, const Catalog& catalog)
{
    std::map<std::string, const Node*> nodes;
    for (const Node& node : design.nodes) {
        nodes.emplace(node.id, &node);
    }
    for (const auto& [id, node] : nodes) {
        const KindSpec* kind = catalog.find(node->kind);
        Entry& entry = m_entries[id];
        entry.id = id;
        entry.frame = kind != nullptr && kind->frame;
        entry.parent = nodes.count(node->parent) != 0 && node->parent != id ? node->parent : std::string();
    }
    for (const Node& node : design.nodes) {
        const std::string& parent = m_entries[node.id].parent;
        std::vector<std::string>& siblings = parent.empty() ? m_topLevel : m_entries[parent].children;
        siblings.push_back(node.id);
    }

    std::set<std::string> placed;
    for (const std::string& id : m_topLevel) {
        place(id, {}, 0, nodes);
        for (std::string& below : subtree(id)) {
            placed.insert(std::move(below));
        }
    }
    // What is left lies in itself by a circle of parents; it is shown at the top so that it can be mended.
    for (const Node& node : design.nodes) {
        if (placed.count(node.id) == 0) {
            Entry& entry = m_entries[node.id];
            std::vector<std::string>& siblings = m_entries[entry.parent].children;
            siblings.erase(std::remove(siblings.begin(), siblings.end(), node.id), siblings.end());
            entry.parent.clear();
            m_topLevel.push_back(node.id);
            place(node.id, {}, 0, nodes);
            for (std::string& below : subtree(node.id)) {
                placed.insert(std::move(below));
            }
        }
    }
}

void Layout::place(
    const std::string& id, QPointF origin, int depth, const std::map<std::string, const Node*>& nodes)
{
    Entry& entry = m_entries.at(id);
    const Node& node = *nodes.at(id);
    const QPointF corner = origin + QPointF(node.position.x, node.position.y);
    QSizeF size(kCardWidth, kCardHeight);
    if (entry.frame) {
        const bool sized = node.size.x > 0 && node.size.y > 0;
        size = sized ? QSizeF(node.size.x, node.size.y) : defaultFrameSize(depth);
    }
    entry.depth = depth;
    entry.rect = QRectF(corner, size);
    if (depth >= kDeepest) {
        entry.children.clear();
    }
    for (const std::string& child : entry.children) {
        place(child, corner, depth + 1, nodes);
        if (entry.frame) {
            const QRectF inner = m_entries.at(child).rect;
            entry.rect.setRight(std::max(entry.rect.right(), inner.right() + kFramePadding));
            entry.rect.setBottom(std::max(entry.rect.bottom(), inner.bottom() + kFramePadding));
        }
    }
}

QRectF Layout::rect(const std::string& id) const
{
    const auto found = m_entries.find(id);
    return found == m_entries.end() ? QRectF() : found->second.rect;
}

std::vector<std::string> Layout::subtree(const std::string& id) const
{
    std::vector<std::string> ids{id};
    for (std::size_t next = 0; next < ids.size(); ++next) {
        const std::vector<std::string>& children = m_entries.at(ids[next]).children;
        ids.insert(ids.end(), children.begin(), children.end());
    }
    return ids;
}

bool Layout::isInside(const std::string& id, const std::string& frame) const
{
    for (std::string at = id; !at.empty() && has(at); at = m_entries.at(at).parent) {
        if (at == frame) {
            return true;
        }
    }
    return false;
}

std::vector<std::string> Layout::outermost(const std::vector<std::string>& ids) const
{
    const std::set<std::string> all(ids.begin(), ids.end());
    std::vector<std::string> found;
    for (const std::string& id : ids) {
        bool inner = !has(id);
        for (std::string at = inner ? std::string() : m_entries.at(id).parent; !at.empty() && !inner;) {
            inner = all.count(at) != 0;
            at = m_entries.at(at).parent;
        }
        if (!inner) {
            found.push_back(id);
        }
    }
    return found;
}

std::vector<std::string> Layout::readingOrder() const
{
    std::vector<std::string> order;
    read(m_topLevel, order);
    return order;
}

void Layout::read(const std::vector<std::string>& siblings, std::vector<std::string>& order) const
{
    std::vector<std::string> sorted = siblings;
    std::stable_sort(sorted.begin(), sorted.end(), [this](const std::string& a, const std::string& b) {
        const QPointF left = rect(a).topLeft();
        const QPointF right = rect(b).topLeft();
        const double rowA = std::floor(left.y() / kRowHeight);
        const double rowB = std::floor(right.y() / kRowHeight);
        return rowA != rowB ? rowA < rowB : left.x() < right.x();
    });
    for (const std::string& id : sorted) {
        order.push_back(id);
        read(m_entries.at(id).children, order);
    }
}

QRectF Layout::bounds() const
{
    QRectF all;
    for (const std::string& id : m_topLevel) {
        all |= rect(id);
    }
    return all;
}

}  // namespace neph
