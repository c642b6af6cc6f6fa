#include "app/desktop/panels/transport_bar.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QMenu>
#include <QToolButton>
#include <algorithm>

#include "app/desktop/actions.h"
#include "app/desktop/charts/value_text.h"
#include "app/desktop/panels/property_editor_number.h"
#include "app/desktop/panels/timeline.h"
#include "app/desktop/run_controller.h"
#include "app/desktop/theme.h"

namespace neph {

namespace {

constexpr double kSpeeds[] = {0.1, 1, 10, 60, 600, 3600, 10'000, 100'000, 1'000'000, RunController::kAsFast};

}  // namespace

QString speedText(double speed)
{
    if (speed == RunController::kAsFast) {
        return QObject::tr("As fast as possible");
    }
    if (speed == 1) {
        return QObject::tr("×1  real time");
    }
    if (speed == 60) {
        return QObject::tr("×60  1 min/s");
    }
    if (speed == 3600) {
        return QObject::tr("×3,600  1 h/s");
    }
    if (speed >= 1000) {
        return QStringLiteral("×%1").arg(countText(static_cast<std::uint64_t>(speed)));
    }
    return QStringLiteral("×%1").arg(plainNumber(speed));
}

TransportBar::TransportBar(Actions& actions, RunController& run, QWidget* parent)
    : QWidget(parent), m_run(run), m_speed(new QComboBox(this)), m_timeline(new Timeline(run, this)),
      m_time(new QLabel(this)), m_length(new QLabel(this)), m_live(new QToolButton(this)),
      m_fault(new QToolButton(this))
{
    setObjectName("transportBar");
    setAttribute(Qt::WA_StyledBackground);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(10, 6, 10, 6);
    row->setSpacing(3);
    for (const char* id : {"run.play", "run.stop", "run.stepEvent", "run.stepChange"}) {
        row->addWidget(addButton(actions.at(id)));
    }
    row->addSpacing(6);
    row->addWidget(addButton(actions.at("run.long")));
    row->addWidget(addButton(actions.at("run.real")));
    row->addSpacing(6);
    buildSpeed();
    row->addWidget(m_speed);
    row->addSpacing(6);
    row->addWidget(m_timeline, 1);
    row->addSpacing(6);

    auto* times = new QVBoxLayout;
    times->setSpacing(0);
    QFont font = m_time->font();
    font.setPointSizeF(font.pointSizeF() * 1.2);
    font.setWeight(QFont::DemiBold);
    m_time->setFont(font);
    m_time->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    m_time->setAccessibleName(tr("Simulated time"));
    m_time->setMinimumWidth(QFontMetrics(font).horizontalAdvance("00:00:00.000"));
    m_length->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    m_length->setProperty("muted", true);
    times->addWidget(m_time);
    times->addWidget(m_length);
    row->addLayout(times);
    row->addSpacing(6);
    m_live->setDefaultAction(actions.at("run.live"));
    actions.at("run.live")->setIconText(tr("Live"));
    m_live->setToolButtonStyle(Qt::ToolButtonTextOnly);
    m_live->setAccessibleName(tr("Follow the present"));
    m_live->setObjectName("live");
    row->addWidget(m_live);
    m_fault->setDefaultAction(actions.at("run.fault"));
    m_fault->setPopupMode(QToolButton::InstantPopup);
    m_fault->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    m_fault->setText(tr("Fault"));
    m_fault->setAccessibleName(tr("Inject a fault"));
    row->addWidget(m_fault);

    connect(&m_run, &RunController::viewTimeChanged, this, &TransportBar::showTime);
    connect(&m_run, &RunController::resultChanged, this, &TransportBar::showTime);
    connect(&m_run, &RunController::speedChanged, this, &TransportBar::showSpeed);
    showSpeed();
    showTime();
}

QToolButton* TransportBar::addButton(QAction* action)
{
    auto* button = new QToolButton(this);
    button->setDefaultAction(action);
    button->setIconSize(QSize(22, 22));
    button->setAccessibleName(action->text().remove('&'));
    return button;
}

void TransportBar::buildSpeed()
{
    for (const double speed : kSpeeds) {
        m_speed->addItem(speedText(speed), speed);
    }
    m_speed->setAccessibleName(tr("Speed of the simulation"));
    m_speed->setToolTip(tr("Simulated seconds per real second"));
    connect(m_speed, &QComboBox::activated, this, [this](int index) {
        m_run.setSpeed(m_speed->itemData(index).toDouble());
    });
}

void TransportBar::setFaultMenu(QMenu* menu)
{
    m_fault->setMenu(menu);
}

void TransportBar::faster()
{
    const int next = std::min(m_speed->currentIndex() + 1, m_speed->count() - 1);
    m_run.setSpeed(m_speed->itemData(next).toDouble());
}

void TransportBar::slower()
{
    const int next = std::max(m_speed->currentIndex() - 1, 0);
    m_run.setSpeed(m_speed->itemData(next).toDouble());
}

void TransportBar::showTime()
{
    const auto result = m_run.result();
    m_time->setText(result ? momentText(m_run.viewTime()) : QStringLiteral("–"));
    m_length->setText(result ? tr("of %1").arg(durationText(result->horizon)) : tr("not run yet"));
    m_live->defaultAction()->setChecked(m_run.isFollowing() && result);
}

void TransportBar::showSpeed()
{
    m_speed->setCurrentIndex(m_speed->findData(m_run.speed()));
}

}  // namespace neph
