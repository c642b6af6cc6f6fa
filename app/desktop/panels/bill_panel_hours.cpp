#include "app/desktop/panels/bill_panel_hours.h"

#include <QToolTip>
#include <algorithm>
#include <cmath>

#include "app/desktop/charts/axis_tickers.h"
#include "app/desktop/charts/value_text.h"
#include "app/desktop/theme.h"

namespace neph {

namespace {

constexpr double kHour = 3600;
constexpr std::size_t kLeastHours = 6;  ///< A run of one hour is one bar among six, not a wall.

}  // namespace

BillHoursChart::BillHoursChart(QWidget* parent) : QCustomPlot(parent), m_bars(new QCPBars(xAxis, yAxis))
{
    setMouseTracking(true);
    setMinimumHeight(100);
    setAccessibleName(tr("Cost of each hour"));
    const QSharedPointer<ValueTicker> ticker(new ValueTicker);
    ticker->setUnit("USD/h");
    yAxis->setTicker(ticker);
    xAxis->setTicker(QSharedPointer<QCPAxisTicker>(new TimeTicker));
    m_bars->setWidth(kHour * 0.86);
    m_bars->setAntialiased(false);
    applyTheme();
}

void BillHoursChart::applyTheme()
{
    QColor faint = theme::mutedText();
    faint.setAlphaF(0.16F);
    setBackground(palette().color(QPalette::Base));
    for (QCPAxis* axis : {xAxis, yAxis}) {
        axis->setTickLabelFont(font());
        axis->setTickLabelColor(theme::mutedText());
        axis->setTickPen(Qt::NoPen);
        axis->setSubTickPen(Qt::NoPen);
        axis->setBasePen(axis == xAxis ? QPen(theme::mutedText()) : QPen(Qt::NoPen));
        axis->grid()->setPen(QPen(faint, 1));
        axis->grid()->setZeroLinePen(Qt::NoPen);
    }
    xAxis->grid()->setVisible(false);
    QColor fill = theme::accent();
    fill.setAlphaF(0.75F);
    m_bars->setBrush(fill);
    m_bars->setPen(Qt::NoPen);
    replot(rpQueuedReplot);
}

void BillHoursChart::setHours(const std::vector<Money>& hours)
{
    if (hours == m_hours) {
        return;
    }
    m_hours = hours;
    QVector<double> at;
    QVector<double> cost;
    double most = 0;
    for (std::size_t i = 0; i < hours.size(); ++i) {
        at << (static_cast<double>(i) + 0.5) * kHour;
        cost << hours[i].dollars();
        most = std::max(most, hours[i].dollars());
    }
    m_bars->setData(at, cost, true);
    xAxis->setRange(0, static_cast<double>(std::max(hours.size(), kLeastHours)) * kHour);
    yAxis->setRange(0, roundUpperEnd(most, 0, "USD/h"));
    replot(rpQueuedReplot);
}

QString BillHoursChart::textAt(const QPointF& position) const
{
    const double at = xAxis->pixelToCoord(position.x());
    const auto hour = static_cast<std::size_t>(std::max(0.0, std::floor(at / kHour)));
    if (at < 0 || hour >= m_hours.size()) {
        return {};
    }
    return tr("Hour %1 (%2:00 to %3:00): %4")
        .arg(hour + 1)
        .arg(hour)
        .arg(hour + 1)
        .arg(moneyText(m_hours[hour]));
}

void BillHoursChart::mouseMoveEvent(QMouseEvent* event)
{
    const QString text = textAt(event->position());
    if (text.isEmpty()) {
        QToolTip::hideText();
    } else {
        QToolTip::showText(event->globalPosition().toPoint(), text, this);
    }
}

void BillHoursChart::changeEvent(QEvent* event)
{
    QCustomPlot::changeEvent(event);
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::FontChange) {
        applyTheme();
    }
}

}  // namespace neph
