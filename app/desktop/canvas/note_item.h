#pragma once

#include <QGraphicsItem>
#include <QString>
#include <string>

#include "app/desktop/canvas/canvas_look.h"

namespace neph {

/// A remark on the canvas.
class NoteItem final : public QGraphicsItem {
public:
    enum { Type = UserType + 4 };

    explicit NoteItem(std::string id);

    const std::string& id() const { return m_id; }
    void place(QPointF corner);
    void setText(const QString& text);
    const QString& text() const { return m_text; }
    QRectF rect() const { return {m_corner, m_size}; }
    void setLook(const ItemLook& look);
    const ItemLook& look() const { return m_look; }

    int type() const override { return Type; }
    QRectF boundingRect() const override { return rect().adjusted(-6, -6, 6, 6); }
    void paint(QPainter* painter, const QStyleOptionGraphicsItem* option, QWidget* widget) override;

private:
    std::string m_id;
    QPointF m_corner;
    QSizeF m_size{200, 40};
    QString m_text;
    ItemLook m_look;
};

}  // namespace neph
