#include "app/desktop/local/lab_panel.h"

#include <QButtonGroup>
#include <QClipboard>
#include <QComboBox>
#include <QEvent>
#include <QFileDialog>
#include <QFontDatabase>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QProgressBar>
#include <QPushButton>
#include <QScrollArea>
#include <QScrollBar>
#include <QStackedWidget>
#include <QTableWidget>
#include <QTimer>
#include <QToolButton>
#include <QVBoxLayout>
#include <algorithm>
#include <cmath>

#include "app/desktop/charts/value_text.h"
#include "app/desktop/design_document.h"
#include "app/desktop/local/comparison_view.h"
#include "app/desktop/local/lab_words.h"
#include "app/desktop/panels/results_panel_parts.h"
#include "app/desktop/theme.h"

namespace neph {

namespace {

constexpr int kRealSteps = 1000;
constexpr int kCopiedMs = 1500;

/// Of the list of tasks; from FirstStart on, how long the steps of its start took.
enum TaskColumn { StateColumn = 2, FirstStart = 5, ColumnCount = 9 };

QPushButton* plainButton(const QString& text, const QString& tip)
{
    auto* button = new QPushButton(text);
    button->setToolTip(tip);
    button->setAccessibleName(text);
    button->setAutoDefault(false);
    return button;
}

QColor colourOfTask(ReplicaView::Look look)
{
    switch (look) {
    case ReplicaView::Look::Healthy:
        return theme::healthy();
    case ReplicaView::Look::Starting:
        return theme::starting();
    case ReplicaView::Look::Unhealthy:
        return theme::warning();
    case ReplicaView::Look::Failed:
        return theme::failure();
    case ReplicaView::Look::Stopping:
        break;
    }
    return theme::mutedText();
}

/// Name above, the words to type below in a field of their own, and a button that copies them.
QWidget* endpointRow(const QString& name, const QString& typed)
{
    auto* row = new QWidget;
    auto* column = new QVBoxLayout(row);
    column->setContentsMargins(0, 0, 0, 6);
    column->setSpacing(2);
    column->addWidget(new QLabel(name));
    auto* line = new QHBoxLayout;
    auto* field = new QLineEdit(typed);
    field->setReadOnly(true);
    field->setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
    field->setAccessibleName(QObject::tr("How to reach %1").arg(name));
    field->setToolTip(typed);
    field->setCursorPosition(0);
    auto* copy = new QToolButton;
    copy->setIcon(theme::uiIcon("copy"));
    copy->setToolTip(QObject::tr("Copy"));
    copy->setAccessibleName(QObject::tr("Copy how to reach %1").arg(name));
    QObject::connect(copy, &QToolButton::clicked, copy, [copy, typed] {
        QGuiApplication::clipboard()->setText(typed);
        copy->setIcon({});
        copy->setText(QObject::tr("Copied"));
        QTimer::singleShot(kCopiedMs, copy, [copy] {
            copy->setText({});
            copy->setIcon(theme::uiIcon("copy"));
        });
    });
    line->addWidget(field, 1);
    line->addWidget(copy);
    column->addLayout(line);
    return row;
}

}  // namespace

LabPanel::LabPanel(DesignDocument& document, LabController& lab, QWidget* parent)
    : QWidget(parent), m_document(document), m_lab(lab), m_whole(new QStackedWidget),
      m_pages(new QStackedWidget), m_choices(new QButtonGroup(this)), m_text(new ElidedLabel),
      m_progress(new QProgressBar),
      m_stop(plainButton(tr("Stop and clean up"), tr("End it and remove all that was made for it"))),
      m_again(plainButton(tr("Run for real…"), tr("Plan it anew, and ask"))),
      m_save(plainButton(tr("Save as JSON…"), tr("Keep the comparison with all figures"))),
      m_tasks(new QTableWidget(0, ColumnCount)), m_comparison(new ComparisonView),
      m_containers(new QComboBox), m_log(new QPlainTextEdit), m_refresh(new QToolButton)
{
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_whole);
    m_empty = makeEmpty();
    m_shown = makeWhole();
    m_whole->addWidget(m_empty);
    m_whole->addWidget(m_shown);
    connect(&m_lab, &LabController::stateChanged, this, &LabPanel::takeState);
    connect(&m_lab, &LabController::progressed, this, &LabPanel::takeState);
    connect(&m_lab, &LabController::measuredChanged, this, &LabPanel::takeMeasured);
    connect(&m_lab, &LabController::failed, this, [this](const QString& why) { m_failure = why; });
    connect(&m_lab, &LabController::ended, this, [this] {
        takeState();
        if (m_lab.comparison()) {
            showPage(ComparisonPage);
        }
    });
    connect(&m_lab, &LabController::containersListed, this, &LabPanel::takeContainers);
    connect(&m_lab, &LabController::logRead, this, &LabPanel::takeLog);
    takeState();
}

QWidget* LabPanel::makeEmpty()
{
    auto* page = new QWidget;
    auto* column = new QVBoxLayout(page);
    auto* hint = new EmptyHint;
    hint->setText(tr("Nothing runs for real.\nThe same drawing on containers of this machine, under the same "
                     "load: what does it measure, where the simulation predicts?"));
    auto* start = plainButton(tr("Run for real…"), tr("Shows a plan first; nothing starts before you agree"));
    start->setProperty("primary", true);
    connect(start, &QPushButton::clicked, this, &LabPanel::startRequested);
    column->addStretch(1);
    column->addWidget(hint);
    column->addWidget(start, 0, Qt::AlignCenter);
    column->addStretch(1);
    return page;
}

QWidget* LabPanel::makeWhole()
{
    auto* page = new QWidget;
    auto* column = new QVBoxLayout(page);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(makeBar());
    m_pages->addWidget(makeLive());
    m_pages->addWidget(m_comparison);
    m_pages->addWidget(makeLogs());
    column->addWidget(m_pages, 1);
    return page;
}

QWidget* LabPanel::makeBar()
{
    auto* bar = new QWidget;
    auto* row = new QHBoxLayout(bar);
    row->setContentsMargins(8, 6, 8, 4);
    row->setSpacing(6);
    const QString names[] = {tr("Live"), tr("Comparison"), tr("Logs")};
    for (int page = LivePage; page <= LogPage; ++page) {
        auto* choice = new QToolButton;
        choice->setText(names[page]);
        choice->setAccessibleName(names[page]);
        choice->setCheckable(true);
        choice->setChecked(page == LivePage);
        m_choices->addButton(choice, page);
        row->addWidget(choice);
    }
    connect(
        m_choices, &QButtonGroup::idClicked, this, [this](int page) { showPage(static_cast<Page>(page)); });
    row->addSpacing(8);
    row->addWidget(m_text, 1);
    m_progress->setRange(0, kRealSteps);
    m_progress->setFixedWidth(160);
    m_progress->setTextVisible(false);
    m_progress->setAccessibleName(tr("Progress of the run"));
    row->addWidget(m_progress);
    row->addWidget(m_save);
    row->addWidget(m_again);
    row->addWidget(m_stop);
    connect(m_stop, &QPushButton::clicked, this, &LabPanel::stopRequested);
    connect(m_again, &QPushButton::clicked, this, &LabPanel::startRequested);
    connect(m_save, &QPushButton::clicked, this, &LabPanel::saveJson);
    return bar;
}

QWidget* LabPanel::makeLive()
{
    auto* page = new QWidget;
    auto* row = new QHBoxLayout(page);
    row->setContentsMargins(0, 0, 8, 0);
    row->setSpacing(12);
    m_tasks->setHorizontalHeaderLabels(
        {tr("Component"), tr("Task"), tr("State"), tr("CPU"), tr("Since"), tr("Image"), tr("Made"),
         tr("Started"), tr("Answered")});
    m_tasks->setAccessibleName(tr("Tasks and servers that run for real"));
    m_tasks->horizontalHeader()->setAccessibleName(tr("Columns of the list"));
    m_tasks->verticalHeader()->hide();
    m_tasks->verticalHeader()->setDefaultSectionSize(fontMetrics().height() + 6);
    m_tasks->setShowGrid(false);
    m_tasks->setWordWrap(false);
    m_tasks->setTabKeyNavigation(false);
    m_tasks->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_tasks->setSelectionBehavior(QAbstractItemView::SelectRows);
    QHeaderView* header = m_tasks->horizontalHeader();
    header->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    header->setHighlightSections(false);
    header->setStretchLastSection(true);
    const int letter = fontMetrics().averageCharWidth();
    const int widths[] = {18, 14, 14, 7, 11, 10, 10, 10};
    for (int column = 0; column < static_cast<int>(std::size(widths)); ++column) {
        header->resizeSection(column, letter * widths[column]);
    }
    row->addWidget(m_tasks, 2);
    auto* inside = new QWidget;
    auto* side = new QVBoxLayout(inside);
    side->setContentsMargins(0, 4, 4, 4);
    m_endpoints = new QVBoxLayout;
    m_noEndpoints = new QLabel;
    m_noEndpoints->setProperty("muted", true);
    m_noEndpoints->setWordWrap(true);
    auto* hint = new QLabel(tr("In a terminal: nepho lab status"));
    hint->setProperty("muted", true);
    hint->setTextInteractionFlags(Qt::TextSelectableByMouse);
    side->addWidget(m_noEndpoints);
    side->addLayout(m_endpoints);
    side->addWidget(hint);
    side->addStretch(1);
    auto* scroll = new QScrollArea;
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setWidget(inside);
    scroll->setAccessibleName(tr("How to reach it"));
    row->addWidget(scroll, 1);
    return page;
}

QWidget* LabPanel::makeLogs()
{
    auto* page = new QWidget;
    auto* column = new QVBoxLayout(page);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    auto* bar = new QHBoxLayout;
    bar->setContentsMargins(8, 0, 8, 4);
    m_containers->setAccessibleName(tr("Container whose log is shown"));
    m_containers->setMinimumContentsLength(32);
    m_refresh->setText(tr("Refresh"));
    m_refresh->setToolTip(tr("Ask the engine for its containers and this log again"));
    m_refresh->setAccessibleName(tr("Refresh the log"));
    bar->addWidget(m_containers);
    bar->addWidget(m_refresh);
    bar->addStretch(1);
    column->addLayout(bar);
    m_log->setReadOnly(true);
    m_log->setFrameShape(QFrame::NoFrame);
    m_log->setLineWrapMode(QPlainTextEdit::NoWrap);
    m_log->setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
    m_log->setAccessibleName(tr("Log"));
    m_log->setPlaceholderText(tr("Nothing was said yet."));
    column->addWidget(m_log, 1);
    connect(m_refresh, &QToolButton::clicked, this, &LabPanel::refreshLogs);
    connect(m_containers, &QComboBox::activated, this, [this] {
        m_log->clear();
        m_lab.askForLog(m_containers->currentData().toString());
    });
    return page;
}

void LabPanel::showPage(Page page)
{
    m_choices->button(page)->setChecked(true);
    m_pages->setCurrentIndex(page);
    if (page == LogPage) {
        refreshLogs();
    }
}

QString LabPanel::stateText() const
{
    return m_text->text();
}

QStringList LabPanel::endpointWords() const
{
    QStringList all;
    for (const auto& [name, typed] : m_shownEndpoints) {
        all << toQString(typed);
    }
    return all;
}

QString LabPanel::runningText() const
{
    const auto measured = m_lab.measured();
    const Time now = measured ? measured->simulated : Time(0);
    const QString elapsed = durationText(fromSeconds(std::floor(seconds(now))));
    const bool isOpen = m_lab.wishes().horizon == kNever || !measured;
    const QString name = toQString(m_lab.design().name);
    return isOpen ? tr("\"%1\" runs for real: %2").arg(name, elapsed)
                  : tr("\"%1\" runs for real: %2 of %3").arg(name, elapsed, durationText(measured->horizon));
}

QString LabPanel::endText() const
{
    const QString head = !m_failure.isEmpty() ? tr("It ended: %1").arg(m_failure)
                         : m_lab.comparison() ? tr("Measured and compared.")
                                              : tr("It has ended.");
    return head + ' ' + m_lab.report();
}

void LabPanel::takeState()
{
    using State = LabController::State;
    const State state = m_lab.state();
    const bool hasRun = m_lab.isUp() || !m_lab.report().isEmpty();
    m_whole->setCurrentWidget(hasRun ? m_shown : m_empty);
    if (state == State::SettingUp && m_lab.progress().what.empty()) {
        m_failure.clear();
        m_containers->clear();
        m_log->clear();
        showPage(LivePage);
    }
    const QString what = toQString(m_lab.progress().what);
    m_text->setText(
        state == State::SettingUp ? (what.isEmpty() ? tr("Setting up…") : tr("Setting up: %1…").arg(what))
        : state == State::Running ? runningText()
        : state == State::CleaningUp ? tr("Cleaning up…")
                                     : endText());
    m_stop->setVisible(state == State::SettingUp || state == State::Running);
    m_again->setVisible(!m_lab.isUp());
    m_save->setVisible(!m_lab.isUp() && m_lab.comparison() != nullptr);
    m_progress->setVisible(
        state == State::SettingUp || (state == State::Running && m_lab.wishes().horizon != kNever));
    if (state == State::SettingUp) {
        m_progress->setValue(static_cast<int>(m_lab.progress().share * kRealSteps));
    }
    m_refresh->setEnabled(m_lab.isUp());
    takeMeasured();
}

void LabPanel::takeMeasured()
{
    if (m_lab.state() == LabController::State::Running) {
        m_text->setText(runningText());
        if (const auto measured = m_lab.measured()) {
            m_progress->setValue(static_cast<int>(
                kRealSteps * seconds(measured->simulated) / std::max(1.0, seconds(measured->horizon))));
        }
    }
    showTasks();
    showEndpoints();
    showComparison();
}

void LabPanel::showTasks()
{
    const auto measured = m_lab.measured();
    const std::vector<RealTask> tasks = measured && m_lab.isUp()
                                            ? realTasks(m_lab.design(), *measured, m_lab.startTimes())
                                            : std::vector<RealTask>();
    m_tasks->setRowCount(static_cast<int>(tasks.size()));
    const bool hasStarts =
        std::any_of(tasks.begin(), tasks.end(), [](const RealTask& task) { return task.starts.has_value(); });
    for (int column = FirstStart; column < m_tasks->columnCount(); ++column) {
        m_tasks->setColumnHidden(column, !hasStarts);
    }
    for (int row = 0; row < m_tasks->rowCount(); ++row) {
        const RealTask& task = tasks[static_cast<std::size_t>(row)];
        const auto step = [&task](double StartTimes::*which) {
            return task.starts ? durationText(fromSeconds(*task.starts.*which)) : QString();
        };
        const QString cells[] = {
            task.component,
            task.task,
            task.state,
            task.cpu < 0 ? tr("–") : tr("%1 %").arg(task.cpu * 100, 0, 'f', 0),
            momentText(task.since),
            step(&StartTimes::pull),
            step(&StartTimes::create),
            step(&StartTimes::start),
            step(&StartTimes::ready)};
        for (int column = 0; column < m_tasks->columnCount(); ++column) {
            QTableWidgetItem* item = m_tasks->item(row, column);
            if (item == nullptr) {
                item = new QTableWidgetItem;
                m_tasks->setItem(row, column, item);
            }
            item->setText(cells[column]);
            item->setToolTip(column == StateColumn && !task.note.isEmpty() ? task.note : cells[column]);
        }
        m_tasks->item(row, StateColumn)->setForeground(colourOfTask(task.look));
    }
}

void LabPanel::showEndpoints()
{
    m_noEndpoints->setText(
        m_lab.isUp() ? tr("How to reach it stands here as soon as it is set up.")
                     : tr("Nothing runs for real any more."));
    if (m_shownEndpoints == m_lab.endpoints()) {
        return;
    }
    m_shownEndpoints = m_lab.endpoints();
    while (QLayoutItem* item = m_endpoints->takeAt(0)) {
        delete item->widget();
        delete item;
    }
    for (const auto& [name, typed] : m_shownEndpoints) {
        m_endpoints->addWidget(endpointRow(toQString(name), toQString(typed)));
    }
    m_noEndpoints->setVisible(m_shownEndpoints.empty());
}

void LabPanel::showComparison()
{
    m_comparison->showRun(m_lab.simulated(), m_lab.measured(), m_lab.comparedFrom());
    const QString hint =
        m_lab.isUp() && m_lab.wishes().compare
            ? tr("The tables come at the end of the run. Compared from %1 on: what was before is start-up.")
                  .arg(momentText(m_lab.comparedFrom()))
        : m_lab.wishes().compare ? tr("It was stopped before its end: there is nothing to compare.")
                                 : tr("This run is not compared with the simulation.");
    m_comparison->showComparison(m_lab.comparison(), hint);
}

void LabPanel::refreshLogs()
{
    if (m_lab.isUp()) {
        m_lab.askForContainers();
    }
}

void LabPanel::takeContainers(const QList<QPair<QString, QString>>& containers)
{
    const QString chosen = m_containers->currentData().toString();
    m_containers->clear();
    for (const auto& [id, name] : containers) {
        m_containers->addItem(name, id);
    }
    m_containers->setCurrentIndex(std::max(0, m_containers->findData(chosen)));
    if (m_containers->count() > 0) {
        m_lab.askForLog(m_containers->currentData().toString());
    }
}

void LabPanel::takeLog(const QString& container, const QString& text)
{
    if (container == m_containers->currentData().toString()) {
        m_log->setPlainText(text);
        m_log->verticalScrollBar()->setValue(m_log->verticalScrollBar()->maximum());
    }
}

void LabPanel::saveJson()
{
    const auto comparison = m_lab.comparison();
    const QString file =
        QFileDialog::getSaveFileName(this, tr("Save the comparison"), QString(), tr("JSON (*.json)"));
    if (!file.isEmpty() && comparison) {
        writeFile(m_document, file, QByteArray::fromStdString(toJson(*comparison)));
    }
}

void LabPanel::changeEvent(QEvent* event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange && m_tasks != nullptr) {
        showTasks();
    }
}

}  // namespace neph
