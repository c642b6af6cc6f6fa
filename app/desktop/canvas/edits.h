#pragma once

#include <QPointF>
#include <QString>
#include <string>
#include <vector>

#include "sim/model/catalog.h"
#include "sim/model/edit.h"

namespace neph {

class CanvasScene;

/// Adds `edit` to a group; the edits of a group are added one by one, so that groups do not nest.
void append(EditGroup& group, Edit edit);

/// A note at another place or with another text: there is no edit for that, it is taken away and put back.
Edit noteMoved(const Design& design, const std::string& id, QPointF corner);
Edit noteRewritten(const Design& design, const std::string& id, const std::string& text);

/// `additions` as one edit that also lets the frames grow around `added`.
Edit withRoom(
    const Design& design, const Catalog& catalog, EditGroup additions, const std::vector<std::string>& added);

/// "web", or "3 components": for the verb texts of undo.
QString componentsText(const CanvasScene& scene, const std::vector<std::string>& ids);
QString itemsText(int count);

}  // namespace neph
