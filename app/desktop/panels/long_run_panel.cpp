#include "app/desktop/panels/long_run_panel.h"

#include <QApplication>
#include <QClipboard>
#include <QFileDialog>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QLabel>
#include <QMenu>
#include <QProgressBar>
#include <QPushButton>
#include <QStackedWidget>
#include <QToolButton>
#include <QVBoxLayout>
#include <cmath>

#include "app/desktop/charts/month_timeline.h"
#include "app/desktop/charts/value_text.h"
#include "app/desktop/design_document.h"
#include "app/desktop/long_run.h"
#include "app/desktop/panels/long_run_panel_figures.h"
#include "app/desktop/panels/long_run_panel_part.h"
#include "app/desktop/panels/results_panel_parts.h"
#include "app/desktop/run_controller.h"

namespace neph {

namespace {

constexpr int kMonthSteps = 1000;  ///< Of the progress bar.

}  // namespace

LongRunPanel::LongRunPanel(DesignDocument& document, Selection& selection, LongRun& longRun, QWidget* parent)
    : QWidget(parent), m_document(document), m_selection(selection), m_longRun(longRun),
      m_pages(new QStackedWidget), m_figures(new LongRunFigures), m_timeline(new MonthTimeline),
      m_text(new ElidedLabel), m_stale(new QLabel), m_again(new QToolButton), m_progress(new QProgressBar),
      m_stop(new QToolButton), m_new(new QToolButton), m_save(new QToolButton)
{
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_pages);
    m_empty = makeEmpty();
    m_month = makeMonth();
    m_pages->addWidget(m_empty);
    m_pages->addWidget(m_month);

    connect(&m_longRun, &LongRun::changed, this, &LongRunPanel::takeAnswer);
    connect(&m_longRun, &LongRun::progressed, this, &LongRunPanel::showState);
    connect(&m_longRun, &LongRun::partChanged, this, &LongRunPanel::takePart);
    connect(&m_document, &DesignDocument::changed, this, &LongRunPanel::showStale);
    connect(m_timeline, &MonthTimeline::hourChosen, &m_longRun, &LongRun::openHour);
    connect(m_timeline, &MonthTimeline::menuRequested, this, &LongRunPanel::showMenu);
    connect(m_figures, &LongRunFigures::hourChosen, this, [this](int hour) {
        m_timeline->setHour(hour);
        m_longRun.openHour(hour);
    });
    setFocusProxy(m_timeline);
    takeAnswer();
}

QWidget* LongRunPanel::makeEmpty()
{
    auto* page = new QWidget;
    auto* column = new QVBoxLayout(page);
    auto* hint = new EmptyHint;
    hint->setText(tr("No long run yet.\nWhat does a month cost, and how slow is its worst hour? "
                     "Days and weeks are run in seconds, with the error beside each figure."));
    auto* start = new QPushButton(tr("Long run…"));
    start->setProperty("primary", true);
    connect(start, &QPushButton::clicked, this, &LongRunPanel::startRequested);
    column->addStretch(1);
    column->addWidget(hint);
    column->addWidget(start, 0, Qt::AlignCenter);
    column->addStretch(1);
    return page;
}

QWidget* LongRunPanel::makeMonth()
{
    auto* page = new QWidget;
    auto* columns = new QHBoxLayout(page);
    columns->setContentsMargins(0, 0, 0, 0);
    columns->setSpacing(0);
    // As wide as its widest figures, so that the charts stay where they are when figures come.
    m_figures->setFixedWidth(
        fontMetrics().horizontalAdvance("A month like this $9,999,999.99 99 d 00:00 – 00:00") + 56);
    columns->addWidget(m_figures);
    auto* right = new QVBoxLayout;
    right->setContentsMargins(0, 0, 0, 0);
    right->setSpacing(0);
    right->addWidget(makeBar());
    right->addWidget(m_timeline, 1);
    columns->addLayout(right, 1);
    return page;
}

QWidget* LongRunPanel::makeBar()
{
    auto* bar = new QWidget;
    auto* row = new QHBoxLayout(bar);
    row->setContentsMargins(4, 4, 8, 0);
    row->setSpacing(6);
    m_stale->setText(tr("Of an older drawing."));
    m_stale->setProperty("warning", true);
    row->addWidget(m_stale);
    const auto button = [row](QToolButton* one, const QString& text, const QString& tip) {
        one->setText(text);
        one->setToolTip(tip);
        one->setAccessibleName(tip);
        row->addWidget(one);
    };
    button(m_again, tr("Run it anew"), tr("The same long run, of the drawing as it is now"));
    row->addWidget(m_text, 1);
    m_progress->setRange(0, kMonthSteps);
    m_progress->setFixedWidth(180);
    m_progress->setAccessibleName(tr("Progress of the long run"));
    row->addWidget(m_progress);
    button(m_stop, tr("Stop"), tr("Stop here: what is known so far, with its larger error"));
    button(m_save, tr("Save as CSV…"), tr("Save the figures of each hour"));
    button(m_new, tr("Long run…"), tr("Another long run"));
    connect(m_again, &QToolButton::clicked, this, &LongRunPanel::againRequested);
    connect(m_stop, &QToolButton::clicked, &m_longRun, &LongRun::stop);
    connect(m_save, &QToolButton::clicked, this, &LongRunPanel::saveCsv);
    connect(m_new, &QToolButton::clicked, this, &LongRunPanel::startRequested);
    return bar;
}

void LongRunPanel::takeAnswer()
{
    const auto answer = m_longRun.answer();
    m_figures->show(answer.get());
    m_timeline->show(answer ? answer->result : nullptr, m_longRun.design());
    showState();
    showStale();
    takePart();
}

void LongRunPanel::takePart()
{
    const bool isOpen = m_longRun.part() != nullptr;
    if (isOpen && m_part == nullptr) {
        // A run controller and three views: made when they are wanted for the first time.
        m_part = new LongRunPartView(m_document, m_selection, m_longRun);
        m_pages->addWidget(m_part);
        connect(m_part, &LongRunPartView::backRequested, &m_longRun, &LongRun::closePart);
        connect(&m_part->played(), &RunController::viewTimeChanged, this, &LongRunPanel::partInSightChanged);
    }
    const bool hadFocus = isAncestorOf(QApplication::focusWidget());
    QWidget* page = isOpen                                      ? static_cast<QWidget*>(m_part)
                    : m_longRun.state() == LongRun::State::Idle ? m_empty
                                                                : m_month;
    if (m_pages->currentWidget() != page) {
        m_pages->setCurrentWidget(page);
        if (hadFocus && page == m_month) {
            m_timeline->setFocus(Qt::OtherFocusReason);
        } else if (hadFocus && page == m_part) {
            m_part->setFocus(Qt::OtherFocusReason);
        }
    }
    emit partInSightChanged();
}

RunController* LongRunPanel::partInSight() const
{
    const bool isThere = m_part != nullptr && m_longRun.part() != nullptr && m_longRun.part()->result;
    return isThere && isVisible() ? &m_part->played() : nullptr;
}

QString LongRunPanel::stateText() const
{
    return m_text->text();
}

bool LongRunPanel::showsStale() const
{
    return !m_stale->isHidden();
}

void LongRunPanel::showState()
{
    const bool isRunning = m_longRun.isRunning();
    const auto answer = m_longRun.answer();
    const RunProgress& progress = m_longRun.progress();
    m_progress->setVisible(isRunning);
    m_stop->setVisible(isRunning);
    m_new->setVisible(!isRunning);
    m_save->setVisible(!isRunning && answer);
    const double share =
        progress.horizon > Duration(0) ? seconds(progress.simulated) / seconds(progress.horizon) : 0;
    m_progress->setValue(static_cast<int>(share * kMonthSteps));
    m_progress->setFormat(
        share > 0 ? tr("%1 of %2").arg(durationText(progress.simulated), durationText(progress.horizon))
                  : QString());
    if (isRunning) {
        const QString left =
            share > 0.05
                ? tr(" · about %1 left").arg(durationText(fromSeconds(std::ceil(progress.secondsLeft))))
                : QString();
        m_text->setText((answer ? tr("A preview by formula; its error is being measured%1")
                                : tr("Following tasks and the bill%1"))
                            .arg(left));
        return;
    }
    if (!answer) {
        m_text->clear();
        return;
    }
    const RunResult& result = *answer->result;
    QString text = m_longRun.wasStopped() ? tr("Stopped early. ") : QString();
    if (answer->isPreview) {
        text += tr("By formula only: its error was not measured.");
    } else if (result.trust) {
        text += tr("%1 requests were run one by one; errors with 95 % confidence.")
                    .arg(valueText(static_cast<double>(result.trust->simulated), "count"));
        text += result.trust->note.empty() ? QString() : ' ' + toQString(result.trust->note) + '.';
    }
    m_text->setText(text);
}

void LongRunPanel::showStale()
{
    const bool isStale = m_longRun.isOutdatedFor(m_document.design());
    m_stale->setVisible(isStale);
    m_again->setVisible(isStale && !m_longRun.isRunning());
}

void LongRunPanel::showMenu(const QPoint& globalPosition)
{
    const auto answer = m_longRun.answer();
    if (!answer) {
        return;
    }
    QMenu menu(this);
    menu.addAction(tr("Open this hour"), this, [this] { m_longRun.openHour(m_timeline->hour()); });
    menu.addAction(tr("Show the whole run"), m_timeline, &MonthTimeline::showAll);
    menu.addSeparator();
    menu.addAction(tr("Copy picture"), this, [this] {
        QGuiApplication::clipboard()->setPixmap(m_timeline->widget()->grab());
    });
    menu.addAction(tr("Copy as CSV"), this, [this, answer] {
        QGuiApplication::clipboard()->setText(toHourlyCsv(*answer->result, m_longRun.design()));
    });
    menu.addAction(tr("Save as CSV…"), this, &LongRunPanel::saveCsv);
    menu.exec(globalPosition);
}

void LongRunPanel::saveCsv()
{
    const auto answer = m_longRun.answer();
    const QString file =
        QFileDialog::getSaveFileName(this, tr("Save the figures of each hour"), QString(), tr("CSV (*.csv)"));
    if (!file.isEmpty() && answer) {
        writeFile(m_document, file, toHourlyCsv(*answer->result, m_longRun.design()).toUtf8());
    }
}

void LongRunPanel::showEvent(QShowEvent* event)
{
    QWidget::showEvent(event);
    emit partInSightChanged();
}

void LongRunPanel::hideEvent(QHideEvent* event)
{
    QWidget::hideEvent(event);
    emit partInSightChanged();
}

}  // namespace neph
