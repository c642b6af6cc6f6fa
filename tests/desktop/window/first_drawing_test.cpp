#include <QDialog>
#include <QLineEdit>
#include <QProcess>
#include <QPushButton>
#include <QTabWidget>
#include <QTest>
#include <QToolButton>
#include <QUndoStack>
#include <cstdio>
#include <cstring>

#include "app/desktop/actions.h"
#include "app/desktop/charts/time_chart.h"
#include "app/desktop/message_bar.h"
#include "app/desktop/selection.h"
#include "sim/model/design_json.h"
#include "tests/desktop/window/fake_run.h"
#include "tests/desktop/window/hand.h"
#include "tests/desktop/window/window_fixture.h"

using namespace neph;

namespace {

/// What the process does that is killed: opens the file as the window does, renames a component again and
/// again and saves after each second change. Each change is told once it is done.
int changeAndSaveUntilKilled(const QString& file)
{
    DesignDocument document;
    if (!document.open(file)) {
        return 1;
    }
    const std::string id = document.design().nodes.front().id;
    for (int number = 1;; ++number) {
        document.endGesture();
        if (!document.push(Edit{RenameNode{id, "version " + std::to_string(number)}}, "Rename")) {
            return 1;
        }
        std::printf("%d\n", number);
        std::fflush(stdout);
        if (number % 2 == 0 && !document.save(file)) {
            return 1;
        }
    }
}

int versionOf(const Design& design)
{
    return QString::fromStdString(design.nodes.front().name).section(' ', -1).toInt();
}

}  // namespace

/// The first quarter of an hour of a newcomer, with the hand at the mouse and the engine that everybody gets:
/// from the empty drawing to the file, and back after a crash.
class FirstDrawingTest : public QObject {
    Q_OBJECT

private:
    const Design& design() const { return m_window->document().design(); }
    std::string idOf(const char* kind) const
    {
        const Node* node = test::nodeOfKind(design(), kind);
        return node == nullptr ? std::string() : node->id;
    }
    QRectF rectOf(const char* kind) const { return m_window->canvas().canvas().rectOf(idOf(kind)); }
    QPoint pixel(QPointF scene) const { return m_window->canvas().mapFromScene(scene); }
    QToolButton& button(const char* action) const
    {
        for (QToolButton* one : m_window->findChildren<QToolButton*>()) {
            if (one->defaultAction() == m_window->actions().at(action) && one->isVisible()) {
                return *one;
            }
        }
        qFatal("no button for %s", action);
    }
    TimeChart* chart(const QString& title) const
    {
        for (TimeChart* one : m_window->results().findChildren<TimeChart*>()) {
            if (one->spec().title == title && one->isVisible()) {
                return one;
            }
        }
        return nullptr;
    }
    void start()
    {
        m_window = std::make_unique<MainWindow>();
        test::showAndWait(*m_window);
    }
    void key(const QKeySequence& keys) const { QTest::keySequence(m_window.get(), keys); }

    void drawFourComponents(const test::Hand& hand)
    {
        CanvasView& canvas = m_window->canvas();
        const auto fit = [&canvas] {
            canvas.fitPage();
            canvas.setZoom(canvas.zoom() * 0.8);
        };
        QVERIFY(hand.dragFromPalette("ECS service on Fargate", canvas.viewport()->rect().center()));
        QCOMPARE(design().node(idOf("aws.ecs.fargate_service"))->parent, idOf("aws.ecs.cluster"));
        fit();
        QVERIFY(hand.dragFromPalette(
            "Application Load Balancer", pixel(rectOf("aws.vpc").bottomLeft() + QPointF(60, -12))));
        QCOMPARE(design().node(idOf("aws.alb"))->parent, idOf("aws.vpc"));
        fit();
        QVERIFY(hand.dragFromPalette(
            "DynamoDB table", pixel(rectOf("aws.region").bottomRight() + QPointF(-60, -9))));
        QCOMPARE(design().node(idOf("aws.dynamodb"))->parent, idOf("aws.region"));
        fit();
        const QRectF region = rectOf("aws.region");
        QVERIFY(hand.dragFromPalette("Users", pixel({region.left() - 120, region.center().y()})));
        QVERIFY(design().node(idOf("users"))->parent.empty());
        fit();
    }

private slots:
    void initTestCase() { QApplication::setAttribute(Qt::AA_DontUseNativeDialogs); }
    void init()
    {
        QSettings().clear();
        QDir(Journal::folder()).removeRecursively();
    }
    void cleanup() { m_window.reset(); }

    void isDrawnConnectedRunUndoneSavedAndOpenedAgain()
    {
        start();
        QVERIFY(m_window->openTemplate("empty"));
        const Design before = design();
        const test::Hand hand(*m_window);
        drawFourComponents(hand);
        hand.connectByArrow(idOf("users"), idOf("aws.alb"));
        hand.connectByArrow(idOf("aws.alb"), idOf("aws.ecs.fargate_service"));
        hand.connectByArrow(idOf("aws.ecs.fargate_service"), idOf("aws.dynamodb"));
        QCOMPARE(design().links.size(), std::size_t{3});
        QVERIFY(!hasErrors(m_window->document().diagnostics()));

        // Play: the engine answers requests, and a chart of the service moves.
        m_window->run().setSpeed(60);
        m_window->selection().set({idOf("aws.ecs.fargate_service")});
        hand.click(button("run.play"));
        QCOMPARE(m_window->run().state(), RunController::State::Playing);
        const auto requests = [this] {
            const auto result = m_window->run().result();
            const bool isThere = result && result->nodes.contains(idOf("aws.ecs.fargate_service"));
            return isThere ? result->nodes.at(idOf("aws.ecs.fargate_service")).requests : std::uint64_t{0};
        };
        QTRY_VERIFY_WITH_TIMEOUT(requests() > 100, 60'000);
        QTRY_VERIFY_WITH_TIMEOUT(chart("Requests") != nullptr && chart("Requests")->replots() > 0, 20'000);
        const QString valuesBefore = chart("Requests")->toCsv();
        const int drawnBefore = chart("Requests")->replots();
        const QImage pictureBefore = chart("Requests")->grab().toImage();
        QTRY_VERIFY_WITH_TIMEOUT(chart("Requests")->toCsv().size() > valuesBefore.size(), 20'000);
        QTRY_VERIFY_WITH_TIMEOUT(chart("Requests")->replots() > drawnBefore, 20'000);
        QVERIFY(chart("Requests")->grab().toImage() != pictureBefore);
        hand.click(button("run.stop"));
        QCOMPARE(m_window->run().state(), RunController::State::Idle);

        // Everything back, everything again.
        const Design drawn = design();
        const int steps = m_window->document().undoStack().index();
        QVERIFY(steps >= 7);
        for (int step = 0; step < steps; ++step) {
            key(QKeySequence::Undo);
        }
        QVERIFY(design() == before);
        QVERIFY(m_window->canvas().canvas().isEmpty());
        for (int step = 0; step < steps; ++step) {
            key(QKeySequence::Redo);
        }
        QVERIFY(design() == drawn);

        const QString file = m_surroundings.path("first.nepho");
        QVERIFY(m_window->isWindowModified());
        test::answerDialog([&file](QWidget& dialog) {
            // Typed: a choice from the list would have to wait until the folder has been read.
            dialog.findChild<QLineEdit*>("fileNameEdit")->setText(file);
            dynamic_cast<QDialog&>(dialog).done(QDialog::Accepted);
        });
        key(QKeySequence::Save);
        QVERIFY(QFile::exists(file));
        QVERIFY(!m_window->isWindowModified());
        QVERIFY(m_window->openTemplate("empty"));
        QVERIFY(m_window->openFile(file));
        QVERIFY(design() == drawn);
        QVERIFY(m_window->windowTitle().contains("first.nepho"));
    }

    void isRecoveredAfterAKillInMidSave()
    {
        const QString file = m_surroundings.path("killed.nepho");
        start();
        QVERIFY(m_window->openTemplate("starter"));
        QVERIFY(m_window->document().save(file));
        m_window.reset();

        // Until a kill has left something that was not saved yet.
        int told = 0;
        for (int attempt = 0; attempt < 40 && Journal::orphans().empty(); ++attempt) {
            QProcess victim;
            victim.start(QCoreApplication::applicationFilePath(), {"--victim", file});
            QVERIFY(victim.waitForReadyRead(60'000));
            QTest::qWait(20 + attempt * 7);
            victim.kill();
            QVERIFY(victim.waitForFinished());
            const QList<QByteArray> lines = victim.readAllStandardOutput().split('\n');
            told = lines.size() >= 2 ? lines[lines.size() - 2].toInt() : 0;
        }
        QVERIFY(!Journal::orphans().empty());

        start();
        QVERIFY(m_window->openFile(file));  // Whole, whichever save it is of.
        QVERIFY(!hasErrors(m_window->document().diagnostics()));
        m_window->offerRecovery();
        for (QPushButton* one : m_window->messages().findChildren<QPushButton*>()) {
            if (one->text() == "Recover" && one->isVisible()) {
                one->click();
                break;
            }
        }
        QVERIFY(m_window->document().isModified());
        QVERIFY2(versionOf(design()) >= told, qPrintable(QString::number(versionOf(design()))));
        QVERIFY(m_window->document().save(file));
        QVERIFY(Journal::orphans().empty());
    }

    void isOfferedATemplateFirst()
    {
        MainWindow window(test::fakeRuns());
        test::showAndWait(window);
        QVERIFY(!window.canvas().isVisible());
        QVERIFY(window.openTemplate("starter"));
        QVERIFY(window.canvas().isVisible());
        QVERIFY(!window.document().design().nodes.empty());
        QVERIFY(!window.document().isModified());
    }

    void saysWhenTheDrawingIsNoLongerTheOneThatRuns()
    {
        MainWindow window(test::fakeRuns());
        test::showAndWait(window);
        QVERIFY(window.openTemplate("starter"));
        window.run().play(window.document().design());
        const std::string users = test::nodeOfKind(window.document().design(), "users")->id;
        window.document().push(Edit{SetProperty{users, "roundTripMs", 77}}, "Change");
        QVERIFY(window.messages().message().contains("press Play to run it anew"));
        window.actions().at("run.play")->trigger();
        QVERIFY(window.messages().message().isEmpty());
        QCOMPARE(window.run().state(), RunController::State::Playing);
    }

    void isRefusedWithAReasonWhereTheFileIsNoDesign()
    {
        MainWindow window(test::fakeRuns());
        test::showAndWait(window);
        const QString file = m_surroundings.path("broken.nepho");
        QFile broken(file);
        QVERIFY(broken.open(QIODevice::WriteOnly));
        broken.write("this is no design");
        broken.close();
        QVERIFY(!window.openFile(file));
        QVERIFY(!window.messages().message().isEmpty());
    }

    void opensAFileThatIsDroppedOnTheWindow()
    {
        MainWindow window(test::fakeRuns());
        test::showAndWait(window);
        const QString file = m_surroundings.path("dropped.nepho");
        Design design;
        design.name = "Dropped";
        QVERIFY(static_cast<bool>(saveDesign(design, file.toStdString())));
        QMimeData data;
        data.setUrls({QUrl::fromLocalFile(file)});
        QDragEnterEvent enter(QPoint(10, 10), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
        QApplication::sendEvent(&window, &enter);
        QVERIFY(enter.isAccepted());
        QDropEvent drop(QPointF(10, 10), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
        QApplication::sendEvent(&window, &drop);
        QCOMPARE(QString::fromStdString(window.document().design().name), "Dropped");
    }

private:
    test::Surroundings m_surroundings;
    std::unique_ptr<MainWindow> m_window;
};

int main(int argc, char** argv)
{
    QApplication application(argc, argv);
    if (argc == 3 && std::strcmp(argv[1], "--victim") == 0) {
        QApplication::setOrganizationName("nephoscope-test");  // Journals go where the parent looks for them.
        return changeAndSaveUntilKilled(QString::fromLocal8Bit(argv[2]));
    }
    FirstDrawingTest test;
    return QTest::qExec(&test, argc, argv);
}

#include "first_drawing_test.moc"
