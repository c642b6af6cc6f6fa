#include "app/desktop/panels/request_panel_waterfall.h"

#include <QHelpEvent>
#include <QKeyEvent>
#include <QPainter>
#include <QScrollBar>
#include <QToolTip>
#include <algorithm>
#include <cmath>

#include "app/desktop/charts/axis_tickers.h"
#include "app/desktop/charts/chart_plan.h"
#include "app/desktop/charts/value_text.h"
#include "app/desktop/design_document.h"
#include "app/desktop/theme.h"

namespace neph {

namespace {

constexpr int kIndent = 14;
constexpr int kRight = 76;  ///< Room for the duration behind the longest bar.
constexpr int kPadding = 8;

}  // namespace

Waterfall::Waterfall(DesignDocument& document, QWidget* parent)
    : QAbstractScrollArea(parent), m_document(document)
{
    setFrameShape(QFrame::NoFrame);
    setFocusPolicy(Qt::StrongFocus);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    viewport()->setMouseTracking(true);
    viewport()->setBackgroundRole(QPalette::Base);
    setAccessibleName(tr("Steps of the request"));
}

void Waterfall::setTrace(const RequestTrace* trace)
{
    m_trace = trace != nullptr ? *trace : RequestTrace();
    m_times = timesOf(m_trace);
    m_from = m_trace.arrived;
    m_to = m_trace.arrived + m_trace.latency;
    for (const TraceSpan& span : m_trace.spans) {
        m_from = std::min(m_from, span.from);
        m_to = std::max(m_to, span.to);
    }
    m_current = -1;
    m_hovered = -1;
    setAccessibleDescription(trace != nullptr ? toPlainText(m_trace, m_document.design()) : QString());
    updateScroll();
    viewport()->update();
}

void Waterfall::setCurrent(int row)
{
    row = std::clamp(row, -1, rows() - 1);
    if (row == m_current) {
        return;
    }
    m_current = row;
    const int top = row * rowHeight();
    QScrollBar* scroll = verticalScrollBar();
    const int room = viewport()->height() - axisHeight();
    if (row >= 0 && top < scroll->value()) {
        scroll->setValue(top);
    } else if (row >= 0 && top + rowHeight() > scroll->value() + room) {
        scroll->setValue(top + rowHeight() - room);
    }
    viewport()->update();
    emit currentChanged(row);
}

int Waterfall::rowHeight() const
{
    return fontMetrics().height() + 7;
}

int Waterfall::axisHeight() const
{
    return fontMetrics().height() + 9;
}

int Waterfall::labelWidth() const
{
    return std::clamp(viewport()->width() * 2 / 5, 120, 340);
}

void Waterfall::updateScroll()
{
    const int room = std::max(0, viewport()->height() - axisHeight());
    verticalScrollBar()->setRange(0, std::max(0, rows() * rowHeight() + 4 - room));
    verticalScrollBar()->setPageStep(room);
    verticalScrollBar()->setSingleStep(rowHeight());
}

int Waterfall::rowAt(const QPoint& position) const
{
    if (position.y() < axisHeight()) {
        return -1;
    }
    const int row = (position.y() - axisHeight() + verticalScrollBar()->value()) / rowHeight();
    return row < rows() ? row : -1;
}

double Waterfall::xOf(Time at) const
{
    const double width = std::max(10, viewport()->width() - labelWidth() - kRight);
    const double whole = std::max(1e-9, seconds(m_to - m_from));
    return labelWidth() + width * seconds(at - m_from) / whole;
}

QColor Waterfall::colourOf(const TraceSpan& span) const
{
    const KindSpec* kind = m_document.kindOf(span.node);
    return kind != nullptr ? theme::category(toQString(kind->category)) : theme::accent();
}

QRectF Waterfall::barOf(int row) const
{
    const TraceSpan& span = m_trace.spans[static_cast<std::size_t>(row)];
    const double left = xOf(span.from);
    const double top = axisHeight() + row * rowHeight() - verticalScrollBar()->value();
    return {left, top + 4, std::max(2.0, xOf(span.to) - left), rowHeight() - 8.0};
}

void Waterfall::drawAxis(QPainter& painter) const
{
    const double whole = seconds(m_to - m_from);
    const double width = viewport()->width() - labelWidth() - kRight;
    const double step = TimeTicker::clockStep(std::max(1e-6, whole / std::max(2.0, width / 90)));
    QColor faint = theme::mutedText();
    faint.setAlphaF(0.16F);
    painter.fillRect(0, 0, viewport()->width(), axisHeight(), palette().color(QPalette::Base));
    for (int i = 0; i * step <= whole * 1.0001; ++i) {
        const double x = std::round(xOf(m_from + fromSeconds(i * step))) + 0.5;
        painter.setPen(faint);
        painter.drawLine(QPointF(x, axisHeight() - 3), QPointF(x, viewport()->height()));
        painter.setPen(theme::mutedText());
        const QRectF cell(x - 50, 2, 100, axisHeight() - 5);
        painter.drawText(cell, Qt::AlignCenter, i == 0 ? QString("0") : durationText(fromSeconds(i * step)));
    }
    QColor base = theme::mutedText();
    base.setAlphaF(0.4F);
    painter.setPen(base);
    painter.drawLine(0, axisHeight() - 1, viewport()->width(), axisHeight() - 1);
}

void Waterfall::drawLabel(QPainter& painter, int row, const QColor& colour) const
{
    const TraceSpan& span = m_trace.spans[static_cast<std::size_t>(row)];
    const double top = axisHeight() + row * rowHeight() - verticalScrollBar()->value();
    const int left = kPadding + std::min(span.depth, 8) * kIndent;
    painter.setPen(Qt::NoPen);
    painter.setBrush(colour);
    painter.drawRoundedRect(QRectF(left, top + rowHeight() / 2.0 - 4, 8, 8), 2, 2);
    const QFontMetrics metrics = fontMetrics();
    const int room = labelWidth() - left - 14 - 10;
    const QString place = nameOf(m_document.design(), span.node) +
                          (span.replica.empty() ? QString() : QString(" ") + toQString(span.replica));
    const QString step = toQString(span.step);
    const int placeWidth = std::min(metrics.horizontalAdvance(place), room);
    const QRect cell(left + 14, static_cast<int>(top), room, rowHeight());
    painter.setPen(theme::text());
    painter.drawText(cell, Qt::AlignVCenter, metrics.elidedText(place, Qt::ElideRight, room));
    const int rest = room - placeWidth - 8;
    if (rest > 24) {
        painter.setPen(theme::mutedText());
        painter.drawText(
            cell.adjusted(placeWidth + 8, 0, 0, 0), Qt::AlignVCenter,
            metrics.elidedText(step, Qt::ElideRight, rest));
    }
}

void Waterfall::drawBar(QPainter& painter, int row, const QColor& colour) const
{
    const auto index = static_cast<std::size_t>(row);
    const TraceSpan& span = m_trace.spans[index];
    const QRectF bar = barOf(row);
    const double start = std::clamp(xOf(span.start), bar.left(), bar.right());
    const QRectF waiting(bar.left(), bar.top(), start - bar.left(), bar.height());
    QRectF service(start, bar.top(), std::max(0.0, bar.right() - start), bar.height());
    if (span.start > span.from && waiting.width() > 0) {
        QColor light = colour;
        light.setAlphaF(0.16F);
        painter.setPen(Qt::NoPen);
        painter.setBrush(light);
        painter.drawRect(waiting);
        QColor hatch = colour;
        hatch.setAlphaF(0.65F);
        painter.setBrush(QBrush(hatch, Qt::BDiagPattern));
        painter.drawRect(waiting);
        painter.setPen(QPen(hatch, 1));
        painter.setBrush(Qt::NoBrush);
        painter.drawRect(waiting.adjusted(0.5, 0.5, -0.5, -0.5));
    }
    QColor solid = colour;
    if (m_times[index].hasInner) {
        // What happens within has rows of its own: the step around it is a thin bracket.
        service.adjust(0, service.height() / 2 - 2, 0, -(service.height() / 2 - 2));
        solid.setAlphaF(0.6F);
    }
    painter.setPen(Qt::NoPen);
    painter.setBrush(solid);
    if (span.to > span.start) {
        service.setWidth(std::max(2.0, service.width()));
        painter.drawRoundedRect(service, 2, 2);
    }
    painter.setPen(theme::mutedText());
    painter.drawText(
        QRectF(bar.right() + 6, bar.top() - 4, kRight, rowHeight()), Qt::AlignVCenter | Qt::AlignLeft,
        durationText(span.to - span.from));
}

void Waterfall::drawRow(QPainter& painter, int row) const
{
    const double top = axisHeight() + row * rowHeight() - verticalScrollBar()->value();
    if (row == m_current || row == m_hovered) {
        QColor ground = theme::accent();
        ground.setAlphaF(row == m_current ? (hasFocus() ? 0.20F : 0.14F) : 0.07F);
        painter.fillRect(QRectF(0, top, viewport()->width(), rowHeight()), ground);
    }
    const QColor colour = colourOf(m_trace.spans[static_cast<std::size_t>(row)]);
    drawLabel(painter, row, colour);
    drawBar(painter, row, colour);
}

void Waterfall::paintEvent(QPaintEvent*)
{
    QPainter painter(viewport());
    painter.fillRect(viewport()->rect(), palette().color(QPalette::Base));
    if (rows() == 0) {
        painter.setPen(palette().color(QPalette::PlaceholderText));
        painter.drawText(
            viewport()->rect().adjusted(12, 12, -12, -12), Qt::AlignCenter | Qt::TextWordWrap,
            tr("Choose a request to see its steps, its waits and why."));
        return;
    }
    drawAxis(painter);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setClipRect(0, axisHeight(), viewport()->width(), viewport()->height());
    const int first = std::max(0, verticalScrollBar()->value() / rowHeight());
    const int last = std::min(rows(), first + viewport()->height() / rowHeight() + 2);
    for (int row = first; row < last; ++row) {
        drawRow(painter, row);
    }
}

void Waterfall::resizeEvent(QResizeEvent* event)
{
    QAbstractScrollArea::resizeEvent(event);
    updateScroll();
}

void Waterfall::changeEvent(QEvent* event)
{
    QAbstractScrollArea::changeEvent(event);
    if (event->type() == QEvent::FontChange) {
        updateScroll();
    }
    viewport()->update();
}

void Waterfall::mousePressEvent(QMouseEvent* event)
{
    const int row = rowAt(event->position().toPoint());
    if (row >= 0 && event->button() == Qt::LeftButton) {
        setCurrent(row);
        emit activated(row);
    }
}

void Waterfall::mouseMoveEvent(QMouseEvent* event)
{
    const int row = rowAt(event->position().toPoint());
    if (row != m_hovered) {
        m_hovered = row;
        viewport()->update();
    }
}

void Waterfall::keyPressEvent(QKeyEvent* event)
{
    switch (event->key()) {
    case Qt::Key_Up:
        setCurrent(std::max(0, m_current - 1));
        return;
    case Qt::Key_Down:
        setCurrent(m_current + 1);
        return;
    case Qt::Key_Home:
        setCurrent(0);
        return;
    case Qt::Key_End:
        setCurrent(rows() - 1);
        return;
    case Qt::Key_Return:
    case Qt::Key_Enter:
        if (m_current >= 0) {
            emit activated(m_current);
        }
        return;
    default:
        QAbstractScrollArea::keyPressEvent(event);
    }
}

bool Waterfall::viewportEvent(QEvent* event)
{
    if (event->type() == QEvent::ToolTip) {
        auto* help = static_cast<QHelpEvent*>(event);
        const int row = rowAt(help->pos());
        if (row >= 0) {
            QToolTip::showText(
                help->globalPos(), explainStep(m_trace, static_cast<std::size_t>(row), m_document.design()),
                this);
        } else {
            QToolTip::hideText();
        }
        return true;
    }
    if (event->type() == QEvent::Leave && m_hovered >= 0) {
        m_hovered = -1;
        viewport()->update();
    }
    return QAbstractScrollArea::viewportEvent(event);
}

}  // namespace neph
