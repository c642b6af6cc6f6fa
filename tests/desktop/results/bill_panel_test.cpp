#include <QAbstractItemModelTester>
#include <QCheckBox>
#include <QLabel>
#include <QSignalSpy>
#include <QTest>
#include <QTreeView>

#include "app/desktop/charts/value_text.h"
#include "app/desktop/design_document.h"
#include "app/desktop/panels/bill_panel.h"
#include "app/desktop/panels/bill_panel_hours.h"
#include "app/desktop/panels/bill_panel_model.h"
#include "app/desktop/run_controller.h"
#include "app/desktop/selection.h"
#include "tests/desktop/results/sample_run.h"

namespace neph {

struct Desk {
    Desk()
    {
        document.newDesign(sampleDesign());
        panel.resize(1280, 260);
        panel.show();
    }
    /// Shows the result and waits until it is priced.
    bool show(const std::shared_ptr<const RunResult>& result)
    {
        QSignalSpy shown(&panel, &BillPanel::billShown);
        run.showResult(result);
        while (panel.bill() == nullptr || run.result() != result || shown.isEmpty()) {
            if (!shown.wait(5000)) {
                return false;
            }
        }
        return true;
    }
    BillModel& model() const { return *panel.findChild<BillModel*>(); }
    QLabel* label(const QString& accessibleName) const
    {
        for (QLabel* label : panel.findChildren<QLabel*>()) {
            if (label->accessibleName() == accessibleName) {
                return label;
            }
        }
        return nullptr;
    }

    DesignDocument document;
    Selection selection;
    RunController run;
    BillPanel panel{document, selection, run};
};

static Money sumOf(const std::vector<BillGroup>& groups)
{
    Money sum;
    for (const BillGroup& group : groups) {
        Money rows;
        for (const BillRow& row : group.rows) {
            rows += row.cost;
        }
        if (rows != group.cost) {
            qFatal("the lines of a heading do not add up to it");
        }
        sum += group.cost;
    }
    return sum;
}

class BillPanelTest : public QObject {
    Q_OBJECT

private slots:
    void showsTheTotalOfTheBill()
    {
        Desk desk;
        QVERIFY(desk.show(busyRun(7200).make()));
        const Bill expected = makeBill(desk.run.result()->usage, PriceBook::builtIn(), {.simulated = 7200s});
        QVERIFY(expected.total > Money());
        QCOMPARE(desk.panel.bill()->total.pico(), expected.total.pico());
        QCOMPARE(desk.label("Total so far")->text(), moneyText(expected.total));
        QCOMPARE(desk.label("A month like this")->text(), moneyText(expected.monthly));
    }
    void theTreeByComponentAddsUpToTheTotal()
    {
        Desk desk;
        QVERIFY(desk.show(busyRun(7200).make()));
        QVERIFY(sumOf(desk.model().groups()) == desk.panel.bill()->total);
        QCOMPARE(desk.model().rowCount(), 3);
    }
    void theTreeByRequestClassAddsUpToTheTotal()
    {
        Desk desk;
        QVERIFY(desk.show(busyRun(7200).make()));
        desk.panel.setView(BillPanel::View::ByClass);
        QVERIFY(sumOf(desk.model().groups()) == desk.panel.bill()->total);
        QCOMPARE(desk.model().groups().back().title, QString("Serves all requests"));
    }
    void theBarsByHourAddUpToTheTotal()
    {
        Desk desk;
        QVERIFY(desk.show(busyRun(7200).make()));
        Money sum;
        for (const Money& hour : desk.panel.bill()->byHour) {
            sum += hour;
        }
        QVERIFY(sum == desk.panel.bill()->total);
        desk.panel.setView(BillPanel::View::ByHour);
        QVERIFY(desk.panel.findChild<BillHoursChart*>()->isVisible());
    }
    void theDearestComponentComesFirst()
    {
        Desk desk;
        QVERIFY(desk.show(busyRun(7200).make()));
        const std::vector<BillGroup>& groups = desk.model().groups();
        for (std::size_t i = 1; i < groups.size(); ++i) {
            QVERIFY(groups[i - 1].cost >= groups[i].cost);
        }
    }
    void theSourceOfAPriceIsInTheTooltip()
    {
        Desk desk;
        QVERIFY(desk.show(busyRun(3600).make()));
        const QModelIndex line = desk.model().index(0, 0, desk.model().index(0, 0));
        const QString tip = line.data(Qt::ToolTipRole).toString();
        QVERIFY2(tip.contains("Price: http"), qPrintable(tip));
    }
    void usageWithoutAPriceIsNamedAndNotPriced()
    {
        Desk desk;
        SampleRun run = busyRun(3600);
        run.withUsage("web", "", "AmazonECS", "Teleportation-Hours", 0, Quantity::of(5));
        QVERIFY(desk.show(run.make()));
        QLabel* unpriced = desk.label("Usage without a price");
        QVERIFY(unpriced->isVisible());
        QVERIFY2(unpriced->text().contains("Teleportation-Hours"), qPrintable(unpriced->text()));
    }
    void theFreeTierLowersTheBill()
    {
        Desk desk;
        QVERIFY(desk.show(busyRun(3600).make()));
        const Money full = desk.panel.bill()->total;
        QSignalSpy shown(&desk.panel, &BillPanel::billShown);
        desk.panel.findChild<QCheckBox*>()->setChecked(true);
        QVERIFY(shown.wait(5000));
        QVERIFY(desk.panel.bill()->total <= full);
    }
    void aLongerRunKeepsTheTreeOpen()
    {
        Desk desk;
        QVERIFY(desk.show(busyRun(3600).make()));
        auto* tree = desk.panel.findChild<QTreeView*>();
        tree->collapse(desk.model().index(0, 0));
        const QSignalSpy resets(&desk.model(), &QAbstractItemModel::modelReset);
        QVERIFY(desk.show(busyRun(3700).make()));
        QCOMPARE(resets.count(), 0);
        QVERIFY(!tree->isExpanded(desk.model().index(0, 0)));
    }
    void enterRevealsTheComponent()
    {
        Desk desk;
        QVERIFY(desk.show(busyRun(3600).make()));
        QSignalSpy reveals(&desk.selection, &Selection::revealRequested);
        auto* tree = desk.panel.findChild<QTreeView*>();
        tree->setCurrentIndex(desk.model().index(0, 0));
        QTest::keyClick(tree, Qt::Key_Return);
        QCOMPARE(reveals.count(), 1);
        QCOMPARE(reveals.front().front().value<std::string>(), desk.model().groups().front().node);
    }
    void keepsTheRulesOfItemModels()
    {
        BillModel model;
        const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        const RunResult result = busyRun(3600).result();
        const Bill bill = makeBill(result.usage, PriceBook::builtIn(), {.simulated = 3600s});
        model.setGroups(groupsByComponent(bill, sampleDesign()), bill.total);
        model.setGroups(groupsByComponent(bill, sampleDesign()), bill.total);
        model.setGroups(groupsByClass(bill, result.usage), bill.total);
        model.setGroups({}, {});
        QCOMPARE(model.rowCount(), 0);
    }
};

}  // namespace neph

QTEST_MAIN(neph::BillPanelTest)
#include "bill_panel_test.moc"
