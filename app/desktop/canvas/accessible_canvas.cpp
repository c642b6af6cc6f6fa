#include "app/desktop/canvas/accessible_canvas.h"

#include <QAccessible>
#include <QAccessibleWidget>
#include <QCoreApplication>
#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "app/desktop/canvas/canvas_scene.h"
#include "app/desktop/canvas/canvas_view.h"
#include "app/desktop/design_document.h"
#include "app/desktop/selection.h"

namespace neph {

namespace {

/// One component or connection, as a screen reader meets it.
class AccessibleEntry final : public QAccessibleInterface {
public:
    AccessibleEntry(CanvasView& view, std::string id) : m_view(&view), m_id(std::move(id)) {}

    bool isValid() const override { return m_view != nullptr && !scene().rectOf(m_id).isNull(); }
    QObject* object() const override { return nullptr; }
    QAccessibleInterface* parent() const override { return QAccessible::queryAccessibleInterface(m_view); }
    QAccessibleInterface* child(int) const override { return nullptr; }
    QAccessibleInterface* childAt(int, int) const override { return nullptr; }
    int childCount() const override { return 0; }
    int indexOfChild(const QAccessibleInterface*) const override { return -1; }
    void setText(QAccessible::Text, const QString&) override {}
    QAccessible::Role role() const override { return QAccessible::ListItem; }

    QString text(QAccessible::Text what) const override
    {
        if (const Link* link = m_view->canvas().document().design().link(m_id)) {
            return what == QAccessible::Name
                       ? QStringLiteral("%1 %2 %3")
                             .arg(scene().nameOf(link->from), scene().verbOf(m_id), scene().nameOf(link->to))
                       : QString();
        }
        const ItemFace* face = scene().faceOf(m_id);
        if (face == nullptr) {
            return {};
        }
        if (what == QAccessible::Name) {
            return face->name;
        }
        QStringList said{face->kind, face->detail};
        if (face->hasProblem) {
            said << face->problemText;
        }
        if (const NodeLive* live = scene().live().node(m_id)) {
            said << live->status << live->bottleneck;
        }
        if (const QString real = scene().realOf(m_id); !real.isEmpty()) {
            said << QCoreApplication::translate("Card", "For real: %1").arg(real);
        }
        said.removeAll(QString());
        return what == QAccessible::Description ? said.join(QStringLiteral(", ")) : QString();
    }

    QRect rect() const override
    {
        const QRect inView = m_view->mapFromScene(scene().rectOf(m_id)).boundingRect();
        return {m_view->viewport()->mapToGlobal(inView.topLeft()), inView.size()};
    }

    QAccessible::State state() const override
    {
        QAccessible::State state;
        state.selectable = true;
        state.focusable = true;
        state.selected = scene().selection().contains(m_id);
        state.focused = state.selected && m_view->hasFocus();
        state.offscreen =
            !m_view->viewport()->rect().intersects(m_view->mapFromScene(scene().rectOf(m_id)).boundingRect());
        return state;
    }

private:
    CanvasScene& scene() const { return m_view->canvas(); }

    QPointer<CanvasView> m_view;
    std::string m_id;
};

class AccessibleCanvas final : public QAccessibleWidget {
public:
    explicit AccessibleCanvas(CanvasView& view) : QAccessibleWidget(&view, QAccessible::List), m_view(view) {}

    ~AccessibleCanvas() override
    {
        for (const auto& [id, entry] : m_entries) {
            QAccessible::deleteAccessibleInterface(entry);
        }
    }

    int childCount() const override { return static_cast<int>(ids().size()); }

    QAccessibleInterface* child(int index) const override
    {
        const std::vector<std::string> all = ids();
        if (index < 0 || index >= static_cast<int>(all.size())) {
            return nullptr;
        }
        const std::string& id = all[static_cast<std::size_t>(index)];
        const auto known = m_entries.find(id);
        const QAccessible::Id entry =
            known != m_entries.end()
                ? known->second
                : QAccessible::registerAccessibleInterface(new AccessibleEntry(m_view, id));
        m_entries.emplace(id, entry);
        return QAccessible::accessibleInterface(entry);
    }

    int indexOfChild(const QAccessibleInterface* wanted) const override
    {
        for (int index = 0; index < childCount(); ++index) {
            if (child(index) == wanted) {
                return index;
            }
        }
        return -1;
    }

    QAccessibleInterface* focusChild() const override
    {
        const std::vector<std::string> all = ids();
        const auto found = std::find(all.begin(), all.end(), m_view.canvas().selection().single());
        return found == all.end() ? nullptr : child(static_cast<int>(found - all.begin()));
    }

private:
    std::vector<std::string> ids() const
    {
        std::vector<std::string> all = m_view.canvas().layout().readingOrder();
        for (const Link& link : m_view.canvas().document().design().links) {
            all.push_back(link.id);
        }
        return all;
    }

    CanvasView& m_view;
    mutable std::map<std::string, QAccessible::Id> m_entries;
};

QAccessibleInterface* makeAccessible(const QString&, QObject* object)
{
    auto* view = qobject_cast<CanvasView*>(object);
    return view != nullptr ? new AccessibleCanvas(*view) : nullptr;
}

}  // namespace

void installAccessibleCanvas()
{
    static const bool done = (QAccessible::installFactory(makeAccessible), true);
    (void)done;
}

void announceSelection(CanvasView& view)
{
    if (!QAccessible::isActive()) {
        return;
    }
    QAccessibleEvent event(&view, QAccessible::SelectionWithin);
    QAccessible::updateAccessibility(&event);
}

}  // namespace neph
