#pragma once

#include <QGraphicsView>
#include <memory>
#include <string>

#include "sim/base/units.h"
#include "sim/metrics/run_result.h"

namespace neph {

class CanvasScene;
class DesignDocument;
class Gesture;
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

    /// MIME type of a palette entry that is dragged here; its data is the kind's id.
    static const char* kindMimeType() { return "application/x-nephoscope-kind"; }

    bool hasSelection() const;  ///< Delete, cut, copy, duplicate.
    bool canPaste() const;
    bool canRename() const;      ///< Exactly one component is selected.
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

    void alignLeft();
    void alignCentre();
    void alignRight();
    void alignTop();
    void alignMiddle();
    void alignBottom();
    void distributeHorizontally();
    void distributeVertically();

    void setGridVisible(bool visible);
    void setSnapping(bool snap);
    /// Off: the dots on the links become arrows with rates.
    void setTrafficAnimated(bool animated);
    /// The dots move only while a run plays.
    void setPlaying(bool playing);
    /// Shows the state of a run at that moment; nullptr: no run.
    void showResult(std::shared_ptr<const RunResult> result, neph::Time at);
    /// Brings a component, link or note into view.
    void reveal(const std::string& id);

signals:
    void zoomChanged(double factor);
    void commandsChanged();  ///< Ask the can… questions again.
    void
    message(const QString& sentence);  ///< For the status bar: what a click would do, why it was refused.
    void
    contextMenuRequested(const std::string& id, const QPoint& globalPosition);  ///< Empty id: the canvas.
};

}  // namespace neph
