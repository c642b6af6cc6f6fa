#include <algorithm>
#include <memory>
#include <set>

#include "app/cli/commands.h"
#include "app/cli/output.h"
#include "app/cli/text_format.h"
#include "app/cli/text_table.h"
#include "sim/cost/price_book.h"
#include "sim/model/value.h"

namespace neph::cli {

namespace {

struct PricesOptions {
    std::string service;
    std::string region;
    bool json = false;
};

Value priceJson(const Price& price)
{
    Value bands = Value::array();
    for (const PriceBand& band : price.bands) {
        bands.push_back(
            {{"up_to", band.unlimited ? Value() : Value(band.upTo.toExactText())},
             {"per_unit", band.perUnit.toExactText()}});
    }
    return {
        {"service", price.service},
        {"usage_type", price.usageType},
        {"region", price.region},
        {"title", price.title},
        {"unit", price.unit},
        {"bands", std::move(bands)},
        {"free_per_month", price.freePerMonth.toExactText()},
        {"free_note", price.freeNote},
        {"source", price.source},
        {"seen", price.seen},
        {"confidence", price.confidence},
        {"note", price.note}};
}

std::string bandText(const Price& price)
{
    std::string text = price.bands.front().perUnit.toExactText();
    for (std::size_t i = 1; i < price.bands.size(); ++i) {
        text += fmt::format(
            ", beyond {} {}", shortText(price.bands[i - 1].upTo.value()),
            price.bands[i].perUnit.toExactText());
    }
    return text;
}

void printPages(const std::vector<const Price*>& prices)
{
    std::string shown;
    std::set<std::string> sources;
    const auto emptyTable = [] {
        return TextTable(
            {{"usage type"}, {"what", TextTable::Align::Left, TextTable::kRest}, {"unit"}, {"USD"}},
            outputWidth());
    };
    TextTable table = emptyTable();
    const auto flush = [&] {
        if (!table.isEmpty()) {
            fmt::print("{}{}", heading(shown), table.text());
            for (const std::string& source : sources) {
                fmt::print("  {}\n", coloured(Colour::Dim, source));
            }
        }
        sources.clear();
    };
    std::vector<const Price*> ordered = prices;
    std::stable_sort(ordered.begin(), ordered.end(), [](const Price* a, const Price* b) {
        return std::pair(a->service, a->region) < std::pair(b->service, b->region);
    });
    for (const Price* price : ordered) {
        const std::string title = fmt::format("{} in {}", price->service, price->region);
        if (title != shown) {
            flush();
            table = emptyTable();
            shown = title;
        }
        table.add({price->usageType, price->title, price->unit, bandText(*price)});
        sources.insert(fmt::format(
            "{} ({}{})", price->source, price->seen,
            price->confidence == "source" ? "" : ", " + price->confidence));
    }
    flush();
}

ExitCode listPrices(const PricesOptions& options)
{
    std::vector<const Price*> found;
    std::set<std::string> services;
    for (const Price* price : PriceBook::builtIn().all()) {
        services.insert(price->service);
        if ((options.service.empty() || price->service == options.service) &&
            (options.region.empty() || price->region == options.region)) {
            found.push_back(price);
        }
    }
    if (!options.service.empty() && !services.contains(options.service)) {
        const std::vector<std::string> names(services.begin(), services.end());
        complain(
            fmt::format("There are no prices of '{}'.", options.service), didYouMean(options.service, names));
        fmt::print(stderr, "Services: {}.\n", fmt::join(names, ", "));
        return BadInput;
    }
    const std::vector<std::string> regions = PriceBook::builtIn().regions();
    if (!options.region.empty() &&
        std::find(regions.begin(), regions.end(), options.region) == regions.end()) {
        complain(
            fmt::format("There are no prices in '{}'.", options.region), didYouMean(options.region, regions));
        fmt::print(stderr, "Regions: {}.\n", fmt::join(regions, ", "));
        return BadInput;
    }
    if (options.json) {
        Value list = Value::array();
        for (const Price* price : found) {
            list.push_back(priceJson(*price));
        }
        printJson(list);
    } else if (found.empty()) {
        fmt::print("There are no prices of {} in {}.\n", options.service, options.region);
    } else {
        printPages(found);
    }
    return found.empty() ? No : Ok;
}

}  // namespace

void addPrices(CLI::App& app, Action& action)
{
    CLI::App* command = app.add_subcommand("prices", "Show the dated prices that bills are made of");
    const auto options = std::make_shared<PricesOptions>();
    command->add_option("SERVICE", options->service, "As the vendor's bill calls it, such as AmazonECS");
    command->add_option("--region", options->region, "Only this region");
    command->add_flag("--json", options->json, "As JSON");
    command->callback([options, &action] { action = [options] { return listPrices(*options); }; });
}

}  // namespace neph::cli
