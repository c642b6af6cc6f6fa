#include "app/desktop/local/comparison_text.h"

#include <QCoreApplication>
#include <algorithm>
#include <cmath>

#include "app/desktop/charts/value_text.h"
#include "app/desktop/local/lab_words.h"
#include "app/desktop/theme.h"

namespace neph {

namespace {

const char* const kSimulatedNode = "simulated";
const char* const kRealNode = "real";

QString words(const char* text)
{
    return QCoreApplication::translate("Comparison", text);
}

QColor colourOfError(ErrorText::Level level)
{
    switch (level) {
    case ErrorText::Level::Good:
        return theme::healthy();
    case ErrorText::Level::Fair:
        return theme::warning();
    case ErrorText::Level::Poor:
        return theme::failure();
    case ErrorText::Level::None:
        break;
    }
    return theme::mutedText();
}

QString cell(const QString& text, const char* align = "right", const QColor& colour = {})
{
    return QStringLiteral("<td align=\"%1\"%2>%3</td>")
        .arg(
            QString::fromLatin1(align),
            colour.isValid() ? QStringLiteral(" style=\"color:%1\"").arg(colour.name()) : QString(),
            text.toHtmlEscaped().replace(' ', QStringLiteral("&nbsp;")));
}

QString errorCell(double simulated, double measured, const char* high, const char* low)
{
    const ErrorText error = errorText(simulated, measured, words(high), words(low));
    return cell(error.text, "left", colourOfError(error.level));
}

QString headRow(const QStringList& heads)
{
    QString row = QStringLiteral("<tr>");
    for (qsizetype i = 0; i < heads.size(); ++i) {
        const bool isLeft = i == 0 || i + 1 == heads.size();
        row += cell(heads[i], isLeft ? "left" : "right", theme::mutedText());
    }
    return row + QStringLiteral("</tr>");
}

QString tableOf(const QString& title, const QStringList& heads, const QString& rows)
{
    return QStringLiteral("<p style=\"margin-top:12px;margin-bottom:2px\"><b>%1</b></p>"
                          "<table cellspacing=\"0\" cellpadding=\"3\">%2%3</table>")
        .arg(title.toHtmlEscaped(), headRow(heads), rows);
}

/// What chance allows, in the measure of the error beside it.
QString chanceText(Duration chance, Duration measured)
{
    return chance == Duration(0) || measured == Duration(0)
               ? QString()
               : words("± %1 %").arg(100 * (Comparison::error(chance, measured) + 1), 0, 'f', 0);
}

QString latencyRow(const char* name, Duration simulated, Duration measured, Duration chance = {})
{
    return QStringLiteral("<tr>") + cell(QString::fromLatin1(name), "left") + cell(durationText(simulated)) +
           cell(durationText(measured)) + cell(chanceText(chance, measured), "right", theme::mutedText()) +
           errorCell(
               static_cast<double>(simulated.count()), static_cast<double>(measured.count()), "too slow",
               "too fast") +
           QStringLiteral("</tr>");
}

double failedShare(const SeenFigures& figures)
{
    return figures.requests == 0
               ? 0
               : static_cast<double>(figures.failed) / static_cast<double>(figures.requests);
}

QString failedText(const SeenFigures& figures)
{
    const double share = 100 * failedShare(figures);
    return words("%1 %").arg(share, 0, 'f', share > 0 && share < 10 ? 2 : 0);
}

/// Shares are compared by their difference: a quotient says nothing where one of them is zero.
QString failedCell(const ComparedClass& one)
{
    constexpr double kSame = 0.01;
    const double more = failedShare(one.simulated) - failedShare(one.measured);
    if (std::abs(more) < kSame) {
        return cell(words("the same"), "left", theme::healthy());
    }
    return cell(
        more < 0 ? words("−%1 points, too few").arg(-100 * more, 0, 'f', 0)
                 : words("+%1 points, too many").arg(100 * more, 0, 'f', 0),
        "left", theme::failure());
}

QString classTable(const ComparedClass& one)
{
    QString rows = latencyRow("p50", one.simulated.p50, one.measured.p50, one.chance.p50) +
                   latencyRow("p90", one.simulated.p90, one.measured.p90) +
                   latencyRow("p95", one.simulated.p95, one.measured.p95, one.chance.p95) +
                   latencyRow("p99", one.simulated.p99, one.measured.p99, one.chance.p99);
    rows += QStringLiteral("<tr>") + cell(words("Requests"), "left") +
            cell(valueText(one.simulated.perSecond, "1/s")) + cell(valueText(one.measured.perSecond, "1/s")) +
            cell({}) + errorCell(one.simulated.perSecond, one.measured.perSecond, "too many", "too few") +
            QStringLiteral("</tr>");
    rows += QStringLiteral("<tr>") + cell(words("Failed"), "left") + cell(failedText(one.simulated)) +
            cell(failedText(one.measured)) + cell({}) + failedCell(one) + QStringLiteral("</tr>");
    const QString title =
        one.name.empty()
            ? words("All requests (%1 measured)").arg(countText(one.measured.requests))
            : words("%1 (%2 measured)").arg(toQString(one.name), countText(one.measured.requests));
    return tableOf(
        title, {QString(), words("Simulated"), words("Measured"), words("Chance"), words("Prediction")},
        rows);
}

QString shareText(double share)
{
    return share < 0 ? words("–") : words("%1 %").arg(share * 100, 0, 'f', 0);
}

QString numberText(double number)
{
    return number < 0 ? words("–") : QString::number(number, 'f', number == std::floor(number) ? 0 : 1);
}

QString nodesTable(const Comparison& comparison)
{
    QString rows;
    for (const ComparedNode& node : comparison.nodes) {
        const auto add = [&rows, &node](
                             const QString& what, const QString& simulated, const QString& measured, double a,
                             double b) {
            rows += QStringLiteral("<tr>") + cell(toQString(node.name) + ' ' + what, "left") +
                    cell(simulated) + cell(measured) + errorCell(a, b, "too much", "too little") +
                    QStringLiteral("</tr>");
        };
        add(words("CPU"), shareText(node.cpuSimulated), shareText(node.cpuMeasured), node.cpuSimulated,
            node.cpuMeasured);
        if (node.memorySimulated >= 0 && node.memoryMeasured >= 0) {
            add(words("memory"), shareText(node.memorySimulated), shareText(node.memoryMeasured),
                node.memorySimulated, node.memoryMeasured);
        }
        if (node.tasksSimulated >= 0 && node.tasksMeasured >= 0) {
            add(words("tasks"), numberText(node.tasksSimulated), numberText(node.tasksMeasured),
                node.tasksSimulated, node.tasksMeasured);
        }
    }
    return rows.isEmpty()
               ? QString()
               : tableOf(
                     words("Components"),
                     {QString(), words("Simulated"), words("Measured"), words("Prediction")}, rows);
}

QString startsTable(const Comparison& comparison)
{
    QString rows;
    const auto time = [](double seconds) { return cell(durationText(fromSeconds(seconds))); };
    for (const StartTimes& one : comparison.startTimes) {
        QString name = toQString(one.node);
        for (const ComparedNode& node : comparison.nodes) {
            name = node.id == one.node ? toQString(node.name) : name;
        }
        rows += QStringLiteral("<tr>") + cell(words("%1, task %2").arg(name).arg(one.task), "left") +
                time(one.pull) + time(one.create) + time(one.start) + time(one.ready) +
                QStringLiteral("</tr>");
    }
    return rows.isEmpty()
               ? QString()
               : tableOf(
                     words("Starts, measured"),
                     {QString(), words("Image"), words("Made"), words("Started"), words("Answered")}, rows);
}

/// The points of one side up to `end`, as a series under another node.
void addSide(RunResult& both, const RunResult& from, const char* node, Time end)
{
    for (const char* metric : {"LatencyP50", "LatencyP95", "Requests"}) {
        const Series* series = from.find("", metric);
        if (series == nullptr) {
            continue;
        }
        Series copy(node, metric, series->unit(), series->interval());
        for (const SeriesPoint& point : series->points()) {
            if (point.at <= end) {
                copy.add(point.at, point.mean);
            }
        }
        both.series.push_back(std::move(copy));
    }
}

}  // namespace

QString comparisonHtml(const Comparison& comparison)
{
    QString html =
        QStringLiteral("<p style=\"margin-bottom:0\"><b>%1</b></p>")
            .arg(words("Predicted against measured: %1").arg(toQString(comparison.design)).toHtmlEscaped());
    html += QStringLiteral("<p style=\"margin-top:2px;color:%1\">%2</p>")
                .arg(
                    theme::mutedText().name(),
                    words("From %1 to %2, seed %3. %4; %5.")
                        .arg(
                            momentText(comparison.from), momentText(comparison.to),
                            QString::number(comparison.seed), toQString(comparison.engine),
                            toQString(comparison.machine))
                        .toHtmlEscaped());
    for (const ComparedClass& one : comparison.classes) {
        html += classTable(one);
    }
    html += nodesTable(comparison) + startsTable(comparison);
    if (!comparison.remarks.empty()) {
        html +=
            QStringLiteral(
                "<p style=\"margin-top:12px;margin-bottom:2px\"><b>%1</b></p><ul style=\"margin-top:2px\">")
                .arg(words("Remarks"));
        for (const std::string& remark : comparison.remarks) {
            html += QStringLiteral("<li>%1</li>").arg(toQString(remark).toHtmlEscaped());
        }
        html += QStringLiteral("</ul>");
    }
    return html;
}

std::shared_ptr<const RunResult> sideBySide(const RunResult* simulated, const RunResult* measured)
{
    auto both = std::make_shared<RunResult>();
    if (measured != nullptr) {
        both->simulated = measured->simulated;
        both->horizon = measured->horizon;
        addSide(*both, *measured, kRealNode, measured->simulated);
    }
    if (simulated != nullptr) {
        const Time end = measured != nullptr ? measured->simulated : Time(0);
        both->horizon = std::max(both->horizon, simulated->horizon);
        addSide(*both, *simulated, kSimulatedNode, end);
    }
    return both;
}

std::vector<ChartSpec> sideBySideCharts()
{
    std::vector<ChartSpec> specs;
    const auto add = [&specs](const QString& title, const QString& unit, const char* metric) {
        ChartSpec spec;
        spec.title = title;
        spec.unit = unit;
        spec.lines.push_back({kSimulatedNode, metric, words("Simulated"), LineRole::Plain, 0});
        spec.lines.push_back({kRealNode, metric, words("Real"), LineRole::Plain, 1});
        specs.push_back(spec);
    };
    add(words("p50"), "ms", "LatencyP50");
    add(words("p95"), "ms", "LatencyP95");
    add(words("Rate"), "1/s", "Requests");
    return specs;
}

}  // namespace neph
