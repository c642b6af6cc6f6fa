#include <QTest>
#include <memory>

#include "app/desktop/canvas/canvas_view.h"
#include "app/desktop/canvas/minimap.h"
#include "app/desktop/design_document.h"
#include "app/desktop/selection.h"
#include "tests/desktop/own_folders.h"

using namespace neph;

/// The overview in the corner of the canvas.
class MinimapTest final : public QObject {
    Q_OBJECT

private slots:
    void init()
    {
        m_document = std::make_unique<DesignDocument>();
        m_selection = std::make_unique<Selection>();
        m_view = std::make_unique<CanvasView>(*m_document, *m_selection);
        m_view->resize(800, 500);
        m_view->show();
        QVERIFY(QTest::qWaitForWindowExposed(m_view.get()));
        Design design;
        for (const auto& [id, x] : {std::pair("west", 0.0), std::pair("east", 3000.0)}) {
            Node node;
            node.id = id;
            node.kind = "users";
            node.name = id;
            node.position = {x, 0};
            design.nodes.push_back(node);
        }
        m_document->newDesign(design);
    }
    void cleanup()
    {
        m_document->discardJournal();
        m_view.reset();
    }

    void isHiddenWhileTheWholeDrawingIsSeen()
    {
        m_view->fitPage();
        QVERIFY(!map().isVisible());
        m_view->setZoom(1);
        QVERIFY(map().isVisible());
        m_view->fitPage();
        QVERIFY(!map().isVisible());
    }

    void goesWhereItIsClicked()
    {
        m_view->setZoom(1);
        QTest::mouseClick(&map(), Qt::LeftButton, {}, QPoint(8, map().height() / 2));
        QVERIFY(isSeen("west"));
        QVERIFY(!isSeen("east"));
        QTest::mouseClick(&map(), Qt::LeftButton, {}, QPoint(map().width() - 8, map().height() / 2));
        QVERIFY(isSeen("east"));
        QVERIFY(!isSeen("west"));
    }

private:
    test::OwnFolders m_folders;
    Minimap& map() const { return *m_view->findChild<Minimap*>(); }
    bool isSeen(const std::string& id) const
    {
        const QRectF seen = m_view->mapToScene(m_view->viewport()->rect()).boundingRect();
        return seen.intersects(m_view->canvas().layout().rect(id));
    }

    std::unique_ptr<DesignDocument> m_document;
    std::unique_ptr<Selection> m_selection;
    std::unique_ptr<CanvasView> m_view;
};

QTEST_MAIN(MinimapTest)
#include "minimap_test.moc"
