#pragma once

#include <QPainterPath>
#include <QRectF>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "sim/model/design.h"

namespace neph {

enum class Side { Left, Right, Top, Bottom };

/// The course of one link: a smooth curve that leaves and enters at right angles to the sides it ends at.
struct LinkRoute {
    QPointF start;
    QPointF startControl;
    QPointF endControl;
    QPointF end;

    QPainterPath path() const;
    QRectF bounds() const;
    friend bool operator==(const LinkRoute&, const LinkRoute&) = default;
};

/// Courses of all links. Each end is at the side that faces the other end; ends that share a side are spread
/// along it in the order of where they go, so that they neither cross nor lie on one another.
std::map<std::string, LinkRoute>
routeLinks(const Design& design, const std::function<QRectF(const std::string& nodeId)>& rectOf);

/// The course of a link that is being drawn, from a component to a point or to another component.
LinkRoute routeTo(const QRectF& from, const QRectF& to);

/// The middle of a side, and the direction that leads away from it.
QPointF middleOf(const QRectF& rect, Side side);
QPointF outwards(Side side);

}  // namespace neph
