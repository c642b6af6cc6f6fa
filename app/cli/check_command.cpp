#include <algorithm>
#include <memory>

#include "app/cli/commands.h"
#include "app/cli/design_source.h"
#include "app/cli/json_parts.h"
#include "app/cli/output.h"
#include "sim/model/rules.h"

namespace neph::cli {

namespace {

struct CheckOptions {
    std::string design;
    bool json = false;
};

std::string verdict(const Diagnostics& found, bool readable)
{
    const auto count = [&](Severity severity) {
        return std::count_if(
            found.begin(), found.end(), [&](const Diagnostic& one) { return one.severity == severity; });
    };
    const auto errors = count(Severity::Error);
    const auto warnings = count(Severity::Warning);
    const std::string counts = fmt::format(
        "{} error{}, {} warning{}", errors, errors == 1 ? "" : "s", warnings, warnings == 1 ? "" : "s");
    return !readable    ? "This is not a design: " + counts + "."
           : errors > 0 ? "It cannot run: " + counts + "."
                        : "It can run: " + counts + ".";
}

ExitCode check(const CheckOptions& options)
{
    LoadedDesign loaded = openDesign(options.design);
    Diagnostics found = std::move(loaded.diagnostics);
    if (loaded.readable) {
        const Diagnostics rules = checkDesign(loaded.design, Catalog::builtIn());
        found.insert(found.end(), rules.begin(), rules.end());
    }
    const ExitCode code = !loaded.readable ? BadInput : hasErrors(found) ? No : Ok;
    if (options.json) {
        printJson(Value{
            {"design", options.design},
            {"name", loaded.design.name},
            {"readable", loaded.readable},
            {"ok", code == Ok},
            {"diagnostics", jsonOf(found)}});
        return code;
    }
    for (const Diagnostic& one : found) {
        fmt::print(
            "{}\n", coloured(one.severity == Severity::Error ? Colour::Red : Colour::Yellow, toText(one)));
    }
    fmt::print("{}\n", verdict(found, loaded.readable));
    return code;
}

}  // namespace

void addCheck(CLI::App& app, Action& action)
{
    CLI::App* command = app.add_subcommand("check", "Say what is wrong with a design");
    const auto options = std::make_shared<CheckOptions>();
    command->add_option("DESIGN", options->design, "File (*.nepho) or name of a template")->required();
    command->add_flag("--json", options->json, "As JSON");
    command->callback([options, &action] { action = [options] { return check(*options); }; });
}

}  // namespace neph::cli
