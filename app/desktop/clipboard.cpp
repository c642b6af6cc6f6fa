#include "app/desktop/clipboard.h"

#include <QCoreApplication>
#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "app/desktop/canvas/edits.h"
#include "sim/model/design_json.h"

namespace neph {

namespace {

/// Where the parent that a component had is kept in a fragment, so that a copy beside it needs no aiming.
constexpr char kFormerParent[] = "formerParent";

std::string formerParentOf(const Node& node)
{
    const auto found = node.extra.find(kFormerParent);
    return found != node.extra.end() && found->is_string() ? found->get<std::string>() : std::string();
}

/// Adds the nodes of a fragment, parents first, to a copy of the design, and collects the edits.
class Paster {
public:
    Paster(const Design& design, const Layout& layout, QPointF shift)
        : m_scratch(design), m_layout(layout), m_shift(shift)
    {
    }

    void addNode(const Node& original, const std::optional<std::string>& frame)
    {
        Node node = original;
        node.extra.erase(kFormerParent);
        node.id = m_scratch.freeId(original.id);
        if (frame) {
            const QPointF origin = frame->empty() ? QPointF() : m_layout.rect(*frame).topLeft();
            node.parent = *frame;
            node.position.x += m_shift.x() - origin.x();
            node.position.y += m_shift.y() - origin.y();
            m_pasted.ids.push_back(node.id);
        } else {
            node.parent = m_newIds.at(original.parent);
        }
        m_newIds[original.id] = node.id;
        m_scratch.nodes.push_back(node);
        m_group.edits.push_back(Edit{AddNode{std::move(node)}});
    }

    void addLink(Link link)
    {
        const auto from = m_newIds.find(link.from);
        const auto to = m_newIds.find(link.to);
        if (from != m_newIds.end() && to != m_newIds.end()) {
            link.id = m_scratch.freeId(link.id);
            link.from = from->second;
            link.to = to->second;
            m_scratch.links.push_back(link);
            m_group.edits.push_back(Edit{AddLink{std::move(link)}});
        }
    }

    void addNote(Note note)
    {
        note.id = m_scratch.freeId(note.id);
        note.position.x += m_shift.x();
        note.position.y += m_shift.y();
        m_pasted.ids.push_back(note.id);
        m_scratch.notes.push_back(note);
        m_group.edits.push_back(Edit{AddNote{std::move(note)}});
    }

    Pasted take(const Design& design, const Catalog& catalog)
    {
        std::vector<std::string> nodes;
        for (const auto& [before, now] : m_newIds) {
            nodes.push_back(now);
        }
        m_pasted.edit = withRoom(design, catalog, std::move(m_group), nodes);
        return std::move(m_pasted);
    }

private:
    Design m_scratch;
    const Layout& m_layout;
    QPointF m_shift;
    std::map<std::string, std::string> m_newIds;
    EditGroup m_group;
    Pasted m_pasted;
};

}  // namespace

Design fragmentOf(const Design& design, const Layout& layout, const std::vector<std::string>& ids)
{
    std::vector<std::string> nodes;
    std::copy_if(ids.begin(), ids.end(), std::back_inserter(nodes), [&layout](const std::string& id) {
        return layout.has(id);
    });
    const std::vector<std::string> roots = layout.outermost(nodes);
    std::set<std::string> inside;
    for (const std::string& root : roots) {
        for (std::string& id : layout.subtree(root)) {
            inside.insert(std::move(id));
        }
    }
    Design fragment;
    fragment.name = "Fragment";
    for (const Node& node : design.nodes) {
        if (inside.count(node.id) == 0) {
            continue;
        }
        Node copy = node;
        if (std::find(roots.begin(), roots.end(), node.id) != roots.end()) {
            copy.extra[kFormerParent] = node.parent;
            copy.parent.clear();
            copy.position = {layout.rect(node.id).left(), layout.rect(node.id).top()};
        }
        fragment.nodes.push_back(std::move(copy));
    }
    std::copy_if(
        design.links.begin(), design.links.end(), std::back_inserter(fragment.links),
        [&](const Link& link) { return inside.count(link.from) != 0 && inside.count(link.to) != 0; });
    std::copy_if(
        design.notes.begin(), design.notes.end(), std::back_inserter(fragment.notes),
        [&](const Note& note) { return std::find(ids.begin(), ids.end(), note.id) != ids.end(); });
    return fragment;
}

std::unique_ptr<QMimeData> mimeOf(const Design& fragment, const QImage& picture)
{
    const QByteArray text = QByteArray::fromStdString(writeDesign(fragment));
    auto data = std::make_unique<QMimeData>();
    data->setData(QString::fromLatin1(kFragmentMimeType), text);
    data->setText(QString::fromUtf8(text));
    if (!picture.isNull()) {
        data->setImageData(picture);
    }
    return data;
}

std::optional<Design> fragmentFrom(const QMimeData& data)
{
    const QString type = QString::fromLatin1(kFragmentMimeType);
    const QByteArray text = data.hasFormat(type) ? data.data(type) : data.text().toUtf8();
    if (!text.trimmed().startsWith('{')) {
        return std::nullopt;
    }
    LoadedDesign loaded = readDesign({text.constData(), static_cast<std::size_t>(text.size())});
    const bool holdsSomething = !loaded.design.nodes.empty() || !loaded.design.notes.empty();
    if (!loaded.readable || !holdsSomething) {
        return std::nullopt;
    }
    return std::move(loaded.design);
}

Pasted pasteOf(
    const Design& design, const Catalog& catalog, const Layout& layout, const Design& fragment, QPointF shift,
    const FrameChooser& chooseFrame)
{
    Paster paster(design, layout, shift);
    const Layout inner(fragment, catalog);
    for (const std::string& id : inner.readingOrder()) {  // A frame before what lies in it.
        const Node& node = *fragment.node(id);
        std::optional<std::string> frame;
        if (inner.at(id).parent.empty()) {
            frame = chooseFrame(node.kind, formerParentOf(node));
            if (!frame) {
                Pasted refused;
                refused.refusal = QCoreApplication::translate("Clipboard", "%1 cannot be pasted here.")
                                      .arg(QString::fromStdString(node.name));
                return refused;
            }
        }
        paster.addNode(node, frame);
    }
    for (const Link& link : fragment.links) {
        paster.addLink(link);
    }
    for (const Note& note : fragment.notes) {
        paster.addNote(note);
    }
    return paster.take(design, catalog);
}

}  // namespace neph
