#include "app/desktop/charts/chart_grid.h"

#include <QBuffer>
#include <QClipboard>
#include <QContextMenuEvent>
#include <QFileDialog>
#include <QGridLayout>
#include <QGuiApplication>
#include <QLabel>
#include <QMenu>
#include <QScrollBar>
#include <QTimer>
#include <algorithm>
#include <cmath>

#include "app/desktop/design_document.h"
#include "app/desktop/panels/results_panel_parts.h"
#include "app/desktop/run_controller.h"
#include "app/desktop/selection.h"
#include "app/desktop/theme.h"

namespace neph {

namespace {

constexpr int kLeastHeight = 100;  ///< Below this a chart is not legible: the grid scrolls instead.
constexpr int kLeastWidth = 240;
constexpr int kGap = 6;
constexpr double kBestShape = 2.0;    ///< Width to height.
constexpr double kLeastRange = 0.01;  ///< Seconds: no further zoom.
constexpr int kTurnMs = 4;            ///< Between two charts that are drawn: a click comes between them.

}  // namespace

int chartColumns(int count, const QSize& size)
{
    int best = 1;
    double bestScore = 1e9;
    for (int columns = 1; columns <= std::max(1, count); ++columns) {
        const int rows = (count + columns - 1) / columns;
        const double width = static_cast<double>(size.width() - (columns + 1) * kGap) / columns;
        const double height =
            std::max<double>(kLeastHeight, static_cast<double>(size.height() - (rows + 1) * kGap) / rows);
        if (columns > 1 && width < kLeastWidth) {
            break;
        }
        const bool scrolls = rows * (kLeastHeight + kGap) + kGap > size.height();
        const double holes = static_cast<double>(columns * rows - count) / count;
        const double score = std::abs(std::log(width / height / kBestShape)) + holes + (scrolls ? 0.8 : 0);
        if (score < bestScore) {
            bestScore = score;
            best = columns;
        }
    }
    return best;
}

double roundTimeEnd(double seconds)
{
    for (double unit : {1.0, 60.0, 3600.0, 86'400.0}) {
        for (const double steps : {5.0, 10.0, 15.0, 20.0, 30.0, 45.0, 60.0}) {
            if (seconds <= unit * steps && (unit < 3600 || steps < 60)) {
                return unit * steps;
            }
        }
        if (unit == 60.0) {
            for (const double hours : {1.5, 2.0, 3.0, 4.0}) {
                if (seconds <= hours * 3600) {
                    return hours * 3600;
                }
            }
        }
    }
    return std::ceil(seconds / (30 * 86'400.0)) * 30 * 86'400.0;
}

ChartGrid::ChartGrid(DesignDocument& document, Selection& selection, RunController& run, QWidget* parent)
    : QScrollArea(parent), m_document(document), m_selection(selection), m_run(run),
      m_page(new QWidget(this)), m_layout(new QGridLayout(m_page)), m_empty(new QLabel(this)),
      m_replan(new QTimer(this)), m_turn(new QTimer(this))
{
    setFrameShape(QFrame::NoFrame);
    setWidgetResizable(true);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setWidget(m_page);
    setAccessibleName(tr("Charts over time"));
    m_layout->setContentsMargins(kGap, kGap, kGap, kGap);
    m_layout->setSpacing(kGap);
    m_empty->setAlignment(Qt::AlignCenter);
    m_empty->setWordWrap(true);
    m_empty->setAttribute(Qt::WA_TransparentForMouseEvents);

    m_replan->setSingleShot(true);
    m_replan->setInterval(1000);
    connect(m_replan, &QTimer::timeout, this, &ChartGrid::plan);
    m_turn->setSingleShot(true);
    m_turn->setInterval(kTurnMs);
    connect(m_turn, &QTimer::timeout, this, &ChartGrid::drawNext);
    connect(&m_run, &RunController::resultChanged, this, &ChartGrid::takeResult);
    connect(&m_run, &RunController::stateChanged, this, &ChartGrid::applyRange);
    connect(&m_run, &RunController::viewTimeChanged, this, &ChartGrid::takeViewTime);
    connect(&m_selection, &Selection::changed, this, &ChartGrid::plan);
    connect(&m_document, &DesignDocument::reset, this, &ChartGrid::plan);
    plan();
}

double ChartGrid::end() const
{
    return m_run.result() ? seconds(m_run.result()->simulated) : 0;
}

void ChartGrid::takeResult()
{
    if (!isVisible()) {
        return;
    }
    const std::shared_ptr<const RunResult> result = m_run.result();
    if (!result || m_charts.empty()) {
        plan();
        return;
    }
    if (result->series.size() != m_plannedSeries || m_selection.ids().empty()) {
        if (!m_replan->isActive()) {
            m_replan->start();  // New metrics, or another component may be the busiest now.
        }
    }
    const std::vector<std::string> nodes = withContents(m_document.design(), m_selection.ids());
    const bool marked = m_marks.update(result, {nodes.begin(), nodes.end()});
    applyRange();
    for (TimeChart* chart : m_charts) {
        chart->setResult(result);
        if (marked) {
            chart->marksChanged();
        }
    }
}

void ChartGrid::plan()
{
    const std::shared_ptr<const RunResult> result = m_run.result();
    const std::vector<std::string>& ids = m_selection.ids();
    m_plannedSeries = result ? result->series.size() : 0;
    const std::vector<ChartSpec> specs =
        result ? planCharts(*result, m_document.design(), ids) : std::vector<ChartSpec>();
    const std::vector<std::string> nodes = withContents(m_document.design(), ids);
    m_marks.update(result, {nodes.begin(), nodes.end()});
    rebuild(specs);
    applyRange();
    showState();
}

/// Reuses the charts that are there: a changed selection then costs no new widgets.
void ChartGrid::rebuild(const std::vector<ChartSpec>& specs)
{
    const bool another = specs.size() != m_charts.size();
    while (m_charts.size() > specs.size()) {
        m_charts.back()->hide();
        m_charts.back()->deleteLater();
        m_charts.pop_back();
    }
    while (m_charts.size() < specs.size()) {
        m_charts.push_back(makeChart());
    }
    for (std::size_t i = 0; i < specs.size(); ++i) {
        m_charts[i]->setSpec(specs[i]);
        m_charts[i]->setResult(m_run.result());
        m_charts[i]->setPlayhead(seconds(m_run.viewTime()));
        m_charts[i]->marksChanged();
    }
    if (another) {
        arrange();
    }
}

TimeChart* ChartGrid::makeChart()
{
    auto* chart = new TimeChart(m_page);
    chart->setMarks(&m_marks);
    chart->installEventFilter(this);
    chart->setContextMenuPolicy(Qt::CustomContextMenu);
    connect(chart, &TimeChart::timePicked, this, [this](double at) { m_run.setViewTime(fromSeconds(at)); });
    connect(chart, &TimeChart::wholeRangeWanted, this, &ChartGrid::showWholeRun);
    connect(chart, &TimeChart::redrawWanted, this, [this] {
        if (!m_turn->isActive()) {
            m_turn->start();
        }
    });
    connect(chart, &TimeChart::hovered, this, [this](double at) {
        for (TimeChart* each : m_charts) {
            each->setHover(at);
        }
    });
    connect(chart, &TimeChart::rangeWanted, this, [this](const QCPRange& wanted) {
        const double most = std::max(roundTimeEnd(end()), kLeastRange);
        const double size = std::clamp(wanted.size(), kLeastRange, most);
        const double lower = std::clamp(wanted.lower, 0.0, most - size);
        m_range = QCPRange(lower, lower + size);
        m_zoomed = true;
        applyRange();
        emit windowChanged();
    });
    connect(chart, &QWidget::customContextMenuRequested, this, [this, chart](const QPoint& where) {
        showMenu(*chart, chart->mapToGlobal(where));
    });
    return chart;
}

/// One chart a turn, round and round: to draw a dozen at once would keep the window from a click.
void ChartGrid::drawNext()
{
    for (std::size_t i = 0; i < m_charts.size(); ++i) {
        m_next = (m_next + 1) % m_charts.size();
        if (m_charts[m_next]->drawIfStale()) {
            m_turn->start();
            return;
        }
    }
}

void ChartGrid::arrange()
{
    while (m_layout->count() > 0) {
        delete m_layout->takeAt(0);
    }
    for (int i = 0; i < m_layout->columnCount(); ++i) {
        m_layout->setColumnStretch(i, 0);
    }
    const int count = static_cast<int>(m_charts.size());
    const int columns = chartColumns(count, viewport()->size());
    for (int i = 0; i < count; ++i) {
        m_layout->addWidget(m_charts[static_cast<std::size_t>(i)], i / columns, i % columns);
        m_charts[static_cast<std::size_t>(i)]->show();
    }
    for (int i = 0; i < columns; ++i) {
        m_layout->setColumnStretch(i, 1);
    }
}

void ChartGrid::setWindow(double seconds)
{
    m_window = seconds;
    m_zoomed = false;
    applyRange();
    emit windowChanged();
}

void ChartGrid::applyRange()
{
    if (!m_zoomed) {
        const RunResult* result = m_run.result().get();
        const bool running =
            m_run.state() == RunController::State::Playing || m_run.state() == RunController::State::Paused;
        const double horizon = result != nullptr ? seconds(result->horizon) : 0;
        double upper = std::max(end(), kLeastRange);
        if (running) {
            upper = std::max(upper, std::min(roundTimeEnd(upper), horizon));
        }
        if (m_window > 0) {
            upper = std::max(seconds(m_run.viewTime()), m_window);
        }
        m_range = QCPRange(m_window > 0 ? upper - m_window : 0, upper);
    }
    for (TimeChart* chart : m_charts) {
        chart->setRange(m_range);
    }
}

void ChartGrid::takeViewTime()
{
    if (m_window > 0) {
        applyRange();
    }
    for (TimeChart* chart : m_charts) {
        chart->setPlayhead(seconds(m_run.viewTime()));
    }
}

void ChartGrid::showState()
{
    const bool empty = m_charts.empty();
    m_empty->setVisible(empty);
    m_empty->raise();
    if (!empty) {
        return;
    }
    m_empty->setForegroundRole(QPalette::PlaceholderText);
    m_empty->setText(
        m_run.result() == nullptr
            ? tr("No measurements yet.\nPress play, and the charts of the design appear here.")
            : tr("What is selected has no measurements of its own.\nSelect a component that handles "
                 "requests, or "
                 "nothing, to see the whole design."));
}

void ChartGrid::resizeEvent(QResizeEvent* event)
{
    QScrollArea::resizeEvent(event);
    m_empty->setGeometry(viewport()->geometry());
    arrange();
}

void ChartGrid::showEvent(QShowEvent* event)
{
    QScrollArea::showEvent(event);
    plan();
}

bool ChartGrid::eventFilter(QObject* watched, QEvent* event)
{
    if (event->type() == QEvent::KeyPress && handleKey(*static_cast<QKeyEvent*>(event))) {
        return true;
    }
    return QScrollArea::eventFilter(watched, event);
}

bool ChartGrid::handleKey(const QKeyEvent& event)
{
    const double view = seconds(m_run.viewTime());
    const double step = m_range.size() / (event.modifiers() & Qt::ShiftModifier ? 20 : 200);
    const auto zoom = [this, view](double factor) {
        const double at = std::clamp(view, m_range.lower, m_range.upper);
        emit m_charts.front()->rangeWanted(
            QCPRange(at - (at - m_range.lower) * factor, at + (m_range.upper - at) * factor));
    };
    switch (event.key()) {
    case Qt::Key_Left:
        m_run.setViewTime(fromSeconds(std::max(0.0, view - step)));
        return true;
    case Qt::Key_Right:
        m_run.setViewTime(fromSeconds(std::min(end(), view + step)));
        return true;
    case Qt::Key_Home:
        m_run.setViewTime(Time{0});
        return true;
    case Qt::Key_End:
        m_run.follow();
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
        showWholeRun();
        return true;
    default:
        return false;
    }
}

void ChartGrid::showMenu(TimeChart& chart, const QPoint& where)
{
    const auto save = [this](const QString& title, const QString& filter, const QByteArray& bytes) {
        const QString file = QFileDialog::getSaveFileName(this, title, QString(), filter);
        if (!file.isEmpty()) {
            writeFile(m_document, file, bytes);
        }
    };
    const auto png = [](const QPixmap& picture) {
        QByteArray bytes;
        QBuffer buffer(&bytes);
        buffer.open(QIODevice::WriteOnly);
        picture.save(&buffer, "PNG");
        return bytes;
    };
    QMenu menu(this);
    menu.addAction(
        tr("Copy picture"), this, [&chart] { QGuiApplication::clipboard()->setPixmap(chart.picture()); });
    menu.addAction(
        tr("Copy as CSV"), this, [&chart] { QGuiApplication::clipboard()->setText(chart.toCsv()); });
    menu.addSeparator();
    menu.addAction(tr("Save chart as picture…"), this, [&] {
        save(tr("Save chart"), tr("PNG picture (*.png)"), png(chart.picture()));
    });
    menu.addAction(tr("Save all charts as picture…"), this, [&] {
        save(tr("Save charts"), tr("PNG picture (*.png)"), png(picture()));
    });
    menu.addAction(tr("Save as CSV…"), this, [&] {
        save(tr("Save values"), tr("CSV (*.csv)"), chart.toCsv().toUtf8());
    });
    menu.addSeparator();
    menu.addAction(tr("Show the whole run"), this, &ChartGrid::showWholeRun);
    menu.addAction(tr("Follow the run"), &m_run, &RunController::follow);
    menu.exec(where);
}

QPixmap ChartGrid::picture()
{
    for (TimeChart* chart : m_charts) {
        chart->replot(QCustomPlot::rpQueuedRefresh);
    }
    return m_page->grab();
}

QString ChartGrid::toCsv() const
{
    QString text;
    for (const TimeChart* chart : m_charts) {
        text += chart->toCsv() + '\n';
    }
    return text;
}

}  // namespace neph
