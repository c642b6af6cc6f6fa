#include <QAction>
#include <QClipboard>
#include <QGuiApplication>
#include <QTest>
#include <algorithm>
#include <ctime>

#include "app/desktop/charts/axis_tickers.h"
#include "app/desktop/charts/chart_grid.h"
#include "app/desktop/charts/charts_panel.h"
#include "app/desktop/charts/latency_view.h"
#include "app/desktop/charts/time_chart.h"
#include "app/desktop/charts/value_text.h"
#include "app/desktop/design_document.h"
#include "app/desktop/run_controller.h"
#include "app/desktop/selection.h"
#include "tests/desktop/results/sample_run.h"

namespace neph {

/// Document, selection, run and the panel over them, on the screen at the size of the bottom dock.
struct Desk {
    Desk()
    {
        document.newDesign(sampleDesign());
        panel.resize(1600, 320);
        panel.show();
    }
    TimeChart& chart(const QString& title) const
    {
        for (TimeChart* chart : panel.grid().charts()) {
            if (chart->spec().title == title) {
                return *chart;
            }
        }
        qFatal("no chart is called %s", qPrintable(title));
    }
    QStringList titles() const
    {
        QStringList titles;
        for (const TimeChart* chart : panel.grid().charts()) {
            titles << chart->spec().title;
        }
        return titles;
    }

    DesignDocument document;
    Selection selection;
    RunController run;
    ChartsPanel panel{document, selection, run};
};

static QStringList labelsOf(const ChartSpec& chart)
{
    QStringList labels;
    for (const ChartLine& line : chart.lines) {
        labels << line.label;
    }
    return labels;
}

class ChartsPanelTest : public QObject {
    Q_OBJECT

private slots:
    void withoutASelectionShowsTheWholeDesign()
    {
        Desk desk;
        desk.run.showResult(busyRun(600).make());
        QCOMPARE(desk.chart("Requests").spec().lines.front().node, std::string());
        QCOMPARE(labelsOf(desk.chart("Latency").spec()), QStringList({"p50", "p95", "p99"}));
        QVERIFY(desk.titles().contains("Cost per hour"));
    }
    void whatTheWholeDoesNotMeasureIsToldByItsComponents()
    {
        Desk desk;
        desk.run.showResult(busyRun(600).make());
        QCOMPARE(
            labelsOf(desk.chart("Utilisation").spec()), QStringList({"Front door", "Web shop", "Orders"}));
    }
    void aSelectedComponentBringsItsOwnCharts()
    {
        Desk desk;
        desk.run.showResult(busyRun(600).make());
        desk.selection.set({"web"});
        QCOMPARE(labelsOf(desk.chart("Tasks").spec()), QStringList({"desired", "pending", "running"}));
        QCOMPARE(desk.chart("Requests").spec().lines.front().node, std::string("web"));
    }
    void aMetricThatNobodyKnowsGetsAChartOfItsOwn()
    {
        Desk desk;
        desk.run.showResult(busyRun(600).make());
        desk.selection.set({"orders"});
        QCOMPARE(desk.chart("Item collection bytes").spec().unit, QString("bytes"));
    }
    void severalComponentsAreCompared()
    {
        Desk desk;
        desk.run.showResult(busyRun(600).make());
        desk.selection.set({"web", "orders"});
        QCOMPARE(labelsOf(desk.chart("Requests").spec()), QStringList({"Web shop", "Orders"}));
    }
    void aFrameStandsForWhatLiesInIt()
    {
        Desk desk;
        desk.run.showResult(busyRun(600).make());
        desk.selection.set({"cluster"});
        QCOMPARE(desk.chart("Requests").spec().lines.front().node, std::string("web"));
    }
    void somethingWithoutMeasurementsShowsNoChart()
    {
        Desk desk;
        desk.run.showResult(busyRun(600).make());
        desk.selection.set({"users"});
        QVERIFY(desk.panel.grid().charts().empty());
    }
    void atMostSixLinesShareAChartAndTheHighestStay()
    {
        SampleRun run(60);
        Design design;
        for (int i = 0; i < 20; ++i) {
            const std::string id = "n" + std::to_string(i);
            run.withSeries(id, "Utilization", "%", 4.0 * i);
        }
        const std::vector<ChartSpec> charts = planCharts(run.result(), design, {});
        QCOMPARE(charts.front().lines.size(), kMostLines);
        QCOMPARE(charts.front().lines.front().node, std::string("n19"));
    }

    void theTooltipTellsTheValuesOfTheMoment()
    {
        Desk desk;
        desk.run.showResult(busyRun(600).make());
        const double at = 300;
        const Series* p95 = desk.run.result()->find("", "LatencyP95");
        const QString tip = desk.chart("Latency").tooltipAt(at);
        QVERIFY2(tip.contains("5:00.000"), qPrintable(tip));
        QVERIFY2(tip.contains(valueText(p95->valueAt(300s), "ms")), qPrintable(tip));
    }
    void theTooltipNamesAFailureNearby()
    {
        Desk desk;
        desk.run.showResult(busyRun(600).make());
        QVERIFY(desk.chart("Latency").tooltipAt(230).contains("CannotPullContainerError"));
        QVERIFY(!desk.chart("Latency").tooltipAt(400).contains("CannotPullContainerError"));
    }
    void aClickSetsTheViewTime()
    {
        Desk desk;
        desk.run.showResult(busyRun(600).make());
        TimeChart& chart = desk.chart("Requests");
        QVERIFY(QTest::qWaitForWindowExposed(&desk.panel));
        const QRect plot = chart.axisRect()->rect();
        QTest::mouseClick(&chart, Qt::LeftButton, {}, plot.center());
        QVERIFY(!desk.run.isFollowing());
        QVERIFY(std::abs(seconds(desk.run.viewTime()) - 300) < 600.0 / plot.width() * 2);
    }
    void allChartsShowTheSameRangeAfterAZoom()
    {
        Desk desk;
        desk.run.showResult(busyRun(600).make());
        emit desk.chart("Requests").rangeWanted(QCPRange(100, 200));
        for (const TimeChart* chart : desk.panel.grid().charts()) {
            QCOMPARE(chart->xAxis->range(), QCPRange(100, 200));
        }
        emit desk.chart("Requests").wholeRangeWanted();
        QCOMPARE(desk.chart("Latency").xAxis->range(), QCPRange(0, 600));
    }
    void aZoomNeverLeavesTheRun()
    {
        Desk desk;
        desk.run.showResult(busyRun(600).make());
        emit desk.chart("Requests").rangeWanted(QCPRange(-500, -400));
        QCOMPARE(desk.panel.grid().range(), QCPRange(0, 100));
    }
    void arrowKeysMoveTheViewTime()
    {
        Desk desk;
        desk.run.showResult(busyRun(600).make());
        TimeChart& chart = desk.chart("Requests");
        QTest::keyClick(&chart, Qt::Key_Left);
        QCOMPARE(desk.run.viewTime(), Time(597s));
        QTest::keyClick(&chart, Qt::Key_Home);
        QCOMPARE(desk.run.viewTime(), Time(0s));
        QTest::keyClick(&chart, Qt::Key_End);
        QVERIFY(desk.run.isFollowing());
    }
    void aResultWithoutNewPointsDrawsNothing()
    {
        Desk desk;
        QVERIFY(QTest::qWaitForWindowExposed(&desk.panel));
        desk.run.showResult(busyRun(600).make());
        QTest::qWait(500);  // One chart a turn.
        const int before = desk.chart("Requests").replots();
        desk.run.showResult(busyRun(600).make());
        QTest::qWait(500);
        QCOMPARE(desk.chart("Requests").replots(), before);
    }
    void aLongerResultIsDrawnWithoutNewCharts()
    {
        Desk desk;
        QVERIFY(QTest::qWaitForWindowExposed(&desk.panel));
        desk.run.showResult(busyRun(600).make());
        TimeChart* chart = &desk.chart("Requests");
        QTest::qWait(500);
        const int before = chart->replots();
        desk.run.showResult(busyRun(660).make());
        QCOMPARE(&desk.chart("Requests"), chart);
        QTRY_VERIFY(chart->replots() > before);
    }
    void theDistributionIsCopiedAsCsvFromItsMenu()
    {
        Desk desk;
        desk.run.showResult(busyRun(60).make());
        const QList<QAction*> actions = desk.panel.latency().actions();
        const auto copy = std::find_if(actions.begin(), actions.end(), [](const QAction* action) {
            return action->text() == "Copy as CSV";
        });
        QVERIFY(copy != actions.end());
        (*copy)->trigger();
        QVERIFY(QGuiApplication::clipboard()->text().startsWith("from_ms,to_ms,count\n"));
        QCOMPARE(QGuiApplication::clipboard()->text(), desk.panel.latency().toCsv());
    }
    void theCsvHasARowForEachMoment()
    {
        Desk desk;
        desk.run.showResult(busyRun(60).make());
        const QStringList lines = desk.chart("Requests").toCsv().split('\n', Qt::SkipEmptyParts);
        QCOMPARE(lines.size(), 61);
        QCOMPARE(lines.front(), QString("seconds,\"Requests all (1/s)\",\"Requests errors (1/s)\""));
    }

    void theDistributionFollowsTheClass()
    {
        Desk desk;
        desk.run.showResult(busyRun(60).make());
        QCOMPARE(desk.panel.latency().subject(), QString("All requests"));
        QCOMPARE(desk.panel.latency().figures().at(1), QString("12,000"));
    }
    void theDistributionFollowsTheSelectedNode()
    {
        Desk desk;
        SampleRun run = busyRun(60);
        run.result().nodes["web"].latency.add(20ms, 50);
        desk.run.showResult(run.make());
        desk.selection.set({"web"});
        QCOMPARE(desk.panel.latency().subject(), QString("Web shop"));
    }

    void timeLabelsAreReadAsOnAClock_data()
    {
        QTest::addColumn<double>("at");
        QTest::addColumn<double>("step");
        QTest::addColumn<double>("end");
        QTest::addColumn<QString>("label");
        QTest::newRow("seconds") << 30.0 << 10.0 << 60.0 << "30 s";
        QTest::newRow("minutes and seconds") << 90.0 << 30.0 << 300.0 << "1:30";
        QTest::newRow("minutes") << 900.0 << 300.0 << 3600.0 << "15 min";
        QTest::newRow("hours and minutes") << 9000.0 << 1800.0 << 10'800.0 << "2:30 h";
        QTest::newRow("hours") << 21'600.0 << 21'600.0 << 86'400.0 << "6 h";
        QTest::newRow("days") << 259'200.0 << 86'400.0 << 2'592'000.0 << "3 d";
    }
    void timeLabelsAreReadAsOnAClock()
    {
        QFETCH(double, at);
        QFETCH(double, step);
        QFETCH(double, end);
        QTEST(TimeTicker::label(at, step, end), "label");
    }
    void anAxisKeepsItsEndWhileItFits()
    {
        const double end = roundUpperEnd(100, 0, "1/s");
        QVERIFY(end >= 108);
        QCOMPARE(roundUpperEnd(90, end, "1/s"), end);
        QVERIFY(roundUpperEnd(20, end, "1/s") < end);
    }

    /// The promise: ten results a second with 60 lines of 3,600 points cost less than 10 ms each (optimised,
    /// on the developers' machine).
    void sixtyLongLinesAreDrawnInTime()
    {
        Desk desk;
        QVERIFY(QTest::qWaitForWindowExposed(&desk.panel));
        const std::vector<const char*> units = {"1/s",   "ms", "%",       "count", "bytes",
                                                "items", "kB", "packets", "rows",  "blocks"};
        const auto make = [&units](int length) {
            SampleRun run(length);
            for (int i = 0; i < 60; ++i) {
                run.withSeries(
                    "web", "Custom" + std::to_string(100 + i), units[static_cast<std::size_t>(i / 6)],
                    10.0 * (1 + i));
            }
            return run.make();
        };
        std::vector<std::shared_ptr<const RunResult>> results;
        for (int i = 0; i < 10; ++i) {
            results.push_back(make(3600 + i));
        }
        desk.run.showResult(results.front());
        desk.selection.set({"web"});
        QCOMPARE(desk.panel.grid().charts().size(), std::size_t{10});
        QCoreApplication::processEvents();
        QList<double> times;
        for (std::size_t i = 1; i < results.size(); ++i) {
            const std::clock_t before = std::clock();
            desk.run.showResult(results[i]);
            QCoreApplication::processEvents();
            times << 1e3 * static_cast<double>(std::clock() - before) / CLOCKS_PER_SEC;
        }
        std::sort(times.begin(), times.end());
        qInfo(
            "a result with 60 lines of 3,600 points: fastest %.1f ms, median %.1f ms of processor time",
            times.front(), times[times.size() / 2]);
        QVERIFY(times.front() < 60);  // Processor time; generous for debug builds and sanitizers.
    }
};

}  // namespace neph

QTEST_MAIN(neph::ChartsPanelTest)
#include "charts_panel_test.moc"
