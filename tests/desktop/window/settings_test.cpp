#include <QTest>

#include "app/desktop/settings.h"
#include "tests/desktop/window/fake_run.h"
#include "tests/desktop/window/window_fixture.h"

using namespace neph;

/// What is remembered between two starts.
class SettingsTest : public QObject {
    Q_OBJECT

private slots:
    void init() { QSettings().clear(); }

    void startWithTheDefaults()
    {
        QCOMPARE(Settings().appearance(), "system");
        QVERIFY(Settings().hasAnimations());
        QVERIFY(Settings().recentFiles().isEmpty());
    }

    void areRemembered()
    {
        Settings().setAppearance("dark");
        Settings().setAnimations(false);
        QCOMPARE(Settings().appearance(), "dark");
        QVERIFY(!Settings().hasAnimations());
    }

    void fallBackWhereTheyAreDamaged()
    {
        QSettings store;
        store.setValue("appearance", 42);
        store.setValue("animations", "perhaps");
        store.setValue("recentFiles", QStringList{"", "relative.nepho", QString(10'000, 'x'), "/a/b.nepho"});
        store.setValue("window/geometry", "not a geometry");
        store.setValue("window/state", QVariantList{1, 2, 3});
        QCOMPARE(Settings().appearance(), "system");
        QVERIFY(Settings().hasAnimations());
        QCOMPARE(Settings().recentFiles(), QStringList{"/a/b.nepho"});
        MainWindow window(test::fakeRuns());
        test::showAndWait(window);
        QVERIFY(window.width() > 600);
    }

    void keepTheTenNewestFilesEachOnce()
    {
        Settings settings;
        for (int number = 0; number < 12; ++number) {
            settings.addRecentFile(QStringLiteral("/designs/%1.nepho").arg(number));
        }
        settings.addRecentFile("/designs/5.nepho");
        QCOMPARE(settings.recentFiles().size(), 10);
        QCOMPARE(settings.recentFiles().front(), "/designs/5.nepho");
        QCOMPARE(settings.recentFiles().count("/designs/5.nepho"), 1);
    }

    void giveTheDrawingHalfOfASmallWindow()
    {
        QSettings().clear();
        MainWindow window(test::fakeRuns());
        test::showAndWait(window);
        QVERIFY(window.openTemplate("starter"));
        window.resize(1280, 720);
        QTRY_VERIFY2(window.canvas().height() >= 355, qPrintable(QString::number(window.canvas().height())));
    }

private:
    test::Surroundings m_surroundings;
};

QTEST_MAIN(SettingsTest)
#include "settings_test.moc"
