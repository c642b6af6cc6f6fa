#include <QApplication>
#include <QCloseEvent>
#include <QDockWidget>
#include <QDragEnterEvent>
#include <QFileDialog>
#include <QFileInfo>
#include <QMenu>
#include <QMessageBox>
#include <QMimeData>
#include <QStackedWidget>
#include <QTimer>
#include <algorithm>
#include <utility>

#include "app/desktop/actions.h"
#include "app/desktop/canvas/canvas_view.h"
#include "app/desktop/design_document.h"
#include "app/desktop/journal.h"
#include "app/desktop/long_run.h"
#include "app/desktop/main_window.h"
#include "app/desktop/message_bar.h"
#include "app/desktop/panels/timeline.h"
#include "app/desktop/panels/transport_bar.h"
#include "app/desktop/selection.h"
#include "app/desktop/start_page.h"

namespace neph {

namespace {

const char* const kSuffix = "nepho";

QString filter()
{
    return QObject::tr("Nephoscope designs (*.nepho);;All files (*)");
}

/// The one design file that is dragged; empty if it is anything else.
QString draggedFile(const QMimeData* data)
{
    const QList<QUrl> urls = data->urls();
    const QString file = urls.size() == 1 ? urls.front().toLocalFile() : QString();
    return QFileInfo(file).suffix() == QLatin1String(kSuffix) ? file : QString();
}

}  // namespace

void MainWindow::connectFiles()
{
    m_actions->on("file.new", this, [this] { showStartPage(); });
    m_actions->on("file.open", this, [this] { chooseFile(); });
    m_actions->on("file.save", this, [this] { save(); });
    m_actions->on("file.saveAs", this, [this] { saveAs(); });
    m_actions->on("file.quit", this, [this] { close(); });
    connect(m_recentMenu, &QMenu::aboutToShow, this, &MainWindow::fillRecentMenu);
    connect(m_start, &StartPage::openRequested, this, &MainWindow::chooseFile);
    connect(m_start, &StartPage::fileChosen, this, &MainWindow::openFile);
    connect(m_start, &StartPage::backRequested, this, &MainWindow::showCanvas);
    connect(m_start, &StartPage::templateChosen, this, [this](const Design& design) {
        if (mayLeave()) {
            takeDesign(design);
        }
    });
    connect(m_document.get(), &DesignDocument::reset, this, [this] {
        m_selection->clear();
        m_run->clear();
        m_longRun->clear();
        m_messages->dismiss("outdated");
        m_transport->timeline().setPlannedLength(fromSeconds(m_document->design().runSeconds));
    });
    connect(m_document.get(), &DesignDocument::changedOnDisk, this, [this] {
        m_messages->show(
            MessageBar::Kind::Warning, tr("Another program has changed this file."),
            {{tr("Open it again"), [this] { openFile(m_document->file()); }}, {tr("Keep mine"), {}}}, "disk");
    });
    // Whoever logs out or shuts down is not asked; what was drawn is recovered at the next start.
    const auto keep = [this] { m_document->keepJournal(); };
    connect(qApp, &QGuiApplication::commitDataRequest, this, keep, Qt::DirectConnection);
    connect(qApp, &QCoreApplication::aboutToQuit, this, keep);
    m_transport->timeline().setPlannedLength(fromSeconds(m_document->design().runSeconds));
    fillRecentMenu();
}

bool MainWindow::mayLeave()
{
    if (!m_document->isModified()) {
        return true;
    }
    QMessageBox box(
        QMessageBox::Warning, tr("Unsaved changes"),
        tr("Save the changes to \"%1\" before it is closed?").arg(m_document->title()),
        QMessageBox::Save | QMessageBox::Discard | QMessageBox::Cancel, this);
    box.setInformativeText(tr("Without saving they are lost."));
    box.setDefaultButton(QMessageBox::Save);
    switch (box.exec()) {
    case QMessageBox::Save:
        return save();
    case QMessageBox::Discard:
        return true;
    default:
        return false;
    }
}

bool MainWindow::save()
{
    if (m_document->file().isEmpty()) {
        return saveAs();
    }
    if (!m_document->save(m_document->file())) {
        return false;
    }
    m_settings.addRecentFile(m_document->file());
    return true;
}

bool MainWindow::saveAs()
{
    const QString proposal =
        m_document->file().isEmpty() ? m_document->title() + '.' + kSuffix : m_document->file();
    QString file = QFileDialog::getSaveFileName(this, tr("Save the design"), proposal, filter());
    if (file.isEmpty()) {
        return false;
    }
    if (QFileInfo(file).suffix().isEmpty()) {
        file += QLatin1Char('.') + QLatin1String(kSuffix);
    }
    if (!m_document->save(file)) {
        return false;
    }
    m_settings.addRecentFile(file);
    return true;
}

void MainWindow::chooseFile()
{
    const QString near =
        m_document->file().isEmpty() ? m_settings.recentFiles().value(0) : m_document->file();
    const QString file =
        QFileDialog::getOpenFileName(this, tr("Open a design"), QFileInfo(near).absolutePath(), filter());
    if (!file.isEmpty()) {
        openFile(file);
    }
}

bool MainWindow::openFile(const QString& file)
{
    if (!mayLeave() || !m_document->open(file)) {
        return false;
    }
    m_settings.addRecentFile(file);
    showCanvas();
    m_canvas->fitPage();
    return true;
}

bool MainWindow::openTemplate(const QString& stem)
{
    for (Template& one : readTemplates()) {
        if (one.stem == stem) {
            takeDesign(one.design);
            return true;
        }
    }
    m_messages->show(MessageBar::Kind::Warning, tr("There is no template called \"%1\".").arg(stem));
    return false;
}

void MainWindow::takeDesign(const Design& design)
{
    m_document->newDesign(design);
    showCanvas();
    m_canvas->fitPage();
}

void MainWindow::showStartPage()
{
    m_start->setRecentFiles(m_settings.recentFiles());
    m_start->setCanGoBack(!m_document->design().nodes.empty());
    m_centre->setCurrentWidget(m_start);
    // Nothing is open that they could show; they come back with the drawing.
    for (QDockWidget* dock : {m_paletteDock, m_inspectorDock, m_resultsDock}) {
        if (!dock->isHidden()) {
            dock->hide();
            m_putAside.append(dock);
        }
    }
    m_start->focusTemplates();
    updateCommands();
    updateTitle();
}

void MainWindow::showCanvas()
{
    if (m_centre->currentWidget() != m_canvas) {
        m_centre->setCurrentWidget(m_canvas);
        for (QDockWidget* dock : std::exchange(m_putAside, {})) {
            dock->show();
        }
        QTimer::singleShot(0, this, &MainWindow::keepRoomForCanvas);
        m_canvas->setFocus(Qt::OtherFocusReason);
        updateCommands();
        updateTitle();
    }
}

void MainWindow::fillRecentMenu()
{
    m_recentMenu->clear();
    const QStringList files = m_settings.recentFiles();
    for (const QString& file : files) {
        QAction* action = m_recentMenu->addAction(QFileInfo(file).fileName());
        action->setToolTip(file);
        action->setStatusTip(file);
        if (QFileInfo::exists(file)) {
            connect(action, &QAction::triggered, this, [this, file] { openFile(file); });
        } else {
            action->setEnabled(false);
            action->setText(tr("%1 (gone)").arg(QFileInfo(file).fileName()));
        }
    }
    const bool anyGone =
        std::any_of(files.begin(), files.end(), [](const QString& file) { return !QFileInfo::exists(file); });
    if (anyGone) {
        m_recentMenu->addSeparator();
        connect(
            m_recentMenu->addAction(tr("Forget those that are gone")), &QAction::triggered, this,
            [this, files] {
                for (const QString& file : files) {
                    if (!QFileInfo::exists(file)) {
                        m_settings.removeRecentFile(file);
                    }
                }
            });
    }
    if (files.isEmpty()) {
        m_recentMenu->addAction(tr("No designs yet"))->setEnabled(false);
    }
}

void MainWindow::offerRecovery()
{
    offerJournal(0);
}

void MainWindow::offerJournal(std::size_t index)
{
    const std::vector<Journal::Orphan> orphans = Journal::orphans();
    if (index >= orphans.size()) {
        return;
    }
    const Journal::Orphan& orphan = orphans[index];
    const QString name = orphan.name.isEmpty() ? tr("a design without a name") : orphan.name;
    const QString changes = orphan.edits == 1 ? tr("1 change") : tr("%1 changes").arg(orphan.edits);
    const QString when = QLocale().toString(orphan.changed, QLocale::ShortFormat);
    m_messages->show(
        MessageBar::Kind::Warning,
        tr("Nephoscope ended unexpectedly. %1 to \"%2\" of %3 can be recovered.").arg(changes, name, when),
        {{tr("Recover"),
          [this, path = orphan.path] {
              if (mayLeave() && m_document->recover(path)) {
                  showCanvas();
                  m_canvas->fitPage();
              }
          }},
         {tr("Discard"),
          [this, path = orphan.path, index] {
              Journal::discard(path);
              offerJournal(index);
          }},
         {tr("Later"), [this, index] { offerJournal(index + 1); }}},
        "recovery");
}

void MainWindow::closeEvent(QCloseEvent* event)
{
    if (!mayLeave() || !mayLeaveLab()) {
        event->ignore();
        return;
    }
    m_run->stop();
    m_longRun->stop();
    // Saved, or given up in answer to the question above.
    m_document->discardJournal();
    showCanvas();
    m_settings.setWindow(saveGeometry(), saveState(kLayoutVersion));
    event->accept();
}

void MainWindow::dragEnterEvent(QDragEnterEvent* event)
{
    if (!draggedFile(event->mimeData()).isEmpty()) {
        event->acceptProposedAction();
    }
}

void MainWindow::dropEvent(QDropEvent* event)
{
    const QString file = draggedFile(event->mimeData());
    if (!file.isEmpty()) {
        event->acceptProposedAction();
        openFile(file);
    }
}

}  // namespace neph
