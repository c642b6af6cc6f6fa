#include <memory>

#include "app/cli/commands.h"
#include "app/cli/output.h"
#include "sim/model/catalog.h"
#include "sim/model/design_json.h"

namespace neph::cli {

void addSchema(CLI::App& app, Action& action)
{
    CLI::App* command = app.add_subcommand("schema", "Print the JSON Schema of *.nepho files");
    command->add_flag_function(
        "--json", [](std::int64_t) {}, "The schema is JSON in any case");
    command->callback([&action] {
        action = [] {
            printJson(designSchema(Catalog::builtIn()));
            return Ok;
        };
    });
}

}  // namespace neph::cli
