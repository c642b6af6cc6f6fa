#include "app/desktop/canvas/link_gesture.h"

#include <QRectF>
#include <algorithm>
#include <map>
#include <utility>

#include "app/desktop/canvas/canvas_overlay.h"
#include "app/desktop/canvas/canvas_scene.h"
#include "app/desktop/design_document.h"
#include "app/desktop/selection.h"
#include "sim/model/rules.h"

namespace neph {

namespace {

constexpr std::size_t kLongestStem = 48;  ///< Leaves room in an id of 64 for a number.

std::string refusal(const CanvasScene& scene, const std::string& from, const std::string& to)
{
    return refusalOfLink(scene.document().design(), scene.document().catalog(), from, to);
}

}  // namespace

LinkGesture::LinkGesture(const GestureSite& site, std::string from) : Gesture(site), m_from(std::move(from))
{
    const DesignDocument& document = m_scene.document();
    std::map<std::string, std::string> kinds;
    for (const Node& node : document.design().nodes) {
        kinds.emplace(node.id, node.kind);
    }
    for (const std::string& id : m_scene.layout().readingOrder()) {
        // The rule of the kinds is asked first: it is quick, and leaves few.
        const bool mayBe = id != m_from && document.catalog().linkRule(kinds[m_from], kinds[id]) != nullptr;
        if (mayBe && refusal(m_scene, m_from, id).empty()) {
            m_possible.push_back(id);
        }
    }
    m_overlay.connectFrom.clear();
    showMarks();
}

void LinkGesture::showMarks()
{
    std::map<std::string, Mark> marks;
    for (const std::string& id : m_possible) {
        marks[id] = Mark::Possible;
    }
    if (!m_target.empty()) {
        marks[m_target] = m_refusal.isEmpty() ? Mark::Target : Mark::Refused;
    }
    m_scene.setMarks(std::move(marks));
}

void LinkGesture::aim(const std::string& target, QPointF at)
{
    m_target = target;
    m_refusal = target.empty() ? QString() : QString::fromStdString(refusal(m_scene, m_from, target));
    const QRectF end = target.empty() ? QRectF(at, QSizeF(0.01, 0.01)) : m_scene.rectOf(target);
    m_overlay.link = routeTo(m_scene.rectOf(m_from), end);
    m_overlay.linkIsRefused = !m_refusal.isEmpty();
    m_overlay.bubble.reset();
    if (!m_refusal.isEmpty()) {
        m_overlay.bubble = CanvasOverlay::Bubble{at, m_refusal, true};
    }
    showMarks();
}

void LinkGesture::move(QPointF at, Qt::KeyboardModifiers)
{
    const CanvasScene::Hit hit = m_scene.hit(at, 2 / m_zoom);
    const bool isComponent =
        hit.kind == CanvasScene::Hit::Kind::Card || hit.kind == CanvasScene::Hit::Kind::Frame;
    aim(isComponent && hit.id != m_from ? hit.id : std::string(), at);
}

QString LinkGesture::finish(QPointF at, Qt::KeyboardModifiers modifiers)
{
    move(at, modifiers);
    return finish();
}

QString LinkGesture::finish()
{
    QString refusal = m_refusal;
    cancel();
    if (m_target.empty() || !refusal.isEmpty()) {
        return refusal;
    }
    DesignDocument& document = m_scene.document();
    const std::string stem = (m_from + "-" + m_target).substr(0, kLongestStem);
    const std::string id = document.design().freeId(stem);
    document.endGesture();
    if (document.push(
            Edit{AddLink{Link{id, m_from, m_target, {}}}},
            CanvasScene::tr("Connect %1 to %2").arg(m_scene.nameOf(m_from), m_scene.nameOf(m_target)))) {
        m_scene.selection().set({id});
    }
    return {};
}

void LinkGesture::step(int by)
{
    if (m_possible.empty()) {
        return;
    }
    const auto count = static_cast<int>(m_possible.size());
    const auto found = std::find(m_possible.begin(), m_possible.end(), m_target);
    const int at =
        found == m_possible.end() ? (by > 0 ? -1 : 0) : static_cast<int>(found - m_possible.begin());
    const std::string& next = m_possible[static_cast<std::size_t>((at + by + count) % count)];
    aim(next, m_scene.rectOf(next).center());
}

void LinkGesture::cancel()
{
    m_overlay.endGesture();
    m_scene.clearMarks();
}

Qt::CursorShape LinkGesture::cursor() const
{
    return m_refusal.isEmpty() ? Qt::CrossCursor : Qt::ForbiddenCursor;
}

}  // namespace neph
