#include "sim/cost/price_book.h"

#include <cstdio>
#include <cstdlib>
#include <set>

#include <fmt/format.h>

#include "sim/base/assets.h"
#include "sim/model/json_fields.h"
#include "sim/model/json_text.h"

namespace neph {

namespace {

constexpr const char* kFormat = "nephoscope-prices";
constexpr int kNewestVersion = 1;
/// Dearer than anything sold by the unit; products with any quantity stay within 128 bits.
constexpr Money kDearest = Money::ofDollars(10'000);
constexpr Quantity kMostUnits = Quantity::of(1'000'000'000'000'000);

/// A decimal in quotes: JSON numbers would have passed through a double.
template <typename Amount>
Amount exactAmount(JsonFields& fields, const char* key, Amount most)
{
    const std::string text = fields.requiredText(key);
    if (text.empty()) {
        return {};
    }
    const Result<Amount> amount = Amount::parse(text);
    if (!amount) {
        fields.complain(key, fmt::format("'{}' is no amount. {}", text, amount.error().what));
        return {};
    }
    if (*amount < Amount{} || most < *amount) {
        fields.complain(
            key, fmt::format("'{}' is out of range.", text), fmt::format("0 to {}", most.toExactText()));
        return {};
    }
    return *amount;
}

std::vector<PriceBand> readBands(JsonFields& price, DiagnosticSink& sink)
{
    std::vector<PriceBand> bands;
    const auto elements = price.list("bands");
    for (const auto& [element, pointer] : elements) {
        if (!element->is_object()) {
            sink.add({Severity::Error, pointer, "A band is an object.", "{\"upTo\", \"perUnit\"}", "", ""});
            return bands;
        }
        JsonFields fields(*element, pointer, sink);
        PriceBand band;
        band.unlimited = bands.size() + 1 == elements.size();
        band.perUnit = exactAmount(fields, "perUnit", kDearest);
        if (!band.unlimited) {
            band.upTo = exactAmount(fields, "upTo", kMostUnits);
            if (!((bands.empty() ? Quantity{} : bands.back().upTo) < band.upTo)) {
                fields.complain("upTo", "The bands do not ascend.", "each end above the one before");
            }
        } else if (element->contains("upTo")) {
            fields.complain("upTo", "The last band has an end.", "a last band without 'upTo'");
            fields.raw("upTo");
        }
        fields.refuseRest();
        bands.push_back(band);
    }
    if (bands.empty()) {
        price.complain("bands", "There is no band.", "at least {\"perUnit\": \"0.1\"}");
    }
    return bands;
}

void readFree(JsonFields& price, Price& into, DiagnosticSink& sink)
{
    const Value* free = price.raw("free");
    if (free == nullptr) {
        return;
    }
    if (!free->is_object()) {
        price.complain("free", "The free tier is an object.", "{\"perMonth\", \"note\"}");
        return;
    }
    JsonFields fields(*free, price.pointerOf("free"), sink);
    into.freePerMonth = exactAmount(fields, "perMonth", kMostUnits);
    into.freeNote = fields.requiredText("note");
    fields.refuseRest();
}

Price readPrice(const Value& json, const std::string& pointer, const Price& common, DiagnosticSink& sink)
{
    Price price = common;
    if (!json.is_object()) {
        sink.add({Severity::Error, pointer, "A price is an object.", "{\"usageType\", …}", "", ""});
        return price;
    }
    JsonFields fields(json, pointer, sink);
    price.usageType = fields.requiredText("usageType");
    price.title = fields.requiredText("title");
    price.unit = fields.requiredText("unit");
    price.bands = readBands(fields, sink);
    readFree(fields, price, sink);
    price.source = fields.requiredText("source");
    price.seen = fields.requiredText("seen");
    price.confidence = fields.requiredText("confidence");
    price.note = fields.text("note");
    price.perStartedHour = fields.flag("perStartedHour", false);
    price.pricingCategory = fields.text("pricingCategory", "Standard");

    static const std::set<std::string> kConfidences{"source", "derived", "memory"};
    if (!kConfidences.contains(price.confidence)) {
        fields.complain(
            "confidence", fmt::format("'{}' is no confidence.", price.confidence), "source, derived, memory");
    }
    fields.refuseRest();
    return price;
}

std::vector<Price> readPrices(const Value& root, DiagnosticSink& sink)
{
    JsonFields fields(root, "", sink);
    fields.raw("format");
    fields.raw("version");
    Price common;
    common.service = fields.requiredText("service");
    common.serviceName = fields.requiredText("serviceName");
    common.serviceCategory = fields.requiredText("category");
    common.serviceSubcategory = fields.requiredText("subcategory");
    common.region = fields.requiredText("region");
    if (fields.requiredText("currency") != "USD") {
        fields.complain("currency", "Prices are kept in US dollars.", "\"USD\"");
    }
    std::vector<Price> prices;
    std::set<std::string> seen;
    for (const auto& [element, pointer] : fields.list("prices")) {
        prices.push_back(readPrice(*element, pointer, common, sink));
        if (!seen.insert(prices.back().usageType).second) {
            sink.add(
                {Severity::Error, pointer,
                 fmt::format("'{}' has a price in this file already.", prices.back().usageType), "", "", ""});
        }
    }
    if (prices.empty()) {
        fields.complain("prices", "There are no prices.", "a list of prices");
    }
    fields.refuseRest();
    return prices;
}

Error refusal(ErrorCode code, const std::string& file, const Diagnostic& problem)
{
    std::string what = problem.what;
    if (!problem.allowed.empty()) {
        what += fmt::format(" Allowed: {}.", problem.allowed);
    }
    if (!problem.suggestion.empty()) {
        what += " " + problem.suggestion;
    }
    return {code, file + ':' + problem.pointer, what};
}

}  // namespace

Result<Done> PriceBook::add(std::string_view text, const std::string& file)
{
    if (text.size() > Limits{}.fileBytes) {
        return Error{
            ErrorCode::TooLarge, file, fmt::format("Over the limit of {} bytes.", Limits{}.fileBytes)};
    }
    const ParsedJson parsed = parseJson(text);
    if (!parsed.ok) {
        return refusal(ErrorCode::NotJson, file, parsed.diagnostics.front());
    }
    const Value& root = parsed.value;
    if (!root.is_object() || !root.contains("format") || root["format"] != kFormat) {
        return Error{
            ErrorCode::UnknownFormat, file + ":/format",
            fmt::format("This is no price file: expected \"format\": \"{}\".", kFormat)};
    }
    if (!root.contains("version") || !root["version"].is_number_integer() || root["version"] < 1) {
        return Error{ErrorCode::Invalid, file + ":/version", "Expected a version number from 1 on."};
    }
    if (root["version"] > kNewestVersion) {
        return Error{ErrorCode::NewerVersion, file + ":/version", "These prices need a newer Nephoscope."};
    }
    DiagnosticSink sink;
    std::vector<Price> prices = readPrices(root, sink);
    const Diagnostics problems = sink.take();
    if (!problems.empty()) {
        return refusal(ErrorCode::Invalid, file, problems.front());
    }
    for (Price& price : prices) {
        Key key(price.service, price.usageType, price.region);
        m_prices.insert_or_assign(std::move(key), std::move(price));
    }
    return Done{};
}

const PriceBook& PriceBook::builtIn()
{
    static const PriceBook book = [] {
        PriceBook all;
        for (const Asset& asset : assetsUnder("prices/")) {
            const Result<Done> added = all.add(asset.text, std::string(asset.path));
            if (!added) {
                std::fprintf(stderr, "%s: %s\n", added.error().where.c_str(), added.error().what.c_str());
                std::abort();
            }
        }
        return all;
    }();
    return book;
}

const Price*
PriceBook::find(const std::string& service, const std::string& usageType, const std::string& region) const
{
    const auto found = m_prices.find(Key(service, usageType, region));
    return found == m_prices.end() ? nullptr : &found->second;
}

std::vector<const Price*> PriceBook::all() const
{
    std::vector<const Price*> found;
    found.reserve(m_prices.size());
    for (const auto& [key, price] : m_prices) {
        found.push_back(&price);
    }
    return found;
}

std::vector<std::string> PriceBook::regions() const
{
    std::set<std::string> found;
    for (const auto& [key, price] : m_prices) {
        found.insert(price.region);
    }
    return {found.begin(), found.end()};
}

}  // namespace neph
