#include <QElapsedTimer>
#include <QSignalSpy>
#include <QTest>

#include "app/desktop/run_controller.h"
#include "tests/desktop/window/fake_run.h"

using namespace neph;
using State = RunController::State;

/// The worker thread, seen from the window.
class RunControllerTest : public QObject {
    Q_OBJECT

private:
    static Design smallDesign(double runSeconds = 3600)
    {
        Design design;
        design.runSeconds = runSeconds;
        Node node;
        node.id = "web";
        node.kind = "users";
        design.nodes.push_back(node);
        return design;
    }

    static FaultSpec killTaskOf(const std::string& target)
    {
        FaultSpec fault;
        fault.id = "fault";
        fault.kind = "killTask";
        fault.target = target;
        return fault;
    }

private slots:
    void playsToTheEndAsFastAsItCan()
    {
        RunController run(test::fakeRuns());
        run.setSpeed(RunController::kAsFast);
        run.play(smallDesign(60));
        QTRY_COMPARE_WITH_TIMEOUT(run.state(), State::Finished, 10'000);
        QCOMPARE(run.result()->simulated, Time(60s));
        QCOMPARE(run.viewTime(), Time(60s));
    }

    void keepsTheSpeedThatWasAskedFor()
    {
        RunController run(test::fakeRuns());
        run.setSpeed(60);
        QElapsedTimer timer;
        timer.start();
        run.play(smallDesign());
        QTest::qWait(1500);
        run.pause();
        const double expected = static_cast<double>(timer.elapsed()) / 1000 * 60;
        QTRY_VERIFY(run.result() != nullptr);
        QTest::qWait(300);
        const double simulated = seconds(run.result()->simulated);
        QVERIFY2(
            simulated > expected * 0.4 && simulated <= expected * 1.05,
            qPrintable(QString::number(simulated)));
    }

    void handsOutAtMostTenResultsASecond()
    {
        RunController run(test::fakeRuns());
        QSignalSpy results(&run, &RunController::resultChanged);
        run.setSpeed(100);
        run.play(smallDesign());
        QTest::qWait(1000);
        // The first one, before anything has happened, and the empty one of the start come on top.
        QVERIFY(results.count() <= 13);
    }

    void pausesAndGoesOnWhereItWas()
    {
        RunController run(test::fakeRuns());
        run.setSpeed(100);
        run.play(smallDesign());
        QTRY_VERIFY(run.result() != nullptr && run.result()->simulated > 10s);
        run.pause();
        QCOMPARE(run.state(), State::Paused);
        QTest::qWait(200);
        const Time held = run.result()->simulated;
        QTest::qWait(300);
        QCOMPARE(run.result()->simulated, held);
        run.play(smallDesign());
        QTRY_VERIFY(run.result()->simulated > held);
    }

    void stopsWithinAMomentEvenInALongStep()
    {
        // Each event takes a tenth of a millisecond, and the next change is a minute of them away.
        RunController run(test::fakeRuns(100us));
        run.play(smallDesign());
        run.stepToNextChange();
        QTest::qWait(50);
        QElapsedTimer timer;
        timer.start();
        run.stop();
        QVERIFY(timer.elapsed() < 50);
        QCOMPARE(run.state(), State::Idle);
    }

    void stepsOneEvent()
    {
        RunController run(test::fakeRuns());
        run.setSpeed(0.1);
        run.play(smallDesign());
        run.pause();
        QTest::qWait(200);
        const std::uint64_t before = run.result()->events;
        run.stepEvent();
        QTRY_COMPARE(run.result()->events, before + 1);
    }

    void stepsToTheNextEntryOfTheEventList()
    {
        RunController run(test::fakeRuns());
        run.setSpeed(0.1);
        run.play(smallDesign());
        run.stepToNextChange();
        QTRY_VERIFY(run.result() != nullptr && run.result()->log.size() == 1);
        QCOMPARE(run.result()->log.front().at, Time(60s));
    }

    void pausesAtTheMomentThatWasAskedFor()
    {
        RunController run(test::fakeRuns());
        run.playUntil(smallDesign(), 90s);
        QTRY_COMPARE_WITH_TIMEOUT(run.state(), State::Paused, 10'000);
        QCOMPARE(run.result()->simulated, Time(90s));
    }

    void looksBackWithoutStoppingTheRun()
    {
        RunController run(test::fakeRuns());
        run.setSpeed(100);
        run.play(smallDesign());
        QTRY_VERIFY(run.result() != nullptr && run.result()->simulated > 20s);
        run.setViewTime(5s);
        QVERIFY(!run.isFollowing());
        const Time reached = run.result()->simulated;
        QTRY_VERIFY(run.result()->simulated > reached);
        QCOMPARE(run.viewTime(), Time(5s));
        run.follow();
        QCOMPARE(run.viewTime(), run.result()->simulated);
    }

    void saysWhyADesignCannotRun()
    {
        RunController run(test::fakeRuns());
        QSignalSpy failures(&run, &RunController::failed);
        run.play(Design{});
        QTRY_COMPARE(failures.count(), 1);
        QCOMPARE(run.state(), State::Idle);
    }

    void injectsAFaultAndReportsOneThatCannotBe()
    {
        RunController run(test::fakeRuns());
        QSignalSpy failures(&run, &RunController::failed);
        run.play(smallDesign());
        run.inject(killTaskOf("web"));
        QTRY_VERIFY(run.result() != nullptr && !run.result()->log.empty());
        QCOMPARE(run.result()->log.front().level, EventLevel::Failure);
        run.inject(killTaskOf("nobody"));
        QTRY_COMPARE(failures.count(), 1);
        QCOMPARE(run.state(), State::Playing);
    }

    void knowsWhenTheDrawingHasChangedSince()
    {
        RunController run(test::fakeRuns());
        Design design = smallDesign();
        run.play(design);
        design.nodes.front().position = {100, 100};
        QVERIFY(!run.isOutdatedFor(design));
        design.nodes.front().properties["rate"] = 5;
        QVERIFY(run.isOutdatedFor(design));
        run.play(design);
        QVERIFY(!run.isOutdatedFor(design));
    }

    void endsPromptlyWhenItIsDestroyed()
    {
        QElapsedTimer timer;
        {
            RunController run(test::fakeRuns(50us));
            run.setSpeed(RunController::kAsFast);
            run.play(smallDesign(100'000));
            QTest::qWait(100);
            timer.start();
        }
        QVERIFY(timer.elapsed() < 1000);
    }
};

QTEST_MAIN(RunControllerTest)
#include "run_controller_test.moc"
