#include <QProcess>
#include <QPushButton>
#include <QTest>
#include <cstdio>
#include <cstring>

#include "app/desktop/message_bar.h"
#include "sim/model/design_json.h"
#include "tests/desktop/window/fake_run.h"
#include "tests/desktop/window/window_fixture.h"

using namespace neph;

namespace {

/// What the killed process does: changes the design and saves every third change, without end. Each change is
/// told on stdout once it is done.
int changeAndSaveUntilKilled(const QString& file)
{
    DesignDocument document;
    if (!document.open(file)) {
        return 1;
    }
    for (int number = 1;; ++number) {
        SetDesignInfo info{"Shop", "change " + std::to_string(number), 600};
        if (!document.push(Edit{std::move(info)}, "Change")) {
            return 1;
        }
        document.endGesture();
        std::printf("%d\n", number);
        std::fflush(stdout);
        if (number % 3 == 0 && !document.save(file)) {
            return 1;
        }
    }
}

int numberOf(const Design& design)
{
    return QString::fromStdString(design.description).section(' ', -1).toInt();
}

}  // namespace

/// A process is killed while it changes and saves: nothing that was told as done may be lost.
class CrashTest : public QObject {
    Q_OBJECT

private slots:
    void losesNothingWhereverTheProcessIsKilled_data()
    {
        QTest::addColumn<int>("lifeMs");
        for (const int life : {20, 73, 131, 240}) {
            QTest::addRow("%d ms", life) << life;
        }
    }

    void losesNothingWhereverTheProcessIsKilled()
    {
        QFETCH(int, lifeMs);
        const QString file = m_surroundings.path(QStringLiteral("crash-%1.nepho").arg(lifeMs));
        Design design;
        design.name = "Shop";
        design.description = "change 0";
        QVERIFY(static_cast<bool>(saveDesign(design, file.toStdString())));

        QProcess victim;
        victim.start(QCoreApplication::applicationFilePath(), {"--victim", file});
        QVERIFY(victim.waitForReadyRead(20'000));
        QTest::qWait(lifeMs);
        victim.kill();
        QVERIFY(victim.waitForFinished());
        const QList<QByteArray> told = victim.readAllStandardOutput().split('\n');
        const int last = told.size() >= 2 ? told[told.size() - 2].toInt() : 0;
        QVERIFY(last > 0);

        // The file is one of the saved versions, whole.
        const LoadedDesign saved = loadDesign(file.toStdString());
        QVERIFY(saved.readable);
        QVERIFY(!hasErrors(saved.diagnostics));

        MainWindow window(test::fakeRuns());
        test::showAndWait(window);
        window.offerRecovery();
        int recovered = numberOf(saved.design);
        if (!window.messages().message().isEmpty()) {
            QPushButton* recover = buttonOf(window.messages(), "Recover");
            QVERIFY(recover != nullptr);
            recover->click();
            QVERIFY(window.document().isModified());
            recovered = numberOf(window.document().design());
            window.document().discardJournal();
        }
        QVERIFY2(recovered >= last, qPrintable(QStringLiteral("%1 of %2").arg(recovered).arg(last)));
    }

    void asksBeforeAJournalIsThrownAway()
    {
        QProcess victim;
        const QString file = m_surroundings.path("later.nepho");
        QVERIFY(static_cast<bool>(saveDesign(Design(), file.toStdString())));
        for (int attempt = 0; attempt < 20 && Journal::orphans().empty(); ++attempt) {
            victim.start(QCoreApplication::applicationFilePath(), {"--victim", file});
            QVERIFY(victim.waitForReadyRead(20'000));
            victim.kill();
            QVERIFY(victim.waitForFinished());
        }
        const std::size_t orphans = Journal::orphans().size();
        QVERIFY(orphans > 0);
        MainWindow window(test::fakeRuns());
        test::showAndWait(window);
        window.offerRecovery();
        buttonOf(window.messages(), "Later")->click();
        QCOMPARE(Journal::orphans().size(), orphans);
        window.offerRecovery();
        buttonOf(window.messages(), "Discard")->click();
        QCOMPARE(Journal::orphans().size(), orphans - 1);
    }

private:
    static QPushButton* buttonOf(const QWidget& parent, const QString& text)
    {
        for (QPushButton* button : parent.findChildren<QPushButton*>()) {
            if (button->text() == text && button->isVisible()) {
                return button;
            }
        }
        return nullptr;
    }

    test::Surroundings m_surroundings;
};

int main(int argc, char** argv)
{
    QApplication application(argc, argv);
    if (argc == 3 && std::strcmp(argv[1], "--victim") == 0) {
        QApplication::setOrganizationName("nephoscope-test");  // Journals go where the parent looks for them.
        return changeAndSaveUntilKilled(QString::fromLocal8Bit(argv[2]));
    }
    CrashTest test;
    return QTest::qExec(&test, argc, argv);
}
#include "crash_test.moc"
