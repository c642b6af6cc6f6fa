#include <QActionGroup>
#include <QDockWidget>
#include <QLabel>
#include <QMenuBar>
#include <QScreen>
#include <QStackedWidget>
#include <QStatusBar>
#include <QTabBar>
#include <QTabWidget>
#include <QToolBar>
#include <QToolButton>
#include <QUndoStack>
#include <QVBoxLayout>
#include <QWhatsThis>

#include "app/desktop/actions.h"
#include "app/desktop/canvas/canvas_view.h"
#include "app/desktop/charts/charts_panel.h"
#include "app/desktop/design_document.h"
#include "app/desktop/local/lab_panel.h"
#include "app/desktop/main_window.h"
#include "app/desktop/message_bar.h"
#include "app/desktop/panels/bill_panel.h"
#include "app/desktop/panels/event_list_panel.h"
#include "app/desktop/panels/inspector_panel.h"
#include "app/desktop/panels/long_run_panel.h"
#include "app/desktop/panels/palette_panel.h"
#include "app/desktop/panels/problems_panel.h"
#include "app/desktop/panels/request_panel.h"
#include "app/desktop/panels/transport_bar.h"
#include "app/desktop/selection.h"
#include "app/desktop/start_page.h"
#include "app/desktop/theme.h"

namespace neph {

namespace {

constexpr int kPaletteWidth = 232;
constexpr int kInspectorWidth = 336;
constexpr double kResultsShare = 0.32;  ///< Of the height of the window.
constexpr int kLeastResults = 170;
constexpr double kCanvasShare = 0.5;  ///< The results make way until the drawing has that much.

QDockWidget* makeDock(const QString& title, const char* name, QWidget* content, QMainWindow* window)
{
    auto* dock = new QDockWidget(title, window);
    dock->setObjectName(QString::fromLatin1(name));
    dock->setFeatures(QDockWidget::DockWidgetClosable | QDockWidget::DockWidgetMovable);
    dock->setWidget(content);
    return dock;
}

}  // namespace

void MainWindow::buildCentre()
{
    auto* centre = new QWidget(this);
    auto* column = new QVBoxLayout(centre);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    m_messages = new MessageBar(centre);
    m_centre = new QStackedWidget(centre);
    m_canvas = new CanvasView(*m_document, *m_selection, m_centre);
    m_canvas->setAccessibleName(tr("Canvas"));
    m_start = new StartPage(m_centre);
    m_centre->addWidget(m_canvas);
    m_centre->addWidget(m_start);
    column->addWidget(m_messages);
    column->addWidget(m_centre, 1);
    setCentralWidget(centre);
}

void MainWindow::buildDocks()
{
    m_palette = new PalettePanel(m_document->catalog(), this);
    m_paletteDock = makeDock(tr("Components"), "paletteDock", m_palette, this);
    addDockWidget(Qt::LeftDockWidgetArea, m_paletteDock);

    m_inspector = new InspectorPanel(*m_document, *m_selection, *m_run, this);
    m_inspectorDock = makeDock(tr("Inspector"), "inspectorDock", m_inspector, this);
    addDockWidget(Qt::RightDockWidgetArea, m_inspectorDock);
    QList<QAction*> common;
    for (const char* id :
         {"edit.duplicate", "edit.delete", "arrange.left", "arrange.centre", "arrange.right", "arrange.top",
          "arrange.middle", "arrange.bottom", "arrange.horizontal", "arrange.vertical"}) {
        common.append(m_actions->at(id));
    }
    m_inspector->setCommonActions(common);

    m_results = new QTabWidget(this);
    m_results->setDocumentMode(true);
    m_results->setMinimumHeight(kLeastResults);  // What has less room than it would like scrolls.
    m_results->setAccessibleName(tr("Results"));
    m_results->tabBar()->setAccessibleName(tr("Results"));
    m_problems = new ProblemsPanel(*m_document, *m_selection, m_results);
    m_results->addTab(new ChartsPanel(*m_document, *m_selection, *m_run, m_results), tr("Charts"));
    m_results->addTab(new EventListPanel(*m_document, *m_selection, *m_run, m_results), tr("Events"));
    m_results->addTab(new RequestPanel(*m_document, *m_selection, *m_run, m_results), tr("Requests"));
    m_results->addTab(new BillPanel(*m_document, *m_selection, *m_run, m_results), tr("Bill"));
    m_results->addTab(m_problems, tr("Problems"));
    m_longPanel = new LongRunPanel(*m_document, *m_selection, *m_longRun, m_results);
    m_results->addTab(m_longPanel, tr("Long run"));
    m_labPanel = new LabPanel(*m_document, *m_lab, m_results);
    m_results->addTab(m_labPanel, tr("For real"));
    m_resultsDock = makeDock(tr("Results"), "resultsDock", m_results, this);
    m_resultsDock->setTitleBarWidget(new QWidget(m_resultsDock));
    addDockWidget(Qt::BottomDockWidgetArea, m_resultsDock);
    setCorner(Qt::BottomLeftCorner, Qt::BottomDockWidgetArea);
    setCorner(Qt::BottomRightCorner, Qt::RightDockWidgetArea);
}

void MainWindow::buildToolBars()
{
    auto* bar = new QToolBar(tr("Tools"), this);
    bar->setObjectName("toolBar");
    bar->setMovable(false);
    for (const char* id : {"file.new",       "file.open",          "file.save", "",
                           "edit.undo",      "edit.redo",          "",          "edit.connect",
                           "edit.duplicate", "edit.delete",        "",          "arrange.left",
                           "arrange.top",    "arrange.horizontal", "",          "view.zoomOut",
                           "view.zoomIn",    "view.fit",           "view.grid", "",
                           "help.commands"}) {
        if (*id == '\0') {
            bar->addSeparator();
        } else if (!m_actions->at(id)->icon().isNull()) {
            bar->addAction(m_actions->at(id));
            bar->widgetForAction(m_actions->at(id))->setAccessibleName(m_actions->at(id)->text().remove('&'));
            bar->widgetForAction(m_actions->at(id))->setFocusPolicy(Qt::TabFocus);
        }
    }
    addToolBar(Qt::TopToolBarArea, bar);

    m_transport = new TransportBar(*m_actions, *m_run, this);
    auto* player = new QToolBar(tr("Transport"), this);
    player->setObjectName("transport");
    player->setMovable(false);
    player->toggleViewAction()->setVisible(false);
    player->addWidget(m_transport);
    addToolBar(Qt::BottomToolBarArea, player);
}

void MainWindow::buildStatusBar()
{
    m_problemsButton = new QToolButton(this);
    m_problemsButton->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    m_problemsButton->setToolTip(tr("Show what is wrong with the design"));
    m_problemsButton->setIconSize(QSize(14, 14));
    m_selectionText = new QLabel(this);
    m_timeText = new QLabel(this);
    m_speedText = new QLabel(this);
    m_eventsText = new QLabel(this);
    m_zoomButton = new QToolButton(this);
    m_zoomButton->setText(tr("100 %"));
    m_zoomButton->setToolTip(tr("Zoom: click for 100 %"));
    m_zoomButton->setAccessibleName(tr("Zoom: back to 100 %"));
    connect(m_zoomButton, &QToolButton::clicked, m_actions->at("view.zoomReset"), &QAction::trigger);
    statusBar()->setSizeGripEnabled(false);
    const std::pair<QWidget*, QString> parts[] = {
        {m_problemsButton, {}},
        {m_selectionText, tr("Selection")},
        {m_timeText, tr("Simulated time")},
        {m_speedText, tr("Speed")},
        {m_eventsText, tr("Events per second")},
        {m_zoomButton, {}},
    };
    for (const auto& [widget, name] : parts) {
        if (!name.isEmpty()) {
            widget->setToolTip(name);
            widget->setAccessibleName(name);
            widget->setContentsMargins(6, 0, 6, 0);
        }
        statusBar()->addPermanentWidget(widget);
    }
    connect(m_canvas, &CanvasView::message, this, [this](const QString& sentence) {
        statusBar()->showMessage(sentence, 8000);
    });
}

void MainWindow::buildMenus()
{
    m_actions->fill(*menuBar());
    m_recentMenu = new QMenu(this);
    m_actions->at("file.recent")->setMenu(m_recentMenu);
    m_faultMenu = new QMenu(this);
    m_actions->at("run.fault")->setMenu(m_faultMenu);
    m_transport->setFaultMenu(m_faultMenu);
    QMenu* view = m_actions->menu(tr("View"));
    view->addSeparator();
    view->addAction(m_paletteDock->toggleViewAction());
    view->addAction(m_inspectorDock->toggleViewAction());
    view->addAction(m_resultsDock->toggleViewAction());
    m_actions->at("file.quit")->setMenuRole(QAction::QuitRole);
    m_actions->at("help.about")->setMenuRole(QAction::AboutRole);
}

void MainWindow::connectEdit()
{
    using Slot = void (CanvasView::*)();
    const std::pair<const char*, Slot> targets[] = {
        {"edit.cut", &CanvasView::cut},
        {"edit.copy", &CanvasView::copy},
        {"edit.paste", &CanvasView::paste},
        {"edit.duplicate", &CanvasView::duplicate},
        {"edit.delete", &CanvasView::deleteSelection},
        {"edit.selectAll", &CanvasView::selectAll},
        {"edit.rename", &CanvasView::renameSelected},
        {"edit.connect", &CanvasView::startLink},
        {"edit.note", &CanvasView::addNote},
        {"view.zoomIn", &CanvasView::zoomIn},
        {"view.zoomOut", &CanvasView::zoomOut},
        {"view.zoomReset", &CanvasView::resetZoom},
        {"view.fit", &CanvasView::fitPage},
        {"view.fitSelection", &CanvasView::fitSelection},
    };
    for (const auto& [id, slot] : targets) {
        connect(m_actions->at(id), &QAction::triggered, m_canvas, slot);
    }
    connect(m_actions->at("edit.connect"), &QAction::triggered, m_canvas, [this] { m_canvas->setFocus(); });
    m_actions->on("edit.undo", this, [this] { m_document->undoStack().undo(); });
    m_actions->on("edit.redo", this, [this] { m_document->undoStack().redo(); });
}

void MainWindow::connectArrange()
{
    using Slot = void (CanvasView::*)();
    const std::pair<const char*, Slot> targets[] = {
        {"arrange.left", &CanvasView::alignLeft},
        {"arrange.centre", &CanvasView::alignCentre},
        {"arrange.right", &CanvasView::alignRight},
        {"arrange.top", &CanvasView::alignTop},
        {"arrange.middle", &CanvasView::alignMiddle},
        {"arrange.bottom", &CanvasView::alignBottom},
        {"arrange.horizontal", &CanvasView::distributeHorizontally},
        {"arrange.vertical", &CanvasView::distributeVertically},
    };
    for (const auto& [id, slot] : targets) {
        connect(m_actions->at(id), &QAction::triggered, m_canvas, slot);
    }
}

void MainWindow::connectView()
{
    auto* appearances = new QActionGroup(this);
    const std::pair<const char*, const char*> kinds[] = {
        {"view.system", "system"}, {"view.light", "light"}, {"view.dark", "dark"}};
    for (const auto& [id, name] : kinds) {
        QAction* action = appearances->addAction(m_actions->at(id));
        action->setChecked(m_settings.appearance() == QLatin1String(name));
        m_actions->on(
            id, this, [this, appearance = QString::fromLatin1(name)] { setAppearance(appearance); });
    }
    QAction* grid = m_actions->at("view.grid");
    QAction* snap = m_actions->at("view.snap");
    QAction* animate = m_actions->at("view.animate");
    connect(grid, &QAction::toggled, m_canvas, &CanvasView::setGridVisible);
    connect(snap, &QAction::toggled, m_canvas, &CanvasView::setSnapping);
    connect(animate, &QAction::toggled, m_canvas, &CanvasView::setTrafficAnimated);
    connect(animate, &QAction::toggled, this, [this](bool on) { m_settings.setAnimations(on); });
    grid->setChecked(true);
    snap->setChecked(true);
    m_canvas->setTrafficAnimated(m_settings.hasAnimations());
    animate->setChecked(m_settings.hasAnimations());
    m_actions->on("view.palette", this, [this] {
        m_paletteDock->show();
        m_palette->focusSearch();
    });
    m_actions->on(
        "view.canvas", this, [this] { m_centre->currentWidget()->setFocus(Qt::ShortcutFocusReason); });
    m_actions->on("view.inspector", this, [this] {
        m_inspectorDock->show();
        m_inspector->focusFirstField();
    });
    const char* const tabs[] = {"view.charts",   "view.events", "view.requests", "view.bill",
                                "view.problems", "view.long",   "view.real"};
    for (int index = 0; index < static_cast<int>(std::size(tabs)); ++index) {
        m_actions->on(tabs[index], this, [this, index] { showResultsTab(index); });
    }
    m_actions->on("help.whatsThis", this, [] { QWhatsThis::enterWhatsThisMode(); });
}

void MainWindow::keepRoomForCanvas()
{
    const int missing = qRound(height() * kCanvasShare) - m_centre->height();
    if (missing > 0 && m_resultsDock->isVisible() &&
        dockWidgetArea(m_resultsDock) == Qt::BottomDockWidgetArea) {
        resizeDocks({m_resultsDock}, {m_resultsDock->height() - missing}, Qt::Vertical);
    }
}

void MainWindow::restoreLayout()
{
    resize(QSize(1440, 900).boundedTo(screen()->availableSize()));
    resizeDocks({m_paletteDock, m_inspectorDock}, {kPaletteWidth, kInspectorWidth}, Qt::Horizontal);
    resizeDocks({m_resultsDock}, {qRound(height() * kResultsShare)}, Qt::Vertical);
    restoreGeometry(m_settings.windowGeometry());
    restoreState(m_settings.windowState(), kLayoutVersion);
}

}  // namespace neph
