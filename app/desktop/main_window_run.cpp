#include <QDialog>
#include <QDialogButtonBox>
#include <QLabel>
#include <QMenu>
#include <QPushButton>
#include <QVBoxLayout>

#include "app/desktop/actions.h"
#include "app/desktop/canvas/canvas_view.h"
#include "app/desktop/charts/value_text.h"
#include "app/desktop/design_document.h"
#include "app/desktop/main_window.h"
#include "app/desktop/message_bar.h"
#include "app/desktop/panels/inspector_panel_faults.h"
#include "app/desktop/panels/inspector_panel_row.h"
#include "app/desktop/panels/inspector_panel_section.h"
#include "app/desktop/panels/timeline.h"
#include "app/desktop/panels/transport_bar.h"
#include "app/desktop/selection.h"
#include "app/desktop/theme.h"

namespace neph {

namespace {

constexpr double kDefaultFaultSeconds = 300;

/// Asks for the figures of a fault. False: called off.
bool askForFault(const FaultKind& kind, const QString& whom, FaultSpec& fault, QWidget* parent)
{
    QDialog dialog(parent);
    dialog.setWindowTitle(QObject::tr("%1: %2").arg(kind.label, whom));
    auto* column = new QVBoxLayout(&dialog);
    column->setSpacing(10);
    column->addWidget(mutedLabel(kind.help, &dialog));
    std::vector<PropertySpec> specs = kind.properties;
    if (kind.lasts) {
        PropertySpec length;
        length.key = "for";
        length.label = QObject::tr("For").toStdString();
        length.type = PropertyType::TimeSpan;
        length.unit = "s";
        length.fallback = kDefaultFaultSeconds;
        length.min = 1;
        length.help = QObject::tr("Simulated time until it is over.").toStdString();
        length.source = "model";
        specs.push_back(length);
    }
    for (const PropertySpec& spec : specs) {
        fault.properties[spec.key] = spec.fallback;
        auto* row = new PropertyRow(spec, &dialog);
        row->show(spec.fallback, {});
        column->addWidget(row);
        QObject::connect(row, &PropertyRow::committed, &dialog, [&fault, row](const Value& value) {
            fault.properties[row->spec().key] = value.is_null() ? row->spec().fallback : value;
            row->show(fault.properties[row->spec().key], {});
        });
    }
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Ok | QDialogButtonBox::Cancel, &dialog);
    buttons->button(QDialogButtonBox::Ok)->setText(QObject::tr("Inject now"));
    column->addWidget(buttons);
    QObject::connect(buttons, &QDialogButtonBox::accepted, &dialog, &QDialog::accept);
    QObject::connect(buttons, &QDialogButtonBox::rejected, &dialog, &QDialog::reject);
    dialog.setMinimumWidth(360);
    return dialog.exec() == QDialog::Accepted;
}

}  // namespace

void MainWindow::connectRun()
{
    m_actions->on("run.play", this, [this] { playOrPause(); });
    m_actions->on("run.stop", this, [this] { m_run->stop(); });
    m_actions->on("run.stepEvent", this, [this] { m_run->stepEvent(); });
    m_actions->on("run.stepChange", this, [this] { m_run->stepToNextChange(); });
    m_actions->on("run.faster", this, [this] { m_transport->faster(); });
    m_actions->on("run.slower", this, [this] { m_transport->slower(); });
    m_actions->on("run.live", this, [this] { m_run->follow(); });
    connect(m_faultMenu, &QMenu::aboutToShow, this, [this] {
        m_faultMenu->clear();
        fillFaultMenu(*m_faultMenu, m_selection->single());
    });
    connect(m_run.get(), &RunController::resultChanged, this, &MainWindow::showLiveState);
    connect(m_run.get(), &RunController::viewTimeChanged, this, &MainWindow::showLiveState);
    connect(m_run.get(), &RunController::resultChanged, this, &MainWindow::updateRunFigures);
    connect(m_run.get(), &RunController::viewTimeChanged, this, &MainWindow::updateRunFigures);
    connect(m_run.get(), &RunController::speedChanged, this, &MainWindow::updateRunFigures);
    connect(m_run.get(), &RunController::stateChanged, this, &MainWindow::updateRunState);
    connect(m_run.get(), &RunController::failed, this, [this](const QString& reason) {
        m_messages->show(
            MessageBar::Kind::Error, reason,
            {{tr("Show problems"), [this] { m_actions->at("view.problems")->trigger(); }}}, "run");
    });
    connect(m_document.get(), &DesignDocument::changed, this, &MainWindow::updateOutdated);
    m_run->setSpeed(10);
}

void MainWindow::playOrPause()
{
    const bool outdated = m_run->isOutdatedFor(m_document->design());
    if (m_run->state() == RunController::State::Playing && !outdated) {
        m_run->pause();
    } else {
        playAnew();
    }
}

void MainWindow::playAnew()
{
    m_messages->dismiss("outdated");
    m_messages->dismiss("run");
    m_run->play(m_document->design());
}

void MainWindow::updateRunState()
{
    const RunController::State state = m_run->state();
    const bool playing = state == RunController::State::Playing;
    const bool live = playing || state == RunController::State::Paused;
    QAction* play = m_actions->at("run.play");
    play->setText(playing ? tr("&Pause") : tr("&Play"));
    play->setIcon(theme::uiIcon(playing ? "pause" : "play"));
    const QString keys = play->shortcut().toString(QKeySequence::NativeText);
    play->setToolTip(playing ? tr("Pause (%1)").arg(keys) : tr("Run the design, or go on (%1)").arg(keys));
    for (const char* id : {"run.stop", "run.stepEvent", "run.stepChange"}) {
        m_actions->at(id)->setEnabled(live);
    }
    m_canvas->setPlaying(playing);
    updateRunFigures();
    updateOutdated();
}

void MainWindow::updateRunFigures()
{
    const auto result = m_run->result();
    m_actions->at("run.live")->setEnabled(result != nullptr);
    m_timeText->setText(result ? momentText(m_run->viewTime()) : tr("not run"));
    m_speedText->setText(speedText(m_run->speed()));
    const double rate = m_run->eventsPerSecond();
    m_eventsText->setText(rate > 0 ? tr("%1 events/s").arg(valueText(rate, "count")) : QString());
    m_eventsText->setVisible(rate > 0);
}

void MainWindow::updateOutdated()
{
    if (m_run->isOutdatedFor(m_document->design())) {
        m_messages->show(
            MessageBar::Kind::Notice, tr("The drawing changed; press Play to run it anew."),
            {{tr("Play anew"), [this] { playAnew(); }}}, "outdated");
    } else {
        m_messages->dismiss("outdated");
    }
}

void MainWindow::fillFaultMenu(QMenu& menu, const std::string& id)
{
    const KindSpec* kind = id.empty() ? nullptr : m_document->kindOf(id);
    const RunController::State state = m_run->state();
    const bool live = state == RunController::State::Playing || state == RunController::State::Paused;
    if (kind == nullptr) {
        menu.addAction(tr("Select the component that it shall hit"))->setEnabled(false);
        return;
    }
    bool any = false;
    for (const FaultKind& fault : faultKinds()) {
        if (canHit(fault, *kind)) {
            any = true;
            QAction* action = menu.addAction(tr("%1…").arg(fault.label));
            action->setEnabled(live);
            action->setToolTip(fault.help);
            connect(
                action, &QAction::triggered, this, [this, fault = fault.id, id] { injectFault(fault, id); });
        }
    }
    if (!any) {
        menu.addAction(tr("Nothing can go wrong with this one"))->setEnabled(false);
    } else if (!live) {
        menu.addSeparator();
        menu.addAction(tr("Press Play first"))->setEnabled(false);
    }
}

void MainWindow::injectFault(const std::string& kindId, const std::string& id)
{
    const FaultKind* kind = faultKind(kindId);
    const Node* node = m_document->design().node(id);
    if (kind == nullptr || node == nullptr) {
        return;
    }
    FaultSpec fault;
    fault.id = "by-hand";
    fault.kind = kindId;
    fault.target = id;
    if (!askForFault(*kind, QString::fromStdString(node->name), fault, this)) {
        return;
    }
    if (const auto length = fault.properties.find("for"); length != fault.properties.end()) {
        fault.forSeconds = length->second.get<double>();
        fault.properties.erase(length);
    }
    m_run->inject(fault);
}

}  // namespace neph
