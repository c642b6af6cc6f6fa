#pragma once

#include <QWidget>

class QGridLayout;
class QLabel;

namespace neph {

struct LongRunAnswer;

/// The headline figures of a long run, each with its error: percentiles, cost, answers, the worst hour.
class LongRunFigures final : public QWidget {
    Q_OBJECT

public:
    explicit LongRunFigures(QWidget* parent = nullptr);

    /// nullptr: nothing is known yet.
    void show(const LongRunAnswer* answer);

signals:
    void hourChosen(int hour);  ///< The worst one, by its link.

private:
    struct Row {
        QLabel* caption = nullptr;
        QLabel* value = nullptr;
        QLabel* error = nullptr;
    };
    Row addRow(QGridLayout& grid, const QString& caption, bool isHeadline);

    Row m_p50;
    Row m_p95;
    Row m_p99;
    Row m_p999;
    Row m_cost;
    Row m_monthly;
    Row m_answered;
    Row m_worst;
};

/// "± 1.4 %"; "exact" where every request was run.
QString errorText(double relative);

}  // namespace neph
