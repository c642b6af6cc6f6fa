#include <QLineEdit>
#include <QSignalSpy>
#include <QTabWidget>
#include <QTest>
#include <QTreeWidget>
#include <QUndoStack>

#include "app/desktop/actions.h"
#include "app/desktop/message_bar.h"
#include "app/desktop/panels/palette_panel.h"
#include "app/desktop/selection.h"
#include "sim/model/design_json.h"
#include "tests/desktop/window/fake_run.h"
#include "tests/desktop/window/window_fixture.h"

using namespace neph;

/// The first quarter of an hour of a newcomer, from the empty drawing to the file.
class FirstDrawingTest : public QObject {
    Q_OBJECT

private:
    static void connectNodes(DesignDocument& document, const std::string& from, const std::string& to)
    {
        Link link;
        link.id = document.design().freeId("link");
        link.from = from;
        link.to = to;
        QVERIFY(document.push(Edit{AddLink{std::move(link)}}, "Connect"));
    }

private slots:
    void init() { QSettings().clear(); }

    void isDrawnConnectedRunUndoneSavedAndOpenedAgain()
    {
        MainWindow window(test::fakeRuns());
        test::showAndWait(window);
        QVERIFY(window.openTemplate("empty"));
        DesignDocument& document = window.document();
        const Design before = document.design();
        CanvasView& canvas = window.canvas();

        // Two by dragging, one by Enter in the palette.
        test::dropKind(canvas, "users", {120, 200});
        test::dropKind(canvas, "aws.region", canvas.viewport()->rect().center());
        window.palettePanel().searchField().setText("DynamoDB");
        QTest::keyClick(&window.palettePanel().searchField(), Qt::Key_Return);
        window.palettePanel().searchField().setText("load balancer");
        QTest::keyClick(&window.palettePanel().searchField(), Qt::Key_Return);
        window.palettePanel().searchField().setText("Fargate");
        QTest::keyClick(&window.palettePanel().searchField(), Qt::Key_Return);
        const Design& design = document.design();
        for (const char* kind : {"users", "aws.dynamodb", "aws.alb", "aws.ecs.fargate_service"}) {
            QVERIFY2(test::nodeOfKind(design, kind) != nullptr, kind);
        }

        const std::string users = test::nodeOfKind(design, "users")->id;
        const std::string balancer = test::nodeOfKind(design, "aws.alb")->id;
        const std::string service = test::nodeOfKind(design, "aws.ecs.fargate_service")->id;
        const std::string table = test::nodeOfKind(design, "aws.dynamodb")->id;
        connectNodes(document, users, balancer);
        connectNodes(document, balancer, service);
        connectNodes(document, service, table);
        QCOMPARE(design.links.size(), std::size_t{3});

        // Play: the charts get points.
        window.run().setSpeed(100);
        window.actions().at("run.play")->trigger();
        QCOMPARE(window.run().state(), RunController::State::Playing);
        const auto points = [&window, &service]() -> std::size_t {
            const Series* series =
                window.run().result() ? window.run().result()->find(service, "RequestCount") : nullptr;
            return series == nullptr ? 0 : series->points().size();
        };
        QTRY_VERIFY(points() > 2);
        const std::size_t first = points();
        QTRY_VERIFY(points() > first);
        window.actions().at("run.stop")->trigger();

        // Everything back, everything again.
        const Design drawn = document.design();
        while (document.undoStack().canUndo()) {
            window.actions().at("edit.undo")->trigger();
        }
        QVERIFY(document.design() == before);
        while (document.undoStack().canRedo()) {
            window.actions().at("edit.redo")->trigger();
        }
        QVERIFY(document.design() == drawn);

        const QString file = m_surroundings.path("first.nepho");
        QVERIFY(window.isWindowModified());
        QVERIFY(document.save(file));
        QVERIFY(!window.isWindowModified());
        QVERIFY(window.openTemplate("empty"));
        QVERIFY(window.openFile(file));
        QVERIFY(document.design() == drawn);
        QVERIFY(window.windowTitle().contains("first.nepho"));
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
};

QTEST_MAIN(FirstDrawingTest)
#include "first_drawing_test.moc"
