#include "app/desktop/canvas/resize_gesture.h"

#include <algorithm>
#include <utility>

#include "app/desktop/canvas/canvas_scene.h"
#include "app/desktop/canvas/layout.h"
#include "app/desktop/canvas/placement.h"
#include "app/desktop/design_document.h"

namespace neph {

ResizeGesture::ResizeGesture(const GestureSite& site, std::string frame, ResizeHandle handle)
    : Gesture(site), m_frame(std::move(frame)), m_handle(handle), m_snaps(site.snaps),
      m_before(m_scene.layout().rect(m_frame)), m_now(m_before)
{
    for (const std::string& child : m_scene.layout().at(m_frame).children) {
        m_least |= m_scene.layout().rect(child).adjusted(
            -kFramePadding, -kFrameTitle - kGrid, kFramePadding, kFramePadding);
    }
}

void ResizeGesture::move(QPointF at, Qt::KeyboardModifiers modifiers)
{
    const bool snaps = m_snaps && (modifiers & Qt::AltModifier) == 0;
    const QPointF to = snaps ? onGrid(at) : at;
    const bool isHeld = !m_least.isNull();
    m_now = m_before;
    if (m_handle.left) {
        const double most =
            std::min(m_before.right() - kSmallestFrame, isHeld ? m_least.left() : m_before.right());
        m_now.setLeft(std::min(to.x(), most));
    }
    if (m_handle.right) {
        const double least =
            std::max(m_before.left() + kSmallestFrame, isHeld ? m_least.right() : m_before.left());
        m_now.setRight(std::max(to.x(), least));
    }
    if (m_handle.top) {
        const double most =
            std::min(m_before.bottom() - kSmallestFrame, isHeld ? m_least.top() : m_before.bottom());
        m_now.setTop(std::min(to.y(), most));
    }
    if (m_handle.bottom) {
        const double least =
            std::max(m_before.top() + kSmallestFrame, isHeld ? m_least.bottom() : m_before.top());
        m_now.setBottom(std::max(to.y(), least));
    }
    m_scene.preview({{m_frame, m_now}});
}

QString ResizeGesture::finish(QPointF at, Qt::KeyboardModifiers modifiers)
{
    move(at, modifiers);
    cancel();
    DesignDocument& document = m_scene.document();
    Placement placement(document.design(), m_scene.layout());
    placement.setOutline(m_frame, m_now);
    Edit edit = placement.edit();
    if (!isNothing(edit)) {
        document.endGesture();
        document.push(std::move(edit), CanvasScene::tr("Resize %1").arg(m_scene.nameOf(m_frame)));
    }
    return {};
}

void ResizeGesture::cancel()
{
    m_overlay.endGesture();
    m_scene.endPreview();
}

Qt::CursorShape ResizeGesture::cursorOf(const ResizeHandle& handle)
{
    if ((handle.left && handle.top) || (handle.right && handle.bottom)) {
        return Qt::SizeFDiagCursor;
    }
    if ((handle.left && handle.bottom) || (handle.right && handle.top)) {
        return Qt::SizeBDiagCursor;
    }
    return handle.left || handle.right ? Qt::SizeHorCursor : Qt::SizeVerCursor;
}

}  // namespace neph
