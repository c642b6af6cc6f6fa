#include "app/desktop/canvas/minimap.h"

#include <QGraphicsView>
#include <QMouseEvent>
#include <QPainter>
#include <algorithm>

#include "app/desktop/canvas/canvas_look.h"
#include "app/desktop/canvas/canvas_scene.h"
#include "app/desktop/theme.h"

namespace neph {

namespace {

constexpr QSizeF kLargestMap{176, 116};
constexpr int kMapMargin = 12;    ///< To the edges of the canvas.
constexpr double kMapBorder = 6;  ///< Around the drawing.
constexpr double kLeastPart = 2;  ///< Pixels: less would not be seen.

}  // namespace

Minimap::Minimap(QGraphicsView& view, const CanvasScene& scene) : QWidget(&view), m_view(view), m_scene(scene)
{
    setAccessibleName(tr("Overview of the drawing"));
    setToolTip(tr("The whole drawing: click to go there"));
    setCursor(Qt::PointingHandCursor);
    hide();
}

QRectF Minimap::seen() const
{
    return m_view.mapToScene(m_view.viewport()->rect()).boundingRect();
}

void Minimap::refresh()
{
    const QRectF drawn = m_scene.contentRect();
    const bool isNeeded = !drawn.isEmpty() && !seen().contains(drawn);
    setVisible(isNeeded);
    if (!isNeeded) {
        return;
    }
    m_area = drawn;
    m_scale = std::min(kLargestMap.width() / drawn.width(), kLargestMap.height() / drawn.height());
    const QSize size = (drawn.size() * m_scale + QSizeF(2 * kMapBorder, 2 * kMapBorder)).toSize();
    const QRect canvas = m_view.viewport()->geometry();
    setGeometry(
        QRect(canvas.bottomRight() - QPoint(size.width() + kMapMargin, size.height() + kMapMargin), size));
    update();
}

void Minimap::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(theme::cardBorder(), 1));
    painter.setBrush(faded(theme::card(), 0.92));
    painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), 5, 5);
    painter.setClipRect(rect().adjusted(2, 2, -2, -2));
    const auto small = [this](const QRectF& where) {
        const QPointF corner = (where.topLeft() - m_area.topLeft()) * m_scale;
        return QRectF(
            corner + QPointF(kMapBorder, kMapBorder),
            (where.size() * m_scale).expandedTo(QSizeF(kLeastPart, kLeastPart)));
    };
    // Frames first: what lies in them is drawn over them.
    for (const bool frames : {true, false}) {
        for (const auto& [id, entry] : m_scene.layout().entries()) {
            const ItemFace* face = m_scene.faceOf(id);
            if (entry.frame != frames || face == nullptr) {
                continue;
            }
            const QColor own = theme::category(face->category);
            painter.setPen(frames ? QPen(faded(own, 0.6), 1) : QPen(Qt::NoPen));
            painter.setBrush(frames ? faded(own, 0.08) : own);
            painter.drawRoundedRect(small(entry.rect), 1.5, 1.5);
        }
    }
    painter.setPen(QPen(theme::accent(), 1.5));
    painter.setBrush(faded(theme::accent(), 0.1));
    painter.drawRect(small(seen()));
}

void Minimap::goTo(QPointF at)
{
    m_view.centerOn(m_area.topLeft() + (at - QPointF(kMapBorder, kMapBorder)) / m_scale);
}

void Minimap::mousePressEvent(QMouseEvent* event)
{
    goTo(event->position());
    event->accept();
}

void Minimap::mouseMoveEvent(QMouseEvent* event)
{
    if ((event->buttons() & Qt::LeftButton) != 0) {
        goTo(event->position());
    }
}

}  // namespace neph
