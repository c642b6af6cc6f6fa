#pragma once

#include <QLineF>
#include <QPainter>
#include <QRectF>
#include <QString>
#include <optional>
#include <string>
#include <vector>

#include "app/desktop/canvas/link_route.h"

namespace neph {

class CanvasScene;

/// A handle at the outline of a frame: which edges a drag on it moves.
struct ResizeHandle {
    bool left = false;
    bool top = false;
    bool right = false;
    bool bottom = false;
};

/// What lies over the drawing while somebody works on it: guides, rubber band, handles, the link that is
/// being drawn, and a bubble that says why something may not be.
class CanvasOverlay {
public:
    struct Bubble {
        QPointF at;
        QString text;
        bool isRefusal = false;
    };

    std::vector<QLineF> guides;
    std::optional<QRectF> band;
    std::optional<QRectF> ghost;  ///< Outline of a component that would be dropped here.
    std::optional<LinkRoute> link;
    bool linkIsRefused = false;
    std::optional<Bubble> bubble;
    std::string connectFrom;  ///< The card whose four arrows are shown; empty: none.
    std::string resizable;    ///< The frame whose handles are shown; empty: none.

    /// Forgets what belongs to a gesture; the handles stay.
    void endGesture();

    void paint(QPainter& painter, const CanvasScene& scene, double zoom) const;
    /// The side whose arrow is at `at`.
    std::optional<Side> arrowAt(QPointF at, const CanvasScene& scene, double zoom) const;
    std::optional<ResizeHandle> handleAt(QPointF at, const CanvasScene& scene, double zoom) const;
    /// The centre of the arrow at a side of `card`.
    static QPointF arrowCentre(const QRectF& card, Side side, double zoom);
};

/// How far beyond a card the pointer may be while its arrows stay, in pixels.
inline constexpr double kArrowReach = 30;

}  // namespace neph
