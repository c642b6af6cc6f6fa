// What menus, toolbars and keys do on the canvas.

#include <QClipboard>
#include <QGuiApplication>
#include <QImage>
#include <QPainter>
#include <QScrollBar>
#include <algorithm>
#include <cmath>
#include <set>
#include <utility>

#include "app/desktop/canvas/canvas_text.h"
#include "app/desktop/canvas/canvas_view.h"
#include "app/desktop/canvas/card_painter.h"
#include "app/desktop/canvas/edits.h"
#include "app/desktop/canvas/link_gesture.h"
#include "app/desktop/canvas/name_editor.h"
#include "app/desktop/canvas/placement.h"
#include "app/desktop/clipboard.h"
#include "app/desktop/design_document.h"
#include "app/desktop/selection.h"
#include "sim/model/rules.h"

namespace neph {

namespace {

constexpr double kSmallestZoom = 0.05;
constexpr double kLargestZoom = 4;
constexpr double kZoomStep = 1.2;
constexpr double kLargestFit = 1.25;  ///< A small design is not blown up to fill the page.
constexpr double kFitMargin = 40;
constexpr double kPasteStep = 2 * kGrid;
constexpr int kLargestPicture = 4000;

}  // namespace

double CanvasView::zoom() const
{
    return transform().m11();
}

void CanvasView::zoomAt(double factor, QPointF fixed)
{
    const double next = std::clamp(factor, kSmallestZoom, kLargestZoom);
    const QPointF before = mapToScene(fixed.toPoint());
    setTransform(QTransform::fromScale(next, next));
    const QPointF drift = mapFromScene(before) - fixed;
    horizontalScrollBar()->setValue(
        horizontalScrollBar()->value() + static_cast<int>(std::lround(drift.x())));
    verticalScrollBar()->setValue(verticalScrollBar()->value() + static_cast<int>(std::lround(drift.y())));
    emit zoomChanged(next);
}

void CanvasView::setZoom(double factor)
{
    zoomAt(factor, viewport()->rect().center());
}

void CanvasView::zoomIn()
{
    setZoom(zoom() * kZoomStep);
}

void CanvasView::zoomOut()
{
    setZoom(zoom() / kZoomStep);
}

void CanvasView::resetZoom()
{
    setZoom(1);
}

void CanvasView::fit(const QRectF& rect)
{
    if (rect.isNull()) {
        setZoom(1);
        centerOn(0, 0);
        return;
    }
    const QSizeF room = viewport()->size() - QSizeF(2 * kFitMargin, 2 * kFitMargin);
    const double factor = std::min(room.width() / rect.width(), room.height() / rect.height());
    setZoom(std::clamp(factor, kSmallestZoom, kLargestFit));
    centerOn(rect.center());
}

void CanvasView::fitPage()
{
    fit(m_scene->contentRect());
}

void CanvasView::fitSelection()
{
    QRectF all;
    for (const std::string& id : m_selection.ids()) {
        all |= m_scene->rectOf(id);
    }
    fit(all.isNull() ? m_scene->contentRect() : all);
}

void CanvasView::reveal(const std::string& id)
{
    const QRectF rect = m_scene->rectOf(id);
    const QRectF seen = mapToScene(viewport()->rect()).boundingRect();
    if (!rect.isNull() && !seen.contains(rect)) {
        ensureVisible(rect, static_cast<int>(kFitMargin), static_cast<int>(kFitMargin));
    }
}

QPointF CanvasView::centre() const
{
    return mapToScene(viewport()->rect().center());
}

std::vector<std::string> CanvasView::selectedNodes() const
{
    std::vector<std::string> nodes;
    for (const std::string& id : m_selection.ids()) {
        if (m_scene->layout().has(id)) {
            nodes.push_back(id);
        }
    }
    return nodes;
}

bool CanvasView::hasSelection() const
{
    return !m_selection.ids().empty();
}

bool CanvasView::canPaste() const
{
    const QMimeData* held = QGuiApplication::clipboard()->mimeData();
    return held != nullptr && (held->hasFormat(QString::fromLatin1(kFragmentMimeType)) || held->hasText());
}

bool CanvasView::canRename() const
{
    const std::string id = m_selection.single();
    return !id.empty() && m_document.design().link(id) == nullptr;
}

bool CanvasView::canStartLink() const
{
    const KindSpec* kind = m_document.kindOf(m_selection.single());
    return kind != nullptr && !kind->links.empty();
}

bool CanvasView::canAlign() const
{
    return m_scene->layout().outermost(selectedNodes()).size() >= 2;
}

bool CanvasView::canDistribute() const
{
    return m_scene->layout().outermost(selectedNodes()).size() >= 3;
}

void CanvasView::selectAll()
{
    m_selection.set(m_scene->within(QRectF(-1e9, -1e9, 2e9, 2e9)));
}

void CanvasView::selectNext()
{
    step(1);
}

void CanvasView::selectPrevious()
{
    step(-1);
}

void CanvasView::removeSelection(const QString& verb)
{
    const std::vector<std::string> nodes = m_scene->layout().outermost(selectedNodes());
    std::set<std::string> goneAnyway;  // Links go with the components that they end at.
    for (const std::string& root : nodes) {
        for (const std::string& id : m_scene->layout().subtree(root)) {
            goneAnyway.insert(id);
        }
    }
    EditGroup group;
    for (const std::string& id : m_selection.ids()) {
        if (const Link* link = m_document.design().link(id)) {
            if (goneAnyway.count(link->from) == 0 && goneAnyway.count(link->to) == 0) {
                group.edits.push_back(Edit{RemoveLink{id}});
            }
        } else if (!m_scene->layout().has(id)) {
            group.edits.push_back(Edit{RemoveNote{id}});
        }
    }
    for (const std::string& id : nodes) {
        group.edits.push_back(Edit{RemoveNode{id}});
    }
    if (group.edits.empty()) {
        return;
    }
    const int count = static_cast<int>(group.edits.size());
    const QString what = nodes.size() == group.edits.size() ? componentsText(*m_scene, nodes)
                         : count == 1                       ? tr("connection or note")
                                                            : itemsText(count);
    m_document.endGesture();
    m_document.push(Edit{std::move(group)}, tr("%1 %2").arg(verb, what));
}

void CanvasView::deleteSelection()
{
    removeSelection(tr("Delete"));
}

void CanvasView::cut()
{
    if (hasSelection()) {
        copy();
        removeSelection(tr("Cut"));
    }
}

void CanvasView::copy()
{
    const Design fragment = fragmentOf(m_document.design(), m_scene->layout(), m_selection.ids());
    if (fragment.nodes.empty() && fragment.notes.empty()) {
        return;
    }
    QGuiApplication::clipboard()->setMimeData(mimeOf(fragment, pictureOf(m_selection.ids())).release());
    m_lastPaste.reset();
    emit commandsChanged();
}

QImage CanvasView::pictureOf(const std::vector<std::string>& ids)
{
    QRectF area;
    for (const std::string& id : ids) {
        area |= m_scene->rectOf(id);
    }
    area.adjust(-kCardMargin, -kCardMargin, kCardMargin, kCardMargin);
    const double scale = std::min(2.0, kLargestPicture / std::max(area.width(), area.height()));
    QImage picture((area.size() * scale).toSize(), QImage::Format_ARGB32_Premultiplied);
    picture.fill(Qt::transparent);
    QPainter painter(&picture);
    m_scene->render(&painter, QRectF(), area);
    return picture;
}

void CanvasView::paste()
{
    const QMimeData* held = QGuiApplication::clipboard()->mimeData();
    const std::optional<Design> fragment = held != nullptr ? fragmentFrom(*held) : std::optional<Design>();
    if (!fragment) {
        refuse(tr("The clipboard holds no components."));
        return;
    }
    const QPointF target = m_isPointerInside ? m_pointer : centre();
    // Pasted again without moving the pointer: beside the last copy, not over it.
    m_pastesThere = m_lastPaste && *m_lastPaste == target ? m_pastesThere + 1 : 0;
    m_lastPaste = target;
    QRectF area = Layout(*fragment, m_document.catalog()).bounds();
    for (const Note& note : fragment->notes) {
        area |= QRectF(note.position.x, note.position.y, kCardWidth, kGrid);
    }
    const QPointF offset(m_pastesThere * kPasteStep, m_pastesThere * kPasteStep);
    pasteFragment(*fragment, onGrid(target - area.center()) + offset, m_scene->framesAt(target), tr("Paste"));
}

void CanvasView::duplicate()
{
    const Design fragment = fragmentOf(m_document.design(), m_scene->layout(), m_selection.ids());
    if (!fragment.nodes.empty() || !fragment.notes.empty()) {
        pasteFragment(fragment, {kPasteStep, kPasteStep}, {}, tr("Duplicate"));
    }
}

void CanvasView::pasteFragment(
    const Design& fragment, QPointF shift, const std::vector<std::string>& frames, const QString& text)
{
    const auto chooseFrame = [&](const std::string& kind,
                                 const std::string& former) -> std::optional<std::string> {
        std::vector<std::string> candidates = frames;
        if (frames.empty() || !m_scene->layout().has(former)) {
            candidates.insert(candidates.begin(), former);
        } else {
            candidates.push_back(former);
        }
        candidates.emplace_back();
        for (const std::string& frame : candidates) {
            const bool exists = frame.empty() || m_scene->layout().has(frame);
            if (exists && refusalOfParent(m_document.design(), m_document.catalog(), kind, frame).empty()) {
                return frame;
            }
        }
        for (const std::string& frame : m_scene->layout().readingOrder()) {
            if (refusalOfParent(m_document.design(), m_document.catalog(), kind, frame).empty()) {
                return frame;
            }
        }
        return std::nullopt;
    };
    Pasted pasted =
        pasteOf(m_document.design(), m_document.catalog(), m_scene->layout(), fragment, shift, chooseFrame);
    if (!pasted.refusal.isEmpty()) {
        refuse(pasted.refusal);
        return;
    }
    m_document.endGesture();
    if (m_document.push(
            std::move(pasted.edit), tr("%1 %2").arg(text, itemsText(static_cast<int>(pasted.ids.size()))))) {
        m_selection.set(std::move(pasted.ids));
    }
}

void CanvasView::renameSelected()
{
    if (canRename()) {
        openEditor(m_selection.single());
    }
}

void CanvasView::openEditor(const std::string& id)
{
    closeEditor(true);
    reveal(id);
    const Design& design = m_document.design();
    const Node* node = design.node(id);
    const auto note = std::find_if(
        design.notes.begin(), design.notes.end(), [&id](const Note& one) { return one.id == id; });
    QRectF where = m_scene->rectOf(id);
    QString text;
    if (node != nullptr) {
        const bool isFrame = m_scene->layout().at(id).frame;
        where = isFrame ? QRectF(where.left() + 34, where.top() + 7, std::min(where.width() - 44, 260.0), 22)
                        : cardNameRect(where).adjusted(-3, -2, 3, 3);
        text = QString::fromStdString(node->name);
    } else if (note != design.notes.end()) {
        text = QString::fromStdString(note->text);
    } else {
        return;
    }
    m_editor = new NameEditor(id, text, node == nullptr, viewport());
    QFont font = node != nullptr ? nameFont() : detailFont();
    font.setPixelSize(std::max(10, static_cast<int>(std::lround(font.pixelSize() * zoom()))));
    m_editor->setFont(font);
    QRect place = mapFromScene(where).boundingRect();
    place.setHeight(std::max(place.height(), QFontMetrics(font).height() + 6));
    place.setWidth(std::max(place.width(), 120));
    m_editor->setGeometry(place);
    connect(m_editor, &NameEditor::finished, this, &CanvasView::closeEditor, Qt::QueuedConnection);
    m_editor->show();
    m_editor->setFocus(Qt::OtherFocusReason);
}

void CanvasView::closeEditor(bool taken)
{
    NameEditor* editor = m_editor;
    if (editor == nullptr) {
        return;
    }
    m_editor.clear();
    const std::string id = editor->id();
    const std::string text = editor->text().toStdString();
    const bool hadFocus = editor->hasFocus();
    editor->hide();
    editor->deleteLater();
    if (hadFocus) {
        setFocus(Qt::OtherFocusReason);
    }
    const Design& design = m_document.design();
    const Node* node = design.node(id);
    const bool hasNote = std::any_of(
        design.notes.begin(), design.notes.end(), [&id](const Note& note) { return note.id == id; });
    if (!taken || (node == nullptr && !hasNote)) {
        return;
    }
    m_document.endGesture();
    if (node != nullptr && !text.empty() && text != node->name) {
        m_document.push(
            Edit{RenameNode{id, text}},
            tr("Rename %1 to %2").arg(m_scene->nameOf(id), QString::fromStdString(text)));
    } else if (hasNote && text.empty()) {
        m_document.push(Edit{RemoveNote{id}}, tr("Delete note"));
    } else if (hasNote) {
        m_document.push(noteRewritten(design, id, text), tr("Edit note"));
    }
}

void CanvasView::startLink()
{
    if (!canStartLink()) {
        refuse(tr("Select one component that can connect to others first."));
        return;
    }
    cancelGesture();
    const GestureSite site{*m_scene, m_overlay, zoom(), m_snaps};
    auto gesture = std::make_unique<LinkGesture>(site, m_selection.single());
    if (!gesture->hasTargets()) {
        const QString name = m_scene->nameOf(gesture->from());
        gesture->cancel();
        refuse(tr("The design has nothing yet that %1 can connect to.").arg(name));
        return;
    }
    m_isKeyboardLink = true;
    gesture->step(1);
    begin(std::move(gesture));
    viewport()->update();
    emit message(tr("Tab chooses the target, Enter connects, Esc leaves."));
}

void CanvasView::addNote()
{
    const std::string id = m_document.design().freeId("note");
    const QPointF corner = onGrid(centre() - QPointF(kCardWidth / 2, kGrid * 2));
    m_document.endGesture();
    if (m_document.push(
            Edit{AddNote{Note{id, tr("Note").toStdString(), Point{corner.x(), corner.y()}}}},
            tr("Add note"))) {
        m_selection.set({id});
        openEditor(id);
    }
}

void CanvasView::addKindAtCentre(const QString& kindId)
{
    const KindSpec* kind = m_document.catalog().find(kindId.toStdString());
    if (kind == nullptr) {
        return;
    }
    const ComponentDrop drop(m_document.design(), m_document.catalog(), m_scene->layout());
    DropPlan plan = drop.anywhere(*kind, centre(), m_selection.single());
    if (!plan.refusal.isEmpty()) {
        refuse(plan.refusal);
        return;
    }
    m_document.endGesture();
    if (m_document.push(std::move(plan.edit), tr("Add %1").arg(QString::fromStdString(kind->name)))) {
        m_selection.set({plan.id});
        reveal(plan.id);
    }
}

void CanvasView::nudge(QPointF by)
{
    const std::vector<std::string> nodes = m_scene->layout().outermost(selectedNodes());
    if (nodes.empty()) {
        horizontalScrollBar()->setValue(horizontalScrollBar()->value() + static_cast<int>(by.x() * 4));
        verticalScrollBar()->setValue(verticalScrollBar()->value() + static_cast<int>(by.y() * 4));
        return;
    }
    Placement placement(m_document.design(), m_scene->layout());
    for (const std::string& id : nodes) {
        placement.moveTo(id, m_scene->layout().rect(id).topLeft() + by);
    }
    m_document.push(placement.edit(), tr("Move %1").arg(componentsText(*m_scene, nodes)));
}

void CanvasView::arrange(Arrange how)
{
    const bool spreads = how == Arrange::SpreadHorizontally || how == Arrange::SpreadVertically;
    const std::vector<std::string> nodes = m_scene->layout().outermost(selectedNodes());
    if (nodes.size() < (spreads ? 3u : 2u)) {
        return;
    }
    std::vector<QRectF> rects;
    rects.reserve(nodes.size());
    for (const std::string& id : nodes) {
        rects.push_back(m_scene->layout().rect(id));
    }
    const std::vector<QPointF> corners = arranged(rects, how);
    Placement placement(m_document.design(), m_scene->layout());
    for (std::size_t i = 0; i < nodes.size(); ++i) {
        placement.moveTo(nodes[i], corners[i]);
    }
    Edit edit = placement.edit();
    if (!isNothing(edit)) {
        m_document.endGesture();
        const QString what = componentsText(*m_scene, nodes);
        m_document.push(std::move(edit), (spreads ? tr("Distribute %1") : tr("Align %1")).arg(what));
    }
}

void CanvasView::setGridVisible(bool visible)
{
    m_showsGrid = visible;
    viewport()->update();
}

void CanvasView::setTrafficAnimated(bool animated)
{
    m_scene->setTrafficAnimated(animated);
}

void CanvasView::setPlaying(bool playing)
{
    m_scene->setPlaying(playing);
}

void CanvasView::showResult(std::shared_ptr<const RunResult> result, Time at)
{
    m_scene->showResult(std::move(result), at);
}

void CanvasView::showReal(const std::map<std::string, QString>& real)
{
    m_scene->showReal(real);
}

}  // namespace neph
