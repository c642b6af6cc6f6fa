#pragma once

#include <QRectF>

#include "app/desktop/canvas/canvas_look.h"
#include "app/desktop/canvas/live_state.h"

namespace neph {

/// How far shadow, outline and badge reach beyond a card.
inline constexpr double kCardMargin = 10;

/// Draws a component. Below half size the words go, below a quarter only colour and icon are left.
void paintCard(
    QPainter& painter, const QRectF& rect, const ItemFace& face, const NodeLive* live, const ItemLook& look,
    double zoom);

/// How far the line of what runs for real reaches below a card.
inline constexpr double kRealReach = 21;

/// A line that hangs below the card: what the component does for real, beside what is simulated in the card.
void paintReal(QPainter& painter, const QRectF& rect, const QString& real, double zoom);

/// Where the name stands in a card: the place of the editor that renames it.
QRectF cardNameRect(const QRectF& rect);

}  // namespace neph
