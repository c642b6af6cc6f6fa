#include "app/desktop/panels/request_panel_words.h"

#include <QCoreApplication>
#include <algorithm>
#include <cmath>
#include <numeric>

#include "app/desktop/charts/chart_plan.h"
#include "app/desktop/charts/value_text.h"
#include "app/desktop/theme.h"

namespace neph {

namespace {

constexpr std::size_t kMostNamed = 3;

QString tr(const char* text)
{
    return QCoreApplication::translate("neph::RequestPanel", text);
}

QString placeOf(const TraceSpan& span, const Design& design)
{
    const QString node = nameOf(design, span.node);
    return span.replica.empty() ? node : node + " " + toQString(span.replica);
}

QString percentOf(Duration part, Duration whole)
{
    return whole.count() <= 0
               ? QString("0 %")
               : QString("%1 %").arg(static_cast<int>(std::lround(100 * seconds(part) / seconds(whole))));
}

/// Indices of the spans with the largest `of`, longest first, without those that took nothing.
template <typename Of>
std::vector<std::size_t> longest(const std::vector<SpanTimes>& times, Of of)
{
    std::vector<std::size_t> order(times.size());
    std::iota(order.begin(), order.end(), 0);
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
        return of(times[a]) > of(times[b]);
    });
    while (!order.empty() && of(times[order.back()]) <= Duration{0}) {
        order.pop_back();
    }
    order.resize(std::min(order.size(), kMostNamed));
    return order;
}

QString comparison(const RequestTrace& trace, const ClassResult* requestClass)
{
    if (requestClass == nullptr || requestClass->latency.count() < 20) {
        return {};
    }
    const Histogram& all = requestClass->latency;
    const QString name = toQString(trace.requestClass).toHtmlEscaped();
    for (const double share : {0.99, 0.95, 0.5}) {
        const Duration limit = all.quantile(share);
        if (trace.latency >= limit) {
            return " " + tr("Slower than %1 % of the %2 requests, which took up to %3.")
                             .arg(static_cast<int>(share * 100))
                             .arg(name, durationText(limit));
        }
    }
    return " " + tr("Faster than half of the %1 requests, which took %2 or more.")
                     .arg(name, durationText(all.quantile(0.5)));
}

/// Where and why it failed: the last step that gives a reason other than waiting.
QString failure(const RequestTrace& trace, const std::vector<SpanTimes>& times, const Design& design)
{
    for (std::size_t i = trace.spans.size(); !trace.ok && i-- > 0;) {
        const TraceSpan& span = trace.spans[i];
        if (!span.why.empty() && times[i].waited == Duration{0}) {
            return " " + tr("It failed in %1 (%2): %3.")
                             .arg(
                                 placeOf(span, design).toHtmlEscaped(), toQString(span.step).toHtmlEscaped(),
                                 toQString(span.why).toHtmlEscaped());
        }
    }
    return {};
}

}  // namespace

std::vector<SpanTimes> timesOf(const RequestTrace& trace)
{
    const std::vector<TraceSpan>& spans = trace.spans;
    std::vector<SpanTimes> times(spans.size());
    for (std::size_t i = 0; i < spans.size(); ++i) {
        times[i].waited = std::max(Duration{0}, spans[i].start - spans[i].from);
        Time covered = spans[i].start;
        Duration inner{0};
        for (std::size_t j = i + 1; j < spans.size() && spans[j].depth > spans[i].depth; ++j) {
            times[i].hasInner = true;
            // Steps within may overlap (fork and join): each moment counts once.
            const Time from = std::max(spans[j].from, covered);
            const Time to = std::min(spans[j].to, spans[i].to);
            if (to > from) {
                inner += to - from;
                covered = to;
            }
        }
        times[i].worked = std::max(Duration{0}, spans[i].to - spans[i].start - inner);
    }
    return times;
}

QString explain(const RequestTrace& trace, const ClassResult* requestClass, const Design& design)
{
    const std::vector<SpanTimes> times = timesOf(trace);
    const QString colour = (trace.ok ? theme::healthy() : theme::failure()).name();
    QString text =
        QString("<p style='margin-top:0'><b>%1</b> <span style='color:%2'><b>%3</b></span> %4")
            .arg(
                toQString(trace.requestClass).toHtmlEscaped(), colour,
                toQString(trace.outcome).toHtmlEscaped(), tr("after %1.").arg(durationText(trace.latency)));
    text += comparison(trace, requestClass) + failure(trace, times, design) + "</p>";

    Duration waited{0};
    for (const SpanTimes& each : times) {
        waited += each.waited;
    }
    if (waited > Duration{0}) {
        text += "<p>" +
                tr("It waited %1 in all, %2 of its time:")
                    .arg(durationText(waited), percentOf(waited, trace.latency)) +
                "</p><ul style='margin-left:14px; -qt-list-indent:0'>";
        for (const std::size_t i : longest(times, [](const SpanTimes& each) { return each.waited; })) {
            text += "<li>" + explainStep(trace, i, design) + "</li>";
        }
        text += "</ul>";
    } else if (!trace.spans.empty()) {
        text += "<p>" + tr("It waited for nothing.") + "</p>";
    }
    QStringList work;
    for (const std::size_t i : longest(times, [](const SpanTimes& each) { return each.worked; })) {
        work << tr("%1 %2 (%3)")
                    .arg(
                        placeOf(trace.spans[i], design).toHtmlEscaped(),
                        toQString(trace.spans[i].step).toHtmlEscaped(), durationText(times[i].worked));
    }
    if (!work.isEmpty()) {
        text += "<p>" + tr("Most work: %1.").arg(work.join("; ")) + "</p>";
    }
    return text;
}

QString explainStep(const RequestTrace& trace, std::size_t index, const Design& design)
{
    const TraceSpan& span = trace.spans[index];
    const SpanTimes times = timesOf(trace)[index];
    const QString place = placeOf(span, design).toHtmlEscaped();
    const QString step = toQString(span.step).toHtmlEscaped();
    const QString why = toQString(span.why).toHtmlEscaped();
    QString text = times.waited > Duration{0}
                       ? tr("Waited <b>%1</b> in %2 (%3)").arg(durationText(times.waited), place, step)
                       : tr("%1 in %2: <b>%3</b>").arg(step, place, durationText(span.to - span.from));
    if (!why.isEmpty()) {
        text += (times.waited > Duration{0} ? ": " : ". ") + why;
    }
    if (!text.endsWith('.')) {
        text += '.';
    }
    if (times.waited > Duration{0} && span.to > span.start) {
        text += " " + tr("Then it took %1.").arg(durationText(span.to - span.start));
    }
    text[0] = text[0].toUpper();
    return text;
}

QString toPlainText(const RequestTrace& trace, const Design& design)
{
    const std::vector<SpanTimes> times = timesOf(trace);
    QString text = tr("Request %1: %2, %3, arrived %4, took %5")
                       .arg(static_cast<qulonglong>(trace.id))
                       .arg(
                           toQString(trace.requestClass), toQString(trace.outcome), momentText(trace.arrived),
                           durationText(trace.latency)) +
                   "\n";
    text += QString("%1\t%2\t%3\t%4\t%5\n").arg(tr("start"), tr("waited"), tr("took"), tr("step"), tr("why"));
    for (std::size_t i = 0; i < trace.spans.size(); ++i) {
        const TraceSpan& span = trace.spans[i];
        text += QString("+%1\t%2\t%3\t%4%5: %6\t%7\n")
                    .arg(
                        durationText(span.from - trace.arrived), durationText(times[i].waited),
                        durationText(span.to - span.start), QString(2 * span.depth, ' '),
                        placeOf(span, design), toQString(span.step), toQString(span.why));
    }
    return text;
}

}  // namespace neph
