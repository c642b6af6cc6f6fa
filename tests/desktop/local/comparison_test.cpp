#include <QTest>

#include "app/desktop/charts/time_chart.h"
#include "app/desktop/local/comparison_text.h"
#include "app/desktop/local/comparison_view.h"
#include "app/desktop/local/lab_words.h"
#include "app/desktop/theme.h"
#include "tests/desktop/own_folders.h"

using namespace neph;

namespace {

RunResult runOf(double ms, Time until)
{
    RunResult result;
    result.simulated = until;
    result.horizon = 120s;
    Series p50("", "LatencyP50", "ms", 1s);
    for (Time at{0}; at < until; at += 1s) {
        p50.add(at, ms);
    }
    result.series.push_back(p50);
    return result;
}

Comparison sample()
{
    Comparison comparison;
    comparison.design = "Small <shop>";
    comparison.engine = "Podman Engine 4.3.1";
    comparison.from = 30s;
    comparison.to = 120s;
    ComparedClass all;
    all.simulated = {1800, 0, 20, 30ms, 27ms, 50ms, 60ms, 80ms};
    all.measured = {1788, 179, 19.9, 60ms, 54ms, 52ms, 50ms, 79ms};
    all.chance.p50 = 5400us;
    comparison.classes = {all};
    comparison.startTimes = {{"shop", 1, 0.2, 0.1, 0.6, 4.1}};
    comparison.remarks = {"Two of two cores were busy."};
    return comparison;
}

}  // namespace

/// Predicted against measured, from figures made by hand.
class ComparisonTest : public QObject {
    Q_OBJECT

private slots:
    void initTestCase() { theme::apply("light"); }

    void saysHowFarThePredictionIsOffBySignAndWord()
    {
        const ErrorText off = errorText(27, 54, "too slow", "too fast");
        QCOMPARE(off.text, QString("−50 %, too fast"));
        QCOMPARE(off.level, ErrorText::Level::Poor);
        QCOMPARE(errorText(60, 50, "too slow", "too fast").text, QString("+20 %, too slow"));
        QCOMPARE(errorText(60, 50, "too slow", "too fast").level, ErrorText::Level::Fair);
        QCOMPARE(errorText(80, 79, "too slow", "too fast").text, QString("+1.3 %, close"));
        QCOMPARE(errorText(80, 0, "too slow", "too fast").level, ErrorText::Level::None);
    }

    void showsTheFiguresOfEachClassInTheColoursOfTheTheme()
    {
        const QString html = comparisonHtml(sample());
        QVERIFY(html.contains("Small &lt;shop&gt;"));
        QVERIFY(html.contains(theme::failure().name()));
        QVERIFY(html.contains(theme::healthy().name()));
        ComparisonView view;
        view.showComparison(std::make_shared<const Comparison>(sample()), {});
        const QString text = view.text().replace(QChar::Nbsp, ' ');
        for (const char* words :
             {"p50", "p90", "p95", "p99", "27 ms", "54 ms", "± 10 %", "−50 %, too fast",
              "−10 points, too few", "shop, task 1", "4.1 s", "Two of two cores were busy."}) {
            QVERIFY2(text.contains(QString::fromUtf8(words)), words);
        }
    }

    void drawsBothSidesAsFarAsTheRealOneHasCome()
    {
        const RunResult simulated = runOf(25, 120s);
        const RunResult measured = runOf(60, 40s);
        const auto both = sideBySide(&simulated, &measured);
        QCOMPARE(both->simulated, Time(40s));
        const Series* predicted = both->find("simulated", "LatencyP50");
        const Series* real = both->find("real", "LatencyP50");
        QVERIFY(predicted != nullptr && real != nullptr);
        QVERIFY(predicted->points().back().at <= Time(40s));
        QCOMPARE(real->valueAt(10s), 60.0);
        QCOMPARE(predicted->valueAt(10s), 25.0);
        QVERIFY(sideBySide(nullptr, nullptr)->series.empty());
    }

    void saysWhyThereAreNoTablesYet()
    {
        ComparisonView view;
        view.showComparison(nullptr, "The tables come at the end.");
        QCOMPARE(view.text(), QString("The tables come at the end."));
        QCOMPARE(view.charts().size(), std::size_t(3));
    }

private:
    test::OwnFolders m_folders;
};

QTEST_MAIN(ComparisonTest)
#include "comparison_test.moc"
