#include "app/desktop/charts/axis_tickers.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "app/desktop/charts/value_text.h"

namespace neph {

namespace {

constexpr double kMinute = 60;
constexpr double kHour = 3600;
constexpr double kDay = 86'400;

constexpr std::array kClockSteps = {
    0.001,       0.002,       0.005,        0.01,         0.02,         0.05,      0.1,       0.2,
    0.5,         1.0,         2.0,          5.0,          10.0,         15.0,      30.0,      kMinute,
    2 * kMinute, 5 * kMinute, 10 * kMinute, 15 * kMinute, 30 * kMinute, kHour,     2 * kHour, 3 * kHour,
    6 * kHour,   12 * kHour,  kDay,         2 * kDay,     5 * kDay,     10 * kDay, 30 * kDay,
};

QString twoDigits(qint64 n)
{
    return QString("%1").arg(n, 2, 10, QChar('0'));
}

}  // namespace

TimeTicker::TimeTicker()
{
    setTickCount(5);
}

double TimeTicker::clockStep(double step)
{
    const auto found = std::lower_bound(kClockSteps.begin(), kClockSteps.end(), step * (1 - 1e-9));
    return found == kClockSteps.end() ? std::ceil(step / kClockSteps.back()) * kClockSteps.back() : *found;
}

QString TimeTicker::label(double seconds, double step, double end)
{
    if (std::abs(seconds) < step * 1e-6) {
        return "0";
    }
    if (step < 1) {
        return QString::number(seconds, 'f', step < 0.01 ? 3 : step < 0.1 ? 2 : 1) + " s";
    }
    const auto whole = static_cast<qint64>(std::llround(seconds));
    if (step < kMinute) {
        if (end <= 2 * kMinute) {
            return QString("%1 s").arg(whole);
        }
        const QString clock = QString("%1:%2")
                                  .arg(whole % 3600 / 60, end >= kHour ? 2 : 1, 10, QChar('0'))
                                  .arg(twoDigits(whole % 60));
        return end >= kHour ? QString("%1:%2").arg(whole / 3600).arg(clock) : clock;
    }
    if (step < kHour) {
        return end <= 2 * kHour ? QString("%1 min").arg(whole / 60)
                                : QString("%1:%2 h").arg(whole / 3600).arg(twoDigits(whole % 3600 / 60));
    }
    if (step < kDay) {
        return end <= 4 * kDay       ? QString("%1 h").arg(whole / 3600)
               : whole % 86'400 == 0 ? QString("%1 d").arg(whole / 86'400)
                                     : QString("%1 d %2 h").arg(whole / 86'400).arg(whole % 86'400 / 3600);
    }
    return QString("%1 d").arg(whole / 86'400);
}

double TimeTicker::getTickStep(const QCPRange& range)
{
    m_end = range.upper;
    m_step = clockStep(range.size() / (tickCount() + 1e-10));
    return m_step;
}

int TimeTicker::getSubTickCount(double)
{
    return 0;
}

QString TimeTicker::getTickLabel(double tick, const QLocale&, QChar, int)
{
    return label(tick, m_step, m_end);
}

ValueTicker::ValueTicker()
{
    setTickCount(4);
    setTickStepStrategy(tssReadability);
}

double ValueTicker::getTickStep(const QCPRange& range)
{
    m_step = QCPAxisTicker::getTickStep(range);
    if (m_unit == "count" && range.upper >= 2 && m_step < 10) {
        m_step = m_step <= 1 ? 1 : m_step <= 2 ? 2 : m_step <= 5 ? 5 : 10;  // Things are counted whole.
    }
    return m_step;
}

QString ValueTicker::getTickLabel(double tick, const QLocale&, QChar, int)
{
    return tickText(tick, m_step, m_unit);
}

QVector<double> LatencyTicker::createTickVector(double, const QCPRange& range)
{
    const bool fine = range.lower > 0 && range.upper / range.lower < 2'000;
    QVector<double> ticks;
    for (double decade = 1e-6; decade < 1e9; decade *= 10) {
        for (const double times : {1.0, 2.0, 5.0}) {
            const double tick = decade * times;
            if ((fine || times < 2) && tick >= range.lower * 0.999 && tick <= range.upper * 1.001) {
                ticks.append(tick);
            }
        }
    }
    return ticks;
}

QVector<double> LatencyTicker::createSubTickVector(int, const QVector<double>&)
{
    return {};
}

QString LatencyTicker::getTickLabel(double tick, const QLocale&, QChar, int)
{
    return durationText(fromSeconds(tick / 1e3));
}

double roundUpperEnd(double most, double current, const QString& unit)
{
    const double least = unit == "%"       ? 10
                         : unit == "count" ? 2
                         : unit == "USD/h" ? 1e-6
                         : unit == "ms"    ? 0.1
                                           : 1;
    const double wanted = std::max(std::isfinite(most) ? most * 1.08 : 0, least);
    if (unit == "%" && wanted > 40 && most <= 100) {
        return 104;  // A full scale tells more than headroom does; 4 % keep the line at 100 % visible.
    }
    if (current >= wanted && current <= wanted * 2.2 && current != 104) {
        return current;
    }
    const double decade = std::pow(10.0, std::floor(std::log10(wanted)));
    for (const double round : {1.0, 1.2, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0}) {
        if (round * decade >= wanted * (1 - 1e-9)) {
            return round * decade;
        }
    }
    return 10 * decade;
}

}  // namespace neph
