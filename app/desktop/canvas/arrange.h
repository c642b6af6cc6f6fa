#pragma once

#include <QRectF>
#include <vector>

namespace neph {

enum class Arrange { Left, Centre, Right, Top, Middle, Bottom, SpreadHorizontally, SpreadVertically };

/// New corners for `rects`, in their order: aligned to the outline of all of them, or spread with equal gaps
/// between the outermost two.
std::vector<QPointF> arranged(const std::vector<QRectF>& rects, Arrange how);

}  // namespace neph
