#include <QAbstractItemModelTester>
#include <QCheckBox>
#include <QComboBox>
#include <QSignalSpy>
#include <QTableView>
#include <QTest>
#include <QTextBrowser>

#include "app/desktop/design_document.h"
#include "app/desktop/panels/request_panel.h"
#include "app/desktop/panels/request_panel_model.h"
#include "app/desktop/panels/request_panel_waterfall.h"
#include "app/desktop/panels/request_panel_words.h"
#include "app/desktop/run_controller.h"
#include "app/desktop/selection.h"
#include "tests/desktop/results/sample_run.h"

namespace neph {

struct Desk {
    Desk()
    {
        document.newDesign(sampleDesign());
        panel.resize(1600, 320);
        panel.show();
    }
    QTableView& list() const { return *panel.findChild<QTableView*>(); }
    Waterfall& waterfall() const { return *panel.findChild<Waterfall*>(); }
    QString words() const { return panel.findChild<QTextBrowser*>()->toPlainText(); }
    QComboBox& chooser(const QString& accessibleName) const
    {
        for (QComboBox* box : panel.findChildren<QComboBox*>()) {
            if (box->accessibleName() == accessibleName) {
                return *box;
            }
        }
        qFatal("no such chooser");
    }
    int rows() const { return list().model()->rowCount(); }

    DesignDocument document;
    Selection selection;
    RunController run;
    RequestPanel panel{document, selection, run};
};

class RequestPanelTest : public QObject {
    Q_OBJECT

private slots:
    void listsTheSampledRequests()
    {
        Desk desk;
        desk.run.showResult(busyRun(600).make());
        QCOMPARE(desk.rows(), 40);
    }
    void filtersByClassAndFailure()
    {
        Desk desk;
        desk.run.showResult(busyRun(600).make());
        desk.chooser("Kind of requests").setCurrentIndex(1);
        QCOMPARE(desk.rows(), 6);
        desk.chooser("Request class").setCurrentText("browse");
        QCOMPARE(desk.rows(), 2);
    }
    void showsOnlyWhatCameThroughTheSelection()
    {
        Desk desk;
        SampleRun run = busyRun(600);
        RequestTrace cached = waitingRequest(1000, 5s);
        cached.spans.resize(2);
        run.withTrace(cached);
        desk.run.showResult(run.make());
        desk.selection.set({"orders"});
        desk.panel.findChild<QCheckBox*>()->setChecked(true);
        QCOMPARE(desk.rows(), 40);
    }
    void aChosenRequestShowsItsSteps()
    {
        Desk desk;
        desk.run.showResult(busyRun(600).make());
        desk.panel.showRequest(1);
        QCOMPARE(desk.waterfall().rows(), 6);
        QVERIFY2(
            desk.words().contains(
                "Waited 120 ms in Web shop task/3 (waits for a worker): 64 of 64 were busy."),
            qPrintable(desk.words()));
    }
    void theChosenRequestStaysOverANewResult()
    {
        Desk desk;
        desk.run.showResult(busyRun(600).make());
        desk.panel.showRequest(1);
        desk.waterfall().setCurrent(2);
        desk.run.showResult(busyRun(600).withTrace(waitingRequest(99, 599s)).make());
        QCOMPARE(desk.panel.shown()->id, std::uint64_t{1});
        QCOMPARE(desk.waterfall().current(), 2);
        SampleRun sampledAnew = busyRun(600);
        sampledAnew.result().traces.erase(sampledAnew.result().traces.begin());
        desk.run.showResult(sampledAnew.make());
        QCOMPARE(desk.panel.shown()->id, std::uint64_t{1});
    }
    void aClickOnAStepRevealsItsComponent()
    {
        Desk desk;
        desk.run.showResult(busyRun(600).make());
        desk.panel.showRequest(1);
        QVERIFY(QTest::qWaitForWindowExposed(&desk.panel));
        QSignalSpy reveals(&desk.selection, &Selection::revealRequested);
        QTest::mouseClick(
            desk.waterfall().viewport(), Qt::LeftButton, {}, desk.waterfall().barOf(4).center().toPoint());
        QCOMPARE(reveals.count(), 1);
        QCOMPARE(reveals.front().front().value<std::string>(), std::string("orders"));
    }
    void stepsAreReachedByKeyboard()
    {
        Desk desk;
        desk.run.showResult(busyRun(600).make());
        desk.panel.showRequest(1);
        QSignalSpy reveals(&desk.selection, &Selection::revealRequested);
        for (int i = 0; i < 3; ++i) {
            QTest::keyClick(&desk.waterfall(), Qt::Key_Down);
        }
        QCOMPARE(desk.waterfall().current(), 2);
        QTest::keyClick(&desk.waterfall(), Qt::Key_Return);
        QCOMPARE(reveals.front().front().value<std::string>(), std::string("web"));
    }
    void innerStepsAreTakenOffTheWorkOfTheStepAround()
    {
        const std::vector<SpanTimes> times = timesOf(waitingRequest(1, 0s));
        QCOMPARE(times[2].waited, Duration(120ms));
        // 58 ms of service, 58 - 2 = 56 of them in the three steps within.
        QCOMPARE(times[2].worked, Duration(2ms));
        QCOMPARE(times[3].waited, Duration(8ms));
        QVERIFY(times[2].hasInner);
        QVERIFY(!times[3].hasInner);
    }
    void aFailedRequestIsExplainedByItsReason()
    {
        const RequestTrace trace = throttledRequest(1, 0s);
        const QString text = explain(trace, nullptr, sampleDesign());
        QVERIFY(text.contains("ProvisionedThroughputExceededException"));
        QVERIFY2(text.contains("the write capacity of partition/2 was used up"), qPrintable(text));
    }
    void theTextForTheClipboardHasARowForEachStep()
    {
        const QString text = toPlainText(waitingRequest(7, 1s), sampleDesign());
        QCOMPARE(text.count('\n'), 8);
        QVERIFY(text.contains(
            "+3 ms\t120 ms\t58 ms\t    Web shop task/3: waits for a worker\t64 of 64 were busy"));
    }
    void keepsTheRulesOfItemModels()
    {
        RequestListModel model;
        const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setResult(busyRun(600).make());
        model.setResult(busyRun(600).withTrace(waitingRequest(99, 599s)).make());
        model.setResult(nullptr);
        QCOMPARE(model.rowCount(), 0);
    }
};

}  // namespace neph

QTEST_MAIN(neph::RequestPanelTest)
#include "request_panel_test.moc"
