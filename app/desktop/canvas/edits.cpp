#include "app/desktop/canvas/edits.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "app/desktop/canvas/canvas_scene.h"
#include "app/desktop/canvas/placement.h"

namespace neph {

namespace {

Edit noteChanged(const Design& design, const std::string& id, Note changed)
{
    const auto isIt = [&id](const Note& note) { return note.id == id; };
    const auto found = std::find_if(design.notes.begin(), design.notes.end(), isIt);
    const auto index = static_cast<std::size_t>(std::distance(design.notes.begin(), found));
    EditGroup group;
    group.edits.push_back(Edit{RemoveNote{id}});
    group.edits.push_back(Edit{AddNote{std::move(changed), index}});
    return Edit{std::move(group)};
}

Note noteOf(const Design& design, const std::string& id)
{
    const auto isIt = [&id](const Note& note) { return note.id == id; };
    return *std::find_if(design.notes.begin(), design.notes.end(), isIt);
}

}  // namespace

void append(EditGroup& group, Edit edit)
{
    if (auto* inner = std::get_if<EditGroup>(&edit.kind)) {
        std::move(inner->edits.begin(), inner->edits.end(), std::back_inserter(group.edits));
    } else {
        group.edits.push_back(std::move(edit));
    }
}

Edit noteMoved(const Design& design, const std::string& id, QPointF corner)
{
    Note note = noteOf(design, id);
    note.position = {corner.x(), corner.y()};
    return noteChanged(design, id, std::move(note));
}

Edit noteRewritten(const Design& design, const std::string& id, const std::string& text)
{
    Note note = noteOf(design, id);
    note.text = text;
    return noteChanged(design, id, std::move(note));
}

Edit withRoom(
    const Design& design, const Catalog& catalog, EditGroup additions, const std::vector<std::string>& added)
{
    Design after = design;
    if (!applyEdit(after, Edit{additions})) {
        return Edit{std::move(additions)};  // The document will refuse it with the reason.
    }
    const Layout layout(after, catalog);
    Placement placement(after, layout);
    for (const std::string& id : added) {
        placement.moveTo(id, layout.rect(id).topLeft());
    }
    append(additions, placement.edit());
    return Edit{std::move(additions)};
}

QString componentsText(const CanvasScene& scene, const std::vector<std::string>& ids)
{
    return ids.size() == 1 ? scene.nameOf(ids.front())
                           : CanvasScene::tr("%1 components").arg(static_cast<int>(ids.size()));
}

QString itemsText(int count)
{
    return count == 1 ? CanvasScene::tr("1 item") : CanvasScene::tr("%1 items").arg(count);
}

}  // namespace neph
