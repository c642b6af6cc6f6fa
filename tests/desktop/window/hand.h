#pragma once

#include <QApplication>
#include <QElapsedTimer>
#include <QTest>
#include <QTimer>
#include <QTreeWidget>
#include <QWindow>
#include <functional>
#include <memory>

#include "app/desktop/canvas/canvas_overlay.h"
#include "app/desktop/canvas/canvas_view.h"
#include "app/desktop/design_document.h"
#include "app/desktop/main_window.h"
#include "app/desktop/panels/palette_panel.h"
#include "tests/desktop/window/window_fixture.h"

namespace neph::test {

/// A hand at the mouse. Its events enter where those of the window system do, so that the program finds the
/// widget, starts drags and delivers drops as for a person.
class Hand {
public:
    explicit Hand(MainWindow& window) : m_window(window) {}

    /// Where a point of a widget lies in the window.
    QPoint at(const QWidget& widget, QPoint point) const { return widget.mapTo(&m_window, point); }
    /// The middle of what the canvas shows of a component.
    QPoint middle(const std::string& id) const
    {
        const CanvasView& canvas = m_window.canvas();
        return at(*canvas.viewport(), canvas.mapFromScene(canvas.canvas().rectOf(id).center()));
    }

    void move(QPoint to) const { QTest::mouseMove(m_window.windowHandle(), to); }
    void press(QPoint where) const { QTest::mousePress(m_window.windowHandle(), Qt::LeftButton, {}, where); }
    void release(QPoint where) const
    {
        QTest::mouseRelease(m_window.windowHandle(), Qt::LeftButton, {}, where);
    }
    void click(const QWidget& widget) const
    {
        const QPoint where = at(widget, widget.rect().center());
        move(where);
        press(where);
        release(where);
    }

    /// Drags with the button down. A drag from the palette keeps its caller in a loop of its own until the
    /// button is released, so each step is a timer's.
    void drag(QPoint from, QPoint to) const
    {
        move(from);
        press(from);
        const auto isDone = std::make_shared<bool>(false);
        walk(from, to, 1, isDone);
        QElapsedTimer patience;
        patience.start();
        while (!*isDone && patience.elapsed() < 10'000) {
            QTest::qWait(kStepMs);
        }
        QTest::qWait(kStepMs);
    }

    /// Takes a component from the palette, by the name that stands there, to a point of the canvas.
    bool dragFromPalette(const QString& name, QPoint to) const
    {
        QTreeWidget& list = m_window.palettePanel().list();
        const QList<QTreeWidgetItem*> found = list.findItems(name, Qt::MatchExactly | Qt::MatchRecursive);
        if (found.isEmpty()) {
            return false;
        }
        list.scrollToItem(found.front());
        const QPoint from = list.visualItemRect(found.front()).center();
        const std::size_t before = m_window.document().design().nodes.size();
        if (QGuiApplication::platformName() == "offscreen") {
            // No window system, so nothing carries the drag: only its end is played.
            const QByteArray kind = found.front()->data(0, Qt::UserRole).toString().toUtf8();
            dropKind(m_window.canvas(), kind.constData(), to);
        } else {
            drag(at(*list.viewport(), from), at(*m_window.canvas().viewport(), to));
        }
        return m_window.document().design().nodes.size() > before;
    }

    /// Connects two components by the arrow that comes up beside the first.
    void connectByArrow(const std::string& from, const std::string& to) const
    {
        const CanvasView& canvas = m_window.canvas();
        move(middle(from));
        const QPointF arrow =
            CanvasOverlay::arrowCentre(canvas.canvas().rectOf(from), Side::Right, canvas.zoom());
        const QPoint grip = at(*canvas.viewport(), canvas.mapFromScene(arrow));
        move(grip);
        drag(grip, middle(to));
    }

private:
    static constexpr int kSteps = 12;
    static constexpr int kStepMs = 15;

    void walk(QPoint from, QPoint to, int step, const std::shared_ptr<bool>& isDone) const
    {
        if (step > kSteps) {
            release(to);
            *isDone = true;
            return;
        }
        // The next step first: this one may not return before the drag is over.
        QTimer::singleShot(kStepMs, &m_window, [=, hand = *this] { hand.walk(from, to, step + 1, isDone); });
        move(from + (to - from) * step / kSteps);
    }

    MainWindow& m_window;
};

/// Does `what` with the dialog that opens next, as soon as it is there.
inline void answerDialog(const std::function<void(QWidget&)>& what)
{
    QTimer::singleShot(50, qApp, [what] {
        if (QWidget* dialog = QApplication::activeModalWidget()) {
            what(*dialog);
        } else {
            answerDialog(what);
        }
    });
}

}  // namespace neph::test
