#pragma once

#include <QWidget>

class QGraphicsView;

namespace neph {

class CanvasScene;

/// The whole drawing, small, in the corner of the canvas while only a part of it is seen: a click or a drag
/// goes there.
class Minimap final : public QWidget {
    Q_OBJECT

public:
    /// Lies over `view`, which owns it.
    Minimap(QGraphicsView& view, const CanvasScene& scene);

    /// Something was drawn, scrolled, zoomed or resized.
    void refresh();

protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;

private:
    QRectF seen() const;
    void goTo(QPointF at);

    QGraphicsView& m_view;
    const CanvasScene& m_scene;
    QRectF m_area;       ///< What is shown, in the scene.
    double m_scale = 1;  ///< Pixels per scene unit.
};

}  // namespace neph
