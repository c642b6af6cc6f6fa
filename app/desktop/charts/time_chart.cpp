#include "app/desktop/charts/time_chart.h"

#include <QMouseEvent>
#include <QToolTip>
#include <algorithm>
#include <cmath>
#include <map>

#include "app/desktop/charts/axis_tickers.h"
#include "app/desktop/charts/series_line.h"
#include "app/desktop/charts/value_text.h"
#include "app/desktop/theme.h"

namespace neph {

namespace {

constexpr double kNothing = std::numeric_limits<double>::quiet_NaN();
constexpr int kLeftMargin = 58;      ///< The same in all charts, so that their time axes line up.
constexpr int kRightMargin = 28;     ///< Half a label of the time axis.
constexpr int kTimeLabelWidth = 46;  ///< With a gap to the next one.
constexpr int kClickReach = 4;       ///< Pixels that a click may move.
constexpr int kMarkReach = 5;        ///< Pixels around the crosshair in which events are named.

bool hasValueAt(const Series& series, Time at)
{
    return !series.points().empty() && series.points().front().at <= at;
}

QFont smallFont(const QFont& font)
{
    QFont small = font;
    if (font.pointSizeF() > 0) {
        small.setPointSizeF(std::clamp(font.pointSizeF(), 8.5, 16.0) - (font.pointSizeF() > 9.5 ? 0.75 : 0));
    }
    return small;
}

}  // namespace

QColor colourOf(const ChartLine& line)
{
    switch (line.role) {
    case LineRole::Failure:
        return theme::failure();
    case LineRole::Target:
        return theme::mutedText();
    case LineRole::Starting:
        return theme::starting();
    case LineRole::Healthy:
        return theme::healthy();
    case LineRole::Plain:
        break;
    }
    return theme::series(line.colour);
}

TimeChart::TimeChart(QWidget* parent) : QCustomPlot(parent), m_valueTicker(new ValueTicker)
{
    setAttribute(Qt::WA_OpaquePaintEvent, false);  // The card below the plot is painted here.
    setBackground(QBrush(Qt::NoBrush));
    setMouseTracking(true);
    setFocusPolicy(Qt::StrongFocus);
    setMinimumSize(200, 100);
    setPlottingHints(QCP::phCacheLabels);

    addLayer("cursor", layer("overlay"), limAbove);
    layer("cursor")->setMode(QCPLayer::lmBuffered);
    m_overlay = new ChartOverlay(this);
    m_overlay->setLayer("cursor");
    m_overlay->hover = kNothing;

    xAxis->setTicker(QSharedPointer<QCPAxisTicker>(new TimeTicker));
    yAxis->setTicker(m_valueTicker);
    xAxis->setSubTicks(false);
    yAxis->setSubTicks(false);
    yAxis->setTickLength(0, 0);
    xAxis->setTickLength(0, 4);
    axisRect()->setAutoMargins(QCP::msNone);
    connect(this, &QCustomPlot::beforeReplot, this, &TimeChart::prepare);
    applyTheme();
}

void TimeChart::applyTheme()
{
    const QFont small = smallFont(font());
    m_overlay->font = small;
    QColor grid = theme::mutedText();
    grid.setAlphaF(0.16F);
    QColor base = theme::mutedText();
    base.setAlphaF(0.55F);
    for (QCPAxis* axis : {xAxis, yAxis}) {
        axis->setTickLabelFont(small);
        axis->setTickLabelColor(theme::mutedText());
        axis->setTickPen(QPen(base));
        axis->grid()->setPen(QPen(grid, 1));
        axis->grid()->setZeroLinePen(Qt::NoPen);
    }
    xAxis->setBasePen(QPen(base));
    xAxis->setTickLabelPadding(3);
    yAxis->setBasePen(Qt::NoPen);
    yAxis->setTickLabelPadding(6);
    xAxis->grid()->setVisible(false);
    applyMargins();
    for (std::size_t i = 0; i < m_lines.size(); ++i) {
        applyLineStyle(i);
    }
    updateLegend();
    redraw();
}

void TimeChart::applyMargins()
{
    const QFont& small = m_overlay->font;
    const int below = m_hasTimeLabels ? QFontMetrics(small).height() + 10 : 8;
    axisRect()->setMargins(QMargins(kLeftMargin, ChartOverlay::headerHeight(small) + 8, kRightMargin, below));
}

void TimeChart::setTimeLabels(bool shown)
{
    m_hasTimeLabels = shown;
    xAxis->setTickLabels(shown);
    applyMargins();
    redraw();
}

void TimeChart::setSpan(double from, double to)
{
    if (m_overlay->spanFrom != from || m_overlay->spanTo != to) {
        m_overlay->spanFrom = from;
        m_overlay->spanTo = to;
        m_overlay->playhead = (from + to) / 2;
        updateLegend();
        redrawOverlay();
    }
}

void TimeChart::applyLineStyle(std::size_t index)
{
    const ChartLine& line = m_spec.lines[index];
    QPen pen(colourOf(line), m_spec.lines.size() > 4 ? 1.0 : 1.5);
    pen.setJoinStyle(Qt::BevelJoin);
    pen.setCapStyle(Qt::FlatCap);
    if (line.role == LineRole::Target) {
        pen.setStyle(Qt::DashLine);
        pen.setDashPattern({3, 2});
    }
    m_lines[index]->setPen(pen);
}

void TimeChart::setSpec(const ChartSpec& spec)
{
    if (spec == m_spec) {
        return;
    }
    clearPlottables();
    m_lines.clear();
    m_drawn.clear();
    m_spec = spec;
    m_valueTicker->setUnit(spec.unit);
    m_overlay->title = spec.title;
    QStringList names;
    for (std::size_t i = 0; i < spec.lines.size(); ++i) {
        auto* line = new SeriesLine(xAxis, yAxis);
        line->setShape(spec.steps ? SeriesLine::Shape::Steps : SeriesLine::Shape::Line);
        line->setFilled(spec.filled && spec.lines.size() == 1);
        line->setBand(!spec.steps && spec.lines.size() <= 4);
        m_lines.push_back(line);
        applyLineStyle(i);
        names << spec.lines[i].label;
    }
    yAxis->setRange(0, 0);
    setAccessibleName(tr("Chart: %1").arg(spec.title));
    setAccessibleDescription(names.join(", "));
    takeSeries();
    updateLegend();
    redraw();
}

/// Finds the lines of the chart in the latest result. Returns whether there is anything new in them.
bool TimeChart::takeSeries()
{
    std::vector<std::tuple<std::size_t, Time, double, std::uint32_t, Duration>> state;
    for (std::size_t i = 0; i < m_lines.size(); ++i) {
        const Series* series =
            m_result ? m_result->find(m_spec.lines[i].node, m_spec.lines[i].metric) : nullptr;
        m_lines[i]->show(m_result, series);
        if (series != nullptr && !m_spec.lines[i].low.empty()) {
            m_lines[i]->showError(
                m_result->find(m_spec.lines[i].node, m_spec.lines[i].low),
                m_result->find(m_spec.lines[i].node, m_spec.lines[i].high));
        }
        if (series == nullptr || series->points().empty()) {
            state.emplace_back();
            continue;
        }
        const SeriesPoint& last = series->points().back();
        state.emplace_back(series->points().size(), last.at, last.mean, last.count, series->interval());
    }
    return std::exchange(m_drawn, state) != state;
}

void TimeChart::setResult(const std::shared_ptr<const RunResult>& result)
{
    m_result = result;
    if (takeSeries()) {
        updateLegend();
        redraw();
    }
}

void TimeChart::setRange(const QCPRange& range)
{
    if (xAxis->range() != range) {
        xAxis->setRange(range);
        redraw();
    }
}

void TimeChart::setPlayhead(double seconds)
{
    if (m_overlay->playhead != seconds) {
        m_overlay->playhead = seconds;
        updateLegend();
        redrawOverlay();
    }
}

void TimeChart::setHover(double seconds)
{
    const bool both = std::isnan(seconds) && std::isnan(m_overlay->hover);
    if (!both && m_overlay->hover != seconds) {
        m_overlay->hover = seconds;
        updateLegend();
        redrawOverlay();
    }
}

void TimeChart::setMarks(const EventMarks* marks)
{
    m_overlay->marks = marks;
    redrawOverlay();
}

void TimeChart::marksChanged()
{
    redrawOverlay();
}

void TimeChart::updateLegend()
{
    const Time at = fromSeconds(std::isnan(m_overlay->hover) ? m_overlay->playhead : m_overlay->hover);
    m_overlay->legend.resize(m_lines.size());
    for (std::size_t i = 0; i < m_lines.size(); ++i) {
        LegendEntry& entry = m_overlay->legend[i];
        const Series* series = m_lines[i]->series();
        entry.label = m_spec.lines[i].label;
        entry.colour = colourOf(m_spec.lines[i]);
        entry.dashed = m_spec.lines[i].role == LineRole::Target;
        entry.y = series != nullptr ? series->valueAt(at) : 0;
        entry.value =
            series != nullptr && hasValueAt(*series, at) ? valueText(entry.y, m_spec.unit) : QString();
        if (!entry.value.isEmpty()) {
            entry.value += m_lines[i]->errorTextAt(at);
        }
    }
}

void TimeChart::redraw()
{
    m_stale = true;
    emit redrawWanted();
}

bool TimeChart::drawIfStale()
{
    if (!m_stale || visibleRegion().isEmpty()) {
        return false;
    }
    replot();
    return true;
}

void TimeChart::redrawOverlay()
{
    if (!m_stale && isVisible()) {
        m_overlay->layer()->replot();
    }
}

void TimeChart::fitValues()
{
    double most = 0;
    bool any = false;
    for (const SeriesLine* line : m_lines) {
        most = std::max(most, line->largestShown());
        any = any || (line->series() != nullptr && !line->series()->points().empty());
    }
    m_overlay->empty = !any;
    yAxis->setTickLabels(any);
    m_valueTicker->setTickCount(std::clamp(axisRect()->height() / 24, 1, 6));
    xAxis->ticker()->setTickCount(std::clamp(axisRect()->width() / kTimeLabelWidth, 2, 6));
    yAxis->setRange(0, roundUpperEnd(most, yAxis->range().upper, m_spec.unit));
}

/// Runs before the lines are drawn, whoever asked for it.
void TimeChart::prepare()
{
    m_stale = false;
    ++m_replots;
    fitValues();
}

void TimeChart::paintEvent(QPaintEvent* event)
{
    if (m_stale && m_replots == 0) {
        replot(rpQueuedRefresh);  // An empty card would flicker.
    } else if (m_stale) {
        emit redrawWanted();  // It was out of sight when its data changed.
    }
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(hasFocus() ? theme::accent() : theme::cardBorder(), 1));
    painter.setBrush(theme::card());
    painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), 5, 5);
    painter.end();
    QCustomPlot::paintEvent(event);
}

void TimeChart::changeEvent(QEvent* event)
{
    QCustomPlot::changeEvent(event);
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::FontChange) {
        applyTheme();
    }
}

void TimeChart::focusInEvent(QFocusEvent* event)
{
    QCustomPlot::focusInEvent(event);
    update();
}

void TimeChart::focusOutEvent(QFocusEvent* event)
{
    QCustomPlot::focusOutEvent(event);
    update();
}

double TimeChart::secondsAt(const QPointF& position) const
{
    const QCPRange range = xAxis->range();
    return std::clamp(xAxis->pixelToCoord(position.x()), range.lower, range.upper);
}

void TimeChart::mousePressEvent(QMouseEvent* event)
{
    if (event->button() == Qt::LeftButton && !(event->modifiers() & Qt::ShiftModifier)) {
        m_drag = Drag::Scrub;
        m_pressedAt = event->pos();
        emit timePicked(secondsAt(event->position()));
    } else if (event->button() == Qt::MiddleButton || event->button() == Qt::LeftButton) {
        m_drag = Drag::Pan;
        m_panFrom = xAxis->pixelToCoord(event->position().x());
        setCursor(Qt::ClosedHandCursor);
    }
}

void TimeChart::mouseMoveEvent(QMouseEvent* event)
{
    if (m_drag == Drag::Scrub) {
        emit timePicked(secondsAt(event->position()));
    } else if (m_drag == Drag::Pan) {
        const double shift = m_panFrom - xAxis->pixelToCoord(event->position().x());
        emit rangeWanted(QCPRange(xAxis->range().lower + shift, xAxis->range().upper + shift));
        return;
    }
    if (!axisRect()->rect().contains(event->position().toPoint())) {
        emit hovered(kNothing);
        QToolTip::hideText();
        return;
    }
    const double at = secondsAt(event->position());
    emit hovered(at);
    QToolTip::showText(
        event->globalPosition().toPoint() + QPoint(12, 8), m_tooltip ? m_tooltip(at) : tooltipAt(at), this);
}

void TimeChart::mouseReleaseEvent(QMouseEvent* event)
{
    const bool wasClick = m_drag == Drag::Scrub && axisRect()->rect().contains(event->pos()) &&
                          (event->pos() - m_pressedAt).manhattanLength() <= kClickReach;
    m_drag = Drag::None;
    unsetCursor();
    if (wasClick) {
        emit clicked(secondsAt(event->position()));
    }
}

void TimeChart::mouseDoubleClickEvent(QMouseEvent* event)
{
    if (event->button() == Qt::LeftButton) {
        m_drag = Drag::None;
        emit wholeRangeWanted();
    }
}

void TimeChart::wheelEvent(QWheelEvent* event)
{
    if (event->angleDelta().y() == 0 || !axisRect()->rect().contains(event->position().toPoint())) {
        event->ignore();  // The scroll area takes it.
        return;
    }
    const double factor = std::pow(0.8, event->angleDelta().y() / 120.0);
    const double at = secondsAt(event->position());
    const QCPRange range = xAxis->range();
    emit rangeWanted(QCPRange(at - (at - range.lower) * factor, at + (range.upper - at) * factor));
    event->accept();
}

void TimeChart::leaveEvent(QEvent* event)
{
    QCustomPlot::leaveEvent(event);
    emit hovered(kNothing);
}

QString TimeChart::tooltipAt(double seconds) const
{
    const Time at = fromSeconds(seconds);
    QString rows;
    for (std::size_t i = 0; i < m_lines.size(); ++i) {
        const Series* series = m_lines[i]->series();
        if (series == nullptr || !hasValueAt(*series, at)) {
            continue;
        }
        rows +=
            QString(
                "<tr><td style='color:%1'>■&nbsp;</td><td>%2&nbsp;&nbsp;</td><td align='right'>%3</td></tr>")
                .arg(
                    colourOf(m_spec.lines[i]).name(), m_spec.lines[i].label.toHtmlEscaped(),
                    valueText(series->valueAt(at), m_spec.unit));
    }
    QString text =
        QString("<b>%1</b> · %2<table>%3</table>").arg(momentText(at), m_spec.title.toHtmlEscaped(), rows);
    if (m_overlay->marks != nullptr) {
        const double reach = xAxis->range().size() / std::max(1, axisRect()->width()) * kMarkReach;
        for (const EventMark& mark : m_overlay->marks->near(seconds, reach, 3)) {
            const RunEvent& event = m_overlay->marks->entry(mark);
            text +=
                QString("<div>%1 %2</div>").arg(momentText(event.at), toQString(event.what).toHtmlEscaped());
        }
    }
    return text;
}

QString TimeChart::toCsv() const
{
    QString text = "seconds";
    std::map<Time, std::vector<QString>> rows;
    for (std::size_t i = 0; i < m_lines.size(); ++i) {
        QString label = m_spec.title + " " + m_spec.lines[i].label + " (" + m_spec.unit + ")";
        text += ",\"" + label.replace('"', "\"\"") + '"';
        if (const Series* series = m_lines[i]->series()) {
            for (const SeriesPoint& point : series->points()) {
                std::vector<QString>& row = rows[point.at];
                row.resize(m_lines.size());
                row[i] = QString::number(point.mean, 'g', 12);
            }
        }
    }
    text += '\n';
    for (const auto& [at, values] : rows) {
        text += QString::number(seconds(at), 'g', 12);
        for (const QString& value : values) {
            text += ',' + value;
        }
        text += '\n';
    }
    return text;
}

QPixmap TimeChart::picture()
{
    replot(rpQueuedRefresh);
    return grab();
}

}  // namespace neph
