#include "app/desktop/charts/charts_panel.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QTabWidget>
#include <QVBoxLayout>

#include "app/desktop/charts/chart_grid.h"
#include "app/desktop/charts/latency_view.h"

namespace neph {

namespace {

struct Window {
    const char* text;
    double seconds;
};

constexpr Window kWindows[] = {
    {QT_TRANSLATE_NOOP("neph::ChartsPanel", "Whole run"), 0},
    {QT_TRANSLATE_NOOP("neph::ChartsPanel", "Last minute"), 60},
    {QT_TRANSLATE_NOOP("neph::ChartsPanel", "Last 10 minutes"), 600},
    {QT_TRANSLATE_NOOP("neph::ChartsPanel", "Last hour"), 3600},
    {QT_TRANSLATE_NOOP("neph::ChartsPanel", "Last day"), 86'400},
};

}  // namespace

/// The choice of the range of time, in the corner of the tabs.
static QComboBox* makeWindowChooser(ChartGrid& grid)
{
    auto* chooser = new QComboBox;
    chooser->setAccessibleName(ChartsPanel::tr("Range of time"));
    chooser->setToolTip(
        ChartsPanel::tr("Range of time that the charts show. The wheel zooms, a double click shows all."));
    for (const Window& window : kWindows) {
        chooser->addItem(ChartsPanel::tr(window.text), window.seconds);
    }
    chooser->setPlaceholderText(ChartsPanel::tr("Zoomed"));
    QObject::connect(chooser, &QComboBox::activated, &grid, [chooser, &grid](int index) {
        grid.setWindow(chooser->itemData(index).toDouble());
    });
    QObject::connect(&grid, &ChartGrid::windowChanged, chooser, [chooser, &grid] {
        chooser->setCurrentIndex(grid.isZoomed() ? -1 : chooser->findData(grid.window()));
    });
    return chooser;
}

ChartsPanel::ChartsPanel(DesignDocument& document, Selection& selection, RunController& run, QWidget* parent)
    : QWidget(parent), m_tabs(new QTabWidget(this)), m_grid(new ChartGrid(document, selection, run)),
      m_latency(new LatencyView(document, selection, run))
{
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_tabs);
    m_tabs->setDocumentMode(true);
    m_tabs->addTab(m_grid, tr("Over time"));
    m_tabs->addTab(m_latency, tr("Latency distribution"));
    QComboBox* chooser = makeWindowChooser(*m_grid);
    auto* corner = new QWidget;  // Keeps its place while the chooser is hidden.
    auto* cornerLayout = new QHBoxLayout(corner);
    cornerLayout->setContentsMargins(0, 0, 6, 2);
    cornerLayout->addWidget(chooser);
    m_tabs->setCornerWidget(corner);
    connect(m_tabs, &QTabWidget::currentChanged, chooser, [this, chooser] {
        chooser->setVisible(m_tabs->currentWidget() == m_grid);
    });
}

}  // namespace neph
