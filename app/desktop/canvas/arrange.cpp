#include "app/desktop/canvas/arrange.h"

#include <algorithm>
#include <numeric>

namespace neph {

namespace {

QPointF alignedCorner(const QRectF& rect, const QRectF& all, Arrange how)
{
    switch (how) {
    case Arrange::Left:
        return {all.left(), rect.top()};
    case Arrange::Centre:
        return {all.center().x() - rect.width() / 2, rect.top()};
    case Arrange::Right:
        return {all.right() - rect.width(), rect.top()};
    case Arrange::Top:
        return {rect.left(), all.top()};
    case Arrange::Middle:
        return {rect.left(), all.center().y() - rect.height() / 2};
    case Arrange::Bottom:
        return {rect.left(), all.bottom() - rect.height()};
    case Arrange::SpreadHorizontally:
    case Arrange::SpreadVertically:
        break;
    }
    return rect.topLeft();
}

std::vector<QPointF> spread(const std::vector<QRectF>& rects, bool across)
{
    std::vector<std::size_t> order(rects.size());
    std::iota(order.begin(), order.end(), 0);
    const auto start = [across](const QRectF& rect) { return across ? rect.left() : rect.top(); };
    const auto length = [across](const QRectF& rect) { return across ? rect.width() : rect.height(); };
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
        return start(rects[a]) < start(rects[b]);
    });
    double taken = 0;
    for (const QRectF& rect : rects) {
        taken += length(rect);
    }
    const QRectF& last = rects[order.back()];
    const double first = start(rects[order.front()]);
    const double gap = (start(last) + length(last) - first - taken) / static_cast<double>(rects.size() - 1);

    std::vector<QPointF> corners(rects.size());
    double at = first;
    for (const std::size_t index : order) {
        const QRectF& rect = rects[index];
        corners[index] = across ? QPointF(at, rect.top()) : QPointF(rect.left(), at);
        at += length(rect) + gap;
    }
    return corners;
}

}  // namespace

std::vector<QPointF> arranged(const std::vector<QRectF>& rects, Arrange how)
{
    if (how == Arrange::SpreadHorizontally || how == Arrange::SpreadVertically) {
        if (rects.size() > 2) {
            return spread(rects, how == Arrange::SpreadHorizontally);
        }
    }
    QRectF all;
    for (const QRectF& rect : rects) {
        all |= rect;
    }
    std::vector<QPointF> corners;
    corners.reserve(rects.size());
    for (const QRectF& rect : rects) {
        corners.push_back(alignedCorner(rect, all, how));
    }
    return corners;
}

}  // namespace neph
