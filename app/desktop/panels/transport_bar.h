#pragma once

#include <QWidget>

class QComboBox;
class QLabel;
class QMenu;
class QToolButton;

namespace neph {

class Actions;
class RunController;
class Timeline;

/// Play, pause, stop, steps, speed, and the timeline. Always in sight below the canvas.
class TransportBar final : public QWidget {
    Q_OBJECT

public:
    TransportBar(Actions& actions, RunController& run, QWidget* parent = nullptr);

    Timeline& timeline() const { return *m_timeline; }
    QComboBox& speedBox() const { return *m_speed; }
    /// What the fault button opens.
    void setFaultMenu(QMenu* menu);

public slots:
    void faster();
    void slower();

private:
    QToolButton* addButton(QAction* action);
    void buildSpeed();
    void showTime();
    void showSpeed();

    RunController& m_run;
    QComboBox* m_speed;
    Timeline* m_timeline;
    QLabel* m_time;
    QLabel* m_length;
    QToolButton* m_live;
    QToolButton* m_fault;
};

/// "×1", "×3,600 (1 h/s)", "as fast as possible".
QString speedText(double speed);

}  // namespace neph
