#include "app/desktop/panels/long_run_panel_part.h"

#include <QButtonGroup>
#include <QHBoxLayout>
#include <QLabel>
#include <QProgressBar>
#include <QShortcut>
#include <QStackedWidget>
#include <QTimer>
#include <QToolButton>
#include <QVBoxLayout>

#include "app/desktop/charts/chart_grid.h"
#include "app/desktop/charts/value_text.h"
#include "app/desktop/long_run.h"
#include "app/desktop/panels/event_list_panel.h"
#include "app/desktop/panels/request_panel.h"
#include "app/desktop/panels/results_panel_parts.h"
#include "app/desktop/run_controller.h"
#include "app/desktop/theme.h"

namespace neph {

namespace {

constexpr int kFrameMs = 100;
constexpr double kPlaybackSeconds = 60;  ///< However long the part is, it is played back in so long.
constexpr int kPartSteps = 1000;         ///< Of the progress bar.

}  // namespace

LongRunPartView::LongRunPartView(
    DesignDocument& document, Selection& selection, LongRun& longRun, QWidget* parent)
    : QWidget(parent), m_longRun(longRun), m_played(std::make_unique<RunController>()),
      m_back(new QToolButton), m_play(new QToolButton), m_choice(new QButtonGroup(this)),
      m_text(new ElidedLabel), m_progress(new QProgressBar), m_cancel(new QToolButton),
      m_pages(new QStackedWidget), m_charts(new ChartGrid(document, selection, *m_played)),
      m_requests(new RequestPanel(document, selection, *m_played)),
      m_events(new EventListPanel(document, selection, *m_played)), m_clock(new QTimer(this))
{
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(makeBar());
    column->addWidget(m_pages, 1);
    for (QWidget* page :
         {static_cast<QWidget*>(m_charts), static_cast<QWidget*>(m_requests),
          static_cast<QWidget*>(m_events)}) {
        m_pages->addWidget(page);
    }
    auto* waiting = new EmptyHint;
    waiting->setText(tr("Its charts and requests appear here in a moment."));
    m_pages->addWidget(waiting);
    auto* escape = new QShortcut(QKeySequence(Qt::Key_Escape), this);
    escape->setContext(Qt::WidgetWithChildrenShortcut);
    connect(escape, &QShortcut::activated, this, &LongRunPartView::backRequested);
    m_clock->setInterval(kFrameMs);
    connect(m_clock, &QTimer::timeout, this, &LongRunPartView::playOn);
    connect(&m_longRun, &LongRun::partChanged, this, &LongRunPartView::takePart);
    connect(&m_longRun, &LongRun::partProgressed, this, &LongRunPartView::showState);
    takePart();
}

LongRunPartView::~LongRunPartView()
{
    // The views listen to the controller and go after this.
    m_played->disconnect();
    delete m_pages;
}

QWidget* LongRunPartView::makeBar()
{
    auto* bar = new QWidget;
    auto* row = new QHBoxLayout(bar);
    row->setContentsMargins(6, 4, 8, 4);
    row->setSpacing(2);
    m_back->setText(tr("← Long run"));
    m_back->setAccessibleName(tr("Back to the long run"));
    m_back->setToolTip(tr("Back to the whole long run (Esc)"));
    connect(m_back, &QToolButton::clicked, this, &LongRunPartView::backRequested);
    row->addWidget(m_back);
    row->addSpacing(8);
    const QString names[] = {tr("Charts"), tr("Requests"), tr("Events")};
    for (int i = 0; i < static_cast<int>(std::size(names)); ++i) {
        auto* button = new QToolButton;
        button->setText(names[i]);
        button->setCheckable(true);
        button->setChecked(i == 0);
        m_choice->addButton(button, i);
        row->addWidget(button);
    }
    connect(m_choice, &QButtonGroup::idClicked, this, &LongRunPartView::showPage);
    row->addSpacing(8);
    m_play->setToolTip(tr("Play this part back on the canvas, in a minute"));
    m_play->setAccessibleName(tr("Play this part back"));
    m_play->setIconSize(QSize(16, 16));
    connect(m_play, &QToolButton::clicked, this, &LongRunPartView::playOrPause);
    row->addWidget(m_play);
    row->addSpacing(8);
    row->addWidget(m_text, 1);
    m_progress->setRange(0, kPartSteps);
    m_progress->setFixedWidth(160);
    m_progress->setAccessibleName(tr("Progress of this part"));
    row->addWidget(m_progress);
    m_cancel->setText(tr("Cancel"));
    m_cancel->setToolTip(tr("Give this part up (Esc)"));
    connect(m_cancel, &QToolButton::clicked, this, &LongRunPartView::backRequested);
    row->addWidget(m_cancel);
    return bar;
}

void LongRunPartView::showPage(int index)
{
    m_choice->button(index)->setChecked(true);
    showState();
}

void LongRunPartView::takePart()
{
    const LongRunPart* part = m_longRun.part();
    m_clock->stop();
    m_played->follow();
    m_played->showResult(part != nullptr ? part->result : nullptr);
    if (part != nullptr && part->result) {
        // From its beginning: the end of a part is no present to stand at.
        m_played->setViewTime(Time{0});
    }
    showState();
}

void LongRunPartView::showState()
{
    const LongRunPart* part = m_longRun.part();
    if (part == nullptr) {
        return;
    }
    const bool isThere = part->result != nullptr;
    m_pages->setCurrentIndex(isThere ? m_choice->checkedId() : m_pages->count() - 1);
    m_cancel->setVisible(!isThere);
    m_play->setEnabled(isThere);
    m_play->setIcon(theme::uiIcon(m_clock->isActive() ? "pause" : "play"));
    m_progress->setVisible(!isThere);
    const QString which = stretchText(part->choice.from, part->choice.to);
    const QString length = durationText(part->choice.to - part->choice.from);
    const QString what = part->choice.isWholeHour
                             ? tr("%1, the whole of it").arg(which)
                             : tr("%1, the %2 around the slowest moment of this hour").arg(which, length);
    if (isThere) {
        std::uint64_t requests = 0;
        for (const auto& [name, one] : part->result->classes) {
            requests += one.total;
        }
        m_text->setText(tr("%1 · every request was run, %2 with the warm-up").arg(what, countText(requests)));
        return;
    }
    const RunProgress& progress = m_longRun.partProgress();
    const double share =
        progress.horizon > Duration(0) ? seconds(progress.simulated) / seconds(progress.horizon) : 0;
    m_progress->setRange(0, share > 0 ? kPartSteps : 0);  // Nobody knows how long the way there is.
    m_progress->setValue(static_cast<int>(share * kPartSteps));
    m_text->setText(
        share > 0 ? tr("%1 · running every request…").arg(what)
                  : tr("%1 · bringing the design into the state of that moment…").arg(what));
}

bool LongRunPartView::isPlaying() const
{
    return m_clock->isActive();
}

void LongRunPartView::playOrPause()
{
    if (m_clock->isActive()) {
        m_clock->stop();
    } else if (const auto result = m_played->result()) {
        if (m_played->viewTime() >= result->simulated) {
            m_played->setViewTime(Time{0});
        }
        m_clock->start();
    }
    showState();
}

void LongRunPartView::playOn()
{
    const auto result = m_played->result();
    if (!result || m_played->viewTime() >= result->simulated) {
        m_clock->stop();
        showState();
        return;
    }
    const double step = seconds(result->simulated) * kFrameMs / 1000 / kPlaybackSeconds;
    m_played->setViewTime(m_played->viewTime() + fromSeconds(step));
}

}  // namespace neph
