#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/cli/commands.h"
#include "sim/model/design_json.h"

namespace neph::cli {

/// A design that the program brings along, from assets/templates.
struct Template {
    std::string name;  ///< "starter"
    std::string_view text;
};

/// All of them: the starter first, the empty one last, the others in order of the alphabet.
std::vector<Template> templates();
std::vector<std::string> templateNames();

/// The template of that name, or nothing.
std::optional<Template> findTemplate(const std::string& name);

/// Reads the design that a person names: a file, or else a template. Diagnostics of the text are among the
/// result's; a name that is neither is told with a suggestion, and the design is not readable then.
LoadedDesign openDesign(const std::string& name);

/// Changes properties as the command line says, each "node.property=value": texts and choices as they are,
/// the others as JSON. Errors: Invalid, with what there is instead; the design is as it was then.
Result<Done> applySettings(Design& design, const std::vector<std::string>& settings);

/// Opens a design, changes it by `settings` and checks it against the catalog. Says on stderr what is wrong,
/// errors and warnings. Nothing where it must not be run.
std::optional<Design> openForRun(const std::string& name, const std::vector<std::string>& settings = {});

/// The option --set of a command.
void addSettings(CLI::App& command, std::vector<std::string>& settings);

}  // namespace neph::cli
