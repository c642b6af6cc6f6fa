// A part of a long run, request by request.
#include <algorithm>

#include "sim/engine/windows/window.h"
#include "sim/model/design_json.h"
#include "sim/model/rules.h"
#include "sim/played_run.h"

namespace neph {

namespace {

// What was before is felt no longer than this.
constexpr Duration kWarmUp = 30s;

/// The cells of flows that touch [from, to), cut to it.
WindowSpec partOf(const FlowEngine& flows, Time from, Time to)
{
    WindowSpec spec;
    const Time start = std::max(Time(0), from - kWarmUp);
    for (const FlowCell& cell : flows.cells()) {
        const Time begin = std::max(cell.from, start);
        const Time end = std::min(cell.to, to);
        if (begin < end) {
            if (spec.pieces.empty()) {
                spec.missing = cell.missing;
            }
            spec.pieces.push_back({&flows.setups()[cell.setup], cell.sourceRates, seconds(end - begin)});
        }
    }
    spec.measureFrom = seconds(from - start);
    return spec;
}

}  // namespace

RunResult runPart(
    const Design& design, const RunOptions& options, Time from, Time to, std::stop_token stop,
    const std::function<void(const RunProgress&)>& progress)
{
    RunResult result;
    result.designName = design.name;
    result.designDigest = designDigest(design);
    result.seed = options.seed;
    result.horizon = to - from;
    result.diagnostics = checkDesign(design, Catalog::builtIn());
    if (hasErrors(result.diagnostics)) {
        result.stoppedBy = "the design has errors";
        return result;
    }
    RunOptions asFlows = options;
    asFlows.engine = EngineChoice::Flows;
    asFlows.horizon = to;
    FlowOptions flows;
    flows.keepCells = true;
    flows.walks = 500;
    PlayedRun played(design, asFlows, {}, flows);
    while (!played.isFinished() && !stop.stop_requested()) {
        played.advance(played.horizon(), 1h, stop);
    }
    WindowSpec spec = partOf(*played.flows(), from, to);
    if (spec.pieces.empty() || stop.stop_requested()) {
        result.stoppedBy = "cancelled";
        return result;
    }
    spec.seed = options.seed;
    const auto start = std::chrono::steady_clock::now();
    showWindow(played.plan(), spec, result, stop, [&](double share) {
        if (progress) {
            RunProgress now;
            now.horizon = to - from;
            now.simulated = fromSeconds(seconds(to - from) * share);
            now.wallSeconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
            now.secondsLeft = share > 0 ? now.wallSeconds * (1 - share) / share : 0;
            progress(now);
        }
    });
    result.log = played.result().log;
    std::erase_if(
        result.log, [from, to](const RunEvent& event) { return event.at < from || event.at >= to; });
    return result;
}

}  // namespace neph
