#pragma once

#include <QWidget>

class QLabel;
class QProgressBar;
class QPushButton;
class QStackedWidget;
class QToolButton;

namespace neph {

class DesignDocument;
class LongRun;
class LongRunFigures;
class LongRunPartView;
class MonthTimeline;
class RunController;
class Selection;

/// A run over days and weeks: its timeline and headline figures with their errors, and the hour that is
/// opened from it.
class LongRunPanel final : public QWidget {
    Q_OBJECT

public:
    LongRunPanel(DesignDocument& document, Selection& selection, LongRun& longRun, QWidget* parent = nullptr);

    MonthTimeline& timeline() const { return *m_timeline; }
    /// The part that is in sight, as a run of its own; nullptr: none is.
    RunController* partInSight() const;
    LongRunPartView* partView() const { return m_part; }  ///< nullptr before the first part.
    QString stateText() const;
    bool showsStale() const;

signals:
    void startRequested();  ///< Ask how long, then start.
    void againRequested();  ///< The same for the drawing as it is now.
    void partInSightChanged();

protected:
    void showEvent(QShowEvent* event) override;
    void hideEvent(QHideEvent* event) override;

private:
    QWidget* makeEmpty();
    QWidget* makeMonth();
    QWidget* makeBar();
    void takeAnswer();
    void takePart();
    void showState();
    void showStale();
    void showMenu(const QPoint& globalPosition);
    void saveCsv();

    DesignDocument& m_document;
    Selection& m_selection;
    LongRun& m_longRun;
    QStackedWidget* m_pages;
    QWidget* m_empty = nullptr;
    QWidget* m_month = nullptr;
    LongRunFigures* m_figures;
    MonthTimeline* m_timeline;
    LongRunPartView* m_part = nullptr;
    QLabel* m_text;
    QLabel* m_stale;
    QToolButton* m_again;
    QProgressBar* m_progress;
    QToolButton* m_stop;
    QToolButton* m_new;
    QToolButton* m_save;
};

}  // namespace neph
