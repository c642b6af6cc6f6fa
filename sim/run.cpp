#include "sim/run.h"

#include <algorithm>

#include "sim/model/design_json.h"
#include "sim/model/rules.h"
#include "sim/played_run.h"
#include "sim/sampled_run.h"

namespace neph {

namespace {

/// The result of a design that cannot run: what is wrong with it.
RunResult refused(const Design& design, const RunOptions& options, Diagnostics diagnostics)
{
    RunResult result;
    result.designName = design.name;
    result.designDigest = designDigest(design);
    result.seed = options.seed;
    result.stoppedBy = "the design has errors";
    result.diagnostics = std::move(diagnostics);
    return result;
}

}  // namespace

Result<std::unique_ptr<LiveRun>> LiveRun::start(const Design& design, const RunOptions& options)
{
    Diagnostics diagnostics = checkDesign(design, Catalog::builtIn());
    const auto error = std::find_if(diagnostics.begin(), diagnostics.end(), [](const Diagnostic& diagnostic) {
        return diagnostic.severity == Severity::Error;
    });
    if (error != diagnostics.end()) {
        return Error{ErrorCode::Invalid, error->pointer, error->what};
    }
    return std::unique_ptr<LiveRun>(std::make_unique<PlayedRun>(design, options, std::move(diagnostics)));
}

RunResult
run(const Design& design, const RunOptions& options, std::stop_token stop,
    const std::function<void(const RunProgress&)>& progress)
{
    Diagnostics diagnostics = checkDesign(design, Catalog::builtIn());
    if (hasErrors(diagnostics)) {
        return refused(design, options, std::move(diagnostics));
    }
    if (options.engine == EngineChoice::Auto) {
        return runSampled(design, options, std::move(diagnostics), stop, progress);
    }
    PlayedRun played(design, options, std::move(diagnostics));
    while (!played.isFinished()) {
        played.advance(played.horizon(), 100ms, stop);
        if (stop.stop_requested() && !played.isFinished()) {
            played.cancel();
        }
        if (progress) {
            const double done = seconds(played.now()) / seconds(played.horizon());
            const double left = done > 0 ? played.wallSeconds() * (1 - done) / done : 0;
            progress({played.now(), played.horizon(), played.events(), played.wallSeconds(), left});
        }
    }
    return played.result();
}

Bill billOf(const RunResult& result, bool freeTier)
{
    BillOptions options;
    options.simulated = result.simulated;
    options.freeTier = freeTier;
    return makeBill(result.usage, PriceBook::builtIn(), options);
}

}  // namespace neph
