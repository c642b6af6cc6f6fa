#include "app/desktop/canvas/canvas_view.h"

#include <QKeyEvent>
#include <QPainter>
#include <QScrollBar>
#include <algorithm>
#include <cmath>
#include <utility>

#include "app/desktop/canvas/accessible_canvas.h"
#include "app/desktop/canvas/canvas_look.h"
#include "app/desktop/canvas/canvas_text.h"
#include "app/desktop/canvas/link_gesture.h"
#include "app/desktop/canvas/minimap.h"
#include "app/desktop/canvas/name_editor.h"
#include "app/desktop/design_document.h"
#include "app/desktop/selection.h"
#include "app/desktop/theme.h"

namespace neph {

namespace {

/// Half the side of the canvas: so large that nobody meets its end, and fixed, so that nothing jumps.
constexpr double kWorld = 50'000;
constexpr double kDotsEvery = 2 * kGrid;
constexpr double kDotsFrom = 0.5;  ///< Zoom below which the grid would be a grey veil.

}  // namespace

CanvasView::CanvasView(DesignDocument& document, Selection& selection, QWidget* parent)
    : QGraphicsView(parent), m_document(document), m_selection(selection),
      m_scene(std::make_unique<CanvasScene>(document, selection)), m_minimap(new Minimap(*this, *m_scene))
{
    installAccessibleCanvas();
    setObjectName(QStringLiteral("canvas"));
    setAccessibleName(tr("Drawing"));
    setScene(m_scene.get());
    setSceneRect(-kWorld, -kWorld, 2 * kWorld, 2 * kWorld);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setTransformationAnchor(QGraphicsView::NoAnchor);
    setResizeAnchor(QGraphicsView::AnchorViewCenter);
    setViewportUpdateMode(QGraphicsView::SmartViewportUpdate);
    setOptimizationFlag(QGraphicsView::DontSavePainterState, false);
    setFrameShape(QFrame::NoFrame);
    setFocusPolicy(Qt::StrongFocus);
    setMouseTracking(true);
    viewport()->setMouseTracking(true);
    setAcceptDrops(true);
    viewport()->setAcceptDrops(true);
    setMinimumSize(200, 150);
    centerOn(0, 0);

    for (const QScrollBar* bar : {horizontalScrollBar(), verticalScrollBar()}) {
        connect(bar, &QScrollBar::valueChanged, m_minimap, &Minimap::refresh);
    }
    connect(this, &CanvasView::zoomChanged, m_minimap, &Minimap::refresh);
    connect(m_scene.get(), &CanvasScene::rebuilt, this, [this] {
        m_minimap->refresh();
        showHandles();
        viewport()->update();
        emit commandsChanged();
    });
    connect(&document, &DesignDocument::reset, this, [this] {
        cancelGesture();
        m_lastPaste.reset();
        fitPage();
    });
    connect(&selection, &Selection::changed, this, [this] {
        m_document.endGesture();
        showHandles();
        announceSelection(*this);
        emit commandsChanged();
    });
    connect(&selection, &Selection::revealRequested, this, [this](const std::string& id) {
        m_selection.set({id});
        reveal(id);
    });
}

CanvasView::~CanvasView()
{
    m_gesture.reset();
    setScene(nullptr);
}

void CanvasView::begin(std::unique_ptr<Gesture> gesture)
{
    m_gesture = std::move(gesture);
    m_scene->setHovered({});
    viewport()->setCursor(m_gesture->cursor());
}

void CanvasView::finishGesture(QPointF at, Qt::KeyboardModifiers modifiers)
{
    m_isKeyboardLink = false;
    const std::unique_ptr<Gesture> gesture = std::move(m_gesture);
    const QString refusal = gesture->finish(at, modifiers);
    showHandles();
    showCursor(at);
    if (!refusal.isEmpty()) {
        refuse(refusal);
    }
}

void CanvasView::cancelGesture()
{
    m_press.reset();
    m_isKeyboardLink = false;
    if (const std::unique_ptr<Gesture> gesture = std::move(m_gesture)) {
        gesture->cancel();
    }
    showHandles();
    showCursor(m_pointer);
}

LinkGesture* CanvasView::linkGesture() const
{
    return m_isKeyboardLink ? static_cast<LinkGesture*>(m_gesture.get()) : nullptr;
}

void CanvasView::refuse(const QString& reason)
{
    m_overlay.bubble.reset();
    viewport()->update();
    emit message(reason);
}

void CanvasView::showHandles()
{
    const std::string id = m_selection.single();
    const bool isFrame = m_scene->layout().has(id) && m_scene->layout().at(id).frame;
    m_overlay.resizable = isFrame ? id : std::string();
    if (!m_overlay.connectFrom.empty() && !m_scene->layout().has(m_overlay.connectFrom)) {
        m_overlay.connectFrom.clear();
    }
    viewport()->update();
}

bool CanvasView::focusNextPrevChild(bool next)
{
    if (linkGesture() != nullptr) {
        linkGesture()->step(next ? 1 : -1);
        viewport()->update();
        return true;
    }
    // Tab goes through the components, and past the last one out of the canvas: nobody is trapped in it.
    const std::vector<std::string> order = m_scene->layout().readingOrder();
    const std::string current = m_selection.ids().empty() ? std::string() : m_selection.ids().back();
    const auto found = std::find(order.begin(), order.end(), current);
    const bool isLast =
        found != order.end() && (next ? std::next(found) == order.end() : found == order.begin());
    if (order.empty() || isLast) {
        return QGraphicsView::focusNextPrevChild(next);
    }
    step(next ? 1 : -1);
    return true;
}

void CanvasView::step(int by)
{
    const std::vector<std::string> order = m_scene->layout().readingOrder();
    if (order.empty()) {
        return;
    }
    const auto count = static_cast<int>(order.size());
    const std::string current = m_selection.ids().empty() ? std::string() : m_selection.ids().back();
    const auto found = std::find(order.begin(), order.end(), current);
    const int at = found == order.end() ? (by > 0 ? -1 : 0) : static_cast<int>(found - order.begin());
    const std::string& next = order[static_cast<std::size_t>((at + by + count) % count)];
    m_selection.set({next});
    reveal(next);
}

bool CanvasView::linkKey(int key)
{
    LinkGesture* gesture = linkGesture();
    if (gesture == nullptr) {
        return false;
    }
    switch (key) {
    case Qt::Key_Return:
    case Qt::Key_Enter: {
        m_isKeyboardLink = false;
        const std::unique_ptr<Gesture> kept = std::move(m_gesture);
        const QString refusal = static_cast<LinkGesture&>(*kept).finish();
        showHandles();
        showCursor(m_pointer);
        if (!refusal.isEmpty()) {
            refuse(refusal);
        }
        return true;
    }
    case Qt::Key_Right:
    case Qt::Key_Down:
        gesture->step(1);
        break;
    case Qt::Key_Left:
    case Qt::Key_Up:
        gesture->step(-1);
        break;
    default:
        return false;
    }
    viewport()->update();
    return true;
}

bool CanvasView::actionKey(QKeyEvent& event)
{
    const double step = (event.modifiers() & Qt::ControlModifier) != 0 ? 1 : kGrid;
    const std::pair<QKeySequence::StandardKey, void (CanvasView::*)()> standard[] = {
        {QKeySequence::Copy, &CanvasView::copy},     {QKeySequence::Cut, &CanvasView::cut},
        {QKeySequence::Paste, &CanvasView::paste},   {QKeySequence::SelectAll, &CanvasView::selectAll},
        {QKeySequence::ZoomIn, &CanvasView::zoomIn}, {QKeySequence::ZoomOut, &CanvasView::zoomOut},
    };
    for (const auto& [sequence, action] : standard) {
        if (event.matches(sequence)) {
            (this->*action)();
            return true;
        }
    }
    const bool isControl = event.modifiers() == Qt::ControlModifier;
    switch (event.key()) {
    case Qt::Key_Left:
        nudge({-step, 0});
        return true;
    case Qt::Key_Right:
        nudge({step, 0});
        return true;
    case Qt::Key_Up:
        nudge({0, -step});
        return true;
    case Qt::Key_Down:
        nudge({0, step});
        return true;
    case Qt::Key_Delete:  // Not QKeySequence::Delete: on X11 that is Ctrl+D as well, which duplicates.
    case Qt::Key_Backspace:
        deleteSelection();
        return true;
    case Qt::Key_F2:
        renameSelected();
        return true;
    case Qt::Key_L:
        startLink();
        return event.modifiers() == Qt::NoModifier;
    case Qt::Key_D:
        return isControl ? (duplicate(), true) : false;
    case Qt::Key_0:
        return isControl ? (resetZoom(), true) : false;
    default:
        return false;
    }
}

void CanvasView::keyPressEvent(QKeyEvent* event)
{
    if (event->key() == Qt::Key_Escape) {
        if (m_gesture) {
            cancelGesture();
        } else {
            m_selection.clear();
        }
        return;
    }
    if (event->key() == Qt::Key_Space && !event->isAutoRepeat() && event->modifiers() == Qt::NoModifier) {
        m_isSpaceDown = true;
        showCursor(m_pointer);
        return;
    }
    if (linkKey(event->key()) || (!m_gesture && actionKey(*event))) {
        return;
    }
    QGraphicsView::keyPressEvent(event);
}

void CanvasView::keyReleaseEvent(QKeyEvent* event)
{
    if (event->key() == Qt::Key_Space && !event->isAutoRepeat()) {
        m_isSpaceDown = false;
        showCursor(m_pointer);
        return;
    }
    QGraphicsView::keyReleaseEvent(event);
}

void CanvasView::drawBackground(QPainter* painter, const QRectF& rect)
{
    painter->fillRect(rect, theme::canvas());
    if (!m_showsGrid || zoom() < kDotsFrom) {
        return;
    }
    std::vector<QPointF> dots;
    for (double y = std::ceil(rect.top() / kDotsEvery) * kDotsEvery; y <= rect.bottom(); y += kDotsEvery) {
        for (double x = std::ceil(rect.left() / kDotsEvery) * kDotsEvery; x <= rect.right();
             x += kDotsEvery) {
            dots.emplace_back(x, y);
        }
    }
    QPen pen(theme::grid(), 1.5);
    pen.setCosmetic(true);
    pen.setCapStyle(Qt::RoundCap);
    painter->setPen(pen);
    painter->drawPoints(dots.data(), static_cast<int>(dots.size()));
}

void CanvasView::drawForeground(QPainter* painter, const QRectF&)
{
    if (m_scene->isEmpty() && !m_overlay.ghost) {
        drawHint(*painter);
    }
    m_overlay.paint(*painter, *m_scene, zoom());
}

void CanvasView::drawHint(QPainter& painter)
{
    painter.save();
    painter.resetTransform();
    const QRectF page = viewport()->rect();
    QFont title = nameFont();
    title.setPixelSize(18);
    painter.setFont(title);
    painter.setPen(theme::text());
    const QPointF middle = page.center();
    painter.drawText(
        QRectF(page.left(), middle.y() - 40, page.width(), 28), Qt::AlignCenter,
        tr("Draw your first architecture"));
    QFont words = detailFont();
    words.setPixelSize(13);
    painter.setFont(words);
    painter.setPen(theme::mutedText());
    painter.drawText(
        QRectF(page.left() + 40, middle.y() - 4, page.width() - 80, 60),
        Qt::AlignHCenter | Qt::AlignTop | Qt::TextWordWrap,
        tr("Drag a component from the palette onto this page, or press Enter on it.\n"
           "Start with Users, then what they call. Templates wait under File, New."));
    painter.restore();
}

void CanvasView::changeEvent(QEvent* event)
{
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::FontChange) {
        m_scene->update();
        viewport()->update();
    }
    QGraphicsView::changeEvent(event);
}

void CanvasView::showEvent(QShowEvent* event)
{
    QGraphicsView::showEvent(event);
    m_scene->setWatched(true);
}

void CanvasView::hideEvent(QHideEvent* event)
{
    QGraphicsView::hideEvent(event);
    m_scene->setWatched(false);
}

}  // namespace neph
