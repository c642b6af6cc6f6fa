#include "app/desktop/canvas/snap.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

#include "app/desktop/canvas/layout.h"

namespace neph {

namespace {

/// The lines of a rectangle in one direction: near edge, centre, far edge.
std::array<double, 3> linesOf(double from, double to)
{
    return {from, (from + to) / 2, to};
}

std::array<double, 3> acrossOf(const QRectF& rect)
{
    return linesOf(rect.left(), rect.right());
}

std::array<double, 3> alongOf(const QRectF& rect)
{
    return linesOf(rect.top(), rect.bottom());
}

/// The smallest shift, within `reach`, that brings a line of `mine` onto the same line of one of `others`,
/// or an edge onto the opposite edge.
template <typename LinesOf>
std::optional<double> nearestShift(
    const std::array<double, 3>& mine, const std::vector<QRectF>& others, double reach, LinesOf lines)
{
    std::optional<double> best;
    for (const QRectF& other : others) {
        const std::array<double, 3> theirs = lines(other);
        for (std::size_t i = 0; i < mine.size(); ++i) {
            for (std::size_t j = 0; j < theirs.size(); ++j) {
                if ((i == 1) != (j == 1)) {
                    continue;
                }
                const double shift = theirs[j] - mine[i];
                if (std::abs(shift) <= reach && (!best || std::abs(shift) < std::abs(*best))) {
                    best = shift;
                }
            }
        }
    }
    return best;
}

double gridShift(double place)
{
    return std::round(place / kGrid) * kGrid - place;
}

bool meets(double a, double b)
{
    return std::abs(a - b) < 0.01;
}

void addGuides(
    const QRectF& rect, const std::vector<QRectF>& others, bool across, std::vector<QLineF>& guides)
{
    for (const double line : across ? acrossOf(rect) : alongOf(rect)) {
        std::optional<QRectF> reachOf;
        for (const QRectF& other : others) {
            const std::array<double, 3> theirs = across ? acrossOf(other) : alongOf(other);
            if (std::any_of(
                    theirs.begin(), theirs.end(), [line](double their) { return meets(their, line); })) {
                reachOf = reachOf ? *reachOf | other : rect | other;
            }
        }
        if (reachOf) {
            guides.push_back(
                across ? QLineF(line, reachOf->top(), line, reachOf->bottom())
                       : QLineF(reachOf->left(), line, reachOf->right(), line));
        }
    }
}

}  // namespace

Snapped snapTo(const QRectF& rect, const std::vector<QRectF>& others, double reach)
{
    const std::optional<double> dx = nearestShift(acrossOf(rect), others, reach, acrossOf);
    const std::optional<double> dy = nearestShift(alongOf(rect), others, reach, alongOf);
    Snapped snapped;
    snapped.shift = {dx.value_or(gridShift(rect.left())), dy.value_or(gridShift(rect.top()))};
    const QRectF rests = rect.translated(snapped.shift);
    if (dx) {
        addGuides(rests, others, true, snapped.guides);
    }
    if (dy) {
        addGuides(rests, others, false, snapped.guides);
    }
    return snapped;
}

}  // namespace neph
