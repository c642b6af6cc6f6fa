#include <memory>

#include <sys/stat.h>

#include "app/cli/commands.h"
#include "app/cli/design_source.h"
#include "app/cli/output.h"

namespace neph::cli {

namespace {

struct NewOptions {
    std::string name = "empty";
    std::string file;
    bool force = false;
    bool json = false;
};

ExitCode makeNew(const NewOptions& options)
{
    const std::optional<Template> found = findTemplate(options.name);
    if (!found) {
        complain(
            fmt::format("There is no template '{}'.", options.name),
            didYouMean(options.name, templateNames()));
        fmt::print(stderr, "Templates: {}.\n", fmt::join(templateNames(), ", "));
        return BadInput;
    }
    if (options.file.empty()) {
        fmt::print("{}", found->text);
        return Ok;
    }
    struct stat status {};
    if (!options.force && stat(options.file.c_str(), &status) == 0) {
        complain(fmt::format("{} is there already.", options.file), "Take another name, or --force.");
        return BadInput;
    }
    const Result<Done> written = writeFileAtomically(options.file, found->text);
    if (!written) {
        complain(written.error());
        return BadInput;
    }
    if (options.json) {
        printJson(Value{{"template", found->name}, {"written", options.file}});
    } else {
        fmt::print("{} is made from the template '{}'.\n", options.file, found->name);
    }
    return Ok;
}

}  // namespace

void addNew(CLI::App& app, Action& action)
{
    CLI::App* command = app.add_subcommand("new", "Print or write a new design from a template");
    const auto options = std::make_shared<NewOptions>();
    command->add_option("TEMPLATE", options->name, "Name of a template; an empty design otherwise");
    command->add_option("-o,--output", options->file, "File to write; standard output otherwise");
    command->add_flag("--force", options->force, "Replace a file that is there already");
    command->add_flag("--json", options->json, "Say as JSON what was written");
    command->callback([options, &action] { action = [options] { return makeNew(*options); }; });
}

}  // namespace neph::cli
