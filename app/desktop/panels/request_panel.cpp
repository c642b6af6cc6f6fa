#include "app/desktop/panels/request_panel.h"

#include <QAction>
#include <QCheckBox>
#include <QClipboard>
#include <QComboBox>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QSplitter>
#include <QTableView>
#include <QTextBrowser>
#include <QVBoxLayout>

#include "app/desktop/charts/chart_plan.h"
#include "app/desktop/charts/value_text.h"
#include "app/desktop/design_document.h"
#include "app/desktop/panels/request_panel_model.h"
#include "app/desktop/panels/request_panel_waterfall.h"
#include "app/desktop/panels/request_panel_words.h"
#include "app/desktop/panels/results_panel_parts.h"
#include "app/desktop/run_controller.h"
#include "app/desktop/selection.h"

namespace neph {

RequestPanel::RequestPanel(
    DesignDocument& document, Selection& selection, RunController& run, QWidget* parent)
    : QWidget(parent), m_document(document), m_selection(selection), m_run(run),
      m_model(new RequestListModel(this)), m_filter(new RequestFilter(*m_model, this)),
      m_class(new QComboBox), m_kind(new QComboBox), m_onlySelected(new QCheckBox(tr("Through selection"))),
      m_count(new QLabel), m_list(new QTableView), m_empty(new EmptyHint(m_list)),
      m_waterfall(new Waterfall(document)), m_words(new QTextBrowser)
{
    auto* splitter = new QSplitter(Qt::Horizontal);
    splitter->setChildrenCollapsible(false);
    splitter->addWidget(makeList());
    splitter->addWidget(makeDetail());
    splitter->addWidget(m_words);
    splitter->setStretchFactor(0, 30);
    splitter->setStretchFactor(1, 45);
    splitter->setStretchFactor(2, 25);
    const int letter = fontMetrics().averageCharWidth();
    splitter->setSizes({letter * 68, letter * 95, letter * 48});
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(splitter);

    connect(&m_run, &RunController::resultChanged, this, &RequestPanel::takeResult);
    connect(&m_selection, &Selection::changed, this, &RequestPanel::takeFilter);
    connect(&m_document, &DesignDocument::reset, this, &RequestPanel::takeResult);
    takeResult();
    takeCurrent();
}

void RequestPanel::showEvent(QShowEvent* event)
{
    QWidget::showEvent(event);
    takeResult();
}

void RequestPanel::makeFilters(QWidget& list)
{
    m_class->setAccessibleName(tr("Request class"));
    m_class->addItem(tr("All classes"));
    m_kind->setAccessibleName(tr("Kind of requests"));
    m_kind->addItem(tr("All requests"));
    m_kind->addItem(tr("Failed"));
    m_kind->addItem(tr("Slow (beyond p95)"));
    m_onlySelected->setToolTip(tr("Only requests that came through the selected components"));
    m_count->setForegroundRole(QPalette::PlaceholderText);
    auto* bar = new QHBoxLayout;
    bar->setContentsMargins(6, 4, 8, 4);
    bar->setSpacing(8);
    bar->addWidget(m_class);
    bar->addWidget(m_kind);
    bar->addWidget(m_onlySelected);
    bar->addStretch(1);
    bar->addWidget(m_count);
    static_cast<QVBoxLayout*>(list.layout())->addLayout(bar);
    connect(m_class, &QComboBox::currentIndexChanged, this, &RequestPanel::takeFilter);
    connect(m_kind, &QComboBox::currentIndexChanged, this, &RequestPanel::takeFilter);
    connect(m_onlySelected, &QCheckBox::toggled, this, &RequestPanel::takeFilter);
}

QWidget* RequestPanel::makeList()
{
    auto* list = new QWidget;
    auto* layout = new QVBoxLayout(list);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    makeFilters(*list);
    layout->addWidget(m_list);

    m_list->setModel(m_filter);
    m_list->setAccessibleName(tr("Sampled requests"));
    m_list->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_list->setSelectionMode(QAbstractItemView::SingleSelection);
    m_list->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_list->setShowGrid(false);
    m_list->setWordWrap(false);
    m_list->setFrameShape(QFrame::NoFrame);
    m_list->setTabKeyNavigation(false);
    m_list->setItemDelegateForColumn(RequestListModel::LatencyColumn, new ShareBarDelegate(m_list));
    m_list->verticalHeader()->hide();
    m_list->verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    m_list->verticalHeader()->setDefaultSectionSize(fontMetrics().height() + 6);
    QHeaderView* header = m_list->horizontalHeader();
    header->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    header->setHighlightSections(false);
    header->setStretchLastSection(true);
    const int letter = fontMetrics().averageCharWidth();
    header->resizeSection(RequestListModel::TimeColumn, letter * 12);
    header->resizeSection(RequestListModel::ClassColumn, letter * 14);
    header->resizeSection(RequestListModel::LatencyColumn, letter * 24);
    m_list->setSortingEnabled(true);
    m_list->sortByColumn(RequestListModel::TimeColumn, Qt::AscendingOrder);
    m_empty->setAttribute(Qt::WA_TransparentForMouseEvents);
    auto* over = new QVBoxLayout(m_list->viewport());
    over->addWidget(m_empty);

    connect(
        m_list->selectionModel(), &QItemSelectionModel::currentRowChanged, this, &RequestPanel::takeCurrent);
    connect(m_list, &QTableView::activated, this, [this] {
        if (const RequestTrace* trace = shown()) {
            m_run.setViewTime(trace->arrived);
        }
    });
    auto* copyAction = new QAction(tr("Copy as text"), m_list);
    copyAction->setShortcut(QKeySequence::Copy);
    copyAction->setShortcutContext(Qt::WidgetShortcut);
    connect(copyAction, &QAction::triggered, this, &RequestPanel::copy);
    m_list->addAction(copyAction);
    m_list->setContextMenuPolicy(Qt::ActionsContextMenu);
    return list;
}

QWidget* RequestPanel::makeDetail()
{
    m_words->setFrameShape(QFrame::NoFrame);
    m_words->setAccessibleName(tr("What happened to the request"));
    m_words->document()->setDocumentMargin(10);
    connect(m_waterfall, &Waterfall::activated, this, &RequestPanel::reveal);
    connect(m_waterfall, &Waterfall::currentChanged, this, &RequestPanel::takeStep);
    auto* copyAction = new QAction(tr("Copy as text"), m_waterfall);
    connect(copyAction, &QAction::triggered, this, &RequestPanel::copy);
    m_waterfall->addAction(copyAction);
    m_waterfall->setContextMenuPolicy(Qt::ActionsContextMenu);
    return m_waterfall;
}

const RequestTrace* RequestPanel::shown() const
{
    const int row = m_isShown ? m_model->rowOf(m_shownId) : -1;
    return row < 0 ? nullptr : &m_model->trace(row);
}

void RequestPanel::showRequest(std::uint64_t id)
{
    const QModelIndex index = m_filter->mapFromSource(m_model->index(m_model->rowOf(id), 0));
    if (index.isValid()) {
        m_list->selectRow(index.row());
        m_list->scrollTo(index);
    }
}

void RequestPanel::takeClasses()
{
    QStringList names{tr("All classes")};
    if (const std::shared_ptr<const RunResult> result = m_run.result()) {
        for (const auto& [name, requests] : result->classes) {
            names << toQString(name);
        }
    }
    QStringList known;
    for (int i = 0; i < m_class->count(); ++i) {
        known << m_class->itemText(i);
    }
    if (names != known) {
        const QSignalBlocker quiet(m_class);
        const QString chosen = m_class->currentText();
        m_class->clear();
        m_class->addItems(names);
        m_class->setCurrentIndex(std::max(0, m_class->findText(chosen)));
    }
}

void RequestPanel::takeResult()
{
    if (!isVisible() && m_run.result()) {
        return;  // It is taken when the panel is shown.
    }
    const std::uint64_t id = m_shownId;
    const bool wasShown = m_isShown;
    m_model->setResult(m_run.result());
    takeClasses();
    takeFilter();
    if (wasShown && m_model->rowOf(id) >= 0) {
        showRequest(id);  // A list that was sampled anew has lost its current row.
    } else {
        takeCurrent();
    }
}

void RequestPanel::takeFilter()
{
    m_filter->setClass(m_class->currentIndex() <= 0 ? std::string() : m_class->currentText().toStdString());
    m_filter->setKind(static_cast<RequestFilter::Kind>(std::max(0, m_kind->currentIndex())));
    std::set<std::string> nodes;
    if (m_onlySelected->isChecked()) {
        const std::vector<std::string> ids = withContents(m_document.design(), m_selection.ids());
        nodes.insert(ids.begin(), ids.end());
    }
    m_filter->setNodes(std::move(nodes));
    showState();
}

void RequestPanel::takeCurrent()
{
    const QModelIndex index = m_filter->mapToSource(m_list->currentIndex());
    const RequestTrace* trace = index.isValid() ? &m_model->trace(index.row()) : nullptr;
    if (trace != nullptr && m_isShown && trace->id == m_shownId && m_waterfall->rows() > 0) {
        return;  // Still the same request: whoever reads its steps is not disturbed.
    }
    m_isShown = trace != nullptr;
    m_shownId = trace != nullptr ? trace->id : 0;
    m_waterfall->setTrace(trace);
    takeStep(-1);
}

void RequestPanel::takeStep(int row)
{
    const RequestTrace* trace = shown();
    if (trace == nullptr) {
        m_words->clear();
        return;
    }
    const RunResult& result = *m_model->result();
    const auto requestClass = result.classes.find(trace->requestClass);
    QString text = explain(
        *trace, requestClass == result.classes.end() ? nullptr : &requestClass->second, m_document.design());
    if (row >= 0) {
        text = "<p style='margin-top:0'>" +
               explainStep(*trace, static_cast<std::size_t>(row), m_document.design()) + "</p><hr>" + text;
    }
    m_words->setHtml(text);
}

void RequestPanel::reveal(int row)
{
    const RequestTrace* trace = shown();
    if (trace != nullptr && row >= 0 && row < static_cast<int>(trace->spans.size())) {
        emit m_selection.revealRequested(trace->spans[static_cast<std::size_t>(row)].node);
    }
}

void RequestPanel::copy()
{
    if (const RequestTrace* trace = shown()) {
        QGuiApplication::clipboard()->setText(toPlainText(*trace, m_document.design()));
    }
}

void RequestPanel::showState()
{
    const int all = m_model->rowCount();
    const int passing = m_filter->rowCount();
    m_count->setText(
        all == 0         ? QString()
        : passing == all ? tr("%1 sampled").arg(countText(static_cast<std::uint64_t>(all)))
                         : tr("%1 of %2")
                               .arg(
                                   countText(static_cast<std::uint64_t>(passing)),
                                   countText(static_cast<std::uint64_t>(all))));
    m_empty->setVisible(passing == 0);
    m_empty->setText(
        all > 0 ? tr("No request passes the filter.")
                : tr("No requests yet.\nPress play: some of the requests are recorded here, step by step."));
}

}  // namespace neph
