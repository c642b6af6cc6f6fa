#pragma once

#include <QGraphicsItem>
#include <optional>
#include <string>

#include "app/desktop/canvas/canvas_look.h"
#include "app/desktop/canvas/live_state.h"

namespace neph {

/// A component on the canvas: holds the id and what to draw, and changes nothing.
class CardItem final : public QGraphicsItem {
public:
    enum { Type = UserType + 1 };

    explicit CardItem(std::string id);

    const std::string& id() const { return m_id; }
    void place(const QRectF& rect);
    QRectF rect() const { return m_rect; }
    void setFace(const ItemFace& face);
    const ItemFace& face() const { return m_face; }
    void setLook(const ItemLook& look);
    const ItemLook& look() const { return m_look; }
    void setLive(const NodeLive* live);
    /// What it does for real, beside what is simulated; empty: nothing.
    void setReal(const QString& real);
    const QString& real() const { return m_real; }

    int type() const override { return Type; }
    QRectF boundingRect() const override;
    void paint(QPainter* painter, const QStyleOptionGraphicsItem* option, QWidget* widget) override;

private:
    void updateToolTip();

    std::string m_id;
    QRectF m_rect;
    ItemFace m_face;
    ItemLook m_look;
    std::optional<NodeLive> m_live;
    QString m_real;
};

}  // namespace neph
