#pragma once

#include <QWidget>
#include <vector>

#include "sim/base/units.h"
#include "sim/metrics/run_result.h"

namespace neph {

class RunController;

/// The run from its start to its horizon: how far it is, where things happened, and the moment that is looked
/// at. The playhead is dragged, or moved by arrow keys (with Ctrl: from event to event); End goes back to the
/// present.
class Timeline final : public QWidget {
    Q_OBJECT

public:
    explicit Timeline(RunController& run, QWidget* parent = nullptr);

    /// Length shown before a run says how long it is.
    void setPlannedLength(Duration length);
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

    /// Place of a moment in the widget, and back.
    double xOf(Time at) const;
    Time timeAt(double x) const;

protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    bool event(QEvent* event) override;

private:
    /// What happened within one pixel: the worst of it, and where in the log it begins.
    struct Mark {
        int x = 0;
        EventLevel level = EventLevel::Info;
    };

    void takeResult();
    void collectMarks();
    void paintTicks(QPainter& painter) const;
    void paintTrack(QPainter& painter) const;
    void paintPlayhead(QPainter& painter) const;
    void scrubTo(double x);
    void jumpToEvent(bool forward);
    QString tipAt(double x) const;
    Duration length() const;
    Time simulated() const;

    RunController& m_run;
    Duration m_planned{0};
    std::vector<Mark> m_marks;
    bool m_hovered = false;
};

}  // namespace neph
