#include "app/desktop/canvas/note_item.h"

#include <QFontMetricsF>
#include <algorithm>
#include <utility>

#include "app/desktop/canvas/canvas_text.h"
#include "app/desktop/theme.h"

namespace neph {

namespace {

constexpr double kWidth = 200;
constexpr double kPadding = 10;
constexpr int kFlags = Qt::AlignLeft | Qt::AlignTop | Qt::TextWordWrap;

}  // namespace

NoteItem::NoteItem(std::string id) : m_id(std::move(id)) {}

void NoteItem::place(QPointF corner)
{
    if (corner != m_corner) {
        prepareGeometryChange();
        m_corner = corner;
    }
}

void NoteItem::setText(const QString& text)
{
    if (text == m_text) {
        return;
    }
    prepareGeometryChange();
    m_text = text;
    const QRectF words =
        QFontMetricsF(detailFont()).boundingRect(QRectF(0, 0, kWidth - 2 * kPadding, 10'000), kFlags, text);
    m_size = {kWidth, std::max(words.height(), 16.0) + 2 * kPadding};
    update();
}

void NoteItem::setLook(const ItemLook& look)
{
    if (look != m_look) {
        m_look = look;
        update();
    }
}

void NoteItem::paint(QPainter* painter, const QStyleOptionGraphicsItem*, QWidget*)
{
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setPen(
        QPen(m_look.selected ? theme::accent() : faded(theme::warning(), 0.45), m_look.selected ? 2 : 1));
    painter->setBrush(theme::card());
    painter->drawRoundedRect(rect(), 4, 4);
    painter->setBrush(faded(theme::warning(), 0.1));
    painter->drawRoundedRect(rect(), 4, 4);
    painter->setFont(detailFont());
    painter->setPen(theme::text());
    painter->drawText(rect().adjusted(kPadding, kPadding, -kPadding, -kPadding), kFlags, m_text);
}

}  // namespace neph
