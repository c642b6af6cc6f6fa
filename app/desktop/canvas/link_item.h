#pragma once

#include <QGraphicsItem>
#include <QPolygonF>
#include <optional>
#include <string>
#include <vector>

#include "app/desktop/canvas/canvas_look.h"
#include "app/desktop/canvas/link_route.h"
#include "app/desktop/canvas/live_state.h"

namespace neph {

/// How the traffic of a link is shown.
enum class TrafficStyle { Dots, Arrows };

/// A connection on the canvas, with the requests that run on it.
///
/// Dots: the gap between two falls with the logarithm of the rate, and as large a share of them is crosses
/// as fails; the exact rate is written beside it.
class LinkItem final : public QGraphicsItem {
public:
    enum { Type = UserType + 3 };

    explicit LinkItem(std::string id);

    const std::string& id() const { return m_id; }
    void place(const LinkRoute& route);
    const LinkRoute& route() const { return m_route; }
    /// `carriesRequests`: false for "runs" and "is stored in", which are drawn dashed.
    void setFace(const QString& verb, bool carriesRequests);
    const QString& verb() const { return m_verb; }
    void setLook(const ItemLook& look);
    const ItemLook& look() const { return m_look; }
    void setLive(const LinkLive* live);
    bool isMoving() const { return m_live && m_live->rate > 0; }
    void setTraffic(TrafficStyle style, double seconds);
    bool isNear(QPointF point, double reach) const;

    int type() const override { return Type; }
    QRectF boundingRect() const override;
    QPainterPath shape() const override;
    void paint(QPainter* painter, const QStyleOptionGraphicsItem* option, QWidget* widget) override;

private:
    struct Spot {
        QPointF at;
        double angle;  ///< In degrees, of the direction of travel.
    };

    Spot spotAt(double length) const;
    void drawDots(QPainter& painter, double zoom) const;
    void drawArrows(QPainter& painter) const;
    void drawLabel(QPainter& painter) const;
    QString labelText() const;
    QRectF labelRect() const;

    std::string m_id;
    LinkRoute m_route;
    std::vector<QPointF> m_points;  ///< Of the curve, close enough together to be its length.
    std::vector<double> m_lengths;  ///< From the start, to each of the points.
    QString m_verb;
    bool m_carriesRequests = true;
    ItemLook m_look;
    std::optional<LinkLive> m_live;
    TrafficStyle m_style = TrafficStyle::Dots;
    double m_seconds = 0;  ///< Of the animation.
};

}  // namespace neph
