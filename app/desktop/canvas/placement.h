#pragma once

#include <QRectF>
#include <map>
#include <string>
#include <vector>

#include "app/desktop/canvas/layout.h"
#include "sim/model/edit.h"

namespace neph {

/// New places for components, tried out on the side: absolute while they are moved, and told at the end as
/// one edit. Frames grow so that they hold what was moved.
class Placement {
public:
    Placement(const Design& design, const Layout& layout);

    /// Moves a node with everything in it.
    void moveTo(const std::string& id, QPointF corner);
    /// Gives a frame another outline; what lies in it stays where it is on the canvas.
    void setOutline(const std::string& frame, const QRectF& outline);
    /// Puts a node into another frame, or on the canvas (empty), without moving it.
    void setParent(const std::string& id, const std::string& parent);

    QRectF rect(const std::string& id) const { return m_now.at(id).rect; }
    /// What was changed, as one edit; an empty group if nothing was.
    Edit edit() const;

private:
    struct Place {
        std::string parent;
        QRectF rect;
        bool touched = false;
    };

    void growFrames(std::map<std::string, Place>& places) const;

    const Design& m_design;
    const Layout& m_layout;
    std::map<std::string, Place> m_now;
};

/// Whether an edit does nothing.
bool isNothing(const Edit& edit);

}  // namespace neph
