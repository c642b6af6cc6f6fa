#include "app/desktop/charts/latency_view.h"

#include <QAction>
#include <QClipboard>
#include <QComboBox>
#include <QFileDialog>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QLabel>
#include <QStackedLayout>
#include <QVBoxLayout>
#include <algorithm>
#include <array>
#include <cmath>
#include <map>

#include "app/desktop/charts/axis_tickers.h"
#include "app/desktop/charts/chart_plan.h"
#include "app/desktop/charts/value_text.h"
#include "app/desktop/design_document.h"
#include "app/desktop/panels/results_panel_parts.h"
#include "app/desktop/run_controller.h"
#include "app/desktop/selection.h"
#include "app/desktop/theme.h"

namespace neph {

namespace {

constexpr int kBinsPerOctave = 6;

struct Percentile {
    const char* name;
    double share;
};
constexpr std::array kMarked = {Percentile{"p50", 0.50}, Percentile{"p95", 0.95}, Percentile{"p99", 0.99}};
constexpr std::array kListed = {
    Percentile{"p50", 0.50}, Percentile{"p90", 0.90}, Percentile{"p95", 0.95}, Percentile{"p99", 0.99},
    Percentile{"p99.9", 0.999}};

int binOf(double ms)
{
    return static_cast<int>(std::floor(std::log2(std::max(ms, 1e-6)) * kBinsPerOctave));
}

double startOf(int bin)
{
    return std::exp2(static_cast<double>(bin) / kBinsPerOctave);
}

}  // namespace

LatencyView::LatencyView(DesignDocument& document, Selection& selection, RunController& run, QWidget* parent)
    : QWidget(parent), m_document(document), m_selection(selection), m_run(run), m_class(new QComboBox),
      m_table(new QLabel), m_empty(new QLabel), m_content(new QWidget), m_pages(new QStackedLayout(this)),
      m_plot(new QCustomPlot)
{
    buildPlot();
    buildBar();
    buildActions();
    m_empty->setAlignment(Qt::AlignCenter);
    m_empty->setWordWrap(true);
    m_empty->setForegroundRole(QPalette::PlaceholderText);
    m_pages->addWidget(m_content);
    m_pages->addWidget(m_empty);
    applyTheme();

    connect(&m_run, &RunController::resultChanged, this, &LatencyView::takeResult);
    connect(&m_selection, &Selection::changed, this, &LatencyView::takeResult);
    connect(&m_document, &DesignDocument::reset, this, &LatencyView::takeResult);
    connect(m_class, &QComboBox::currentIndexChanged, this, &LatencyView::takeResult);
    takeResult();
}

void LatencyView::buildBar()
{
    m_class->setAccessibleName(tr("Latencies of"));
    m_class->setToolTip(tr("Whose latencies are shown while no component with latencies is selected"));
    m_table->setTextFormat(Qt::RichText);
    m_table->setAlignment(Qt::AlignTop | Qt::AlignLeft);
    m_table->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_table->setAccessibleName(tr("Latency figures"));

    auto* side = new QVBoxLayout;
    side->setContentsMargins(4, 4, 0, 4);
    side->setSpacing(8);
    side->addWidget(m_class);
    side->addWidget(m_table, 1);
    auto* row = new QHBoxLayout(m_content);
    row->setContentsMargins(6, 6, 6, 6);
    row->setSpacing(10);
    auto* sideWidget = new QWidget;
    sideWidget->setFixedWidth(fontMetrics().averageCharWidth() * 30);
    sideWidget->setLayout(side);
    row->addWidget(sideWidget);
    row->addWidget(m_plot, 1);
}

/// The context menu.
void LatencyView::buildActions()
{
    const auto add = [this](const QString& text, auto what) {
        auto* action = new QAction(text, this);
        connect(action, &QAction::triggered, this, what);
        addAction(action);
    };
    add(tr("Copy picture"), [this] { QGuiApplication::clipboard()->setPixmap(m_plot->grab()); });
    add(tr("Copy as CSV"), [this] { QGuiApplication::clipboard()->setText(toCsv()); });
    add(tr("Save as CSV…"), [this] {
        const QString file =
            QFileDialog::getSaveFileName(this, tr("Save the distribution"), QString(), tr("CSV (*.csv)"));
        if (!file.isEmpty()) {
            writeFile(m_document, file, toCsv().toUtf8());
        }
    });
    setContextMenuPolicy(Qt::ActionsContextMenu);
}

void LatencyView::buildPlot()
{
    m_plot->setMinimumHeight(100);
    m_plot->setAccessibleName(tr("Distribution of latencies"));
    m_plot->xAxis->setScaleType(QCPAxis::stLogarithmic);
    m_plot->xAxis->setTicker(QSharedPointer<QCPAxisTicker>(new LatencyTicker));
    m_plot->yAxis2->setVisible(true);
    for (QCPAxis* axis : {m_plot->yAxis, m_plot->yAxis2}) {
        const QSharedPointer<ValueTicker> ticker(new ValueTicker);
        ticker->setUnit("%");
        axis->setTicker(ticker);
        axis->setTickLength(0, 0);
    }
    m_plot->xAxis->setTickLength(0, 4);
    m_plot->yAxis->setLabel(tr("Share of requests"));
    m_plot->yAxis2->setLabel(tr("Faster than"));
    m_plot->yAxis2->setRange(0, 108);
    m_bars = m_plot->addGraph(m_plot->xAxis, m_plot->yAxis);
    m_bars->setLineStyle(QCPGraph::lsStepLeft);
    m_share = m_plot->addGraph(m_plot->xAxis, m_plot->yAxis2);
    m_share->setLineStyle(QCPGraph::lsLine);
    for (std::size_t i = 0; i < kMarked.size(); ++i) {
        m_lines.push_back(new QCPItemStraightLine(m_plot));
    }
    for (std::size_t i = 0; i < kMarked.size(); ++i) {  // After all lines: none crosses a label.
        auto* label = new QCPItemText(m_plot);
        label->position->setTypeX(QCPItemPosition::ptPlotCoords);
        label->position->setTypeY(QCPItemPosition::ptAxisRectRatio);
        label->setPositionAlignment(Qt::AlignLeft | Qt::AlignTop);
        label->setPadding(QMargins(4, 1, 4, 1));
        m_labels.push_back(label);
    }
}

void LatencyView::applyTheme()
{
    QColor faint = theme::mutedText();
    faint.setAlphaF(0.16F);
    QColor base = theme::mutedText();
    base.setAlphaF(0.55F);
    m_plot->setBackground(theme::card());
    for (QCPAxis* axis : {m_plot->xAxis, m_plot->yAxis, m_plot->yAxis2}) {
        axis->setTickLabelFont(font());
        axis->setLabelFont(font());
        axis->setTickLabelColor(theme::mutedText());
        axis->setLabelColor(theme::mutedText());
        axis->setBasePen(axis == m_plot->xAxis ? QPen(base) : QPen(Qt::NoPen));
        axis->setTickPen(QPen(base));
        axis->setSubTickPen(Qt::NoPen);
        axis->grid()->setPen(QPen(faint, 1));
        axis->grid()->setZeroLinePen(Qt::NoPen);
    }
    m_plot->yAxis2->grid()->setVisible(false);
    QColor fill = theme::series(0);
    m_bars->setPen(QPen(fill, 1));
    fill.setAlphaF(0.28F);
    m_bars->setBrush(fill);
    m_share->setPen(QPen(theme::series(1), 1.6));
    for (std::size_t i = 0; i < m_lines.size(); ++i) {
        m_lines[i]->setPen(QPen(theme::mutedText(), 1, Qt::DashLine));
        m_labels[i]->setColor(theme::text());
        m_labels[i]->setFont(font());
        m_labels[i]->setBrush(theme::card());  // Another percentile's line may lie below the text.
    }
    m_plot->replot(QCustomPlot::rpQueuedReplot);
    m_shownCount = 0;
}

void LatencyView::changeEvent(QEvent* event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::FontChange) {
        applyTheme();
        takeResult();
    }
}

void LatencyView::showEvent(QShowEvent* event)
{
    QWidget::showEvent(event);
    takeResult();
}

/// The selected node if it has answered requests; empty otherwise.
std::string LatencyView::shownNode() const
{
    const std::shared_ptr<const RunResult> result = m_run.result();
    const std::string node = m_selection.single();
    if (!result || node.empty()) {
        return {};
    }
    const auto view = result->nodes.find(node);
    return view != result->nodes.end() && view->second.latency.count() > 0 ? node : std::string();
}

QString LatencyView::subject() const
{
    const std::string node = shownNode();
    return node.empty() ? m_class->currentText() : nameOf(m_document.design(), node);
}

Histogram LatencyView::current() const
{
    const std::shared_ptr<const RunResult> result = m_run.result();
    Histogram sum;
    if (!result) {
        return sum;
    }
    const std::string node = shownNode();
    if (!node.empty()) {
        return result->nodes.at(node).latency;
    }
    const std::string wanted = m_class->currentData().toString().toStdString();
    for (const auto& [name, requests] : result->classes) {
        if (m_class->currentIndex() <= 0 || name == wanted) {
            sum.merge(requests.latency);
        }
    }
    return sum;
}

void LatencyView::takeClasses()
{
    QStringList names{tr("All requests")};
    if (const std::shared_ptr<const RunResult> result = m_run.result()) {
        for (const auto& [name, requests] : result->classes) {
            names << toQString(name);
        }
    }
    QStringList shown;
    for (int i = 0; i < m_class->count(); ++i) {
        shown << m_class->itemText(i);
    }
    if (names == shown) {
        return;
    }
    const QSignalBlocker quiet(m_class);
    const QString chosen = m_class->currentText();
    m_class->clear();
    for (const QString& name : names) {
        m_class->addItem(name, name);
    }
    m_class->setCurrentIndex(std::max(0, m_class->findText(chosen)));
}

void LatencyView::takeResult()
{
    if (!isVisible() && m_shownCount > 0) {
        return;
    }
    takeClasses();
    const Histogram histogram = current();
    m_class->setEnabled(shownNode().empty());
    m_pages->setCurrentIndex(histogram.count() == 0 ? 1 : 0);
    if (histogram.count() == 0) {
        m_figures.clear();
        m_shownCount = 0;
        m_empty->setText(
            m_run.result() ? tr("No request has been answered yet.")
                           : tr("No latencies yet.\nPress play, and their distribution appears here."));
        return;
    }
    if (histogram.count() == m_shownCount && subject() == m_shownSubject) {
        return;
    }
    m_shownCount = histogram.count();
    m_shownSubject = subject();
    showBars(histogram);
    showPercentiles(histogram);
    showFigures(histogram);
    m_plot->replot(QCustomPlot::rpQueuedReplot);
}

void LatencyView::showBars(const Histogram& histogram)
{
    std::map<int, double> bins;
    for (const Histogram::Bucket& bucket : histogram.buckets()) {
        bins[binOf(milliseconds((bucket.from + bucket.to) / 2))] += static_cast<double>(bucket.count);
    }
    const auto total = static_cast<double>(histogram.count());
    const int first = bins.begin()->first;
    const int last = bins.rbegin()->first;
    QVector<double> at;
    QVector<double> share;
    QVector<double> ends;
    QVector<double> cumulative;
    double most = 0;
    double sum = 0;
    ends << startOf(first);
    cumulative << 0;
    for (int bin = first; bin <= last + 1; ++bin) {
        const auto found = bins.find(bin);
        const double percent = found == bins.end() ? 0 : 100 * found->second / total;
        at << startOf(bin);
        share << percent;
        most = std::max(most, percent);
        sum += percent;
        ends << startOf(bin + 1);
        cumulative << sum;
    }
    m_bars->setData(at, share, true);
    m_share->setData(ends, cumulative, true);
    m_plot->xAxis->setRange(startOf(first - kBinsPerOctave / 2), startOf(last + kBinsPerOctave));
    m_plot->yAxis->setRange(0, std::max(1.0, most * 1.25));
}

void LatencyView::showPercentiles(const Histogram& histogram)
{
    for (std::size_t i = 0; i < kMarked.size(); ++i) {
        const Duration latency = histogram.quantile(kMarked[i].share);
        const double ms = std::max(milliseconds(latency), 1e-6);
        m_lines[i]->point1->setCoords(ms, 0);
        m_lines[i]->point2->setCoords(ms, 1);
        // One below the other: percentiles of a narrow distribution lie close together.
        m_labels[i]->position->setCoords(ms * 1.004, 0.02 + 0.13 * static_cast<double>(i));
        m_labels[i]->setText(QString("%1  %2").arg(kMarked[i].name, durationText(latency)));
    }
}

void LatencyView::showFigures(const Histogram& histogram)
{
    m_figures.clear();
    m_figures << tr("Requests") << countText(histogram.count()) << tr("Mean")
              << durationText(histogram.mean());
    for (const Percentile& percentile : kListed) {
        m_figures << percentile.name << durationText(histogram.quantile(percentile.share));
    }
    m_figures << tr("Longest") << durationText(histogram.max());
    QString rows;
    for (qsizetype i = 0; i + 1 < m_figures.size(); i += 2) {
        rows += QString("<tr><td style='color:%1; padding-right:18px'>%2</td><td align='right'>%3</td></tr>")
                    .arg(theme::mutedText().name(), m_figures[i], m_figures[i + 1]);
    }
    m_table->setText(QString("<b>%1</b><table cellspacing='0' cellpadding='1'>%2</table>")
                         .arg(subject().toHtmlEscaped(), rows));
}

QString LatencyView::toCsv() const
{
    QString text = "from_ms,to_ms,count\n";
    for (const Histogram::Bucket& bucket : current().buckets()) {
        text += QString("%1,%2,%3\n")
                    .arg(milliseconds(bucket.from), 0, 'g', 9)
                    .arg(milliseconds(bucket.to), 0, 'g', 9)
                    .arg(static_cast<qulonglong>(bucket.count));
    }
    return text;
}

}  // namespace neph
