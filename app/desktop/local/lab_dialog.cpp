#include "app/desktop/local/lab_dialog.h"

#include <QCheckBox>
#include <QClipboard>
#include <QComboBox>
#include <QEvent>
#include <QGridLayout>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLocale>
#include <QProgressBar>
#include <QPushButton>
#include <QScrollArea>
#include <QSpinBox>
#include <QStackedWidget>
#include <QTableWidget>
#include <QTimer>
#include <QVBoxLayout>
#include <algorithm>
#include <cmath>
#include <limits>

#include "app/desktop/charts/value_text.h"
#include "app/desktop/design_document.h"
#include "app/desktop/local/design_trust.h"
#include "app/desktop/local/lab_words.h"
#include "app/desktop/panels/inspector_panel_section.h"
#include "app/desktop/theme.h"

namespace neph {

namespace {

constexpr int kLookAgainMs = 400;  ///< After the last change of the drawing.
constexpr double kRealLengths[] = {60, 120, 300, 600};
constexpr int kMostRows = 8;
constexpr int kCellRoom = 14;

QLabel* wrapped(QWidget* parent, const char* property = nullptr)
{
    auto* label = new QLabel(parent);
    label->setWordWrap(true);
    label->setTextFormat(Qt::PlainText);
    label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    if (property != nullptr) {
        label->setProperty(property, true);
    }
    return label;
}

}  // namespace

LabDialog::LabDialog(DesignDocument& document, DesignTrust& trust, LabController& lab, QWidget* parent)
    : QDialog(parent), m_document(document), m_trust(trust), m_lab(lab), m_pages(new QStackedWidget(this)),
      m_lookSoon(new QTimer(this))
{
    setObjectName("labDialog");
    setWindowTitle(tr("Run for real"));
    setAttribute(Qt::WA_DeleteOnClose);
    auto* column = new QVBoxLayout(this);
    column->setSpacing(12);
    m_banner = makeBanner();
    m_lookingPage = makeLooking();
    m_planPage = makePlan();
    m_nonePage = makeNone();
    for (QWidget* page : {m_lookingPage, m_planPage, m_nonePage}) {
        m_pages->addWidget(page);
    }
    column->addWidget(m_banner);
    column->addWidget(m_pages, 1);
    column->addWidget(makeButtons());
    m_lookSoon->setSingleShot(true);
    m_lookSoon->setInterval(kLookAgainMs);
    connect(m_lookSoon, &QTimer::timeout, this, &LabDialog::look);
    const auto soon = [this] {
        if (!m_lab.isUp()) {
            m_run->setEnabled(false);  // What stands there is of the drawing before.
            m_lookSoon->start();
        }
    };
    connect(&m_document, &DesignDocument::changed, this, soon);
    connect(&m_document, &DesignDocument::reset, this, soon);
    connect(&m_trust, &DesignTrust::changed, this, &LabDialog::updateBanner);
    connect(&m_lab, &LabController::offered, this, &LabDialog::showOffer);
    connect(&m_lab, &LabController::noEngine, this, &LabDialog::showNone);
    connect(&m_lab, &LabController::failed, this, &LabDialog::showProblem);
    connect(&m_lab, &LabController::progressed, this, &LabDialog::showProgress);
    connect(&m_lab, &LabController::stateChanged, this, &LabDialog::takeState);
    connect(&m_lab, &LabController::ended, this, [this] {
        if (m_isFinishing) {
            close();
        }
    });
    resize(980, 580);
    updateBanner();
    look();
}

QWidget* LabDialog::makeBanner()
{
    auto* banner = new QFrame(this);
    banner->setObjectName("labBanner");
    banner->setFrameShape(QFrame::StyledPanel);
    auto* row = new QHBoxLayout(banner);
    auto* icon = new QLabel(banner);
    icon->setPixmap(theme::uiIcon("warning", theme::warning()).pixmap(20, 20));
    auto* text = wrapped(banner);
    text->setText(tr("You have not saved this design on this machine: it comes from somewhere else, and so "
                     "would what it starts. Read the plan before you trust it."));
    auto* trust = new QPushButton(tr("Trust this design"), banner);
    trust->setObjectName("labTrust");
    trust->setAutoDefault(false);
    connect(trust, &QPushButton::clicked, &m_trust, &DesignTrust::trust);
    row->addWidget(icon, 0, Qt::AlignTop);
    row->addWidget(text, 1);
    row->addWidget(trust);
    return banner;
}

QWidget* LabDialog::makeLooking()
{
    auto* page = new QWidget(this);
    auto* column = new QVBoxLayout(page);
    m_looking = wrapped(page);
    m_looking->setAlignment(Qt::AlignCenter);
    m_progress = new QProgressBar(page);
    m_progress->setTextVisible(false);
    m_progress->setFixedWidth(360);
    m_progress->setAccessibleName(tr("Progress of the set-up"));
    column->addStretch(1);
    column->addWidget(m_looking);
    column->addSpacing(8);
    column->addWidget(m_progress, 0, Qt::AlignCenter);
    column->addStretch(1);
    return page;
}

QWidget* LabDialog::makePlan()
{
    auto* inside = new QWidget(this);
    auto* column = new QVBoxLayout(inside);
    column->setContentsMargins(0, 0, 8, 0);
    column->setSpacing(10);
    m_intro = wrapped(inside);
    m_table = new QTableWidget(0, 7, inside);
    m_table->setHorizontalHeaderLabels(
        {tr("What"), tr("How many"), tr("Image"), tr("vCPU each"), tr("Memory each"), tr("Open ports"),
         tr("Volume")});
    m_table->setAccessibleName(tr("What would be started"));
    m_table->horizontalHeader()->setAccessibleName(tr("Columns of the plan"));
    m_table->setProperty("framed", true);
    m_table->verticalHeader()->hide();
    m_table->setShowGrid(false);
    m_table->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_table->setSelectionMode(QAbstractItemView::NoSelection);
    m_table->setFocusPolicy(Qt::TabFocus);
    m_table->setTabKeyNavigation(false);
    m_table->horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    m_table->horizontalHeader()->setHighlightSections(false);
    m_totals = wrapped(inside);
    m_shortage = wrapped(inside, "warning");
    m_notes = wrapped(inside, "muted");
    m_engine = wrapped(inside);
    m_rootful = wrapped(inside, "warning");
    column->addWidget(m_intro);
    column->addWidget(m_table);
    for (QLabel* label : {m_totals, m_shortage, m_engine, m_rootful, m_notes}) {
        column->addWidget(label);
    }
    column->addStretch(1);
    auto* scroll = new QScrollArea(this);
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setWidget(inside);
    scroll->setAccessibleName(tr("Plan"));
    auto* page = new QWidget(this);
    auto* whole = new QVBoxLayout(page);
    whole->setContentsMargins(0, 0, 0, 0);
    whole->addWidget(scroll, 1);
    whole->addWidget(makeOptions());
    return page;
}

QWidget* LabDialog::makeOptions()
{
    auto* options = new QWidget(this);
    auto* grid = new QGridLayout(options);
    grid->setContentsMargins(0, 6, 0, 0);
    grid->setHorizontalSpacing(12);
    m_length = new QComboBox(options);
    m_length->setAccessibleName(tr("How long"));
    for (const double length : kRealLengths) {
        m_length->addItem(durationText(fromSeconds(length)), length);
    }
    m_length->addItem(
        tr("As the design says (%1)").arg(durationText(fromSeconds(m_document.design().runSeconds))), 0.0);
    m_length->addItem(tr("Until I stop it"), std::numeric_limits<double>::infinity());
    m_length->setCurrentIndex(1);
    m_seed = new QSpinBox(options);
    m_seed->setRange(1, std::numeric_limits<int>::max());
    m_seed->setAccessibleName(tr("Seed"));
    m_seed->setToolTip(tr("The same seed sends the same requests at the same moments"));
    m_withLoad = new QCheckBox(tr("With the design's own &users"), options);
    m_withLoad->setChecked(true);
    m_withLoad->setToolTip(tr("Off: it stands there for clients of your own"));
    m_compare = new QCheckBox(tr("Co&mpare with the simulation"), options);
    m_compare->setChecked(true);
    m_compare->setToolTip(tr("The simulation runs beside it with the same seed: predicted against measured"));
    m_withoutLimits = new QCheckBox(tr("Go on where a limit cannot be enforced"), options);
    const auto label = [this](const QString& text, QWidget* buddy) {
        auto* one = new QLabel(text, this);
        one->setBuddy(buddy);
        return one;
    };
    grid->addWidget(label(tr("How &long"), m_length), 0, 0);
    grid->addWidget(m_length, 0, 1);
    grid->addWidget(label(tr("&Seed"), m_seed), 1, 0);
    grid->addWidget(m_seed, 1, 1);
    grid->addWidget(m_withLoad, 0, 2);
    grid->addWidget(m_compare, 1, 2);
    grid->addWidget(m_withoutLimits, 2, 2);
    grid->setColumnStretch(2, 1);
    connect(m_withLoad, &QCheckBox::toggled, this, &LabDialog::updateButtons);
    connect(m_length, &QComboBox::currentIndexChanged, this, &LabDialog::updateButtons);
    return options;
}

QWidget* LabDialog::makeNone()
{
    auto* page = new QWidget(this);
    auto* column = new QVBoxLayout(page);
    auto* head = new QLabel(tr("<b>No container engine was found.</b>"), page);
    auto* rest = wrapped(page, "muted");
    rest->setText(tr("Everything else of Nephoscope works without one."));
    m_none = wrapped(page);
    m_none->setAlignment(Qt::AlignTop | Qt::AlignLeft);
    auto* scroll = new QScrollArea(page);
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setWidget(m_none);
    scroll->setAccessibleName(tr("What was tried, and what to install"));
    auto* copy = new QPushButton(tr("Copy"), page);
    copy->setObjectName("labCopy");
    copy->setAutoDefault(false);
    copy->setToolTip(tr("Copy what was tried and what to install"));
    connect(
        copy, &QPushButton::clicked, this, [this] { QGuiApplication::clipboard()->setText(m_none->text()); });
    column->addWidget(head);
    column->addWidget(rest);
    column->addWidget(scroll, 1);
    column->addWidget(copy, 0, Qt::AlignLeft);
    return page;
}

QWidget* LabDialog::makeButtons()
{
    auto* strip = new QWidget(this);
    auto* row = new QHBoxLayout(strip);
    row->setContentsMargins(0, 0, 0, 0);
    m_agreed = wrapped(strip, "muted");
    m_again = new QPushButton(tr("Look again"), strip);
    m_again->setAutoDefault(false);
    m_cancel = new QPushButton(tr("Cancel"), strip);
    m_cancel->setDefault(true);
    m_run = new QPushButton(tr("&Run on this machine"), strip);
    m_run->setObjectName("labRun");
    m_run->setAutoDefault(false);
    row->addWidget(m_agreed, 1);
    row->addWidget(m_again);
    row->addWidget(m_run);
    row->addWidget(m_cancel);
    connect(m_again, &QPushButton::clicked, this, &LabDialog::look);
    connect(m_cancel, &QPushButton::clicked, this, &LabDialog::reject);
    connect(m_run, &QPushButton::clicked, this, &LabDialog::run);
    return strip;
}

void LabDialog::look()
{
    m_looking->setText(tr("Looking for a container engine…"));
    m_progress->setRange(0, 0);
    m_pages->setCurrentWidget(m_lookingPage);
    m_lab.look(m_document.design());
    updateButtons();
}

void LabDialog::showOffer()
{
    const LabOffer& offer = m_lab.offer();
    m_intro->setText(tr("\"%1\" on this machine would start the containers below. Nothing has been made yet.")
                         .arg(toQString(offer.plan.design)));
    showTable();
    m_totals->setText(totalsText(offer) + ' ' + safetyText());
    const QString shortage = shortageText(offer);
    m_shortage->setText(shortage);
    m_shortage->setVisible(!shortage.isEmpty());
    QStringList notes;
    for (const std::string& note : offer.plan.notes) {
        notes << QStringLiteral("• ") + toQString(note);
    }
    if (!offer.swept.empty()) {
        notes << QStringLiteral("• ") + tr("Left behind by an earlier run: %1").arg(toQString(offer.swept));
    }
    m_notes->setText(notes.join('\n'));
    m_engine->setText(tr("Engine: %1 at %2").arg(engineText(offer.engine), toQString(offer.socket)));
    m_rootful->setText(toQString(offer.engineNote));
    m_rootful->setVisible(!offer.engineNote.empty());
    m_agreed->setText(
        offer.agreed.isNull() ? QString()
                              : tr("You agreed to this plan on %1.")
                                    .arg(QLocale().toString(offer.agreed, QLocale::ShortFormat)));
    m_withoutLimits->setVisible(!offer.engine.limitsCpu || !offer.engine.limitsMemory);
    m_pages->setCurrentWidget(m_planPage);
    updateButtons();
    if (focusWidget() == nullptr || !m_planPage->isAncestorOf(focusWidget())) {
        m_cancel->setFocus();  // Nobody shall agree by a stray key.
    }
}

void LabDialog::showTable()
{
    const std::vector<PlanRow> rows = planRows(m_lab.offer());
    m_table->setRowCount(static_cast<int>(rows.size()));
    int at = 0;
    for (const PlanRow& row : rows) {
        const QString cells[] = {row.name, row.count, row.image, row.cpu, row.memory, row.ports, row.volume};
        for (int column = 0; column < m_table->columnCount(); ++column) {
            auto* item = new QTableWidgetItem(cells[column]);
            item->setToolTip(cells[column]);
            m_table->setItem(at, column, item);
        }
        ++at;
    }
    m_table->resizeColumnsToContents();
    for (int column = 0; column < m_table->columnCount(); ++column) {
        m_table->setColumnWidth(column, m_table->columnWidth(column) + kCellRoom);
    }
    m_table->horizontalHeader()->setSectionResizeMode(2, QHeaderView::Stretch);
    QTimer::singleShot(0, this, &LabDialog::fitTable);  // Its columns have their widths by then.
}

void LabDialog::fitTable()
{
    m_table->resizeRowsToContents();
    int height = 0;
    for (int row = 0; row < std::min(m_table->rowCount(), kMostRows); ++row) {
        height += m_table->rowHeight(row);
    }
    m_table->setFixedHeight(m_table->horizontalHeader()->sizeHint().height() + height + 4);
}

void LabDialog::showNone(const QString& tried)
{
    m_none->setText(tried);
    m_pages->setCurrentWidget(m_nonePage);
    updateButtons();
}

void LabDialog::showProblem(const QString& reason)
{
    m_looking->setText(
        m_hasAgreed ? tr("It could not be set up.") + "\n\n" + reason + "\n\n" + m_lab.report() : reason);
    m_hasAgreed = false;
    m_progress->hide();
    m_pages->setCurrentWidget(m_lookingPage);
    m_isFinishing = false;
    updateButtons();
}

void LabDialog::showProgress()
{
    const LabStand::Progress& progress = m_lab.progress();
    const QString what = toQString(progress.what);
    m_looking->setText(what.isEmpty() ? tr("Setting up…") : tr("Setting up: %1…").arg(what));
    m_progress->show();
    m_progress->setRange(0, progress.share > 0 ? 1000 : 0);  // The first step has no share: it only moves.
    m_progress->setValue(static_cast<int>(std::lround(progress.share * 1000)));
}

void LabDialog::takeState()
{
    switch (m_lab.state()) {
    case LabController::State::SettingUp:
        m_pages->setCurrentWidget(m_lookingPage);
        showProgress();
        break;
    case LabController::State::Running:
        accept();
        return;
    case LabController::State::CleaningUp:
        m_looking->setText(tr("Cleaning up…"));
        m_progress->setRange(0, 0);
        break;
    case LabController::State::Looking:
        m_progress->show();
        break;
    case LabController::State::Idle:
    case LabController::State::Asking:
        break;
    }
    updateButtons();
}

void LabDialog::updateButtons()
{
    const bool isAsking = m_lab.state() == LabController::State::Asking && !m_lookSoon->isActive();
    const bool isOver = m_lab.state() == LabController::State::Idle;
    m_run->setVisible(!isOver && !m_lab.isUp());
    m_run->setEnabled(isAsking && !m_trust.isForeign());
    m_run->setToolTip(m_trust.isForeign() ? tr("Trust the design first") : QString());
    m_again->setVisible(isOver);
    m_cancel->setText(isOver ? tr("Close") : tr("Cancel"));
    m_cancel->setEnabled(m_lab.state() != LabController::State::CleaningUp);
    if (!isAsking) {
        m_agreed->clear();
    }
    const bool canCompare = m_withLoad->isChecked() && std::isfinite(m_length->currentData().toDouble());
    m_compare->setEnabled(canCompare);
}

void LabDialog::updateBanner()
{
    m_banner->setVisible(m_trust.isForeign());
    updateButtons();
}

LabWishes LabDialog::wishes() const
{
    LabWishes wishes;
    const double length = m_length->currentData().toDouble();
    wishes.horizon = std::isfinite(length) ? fromSeconds(length) : kNever;
    wishes.seed = static_cast<std::uint64_t>(m_seed->value());
    wishes.withLoad = m_withLoad->isChecked();
    wishes.compare = m_compare->isEnabled() && m_compare->isChecked();
    wishes.withoutLimits = m_withoutLimits->isVisible() && m_withoutLimits->isChecked();
    return wishes;
}

QString LabDialog::said() const
{
    if (m_pages->currentWidget() == m_planPage) {
        return QStringList{m_intro->text(), m_totals->text(), m_shortage->text(),
                           m_notes->text(), m_engine->text(), m_agreed->text()}
            .join('\n');
    }
    return m_pages->currentWidget() == m_nonePage ? m_none->text() : m_looking->text();
}

void LabDialog::run()
{
    if (m_run->isEnabled()) {
        m_hasAgreed = true;
        m_lab.agree(wishes());
    }
}

/// Cancel: before the consent there is nothing to undo; after it, what was made is removed first.
void LabDialog::reject()
{
    if (m_lab.isUp()) {
        m_isFinishing = true;
        m_lab.stop();
        return;
    }
    m_lab.forget();
    QDialog::reject();
}

void LabDialog::changeEvent(QEvent* event)
{
    QDialog::changeEvent(event);
    if (event->type() == QEvent::PaletteChange && m_banner != nullptr) {
        m_banner->findChild<QLabel*>()->setPixmap(theme::uiIcon("warning", theme::warning()).pixmap(20, 20));
    }
}

}  // namespace neph
