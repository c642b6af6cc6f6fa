// How the canvas takes the mouse: presses become clicks or gestures, palette entries become components.

#include <QApplication>
#include <QContextMenuEvent>
#include <QDragEnterEvent>
#include <QDropEvent>
#include <QMimeData>
#include <QMouseEvent>
#include <QScrollBar>
#include <QWheelEvent>
#include <algorithm>
#include <cmath>
#include <utility>

#include "app/desktop/canvas/band_gesture.h"
#include "app/desktop/canvas/canvas_view.h"
#include "app/desktop/canvas/edits.h"
#include "app/desktop/canvas/link_gesture.h"
#include "app/desktop/canvas/minimap.h"
#include "app/desktop/canvas/move_gesture.h"
#include "app/desktop/canvas/name_editor.h"
#include "app/desktop/canvas/resize_gesture.h"
#include "app/desktop/design_document.h"
#include "app/desktop/selection.h"

namespace neph {

namespace {

constexpr double kReachPixels = 5;  ///< How near to a border or a link a press must be.
constexpr double kWheelStep = 120;

using Kind = CanvasScene::Hit::Kind;

bool addsToSelection(Qt::KeyboardModifiers modifiers)
{
    return (modifiers & (Qt::ControlModifier | Qt::ShiftModifier)) != 0;
}

}  // namespace

void CanvasView::mousePressEvent(QMouseEvent* event)
{
    setFocus(Qt::MouseFocusReason);
    m_pointer = mapToScene(event->pos());
    const bool pans =
        event->button() == Qt::MiddleButton || (event->button() == Qt::LeftButton && m_isSpaceDown);
    if (pans) {
        m_panFrom = event->pos();
        viewport()->setCursor(Qt::ClosedHandCursor);
    } else if (event->button() == Qt::LeftButton) {
        press(*event);
    } else if (event->button() == Qt::RightButton && m_gesture) {
        cancelGesture();
    }
    event->accept();
}

void CanvasView::press(QMouseEvent& event)
{
    const QPointF at = m_pointer;
    if (m_gesture) {  // A link that was begun by keyboard ends where the mouse says.
        finishGesture(at, event.modifiers());
        return;
    }
    const GestureSite site{*m_scene, m_overlay, zoom(), m_snaps};
    if (m_overlay.arrowAt(at, *m_scene, zoom())) {
        begin(std::make_unique<LinkGesture>(site, m_overlay.connectFrom));
        m_gesture->move(at, event.modifiers());
        return;
    }
    if (const std::optional<ResizeHandle> handle = m_overlay.handleAt(at, *m_scene, zoom())) {
        begin(std::make_unique<ResizeGesture>(site, m_overlay.resizable, *handle));
        return;
    }
    Press now{
        event.pos(), at, m_scene->hit(at, kReachPixels / zoom()), addsToSelection(event.modifiers()), false};
    now.wasSelected = m_selection.contains(now.hit.id);
    const bool isThing = now.hit.kind != Kind::Nothing && now.hit.kind != Kind::FrameBody;
    if (isThing && !now.wasSelected) {
        std::vector<std::string> ids = now.adds ? m_selection.ids() : std::vector<std::string>();
        ids.push_back(now.hit.id);
        m_selection.set(std::move(ids));
    }
    m_press = std::move(now);
}

void CanvasView::mouseMoveEvent(QMouseEvent* event)
{
    m_pointer = mapToScene(event->pos());
    m_isPointerInside = true;
    if (m_panFrom) {
        pan(event->pos());
        return;
    }
    if (m_press && !m_gesture &&
        (event->pos() - m_press->pixel).manhattanLength() >= QApplication::startDragDistance()) {
        beginDrag();
    }
    if (m_gesture && !m_isKeyboardLink) {
        m_gesture->move(m_pointer, event->modifiers());
        viewport()->setCursor(m_gesture->cursor());
        viewport()->update();
    } else if (!m_gesture && !m_press) {
        hover(m_pointer);
    }
}

void CanvasView::beginDrag()
{
    const Press start = *std::exchange(m_press, std::nullopt);
    const GestureSite site{*m_scene, m_overlay, zoom(), m_snaps};
    switch (start.hit.kind) {
    case Kind::Nothing:
    case Kind::FrameBody:
    case Kind::Link:
        begin(std::make_unique<BandGesture>(site, start.at, start.adds));
        break;
    case Kind::Card:
    case Kind::Frame:
    case Kind::Note:
        begin(std::make_unique<MoveGesture>(site, start.at, mapToScene(viewport()->rect()).boundingRect()));
        break;
    }
    m_overlay.connectFrom.clear();
}

void CanvasView::mouseReleaseEvent(QMouseEvent* event)
{
    m_pointer = mapToScene(event->pos());
    if (m_panFrom && event->button() != Qt::RightButton) {
        m_panFrom.reset();
        showCursor(m_pointer);
    } else if (event->button() == Qt::LeftButton && m_gesture && !m_isKeyboardLink) {
        finishGesture(m_pointer, event->modifiers());
        hover(m_pointer);
    } else if (event->button() == Qt::LeftButton && m_press) {
        click();
    }
    event->accept();
}

void CanvasView::click()
{
    const Press done = *std::exchange(m_press, std::nullopt);
    std::vector<std::string> ids = m_selection.ids();
    if (done.hit.kind == Kind::Nothing) {
        if (!done.adds) {
            m_selection.clear();
        }
        return;
    }
    if (done.adds && done.wasSelected) {
        ids.erase(std::remove(ids.begin(), ids.end(), done.hit.id), ids.end());
    } else if (!done.adds) {
        ids = {done.hit.id};
    } else if (!m_selection.contains(done.hit.id)) {
        ids.push_back(done.hit.id);
    }
    m_selection.set(std::move(ids));
}

void CanvasView::hover(QPointF at)
{
    const CanvasScene::Hit hit = m_scene->hit(at, kReachPixels / zoom());
    const std::string before = m_overlay.connectFrom;
    const double reach = kArrowReach / zoom();
    const bool isStillNear =
        !before.empty() && m_scene->rectOf(before).adjusted(-reach, -reach, reach, reach).contains(at);
    if (hit.kind == Kind::Card) {
        const KindSpec* kind = m_document.kindOf(hit.id);
        m_overlay.connectFrom = kind != nullptr && !kind->links.empty() ? hit.id : std::string();
    } else if (!isStillNear) {
        m_overlay.connectFrom.clear();
    }
    m_scene->setHovered(hit.kind == Kind::FrameBody ? std::string() : hit.id);
    if (m_overlay.connectFrom != before) {
        viewport()->update();
    }
    showCursor(at);
}

void CanvasView::showCursor(QPointF at)
{
    if (m_isSpaceDown) {
        viewport()->setCursor(Qt::OpenHandCursor);
        return;
    }
    if (m_overlay.arrowAt(at, *m_scene, zoom())) {
        viewport()->setCursor(Qt::CrossCursor);
        return;
    }
    if (const std::optional<ResizeHandle> handle = m_overlay.handleAt(at, *m_scene, zoom())) {
        viewport()->setCursor(ResizeGesture::cursorOf(*handle));
        return;
    }
    const Kind kind = m_scene->hit(at, kReachPixels / zoom()).kind;
    const bool moves = kind == Kind::Card || kind == Kind::Frame || kind == Kind::Note;
    viewport()->setCursor(
        moves                ? Qt::SizeAllCursor
        : kind == Kind::Link ? Qt::PointingHandCursor
                             : Qt::ArrowCursor);
}

void CanvasView::pan(QPoint to)
{
    const QPoint by = to - *std::exchange(m_panFrom, to);
    horizontalScrollBar()->setValue(horizontalScrollBar()->value() - by.x());
    verticalScrollBar()->setValue(verticalScrollBar()->value() - by.y());
}

void CanvasView::mouseDoubleClickEvent(QMouseEvent* event)
{
    m_press.reset();
    const CanvasScene::Hit hit = m_scene->hit(mapToScene(event->pos()), kReachPixels / zoom());
    const bool hasName = hit.kind == Kind::Card || hit.kind == Kind::Frame || hit.kind == Kind::Note;
    if (event->button() == Qt::LeftButton && hasName) {
        m_selection.set({hit.id});
        openEditor(hit.id);
    }
}

void CanvasView::wheelEvent(QWheelEvent* event)
{
    if ((event->modifiers() & Qt::ControlModifier) == 0) {
        QGraphicsView::wheelEvent(event);
        m_pointer = mapToScene(event->position().toPoint());
        return;
    }
    const double steps = event->angleDelta().y() / kWheelStep;
    zoomAt(zoom() * std::pow(1.2, steps), event->position());
    event->accept();
}

void CanvasView::contextMenuEvent(QContextMenuEvent* event)
{
    const bool byKeyboard = event->reason() == QContextMenuEvent::Keyboard;
    if (byKeyboard) {
        const std::string id = m_selection.single();
        const QPoint where = mapFromScene(m_scene->rectOf(id).center());
        emit contextMenuRequested(
            id, viewport()->mapToGlobal(id.empty() ? viewport()->rect().center() : where));
        return;
    }
    m_pointer = mapToScene(event->pos());
    const CanvasScene::Hit hit = m_scene->hit(m_pointer, kReachPixels / zoom());
    if (hit.id.empty()) {
        m_selection.clear();
    } else if (!m_selection.contains(hit.id)) {
        m_selection.set({hit.id});
    }
    emit contextMenuRequested(hit.id, event->globalPos());
}

DropPlan CanvasView::planOf(const QMimeData& dragged, QPointF at) const
{
    const std::string id = dragged.data(QString::fromLatin1(kindMimeType())).toStdString();
    const KindSpec* kind = m_document.catalog().find(id);
    if (kind == nullptr) {
        DropPlan refused;
        refused.refusal = tr("Only components of the palette can be dropped here.");
        return refused;
    }
    const ComponentDrop drop(m_document.design(), m_document.catalog(), m_scene->layout());
    return drop.at(*kind, at, m_scene->framesAt(at));
}

void CanvasView::dragEnterEvent(QDragEnterEvent* event)
{
    if (event->mimeData()->hasFormat(QString::fromLatin1(kindMimeType()))) {
        event->acceptProposedAction();
    } else {
        event->ignore();  // A file that is dragged in is the window's to open.
    }
}

void CanvasView::dragMoveEvent(QDragMoveEvent* event)
{
    if (!event->mimeData()->hasFormat(QString::fromLatin1(kindMimeType()))) {
        event->ignore();
        return;
    }
    const QPointF at = mapToScene(event->position().toPoint());
    const DropPlan plan = planOf(*event->mimeData(), at);
    std::map<std::string, Mark> marks;
    m_overlay.bubble.reset();
    m_overlay.ghost.reset();
    if (!plan.refusal.isEmpty()) {
        const std::vector<std::string> frames = m_scene->framesAt(at);
        if (!frames.empty()) {
            marks[frames.front()] = Mark::Refused;
        }
        m_overlay.bubble = CanvasOverlay::Bubble{at, plan.refusal, true};
        event->ignore();  // The system shows the forbidden cursor.
    } else {
        m_overlay.ghost = plan.rect;
        if (!plan.frame.empty()) {
            marks[plan.frame] = Mark::Target;
        }
        if (!plan.newFrames.empty()) {
            QStringList names;
            for (const KindSpec* frame : plan.newFrames) {
                names << QString::fromStdString(frame->name);
            }
            m_overlay.bubble = CanvasOverlay::Bubble{
                at, tr("Comes with its frame: %1.").arg(names.join(QStringLiteral(", "))), false};
        }
        event->acceptProposedAction();
    }
    m_scene->setMarks(std::move(marks));
    viewport()->update();
}

void CanvasView::dragLeaveEvent(QDragLeaveEvent*)
{
    m_overlay.endGesture();
    m_scene->clearMarks();
    viewport()->update();
}

void CanvasView::dropEvent(QDropEvent* event)
{
    const QPointF at = mapToScene(event->position().toPoint());
    m_overlay.endGesture();
    m_scene->clearMarks();
    viewport()->update();
    DropPlan plan = planOf(*event->mimeData(), at);
    if (!plan.refusal.isEmpty()) {
        event->ignore();
        refuse(plan.refusal);
        return;
    }
    event->acceptProposedAction();
    m_document.endGesture();
    const KindSpec* kind =
        m_document.catalog().find(event->mimeData()->data(QString::fromLatin1(kindMimeType())).toStdString());
    if (m_document.push(std::move(plan.edit), tr("Add %1").arg(QString::fromStdString(kind->name)))) {
        m_selection.set({plan.id});
        setFocus(Qt::OtherFocusReason);
    }
}

bool CanvasView::viewportEvent(QEvent* event)
{
    if (event->type() == QEvent::Resize) {
        const bool isTaken = QGraphicsView::viewportEvent(event);
        m_minimap->refresh();
        return isTaken;
    }
    if (event->type() == QEvent::Leave) {
        m_isPointerInside = false;
        if (!m_gesture) {
            m_scene->setHovered({});
            m_overlay.connectFrom.clear();
            viewport()->update();
        }
    }
    return QGraphicsView::viewportEvent(event);
}

}  // namespace neph
