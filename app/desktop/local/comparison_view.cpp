#include "app/desktop/local/comparison_view.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QScrollBar>
#include <QSplitter>
#include <QTextBrowser>
#include <QTimer>
#include <QVBoxLayout>

#include "app/desktop/charts/time_chart.h"
#include "app/desktop/charts/value_text.h"
#include "app/desktop/local/comparison_text.h"
#include "app/desktop/theme.h"

namespace neph {

ComparisonView::ComparisonView(QWidget* parent) : QWidget(parent), m_text(new QTextBrowser)
{
    auto* whole = new QHBoxLayout(this);
    whole->setContentsMargins(0, 0, 0, 0);
    auto* halves = new QSplitter(Qt::Horizontal);
    halves->setChildrenCollapsible(false);
    whole->addWidget(halves);
    auto* left = new QWidget;
    auto* column = new QVBoxLayout(left);
    column->setContentsMargins(6, 4, 6, 4);
    column->setSpacing(4);
    auto* latencies = new QHBoxLayout;
    latencies->setSpacing(6);
    column->addLayout(latencies, 1);
    const auto nothing = std::make_shared<const RunResult>();
    for (const ChartSpec& spec : sideBySideCharts()) {
        auto* chart = new TimeChart;
        chart->setSpec(spec);
        chart->setAccessibleName(tr("%1, simulated and for real").arg(spec.title));
        connect(
            chart, &TimeChart::redrawWanted, chart, [chart] { chart->drawIfStale(); }, Qt::QueuedConnection);
        connect(chart, &TimeChart::hovered, this, [this](double at) {
            for (TimeChart* each : m_charts) {
                each->setHover(at);
            }
        });
        latencies->addWidget(chart, 1);
        m_charts.push_back(chart);
    }
    m_text->setFrameShape(QFrame::NoFrame);
    m_text->setOpenLinks(false);
    m_text->setAccessibleName(tr("Predicted against measured"));
    m_text->document()->setDocumentMargin(8);
    halves->addWidget(left);
    halves->addWidget(m_text);
    halves->setStretchFactor(0, 3);
    halves->setStretchFactor(1, 2);
    halves->setSizes({900, 620});
}

void ComparisonView::showRun(
    const std::shared_ptr<const RunResult>& simulated, const std::shared_ptr<const RunResult>& measured,
    Time from)
{
    m_both = sideBySide(simulated.get(), measured.get());
    for (TimeChart* chart : m_charts) {
        chart->setResult(m_both);
        const double end = std::max(10.0, seconds(m_both->simulated));
        chart->setRange(QCPRange(0, end));
        chart->setPlayhead(seconds(from));
    }
    draw();
}

void ComparisonView::draw()
{
    for (TimeChart* chart : m_charts) {
        chart->drawIfStale();
    }
}

void ComparisonView::showComparison(std::shared_ptr<const Comparison> comparison, const QString& hint)
{
    if (comparison != m_comparison || hint != m_hint || m_text->document()->isEmpty()) {
        m_comparison = std::move(comparison);
        m_hint = hint;
        fill();
    }
}

void ComparisonView::fill()
{
    const int at = m_text->verticalScrollBar()->value();
    m_text->setHtml(
        m_comparison ? comparisonHtml(*m_comparison)
                     : QStringLiteral("<p style=\"color:%1\">%2</p>")
                           .arg(theme::mutedText().name(), m_hint.toHtmlEscaped()));
    m_text->verticalScrollBar()->setValue(at);
}

QString ComparisonView::text() const
{
    return m_text->toPlainText();
}

void ComparisonView::changeEvent(QEvent* event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange && m_text != nullptr) {
        fill();
    }
}

void ComparisonView::showEvent(QShowEvent* event)
{
    QWidget::showEvent(event);
    QTimer::singleShot(0, this, &ComparisonView::draw);
}

}  // namespace neph
