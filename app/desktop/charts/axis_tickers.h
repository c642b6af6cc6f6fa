#pragma once

#include <qcustomplot.h>

namespace neph {

/// Ticks of a time axis in seconds, at the steps a clock has: 1, 2, 5, 10, 15, 30 s or min, 1, 2, 3, 6, 12 h,
/// days.
class TimeTicker final : public QCPAxisTicker {
public:
    TimeTicker();

    /// The smallest clock step that is at least `step` seconds.
    static double clockStep(double step);
    /// "30 s", "1:30", "45 min", "2:15 h", "6 h", "3 d": as short as the step allows, up to `end` seconds.
    static QString label(double seconds, double step, double end);

protected:
    double getTickStep(const QCPRange& range) override;
    int getSubTickCount(double tickStep) override;
    QString getTickLabel(double tick, const QLocale& locale, QChar formatChar, int precision) override;

private:
    double m_step = 1;
    double m_end = 0;
};

/// Ticks of a value axis that starts at zero, labelled in the unit of a Series.
class ValueTicker final : public QCPAxisTicker {
public:
    ValueTicker();

    void setUnit(const QString& unit) { m_unit = unit; }

protected:
    double getTickStep(const QCPRange& range) override;
    int getSubTickCount(double) override { return 0; }
    QString getTickLabel(double tick, const QLocale& locale, QChar formatChar, int precision) override;

private:
    QString m_unit;
    double m_step = 1;
};

/// Ticks of a logarithmic axis of latencies in milliseconds: 10 µs, 100 µs, 1 ms, … with 2 and 5 between.
class LatencyTicker final : public QCPAxisTicker {
protected:
    QVector<double> createTickVector(double tickStep, const QCPRange& range) override;
    QVector<double> createSubTickVector(int subTickCount, const QVector<double>& ticks) override;
    QString getTickLabel(double tick, const QLocale& locale, QChar formatChar, int precision) override;
};

/// An upper end for an axis from 0 that shows `most` with some headroom, at a round number. Where `current`
/// still fits well it is kept, so that a live axis does not twitch.
double roundUpperEnd(double most, double current, const QString& unit);

}  // namespace neph
