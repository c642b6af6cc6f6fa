#include "app/desktop/panels/results_panel_parts.h"

#include <QApplication>
#include <QCoreApplication>
#include <QPainter>
#include <QPixmapCache>
#include <QSaveFile>
#include <algorithm>

#include "app/desktop/design_document.h"
#include "app/desktop/theme.h"

namespace neph {

QString levelWord(EventLevel level)
{
    switch (level) {
    case EventLevel::Warning:
        return QCoreApplication::translate("neph::Results", "Warning");
    case EventLevel::Failure:
        return QCoreApplication::translate("neph::Results", "Failure");
    case EventLevel::Info:
        break;
    }
    return QCoreApplication::translate("neph::Results", "Info");
}

static void drawLevel(QPainter& painter, EventLevel level)
{
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    if (level == EventLevel::Info) {
        painter.setBrush(theme::mutedText());
        painter.drawEllipse(QPointF(8, 8), 3.0, 3.0);
        return;
    }
    const QColor ground = theme::card();
    if (level == EventLevel::Warning) {
        painter.setBrush(theme::warning());
        painter.drawPolygon(QPolygonF({{8, 1.5}, {15, 14.5}, {1, 14.5}}));
        painter.setPen(QPen(ground, 1.8, Qt::SolidLine, Qt::RoundCap));
        painter.drawLine(QPointF(8, 6), QPointF(8, 9.8));
        painter.drawPoint(QPointF(8, 12.4));
        return;
    }
    painter.setBrush(theme::failure());
    painter.drawEllipse(QPointF(8, 8), 7, 7);
    painter.setPen(QPen(ground, 1.8, Qt::SolidLine, Qt::RoundCap));
    painter.drawLine(QPointF(5.4, 5.4), QPointF(10.6, 10.6));
    painter.drawLine(QPointF(10.6, 5.4), QPointF(5.4, 10.6));
}

QIcon levelIcon(EventLevel level)
{
    const QString key = QString("neph-level-%1-%2").arg(static_cast<int>(level)).arg(theme::isDark());
    QPixmap picture;
    if (!QPixmapCache::find(key, &picture)) {
        const double scale = qApp->devicePixelRatio();
        picture = QPixmap(QSize(16, 16) * scale);
        picture.setDevicePixelRatio(scale);
        picture.fill(Qt::transparent);
        QPainter painter(&picture);
        drawLevel(painter, level);
        painter.end();
        QPixmapCache::insert(key, picture);
    }
    return QIcon(picture);
}

bool writeFile(DesignDocument& document, const QString& file, const QByteArray& bytes)
{
    QSaveFile out(file);
    if (out.open(QIODevice::WriteOnly) && out.write(bytes) == bytes.size() && out.commit()) {
        return true;
    }
    emit document.refused(QCoreApplication::translate("neph::Results", "%1 could not be written: %2")
                              .arg(file, out.errorString()));
    return false;
}

EmptyHint::EmptyHint(QWidget* parent) : QLabel(parent)
{
    setAlignment(Qt::AlignCenter);
    setWordWrap(true);
    setForegroundRole(QPalette::PlaceholderText);
    setMargin(16);
}

ElidedLabel::ElidedLabel(QWidget* parent) : QLabel(parent)
{
    setTextFormat(Qt::PlainText);
    setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
}

QSize ElidedLabel::minimumSizeHint() const
{
    return QSize(0, QLabel::minimumSizeHint().height());
}

void ElidedLabel::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setPen(palette().color(foregroundRole()));
    painter.drawText(
        contentsRect(), Qt::AlignVCenter | Qt::AlignLeft,
        fontMetrics().elidedText(text(), Qt::ElideRight, contentsRect().width()));
}

bool ElidedLabel::event(QEvent* event)
{
    if (event->type() == QEvent::ToolTip) {
        setToolTip(fontMetrics().horizontalAdvance(text()) > contentsRect().width() ? text() : QString());
    }
    return QLabel::event(event);
}

void ShareBarDelegate::paint(
    QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const
{
    QStyleOptionViewItem cell = option;
    initStyleOption(&cell, index);
    const QVariant share = index.data(kShareRole);
    const QString text = std::exchange(cell.text, QString());
    const QWidget* widget = option.widget;
    (widget != nullptr ? widget->style() : QApplication::style())
        ->drawControl(QStyle::CE_ItemViewItem, &cell, painter, widget);

    const QRect area = option.rect.adjusted(3, 0, -3, 0);
    const int textWidth = option.fontMetrics.horizontalAdvance("000.00 ms");
    if (share.isValid()) {
        const QVariant colour = index.data(kColourRole);
        QColor fill = colour.isValid() ? colour.value<QColor>() : theme::accent();
        QColor track = theme::mutedText();
        track.setAlphaF(0.14F);
        const double width = std::max(0, area.width() - textWidth - 8);
        const QRectF bar(area.left(), area.center().y() - 3, width, 7);
        const double filled = std::clamp(share.toDouble(), 0.0, 1.0) * width;
        painter->save();
        painter->setRenderHint(QPainter::Antialiasing);
        painter->setPen(Qt::NoPen);
        painter->setBrush(track);
        painter->drawRoundedRect(bar, 3, 3);
        if (filled > 0) {
            painter->setBrush(fill);
            painter->drawRoundedRect(
                QRectF(bar.left(), bar.top(), std::max(2.0, filled), bar.height()), 3, 3);
        }
        painter->restore();
    }
    const bool selected = option.state & QStyle::State_Selected;
    painter->setPen(option.palette.color(selected ? QPalette::HighlightedText : QPalette::Text));
    painter->setFont(cell.font);
    painter->drawText(area, Qt::AlignRight | Qt::AlignVCenter, text);
}

}  // namespace neph
