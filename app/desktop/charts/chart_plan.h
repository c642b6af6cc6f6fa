#pragma once

#include <QString>
#include <string>
#include <vector>

#include "sim/metrics/run_result.h"
#include "sim/model/design.h"

namespace neph {

/// How a line stands out from its neighbours; the theme gives the colour.
enum class LineRole { Plain, Failure, Target, Starting, Healthy };

/// One line of a chart: a series by name, so that it is found again in the next result.
struct ChartLine {
    std::string node;    ///< As in Series::node.
    std::string metric;  ///< As in Series::metric.
    QString label;
    LineRole role = LineRole::Plain;
    int colour = 0;        ///< Index into theme::series, for plain lines.
    std::string low = {};  ///< Metrics of the ends of its error; empty: it has none.
    std::string high = {};
    friend bool operator==(const ChartLine&, const ChartLine&) = default;
};

/// One small chart: lines of one unit over time.
struct ChartSpec {
    QString title;
    QString unit;  ///< As in Series::unit.
    std::vector<ChartLine> lines;
    bool steps = false;   ///< Levels that jump (numbers of tasks) rather than vary.
    bool filled = false;  ///< A single quantity that is read as an area (cost).
    friend bool operator==(const ChartSpec&, const ChartSpec&) = default;
};

/// The charts that `result` can show of the nodes and links `ids`; of the whole design if `ids` is empty.
///
/// One component: each known group of metrics has its chart, and what is not known gets further charts, one
/// for each unit. A frame without measurements of its own stands for what lies in it. Several components:
/// one chart for each of the leading metrics, one line for each component. At most kMostLines lines a chart;
/// where there are more components, those with the highest peak are shown.
std::vector<ChartSpec>
planCharts(const RunResult& result, const Design& design, const std::vector<std::string>& ids);

/// `ids`, with each frame replaced by itself and everything in it.
std::vector<std::string> withContents(const Design& design, const std::vector<std::string>& ids);

/// What the user calls the node or link; the id if the design does not know it.
QString nameOf(const Design& design, const std::string& id);

inline constexpr std::size_t kMostLines = 6;

}  // namespace neph
