#pragma once

#include <QLineF>
#include <QRectF>
#include <vector>

namespace neph {

/// Where a rectangle that is dragged comes to rest, and the lines to show for it.
struct Snapped {
    QPointF shift;               ///< To add to the rectangle's place.
    std::vector<QLineF> guides;  ///< Through the edges and centres that it now shares with others.
};

/// Snaps `rect` to the edges and centres of `others` that are nearer than `reach`, else to the grid; each
/// direction by itself.
Snapped snapTo(const QRectF& rect, const std::vector<QRectF>& others, double reach);

}  // namespace neph
