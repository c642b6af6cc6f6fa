#include "app/desktop/main_window.h"

#include <QActionGroup>
#include <QCloseEvent>
#include <QCoreApplication>
#include <QDockWidget>
#include <QLabel>
#include <QMenu>
#include <QMessageBox>
#include <QResizeEvent>
#include <QStackedWidget>
#include <QTabWidget>
#include <QTimer>
#include <QToolButton>
#include <QUndoStack>

#include "app/desktop/actions.h"
#include "app/desktop/canvas/canvas_view.h"
#include "app/desktop/command_palette.h"
#include "app/desktop/design_document.h"
#include "app/desktop/local/design_trust.h"
#include "app/desktop/local/lab_controller.h"
#include "app/desktop/local/lab_panel.h"
#include "app/desktop/long_run.h"
#include "app/desktop/message_bar.h"
#include "app/desktop/panels/inspector_panel.h"
#include "app/desktop/panels/long_run_panel.h"
#include "app/desktop/panels/palette_panel.h"
#include "app/desktop/panels/problems_panel.h"
#include "app/desktop/panels/transport_bar.h"
#include "app/desktop/selection.h"
#include "app/desktop/start_page.h"
#include "app/desktop/theme.h"

namespace neph {

MainWindow::MainWindow(RunController::Starter starter, QWidget* parent)
    : QMainWindow(parent), m_document(std::make_unique<DesignDocument>()),
      m_selection(std::make_unique<Selection>()), m_run(std::make_unique<RunController>(std::move(starter))),
      m_longRun(std::make_unique<LongRun>()), m_trust(std::make_unique<DesignTrust>(*m_document)),
      m_lab(std::make_unique<LabController>()), m_actions(new Actions(this))
{
    setObjectName("mainWindow");
    setAcceptDrops(true);
    setWindowIcon(theme::kindIcon("nephoscope"));
    setDockOptions(QMainWindow::AnimatedDocks | QMainWindow::AllowTabbedDocks);
    buildCentre();
    buildDocks();
    buildToolBars();
    buildStatusBar();
    buildMenus();
    connectParts();
    connectEdit();
    connectView();
    connectArrange();
    connectFiles();
    connectRun();
    connectLongRun();
    connectLab();
    restoreLayout();
    updateCommands();
    updateTitle();
    updateProblems();
    updateSelectionText();
    updateRunState();
    updateLongRun();
    updateLab();
    showStartPage();
}

MainWindow::~MainWindow()
{
    // The views listen to those below; they go first.
    m_run->disconnect();
    m_longRun->disconnect();
    m_longPanel->disconnect();
    m_lab->disconnect();
    m_trust->disconnect();
    m_document->disconnect();
    m_document->undoStack().disconnect();
    m_selection->disconnect();
    delete takeCentralWidget();
    delete m_paletteDock;
    delete m_inspectorDock;
    delete m_resultsDock;
    delete m_transport;
}

void MainWindow::connectParts()
{
    connect(m_palette, &PalettePanel::chosen, this, [this](const QString& kind) {
        showCanvas();
        m_canvas->addKindAtCentre(kind);
    });
    connect(m_selection.get(), &Selection::revealRequested, this, [this](const std::string& id) {
        showCanvas();
        m_canvas->reveal(id);
    });
    connect(m_selection.get(), &Selection::changed, this, &MainWindow::updateSelectionText);
    connect(m_selection.get(), &Selection::changed, this, &MainWindow::updateCommands);
    connect(m_canvas, &CanvasView::commandsChanged, this, &MainWindow::updateCommands);
    connect(m_canvas, &CanvasView::contextMenuRequested, this, &MainWindow::showContextMenu);
    connect(m_canvas, &CanvasView::zoomChanged, this, [this](double factor) {
        m_zoomButton->setText(tr("%1 %").arg(qRound(factor * 100)));
    });
    connect(m_document.get(), &DesignDocument::refused, this, [this](const QString& reason) {
        m_messages->show(MessageBar::Kind::Warning, reason);
    });
    connect(m_document.get(), &DesignDocument::fileChanged, this, &MainWindow::updateTitle);
    connect(m_document.get(), &DesignDocument::reset, this, &MainWindow::updateTitle);
    connect(m_document.get(), &DesignDocument::changed, this, &MainWindow::updateTitle);
    connect(m_problems, &ProblemsPanel::countChanged, this, &MainWindow::updateProblems);
    connect(m_problemsButton, &QToolButton::clicked, this, [this] {
        showResultsTab(m_results->indexOf(m_problems));
    });
    connect(&m_document->undoStack(), &QUndoStack::indexChanged, this, &MainWindow::updateCommands);
    connect(&m_document->undoStack(), &QUndoStack::cleanChanged, this, &MainWindow::updateTitle);
    m_actions->on("help.commands", this, [this] { showCommandPalette(); });
    m_actions->on("help.about", this, [this] { showAbout(); });
}

void MainWindow::updateCommands()
{
    const auto enable = [this](const char* id, bool on) { m_actions->at(id)->setEnabled(on); };
    const bool drawing = m_centre->currentWidget() == m_canvas;
    const QUndoStack& undo = m_document->undoStack();
    enable("edit.undo", undo.canUndo());
    enable("edit.redo", undo.canRedo());
    m_actions->at("edit.undo")->setText(undo.canUndo() ? tr("&Undo: %1").arg(undo.undoText()) : tr("&Undo"));
    m_actions->at("edit.redo")->setText(undo.canRedo() ? tr("&Redo: %1").arg(undo.redoText()) : tr("&Redo"));
    for (const char* id : {"edit.cut", "edit.copy", "edit.duplicate", "edit.delete", "view.fitSelection"}) {
        enable(id, drawing && m_canvas->hasSelection());
    }
    enable("edit.paste", drawing && m_canvas->canPaste());
    enable("edit.rename", drawing && m_canvas->canRename());
    enable("edit.connect", drawing && m_canvas->canStartLink());
    for (const char* id :
         {"arrange.left", "arrange.centre", "arrange.right", "arrange.top", "arrange.middle",
          "arrange.bottom"}) {
        enable(id, drawing && m_canvas->canAlign());
    }
    for (const char* id : {"arrange.horizontal", "arrange.vertical"}) {
        enable(id, drawing && m_canvas->canDistribute());
    }
    for (const char* id :
         {"edit.selectAll", "edit.note", "view.zoomIn", "view.zoomOut", "view.zoomReset", "view.fit",
          "file.save", "file.saveAs"}) {
        enable(id, drawing);
    }
    enable("run.real", drawing && !m_lab->isUp());
}

void MainWindow::updateTitle()
{
    const bool drawing = m_centre->currentWidget() == m_canvas;
    setWindowTitle(drawing ? tr("%1[*] – Nephoscope").arg(m_document->title()) : tr("Nephoscope[*]"));
    setWindowModified(drawing && m_document->isModified());
    setWindowFilePath(m_document->file());
}

void MainWindow::updateProblems()
{
    const int count = m_problems->count();
    const bool bad = m_problems->errorCount() > 0;
    const QString text = count == 0 ? tr("No problems") : tr("%n problem(s)", nullptr, count);
    m_problemsButton->setText(count == 1 ? tr("1 problem") : count > 1 ? tr("%1 problems").arg(count) : text);
    m_problemsButton->setIcon(theme::uiIcon(
        bad ? "error" : "warning", bad         ? theme::failure()
                                   : count > 0 ? theme::warning()
                                               : theme::mutedText()));
    m_problemsButton->setVisible(count > 0);
    m_problemsButton->setAccessibleName(m_problemsButton->text());
    m_results->setTabText(
        m_results->indexOf(m_problems), count == 0 ? tr("Problems") : tr("Problems (%1)").arg(count));
}

void MainWindow::updateSelectionText()
{
    const std::vector<std::string>& ids = m_selection->ids();
    QString text;
    if (ids.size() == 1) {
        const Node* node = m_document->design().node(ids.front());
        text = node != nullptr ? QString::fromStdString(node->name) : tr("1 link");
    } else if (ids.size() > 1) {
        text = tr("%1 selected").arg(ids.size());
    }
    m_selectionText->setText(text);
    m_selectionText->setVisible(!text.isEmpty());
}

void MainWindow::setAppearance(const QString& appearance)
{
    m_settings.setAppearance(appearance);
    theme::apply(appearance);
}

void MainWindow::showResultsTab(int index)
{
    m_resultsDock->show();
    m_results->setCurrentIndex(index);
    m_results->currentWidget()->setFocus(Qt::ShortcutFocusReason);
    if (!m_results->currentWidget()->hasFocus()) {
        m_results->setFocus(Qt::ShortcutFocusReason);
    }
}

void MainWindow::showCommandPalette()
{
    CommandPalette(m_actions->all(), this).exec();
}

void MainWindow::showAbout()
{
    QMessageBox::about(
        this, tr("About Nephoscope"),
        tr("<h3>Nephoscope %1</h3><p>Draw a cloud architecture and watch it live.</p>"
           "<p>Free software under the GNU General Public License, version 3 or later. Uses Qt and "
           "QCustomPlot.</p>")
            .arg(QCoreApplication::applicationVersion()));
}

void MainWindow::showContextMenu(const std::string& id, const QPoint& globalPosition)
{
    QMenu menu(this);
    if (id.empty()) {
        for (const char* name : {"edit.paste", "edit.selectAll", "edit.note"}) {
            menu.addAction(m_actions->at(name));
        }
        menu.addSeparator();
        menu.addAction(m_actions->at("view.fit"));
    } else {
        for (const char* name :
             {"edit.connect", "edit.rename", "edit.cut", "edit.copy", "edit.duplicate", "edit.delete"}) {
            menu.addAction(m_actions->at(name));
        }
        menu.addSeparator();
        fillFaultMenu(*menu.addMenu(theme::uiIcon("fault"), tr("Inject a fault")), id);
    }
    menu.exec(globalPosition);
}

void MainWindow::changeEvent(QEvent* event)
{
    if (event->type() == QEvent::PaletteChange && m_problemsButton != nullptr) {
        updateProblems();
    }
    QMainWindow::changeEvent(event);
}

void MainWindow::resizeEvent(QResizeEvent* event)
{
    QMainWindow::resizeEvent(event);
    // Only where room is lost: who has made the results large keeps them so.
    if (event->size().height() < event->oldSize().height()) {
        QTimer::singleShot(0, this, &MainWindow::keepRoomForCanvas);
    }
}

}  // namespace neph
