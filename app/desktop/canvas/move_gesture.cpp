#include "app/desktop/canvas/move_gesture.h"

#include <algorithm>

#include "app/desktop/canvas/canvas_overlay.h"
#include "app/desktop/canvas/canvas_scene.h"
#include "app/desktop/canvas/edits.h"
#include "app/desktop/canvas/placement.h"
#include "app/desktop/canvas/snap.h"
#include "app/desktop/design_document.h"
#include "app/desktop/selection.h"
#include "sim/model/rules.h"

namespace neph {

namespace {

constexpr double kSnapPixels = 6;
constexpr std::size_t kMostToSnapTo = 300;

}  // namespace

MoveGesture::MoveGesture(const GestureSite& site, QPointF start, const QRectF& visible)
    : Gesture(site), m_start(start), m_snaps(site.snaps)
{
    const Layout& layout = m_scene.layout();
    const Design& design = m_scene.document().design();
    std::vector<std::string> nodes;
    for (const std::string& id : m_scene.selection().ids()) {
        if (layout.has(id)) {
            nodes.push_back(id);
        } else if (std::any_of(design.notes.begin(), design.notes.end(), [&id](const Note& n) {
                       return n.id == id;
                   })) {
            m_notes.push_back(id);
            m_moving.insert(id);
        }
    }
    m_nodes = layout.outermost(nodes);
    for (const std::string& id : m_nodes) {
        m_parents[id] = layout.at(id).parent;
        for (std::string& inner : layout.subtree(id)) {
            m_moving.insert(std::move(inner));
        }
    }
    for (const std::string& id : m_moving) {
        m_rects[id] = m_scene.rectOf(id);
        m_bounds |= m_rects[id];
    }
    for (const auto& [id, entry] : layout.entries()) {
        const bool holdsThem = entry.frame && entry.rect.contains(m_bounds);
        const bool isSeen = visible.isNull() || visible.intersects(entry.rect);
        if (m_moving.count(id) == 0 && !holdsThem && isSeen && m_others.size() < kMostToSnapTo) {
            m_others.push_back(entry.rect);
        }
    }
}

QPointF MoveGesture::shiftTo(QPointF at, Qt::KeyboardModifiers modifiers)
{
    const QPointF shift = at - m_start;
    if (!m_snaps || (modifiers & Qt::AltModifier) != 0) {
        m_overlay.guides.clear();
        return shift;
    }
    Snapped snapped = snapTo(m_bounds.translated(shift), m_others, kSnapPixels / m_zoom);
    m_overlay.guides = std::move(snapped.guides);
    return shift + snapped.shift;
}

void MoveGesture::choose(QPointF at)
{
    const DesignDocument& document = m_scene.document();
    std::vector<std::string> frames =
        m_scene.framesAt(at, [this](const std::string& id) { return m_moving.count(id) != 0; });
    frames.emplace_back();  // The canvas itself.
    m_refusal.clear();
    std::map<std::string, Mark> marks;
    for (auto& [id, parent] : m_parents) {
        const std::string kind = document.design().node(id)->kind;
        const auto accepts = [&](const std::string& frame) {
            return refusalOfParent(document.design(), document.catalog(), kind, frame).empty();
        };
        const auto found = std::find_if(frames.begin(), frames.end(), accepts);
        if (found == frames.end()) {
            const std::string why =
                refusalOfParent(document.design(), document.catalog(), kind, frames.front());
            m_refusal = QString::fromStdString(why);
            marks[frames.front()] = Mark::Refused;
            continue;
        }
        parent = *found;
        if (parent != m_scene.layout().at(id).parent) {
            marks[parent] = Mark::Target;
        }
    }
    marks.erase(std::string());
    m_scene.setMarks(std::move(marks));
}

void MoveGesture::move(QPointF at, Qt::KeyboardModifiers modifiers)
{
    m_shift = shiftTo(at, modifiers);
    std::map<std::string, QRectF> rects;
    for (const auto& [id, rect] : m_rects) {
        rects[id] = rect.translated(m_shift);
    }
    m_scene.preview(rects);
    choose(at);
    m_overlay.bubble.reset();
    if (!m_refusal.isEmpty()) {
        m_overlay.bubble = CanvasOverlay::Bubble{at, m_refusal, true};
    }
}

QString MoveGesture::finish(QPointF at, Qt::KeyboardModifiers modifiers)
{
    move(at, modifiers);
    QString refusal = m_refusal;
    cancel();
    if (!refusal.isEmpty() || m_shift.isNull()) {
        return refusal;
    }
    DesignDocument& document = m_scene.document();
    Placement placement(document.design(), m_scene.layout());
    std::string newFrame;
    for (const std::string& id : m_nodes) {
        placement.moveTo(id, m_rects[id].topLeft() + m_shift);
        if (m_parents[id] != m_scene.layout().at(id).parent) {
            placement.setParent(id, m_parents[id]);
            newFrame = m_parents[id];
        }
    }
    EditGroup group;
    append(group, placement.edit());
    for (const std::string& id : m_notes) {
        append(group, noteMoved(document.design(), id, m_rects[id].topLeft() + m_shift));
    }
    const int count = static_cast<int>(m_nodes.size() + m_notes.size());
    const QString what = m_notes.empty() ? componentsText(m_scene, m_nodes) : itemsText(count);
    document.endGesture();
    document.push(
        Edit{std::move(group)}, newFrame.empty()
                                    ? CanvasScene::tr("Move %1").arg(what)
                                    : CanvasScene::tr("Move %1 into %2").arg(what, m_scene.nameOf(newFrame)));
    return {};
}

void MoveGesture::cancel()
{
    m_overlay.endGesture();
    m_scene.clearMarks();
    m_scene.endPreview();
}

Qt::CursorShape MoveGesture::cursor() const
{
    return m_refusal.isEmpty() ? Qt::ClosedHandCursor : Qt::ForbiddenCursor;
}

}  // namespace neph
