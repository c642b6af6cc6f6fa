#include "app/cli/command_line.h"

#include <cstdio>
#include <string>
#include <vector>

#include "app/cli/commands.h"
#include "app/cli/output.h"
#include "sim/model/diagnostic.h"

namespace neph::cli {

static constexpr const char* kShortHelp =
    R"(nepho runs drawings of cloud architectures: what they do, how fast, and what they cost.

  nepho run starter                 run the example design and print a report
  nepho new starter -o shop.nepho   take it as a start for your own
  nepho lab compare starter         run it on real containers as well, and compare
  nepho catalog aws.dynamodb        what can be drawn, and how it behaves

Commands: new, templates, check, run, bill, lab, catalog, prices, schema.
'nepho COMMAND --help' says more about one; 'nepho --help' about all.
)";

static std::vector<std::string> commandNames(const CLI::App& app)
{
    std::vector<std::string> names;
    for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) {
        names.push_back(command->get_name());
    }
    return names;
}

/// Whether the first argument names a command; says what is wrong where it does not.
static bool isKnownCommand(const CLI::App& app, const std::string& word)
{
    const std::vector<std::string> names = commandNames(app);
    for (const std::string& name : names) {
        if (name == word) {
            return true;
        }
    }
    complain(fmt::format("There is no command '{}'.", word), didYouMean(word, names));
    fmt::print(stderr, "Commands: {}.\n", fmt::join(names, ", "));
    return false;
}

static int parseAndRun(CLI::App& app, const Action& action, int argc, char** argv)
{
    try {
        app.parse(argc, argv);
    } catch (const CLI::Success& helpOrVersion) {
        return app.exit(helpOrVersion);
    } catch (const CLI::ParseError& problem) {
        complain(problem.what(), "See 'nepho --help', or --help after the command.");
        return BadInput;
    }
    const ExitCode code = action ? action() : Ok;
    if (std::fflush(stdout) != 0 || std::ferror(stdout) != 0) {
        complain("The output could not be written in full.");
        return BadInput;
    }
    return code;
}

int runCommandLine(int argc, char** argv)
{
    Action action;
    CLI::App app{"nepho: run, check and price drawings of cloud architectures.", "nepho"};
    app.set_version_flag("--version", "nepho 0.1.0");
    app.require_subcommand(0, 1);
    for (const auto add :
         {addNew, addTemplates, addCheck, addRun, addBill, addCatalog, addPrices, addSchema, addLab}) {
        add(app, action);
    }
    if (argc < 2) {
        fmt::print("{}", kShortHelp);
        return Ok;
    }
    if (const std::string first = argv[1]; first.empty() || first[0] != '-') {
        if (!isKnownCommand(app, first)) {
            return BadInput;
        }
    }
    return parseAndRun(app, action, argc, argv);
}

}  // namespace neph::cli
