#include <QDockWidget>
#include <QMessageBox>
#include <QPushButton>
#include <QTabWidget>

#include "app/desktop/actions.h"
#include "app/desktop/canvas/canvas_view.h"
#include "app/desktop/design_document.h"
#include "app/desktop/local/design_trust.h"
#include "app/desktop/local/lab_controller.h"
#include "app/desktop/local/lab_dialog.h"
#include "app/desktop/local/lab_panel.h"
#include "app/desktop/local/lab_words.h"
#include "app/desktop/main_window.h"
#include "app/desktop/message_bar.h"

namespace neph {

namespace {

constexpr double kLabShare = 0.4;  ///< Of the height of the window.

}  // namespace

void MainWindow::connectLab()
{
    m_actions->on("run.real", this, [this] { askForLab(); });
    m_actions->on("run.realStop", this, [this] { stopLab(); });
    connect(m_labPanel, &LabPanel::startRequested, this, &MainWindow::askForLab);
    connect(m_labPanel, &LabPanel::stopRequested, this, &MainWindow::stopLab);
    connect(m_lab.get(), &LabController::stateChanged, this, &MainWindow::updateLab);
    connect(m_lab.get(), &LabController::measuredChanged, this, &MainWindow::showReal);
    connect(m_document.get(), &DesignDocument::reset, this, &MainWindow::showReal);
    connect(m_lab.get(), &LabController::ended, this, [this] {
        if (m_isLeaving) {
            close();
        }
    });
    connect(m_lab.get(), &LabController::failed, this, [this](const QString& reason) {
        if (findChild<LabDialog*>() == nullptr) {  // Else it says so itself.
            m_messages->show(MessageBar::Kind::Error, reason, {}, "lab");
        }
    });
}

/// One dialog at a time; it stands beside the window and blocks nothing.
void MainWindow::askForLab()
{
    if (m_lab->isUp()) {
        showResultsTab(m_results->indexOf(m_labPanel));
        return;
    }
    auto* dialog = findChild<LabDialog*>();
    if (dialog == nullptr) {
        m_messages->dismiss("lab");
        dialog = new LabDialog(*m_document, *m_trust, *m_lab, this);
        connect(dialog, &QDialog::accepted, this, &MainWindow::showLab);
        dialog->show();
    }
    dialog->raise();
    dialog->activateWindow();
}

void MainWindow::showLab()
{
    showResultsTab(m_results->indexOf(m_labPanel));
    const int wanted = qRound(height() * kLabShare);
    if (m_resultsDock->height() < wanted && dockWidgetArea(m_resultsDock) == Qt::BottomDockWidgetArea) {
        resizeDocks({m_resultsDock}, {wanted}, Qt::Vertical);  // Charts and tables side by side.
    }
}

void MainWindow::stopLab()
{
    if (m_lab->isComparing()) {
        QMessageBox box(
            QMessageBox::Question, tr("Stop and clean up"),
            tr("The comparison is not done yet. Stop all the same?"), QMessageBox::NoButton, this);
        box.setInformativeText(tr("The tables will hold what was measured up to now. The longer it runs, the "
                                  "less is left to chance."));
        QPushButton* stop = box.addButton(tr("Stop and clean up"), QMessageBox::DestructiveRole);
        box.setDefaultButton(box.addButton(tr("Go on"), QMessageBox::RejectRole));
        box.exec();
        if (box.clickedButton() != stop) {
            return;
        }
    }
    m_lab->stop();
}

void MainWindow::updateLab()
{
    const LabController::State state = m_lab->state();
    const bool canStop = state == LabController::State::SettingUp || state == LabController::State::Running;
    m_actions->at("run.realStop")->setEnabled(canStop);
    m_results->setTabText(
        m_results->indexOf(m_labPanel), m_lab->isUp() ? tr("For real (up)") : tr("For real"));
    updateCommands();
    showReal();
}

void MainWindow::showReal()
{
    const auto measured = m_lab->measured();
    const bool isShown = m_lab->isUp() && measured && m_lab->design().name == m_document->design().name;
    m_canvas->showReal(
        isShown ? realTexts(m_lab->offer().plan, *measured) : std::map<std::string, QString>());
    showLiveState();
}

/// Asks once; then the window stays until all is gone, and closes itself.
bool MainWindow::mayLeaveLab()
{
    if (!m_lab->isUp()) {
        return true;
    }
    if (!m_isLeaving) {
        QMessageBox box(
            QMessageBox::Question, tr("Something runs for real"),
            tr("\"%1\" runs for real on this machine. Stop it and quit?")
                .arg(QString::fromStdString(m_lab->design().name)),
            QMessageBox::NoButton, this);
        box.setInformativeText(tr("Its containers are removed first; that takes some seconds."));
        QPushButton* quit = box.addButton(tr("Stop and quit"), QMessageBox::AcceptRole);
        box.setDefaultButton(quit);
        box.addButton(tr("Cancel"), QMessageBox::RejectRole);
        box.exec();
        if (box.clickedButton() != quit) {
            return false;
        }
        if (!m_lab->isUp()) {
            return true;  // It came to its end while the question stood there.
        }
        m_isLeaving = true;
        m_lab->stop();
        m_messages->show(MessageBar::Kind::Warning, tr("Cleaning up, then Nephoscope closes."), {}, "lab");
    }
    return false;
}

}  // namespace neph
