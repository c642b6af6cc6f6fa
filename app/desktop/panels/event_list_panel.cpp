#include "app/desktop/panels/event_list_panel.h"

#include <QCheckBox>
#include <QClipboard>
#include <QComboBox>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QScrollBar>
#include <QShortcut>
#include <QTableView>
#include <QVBoxLayout>
#include <algorithm>

#include "app/desktop/charts/chart_plan.h"
#include "app/desktop/charts/value_text.h"
#include "app/desktop/design_document.h"
#include "app/desktop/panels/event_list_panel_model.h"
#include "app/desktop/panels/results_panel_parts.h"
#include "app/desktop/run_controller.h"
#include "app/desktop/selection.h"

namespace neph {

EventListPanel::EventListPanel(
    DesignDocument& document, Selection& selection, RunController& run, QWidget* parent)
    : QWidget(parent), m_document(document), m_selection(selection), m_run(run),
      m_model(new EventListModel(document, this)), m_filter(new EventFilter(*m_model, this)),
      m_level(new QComboBox), m_text(new QLineEdit),
      m_onlySelected(new QCheckBox(tr("Selected component only"))), m_count(new QLabel),
      m_table(new QTableView), m_empty(new EmptyHint(m_table))
{
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    buildBar();
    buildTable();
    connect(&m_run, &RunController::resultChanged, this, &EventListPanel::takeResult);
    connect(&m_run, &RunController::viewTimeChanged, this, &EventListPanel::takeViewTime);
    connect(&m_selection, &Selection::changed, this, &EventListPanel::takeFilter);
    takeResult();
}

void EventListPanel::buildBar()
{
    m_level->addItem(levelIcon(EventLevel::Info), tr("All levels"));
    m_level->addItem(levelIcon(EventLevel::Warning), tr("Warnings and failures"));
    m_level->addItem(levelIcon(EventLevel::Failure), tr("Failures"));
    m_level->setAccessibleName(tr("Least level"));
    m_text->setPlaceholderText(tr("Filter events"));
    m_text->setClearButtonEnabled(true);
    m_text->setMaximumWidth(320);
    m_text->setAccessibleName(tr("Filter events by text"));
    m_onlySelected->setToolTip(tr("Only what is about the selected components and what lies in them"));
    m_count->setForegroundRole(QPalette::PlaceholderText);

    auto* bar = new QHBoxLayout;
    bar->setContentsMargins(6, 4, 8, 4);
    bar->setSpacing(8);
    bar->addWidget(m_text, 1);
    bar->addWidget(m_level);
    bar->addWidget(m_onlySelected);
    bar->addStretch(1);
    bar->addWidget(m_count);
    static_cast<QVBoxLayout*>(layout())->addLayout(bar);

    connect(m_level, &QComboBox::currentIndexChanged, this, &EventListPanel::takeFilter);
    connect(m_text, &QLineEdit::textChanged, this, &EventListPanel::takeFilter);
    connect(m_onlySelected, &QCheckBox::toggled, this, &EventListPanel::takeFilter);
}

void EventListPanel::buildTable()
{
    m_table->setModel(m_filter);
    m_table->setAccessibleName(tr("Events"));
    m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_table->setSelectionMode(QAbstractItemView::ExtendedSelection);
    m_table->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_table->setShowGrid(false);
    m_table->setWordWrap(false);
    m_table->setFrameShape(QFrame::NoFrame);
    m_table->setTabKeyNavigation(false);
    m_table->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    m_table->verticalHeader()->hide();
    m_table->verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    m_table->verticalHeader()->setDefaultSectionSize(fontMetrics().height() + 6);
    QHeaderView* header = m_table->horizontalHeader();
    header->setAccessibleName(tr("Columns of the event list"));
    header->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    header->setHighlightSections(false);
    header->setStretchLastSection(true);
    const int letter = fontMetrics().averageCharWidth();
    header->resizeSection(EventListModel::TimeColumn, letter * 14);
    header->resizeSection(EventListModel::LevelColumn, letter * 13);
    header->resizeSection(EventListModel::ComponentColumn, letter * 24);
    layout()->addWidget(m_table);

    m_empty->setAttribute(Qt::WA_TransparentForMouseEvents);
    auto* over = new QVBoxLayout(m_table->viewport());
    over->addWidget(m_empty);

    connect(m_table, &QTableView::clicked, this, &EventListPanel::reveal);
    connect(m_table, &QTableView::activated, this, &EventListPanel::reveal);
    auto* copy = new QAction(tr("Copy"), m_table);
    copy->setShortcut(QKeySequence::Copy);
    copy->setShortcutContext(Qt::WidgetShortcut);
    connect(copy, &QAction::triggered, this, &EventListPanel::copySelection);
    auto* show = new QAction(tr("Show component and moment"), m_table);
    connect(show, &QAction::triggered, this, [this] { reveal(m_table->currentIndex()); });
    m_table->addActions({show, copy});
    m_table->setContextMenuPolicy(Qt::ActionsContextMenu);
}

void EventListPanel::takeResult()
{
    const QScrollBar* scroll = m_table->verticalScrollBar();
    const bool atEnd = scroll->value() == scroll->maximum();
    m_model->setViewTime(m_run.viewTime());
    m_model->setResult(m_run.result());
    if (m_run.isFollowing() && atEnd) {
        m_table->scrollToBottom();
    }
    showState();
}

void EventListPanel::takeViewTime()
{
    m_model->setViewTime(m_run.viewTime());
    m_table->viewport()->update();
    if (m_run.isFollowing() || m_revealing) {
        return;
    }
    // Whoever scrubs in a chart sees what had just happened then.
    const int row = m_model->rowAt(m_run.viewTime());
    const QModelIndex shown = m_filter->mapFromSource(m_model->index(row, EventListModel::TextColumn));
    if (shown.isValid()) {
        m_table->scrollTo(shown, QAbstractItemView::PositionAtCenter);
    }
}

void EventListPanel::takeFilter()
{
    m_filter->setLeastLevel(static_cast<EventLevel>(std::max(0, m_level->currentIndex())));
    m_filter->setText(m_text->text());
    std::set<std::string> nodes;
    if (m_onlySelected->isChecked()) {
        const std::vector<std::string> ids = withContents(m_document.design(), m_selection.ids());
        nodes.insert(ids.begin(), ids.end());
    }
    m_filter->setNodes(std::move(nodes));
    if (m_run.isFollowing()) {
        m_table->scrollToBottom();
    }
    showState();
}

void EventListPanel::reveal(const QModelIndex& index)
{
    if (!index.isValid()) {
        return;
    }
    const RunEvent event = m_model->eventAt(m_filter->mapToSource(index).row());
    m_revealing = true;
    m_run.setViewTime(event.at);
    m_revealing = false;
    if (!event.node.empty()) {
        emit m_selection.revealRequested(event.node);
    }
}

void EventListPanel::copySelection()
{
    QModelIndexList rows = m_table->selectionModel()->selectedRows();
    std::sort(rows.begin(), rows.end());
    QStringList lines;
    for (const QModelIndex& row : rows) {
        QStringList cells;
        for (int column = 0; column < EventListModel::kColumns; ++column) {
            cells << row.siblingAtColumn(column).data().toString();
        }
        lines << cells.join('\t');
    }
    QGuiApplication::clipboard()->setText(lines.join('\n'));
}

void EventListPanel::showState()
{
    const int all = m_model->rowCount();
    const int shown = m_filter->rowCount();
    m_count->setText(
        all == 0       ? QString()
        : shown == all ? tr("%1 events").arg(countText(static_cast<std::uint64_t>(all)))
                       : tr("%1 of %2 events")
                             .arg(
                                 countText(static_cast<std::uint64_t>(shown)),
                                 countText(static_cast<std::uint64_t>(all))));
    m_empty->setVisible(shown == 0);
    m_empty->setText(
        all > 0 ? tr("No event passes the filter.")
        : m_run.result()
            ? tr("Nothing has happened yet.")
            : tr("No events yet.\nPress play: starts, deployments, scaling and failures are listed here."));
}

}  // namespace neph
