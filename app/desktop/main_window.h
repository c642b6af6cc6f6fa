#pragma once

#include <QMainWindow>
#include <memory>
#include <string>

#include "app/desktop/run_controller.h"
#include "app/desktop/settings.h"

class QDockWidget;
class QLabel;
class QMenu;
class QStackedWidget;
class QTabWidget;
class QToolButton;

namespace neph {

class Actions;
class CanvasView;
class DesignDocument;
class DesignTrust;
class InspectorPanel;
class LabController;
class LabPanel;
class LongRun;
class LongRunPanel;
class MessageBar;
class PalettePanel;
class ProblemsPanel;
class Selection;
class StartPage;
class TransportBar;

/// The window: one document, its canvas, and what stands around it. It connects parts and holds no logic of
/// theirs: files in main_window_files.cpp, playing in main_window_run.cpp, construction in
/// main_window_build.cpp.
class MainWindow final : public QMainWindow {
    Q_OBJECT

public:
    explicit MainWindow(RunController::Starter starter = &LiveRun::start, QWidget* parent = nullptr);
    ~MainWindow() override;

    DesignDocument& document() const { return *m_document; }
    Selection& selection() const { return *m_selection; }
    RunController& run() const { return *m_run; }
    CanvasView& canvas() const { return *m_canvas; }
    PalettePanel& palettePanel() const { return *m_palette; }
    InspectorPanel& inspector() const { return *m_inspector; }
    TransportBar& transport() const { return *m_transport; }
    MessageBar& messages() const { return *m_messages; }
    LongRun& longRun() const { return *m_longRun; }
    LongRunPanel& longRunPanel() const { return *m_longPanel; }
    LabController& lab() const { return *m_lab; }
    LabPanel& labPanel() const { return *m_labPanel; }
    DesignTrust& trust() const { return *m_trust; }
    QTabWidget& results() const { return *m_results; }
    Actions& actions() const { return *m_actions; }

    /// Opens a file; asks first where unsaved changes would be lost. False: it was refused or called off.
    bool openFile(const QString& file);
    /// Starts afresh from a template by its stem ("starter"); false where there is none of that name.
    bool openTemplate(const QString& stem);
    void showStartPage();
    /// Offers what a crashed session left behind, in the message bar.
    void offerRecovery();

protected:
    void closeEvent(QCloseEvent* event) override;
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dropEvent(QDropEvent* event) override;
    void changeEvent(QEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    // Raised when the docks change, so that an old layout is not put onto new ones.
    static constexpr int kLayoutVersion = 1;

    // main_window_build.cpp
    void buildCentre();
    void buildDocks();
    void buildToolBars();
    void buildStatusBar();
    void buildMenus();
    void connectEdit();
    void connectView();
    void connectArrange();
    void restoreLayout();
    void keepRoomForCanvas();

    // main_window.cpp
    void connectParts();
    void updateCommands();
    void updateTitle();
    void updateProblems();
    void updateSelectionText();
    void setAppearance(const QString& appearance);
    void showResultsTab(int index);
    void showCommandPalette();
    void showAbout();
    void showContextMenu(const std::string& id, const QPoint& globalPosition);

    // main_window_files.cpp
    void connectFiles();
    bool mayLeave();
    bool save();
    bool saveAs();
    void chooseFile();
    void fillRecentMenu();
    void takeDesign(const Design& design);
    void showCanvas();
    void offerJournal(std::size_t index);

    // main_window_run.cpp
    void connectRun();
    void playOrPause();
    void playAnew();
    void updateRunState();
    void updateRunFigures();
    void updateOutdated();
    void fillFaultMenu(QMenu& menu, const std::string& id);
    void injectFault(const std::string& kind, const std::string& id);

    // main_window_long.cpp
    void connectLongRun();
    void askForLongRun();
    void startLongRun(const RunOptions& options);
    void updateLongRun();
    void showLiveState();

    // main_window_lab.cpp
    void connectLab();
    void askForLab();
    void showLab();
    void stopLab();
    void updateLab();
    void showReal();
    bool mayLeaveLab();

    Settings m_settings;
    std::unique_ptr<DesignDocument> m_document;
    std::unique_ptr<Selection> m_selection;
    std::unique_ptr<RunController> m_run;
    std::unique_ptr<LongRun> m_longRun;
    std::unique_ptr<DesignTrust> m_trust;
    std::unique_ptr<LabController> m_lab;
    bool m_isLeaving = false;  ///< Closes as soon as nothing runs for real any more.

    // Owned by the widget tree.
    Actions* m_actions;
    CanvasView* m_canvas = nullptr;
    StartPage* m_start = nullptr;
    QStackedWidget* m_centre = nullptr;
    MessageBar* m_messages = nullptr;
    PalettePanel* m_palette = nullptr;
    InspectorPanel* m_inspector = nullptr;
    ProblemsPanel* m_problems = nullptr;
    LongRunPanel* m_longPanel = nullptr;
    LabPanel* m_labPanel = nullptr;
    TransportBar* m_transport = nullptr;
    QTabWidget* m_results = nullptr;
    QDockWidget* m_paletteDock = nullptr;
    QDockWidget* m_inspectorDock = nullptr;
    QDockWidget* m_resultsDock = nullptr;
    QList<QDockWidget*> m_putAside;  ///< Docks that the start page has hidden.
    QMenu* m_recentMenu = nullptr;
    QMenu* m_faultMenu = nullptr;
    QToolButton* m_problemsButton = nullptr;
    QLabel* m_selectionText = nullptr;
    QLabel* m_timeText = nullptr;
    QLabel* m_speedText = nullptr;
    QLabel* m_eventsText = nullptr;
    QToolButton* m_zoomButton = nullptr;
};

}  // namespace neph
