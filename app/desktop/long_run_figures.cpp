#include "app/desktop/long_run_figures.h"

#include <QCoreApplication>
#include <algorithm>
#include <map>

#include "app/desktop/charts/value_text.h"

namespace neph {

namespace {

constexpr Duration kPartLengths[] = {1h, 30min, 20min, 10min, 5min, 2min, 1min, 30s, 20s, 10s, 5s, 2s, 1s};

/// Mean over [from, to); the value before it where no point lies in it.
double meanIn(const Series* series, Time from, Time to)
{
    if (series == nullptr) {
        return 0;
    }
    double sum = 0;
    int count = 0;
    for (const SeriesPoint& point : series->points()) {
        if (point.at >= from && point.at < to) {
            sum += point.mean;
            ++count;
        }
    }
    return count > 0 ? sum / count : series->valueAt(from);
}

/// By hours where an engine says so; else as it was measured, and the worst of the hour stands for it.
const Series* slownessOf(const RunResult& result)
{
    const Series* hourly = result.find("", "HourlyP99");
    return hourly != nullptr ? hourly : result.find("", "LatencyP99");
}

double p99In(const RunResult& result, Time from, Time to)
{
    const Series* series = slownessOf(result);
    if (series != nullptr && series->metric() == "HourlyP99") {
        return series->valueAt(from);
    }
    return meanIn(series, from, to);
}

/// The moment of [from, to) at which the most of requests was slow; its middle where nothing is known.
Time worstMoment(const RunResult& result, Time from, Time to)
{
    Time worst = from + (to - from) / 2;
    double most = 0;
    if (const Series* series = result.find("", "LatencyP99")) {
        for (const SeriesPoint& point : series->points()) {
            if (point.at >= from && point.at < to && point.max > most) {
                most = point.max;
                worst = point.at + series->interval() / 2;
            }
        }
    }
    return worst;
}

std::vector<const Series*> taskCounts(const RunResult& result)
{
    std::vector<const Series*> counts;
    for (const Series& series : result.series) {
        if (series.metric() == "RunningTaskCount") {
            counts.push_back(&series);
        }
    }
    return counts;
}

Series sumOf(const std::vector<const Series*>& parts, const std::string& metric)
{
    std::map<Time, double> sums;
    for (const Series* part : parts) {
        for (const SeriesPoint& point : part->points()) {
            sums[point.at] += point.mean;
        }
    }
    Series sum("", metric, parts.front()->unit(), parts.front()->interval());
    for (const auto& [at, value] : sums) {
        sum.add(at, value);
    }
    return sum;
}

QString padded(qint64 number)
{
    return QString("%1").arg(number, 2, 10, QChar('0'));
}

QString clockText(Time at, bool hasSeconds)
{
    const qint64 second = at / 1s;
    const QString minutes = QString("%1:%2").arg(padded(second % 86'400 / 3600), padded(second % 3600 / 60));
    return hasSeconds ? QString("%1:%2").arg(minutes, padded(second % 60)) : minutes;
}

QString inWords(const char* text)
{
    return QCoreApplication::translate("neph::LongRun", text);
}

}  // namespace

int hoursOf(const RunResult& result)
{
    return static_cast<int>((result.simulated + 1h - Duration(1)) / 1h);
}

HourFigures figuresOfHour(const RunResult& result, const Design& design, int hour)
{
    const Time from = hour * Duration(1h);
    const Time to = from + 1h;
    HourFigures figures;
    figures.p99Ms = p99In(result, from, to);
    const Series* low = result.find("", "HourlyP99Low");
    const Series* high = result.find("", "HourlyP99High");
    if (low != nullptr && high != nullptr) {
        figures.p99Between = {low->valueAt(from), high->valueAt(from)};
    }
    figures.requestsPerSecond = meanIn(result.find("", "Requests"), from, to);
    const double errors = meanIn(result.find("", "Errors"), from, to);
    figures.errorShare = figures.requestsPerSecond > 0 ? errors / figures.requestsPerSecond : 0;
    figures.dollarsPerHour = meanIn(result.find("", "CostPerHour"), from, to);
    for (const Series* tasks : taskCounts(result)) {
        figures.tasks.push_back({nameOf(design, tasks->node()), meanIn(tasks, from, to)});
    }
    return figures;
}

int worstHour(const RunResult& result)
{
    int worst = -1;
    double most = 0;
    for (int hour = 0; hour < hoursOf(result); ++hour) {
        const double p99 = p99In(result, hour * Duration(1h), (hour + 1) * Duration(1h));
        if (p99 > most) {
            most = p99;
            worst = hour;
        }
    }
    return worst;
}

PartChoice choosePart(const RunResult& result, int hour, double mostRequests)
{
    const Time start = hour * Duration(1h);
    const Time end = std::min<Time>(start + 1h, result.simulated);
    PartChoice choice;
    choice.requestsPerSecond = meanIn(result.find("", "Requests"), start, end);
    Duration length = std::end(kPartLengths)[-1];
    for (const Duration candidate : kPartLengths) {
        if (choice.requestsPerSecond * seconds(std::min<Duration>(candidate, end - start)) <= mostRequests) {
            length = candidate;
            break;
        }
    }
    length = std::min<Duration>(length, end - start);
    choice.isWholeHour = length == end - start;
    const Time middle = worstMoment(result, start, end) / 1s * Duration(1s);
    choice.from = std::clamp<Time>(middle - length / 2 / 1s * Duration(1s), start, end - length);
    choice.to = choice.from + length;
    return choice;
}

std::vector<ChartSpec> longRunCharts(const RunResult& result, const Design& design)
{
    std::vector<ChartSpec> charts;
    if (const Series* slowness = slownessOf(result)) {
        ChartLine line{"", slowness->metric(), "p99", LineRole::Plain, 0};
        const bool hasError = result.find("", "HourlyP99Low") != nullptr;
        if (hasError) {
            line.low = "HourlyP99Low";
            line.high = "HourlyP99High";
        }
        charts.push_back(
            {hasError ? inWords("p99 of each hour, with its error") : inWords("Latency"),
             "ms",
             {line},
             false,
             false});
    }
    ChartSpec tasks{inWords("Running tasks"), "count", {}, true, false};
    for (const Series* series : taskCounts(result)) {
        if (tasks.lines.size() < kMostLines) {
            tasks.lines.push_back(
                {series->node(), series->metric(), nameOf(design, series->node()), LineRole::Plain,
                 static_cast<int>(tasks.lines.size()) + 1});
        }
    }
    if (!tasks.lines.empty()) {
        charts.push_back(std::move(tasks));
    }
    if (result.find("", "CostPerHour") != nullptr) {
        charts.push_back(
            {inWords("Cost per hour"),
             "USD/h",
             {{"", "CostPerHour", inWords("cost"), LineRole::Plain, 3}},
             true,
             true});
    }
    return charts;
}

QString toHourlyCsv(const RunResult& result, const Design& design)
{
    QString text = "hour,requests_per_second,error_share,p99_ms,p99_low_ms,p99_high_ms";
    for (const Series* tasks : taskCounts(result)) {
        text += ",\"tasks of " + nameOf(design, tasks->node()).replace('"', "\"\"") + '"';
    }
    text += ",usd_per_hour\n";
    const auto number = [](double value) { return QString::number(value, 'g', 9); };
    for (int hour = 0; hour < hoursOf(result); ++hour) {
        const HourFigures figures = figuresOfHour(result, design, hour);
        QStringList cells{
            QString::number(hour), number(figures.requestsPerSecond), number(figures.errorShare),
            number(figures.p99Ms)};
        cells << (figures.p99Between ? number(figures.p99Between->first) : QString())
              << (figures.p99Between ? number(figures.p99Between->second) : QString());
        for (const HourFigures::Tasks& tasks : figures.tasks) {
            cells << number(tasks.count);
        }
        cells << number(figures.dollarsPerHour);
        text += cells.join(',') + '\n';
    }
    return text;
}

RunResult asRunOfItsOwn(RunResult part, Time from)
{
    const Duration warmUp = std::max(Duration(0), part.simulated - part.horizon);
    part.simulated = part.horizon;
    for (RunEvent& event : part.log) {
        event.at -= from;
    }
    std::erase_if(part.traces, [warmUp](const RequestTrace& trace) { return trace.arrived < warmUp; });
    for (RequestTrace& trace : part.traces) {
        trace.arrived -= warmUp;
        for (TraceSpan& span : trace.spans) {
            span.from -= warmUp;
            span.start -= warmUp;
            span.to -= warmUp;
        }
    }
    const bool isOneClass = part.classes.size() == 1;
    std::map<std::string, std::vector<const Series*>> ofClasses;  // By metric.
    for (const Series& series : part.series) {
        const bool adds = series.metric() == "Requests" || series.metric() == "Errors" || isOneClass;
        if (series.node().starts_with("class:") && adds) {
            ofClasses[series.metric()].push_back(&series);
        }
    }
    std::vector<Series> sums;
    sums.reserve(ofClasses.size());
    for (const auto& [metric, parts] : ofClasses) {
        sums.push_back(sumOf(parts, metric));
    }
    part.series.insert(part.series.begin(), sums.begin(), sums.end());
    return part;
}

QString hourText(int hour)
{
    return stretchText(hour * Duration(1h), (hour + 1) * Duration(1h));
}

QString stretchText(Time from, Time to)
{
    const bool hasSeconds = from % 1min != Duration(0) || to % 1min != Duration(0);
    const QString day = from >= 24h ? QString("%1 d ").arg(from / 24h) : QString();
    const QString end =
        to % 24h == Duration(0) ? QString(hasSeconds ? "24:00:00" : "24:00") : clockText(to, hasSeconds);
    return QString("%1%2 – %3").arg(day, clockText(from, hasSeconds), end);
}

}  // namespace neph
