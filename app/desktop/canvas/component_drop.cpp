#include "app/desktop/canvas/component_drop.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "app/desktop/canvas/edits.h"
#include "sim/model/rules.h"

namespace neph {

namespace {

constexpr double kRoom = 30;  ///< Left free around a component that is put somewhere by itself.
constexpr int kMostNewFrames = 5;
constexpr int kMostRings = 40;

}  // namespace

ComponentDrop::ComponentDrop(const Design& design, const Catalog& catalog, const Layout& layout)
    : m_design(design), m_catalog(catalog), m_layout(layout)
{
}

bool ComponentDrop::accepts(const std::string& frame, const KindSpec& kind) const
{
    return refusalOfParent(m_design, m_catalog, kind.id, frame).empty();
}

bool ComponentDrop::anyFrameAccepts(const KindSpec& kind) const
{
    return std::any_of(m_layout.entries().begin(), m_layout.entries().end(), [&](const auto& entry) {
        return entry.second.frame && accepts(entry.first, kind);
    });
}

bool ComponentDrop::findFrame(
    const KindSpec& kind, const std::vector<std::string>& frames, std::string& frame,
    std::vector<const KindSpec*>& newFrames, int depth) const
{
    for (const std::string& candidate : frames) {
        if (accepts(candidate, kind)) {
            frame = candidate;
            return true;
        }
    }
    if (accepts({}, kind)) {
        frame.clear();
        return true;
    }
    for (const std::string& parent : kind.parents) {
        const KindSpec* between = m_catalog.find(parent);
        if (between == nullptr || !between->frame || depth == kMostNewFrames || anyFrameAccepts(kind)) {
            continue;
        }
        if (findFrame(*between, frames, frame, newFrames, depth + 1)) {
            newFrames.push_back(between);
            return true;
        }
    }
    return false;
}

QSizeF ComponentDrop::sizeOf(const KindSpec& kind, const std::string& frame) const
{
    if (!kind.frame) {
        return {kCardWidth, kCardHeight};
    }
    return defaultFrameSize(frame.empty() ? 0 : m_layout.at(frame).depth + 1);
}

DropPlan ComponentDrop::at(const KindSpec& kind, QPointF centre, const std::vector<std::string>& frames) const
{
    std::string frame;
    std::vector<const KindSpec*> newFrames;
    if (!findFrame(kind, frames, frame, newFrames)) {
        DropPlan refused;
        refused.refusal = QString::fromStdString(
            refusalOfParent(m_design, m_catalog, kind.id, frames.empty() ? std::string() : frames.front()));
        return refused;
    }
    const QSizeF size = sizeOf(kind, frame);
    const QPointF corner = onGrid(centre - QPointF(size.width(), size.height()) / 2);
    return planned(kind, QRectF(corner, size), frame, std::move(newFrames));
}

DropPlan ComponentDrop::anywhere(const KindSpec& kind, QPointF centre, const std::string& preferred) const
{
    std::vector<std::string> frames;
    for (std::string at = m_layout.has(preferred) ? preferred : std::string(); !at.empty();) {
        frames.push_back(at);
        at = m_layout.at(at).parent;
    }
    for (const std::string& id : m_layout.readingOrder()) {
        if (m_layout.at(id).frame) {
            frames.push_back(id);
        }
    }
    std::string frame;
    std::vector<const KindSpec*> newFrames;
    if (!findFrame(kind, frames, frame, newFrames)) {
        DropPlan refused;
        refused.refusal = QString::fromStdString(refusalOfParent(m_design, m_catalog, kind.id, {}));
        return refused;
    }
    const QSizeF size = sizeOf(kind, frame);
    return planned(kind, QRectF(roomFor(size, centre, frame), size), frame, std::move(newFrames));
}

QPointF ComponentDrop::roomFor(QSizeF size, QPointF centre, const std::string& frame) const
{
    std::vector<QRectF> taken;
    const std::vector<std::string>& siblings =
        frame.empty() ? m_layout.topLevel() : m_layout.at(frame).children;
    taken.reserve(siblings.size());
    for (const std::string& id : siblings) {
        taken.push_back(m_layout.rect(id).adjusted(-kRoom, -kRoom, kRoom, kRoom));
    }
    QRectF inside;
    QPointF ideal = onGrid(centre - QPointF(size.width(), size.height()) / 2);
    if (!frame.empty()) {
        inside =
            m_layout.rect(frame).adjusted(kFramePadding, kFrameTitle + kGrid, -kFramePadding, -kFramePadding);
        ideal.setX(
            std::clamp(ideal.x(), inside.left(), std::max(inside.left(), inside.right() - size.width())));
        ideal.setY(
            std::clamp(ideal.y(), inside.top(), std::max(inside.top(), inside.bottom() - size.height())));
        ideal = onGrid(ideal);
    }
    const auto isFree = [&](QPointF corner) {
        const QRectF rect(corner, size);
        const bool collides = std::any_of(
            taken.begin(), taken.end(), [&rect](const QRectF& other) { return other.intersects(rect); });
        return !collides && (inside.isNull() || inside.adjusted(-kGrid, -kGrid, kGrid, kGrid).contains(rect));
    };
    constexpr double kStep = 4 * kGrid;
    for (int ring = 0; ring <= kMostRings; ++ring) {
        for (int y = -ring; y <= ring; ++y) {
            const int across = std::abs(y) == ring ? 1 : 2 * ring;
            for (int x = -ring; x <= ring; x += std::max(across, 1)) {
                const QPointF corner = ideal + QPointF(x * kStep, y * kStep);
                if (isFree(corner)) {
                    return corner;
                }
            }
        }
    }
    // The frame is full: below what lies in it, where the frame will grow.
    QRectF all;
    for (const std::string& id : siblings) {
        all |= m_layout.rect(id);
    }
    return all.isNull() ? ideal : onGrid(all.bottomLeft() + QPointF(0, kRoom));
}

DropPlan ComponentDrop::planned(
    const KindSpec& kind, const QRectF& rect, const std::string& frame,
    std::vector<const KindSpec*> newFrames) const
{
    DropPlan plan;
    plan.frame = frame;
    plan.rect = rect;
    plan.newFrames = std::move(newFrames);

    // From the inside out: each new frame surrounds what lies in it, and is at least of its usual size.
    const int outerDepth = frame.empty() ? 0 : m_layout.at(frame).depth + 1;
    std::vector<QRectF> rects(plan.newFrames.size());
    QRectF inner = rect;
    for (std::size_t i = rects.size(); i-- > 0;) {
        const QPointF corner = inner.topLeft() - QPointF(kFramePadding, kFrameTitle + kGrid);
        const QSizeF least = defaultFrameSize(outerDepth + static_cast<int>(i));
        const QSizeF needed(
            inner.width() + 2 * kFramePadding, inner.height() + kFrameTitle + kGrid + kFramePadding);
        inner = rects[i] = QRectF(onGrid(corner), least.expandedTo(needed));
    }

    Design scratch = m_design;
    EditGroup group;
    std::string parent = frame;
    QPointF origin = frame.empty() ? QPointF() : m_layout.rect(frame).topLeft();
    const auto add = [&](const KindSpec& what, const QRectF& where) {
        Node node = newNode(scratch, what);
        node.parent = parent;
        node.position = {where.left() - origin.x(), where.top() - origin.y()};
        if (what.frame) {
            node.size = {where.width(), where.height()};
        }
        scratch.nodes.push_back(node);
        plan.id = node.id;
        parent = node.id;
        origin = where.topLeft();
        group.edits.push_back(Edit{AddNode{std::move(node)}});
    };
    for (std::size_t i = 0; i < rects.size(); ++i) {
        add(*plan.newFrames[i], rects[i]);
    }
    add(kind, rect);
    plan.edit = withRoom(m_design, m_catalog, std::move(group), {plan.id});
    return plan;
}

}  // namespace neph
