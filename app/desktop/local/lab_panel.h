#pragma once

#include <QWidget>

#include "app/desktop/local/lab_controller.h"

class QButtonGroup;
class QComboBox;
class QLabel;
class QPlainTextEdit;
class QProgressBar;
class QPushButton;
class QStackedWidget;
class QTableWidget;
class QToolButton;
class QVBoxLayout;

namespace neph {

class ComparisonView;
class DesignDocument;
class ElidedLabel;

/// "For real": what runs on this machine, how to reach it, what it says, and how it compares.
class LabPanel final : public QWidget {
    Q_OBJECT

public:
    LabPanel(DesignDocument& document, LabController& lab, QWidget* parent = nullptr);

    enum Page { LivePage, ComparisonPage, LogPage };
    void showPage(Page page);
    QString stateText() const;
    QTableWidget& tasks() const { return *m_tasks; }
    ComparisonView& comparisonView() const { return *m_comparison; }
    /// The words to type for each endpoint, in the order in which they stand there.
    QStringList endpointWords() const;

signals:
    void startRequested();  ///< "Run for real…"
    void stopRequested();   ///< "Stop and clean up"

protected:
    void changeEvent(QEvent* event) override;

private:
    QWidget* makeEmpty();
    QWidget* makeWhole();
    QWidget* makeBar();
    QWidget* makeLive();
    QWidget* makeLogs();
    void takeState();
    void takeMeasured();
    void showTasks();
    void showEndpoints();
    void showComparison();
    void takeContainers(const QList<QPair<QString, QString>>& containers);
    void takeLog(const QString& container, const QString& text);
    void refreshLogs();
    void saveJson();
    QString runningText() const;
    QString endText() const;

    DesignDocument& m_document;
    LabController& m_lab;
    QStackedWidget* m_whole;  ///< Owned by the widget tree, like all below.
    QWidget* m_empty = nullptr;
    QWidget* m_shown = nullptr;
    QStackedWidget* m_pages;
    QButtonGroup* m_choices;
    ElidedLabel* m_text;
    QProgressBar* m_progress;
    QPushButton* m_stop;
    QPushButton* m_again;
    QPushButton* m_save;
    QTableWidget* m_tasks;
    QVBoxLayout* m_endpoints = nullptr;
    QLabel* m_noEndpoints = nullptr;
    ComparisonView* m_comparison;
    QComboBox* m_containers;
    QPlainTextEdit* m_log;
    QToolButton* m_refresh;
    std::map<std::string, std::string> m_shownEndpoints;
    QString m_failure;  ///< Why the last run ended; empty: as it should.
};

}  // namespace neph
