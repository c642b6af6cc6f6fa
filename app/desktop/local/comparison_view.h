#pragma once

#include <QWidget>
#include <memory>
#include <vector>

#include "app/desktop/local/lab_engine.h"

class QTextBrowser;

namespace neph {

class TimeChart;

/// Predicted against measured: charts over time that grow with the run, and at its end the tables.
class ComparisonView final : public QWidget {
    Q_OBJECT

public:
    explicit ComparisonView(QWidget* parent = nullptr);

    /// The run so far; either may be null. `from`: compared from then on.
    void showRun(
        const std::shared_ptr<const RunResult>& simulated, const std::shared_ptr<const RunResult>& measured,
        Time from);
    /// The tables; nullptr: `hint` stands in their place.
    void showComparison(std::shared_ptr<const Comparison> comparison, const QString& hint);
    QString text() const;
    const std::vector<TimeChart*>& charts() const { return m_charts; }

protected:
    void changeEvent(QEvent* event) override;
    void showEvent(QShowEvent* event) override;

private:
    void draw();
    void fill();

    std::vector<TimeChart*> m_charts;  ///< Owned by the widget tree, as is the text.
    QTextBrowser* m_text;
    std::shared_ptr<const RunResult> m_both;
    std::shared_ptr<const Comparison> m_comparison;
    QString m_hint;
};

}  // namespace neph
