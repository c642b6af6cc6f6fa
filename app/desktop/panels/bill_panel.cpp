#include "app/desktop/panels/bill_panel.h"

#include <QButtonGroup>
#include <QCheckBox>
#include <QDateTime>
#include <QFileDialog>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QMenu>
#include <QStackedWidget>
#include <QTimer>
#include <QToolButton>
#include <QTreeView>
#include <QVBoxLayout>

#include "app/desktop/charts/value_text.h"
#include "app/desktop/design_document.h"
#include "app/desktop/panels/bill_panel_hours.h"
#include "app/desktop/panels/bill_panel_model.h"
#include "app/desktop/panels/results_panel_parts.h"
#include "app/desktop/run_controller.h"
#include "app/desktop/selection.h"
#include "app/desktop/theme.h"

namespace neph {

namespace {

constexpr int kMostOftenMs = 500;

}  // namespace

BillPanel::BillPanel(DesignDocument& document, Selection& selection, RunController& run, QWidget* parent)
    : QWidget(parent), m_document(document), m_selection(selection), m_run(run), m_total(new QLabel),
      m_totalNote(new QLabel), m_perHour(new QLabel), m_monthly(new QLabel), m_monthlyNote(new QLabel),
      m_freeTier(new QCheckBox(tr("Take off the free tier"))), m_export(new QToolButton),
      m_views(new QButtonGroup(this)), m_unpriced(new QLabel), m_pages(new QStackedWidget),
      m_tree(new QTreeView), m_model(new BillModel(this)), m_hours(new BillHoursChart),
      m_empty(new EmptyHint), m_timer(new QTimer(this))
{
    m_pool.setMaxThreadCount(1);
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(makeFigures());
    auto* right = new QVBoxLayout;
    right->setContentsMargins(0, 0, 0, 0);
    right->setSpacing(0);
    right->addWidget(makeBar());
    right->addWidget(makePages(), 1);
    right->addWidget(m_unpriced);
    layout->addLayout(right, 1);

    m_timer->setSingleShot(true);
    connect(m_timer, &QTimer::timeout, this, &BillPanel::priceNow);
    connect(&m_run, &RunController::resultChanged, this, &BillPanel::priceSoon);
    connect(&m_run, &RunController::viewTimeChanged, this, &BillPanel::showPerHour);
    connect(&m_document, &DesignDocument::changed, this, &BillPanel::showTree);
    connect(&m_document, &DesignDocument::reset, this, &BillPanel::showTree);
    connect(m_freeTier, &QCheckBox::toggled, this, &BillPanel::priceSoon);
    showBill();
}

BillPanel::~BillPanel()
{
    m_pool.waitForDone();
}

QWidget* BillPanel::makeFigures()
{
    auto* column = new QWidget;
    column->setFixedWidth(fontMetrics().averageCharWidth() * 34);
    auto* layout = new QVBoxLayout(column);
    layout->setContentsMargins(14, 8, 10, 8);
    layout->setSpacing(0);
    const auto add = [&](const QString& caption, QLabel* value, QLabel* note, double size) {
        auto* heading = new QLabel(caption);
        heading->setForegroundRole(QPalette::PlaceholderText);
        QFont big = font();
        big.setPointSizeF(big.pointSizeF() * size);
        big.setWeight(QFont::DemiBold);
        value->setFont(big);
        value->setAccessibleName(caption);
        value->setTextInteractionFlags(Qt::TextSelectableByMouse);
        auto* row = new QHBoxLayout;
        row->setSpacing(8);
        row->addWidget(value);
        if (note != nullptr) {
            note->setForegroundRole(QPalette::PlaceholderText);
            row->addWidget(note, 1, Qt::AlignBottom);
        }
        layout->addWidget(heading);
        layout->addLayout(row);
        layout->addSpacing(10);
    };
    add(tr("Total so far"), m_total, m_totalNote, 1.9);
    add(tr("Per hour at the time shown"), m_perHour, nullptr, 1.45);
    add(tr("A month like this"), m_monthly, m_monthlyNote, 1.45);
    layout->addStretch(1);
    m_freeTier->setToolTip(
        tr("Take the vendor's monthly free amounts off, as in the first year of an account"));
    layout->addWidget(m_freeTier);
    return column;
}

QWidget* BillPanel::makeBar()
{
    auto* bar = new QWidget;
    auto* layout = new QHBoxLayout(bar);
    layout->setContentsMargins(6, 4, 8, 4);
    layout->setSpacing(0);
    const auto add = [&](View view, const QString& text) {
        auto* button = new QToolButton;
        button->setText(text);
        button->setCheckable(true);
        button->setChecked(view == View::ByComponent);
        button->setToolButtonStyle(Qt::ToolButtonTextOnly);
        m_views->addButton(button, static_cast<int>(view));
        layout->addWidget(button);
    };
    add(View::ByComponent, tr("By component"));
    add(View::ByClass, tr("By request class"));
    add(View::ByHour, tr("By hour"));
    layout->addStretch(1);
    connect(m_views, &QButtonGroup::idClicked, this, [this](int id) { setView(static_cast<View>(id)); });

    m_export->setText(tr("Export"));
    m_export->setToolTip(tr("Save the bill as a file"));
    m_export->setPopupMode(QToolButton::InstantPopup);
    auto* menu = new QMenu(m_export);
    menu->addAction(tr("Lines as CSV…"), this, &BillPanel::exportCsv);
    menu->addAction(tr("FOCUS 1.2 (FinOps) as CSV…"), this, &BillPanel::exportFocus);
    m_export->setMenu(menu);
    layout->addWidget(m_export);
    return bar;
}

QWidget* BillPanel::makePages()
{
    m_tree->setModel(m_model);
    m_tree->setAccessibleName(tr("Bill"));
    m_tree->setFrameShape(QFrame::NoFrame);
    m_tree->setUniformRowHeights(true);
    m_tree->setAllColumnsShowFocus(true);
    m_tree->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_tree->setItemDelegateForColumn(BillModel::CostColumn, new ShareBarDelegate(m_tree));
    QHeaderView* header = m_tree->header();
    header->setStretchLastSection(true);
    const int letter = fontMetrics().averageCharWidth();
    header->resizeSection(BillModel::TitleColumn, letter * 40);
    header->resizeSection(BillModel::QuantityColumn, letter * 34);
    header->resizeSection(BillModel::UnitPriceColumn, letter * 18);
    connect(m_tree, &QTreeView::activated, this, [this](const QModelIndex& index) {
        if (const std::string node = m_model->nodeAt(index); !node.empty()) {
            emit m_selection.revealRequested(node);
        }
    });
    connect(m_model, &QAbstractItemModel::modelReset, m_tree, [this] {
        if (m_model->rowCount() <= 6) {
            m_tree->expandAll();
        }
    });
    m_pages->addWidget(m_tree);
    m_pages->addWidget(m_hours);
    m_pages->addWidget(m_empty);
    m_unpriced->setMargin(6);
    m_unpriced->setAccessibleName(tr("Usage without a price"));
    return m_pages;
}

void BillPanel::setView(View view)
{
    m_views->button(static_cast<int>(view))->setChecked(true);
    showBill();
}

void BillPanel::showEvent(QShowEvent* event)
{
    QWidget::showEvent(event);
    priceSoon();
}

void BillPanel::changeEvent(QEvent* event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange) {
        showUnpriced();
    }
}

void BillPanel::priceSoon()
{
    m_dirty = true;
    if (!isVisible() || m_pricing || m_timer->isActive()) {
        return;
    }
    const qint64 since = m_sincePriced.isValid() ? m_sincePriced.elapsed() : kMostOftenMs;
    m_timer->start(static_cast<int>(std::max<qint64>(0, kMostOftenMs - since)));
}

void BillPanel::priceNow()
{
    const std::shared_ptr<const RunResult> result = m_run.result();
    if (!result) {
        takeBill(nullptr, nullptr);
        return;
    }
    m_dirty = false;
    m_pricing = true;
    m_sincePriced.restart();
    const BillOptions options{.simulated = result->simulated, .freeTier = m_freeTier->isChecked()};
    m_pool.start([this, result, options] {
        const auto bill =
            std::make_shared<const Bill>(makeBill(result->usage, PriceBook::builtIn(), options));
        // The destructor waits for this thread, and then drops what is still queued.
        QMetaObject::invokeMethod(
            this, [this, result, bill] { takeBill(result, bill); }, Qt::QueuedConnection);
    });
}

void BillPanel::takeBill(
    const std::shared_ptr<const RunResult>& result, const std::shared_ptr<const Bill>& bill)
{
    m_pricing = false;
    const bool stale = m_run.result() == nullptr;  // Another run began while this one was priced.
    m_result = stale ? nullptr : result;
    m_bill = stale ? nullptr : bill;
    showBill();
    emit billShown();
    if (m_dirty && m_bill) {
        priceSoon();
    }
}

void BillPanel::showBill()
{
    const bool billed = m_bill != nullptr && !(m_bill->lines.empty() && m_bill->diagnostics.empty());
    const auto view = static_cast<View>(m_views->checkedId());
    m_export->setEnabled(billed);
    m_pages->setCurrentIndex(!billed ? 2 : view == View::ByHour ? 1 : 0);
    m_empty->setText(
        m_bill ? tr("Nothing billed yet.\nServices are billed as they are used.")
               : tr("No bill yet.\nPress play, and what the design costs is listed here line by line."));
    showFigures();
    showUnpriced();
    showTree();
    if (m_bill) {
        m_hours->setHours(m_bill->byHour);
    }
}

void BillPanel::showFigures()
{
    const QString none = "–";
    m_total->setText(m_bill ? moneyText(m_bill->total) : none);
    m_total->setToolTip(m_bill ? "$" + toQString(m_bill->total.toExactText()) : QString());
    m_totalNote->setText(m_result ? tr("in %1").arg(durationText(m_result->simulated)) : QString());
    m_monthly->setText(m_bill ? moneyText(m_bill->monthly) : none);
    m_monthly->setToolTip(m_bill ? "$" + toQString(m_bill->monthly.toExactText()) : QString());
    m_monthlyNote->setText(m_bill ? tr("730 h") : QString());
    showPerHour();
}

void BillPanel::showPerHour()
{
    const Series* cost = m_result ? m_result->find("", "CostPerHour") : nullptr;
    m_perHour->setText(
        cost != nullptr && !cost->points().empty()
            ? valueText(cost->valueAt(m_run.viewTime()), toQString(cost->unit()))
            : "–");
}

void BillPanel::showTree()
{
    if (!m_bill || !m_result || m_pages->currentIndex() != 0) {
        return;
    }
    m_model->setGroups(
        static_cast<View>(m_views->checkedId()) == View::ByClass
            ? groupsByClass(*m_bill, m_result->usage)
            : groupsByComponent(*m_bill, m_document.design()),
        m_bill->total);
}

void BillPanel::showUnpriced()
{
    QStringList all;
    if (m_bill) {
        for (const Diagnostic& diagnostic : m_bill->diagnostics) {
            all << toQString(diagnostic.what);
        }
    }
    m_unpriced->setVisible(!all.isEmpty());
    if (all.isEmpty()) {
        return;
    }
    const QString first = all.first().toHtmlEscaped();
    const QString more =
        all.size() > 1 ? tr(" … and %n more", nullptr, static_cast<int>(all.size()) - 1) : QString();
    m_unpriced->setText(QString("<span style='color:%1'><b>%2</b></span> %3%4")
                            .arg(theme::warning().name(), tr("Not in the total:"), first, more));
    m_unpriced->setToolTip(all.join('\n'));
}

void BillPanel::exportCsv()
{
    const QString file = QFileDialog::getSaveFileName(this, tr("Save bill"), "bill.csv", tr("CSV (*.csv)"));
    if (!file.isEmpty() && m_bill) {
        writeFile(m_document, file, QByteArray::fromStdString(toCsv(*m_bill)));
    }
}

void BillPanel::exportFocus()
{
    const QString file =
        QFileDialog::getSaveFileName(this, tr("Save bill as FOCUS 1.2"), "focus.csv", tr("CSV (*.csv)"));
    if (file.isEmpty() || !m_bill || !m_result) {
        return;
    }
    // A simulated run has no date of its own: its hour 0 is put at the start of this month.
    const QDate today = QDate::currentDate();
    const QString start = QDate(today.year(), today.month(), 1).toString(Qt::ISODate) + "T00:00:00Z";
    writeFile(
        m_document, file,
        QByteArray::fromStdString(
            toFocusCsv(*m_bill, m_result->usage, PriceBook::builtIn(), start.toStdString())));
}

}  // namespace neph
