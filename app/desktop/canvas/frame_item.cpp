#include "app/desktop/canvas/frame_item.h"

#include <QCoreApplication>
#include <QFontMetricsF>
#include <QStyleOptionGraphicsItem>
#include <algorithm>
#include <utility>

#include "app/desktop/canvas/canvas_text.h"
#include "app/desktop/canvas/layout.h"
#include "app/desktop/theme.h"

namespace neph {

namespace {

constexpr double kFrameRadius = 10;
constexpr double kMargin = 8;
constexpr double kFrameIcon = 18;
constexpr double kFrameWordsFrom = 0.3;
constexpr double kFrameGap = 6;      ///< Behind the last word, so that frames of nearly one size look alike.
constexpr double kRoomForPart = 90;  ///< Less holds no part of a sentence that would say anything.

QColor outlineColour(const ItemFace& face, const ItemLook& look)
{
    switch (look.mark) {
    case Mark::Target:
        return theme::accent();
    case Mark::Refused:
        return theme::failure();
    case Mark::Possible:
    case Mark::None:
        break;
    }
    if (look.selected) {
        return theme::accent();
    }
    return faded(theme::category(face.category), look.hovered ? 0.9 : 0.5);
}

}  // namespace

FrameItem::FrameItem(std::string id) : m_id(std::move(id)) {}

void FrameItem::place(const QRectF& rect)
{
    if (rect != m_rect) {
        prepareGeometryChange();
        m_rect = rect;
    }
}

QRectF FrameItem::titleRect() const
{
    return {m_rect.left(), m_rect.top(), m_rect.width(), kFrameTitle};
}

bool FrameItem::isHandle(QPointF point, double reach) const
{
    const QRectF outer = m_rect.adjusted(-reach, -reach, reach, reach);
    const QRectF inner = m_rect.adjusted(reach, kFrameTitle, -reach, -reach);
    return outer.contains(point) && !inner.contains(point);
}

void FrameItem::setFace(const ItemFace& face)
{
    if (face != m_face) {
        m_face = face;
        setToolTip(face.hasProblem ? face.problemText : QString());
        update();
    }
}

void FrameItem::setLook(const ItemLook& look)
{
    if (look != m_look) {
        m_look = look;
        update();
    }
}

void FrameItem::setLive(const NodeLive* live)
{
    const bool isLost = live != nullptr && live->lost;
    const QString status = live != nullptr ? live->status : QString();
    if (isLost != m_isLost || status != m_status) {
        m_isLost = isLost;
        m_status = status;
        update();
    }
}

/// What is said behind the name. Where room is short the kind goes first: the icon says it too, and a word
/// that is cut off says nothing.
QString FrameItem::besideName(const QFontMetricsF& metrics, double room) const
{
    const QString state = m_isLost                       ? QCoreApplication::translate("Frame", "lost")
                          : !m_status.isEmpty()          ? m_status
                          : m_face.detail == m_face.name ? QString()
                                                         : m_face.detail;
    const QString kind = m_face.kind == m_face.name ? QString() : m_face.kind;
    QString both = kind.isEmpty() || state.isEmpty() ? kind + state : kind + QStringLiteral(" · ") + state;
    if (metrics.horizontalAdvance(both) <= room) {
        return both;
    }
    return room >= kRoomForPart || metrics.horizontalAdvance(state) + kFrameGap <= room ? state : QString();
}

QRectF FrameItem::boundingRect() const
{
    return m_rect.adjusted(-kMargin, -kMargin, kMargin, kMargin);
}

void FrameItem::paint(QPainter* painter, const QStyleOptionGraphicsItem* option, QWidget*)
{
    const double zoom = option->levelOfDetailFromTransform(painter->worldTransform());
    const QColor own = theme::category(m_face.category);
    const bool strong = m_look.selected || m_look.mark == Mark::Target || m_look.mark == Mark::Refused;
    painter->setRenderHint(QPainter::Antialiasing);
    if (m_look.mark == Mark::Target) {
        painter->setPen(Qt::NoPen);
        painter->setBrush(faded(theme::accent(), 0.16));
        painter->drawRoundedRect(m_rect.adjusted(-5, -5, 5, 5), kFrameRadius + 5, kFrameRadius + 5);
    }
    painter->setPen(QPen(outlineColour(m_face, m_look), strong ? 2 : 1.25));
    painter->setBrush(faded(own, theme::isDark() ? 0.055 : 0.035));
    painter->drawRoundedRect(m_rect.adjusted(0.5, 0.5, -0.5, -0.5), kFrameRadius, kFrameRadius);
    if (m_isLost) {
        painter->setPen(Qt::NoPen);
        painter->setBrush(QBrush(faded(theme::failure(), 0.45), Qt::BDiagPattern));
        painter->drawRoundedRect(m_rect, kFrameRadius, kFrameRadius);
    }
    if (zoom < kFrameWordsFrom) {
        return;
    }
    const QRectF title = titleRect().adjusted(12, 0, -12, 0);
    const QRectF icon(title.left(), title.center().y() - kFrameIcon / 2, kFrameIcon, kFrameIcon);
    drawKindIcon(*painter, icon, m_face.iconStem);
    QFont font = nameFont();
    font.setPixelSize(static_cast<int>(font.pixelSize() * std::clamp(0.7 / zoom, 1.0, 1.6)));
    painter->setFont(font);
    painter->setPen(m_isLost ? theme::failure() : own);
    const QRectF words(icon.right() + 8, title.top(), title.right() - icon.right() - 8, title.height());
    drawLine(*painter, words, Qt::AlignLeft | Qt::AlignVCenter, m_face.name);
    const double left =
        std::min(QFontMetricsF(painter->font()).horizontalAdvance(m_face.name), words.width()) + 8;
    painter->setFont(detailFont());
    painter->setPen(theme::mutedText());
    if (zoom >= 0.5 && words.width() > left + 24) {
        const QRectF room = words.adjusted(left, 1, 0, 1);
        drawLine(
            *painter, room, Qt::AlignLeft | Qt::AlignVCenter,
            besideName(QFontMetricsF(painter->font()), room.width()));
    }
    if (m_face.hasProblem && m_face.problem != Severity::Note) {
        drawProblem(*painter, m_rect.topRight() + QPointF(-2, 2), m_face.problem);
    }
}

}  // namespace neph
