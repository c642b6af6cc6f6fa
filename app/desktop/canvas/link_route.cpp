#include "app/desktop/canvas/link_route.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

namespace neph {

namespace {

constexpr double kPortSpacing = 20;
constexpr double kClearance = 20;  ///< Sides with at least this gap between them face each other.

struct Sides {
    Side from;
    Side to;
};

Sides sidesBetween(const QRectF& from, const QRectF& to)
{
    const double right = to.left() - from.right();
    const double left = from.left() - to.right();
    const double down = to.top() - from.bottom();
    const double up = from.top() - to.bottom();
    const double across = std::max(right, left);
    const double along = std::max(down, up);
    const bool sideways = across >= kClearance && (across >= along || along < 3 * kClearance);
    if (sideways || (across > along && across >= 0)) {
        return right >= left ? Sides{Side::Right, Side::Left} : Sides{Side::Left, Side::Right};
    }
    if (along >= 0) {
        return down >= up ? Sides{Side::Bottom, Side::Top} : Sides{Side::Top, Side::Bottom};
    }
    // One lies over the other (a frame and what is in it): a loop on the right.
    return {Side::Right, Side::Right};
}

bool isUpright(Side side)
{
    return side == Side::Left || side == Side::Right;
}

LinkRoute between(QPointF start, Side from, QPointF end, Side to)
{
    const QPointF way = end - start;
    const double distance = std::hypot(way.x(), way.y());
    const double straight = isUpright(from) ? std::abs(way.x()) : std::abs(way.y());
    const double reach = std::clamp(std::max(straight * 0.5, distance * 0.25), 20.0, 140.0);
    return {start, start + outwards(from) * reach, end + outwards(to) * reach, end};
}

/// One end of one link at one side of a node.
struct Port {
    std::string link;
    bool isStart;
    double order;  ///< Where the other end lies along the side.
};

}  // namespace

QPainterPath LinkRoute::path() const
{
    QPainterPath path(start);
    path.cubicTo(startControl, endControl, end);
    return path;
}

QRectF LinkRoute::bounds() const
{
    const auto [left, right] = std::minmax({start.x(), startControl.x(), endControl.x(), end.x()});
    const auto [top, bottom] = std::minmax({start.y(), startControl.y(), endControl.y(), end.y()});
    return {QPointF(left, top), QPointF(right, bottom)};
}

QPointF middleOf(const QRectF& rect, Side side)
{
    const QPointF centre = rect.center();
    switch (side) {
    case Side::Left:
        return {rect.left(), centre.y()};
    case Side::Right:
        return {rect.right(), centre.y()};
    case Side::Top:
        return {centre.x(), rect.top()};
    case Side::Bottom:
        break;
    }
    return {centre.x(), rect.bottom()};
}

QPointF outwards(Side side)
{
    switch (side) {
    case Side::Left:
        return {-1, 0};
    case Side::Right:
        return {1, 0};
    case Side::Top:
        return {0, -1};
    case Side::Bottom:
        break;
    }
    return {0, 1};
}

std::map<std::string, LinkRoute>
routeLinks(const Design& design, const std::function<QRectF(const std::string& nodeId)>& rectOf)
{
    std::map<std::string, Sides> sides;
    std::map<std::pair<std::string, Side>, std::vector<Port>> ports;
    for (const Link& link : design.links) {
        const QRectF from = rectOf(link.from);
        const QRectF to = rectOf(link.to);
        if (from.isNull() || to.isNull() || sides.count(link.id) != 0) {
            continue;
        }
        const Sides chosen = sidesBetween(from, to);
        sides.emplace(link.id, chosen);
        const auto along = [](const QRectF& other, Side side) {
            return isUpright(side) ? other.center().y() : other.center().x();
        };
        ports[{link.from, chosen.from}].push_back({link.id, true, along(to, chosen.from)});
        ports[{link.to, chosen.to}].push_back({link.id, false, along(from, chosen.to)});
    }

    std::map<std::string, std::array<QPointF, 2>> ends;
    for (auto& [place, here] : ports) {
        std::stable_sort(
            here.begin(), here.end(), [](const Port& a, const Port& b) { return a.order < b.order; });
        const QRectF rect = rectOf(place.first);
        const double room = isUpright(place.second) ? rect.height() : rect.width();
        const double step = std::min(kPortSpacing, room / (static_cast<double>(here.size()) + 1));
        double offset = -step * (static_cast<double>(here.size()) - 1) / 2;
        for (const Port& port : here) {
            const QPointF shift = isUpright(place.second) ? QPointF(0, offset) : QPointF(offset, 0);
            ends[port.link][port.isStart ? 0 : 1] = middleOf(rect, place.second) + shift;
            offset += step;
        }
    }

    std::map<std::string, LinkRoute> routes;
    for (const auto& [link, chosen] : sides) {
        const std::array<QPointF, 2>& points = ends.at(link);
        routes.emplace(link, between(points[0], chosen.from, points[1], chosen.to));
    }
    return routes;
}

LinkRoute routeTo(const QRectF& from, const QRectF& to)
{
    const Sides sides = sidesBetween(from, to);
    return between(middleOf(from, sides.from), sides.from, middleOf(to, sides.to), sides.to);
}

}  // namespace neph
