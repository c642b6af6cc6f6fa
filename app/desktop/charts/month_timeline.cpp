#include "app/desktop/charts/month_timeline.h"

#include <QAccessible>
#include <QKeyEvent>
#include <QTimer>
#include <QVBoxLayout>
#include <algorithm>
#include <cmath>

#include "app/desktop/charts/time_chart.h"
#include "app/desktop/charts/value_text.h"
#include "app/desktop/long_run_figures.h"

namespace neph {

namespace {

constexpr int kLeastChart = 60;  ///< Pixels: below this the timeline scrolls.
constexpr int kTimeLabels = 22;
constexpr int kChartGap = 4;  ///< Between charts.
constexpr double kHourSeconds = 3600;
constexpr double kClosest = 6 * kHourSeconds;  ///< No further zoom.

int hourAt(double seconds)
{
    return static_cast<int>(std::floor(seconds / kHourSeconds));
}

}  // namespace

MonthTimeline::MonthTimeline(QWidget* parent) : QScrollArea(parent)
{
    setFrameShape(QFrame::NoFrame);
    setWidgetResizable(true);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setFocusPolicy(Qt::NoFocus);
    auto* page = new QWidget;
    auto* column = new QVBoxLayout(page);
    column->setContentsMargins(0, kChartGap, kChartGap + 2, kChartGap);
    column->setSpacing(kChartGap);
    setWidget(page);
    setAccessibleName(tr("Timeline of the long run"));
}

TimeChart* MonthTimeline::makeChart()
{
    auto* chart = new TimeChart(widget());
    chart->setMinimumHeight(kLeastChart);
    // One stop for the keyboard: arrow keys mean the same in all of them.
    chart->setFocusPolicy(m_charts.empty() ? Qt::StrongFocus : Qt::NoFocus);
    if (m_charts.empty()) {
        setFocusProxy(chart);
    }
    chart->installEventFilter(this);
    chart->setContextMenuPolicy(Qt::CustomContextMenu);
    chart->setTooltip([this](double at) { return hourTip(hourAt(at)); });
    connect(chart, &TimeChart::timePicked, this, [this](double at) {
        m_charts.front()->setFocus(Qt::MouseFocusReason);
        setHour(hourAt(at));
    });
    connect(chart, &TimeChart::clicked, this, [this](double at) { emit hourChosen(hourAt(at)); });
    connect(chart, &TimeChart::hovered, this, [this](double at) {
        for (TimeChart* each : m_charts) {
            each->setHover(std::isnan(at) ? at : (hourAt(at) + 0.5) * kHourSeconds);
        }
    });
    connect(chart, &TimeChart::rangeWanted, this, &MonthTimeline::setRange);
    connect(chart, &TimeChart::redrawWanted, chart, [chart] {
        QTimer::singleShot(0, chart, [chart] { chart->drawIfStale(); });
    });
    connect(chart, &QWidget::customContextMenuRequested, this, [this, chart](const QPoint& where) {
        emit menuRequested(chart->mapToGlobal(where));
    });
    return chart;
}

double MonthTimeline::end() const
{
    if (!m_result) {
        return 86'400;
    }
    return std::max(1.0, seconds(m_result->stoppedBy.empty() ? m_result->horizon : m_result->simulated));
}

void MonthTimeline::show(const std::shared_ptr<const RunResult>& result, const Design& design)
{
    const bool isAnother = !m_result || !result || m_result->simulated != result->simulated ||
                           m_result->designDigest != result->designDigest;
    m_result = result;
    m_design = design;
    const std::vector<ChartSpec> specs = result ? longRunCharts(*result, design) : std::vector<ChartSpec>();
    auto* column = static_cast<QVBoxLayout*>(widget()->layout());
    while (m_charts.size() > specs.size()) {
        m_charts.back()->hide();
        m_charts.back()->deleteLater();
        m_charts.pop_back();
    }
    while (m_charts.size() < specs.size()) {
        m_charts.push_back(makeChart());
        column->addWidget(m_charts.back());
    }
    for (std::size_t i = 0; i < specs.size(); ++i) {
        // The lowest has the labels of time for all: it needs their height, not less of a curve.
        const bool isLowest = i + 1 == specs.size();
        m_charts[i]->setTimeLabels(isLowest);
        m_charts[i]->setMinimumHeight(kLeastChart + (isLowest ? kTimeLabels : 0));
        column->setStretchFactor(m_charts[i], i == 0 || isLowest ? 3 : 2);
        m_charts[i]->setSpec(specs[i]);
        m_charts[i]->setResult(result);
    }
    if (isAnother) {
        m_range = QCPRange(0, end());
        m_hour = result ? std::max(0, worstHour(*result)) : 0;
    }
    setRange(m_range);
    tell();
}

void MonthTimeline::showAll()
{
    setRange(QCPRange(0, end()));
}

void MonthTimeline::setRange(QCPRange range)
{
    const double most = end();
    const double size = std::clamp(range.size(), std::min(kClosest, most), most);
    const double lower = std::clamp(range.lower, 0.0, most - size);
    m_range = QCPRange(lower, lower + size);
    for (TimeChart* chart : m_charts) {
        chart->setRange(m_range);
    }
}

void MonthTimeline::zoom(double factor)
{
    const double at = std::clamp((m_hour + 0.5) * kHourSeconds, m_range.lower, m_range.upper);
    setRange(QCPRange(at - (at - m_range.lower) * factor, at + (m_range.upper - at) * factor));
}

void MonthTimeline::setHour(int hour)
{
    const int last = m_result ? std::max(0, hoursOf(*m_result) - 1) : 0;
    const int kept = std::clamp(hour, 0, last);
    const double from = kept * kHourSeconds;
    if (from < m_range.lower || from + kHourSeconds > m_range.upper) {
        const double lower = from < m_range.lower ? from : from + kHourSeconds - m_range.size();
        setRange(QCPRange(lower, lower + m_range.size()));
    }
    if (kept != m_hour) {
        m_hour = kept;
        tell();
        emit hourChanged();
    }
}

/// Marks the chosen hour, and says it to whoever listens instead of looking.
void MonthTimeline::tell()
{
    for (TimeChart* chart : m_charts) {
        chart->setSpan(m_hour * kHourSeconds, (m_hour + 1) * kHourSeconds);
    }
    if (m_charts.empty() || !m_result) {
        return;
    }
    const HourFigures figures = figuresOfHour(*m_result, m_design, m_hour);
    m_charts.front()->setAccessibleDescription(
        tr("%1: p99 %2, %3. Arrow keys choose an hour, Enter opens it.")
            .arg(
                hourText(m_hour), valueText(figures.p99Ms, "ms"),
                valueText(figures.dollarsPerHour, "USD/h")));
}

QString MonthTimeline::hourTip(int hour) const
{
    if (!m_result || hour < 0 || hour >= hoursOf(*m_result)) {
        return {};
    }
    const HourFigures figures = figuresOfHour(*m_result, m_design, hour);
    QString rows;
    const auto row = [&rows](const QString& name, const QString& value) {
        rows += QString("<tr><td>%1&nbsp;&nbsp;</td><td align='right'>%2</td></tr>")
                    .arg(name.toHtmlEscaped(), value);
    };
    QString p99 = valueText(figures.p99Ms, "ms");
    if (figures.p99Between) {
        p99 +=
            QString(" (%1 … %2)")
                .arg(valueText(figures.p99Between->first, "ms"), valueText(figures.p99Between->second, "ms"));
    }
    row(tr("p99"), p99);
    row(tr("requests"), valueText(figures.requestsPerSecond, "1/s"));
    row(tr("errors"), valueText(figures.errorShare * 100, "%"));
    for (const HourFigures::Tasks& tasks : figures.tasks) {
        row(tr("tasks of %1").arg(tasks.name), valueText(tasks.count, "count"));
    }
    row(tr("cost"), valueText(figures.dollarsPerHour, "USD/h"));
    return QString("<b>%1</b><table>%2</table>%3").arg(hourText(hour), rows, tr("A click opens this hour."));
}

bool MonthTimeline::eventFilter(QObject* watched, QEvent* event)
{
    if (event->type() == QEvent::KeyPress && handleKey(*static_cast<QKeyEvent*>(event))) {
        return true;
    }
    return QScrollArea::eventFilter(watched, event);
}

bool MonthTimeline::handleKey(const QKeyEvent& event)
{
    const int step = event.modifiers() & (Qt::ShiftModifier | Qt::ControlModifier) ? 24 : 1;
    switch (event.key()) {
    case Qt::Key_Left:
        setHour(m_hour - step);
        return true;
    case Qt::Key_Right:
        setHour(m_hour + step);
        return true;
    case Qt::Key_PageUp:
        setHour(m_hour - 24);
        return true;
    case Qt::Key_PageDown:
        setHour(m_hour + 24);
        return true;
    case Qt::Key_Home:
        setHour(0);
        return true;
    case Qt::Key_End:
        setHour(m_result ? hoursOf(*m_result) - 1 : 0);
        return true;
    case Qt::Key_Return:
    case Qt::Key_Enter:
        emit hourChosen(m_hour);
        return true;
    case Qt::Key_Plus:
    case Qt::Key_Equal:
        zoom(0.7);
        return true;
    case Qt::Key_Minus:
        zoom(1 / 0.7);
        return true;
    case Qt::Key_0:
    case Qt::Key_Escape:
        showAll();
        return true;
    default:
        return false;
    }
}

}  // namespace neph
