#include <QDockWidget>
#include <QTabWidget>

#include "app/desktop/actions.h"
#include "app/desktop/canvas/canvas_view.h"
#include "app/desktop/design_document.h"
#include "app/desktop/local/lab_controller.h"
#include "app/desktop/long_run.h"
#include "app/desktop/long_run_dialog.h"
#include "app/desktop/main_window.h"
#include "app/desktop/message_bar.h"
#include "app/desktop/panels/long_run_panel.h"

namespace neph {

namespace {

constexpr double kTimelineShare = 0.4;  ///< Of the height of the window.

}  // namespace

void MainWindow::connectLongRun()
{
    m_actions->on("run.long", this, [this] { askForLongRun(); });
    m_actions->on("run.longStop", this, [this] { m_longRun->stop(); });
    connect(m_longPanel, &LongRunPanel::startRequested, this, &MainWindow::askForLongRun);
    connect(m_longPanel, &LongRunPanel::againRequested, this, [this] { startLongRun(m_longRun->options()); });
    connect(m_longPanel, &LongRunPanel::partInSightChanged, this, &MainWindow::showLiveState);
    connect(m_longRun.get(), &LongRun::changed, this, &MainWindow::updateLongRun);
    connect(m_longRun.get(), &LongRun::progressed, this, &MainWindow::updateLongRun);
    connect(m_longRun.get(), &LongRun::failed, this, [this](const QString& reason) {
        m_messages->show(
            MessageBar::Kind::Error, reason,
            {{tr("Show problems"), [this] { m_actions->at("view.problems")->trigger(); }}}, "run");
    });
}

void MainWindow::askForLongRun()
{
    auto* dialog = new LongRunDialog(m_document->design(), m_longRun->options(), this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &QDialog::accepted, this, [this, dialog] { startLongRun(dialog->options()); });
    dialog->open();
}

void MainWindow::startLongRun(const RunOptions& options)
{
    m_messages->dismiss("run");
    m_longRun->start(m_document->design(), options);
    showResultsTab(m_results->indexOf(m_longPanel));
    const int wanted = qRound(height() * kTimelineShare);
    if (m_resultsDock->height() < wanted && dockWidgetArea(m_resultsDock) == Qt::BottomDockWidgetArea) {
        resizeDocks({m_resultsDock}, {wanted}, Qt::Vertical);  // Three charts above one another.
    }
}

/// A long run is seen from every tab: its own one says how far it is.
void MainWindow::updateLongRun()
{
    const RunProgress& progress = m_longRun->progress();
    const double share =
        progress.horizon > Duration(0) ? seconds(progress.simulated) / seconds(progress.horizon) : 0;
    m_results->setTabText(
        m_results->indexOf(m_longPanel),
        m_longRun->isRunning() ? tr("Long run (%1 %)").arg(static_cast<int>(100 * share)) : tr("Long run"));
    m_actions->at("run.longStop")->setEnabled(m_longRun->isRunning());
}

/// The canvas shows the ordinary run, or the part of a long one while that is looked at.
void MainWindow::showLiveState()
{
    const RunController& shown = m_longPanel->partInSight() != nullptr ? *m_longPanel->partInSight() : *m_run;
    if (shown.result() == nullptr && m_lab->isUp() && m_lab->simulated() && m_lab->measured()) {
        // Nothing else is played: what is predicted for this moment stands beside what is real.
        m_canvas->showResult(m_lab->simulated(), m_lab->measured()->simulated);
        return;
    }
    m_canvas->showResult(shown.result(), shown.viewTime());
}

}  // namespace neph
