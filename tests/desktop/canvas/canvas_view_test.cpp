#include <QAccessible>
#include <QClipboard>
#include <QDir>
#include <QDragMoveEvent>
#include <QDropEvent>
#include <QMimeData>
#include <QPlainTextEdit>
#include <QSignalSpy>
#include <QTest>
#include <memory>

#include "app/desktop/canvas/canvas_view.h"
#include "app/desktop/clipboard.h"
#include "app/desktop/design_document.h"
#include "app/desktop/journal.h"
#include "app/desktop/selection.h"
#include "sim/model/design_json.h"
#include "tests/desktop/own_folders.h"

using namespace neph;

namespace {

Node node(const std::string& id, const std::string& kind, const std::string& parent, QRectF where)
{
    Node made;
    made.id = id;
    made.kind = kind;
    made.name = id;
    made.parent = parent;
    made.position = {where.left(), where.top()};
    made.size = {where.width(), where.height()};
    return made;
}

/// Users outside; in a Region a VPC with a balancer and a service, and a table beside the VPC.
Design shop()
{
    Design design;
    design.nodes = {
        node("users", "users", "", {0, 200, 0, 0}),
        node("region", "aws.region", "", {280, 0, 940, 520}),
        node("vpc", "aws.vpc", "region", {20, 50, 580, 440}),
        node("alb", "aws.alb", "vpc", {40, 60, 0, 0}),
        node("web", "aws.ecs.fargate_service", "vpc", {340, 60, 0, 0}),
        node("orders", "aws.dynamodb", "region", {680, 110, 0, 0}),
    };
    return design;
}

}  // namespace

class CanvasViewTest final : public QObject {
    Q_OBJECT

private slots:
    void init();
    void cleanup();

    void aKindThatIsDroppedLiesInTheFrameUnderThePointer();
    void aKindThatMayNotLieThereIsRefusedWithTheReason();
    void aKindThatIsAddedByEnterFindsItsFrame();
    void aPressSelectsAndCtrlAdds();
    void aRubberBandSelectsWhatLiesInIt();
    void aDragMovesInStepsOfTheGridAsOneUndo();
    void altSuspendsSnapping();
    void aDragSnapsToANeighbourAndShowsAGuide();
    void aDragIntoAnotherFrameChangesTheParent();
    void aDragToWhereItMayNotLieIsRefused();
    void escapeLeavesADragAsItWas();
    void theHoverArrowDrawsAConnection();
    void aForbiddenConnectionIsRefusedWithTheReason();
    void aConnectionIsDrawnByKeyboard();
    void arrowKeysNudgeAndMergeToOneStep();
    void tabGoesThroughTheComponentsAndOut();
    void f2RenamesInPlace();
    void escapeLeavesANameAsItWas();
    void aFrameIsResizedByItsHandle();
    void aFrameIsNotMadeSmallerThanWhatLiesInIt();
    void deletingTakesTheConnectionsAlong();
    void copyAndPasteMakeNewComponentsWithTheirConnections();
    void pastingAgainLiesBesideTheLastCopy();
    void duplicateStaysInTheFrame();
    void alignAndDistribute();
    void aNoteIsWritten();
    void zoomKeepsThePointUnderThePointer();
    void fitShowsTheWholeDesign();
    void undoingEverythingIsTheInitialDesign();
    void dotsMoveOnlyWhileARunPlays();
    void aScreenReaderFindsComponentsAndConnections();

private:
    test::OwnFolders m_folders;
    QPoint at(QPointF scene) const { return m_view->mapFromScene(scene); }
    QPoint middle(const std::string& id) const { return at(m_view->canvas().rectOf(id).center()); }
    QRectF rect(const std::string& id) const { return m_view->canvas().layout().rect(id); }
    void
    move(QPoint to, Qt::KeyboardModifiers modifiers = {}, Qt::MouseButtons buttons = Qt::LeftButton) const;
    void drag(QPoint from, QPoint to, Qt::KeyboardModifiers modifiers = {}) const;
    void key(int which, Qt::KeyboardModifiers modifiers = {}) const;
    bool dragKind(const char* kind, QPointF to) const;
    void dropKind(const char* kind, QPointF to) const;

    std::unique_ptr<DesignDocument> m_document;
    std::unique_ptr<Selection> m_selection;
    std::unique_ptr<CanvasView> m_view;
};

void CanvasViewTest::init()
{
    m_document = std::make_unique<DesignDocument>();
    m_selection = std::make_unique<Selection>();
    m_view = std::make_unique<CanvasView>(*m_document, *m_selection);
    m_view->resize(1400, 800);
    m_view->show();
    QVERIFY(QTest::qWaitForWindowExposed(m_view.get()));
    m_document->newDesign(shop());
    m_view->setZoom(1);
    m_view->activateWindow();
    m_view->setFocus();
}

void CanvasViewTest::cleanup()
{
    m_view.reset();
    m_selection.reset();
    m_document.reset();
}

void CanvasViewTest::move(QPoint to, Qt::KeyboardModifiers modifiers, Qt::MouseButtons buttons) const
{
    QMouseEvent event(
        QEvent::MouseMove, to, m_view->viewport()->mapToGlobal(to), Qt::NoButton, buttons, modifiers);
    QCoreApplication::sendEvent(m_view->viewport(), &event);
}

void CanvasViewTest::drag(QPoint from, QPoint to, Qt::KeyboardModifiers modifiers) const
{
    QTest::mousePress(m_view->viewport(), Qt::LeftButton, modifiers, from);
    for (int step = 1; step <= 10; ++step) {
        move(from + (to - from) * step / 10, modifiers);
    }
    QTest::mouseRelease(m_view->viewport(), Qt::LeftButton, modifiers, to);
}

void CanvasViewTest::key(int which, Qt::KeyboardModifiers modifiers) const
{
    QTest::keyClick(m_view.get(), static_cast<Qt::Key>(which), modifiers);
}

bool CanvasViewTest::dragKind(const char* kind, QPointF to) const
{
    QMimeData data;
    data.setData(QString::fromLatin1(CanvasView::kindMimeType()), kind);
    QDragEnterEvent enter(at(to), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
    QCoreApplication::sendEvent(m_view->viewport(), &enter);
    QDragMoveEvent over(at(to), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
    QCoreApplication::sendEvent(m_view->viewport(), &over);
    return over.isAccepted();
}

void CanvasViewTest::dropKind(const char* kind, QPointF to) const
{
    QMimeData data;
    data.setData(QString::fromLatin1(CanvasView::kindMimeType()), kind);
    QDropEvent drop(to = QPointF(at(to)), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
    QCoreApplication::sendEvent(m_view->viewport(), &drop);
}

void CanvasViewTest::aKindThatIsDroppedLiesInTheFrameUnderThePointer()
{
    const QPointF place = rect("region").center() + QPointF(320, 140);
    QVERIFY(dragKind("aws.dynamodb", place));
    QVERIFY(m_view->overlay().ghost.has_value());
    dropKind("aws.dynamodb", place);
    const std::string id = m_selection->single();
    QVERIFY(!id.empty());
    QCOMPARE(m_document->design().node(id)->parent, std::string("region"));
    QVERIFY(rect(id).contains(place));
    QCOMPARE(std::fmod(rect(id).left(), 10), 0.0);
    QCOMPARE(m_document->undoStack().undoText(), QStringLiteral("Add DynamoDB table"));
}

void CanvasViewTest::aKindThatMayNotLieThereIsRefusedWithTheReason()
{
    QVERIFY(!dragKind("aws.dynamodb", rect("users").center() + QPointF(0, -150)));
    QVERIFY(m_view->overlay().bubble.has_value());
    QVERIFY(m_view->overlay().bubble->isRefusal);
    QVERIFY(m_view->overlay().bubble->text.contains(QStringLiteral("Region")));
    dropKind("aws.dynamodb", rect("users").center() + QPointF(0, -150));
    QVERIFY(!m_document->isModified());
}

void CanvasViewTest::aKindThatIsAddedByEnterFindsItsFrame()
{
    m_view->addKindAtCentre(QStringLiteral("aws.ecr"));
    QCOMPARE(m_document->design().node(m_selection->single())->parent, std::string("region"));
    m_document->newDesign({});
    m_view->addKindAtCentre(QStringLiteral("aws.ecs.fargate_service"));
    const std::string frame = m_document->design().node(m_selection->single())->parent;
    QVERIFY(!frame.empty());
    QVERIFY(m_document->design().ancestorOfKind(frame, "aws.region") != nullptr);
    QCOMPARE(m_document->undoStack().count(), 1);
}

void CanvasViewTest::aPressSelectsAndCtrlAdds()
{
    QTest::mouseClick(m_view->viewport(), Qt::LeftButton, {}, middle("alb"));
    QCOMPARE(m_selection->single(), std::string("alb"));
    QTest::mouseClick(m_view->viewport(), Qt::LeftButton, Qt::ControlModifier, middle("web"));
    QCOMPARE(m_selection->ids().size(), std::size_t(2));
    QTest::mouseClick(m_view->viewport(), Qt::LeftButton, Qt::ControlModifier, middle("alb"));
    QCOMPARE(m_selection->single(), std::string("web"));
    QTest::mouseClick(m_view->viewport(), Qt::LeftButton, {}, at(rect("users").center() + QPointF(0, 300)));
    QVERIFY(m_selection->ids().empty());
    QVERIFY(!m_document->isModified());
}

void CanvasViewTest::aRubberBandSelectsWhatLiesInIt()
{
    drag(at(rect("alb").topLeft() + QPointF(-20, -20)), at(rect("web").bottomRight() + QPointF(15, 15)));
    QCOMPARE(m_selection->ids(), (std::vector<std::string>{"alb", "web"}));
    QVERIFY(!m_document->isModified());
}

void CanvasViewTest::aDragMovesInStepsOfTheGridAsOneUndo()
{
    const QPointF before = rect("orders").topLeft();
    drag(middle("orders"), middle("orders") + QPoint(3, 164));
    QCOMPARE(rect("orders").topLeft(), before + QPointF(0, 160));
    QCOMPARE(m_document->undoStack().count(), 1);
    QCOMPARE(m_document->undoStack().undoText(), QStringLiteral("Move orders"));
    m_document->undoStack().undo();
    QCOMPARE(rect("orders").topLeft(), before);
}

void CanvasViewTest::altSuspendsSnapping()
{
    const QPointF before = rect("orders").topLeft();
    drag(middle("orders"), middle("orders") + QPoint(3, 164), Qt::AltModifier);
    QCOMPARE(rect("orders").topLeft(), before + QPointF(3, 164));
}

void CanvasViewTest::aDragSnapsToANeighbourAndShowsAGuide()
{
    m_document->push(Edit{PlaceNode{"orders", "region", {683, 300}, {}}}, QStringLiteral("Place"));
    const double wanted = rect("alb").top();
    const QPoint from = middle("orders");
    const int by = static_cast<int>(wanted - rect("orders").top()) + 4;
    QTest::mousePress(m_view->viewport(), Qt::LeftButton, {}, from);
    move(from + QPoint(0, by / 2));
    move(from + QPoint(0, by));
    QVERIFY(!m_view->overlay().guides.empty());
    QTest::mouseRelease(m_view->viewport(), Qt::LeftButton, {}, from + QPoint(0, by));
    QCOMPARE(rect("orders").top(), wanted);
    QVERIFY(m_view->overlay().guides.empty());
}

void CanvasViewTest::aDragIntoAnotherFrameChangesTheParent()
{
    const QPoint to = at(rect("vpc").bottomRight() + QPointF(150, -60));
    drag(middle("alb"), to);
    QCOMPARE(m_document->design().node("alb")->parent, std::string("region"));
    QVERIFY(rect("alb").contains(m_view->mapToScene(to)));
    QVERIFY(m_document->undoStack().undoText().contains(QStringLiteral("into")));
    m_document->undoStack().undo();
    QCOMPARE(m_document->design().node("alb")->parent, std::string("vpc"));
}

void CanvasViewTest::aDragToWhereItMayNotLieIsRefused()
{
    const QRectF before = rect("orders");
    QSignalSpy told(m_view.get(), &CanvasView::message);
    const QPoint to = at(rect("users").center() + QPointF(0, -150));
    QTest::mousePress(m_view->viewport(), Qt::LeftButton, {}, middle("orders"));
    move(middle("orders") + QPoint(-100, 0));
    move(to);
    QVERIFY(m_view->overlay().bubble.has_value());
    QCOMPARE(m_view->viewport()->cursor().shape(), Qt::ForbiddenCursor);
    QTest::mouseRelease(m_view->viewport(), Qt::LeftButton, {}, to);
    QCOMPARE(rect("orders"), before);
    QCOMPARE(m_view->canvas().rectOf("orders"), before);
    QCOMPARE(told.count(), 1);
    QVERIFY(!m_document->isModified());
}

void CanvasViewTest::escapeLeavesADragAsItWas()
{
    const QRectF before = rect("orders");
    QTest::mousePress(m_view->viewport(), Qt::LeftButton, {}, middle("orders"));
    move(middle("orders") + QPoint(0, 100));
    QVERIFY(m_view->canvas().rectOf("orders") != before);
    key(Qt::Key_Escape);
    QTest::mouseRelease(m_view->viewport(), Qt::LeftButton, {}, middle("orders"));
    QCOMPARE(m_view->canvas().rectOf("orders"), before);
    QVERIFY(!m_document->isModified());
}

void CanvasViewTest::theHoverArrowDrawsAConnection()
{
    move(middle("users"), {}, Qt::NoButton);
    QCOMPARE(m_view->overlay().connectFrom, std::string("users"));
    const QPoint arrow = at(CanvasOverlay::arrowCentre(rect("users"), Side::Right, m_view->zoom()));
    move(arrow, {}, Qt::NoButton);
    drag(arrow, middle("alb"));
    QCOMPARE(m_document->design().links.size(), std::size_t(1));
    QCOMPARE(m_document->design().links.front().from, std::string("users"));
    QCOMPARE(m_document->design().links.front().to, std::string("alb"));
    QCOMPARE(m_selection->single(), m_document->design().links.front().id);
}

void CanvasViewTest::aForbiddenConnectionIsRefusedWithTheReason()
{
    QSignalSpy told(m_view.get(), &CanvasView::message);
    move(middle("users"), {}, Qt::NoButton);
    const QPoint arrow = at(CanvasOverlay::arrowCentre(rect("users"), Side::Right, m_view->zoom()));
    QTest::mousePress(m_view->viewport(), Qt::LeftButton, {}, arrow);
    move(middle("orders"));
    QVERIFY(m_view->overlay().bubble.has_value());
    QVERIFY(m_view->overlay().bubble->isRefusal);
    QCOMPARE(m_view->viewport()->cursor().shape(), Qt::ForbiddenCursor);
    QTest::mouseRelease(m_view->viewport(), Qt::LeftButton, {}, middle("orders"));
    QVERIFY(m_document->design().links.empty());
    QCOMPARE(told.count(), 1);
}

void CanvasViewTest::aConnectionIsDrawnByKeyboard()
{
    m_selection->set({"web"});
    key(Qt::Key_L);
    QVERIFY(m_view->overlay().link.has_value());
    for (int step = 0; step < 8 && !m_view->overlay().link->end.isNull(); ++step) {
        if (rect("orders").adjusted(-1, -1, 1, 1).contains(m_view->overlay().link->end)) {
            break;
        }
        key(Qt::Key_Tab);
    }
    key(Qt::Key_Return);
    QCOMPARE(m_document->design().links.size(), std::size_t(1));
    QCOMPARE(m_document->design().links.front().to, std::string("orders"));

    m_selection->set({"users"});
    key(Qt::Key_L);
    key(Qt::Key_Escape);
    QVERIFY(!m_view->overlay().link.has_value());
    QCOMPARE(m_document->design().links.size(), std::size_t(1));
}

void CanvasViewTest::arrowKeysNudgeAndMergeToOneStep()
{
    const QPointF before = rect("orders").topLeft();
    m_selection->set({"orders"});
    key(Qt::Key_Down);
    key(Qt::Key_Down);
    key(Qt::Key_Right, Qt::ControlModifier);
    QCOMPARE(rect("orders").topLeft(), before + QPointF(1, 20));
    QCOMPARE(m_document->undoStack().count(), 1);
    m_document->undoStack().undo();
    QCOMPARE(rect("orders").topLeft(), before);
}

void CanvasViewTest::tabGoesThroughTheComponentsAndOut()
{
    std::vector<std::string> met;
    for (int i = 0; i < 6; ++i) {
        key(Qt::Key_Tab);
        met.push_back(m_selection->single());
    }
    QCOMPARE(met, m_view->canvas().layout().readingOrder());
    key(Qt::Key_Backtab, Qt::ShiftModifier);
    QCOMPARE(m_selection->single(), met[4]);
}

void CanvasViewTest::f2RenamesInPlace()
{
    m_selection->set({"web"});
    key(Qt::Key_F2);
    auto* editor = m_view->findChild<QPlainTextEdit*>(QStringLiteral("nameEditor"));
    QVERIFY(editor != nullptr);
    QTest::keyClicks(editor, QStringLiteral("storefront"));
    QTest::keyClick(editor, Qt::Key_Return);
    QTRY_COMPARE(m_document->design().node("web")->name, std::string("storefront"));
    QCOMPARE(m_document->undoStack().undoText(), QStringLiteral("Rename web to storefront"));
}

void CanvasViewTest::escapeLeavesANameAsItWas()
{
    QTest::mouseDClick(m_view->viewport(), Qt::LeftButton, {}, middle("web"));
    auto* editor = m_view->findChild<QPlainTextEdit*>(QStringLiteral("nameEditor"));
    QVERIFY(editor != nullptr);
    QTest::keyClicks(editor, QStringLiteral("other"));
    QTest::keyClick(editor, Qt::Key_Escape);
    QCoreApplication::processEvents();
    QCOMPARE(m_document->design().node("web")->name, std::string("web"));
    QVERIFY(!m_document->isModified());
}

void CanvasViewTest::aFrameIsResizedByItsHandle()
{
    m_selection->set({"region"});
    const QRectF before = rect("region");
    drag(at(before.bottomRight()), at(before.bottomRight() + QPointF(60, 40)));
    QCOMPARE(rect("region"), before.adjusted(0, 0, 60, 40));
    QCOMPARE(m_document->undoStack().undoText(), QStringLiteral("Resize region"));
    m_document->undoStack().undo();
    QCOMPARE(rect("region"), before);
}

void CanvasViewTest::aFrameIsNotMadeSmallerThanWhatLiesInIt()
{
    m_selection->set({"region"});
    drag(at(rect("region").topLeft()), at(rect("region").topLeft() + QPointF(500, 400)));
    QVERIFY(rect("region").contains(rect("vpc")));
    drag(at(rect("region").bottomRight()), at(rect("region").topLeft() + QPointF(30, 30)));
    QVERIFY(rect("region").contains(rect("orders")));
}

void CanvasViewTest::deletingTakesTheConnectionsAlong()
{
    m_document->push(Edit{AddLink{Link{"l", "users", "alb", {}}}}, QStringLiteral("Connect"));
    m_selection->set({"alb", "l"});
    key(Qt::Key_Delete);
    QVERIFY(m_document->design().node("alb") == nullptr);
    QVERIFY(m_document->design().links.empty());
    QVERIFY(m_selection->ids().empty());
    m_document->undoStack().undo();
    QVERIFY(m_document->design().link("l") != nullptr);
}

void CanvasViewTest::copyAndPasteMakeNewComponentsWithTheirConnections()
{
    m_document->push(Edit{AddLink{Link{"l", "alb", "web", {}}}}, QStringLiteral("Connect"));
    m_selection->set({"alb", "web"});
    key(Qt::Key_C, Qt::ControlModifier);
    const QMimeData* data = QGuiApplication::clipboard()->mimeData();
    QVERIFY(data->hasFormat(QString::fromLatin1(kFragmentMimeType)));
    QVERIFY(data->hasText());
    QVERIFY(data->hasImage());

    move(at(rect("vpc").center() + QPointF(0, 120)), {}, Qt::NoButton);
    key(Qt::Key_V, Qt::ControlModifier);
    QCOMPARE(m_document->design().nodes.size(), std::size_t(8));
    QCOMPARE(m_document->design().links.size(), std::size_t(2));
    const Link& copy = m_document->design().links.back();
    QVERIFY(copy.from != "alb" && copy.to != "web");
    QCOMPARE(m_document->design().node(copy.from)->parent, std::string("vpc"));
    QCOMPARE(m_selection->ids().size(), std::size_t(2));
}

void CanvasViewTest::pastingAgainLiesBesideTheLastCopy()
{
    m_selection->set({"orders"});
    m_view->copy();
    move(at(rect("orders").center() + QPointF(0, 200)), {}, Qt::NoButton);
    m_view->paste();
    const QRectF first = rect(m_selection->single());
    m_view->paste();
    QCOMPARE(rect(m_selection->single()).topLeft(), first.topLeft() + QPointF(20, 20));
}

void CanvasViewTest::duplicateStaysInTheFrame()
{
    m_selection->set({"alb"});
    key(Qt::Key_D, Qt::ControlModifier);
    const std::string copy = m_selection->single();
    QVERIFY(!copy.empty() && copy != "alb");
    QCOMPARE(m_document->design().node(copy)->parent, std::string("vpc"));
    QCOMPARE(rect(copy).topLeft(), rect("alb").topLeft() + QPointF(20, 20));
}

void CanvasViewTest::alignAndDistribute()
{
    m_document->push(Edit{PlaceNode{"web", "vpc", {240, 230}, {}}}, QStringLiteral("Place"));
    m_selection->set({"alb"});
    QVERIFY(!m_view->canAlign());
    m_selection->set({"alb", "web"});
    QVERIFY(m_view->canAlign());
    QVERIFY(!m_view->canDistribute());
    m_view->alignLeft();
    QCOMPARE(rect("web").left(), rect("alb").left());
    m_view->alignTop();
    QCOMPARE(rect("web").top(), rect("alb").top());
    QCOMPARE(m_document->undoStack().undoText(), QStringLiteral("Align 2 components"));
}

void CanvasViewTest::aNoteIsWritten()
{
    m_view->addNote();
    auto* editor = m_view->findChild<QPlainTextEdit*>(QStringLiteral("nameEditor"));
    QVERIFY(editor != nullptr);
    QTest::keyClicks(editor, QStringLiteral("Mind the gap"));
    QTest::keyClick(editor, Qt::Key_Return, Qt::ControlModifier);
    QTRY_COMPARE(m_document->design().notes.front().text, std::string("Mind the gap"));
    const Point before = m_document->design().notes.front().position;
    drag(middle("note"), middle("note") + QPoint(-200, 250));
    QVERIFY(!(m_document->design().notes.front().position == before));
    QCOMPARE(m_document->design().notes.front().text, std::string("Mind the gap"));
}

void CanvasViewTest::zoomKeepsThePointUnderThePointer()
{
    const QPoint pixel(300, 200);
    const QPointF before = m_view->mapToScene(pixel);
    QWheelEvent wheel(
        pixel, m_view->viewport()->mapToGlobal(pixel), {}, QPoint(0, 240), Qt::NoButton, Qt::ControlModifier,
        Qt::NoScrollPhase, false);
    QCoreApplication::sendEvent(m_view->viewport(), &wheel);
    QVERIFY(m_view->zoom() > 1.3);
    const QPointF drift = m_view->mapToScene(pixel) - before;
    QVERIFY(std::abs(drift.x()) < 2 && std::abs(drift.y()) < 2);
    key(Qt::Key_0, Qt::ControlModifier);
    QCOMPARE(m_view->zoom(), 1.0);
}

void CanvasViewTest::fitShowsTheWholeDesign()
{
    m_view->setZoom(3);
    m_view->fitPage();
    const QRectF seen = m_view->mapToScene(m_view->viewport()->rect()).boundingRect();
    QVERIFY(seen.contains(m_view->canvas().contentRect()));
}

void CanvasViewTest::undoingEverythingIsTheInitialDesign()
{
    const std::string before = writeDesign(m_document->design());
    dropKind("aws.ecr", rect("region").center() + QPointF(320, 140));
    drag(middle("orders"), middle("orders") + QPoint(40, 300));
    m_selection->set({"alb", "web"});
    m_view->alignLeft();
    m_view->duplicate();
    m_view->deleteSelection();
    m_view->addKindAtCentre(QStringLiteral("docker.hub"));
    m_selection->set({"users"});
    key(Qt::Key_L);
    key(Qt::Key_Return);
    QVERIFY(m_document->undoStack().count() >= 6);
    const std::string after = writeDesign(m_document->design());
    while (m_document->undoStack().canUndo()) {
        m_document->undoStack().undo();
    }
    QCOMPARE(writeDesign(m_document->design()), before);
    while (m_document->undoStack().canRedo()) {
        m_document->undoStack().redo();
    }
    QCOMPARE(writeDesign(m_document->design()), after);
}

void CanvasViewTest::dotsMoveOnlyWhileARunPlays()
{
    m_document->push(Edit{AddLink{Link{"l", "users", "alb", {}}}}, QStringLiteral("Connect"));
    auto result = std::make_shared<RunResult>();
    result->simulated = 10s;
    result->links["l"] = {500, 5, 1, 1};
    m_view->showResult(result, 10s);
    QVERIFY(!m_view->canvas().isAnimating());
    m_view->setPlaying(true);
    QVERIFY(m_view->canvas().isAnimating());
    m_view->setTrafficAnimated(false);
    QVERIFY(!m_view->canvas().isAnimating());
    m_view->setTrafficAnimated(true);
    m_view->hide();
    QVERIFY(!m_view->canvas().isAnimating());
    m_view->show();
    QVERIFY(m_view->canvas().isAnimating());
    m_view->showResult(nullptr, 0s);
    QVERIFY(!m_view->canvas().isAnimating());
}

void CanvasViewTest::aScreenReaderFindsComponentsAndConnections()
{
    m_document->push(Edit{AddLink{Link{"l", "users", "alb", {}}}}, QStringLiteral("Connect"));
    QAccessibleInterface* canvas = QAccessible::queryAccessibleInterface(m_view.get());
    QVERIFY(canvas != nullptr);
    QCOMPARE(canvas->childCount(), 7);
    QStringList names;
    for (int i = 0; i < canvas->childCount(); ++i) {
        names << canvas->child(i)->text(QAccessible::Name);
        QVERIFY(!names.back().isEmpty());
    }
    QVERIFY(names.contains(QStringLiteral("orders")));
    QVERIFY(names.contains(QStringLiteral("users sends requests to alb")));
    m_selection->set({"orders"});
    const int index = static_cast<int>(names.indexOf(QStringLiteral("orders")));
    QVERIFY(canvas->child(index)->state().selected);
}

QTEST_MAIN(CanvasViewTest)
#include "canvas_view_test.moc"
