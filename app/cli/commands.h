#pragma once

#include <functional>

#include <CLI/CLI.hpp>

namespace neph::cli {

/// How a command ends.
enum ExitCode {
    Ok = 0,
    No = 1,        ///< It worked, and the answer is no: a design with errors, a run that was stopped.
    BadInput = 2,  ///< It could not work: unreadable file, unknown name, wrong option.
};

/// What the chosen subcommand does; set while the arguments are parsed, called after.
using Action = std::function<ExitCode()>;

// Each adds one subcommand; its callback sets `action`.
void addNew(CLI::App& app, Action& action);
void addTemplates(CLI::App& app, Action& action);
void addCheck(CLI::App& app, Action& action);
void addRun(CLI::App& app, Action& action);
void addBill(CLI::App& app, Action& action);
void addCatalog(CLI::App& app, Action& action);
void addPrices(CLI::App& app, Action& action);
void addSchema(CLI::App& app, Action& action);
void addLab(CLI::App& app, Action& action);

}  // namespace neph::cli
