#pragma once

#include <QWidget>

class QTabWidget;

namespace neph {

class ChartGrid;
class DesignDocument;
class LatencyView;
class RunController;
class Selection;

/// Charts over time of what is selected (nothing: the whole design), and the distribution of its latencies.
///
/// All charts share one time axis and one playhead, which is the view time of the run controller: a click or
/// a drag in a chart sets it, so that canvas, event list and charts look at the same moment.
class ChartsPanel final : public QWidget {
    Q_OBJECT

public:
    ChartsPanel(
        DesignDocument& document, Selection& selection, RunController& run, QWidget* parent = nullptr);

    ChartGrid& grid() const { return *m_grid; }
    LatencyView& latency() const { return *m_latency; }

private:
    QTabWidget* m_tabs;  ///< Owned by the widget tree, as are the two pages.
    ChartGrid* m_grid;
    LatencyView* m_latency;
};

}  // namespace neph
