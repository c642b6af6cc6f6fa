#include "app/desktop/panels/inspector_panel_trace.h"

#include <QFile>
#include <QFileInfo>
#include <QLocale>
#include <algorithm>
#include <cmath>

#include "sim/model/limits.h"

namespace neph {

namespace {

Error atLine(int line, const QString& what)
{
    const std::string where = QStringLiteral("line %1").arg(line).toStdString();
    return Error{ErrorCode::Invalid, where, QStringLiteral("Line %1: %2").arg(line).arg(what).toStdString()};
}

std::string freeName(const Design& design, const std::string& stem)
{
    const auto isTaken = [&design](const std::string& name) {
        return std::any_of(design.traffic.begin(), design.traffic.end(), [&name](const TrafficTrace& one) {
            return one.name == name;
        });
    };
    std::string name = stem;
    for (int number = 2; isTaken(name); ++number) {
        name = stem + "-" + std::to_string(number);
    }
    return name;
}

Result<Point> readPoint(const QStringList& cells, qsizetype time, qsizetype rate, int line)
{
    bool isTime = false;
    bool isRate = false;
    if (cells.size() <= std::max(time, rate)) {
        return atLine(line, QObject::tr("a time and a rate are needed."));
    }
    const Point point{
        QLocale::c().toDouble(cells[time].trimmed(), &isTime),
        QLocale::c().toDouble(cells[rate].trimmed(), &isRate)};
    const bool usable =
        isTime && isRate && std::isfinite(point.x) && std::isfinite(point.y) && point.x >= 0 && point.y >= 0;
    if (!usable) {
        return atLine(line, QObject::tr("time and rate must be numbers of at least 0."));
    }
    return point;
}

}  // namespace

Result<TrafficTrace> readTraceFile(const QString& file, const Design& design)
{
    const Limits limits;
    QFile input(file);
    if (!input.open(QIODevice::ReadOnly)) {
        return Error{
            ErrorCode::CannotRead, file.toStdString(),
            QObject::tr("%1 cannot be read: %2.").arg(file, input.errorString()).toStdString()};
    }
    if (input.size() > static_cast<qint64>(limits.fileBytes)) {
        return Error{
            ErrorCode::TooLarge, file.toStdString(),
            QObject::tr("%1 is larger than %2 MiB.").arg(file).arg(limits.fileBytes >> 20).toStdString()};
    }
    QStringList heading =
        QString::fromUtf8(input.readLine(static_cast<qint64>(limits.csvLineBytes))).trimmed().split(',');
    std::for_each(heading.begin(), heading.end(), [](QString& cell) { cell = cell.trimmed().toLower(); });
    const qsizetype time = heading.indexOf("t_seconds");
    const qsizetype rate = heading.indexOf("rate");
    if (time < 0 || rate < 0) {
        return atLine(1, QObject::tr("the columns t_seconds and rate are needed."));
    }
    TrafficTrace trace;
    trace.name = freeName(design, QFileInfo(file).completeBaseName().toStdString());
    for (int line = 2; !input.atEnd(); ++line) {
        const QString text =
            QString::fromUtf8(input.readLine(static_cast<qint64>(limits.csvLineBytes))).trimmed();
        if (text.isEmpty()) {
            continue;
        }
        const Result<Point> point = readPoint(text.split(','), time, rate, line);
        if (!point) {
            return point.error();
        }
        if (!trace.points.empty() && point->x <= trace.points.back().x) {
            return atLine(line, QObject::tr("times must increase."));
        }
        if (trace.points.size() >= limits.tracePoints) {
            return atLine(line, QObject::tr("a trace has at most %1 points.").arg(limits.tracePoints));
        }
        trace.points.push_back(*point);
    }
    if (trace.points.empty()) {
        return atLine(2, QObject::tr("there is no point in the file."));
    }
    return trace;
}

}  // namespace neph
