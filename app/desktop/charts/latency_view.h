#pragma once

#include <QWidget>
#include <memory>
#include <qcustomplot.h>
#include <string>

#include "sim/metrics/run_result.h"

class QComboBox;
class QLabel;
class QStackedLayout;

namespace neph {

class DesignDocument;
class RunController;
class Selection;

/// How latencies are distributed: bars and cumulative share over a logarithmic axis, with percentiles in
/// figures.
///
/// A selected node with latencies of its own is shown; otherwise the request class that was chosen, at first
/// all.
class LatencyView final : public QWidget {
    Q_OBJECT

public:
    LatencyView(
        DesignDocument& document, Selection& selection, RunController& run, QWidget* parent = nullptr);

    /// Of what is shown now: "All requests", a class, or the name of a node.
    QString subject() const;
    /// The figures beside the chart: "Requests" "12,400", "p99" "180 ms", …
    QStringList figures() const { return m_figures; }
    QCustomPlot& plot() const { return *m_plot; }
    QString toCsv() const;

protected:
    void changeEvent(QEvent* event) override;
    void showEvent(QShowEvent* event) override;

private:
    void buildBar();
    void buildActions();
    void buildPlot();
    void takeResult();
    void takeClasses();
    void showBars(const Histogram& histogram);
    void showPercentiles(const Histogram& histogram);
    void showFigures(const Histogram& histogram);
    void applyTheme();
    Histogram current() const;
    std::string shownNode() const;

    DesignDocument& m_document;
    Selection& m_selection;
    RunController& m_run;
    QComboBox* m_class;
    QLabel* m_table;
    QLabel* m_empty;
    QWidget* m_content;
    QStackedLayout* m_pages;
    QCustomPlot* m_plot;
    QCPGraph* m_bars;                           ///< Share of each bin, as a filled outline.
    QCPGraph* m_share;                          ///< Cumulative, on the right axis.
    std::vector<QCPItemStraightLine*> m_lines;  ///< Of the percentiles; owned by the plot.
    std::vector<QCPItemText*> m_labels;
    QStringList m_figures;
    std::uint64_t m_shownCount = 0;
    QString m_shownSubject;
};

}  // namespace neph
