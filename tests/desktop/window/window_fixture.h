#pragma once

#include <QApplication>
#include <QDir>
#include <QDragEnterEvent>
#include <QDropEvent>
#include <QMimeData>
#include <QTest>

#include "app/desktop/canvas/canvas_view.h"
#include "app/desktop/design_document.h"
#include "app/desktop/journal.h"
#include "app/desktop/main_window.h"
#include "app/desktop/theme.h"
#include "tests/desktop/own_folders.h"

namespace neph::test {

/// What a window finds around it: folders of the test's own, and the light theme.
class Surroundings {
public:
    Surroundings() { theme::apply("light"); }
    QString path(const QString& name) const { return m_folders.path(name); }

private:
    OwnFolders m_folders;
};

inline void showAndWait(QWidget& window)
{
    window.resize(1280, 800);
    window.show();
    QVERIFY(QTest::qWaitForWindowExposed(&window));
    window.activateWindow();
    QTest::qWait(50);
}

/// Drops a kind on the canvas as the palette's drag does.
inline void dropKind(CanvasView& canvas, const char* kind, QPoint at)
{
    QMimeData data;
    data.setData(CanvasView::kindMimeType(), kind);
    QDragEnterEvent enter(at, Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
    QApplication::sendEvent(canvas.viewport(), &enter);
    QDragMoveEvent move(at, Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
    QApplication::sendEvent(canvas.viewport(), &move);
    QDropEvent drop(at, Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
    QApplication::sendEvent(canvas.viewport(), &drop);
}

inline const Node* nodeOfKind(const Design& design, const std::string& kind)
{
    for (const Node& node : design.nodes) {
        if (node.kind == kind) {
            return &node;
        }
    }
    return nullptr;
}

}  // namespace neph::test
