#include "app/desktop/canvas/canvas_scene.h"

#include <algorithm>
#include <set>
#include <utility>

#include "app/desktop/canvas/canvas_text.h"
#include "app/desktop/canvas/card_item.h"
#include "app/desktop/canvas/frame_item.h"
#include "app/desktop/canvas/note_item.h"
#include "app/desktop/design_document.h"
#include "app/desktop/selection.h"

namespace neph {

namespace {

// Frames lie at the bottom, the deeper ones higher.
constexpr double kLinkHeight = 1000;
constexpr double kCardHeightOnStack = 2000;
constexpr double kNoteHeight = 3000;

constexpr int kTickMs = 33;
constexpr double kLongestTick = 0.1;  ///< Seconds; after a pause the dots go on where they were.

/// Deletes the items of a map whose ids are gone.
template <typename Items, typename Ids>
void keepOnly(Items& items, const Ids& ids)
{
    for (auto at = items.begin(); at != items.end();) {
        at = ids.count(at->first) != 0 ? std::next(at) : items.erase(at);
    }
}

template <typename Item>
Item& itemFor(
    QGraphicsScene& scene, std::map<std::string, std::unique_ptr<Item>>& items, const std::string& id)
{
    std::unique_ptr<Item>& item = items[id];
    if (!item) {
        item = std::make_unique<Item>(id);
        scene.addItem(item.get());
    }
    return *item;
}

}  // namespace

CanvasScene::CanvasScene(DesignDocument& document, Selection& selection, QObject* parent)
    : QGraphicsScene(parent), m_document(document), m_selection(selection)
{
    m_ticks.setInterval(kTickMs);
    connect(&m_ticks, &QTimer::timeout, this, &CanvasScene::tick);
    connect(&document, &DesignDocument::changed, this, &CanvasScene::sync);
    connect(&document, &DesignDocument::reset, this, [this] {
        m_preview.clear();
        m_shown.clear();
        m_selection.clear();
        sync();
    });
    connect(&document, &DesignDocument::diagnosticsChanged, this, &CanvasScene::showProblems);
    connect(&selection, &Selection::changed, this, &CanvasScene::showLooks);
    sync();
}

CanvasScene::~CanvasScene() = default;

void CanvasScene::sync()
{
    m_layout = Layout(m_document.design(), m_document.catalog());
    syncNodes();
    syncNotes();
    syncLinks();
    route();
    showProblems();
    showLooks();
    showLive();

    // What is gone cannot stay selected.
    std::vector<std::string> kept;
    for (const std::string& id : m_selection.ids()) {
        if (!rectOf(id).isNull()) {
            kept.push_back(id);
        }
    }
    m_selection.set(std::move(kept));
    emit rebuilt();
}

void CanvasScene::syncNodes()
{
    std::set<std::string> cards;
    std::set<std::string> frames;
    for (const Node& node : m_document.design().nodes) {
        const Layout::Entry& entry = m_layout.at(node.id);
        makeFace(node);
        if (entry.frame) {
            frames.insert(node.id);
            FrameItem& item = itemFor(*this, m_frames, node.id);
            item.place(entry.rect);
            item.setZValue(entry.depth);
        } else {
            cards.insert(node.id);
            CardItem& item = itemFor(*this, m_cards, node.id);
            item.place(entry.rect);
            item.setZValue(kCardHeightOnStack);
        }
    }
    keepOnly(m_cards, cards);
    keepOnly(m_frames, frames);
    keepOnly(m_shown, m_layout.entries());
}

void CanvasScene::makeFace(const Node& node)
{
    const auto known = m_shown.find(node.id);
    if (known != m_shown.end() && known->second.node.kind == node.kind &&
        known->second.node.name == node.name && known->second.node.properties == node.properties) {
        return;
    }
    ItemFace face;
    const KindSpec* kind = m_document.catalog().find(node.kind);
    face.kind = kind != nullptr ? QString::fromStdString(kind->name)
                                : tr("Unknown kind %1").arg(QString::fromStdString(node.kind));
    face.name = node.name.empty() ? face.kind : QString::fromStdString(node.name);
    if (kind != nullptr) {
        face.detail = keyProperties(*kind, node);
        face.iconStem = QString::fromStdString(kind->stem);
        face.category = QString::fromStdString(kind->category);
    }
    m_shown[node.id] = {node, std::move(face)};
}

void CanvasScene::syncLinks()
{
    std::set<std::string> ids;
    for (const Link& link : m_document.design().links) {
        const auto from = m_shown.find(link.from);
        const auto to = m_shown.find(link.to);
        if (from == m_shown.end() || to == m_shown.end() || link.from == link.to) {
            continue;
        }
        ids.insert(link.id);
        LinkItem& item = itemFor(*this, m_links, link.id);
        item.setZValue(kLinkHeight);
        const Catalog& catalog = m_document.catalog();
        const LinkRule* rule = catalog.linkRule(from->second.node.kind, to->second.node.kind);
        const KindSpec* target = catalog.find(to->second.node.kind);
        const bool isDependency =
            target != nullptr && (target->hasRole("image") || target->hasRole("registry"));
        item.setFace(
            rule != nullptr ? QString::fromStdString(rule->verb) : tr("may not connect"), !isDependency);
    }
    keepOnly(m_links, ids);
}

void CanvasScene::syncNotes()
{
    std::set<std::string> ids;
    for (const Note& note : m_document.design().notes) {
        ids.insert(note.id);
        NoteItem& item = itemFor(*this, m_notes, note.id);
        item.setZValue(kNoteHeight);
        item.setText(QString::fromStdString(note.text));
        item.place({note.position.x, note.position.y});
    }
    keepOnly(m_notes, ids);
}

void CanvasScene::showProblems()
{
    std::map<std::string, const Diagnostic*> worst;
    for (const Diagnostic& diagnostic : m_document.diagnostics()) {
        const Diagnostic*& known = worst[diagnostic.nodeId];
        if (diagnostic.severity != Severity::Note &&
            (known == nullptr || diagnostic.severity > known->severity)) {
            known = &diagnostic;
        }
    }
    for (auto& [id, shown] : m_shown) {
        const auto found = worst.find(id);
        const Diagnostic* problem = found == worst.end() ? nullptr : found->second;
        shown.face.hasProblem = problem != nullptr;
        shown.face.problem = problem != nullptr ? problem->severity : Severity::Note;
        shown.face.problemText = problem != nullptr ? QString::fromStdString(problem->what) : QString();
        if (const auto card = m_cards.find(id); card != m_cards.end()) {
            card->second->setFace(shown.face);
        } else if (const auto frame = m_frames.find(id); frame != m_frames.end()) {
            frame->second->setFace(shown.face);
        }
    }
}

void CanvasScene::route()
{
    const auto rects = [this](const std::string& id) {
        const auto moved = m_preview.find(id);
        return moved != m_preview.end() ? moved->second : m_layout.rect(id);
    };
    for (const auto& [id, course] : routeLinks(m_document.design(), rects)) {
        if (const auto link = m_links.find(id); link != m_links.end()) {
            link->second->place(course);
        }
    }
}

void CanvasScene::preview(const std::map<std::string, QRectF>& rects)
{
    m_preview = rects;
    for (const auto& [id, rect] : rects) {
        if (const auto card = m_cards.find(id); card != m_cards.end()) {
            card->second->place(rect);
        } else if (const auto frame = m_frames.find(id); frame != m_frames.end()) {
            frame->second->place(rect);
        } else if (const auto note = m_notes.find(id); note != m_notes.end()) {
            note->second->place(rect.topLeft());
        }
    }
    route();
}

void CanvasScene::endPreview()
{
    if (!m_preview.empty()) {
        m_preview.clear();
        sync();
    }
}

CanvasScene::Hit CanvasScene::hit(QPointF at, double reach) const
{
    for (const auto& [id, note] : m_notes) {
        if (note->rect().contains(at)) {
            return {Hit::Kind::Note, id};
        }
    }
    const QRectF near(at - QPointF(reach, reach), QSizeF(2 * reach, 2 * reach));
    for (QGraphicsItem* item : items(near, Qt::IntersectsItemBoundingRect)) {
        if (const auto* card = qgraphicsitem_cast<CardItem*>(item);
            card != nullptr && card->rect().contains(at)) {
            return {Hit::Kind::Card, card->id()};
        }
        if (const auto* link = qgraphicsitem_cast<LinkItem*>(item);
            link != nullptr && link->isNear(at, reach)) {
            return {Hit::Kind::Link, link->id()};
        }
        if (const auto* frame = qgraphicsitem_cast<FrameItem*>(item); frame != nullptr) {
            if (frame->isHandle(at, reach)) {
                return {Hit::Kind::Frame, frame->id()};
            }
            if (frame->rect().contains(at)) {
                return {Hit::Kind::FrameBody, frame->id()};
            }
        }
    }
    return {};
}

std::vector<std::string>
CanvasScene::framesAt(QPointF at, const std::function<bool(const std::string&)>& leaveOut) const
{
    std::vector<const FrameItem*> found;
    for (const auto& [id, frame] : m_frames) {
        if (frame->rect().contains(at) && !(leaveOut && leaveOut(id))) {
            found.push_back(frame.get());
        }
    }
    std::stable_sort(found.begin(), found.end(), [](const FrameItem* a, const FrameItem* b) {
        return a->zValue() > b->zValue();
    });
    std::vector<std::string> ids;
    ids.reserve(found.size());
    for (const FrameItem* frame : found) {
        ids.push_back(frame->id());
    }
    return ids;
}

std::vector<std::string> CanvasScene::within(const QRectF& area) const
{
    std::vector<std::string> ids;
    for (const std::string& id : m_layout.readingOrder()) {
        if (area.contains(m_layout.rect(id))) {
            ids.push_back(id);
        }
    }
    for (const auto& [id, note] : m_notes) {
        if (area.contains(note->rect())) {
            ids.push_back(id);
        }
    }
    for (const auto& [id, link] : m_links) {
        if (area.contains(link->route().bounds())) {
            ids.push_back(id);
        }
    }
    return ids;
}

QRectF CanvasScene::rectOf(const std::string& id) const
{
    if (const auto moved = m_preview.find(id); moved != m_preview.end()) {
        return moved->second;
    }
    if (m_layout.has(id)) {
        return m_layout.rect(id);
    }
    if (const auto link = m_links.find(id); link != m_links.end()) {
        return link->second->route().bounds().adjusted(-1, -1, 1, 1);
    }
    const auto note = m_notes.find(id);
    return note == m_notes.end() ? QRectF() : note->second->rect();
}

QRectF CanvasScene::contentRect() const
{
    QRectF all = m_layout.bounds();
    for (const auto& [id, note] : m_notes) {
        all |= note->rect();
    }
    return all;
}

QString CanvasScene::nameOf(const std::string& id) const
{
    const ItemFace* face = faceOf(id);
    return face != nullptr ? face->name : QString::fromStdString(id);
}

const ItemFace* CanvasScene::faceOf(const std::string& id) const
{
    const auto found = m_shown.find(id);
    return found == m_shown.end() ? nullptr : &found->second.face;
}

QString CanvasScene::verbOf(const std::string& linkId) const
{
    const auto found = m_links.find(linkId);
    return found == m_links.end() ? QString() : found->second->verb();
}

void CanvasScene::setHovered(const std::string& id)
{
    if (id != m_hovered) {
        m_hovered = id;
        showLooks();
    }
}

void CanvasScene::setMarks(std::map<std::string, Mark> marks)
{
    if (marks != m_marks) {
        m_marks = std::move(marks);
        showLooks();
    }
}

ItemLook CanvasScene::lookOf(const std::string& id) const
{
    const auto mark = m_marks.find(id);
    return {m_selection.contains(id), id == m_hovered, mark == m_marks.end() ? Mark::None : mark->second};
}

void CanvasScene::showLooks()
{
    for (const auto& [id, card] : m_cards) {
        card->setLook(lookOf(id));
    }
    for (const auto& [id, frame] : m_frames) {
        frame->setLook(lookOf(id));
    }
    for (const auto& [id, link] : m_links) {
        link->setLook(lookOf(id));
    }
    for (const auto& [id, note] : m_notes) {
        note->setLook(lookOf(id));
    }
}

void CanvasScene::showResult(std::shared_ptr<const RunResult> result, Time at)
{
    // A new result moves the moment along, and both are told: once is enough.
    if (result != m_result || at != m_at) {
        m_result = std::move(result);
        m_at = at;
        showLive();
    }
}

void CanvasScene::showLive()
{
    m_live.show(m_document.design(), m_result, m_at);
    for (const auto& [id, card] : m_cards) {
        card->setLive(m_live.node(id));
        card->setReal(realOf(id));
    }
    for (const auto& [id, frame] : m_frames) {
        frame->setLive(m_live.node(id));
    }
    for (const auto& [id, link] : m_links) {
        link->setLive(m_live.link(id));
        link->setTraffic(m_isAnimated ? TrafficStyle::Dots : TrafficStyle::Arrows, m_seconds);
    }
    chooseAnimation();
}

void CanvasScene::showReal(std::map<std::string, QString> real)
{
    if (real == m_real) {
        return;
    }
    m_real = std::move(real);
    for (const auto& [id, card] : m_cards) {
        card->setReal(realOf(id));
    }
}

QString CanvasScene::realOf(const std::string& id) const
{
    const auto found = m_real.find(id);
    return found == m_real.end() ? QString() : found->second;
}

void CanvasScene::setTrafficAnimated(bool animated)
{
    m_isAnimated = animated;
    for (const auto& [id, link] : m_links) {
        link->setTraffic(animated ? TrafficStyle::Dots : TrafficStyle::Arrows, m_seconds);
    }
    chooseAnimation();
}

void CanvasScene::setPlaying(bool playing)
{
    m_isPlaying = playing;
    chooseAnimation();
}

void CanvasScene::setWatched(bool watched)
{
    m_isWatched = watched;
    chooseAnimation();
}

void CanvasScene::chooseAnimation()
{
    const bool moves =
        m_isAnimated && m_isPlaying && m_isWatched && m_live.isActive() &&
        std::any_of(m_links.begin(), m_links.end(), [](const auto& link) { return link.second->isMoving(); });
    if (moves && !m_ticks.isActive()) {
        m_sinceTick.start();
        m_ticks.start();
    } else if (!moves) {
        m_ticks.stop();
    }
}

void CanvasScene::tick()
{
    m_seconds += std::min(static_cast<double>(m_sinceTick.restart()) / 1000, kLongestTick);
    for (const auto& [id, link] : m_links) {
        link->setTraffic(TrafficStyle::Dots, m_seconds);
    }
}

}  // namespace neph
