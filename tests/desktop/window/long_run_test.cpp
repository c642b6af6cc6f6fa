#include <QComboBox>
#include <QElapsedTimer>
#include <QSignalSpy>
#include <QTest>

#include "app/desktop/actions.h"
#include "app/desktop/charts/chart_grid.h"
#include "app/desktop/charts/month_timeline.h"
#include "app/desktop/charts/time_chart.h"
#include "app/desktop/long_run.h"
#include "app/desktop/long_run_dialog.h"
#include "app/desktop/panels/long_run_panel.h"
#include "app/desktop/panels/long_run_panel_part.h"
#include "app/desktop/panels/request_panel.h"
#include "tests/desktop/window/fake_run.h"
#include "tests/desktop/window/window_fixture.h"

using namespace neph;
using State = LongRun::State;

/// A run over days, from the command to the requests of one of its hours, on the real engine.
class LongRunTest : public QObject {
    Q_OBJECT

private:
    static RunOptions sampled(Duration horizon, double tolerance = 0.1)
    {
        RunOptions options;
        options.horizon = horizon;
        options.tolerance = tolerance;
        options.affordableRequests = 0;  // Else a run as small as a test's is simply run.
        return options;
    }

    LongRun& longRun() const { return m_window->longRun(); }
    LongRunPanel& panel() const { return m_window->longRunPanel(); }
    MonthTimeline& timeline() const { return panel().timeline(); }

    /// The starter without what goes wrong in it: minutes of overload take a while to sample, and are chance.
    void calm() const
    {
        const auto set = [this](const std::string& id, const char* key, Value value) {
            QVERIFY(m_window->document().push(Edit{SetProperty{id, key, std::move(value)}}, "Calm"));
        };
        set(test::nodeOfKind(m_window->document().design(), "aws.ecs.fargate_service")->id, "deployAtSeconds",
            0);
        set("campaign", "load", "constant");
        set("campaign", "rate", 5);
        m_window->document().undoStack().setClean();  // Nothing that closing would ask about.
    }
    void runToTheEnd(const RunOptions& options) const
    {
        longRun().start(m_window->document().design(), options);
        m_window->actions().at("view.long")->trigger();
        QTRY_COMPARE_WITH_TIMEOUT(longRun().state(), State::Finished, 60'000);
    }
    void openHour(int hour) const
    {
        longRun().openHour(hour);
        QTRY_VERIFY_WITH_TIMEOUT(longRun().part() != nullptr && longRun().part()->result != nullptr, 60'000);
    }
    static QPoint placeOf(const TimeChart& chart, int hour)
    {
        return QPoint(
            qRound(chart.xAxis->coordToPixel((hour + 0.5) * 3600)), chart.axisRect()->rect().center().y());
    }

private slots:
    void init()
    {
        QSettings().clear();
        m_window = std::make_unique<MainWindow>(test::fakeRuns());
        test::showAndWait(*m_window);
        QVERIFY(m_window->openTemplate("starter"));
        calm();
    }
    void cleanup() { m_window.reset(); }

    void isStartedFromTheCommandWithTheLengthThatWasChosen()
    {
        m_window->actions().at("run.long")->trigger();
        auto* dialog = m_window->findChild<LongRunDialog*>();
        QVERIFY(dialog != nullptr);
        QCOMPARE(dialog->options().horizon, Duration(30 * 24h));
        dialog->findChildren<QComboBox*>().front()->setCurrentIndex(0);
        dialog->accept();
        QVERIFY(longRun().isRunning());
        QCOMPARE(longRun().options().horizon, Duration(24h));
        QCOMPARE(m_window->results().currentWidget(), &panel());
    }

    void showsAPreviewFirstAndThenTheAnswerWithItsError()
    {
        QSignalSpy changes(&longRun(), &LongRun::changed);
        longRun().start(m_window->document().design(), sampled(3h));
        QTRY_COMPARE_WITH_TIMEOUT(longRun().state(), State::Sampling, 30'000);
        QVERIFY(longRun().answer()->isPreview);
        QVERIFY(!longRun().answer()->result->trust);
        QTRY_COMPARE_WITH_TIMEOUT(longRun().state(), State::Finished, 60'000);
        QVERIFY(!longRun().answer()->isPreview);
        QVERIFY(longRun().answer()->result->trust->latency.at("").p99 > 0);
        QVERIFY(longRun().answer()->bill.total > Money());
        QVERIFY(changes.count() >= 3);
    }

    void showsTheP99OfEachHourWithItsBandTasksAndCost()
    {
        runToTheEnd(sampled(3h));
        QCOMPARE(timeline().charts().size(), std::size_t(3));
        const ChartLine& p99 = timeline().charts()[0]->spec().lines.front();
        QCOMPARE(p99.metric, std::string("HourlyP99"));
        QCOMPARE(p99.low, std::string("HourlyP99Low"));
        const HourFigures hour = figuresOfHour(*longRun().answer()->result, longRun().design(), 1);
        QVERIFY(hour.p99Between && hour.p99Between->first <= hour.p99Ms);
        QVERIFY(hour.p99Between->second >= hour.p99Ms && hour.p99Ms > 0);
        QVERIFY(!hour.tasks.empty() && hour.tasks.front().count >= 1);
        QVERIFY(hour.dollarsPerHour > 0);
        QVERIFY(timeline().hourTip(1).contains("p99"));
    }

    void aClickOnAnHourOpensItsPartWithRequests()
    {
        runToTheEnd(sampled(3h));
        TimeChart& chart = *timeline().charts().front();
        QTest::mouseClick(&chart, Qt::LeftButton, {}, placeOf(chart, 1));
        QVERIFY(longRun().part() != nullptr);
        QCOMPARE(longRun().part()->hour, 1);
        QTRY_VERIFY_WITH_TIMEOUT(longRun().part()->result != nullptr, 60'000);
        const RunResult& part = *longRun().part()->result;
        QVERIFY(longRun().part()->choice.from >= 1h && longRun().part()->choice.to <= 2h);
        QCOMPARE(part.simulated, longRun().part()->choice.to - longRun().part()->choice.from);
        QVERIFY(!part.traces.empty());
        QVERIFY(part.traces.front().arrived >= Time(0) && part.traces.back().arrived <= part.simulated);
        QCOMPARE(part.find("", "Requests")->interval(), Duration(1s));
        QVERIFY(!panel().partView()->charts().charts().empty());
        panel().partView()->showPage(1);
        panel().partView()->requests().showRequest(part.traces.front().id);
        QVERIFY(panel().partView()->requests().shown() != nullptr);
    }

    void enterOpensTheChosenHourAndEscapeGoesBack()
    {
        runToTheEnd(sampled(3h));
        timeline().setFocus();
        QWidget* chart = timeline().charts().front();
        QTest::keyClick(chart, Qt::Key_Home);
        QTest::keyClick(chart, Qt::Key_Right);
        QCOMPARE(timeline().hour(), 1);
        QTest::keyClick(chart, Qt::Key_Return);
        QVERIFY(longRun().part() != nullptr);
        QCOMPARE(longRun().part()->hour, 1);
        QTest::keyClick(panel().partView(), Qt::Key_Escape);
        QVERIFY(longRun().part() == nullptr);
        QVERIFY(timeline().isVisible());
    }

    void theCanvasShowsThePartWhileItIsLookedAt()
    {
        runToTheEnd(sampled(3h));
        openHour(1);
        QVERIFY(panel().partInSight() != nullptr);
        QCOMPARE(panel().partInSight()->result(), longRun().part()->result);
        m_window->results().setCurrentIndex(0);
        QVERIFY(panel().partInSight() == nullptr);
    }

    void anHourWithManyRequestsIsOpenedInPart()
    {
        runToTheEnd(sampled(2h));
        const RunResult& month = *longRun().answer()->result;
        const PartChoice whole = choosePart(month, 1, 1e12);
        QVERIFY(whole.isWholeHour);
        QCOMPARE(whole.to - whole.from, Duration(1h));
        const PartChoice part = choosePart(month, 1, whole.requestsPerSecond * 700);
        QVERIFY(!part.isWholeHour);
        QCOMPARE(part.to - part.from, Duration(10min));
        QVERIFY(part.from >= 1h && part.to <= 2h);
    }

    void stoppedMidwayItAnswersWithALargerError()
    {
        runToTheEnd(sampled(3h));
        const double whole = longRun().answer()->result->trust->latency.at("").p99;
        longRun().start(m_window->document().design(), sampled(3h, 1e-6));
        QTRY_VERIFY_WITH_TIMEOUT(
            longRun().state() == State::Sampling && longRun().progress().simulated > 1h, 60'000);
        longRun().stop();
        QTRY_COMPARE_WITH_TIMEOUT(longRun().state(), State::Finished, 10'000);
        QVERIFY(longRun().wasStopped());
        QVERIFY(longRun().answer() != nullptr);
        QVERIFY2(
            longRun().answer()->isPreview || longRun().answer()->result->trust->latency.at("").p99 > whole,
            qPrintable(QString::number(whole)));
        QVERIFY(panel().stateText().contains("Stopped early"));
    }

    void anEditMarksItAsOfAnOlderDrawingAndUndoTakesThatBack()
    {
        runToTheEnd(sampled(2h));
        QVERIFY(!panel().showsStale());
        const std::string service =
            test::nodeOfKind(m_window->document().design(), "aws.ecs.fargate_service")->id;
        QVERIFY(m_window->document().push(Edit{SetProperty{service, "desiredCount", 9}}, "Set count"));
        QVERIFY(panel().showsStale());
        openHour(0);  // It is of the drawing that was run, which is still known.
        m_window->document().undoStack().undo();
        QVERIFY(!panel().showsStale());
    }

    void anOrdinaryRunGoesOnBesideIt()
    {
        longRun().start(m_window->document().design(), sampled(3h));
        m_window->run().play(m_window->document().design());
        QTRY_VERIFY_WITH_TIMEOUT(
            m_window->run().result() && m_window->run().result()->simulated > 1s, 10'000);
        QTRY_COMPARE_WITH_TIMEOUT(longRun().state(), State::Finished, 60'000);
        QCOMPARE(m_window->run().state(), RunController::State::Playing);
    }

    void anotherDesignForgetsIt()
    {
        runToTheEnd(sampled(2h));
        m_window->document().newDesign(Design());
        QCOMPARE(longRun().state(), State::Idle);
        QVERIFY(longRun().answer() == nullptr);
    }

    void closingTheWindowEndsItAtOnce()
    {
        longRun().start(m_window->document().design(), sampled(30 * 24h, 1e-6));
        QTRY_COMPARE_WITH_TIMEOUT(longRun().state(), State::Sampling, 60'000);
        longRun().openHour(100);
        QTest::qWait(300);
        QElapsedTimer timer;
        timer.start();
        m_window->close();
        m_window.reset();
        QVERIFY2(timer.elapsed() < 3000, qPrintable(QString::number(timer.elapsed())));
    }

    void theWindowIsNotKeptWaitingMeanwhile()
    {
        longRun().start(m_window->document().design(), sampled(24h, 1e-6));
        m_window->actions().at("view.long")->trigger();
        qint64 longest = 0;
        QElapsedTimer all;
        QElapsedTimer one;
        all.start();
        while (all.elapsed() < 1500) {
            one.start();
            QTest::qWait(5);
            longest = std::max(longest, one.elapsed());
        }
        QVERIFY2(longest < 250, qPrintable(QString::number(longest)));
    }

private:
    test::Surroundings m_surroundings;
    std::unique_ptr<MainWindow> m_window;
};

QTEST_MAIN(LongRunTest)
#include "long_run_test.moc"
