#pragma once

#include <QScrollArea>
#include <memory>
#include <qcustomplot.h>
#include <vector>

#include "sim/metrics/run_result.h"
#include "sim/model/design.h"

namespace neph {

class TimeChart;

/// A long run above one time axis: p99 of each hour with its error, tasks, cost. One hour is chosen; a click
/// or Enter opens it.
class MonthTimeline final : public QScrollArea {
    Q_OBJECT

public:
    explicit MonthTimeline(QWidget* parent = nullptr);

    /// `result` of `design`; nullptr: nothing to show. The whole of it comes in sight where it is another
    /// run.
    void show(const std::shared_ptr<const RunResult>& result, const Design& design);
    const std::vector<TimeChart*>& charts() const { return m_charts; }
    int hour() const { return m_hour; }
    void setHour(int hour);  ///< Kept within the run, and brought into sight.
    QCPRange range() const { return m_range; }
    void showAll();
    /// What is said of an hour where the mouse is, as rich text.
    QString hourTip(int hour) const;

signals:
    void hourChosen(int hour);  ///< Opened: by a click, or by Enter.
    void hourChanged();
    void menuRequested(const QPoint& globalPosition);

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    TimeChart* makeChart();
    bool handleKey(const QKeyEvent& event);
    void setRange(QCPRange range);
    void zoom(double factor);
    void tell();
    double end() const;

    std::shared_ptr<const RunResult> m_result;
    Design m_design;
    std::vector<TimeChart*> m_charts;  ///< Owned by the page.
    QCPRange m_range{0, 86'400};
    int m_hour = 0;
};

}  // namespace neph
