#pragma once

#include <QRectF>
#include <QString>
#include <string>
#include <vector>

#include "app/desktop/canvas/layout.h"
#include "sim/model/catalog.h"
#include "sim/model/edit.h"

namespace neph {

/// What putting a new component somewhere would do.
struct DropPlan {
    QString refusal;    ///< Why it may not; all else is empty then.
    std::string id;     ///< Of the new component.
    std::string frame;  ///< Where it would lie; empty: on the canvas, or in a frame that comes with it.
    QRectF rect;
    std::vector<const KindSpec*> newFrames;  ///< Frames that come with it, the outermost first.
    Edit edit;
};

/// Plans new components of a design: where they lie, and with which frames.
///
/// Where a component needs a frame and the design has none that would take it, the frames come with it, so
/// that a first drawing need not begin with Regions and VPCs.
class ComponentDrop {
public:
    ComponentDrop(const Design& design, const Catalog& catalog, const Layout& layout);

    /// With its centre at a point; `frames` are those around the point, the innermost first.
    DropPlan at(const KindSpec& kind, QPointF centre, const std::vector<std::string>& frames) const;
    /// Wherever there is room near `centre`: in the frame `preferred`, or one around it, or the first that
    /// takes it.
    DropPlan anywhere(const KindSpec& kind, QPointF centre, const std::string& preferred) const;

private:
    bool accepts(const std::string& frame, const KindSpec& kind) const;
    bool anyFrameAccepts(const KindSpec& kind) const;
    /// Finds the frame among `frames` that takes `kind`, through new frames if need be.
    bool findFrame(
        const KindSpec& kind, const std::vector<std::string>& frames, std::string& frame,
        std::vector<const KindSpec*>& newFrames, int depth = 0) const;
    QSizeF sizeOf(const KindSpec& kind, const std::string& frame) const;
    QPointF roomFor(QSizeF size, QPointF centre, const std::string& frame) const;
    DropPlan planned(
        const KindSpec& kind, const QRectF& rect, const std::string& frame,
        std::vector<const KindSpec*> newFrames) const;

    const Design& m_design;
    const Catalog& m_catalog;
    const Layout& m_layout;
};

}  // namespace neph
