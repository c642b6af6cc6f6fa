#include <memory>

#include "app/cli/catalog_page.h"
#include "app/cli/commands.h"
#include "app/cli/output.h"
#include "app/cli/text_format.h"
#include "app/cli/text_table.h"
#include "sim/model/catalog.h"

namespace neph::cli {

namespace {

struct CatalogOptions {
    std::string kind;
    bool json = false;
};

void printOverview(const Catalog& catalog)
{
    std::string category;
    for (const KindSpec& kind : catalog.kinds()) {
        if (kind.category != category) {
            fmt::print("{}", heading(kind.category).substr(category.empty() ? 1 : 0));
            category = kind.category;
        }
        fmt::print("  {}  {}\n", coloured(Colour::Cyan, fmt::format("{:26}", kind.id)), kind.name);
        for (const std::string& line : wrapped(kind.summary, outputWidth() - 6)) {
            fmt::print("      {}\n", line);
        }
    }
    fmt::print("\n'nepho catalog KIND' has properties, defaults, limits, figures and their sources.\n");
}

ExitCode showCatalog(const CatalogOptions& options)
{
    const Catalog& catalog = Catalog::builtIn();
    if (options.kind.empty()) {
        if (options.json) {
            Value kinds = Value::array();
            for (const KindSpec& kind : catalog.kinds()) {
                kinds.push_back(jsonOf(kind));
            }
            printJson(Value{{"nephoscope", 1}, {"kinds", std::move(kinds)}});
        } else {
            printOverview(catalog);
        }
        return Ok;
    }
    const KindSpec* kind = catalog.find(options.kind);
    for (const KindSpec& one : catalog.kinds()) {
        kind = kind == nullptr && one.stem == options.kind ? &one : kind;
    }
    if (kind == nullptr) {
        complain(
            fmt::format("There is no kind '{}'.", options.kind), didYouMean(options.kind, catalog.ids()));
        fmt::print(stderr, "Kinds: {}.\n", fmt::join(catalog.ids(), ", "));
        return BadInput;
    }
    if (options.json) {
        printJson(jsonOf(*kind));
    } else {
        fmt::print("{}", catalogPage(*kind, outputWidth()));
    }
    return Ok;
}

}  // namespace

void addCatalog(CLI::App& app, Action& action)
{
    CLI::App* command = app.add_subcommand("catalog", "Show what can be drawn, and how it behaves");
    const auto options = std::make_shared<CatalogOptions>();
    command->add_option("KIND", options->kind, "Id of a kind, such as aws.dynamodb");
    command->add_flag("--json", options->json, "As JSON: the same truth for machines");
    command->callback([options, &action] { action = [options] { return showCatalog(*options); }; });
}

}  // namespace neph::cli
