#include <QAbstractItemModelTester>
#include <QCheckBox>
#include <QClipboard>
#include <QComboBox>
#include <QElapsedTimer>
#include <QLineEdit>
#include <QScrollBar>
#include <QSignalSpy>
#include <QTableView>
#include <QTest>

#include "app/desktop/design_document.h"
#include "app/desktop/panels/event_list_panel.h"
#include "app/desktop/panels/event_list_panel_model.h"
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
    QTableView& table() const { return *panel.findChild<QTableView*>(); }
    int rows() const { return table().model()->rowCount(); }
    QString cell(int row, int column) const { return table().model()->index(row, column).data().toString(); }

    DesignDocument document;
    Selection selection;
    RunController run;
    EventListPanel panel{document, selection, run};
};

static SampleRun threeEvents()
{
    SampleRun run(60);
    run.withEvent(3, EventLevel::Info, "web", "(service web) has started 2 tasks.")
        .withEvent(7, EventLevel::Warning, "alb", "target task/3 is unhealthy.")
        .withEvent(9, EventLevel::Failure, "web", "CannotPullContainerError: toomanyrequests");
    return run;
}

class EventListPanelTest : public QObject {
    Q_OBJECT

private slots:
    void listsWhatHappenedInTheVendorsWords()
    {
        Desk desk;
        desk.run.showResult(threeEvents().make());
        QCOMPARE(desk.rows(), 3);
        QCOMPARE(desk.cell(0, EventListModel::TimeColumn), QString("0:03.000"));
        QCOMPARE(desk.cell(1, EventListModel::LevelColumn), QString("Warning"));
        QCOMPARE(desk.cell(1, EventListModel::ComponentColumn), QString("Front door"));
        QCOMPARE(
            desk.cell(2, EventListModel::TextColumn), QString("CannotPullContainerError: toomanyrequests"));
    }
    void keepsTheRulesOfItemModels()
    {
        Desk desk;
        EventListModel model(desk.document);
        const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setResult(threeEvents().make());
        model.setResult(threeEvents().withEvent(12, EventLevel::Info, "", "The run goes on.").make());
        QCOMPARE(model.rowCount(), 4);
        model.setResult(nullptr);
        QCOMPARE(model.rowCount(), 0);
    }
    void aGrownLogOnlyAddsRows()
    {
        Desk desk;
        EventListModel model(desk.document);
        model.setResult(threeEvents().make());
        const QSignalSpy resets(&model, &QAbstractItemModel::modelReset);
        const QSignalSpy inserts(&model, &QAbstractItemModel::rowsInserted);
        model.setResult(threeEvents().withEvent(12, EventLevel::Info, "", "The run goes on.").make());
        QCOMPARE(resets.count(), 0);
        QCOMPARE(inserts.count(), 1);
    }
    void filtersByLevel()
    {
        Desk desk;
        desk.run.showResult(threeEvents().make());
        desk.panel.findChild<QComboBox*>()->setCurrentIndex(1);
        QCOMPARE(desk.rows(), 2);
        desk.panel.findChild<QComboBox*>()->setCurrentIndex(2);
        QCOMPARE(desk.rows(), 1);
    }
    void filtersByTextAndByNameOfTheComponent()
    {
        Desk desk;
        desk.run.showResult(threeEvents().make());
        QTest::keyClicks(desk.panel.findChild<QLineEdit*>(), "cannotpull");
        QCOMPARE(desk.rows(), 1);
        desk.panel.findChild<QLineEdit*>()->setText("front door");
        QCOMPARE(desk.cell(0, EventListModel::TextColumn), QString("target task/3 is unhealthy."));
    }
    void showsOnlyTheSelectedFrameAndWhatLiesInIt()
    {
        Desk desk;
        desk.run.showResult(threeEvents().make());
        desk.selection.set({"cluster"});
        QCOMPARE(desk.rows(), 3);
        desk.panel.findChild<QCheckBox*>()->setChecked(true);
        QCOMPARE(desk.rows(), 2);
        desk.selection.set({"alb"});
        QCOMPARE(desk.rows(), 1);
    }
    void aClickRevealsTheComponentAndItsMoment()
    {
        Desk desk;
        desk.run.showResult(threeEvents().make());
        QVERIFY(QTest::qWaitForWindowExposed(&desk.panel));
        QSignalSpy reveals(&desk.selection, &Selection::revealRequested);
        const QRect row = desk.table().visualRect(desk.table().model()->index(1, EventListModel::TextColumn));
        QTest::mouseClick(desk.table().viewport(), Qt::LeftButton, {}, row.center());
        QCOMPARE(reveals.count(), 1);
        QCOMPARE(reveals.front().front().value<std::string>(), std::string("alb"));
        QCOMPARE(desk.run.viewTime(), Time(7s));
    }
    void enterDoesTheSame()
    {
        Desk desk;
        desk.run.showResult(threeEvents().make());
        QSignalSpy reveals(&desk.selection, &Selection::revealRequested);
        desk.table().setCurrentIndex(desk.table().model()->index(2, 0));
        QTest::keyClick(&desk.table(), Qt::Key_Return);
        QCOMPARE(reveals.count(), 1);
        QCOMPARE(desk.run.viewTime(), Time(9s));
    }
    void followsTheEndUntilSomebodyScrollsBack()
    {
        Desk desk;
        QVERIFY(QTest::qWaitForWindowExposed(&desk.panel));
        const auto run = [](int events) {
            SampleRun sample(events);
            for (int i = 0; i < events; ++i) {
                sample.withEvent(i, EventLevel::Info, "web", "event " + std::to_string(i));
            }
            return sample.make();
        };
        QScrollBar& scroll = *desk.table().verticalScrollBar();
        desk.run.showResult(run(100));
        QTRY_COMPARE(scroll.value(), scroll.maximum());
        desk.run.showResult(run(200));
        QTRY_COMPARE(scroll.value(), scroll.maximum());
        scroll.setValue(10);
        desk.run.showResult(run(300));
        QTest::qWait(20);
        QCOMPARE(scroll.value(), 10);
    }
    void copiesRowsAsText()
    {
        Desk desk;
        desk.run.showResult(threeEvents().make());
        desk.table().selectRow(1);
        desk.table().setFocus();
        for (QAction* action : desk.table().actions()) {
            if (action->shortcut() == QKeySequence(QKeySequence::Copy)) {
                action->trigger();
            }
        }
        QCOMPARE(
            QGuiApplication::clipboard()->text(),
            QString("0:07.000\tWarning\tFront door\ttarget task/3 is unhealthy."));
    }
    void aHundredThousandRowsAreQuick()
    {
        Desk desk;
        SampleRun sample(60);
        for (int i = 0; i < 100'000; ++i) {
            sample.withEvent(i / 2000, EventLevel::Info, "web", "(service web) event " + std::to_string(i));
        }
        const std::shared_ptr<const RunResult> first = sample.make();
        sample.withEvent(59, EventLevel::Failure, "web", "the last one");
        const std::shared_ptr<const RunResult> second = sample.make();
        desk.run.showResult(first);
        QElapsedTimer timer;
        timer.start();
        desk.run.showResult(second);
        qInfo("one more row after 100,000: %lld ms", static_cast<long long>(timer.elapsed()));
        QVERIFY(timer.elapsed() < 50);
        QCOMPARE(desk.rows(), 100'001);
    }
};

}  // namespace neph

QTEST_MAIN(neph::EventListPanelTest)
#include "event_list_panel_test.moc"
