#pragma once

#include <QScrollArea>
#include <qcustomplot.h>
#include <vector>

#include "app/desktop/charts/event_marks.h"
#include "app/desktop/charts/time_chart.h"

class QGridLayout;
class QLabel;
class QTimer;

namespace neph {

class DesignDocument;
class RunController;
class Selection;

/// The charts of what is selected, in as many columns as fit, all over the same range of time.
class ChartGrid final : public QScrollArea {
    Q_OBJECT

public:
    ChartGrid(DesignDocument& document, Selection& selection, RunController& run, QWidget* parent = nullptr);

    const std::vector<TimeChart*>& charts() const { return m_charts; }
    QCPRange range() const { return m_range; }
    /// Shows the last `seconds` before the view time, moving along; 0: the whole run.
    void setWindow(double seconds);
    double window() const { return m_window; }
    /// Whether the user zoomed or moved to a range of their own.
    bool isZoomed() const { return m_zoomed; }
    QPixmap picture();
    QString toCsv() const;

public slots:
    void showWholeRun() { setWindow(0); }

signals:
    void windowChanged();

protected:
    void resizeEvent(QResizeEvent* event) override;
    void showEvent(QShowEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void takeResult();
    void takeViewTime();
    void plan();
    void rebuild(const std::vector<ChartSpec>& specs);
    TimeChart* makeChart();
    void drawNext();
    void arrange();
    void applyRange();
    void showState();
    bool handleKey(const QKeyEvent& event);
    void showMenu(TimeChart& chart, const QPoint& where);
    double end() const;

    DesignDocument& m_document;
    Selection& m_selection;
    RunController& m_run;
    QWidget* m_page;
    QGridLayout* m_layout;
    QLabel* m_empty;
    QTimer* m_replan;                  ///< Looks for new series at most once a second.
    QTimer* m_turn;                    ///< Until the next chart that is out of date is drawn.
    std::size_t m_next = 0;            ///< The chart that was drawn last.
    std::vector<TimeChart*> m_charts;  ///< Owned by the page.
    EventMarks m_marks;
    std::size_t m_plannedSeries = 0;
    QCPRange m_range{0, 60};
    double m_window = 0;
    bool m_zoomed = false;
};

/// In how many columns `count` charts fill `size` best.
int chartColumns(int count, const QSize& size);

/// The end of a time axis that shows a growing run: round steps, so that it stands still most of the time.
double roundTimeEnd(double seconds);

}  // namespace neph
