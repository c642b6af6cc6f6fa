#pragma once

#include <QString>
#include <vector>

#include "sim/metrics/run_result.h"
#include "sim/model/design.h"

namespace neph {

/// Where the time of one step went.
struct SpanTimes {
    Duration waited{0};     ///< Before its service began.
    Duration worked{0};     ///< In the step itself, without the steps within it.
    bool hasInner = false;  ///< Other steps lie within it.
};

/// Waiting and own work of each step of `trace`, in the order of its spans. A step within another is one that
/// follows it with more depth.
std::vector<SpanTimes> timesOf(const RequestTrace& trace);

/// What happened to the request, in a few sentences of rich text: outcome, how it compares with its class,
/// where it waited and why, where the rest of the time went.
QString explain(const RequestTrace& trace, const ClassResult* requestClass, const Design& design);

/// One step in a sentence or two, as rich text.
QString explainStep(const RequestTrace& trace, std::size_t span, const Design& design);

/// The request as a table of plain text, for the clipboard.
QString toPlainText(const RequestTrace& trace, const Design& design);

}  // namespace neph
