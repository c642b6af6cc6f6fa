#include "app/desktop/panels/timeline.h"

#include <QHelpEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QToolTip>
#include <algorithm>
#include <cmath>

#include "app/desktop/charts/value_text.h"
#include "app/desktop/run_controller.h"
#include "app/desktop/theme.h"

namespace neph {

namespace {

constexpr int kMargin = 14;
constexpr int kTrackHeight = 6;
constexpr int kMarkHeight = 7;
constexpr int kKnobRadius = 6;
constexpr int kTickEvery = 110;    ///< Pixels between labels, at least.
constexpr int kNear = 4;           ///< Pixels within which the pointer means an event.
constexpr double kKeyStep = 0.01;  ///< Share of the length that an arrow key moves.
constexpr int kMostTipLines = 5;

QColor colourOf(EventLevel level)
{
    switch (level) {
    case EventLevel::Failure:
        return theme::failure();
    case EventLevel::Warning:
        return theme::warning();
    case EventLevel::Info:
        break;
    }
    return theme::accent();
}

/// The smallest step of a clock that is at least `least`.
Duration clockStep(Duration least)
{
    static constexpr std::chrono::seconds kTimelineSteps[] = {
        1s,    2s,    5s,    10s,    15s,    30s,    60s,    120s,    300s,    600s,   900s,
        1800s, 3600s, 7200s, 10800s, 21600s, 43200s, 86400s, 172800s, 432000s, 864000s};
    for (const std::chrono::seconds step : kTimelineSteps) {
        if (step >= least) {
            return step;
        }
    }
    return 2592000s;
}

/// A tick in as few signs as its step allows.
QString tickLabel(Time at)
{
    QString text = momentText(at);
    const qsizetype point = text.indexOf('.');
    return point < 0 ? text : text.left(point);
}

}  // namespace

Timeline::Timeline(RunController& run, QWidget* parent) : QWidget(parent), m_run(run)
{
    setFocusPolicy(Qt::StrongFocus);
    setMouseTracking(true);
    setAttribute(Qt::WA_Hover);
    setAccessibleName(tr("Timeline of the run"));
    setWhatsThis(
        tr("The run from its start to its end. Marks are events; drag the playhead to look back, or use "
           "the arrow keys (with Ctrl: from event to event). End shows the present again."));
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    connect(&m_run, &RunController::resultChanged, this, &Timeline::takeResult);
    connect(&m_run, &RunController::viewTimeChanged, this, [this] {
        setAccessibleDescription(momentText(m_run.viewTime()));
        update();
    });
}

void Timeline::setPlannedLength(Duration length)
{
    m_planned = length;
    update();
}

QSize Timeline::sizeHint() const
{
    return {480, kMarkHeight + kTrackHeight + 12 + fontMetrics().height()};
}

QSize Timeline::minimumSizeHint() const
{
    return {160, sizeHint().height()};
}

Duration Timeline::length() const
{
    const auto result = m_run.result();
    const Duration known = result && result->horizon > Time{0} ? Duration(result->horizon) : m_planned;
    return std::max<Duration>(known, 1s);
}

Time Timeline::simulated() const
{
    const auto result = m_run.result();
    return result ? result->simulated : Time{0};
}

double Timeline::xOf(Time at) const
{
    return kMargin + (width() - 2 * kMargin) * (seconds(at) / seconds(length()));
}

Time Timeline::timeAt(double x) const
{
    const double share = (x - kMargin) / std::max(1, width() - 2 * kMargin);
    return fromSeconds(std::clamp(share, 0.0, 1.0) * seconds(length()));
}

void Timeline::takeResult()
{
    collectMarks();
    update();
}

void Timeline::collectMarks()
{
    m_marks.clear();
    const auto result = m_run.result();
    if (!result) {
        return;
    }
    for (const RunEvent& event : result->log) {
        const int x = static_cast<int>(std::lround(xOf(event.at)));
        if (m_marks.empty() || m_marks.back().x != x) {
            m_marks.push_back({x, event.level});
        } else {
            m_marks.back().level = std::max(m_marks.back().level, event.level);
        }
    }
}

void Timeline::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    paintTicks(painter);
    paintTrack(painter);
    paintPlayhead(painter);
}

void Timeline::paintTicks(QPainter& painter) const
{
    QFont font = this->font();
    font.setPointSizeF(font.pointSizeF() * 0.85);
    painter.setFont(font);
    const int bottom = kMarkHeight + 4 + kTrackHeight;
    const double pixels = std::max(1, width() - 2 * kMargin);
    const Duration step = clockStep(fromSeconds(seconds(length()) * kTickEvery / pixels));
    for (Time at{0}; at <= length(); at += step) {
        const double x = xOf(at);
        painter.setPen(theme::cardBorder());
        painter.drawLine(QPointF(x, bottom + 2), QPointF(x, bottom + 5));
        painter.setPen(theme::mutedText());
        const QString label = tickLabel(at);
        const int textWidth = painter.fontMetrics().horizontalAdvance(label);
        const double left =
            std::clamp(x - textWidth / 2.0, 0.0, std::max(0.0, static_cast<double>(width() - textWidth)));
        painter.drawText(QPointF(left, bottom + 6 + painter.fontMetrics().ascent()), label);
    }
}

void Timeline::paintTrack(QPainter& painter) const
{
    const QRectF track(kMargin, kMarkHeight + 4, width() - 2 * kMargin, kTrackHeight);
    const double radius = kTrackHeight / 2.0;
    painter.setPen(Qt::NoPen);
    painter.setBrush(palette().color(QPalette::Mid));
    painter.drawRoundedRect(track, radius, radius);
    QRectF done = track;
    done.setRight(std::max(track.left(), xOf(simulated())));
    QColor colour = theme::accent();
    painter.setBrush(colour);
    painter.drawRoundedRect(done, radius, radius);
    for (const Mark& mark : m_marks) {
        painter.setBrush(colourOf(mark.level));
        painter.drawRoundedRect(QRectF(mark.x - 1.25, 1, 2.5, kMarkHeight), 1.2, 1.2);
    }
}

void Timeline::paintPlayhead(QPainter& painter) const
{
    if (!m_run.result()) {
        return;
    }
    const double x = xOf(m_run.viewTime());
    const QPointF centre(x, kMarkHeight + 4 + kTrackHeight / 2.0);
    painter.setPen(QPen(theme::card(), 2));
    painter.setBrush(m_run.isFollowing() ? theme::accent() : theme::text());
    painter.drawEllipse(centre, kKnobRadius, kKnobRadius);
    if (hasFocus()) {
        painter.setPen(QPen(theme::accent(), 1.5));
        painter.setBrush(Qt::NoBrush);
        painter.drawEllipse(centre, kKnobRadius + 2.5, kKnobRadius + 2.5);
    }
}

void Timeline::scrubTo(double x)
{
    if (!m_run.result()) {
        return;
    }
    const Time at = timeAt(x);
    if (at >= simulated()) {
        m_run.follow();
    } else {
        m_run.setViewTime(at);
    }
}

void Timeline::mousePressEvent(QMouseEvent* event)
{
    if (event->button() == Qt::LeftButton) {
        scrubTo(event->position().x());
    }
}

void Timeline::mouseMoveEvent(QMouseEvent* event)
{
    if ((event->buttons() & Qt::LeftButton) != 0) {
        scrubTo(event->position().x());
    }
}

void Timeline::keyPressEvent(QKeyEvent* event)
{
    const bool isArrow = event->key() == Qt::Key_Left || event->key() == Qt::Key_Right;
    const bool forward = event->key() == Qt::Key_Right;
    if (isArrow && (event->modifiers() & Qt::ControlModifier) != 0) {
        jumpToEvent(forward);
    } else if (isArrow) {
        const Duration step = fromSeconds(seconds(length()) * kKeyStep);
        scrubTo(xOf(forward ? m_run.viewTime() + step : std::max(Time{0}, m_run.viewTime() - step)));
    } else if (event->key() == Qt::Key_Home) {
        m_run.setViewTime(Time{0});
    } else if (event->key() == Qt::Key_End) {
        m_run.follow();
    } else {
        QWidget::keyPressEvent(event);
    }
}

void Timeline::jumpToEvent(bool forward)
{
    const auto result = m_run.result();
    if (!result) {
        return;
    }
    const Time now = m_run.viewTime();
    const auto& log = result->log;
    if (forward) {
        const auto next =
            std::find_if(log.begin(), log.end(), [now](const RunEvent& one) { return one.at > now; });
        if (next == log.end()) {
            m_run.follow();
        } else {
            m_run.setViewTime(next->at);
        }
        return;
    }
    const auto previous =
        std::find_if(log.rbegin(), log.rend(), [now](const RunEvent& one) { return one.at < now; });
    m_run.setViewTime(previous == log.rend() ? Time{0} : previous->at);
}

void Timeline::resizeEvent(QResizeEvent* event)
{
    QWidget::resizeEvent(event);
    collectMarks();
}

bool Timeline::event(QEvent* event)
{
    if (event->type() == QEvent::ToolTip) {
        auto* help = static_cast<QHelpEvent*>(event);
        QToolTip::showText(help->globalPos(), tipAt(help->pos().x()), this);
        return true;
    }
    return QWidget::event(event);
}

QString Timeline::tipAt(double x) const
{
    QStringList lines{QStringLiteral("<b>%1</b>").arg(momentText(timeAt(x)))};
    if (const auto result = m_run.result()) {
        for (const RunEvent& one : result->log) {
            if (std::abs(xOf(one.at) - x) > kNear) {
                continue;
            }
            if (lines.size() > kMostTipLines) {
                lines.append(QStringLiteral("…"));
                break;
            }
            lines.append(QString::fromStdString(one.what).toHtmlEscaped());
        }
    }
    return QStringLiteral("<qt>%1</qt>").arg(lines.join("<br>"));
}

}  // namespace neph
