#pragma once

#include <QString>
#include <memory>
#include <optional>
#include <vector>

#include "app/desktop/charts/chart_plan.h"
#include "sim/metrics/run_result.h"
#include "sim/model/design.h"

namespace neph {

/// What a long run says about one of its hours.
struct HourFigures {
    struct Tasks {
        QString name;
        double count = 0;
    };
    double p99Ms = 0;
    std::optional<std::pair<double, double>> p99Between;  ///< Its error; nothing: every request was run, or
                                                          ///< none.
    double requestsPerSecond = 0;
    double errorShare = 0;  ///< 0..1
    double dollarsPerHour = 0;
    std::vector<Tasks> tasks;
};

/// A part of a long run that is to be opened, and why this one.
struct PartChoice {
    Time from{0};
    Time to{0};
    bool isWholeHour = false;
    double requestsPerSecond = 0;  ///< Expected in that hour.
};

/// How many hours the run has, the last one perhaps not whole.
int hoursOf(const RunResult& result);
HourFigures figuresOfHour(const RunResult& result, const Design& design, int hour);
/// The hour with the highest p99; -1 where nothing was measured.
int worstHour(const RunResult& result);

/// The part of an hour that is run request by request: all of it where that is at most `mostRequests`, else
/// as much as that around its slowest moment.
PartChoice choosePart(const RunResult& result, int hour, double mostRequests);

/// The charts of a long run, from above: p99 with its error, tasks, cost.
std::vector<ChartSpec> longRunCharts(const RunResult& result, const Design& design);

/// One row for each hour, with a header line: what the charts show.
QString toHourlyCsv(const RunResult& result, const Design& design);

/// What runPart() found as a run of its own that starts at zero: what was warmed up is before its time.
/// Sums over all request classes are added where they are sums.
RunResult asRunOfItsOwn(RunResult part, Time from);

/// "17 d 05:00 – 06:00", "05:00 – 06:00" on the first day.
QString hourText(int hour);
/// The same of any stretch, to the second where that matters.
QString stretchText(Time from, Time to);

}  // namespace neph
