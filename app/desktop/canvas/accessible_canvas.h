#pragma once

namespace neph {

class CanvasView;

/// Tells screen readers what is on the canvas: each component and each connection is a child of the view,
/// with its name, what it is, and where it leads. Done once; later calls do nothing.
void installAccessibleCanvas();

/// Says to screen readers that the selection is another one.
void announceSelection(CanvasView& view);

}  // namespace neph
