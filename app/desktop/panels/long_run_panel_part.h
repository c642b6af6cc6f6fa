#pragma once

#include <QWidget>
#include <memory>

class QButtonGroup;
class QLabel;
class QProgressBar;
class QStackedWidget;
class QTimer;
class QToolButton;

namespace neph {

class ChartGrid;
class DesignDocument;
class EventListPanel;
class LongRun;
class RequestPanel;
class RunController;
class Selection;

/// An hour of a long run, or a part of it, request by request: its charts second by second, its requests,
/// what happened. It is shown like a run of its own, by the views of an ordinary run.
class LongRunPartView final : public QWidget {
    Q_OBJECT

public:
    LongRunPartView(
        DesignDocument& document, Selection& selection, LongRun& longRun, QWidget* parent = nullptr);
    ~LongRunPartView() override;

    /// Holds the part's result and the moment that is looked at.
    RunController& played() const { return *m_played; }
    ChartGrid& charts() const { return *m_charts; }
    RequestPanel& requests() const { return *m_requests; }
    void showPage(int index);
    bool isPlaying() const;

signals:
    void backRequested();

private:
    QWidget* makeBar();
    void takePart();
    void showState();
    void playOrPause();
    void playOn();

    LongRun& m_longRun;
    std::unique_ptr<RunController> m_played;
    QToolButton* m_back;
    QToolButton* m_play;
    QButtonGroup* m_choice;
    QLabel* m_text;
    QProgressBar* m_progress;
    QToolButton* m_cancel;
    QStackedWidget* m_pages;
    ChartGrid* m_charts;
    RequestPanel* m_requests;
    EventListPanel* m_events;
    QTimer* m_clock;  ///< While it is played back.
};

}  // namespace neph
