#pragma once

#include <QFontMetricsF>
#include <QGraphicsItem>
#include <optional>
#include <string>

#include "app/desktop/canvas/canvas_look.h"
#include "app/desktop/canvas/live_state.h"

namespace neph {

/// A frame on the canvas (Region, VPC, zone, cluster): a titled outline under what lies in it.
class FrameItem final : public QGraphicsItem {
public:
    enum { Type = UserType + 2 };

    explicit FrameItem(std::string id);

    const std::string& id() const { return m_id; }
    void place(const QRectF& rect);
    QRectF rect() const { return m_rect; }
    QRectF titleRect() const;
    /// Whether a press there takes hold of the frame itself: its title or its border.
    bool isHandle(QPointF point, double reach) const;
    void setFace(const ItemFace& face);
    const ItemFace& face() const { return m_face; }
    void setLook(const ItemLook& look);
    const ItemLook& look() const { return m_look; }
    void setLive(const NodeLive* live);

    int type() const override { return Type; }
    QRectF boundingRect() const override;
    void paint(QPainter* painter, const QStyleOptionGraphicsItem* option, QWidget* widget) override;

private:
    QString besideName(const QFontMetricsF& metrics, double room) const;

    std::string m_id;
    QRectF m_rect;
    ItemFace m_face;
    ItemLook m_look;
    bool m_isLost = false;
    QString m_status;
};

}  // namespace neph
