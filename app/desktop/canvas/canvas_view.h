#pragma once

#include <QGraphicsView>
#include <QPointer>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "app/desktop/canvas/arrange.h"
#include "app/desktop/canvas/canvas_overlay.h"
#include "app/desktop/canvas/canvas_scene.h"
#include "app/desktop/canvas/component_drop.h"
#include "sim/base/units.h"
#include "sim/metrics/run_result.h"

class QMimeData;

namespace neph {

class DesignDocument;
class Gesture;
class LinkGesture;
class Minimap;
class NameEditor;
class Selection;

/// The drawing: shows a design, takes every way of editing it by mouse and keyboard, and shows a run.
///
/// It holds no design of its own: each change is pushed to the document and comes back as its signal. The
/// slots are the actions of menus and toolbars; all of them do nothing where they do not apply, and the can…
/// questions, asked again after commandsChanged(), say when that is.
class CanvasView final : public QGraphicsView {
    Q_OBJECT

public:
    CanvasView(DesignDocument& document, Selection& selection, QWidget* parent = nullptr);
    ~CanvasView() override;

    CanvasScene& canvas() const { return *m_scene; }
    const CanvasOverlay& overlay() const { return m_overlay; }

    /// MIME type of a palette entry that is dragged here; its data is the kind's id.
    static const char* kindMimeType() { return "application/x-nephoscope-kind"; }

    bool hasSelection() const;  ///< Delete, cut, copy, duplicate.
    bool canPaste() const;
    bool canRename() const;      ///< Exactly one component or note is selected.
    bool canStartLink() const;   ///< Exactly one component is selected, and its kind has links.
    bool canAlign() const;       ///< At least two components.
    bool canDistribute() const;  ///< At least three components.
    double zoom() const;         ///< 1: one scene unit is one pixel.

public slots:
    void zoomIn();
    void zoomOut();
    void resetZoom();
    void setZoom(double factor);
    void fitPage();
    void fitSelection();

    void cut();
    void copy();
    void paste();
    void duplicate();
    void deleteSelection();
    void selectAll();
    void selectNext();      ///< In reading order; Tab.
    void selectPrevious();  ///< Shift+Tab.
    void renameSelected();  ///< Opens the editor on the name; F2.
    void startLink();       ///< Connects by keyboard: Tab chooses, Enter connects, Esc leaves; L.
    void addNote();         ///< In the centre of what is visible.
    /// Adds a component where it fits best: in the selected frame, or the nearest that accepts it, with the
    /// frames that it needs.
    void addKindAtCentre(const QString& kindId);

    void alignLeft() { arrange(Arrange::Left); }
    void alignCentre() { arrange(Arrange::Centre); }
    void alignRight() { arrange(Arrange::Right); }
    void alignTop() { arrange(Arrange::Top); }
    void alignMiddle() { arrange(Arrange::Middle); }
    void alignBottom() { arrange(Arrange::Bottom); }
    void distributeHorizontally() { arrange(Arrange::SpreadHorizontally); }
    void distributeVertically() { arrange(Arrange::SpreadVertically); }

    void setGridVisible(bool visible);
    void setSnapping(bool snap) { m_snaps = snap; }
    /// Off: the dots on the links become arrows with rates.
    void setTrafficAnimated(bool animated);
    /// The dots move only while a run plays.
    void setPlaying(bool playing);
    /// Shows the state of a run at that moment; nullptr: no run.
    void showResult(std::shared_ptr<const RunResult> result, neph::Time at);
    /// What components do for real, by id; empty: nothing runs for real.
    void showReal(const std::map<std::string, QString>& real);
    /// Brings a component, link or note into view.
    void reveal(const std::string& id);

signals:
    void zoomChanged(double factor);
    void commandsChanged();                 ///< Ask the can… questions again.
    void message(const QString& sentence);  ///< For the status bar: what a key would do, why it was refused.
    void
    contextMenuRequested(const std::string& id, const QPoint& globalPosition);  ///< Empty id: the canvas.

protected:
    bool focusNextPrevChild(bool next) override;
    void keyPressEvent(QKeyEvent* event) override;
    void keyReleaseEvent(QKeyEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dragMoveEvent(QDragMoveEvent* event) override;
    void dragLeaveEvent(QDragLeaveEvent* event) override;
    void dropEvent(QDropEvent* event) override;
    void drawBackground(QPainter* painter, const QRectF& rect) override;
    void drawForeground(QPainter* painter, const QRectF& rect) override;
    void changeEvent(QEvent* event) override;
    void showEvent(QShowEvent* event) override;
    void hideEvent(QHideEvent* event) override;
    bool viewportEvent(QEvent* event) override;

private:
    /// A press that is not yet a click or a drag.
    struct Press {
        QPoint pixel;
        QPointF at;
        CanvasScene::Hit hit;
        bool adds = false;         ///< Ctrl or Shift was down.
        bool wasSelected = false;  ///< A click will take it out of the selection, or leave only it.
    };

    // Mouse (canvas_view_mouse.cpp).
    void press(QMouseEvent& event);
    void beginDrag();
    void click();
    void hover(QPointF at);
    void pan(QPoint to);
    void showCursor(QPointF at);
    DropPlan planOf(const QMimeData& dragged, QPointF at) const;

    // Gestures (canvas_view.cpp).
    void begin(std::unique_ptr<Gesture> gesture);
    void finishGesture(QPointF at, Qt::KeyboardModifiers modifiers);
    void cancelGesture();
    LinkGesture* linkGesture() const;
    void refuse(const QString& reason);
    void showHandles();
    void step(int by);

    // Actions (canvas_view_actions.cpp).
    std::vector<std::string> selectedNodes() const;
    void zoomAt(double factor, QPointF fixed);
    void fit(const QRectF& rect);
    void nudge(QPointF by);
    void arrange(Arrange how);
    void pasteFragment(
        const Design& fragment, QPointF shift, const std::vector<std::string>& frames, const QString& text);
    void removeSelection(const QString& verb);
    QImage pictureOf(const std::vector<std::string>& ids);
    void openEditor(const std::string& id);
    void closeEditor(bool taken);
    bool linkKey(int key);
    bool actionKey(QKeyEvent& event);
    void drawHint(QPainter& painter);
    QPointF centre() const;

    DesignDocument& m_document;
    Selection& m_selection;
    std::unique_ptr<CanvasScene> m_scene;
    Minimap* m_minimap;  ///< Owned by the widget tree.
    CanvasOverlay m_overlay;
    std::unique_ptr<Gesture> m_gesture;
    bool m_isKeyboardLink = false;
    std::optional<Press> m_press;
    std::optional<QPoint> m_panFrom;
    bool m_isSpaceDown = false;
    QPointF m_pointer;  ///< Where the pointer was last, in the scene.
    bool m_isPointerInside = false;
    std::optional<QPointF> m_lastPaste;
    int m_pastesThere = 0;
    QPointer<NameEditor> m_editor;
    bool m_showsGrid = true;
    bool m_snaps = true;
};

}  // namespace neph
