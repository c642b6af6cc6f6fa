#include <memory>

#include "app/cli/commands.h"
#include "app/cli/design_source.h"
#include "app/cli/output.h"
#include "app/cli/text_format.h"

namespace neph::cli {

static ExitCode listTemplates(bool json)
{
    Value list = Value::array();
    for (const Template& one : templates()) {
        const Design design = readDesign(one.text).design;
        if (json) {
            list.push_back(
                {{"name", one.name},
                 {"title", design.name},
                 {"description", design.description},
                 {"nodes", design.nodes.size()},
                 {"runSeconds", design.runSeconds}});
            continue;
        }
        fmt::print("{}  {}\n", coloured(Colour::Bold, fmt::format("{:14}", one.name)), design.name);
        for (const std::string& line : wrapped(design.description, outputWidth() - 16)) {
            if (!line.empty()) {
                fmt::print("{:16}{}\n", "", line);
            }
        }
    }
    if (json) {
        printJson(list);
    }
    return Ok;
}

void addTemplates(CLI::App& app, Action& action)
{
    CLI::App* command = app.add_subcommand("templates", "List the designs to start from");
    const auto json = std::make_shared<bool>(false);
    command->add_flag("--json", *json, "As JSON");
    command->callback([json, &action] { action = [json] { return listTemplates(*json); }; });
}

}  // namespace neph::cli
