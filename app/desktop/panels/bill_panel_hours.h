#pragma once

#include <qcustomplot.h>
#include <vector>

#include "sim/base/money.h"

namespace neph {

/// The cost of each hour of a run as bars.
class BillHoursChart final : public QCustomPlot {
    Q_OBJECT

public:
    explicit BillHoursChart(QWidget* parent = nullptr);

    void setHours(const std::vector<Money>& hours);
    /// "Hour 3 (2:00 to 3:00): $0.42"; empty beside the bars.
    QString textAt(const QPointF& position) const;

protected:
    void changeEvent(QEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;

private:
    void applyTheme();

    QCPBars* m_bars;  ///< Owned by the plot.
    std::vector<Money> m_hours;
};

}  // namespace neph
