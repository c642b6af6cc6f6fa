#pragma once

#include <QElapsedTimer>
#include <QThreadPool>
#include <QWidget>
#include <memory>

#include "sim/cost/bill.h"

class QButtonGroup;
class QCheckBox;
class QLabel;
class QStackedWidget;
class QTimer;
class QToolButton;
class QTreeView;

namespace neph {

class BillHoursChart;
class BillModel;
class DesignDocument;
class RunController;
class Selection;
struct RunResult;

/// What the run has cost, per hour and projected to a month, down to the line of each usage type.
///
/// The bill is priced anew at most twice a second, in a thread of its own, and only while it can be seen.
class BillPanel final : public QWidget {
    Q_OBJECT

public:
    enum class View { ByComponent, ByClass, ByHour };

    BillPanel(DesignDocument& document, Selection& selection, RunController& run, QWidget* parent = nullptr);
    ~BillPanel() override;

    /// The bill that is shown; nullptr before the first.
    std::shared_ptr<const Bill> bill() const { return m_bill; }
    void setView(View view);

signals:
    void billShown();

protected:
    void showEvent(QShowEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    QWidget* makeFigures();
    QWidget* makeBar();
    QWidget* makePages();
    void priceSoon();
    void priceNow();
    void takeBill(const std::shared_ptr<const RunResult>& result, const std::shared_ptr<const Bill>& bill);
    void showBill();
    void showFigures();
    void showTree();
    void showUnpriced();
    void showPerHour();
    void exportCsv();
    void exportFocus();

    DesignDocument& m_document;
    Selection& m_selection;
    RunController& m_run;
    QLabel* m_total;
    QLabel* m_totalNote;
    QLabel* m_perHour;
    QLabel* m_monthly;
    QLabel* m_monthlyNote;
    QCheckBox* m_freeTier;
    QToolButton* m_export;
    QButtonGroup* m_views;
    QLabel* m_unpriced;
    QStackedWidget* m_pages;
    QTreeView* m_tree;
    BillModel* m_model;
    BillHoursChart* m_hours;
    QLabel* m_empty;
    QTimer* m_timer;
    QElapsedTimer m_sincePriced;
    std::shared_ptr<const RunResult> m_result;  ///< What m_bill is the bill of.
    std::shared_ptr<const Bill> m_bill;
    bool m_pricing = false;
    bool m_dirty = true;
    QThreadPool m_pool;  ///< One thread; ends before the widgets do.
};

}  // namespace neph
