#include "app/desktop/canvas/card_item.h"

#include <QCoreApplication>
#include <QStyleOptionGraphicsItem>
#include <algorithm>
#include <utility>

#include "app/desktop/canvas/card_painter.h"

namespace neph {

CardItem::CardItem(std::string id) : m_id(std::move(id)) {}

void CardItem::place(const QRectF& rect)
{
    if (rect != m_rect) {
        prepareGeometryChange();
        m_rect = rect;
    }
}

void CardItem::setFace(const ItemFace& face)
{
    if (face != m_face) {
        m_face = face;
        updateToolTip();
        update();
    }
}

void CardItem::setLook(const ItemLook& look)
{
    if (look != m_look) {
        m_look = look;
        update();
    }
}

void CardItem::setLive(const NodeLive* live)
{
    if (live == nullptr && !m_live) {
        return;
    }
    m_live = live != nullptr ? std::optional(*live) : std::nullopt;
    updateToolTip();
    update();
}

void CardItem::setReal(const QString& real)
{
    if (real != m_real) {
        prepareGeometryChange();
        m_real = real;
        updateToolTip();
        update();
    }
}

void CardItem::updateToolTip()
{
    QStringList lines{m_face.name, m_face.kind};
    if (m_live && !m_live->bottleneck.isEmpty()) {
        lines << m_live->bottleneck;
    }
    if (!m_real.isEmpty()) {
        lines << QCoreApplication::translate("Card", "For real: %1").arg(m_real);
    }
    if (m_face.hasProblem) {
        lines << m_face.problemText;
    }
    setToolTip(lines.join('\n'));
}

QRectF CardItem::boundingRect() const
{
    const double below = m_real.isEmpty() ? kCardMargin : std::max(kCardMargin, kRealReach);
    return m_rect.adjusted(-kCardMargin, -kCardMargin, kCardMargin, below);
}

void CardItem::paint(QPainter* painter, const QStyleOptionGraphicsItem* option, QWidget*)
{
    const double zoom = option->levelOfDetailFromTransform(painter->worldTransform());
    paintCard(*painter, m_rect, m_face, m_live ? &*m_live : nullptr, m_look, zoom);
    if (!m_real.isEmpty()) {
        paintReal(*painter, m_rect, m_real, zoom);
    }
}

}  // namespace neph
