#pragma once

#include <QString>
#include <memory>

#include "app/desktop/charts/chart_plan.h"
#include "app/desktop/local/lab_engine.h"

namespace neph {

/// Predicted against measured as tables of rich text, in the colours of the theme in force.
QString comparisonHtml(const Comparison& comparison);

/// Both sides in one result, so that one chart shows them: series of the node "simulated" and of "real".
/// `simulated` goes as far as `measured` does, so that both grow together; either may be null.
std::shared_ptr<const RunResult> sideBySide(const RunResult* simulated, const RunResult* measured);
/// The charts of sideBySide(): latencies at p50 and p95, and requests per second.
std::vector<ChartSpec> sideBySideCharts();

}  // namespace neph
