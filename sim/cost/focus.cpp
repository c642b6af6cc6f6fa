#include <cstdlib>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "sim/cost/bill.h"
#include "sim/cost/csv.h"

namespace neph {

namespace {

using std::chrono::sys_days;
using std::chrono::sys_seconds;

constexpr const char* kSimulation = "Nephoscope simulation";

/// What a row is made of.
struct Charge {
    const UsageRecord& record;
    const Price& price;
    Money cost;
    sys_seconds start;
};

std::string isoText(sys_seconds moment)
{
    const sys_days day = std::chrono::floor<std::chrono::days>(moment);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss clock(moment - day);
    return fmt::format(
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", static_cast<int>(date.year()),
        static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), clock.hours().count(),
        clock.minutes().count(), clock.seconds().count());
}

/// First moment of the calendar month of `moment`, or of the one after.
sys_seconds monthOf(sys_seconds moment, int later)
{
    const std::chrono::year_month_day date(std::chrono::floor<std::chrono::days>(moment));
    const auto month = date.year() / date.month() + std::chrono::months(later);
    return sys_days(month / 1);
}

/// The price of a unit, where the charge is just units times that; a charge over two bands has none.
std::string unitPriceText(const Charge& charge)
{
    for (const PriceBand& band : charge.price.bands) {
        if (priceOf(charge.record.quantity, band.perUnit) == charge.cost) {
            return band.perUnit.toExactText();
        }
    }
    return "";
}

std::string tagsText(const UsageRecord& record)
{
    nlohmann::json tags = nlohmann::json::object();
    if (!record.requestClass.empty()) {
        tags["request_class"] = record.requestClass;
    }
    return tags.dump(-1, ' ', true, nlohmann::json::error_handler_t::replace);
}

/// A column: its id in the specification, and what stands in it.
struct Column {
    const char* id;
    std::string (*value)(const Charge&);
};

const std::vector<Column>& columns()
{
    static const auto cost = [](const Charge& c) { return c.cost.toExactText(); };
    static const auto empty = [](const Charge&) { return std::string(); };
    static const auto simulation = [](const Charge&) { return std::string(kSimulation); };
    static const auto quantity = [](const Charge& c) { return c.record.quantity.toExactText(); };
    static const auto unit = [](const Charge& c) { return c.price.unit; };
    static const auto account = [](const Charge&) { return std::string("sim-nephoscope"); };
    static const auto sku = [](const Charge& c) { return c.price.service + '/' + c.price.usageType; };
    // clang-format off
    static const std::vector<Column> all{
        {"BilledCost", cost},
        {"BillingAccountId", account},
        {"BillingAccountName", simulation},
        {"BillingCurrency", [](const Charge&) { return std::string("USD"); }},
        {"BillingPeriodEnd", [](const Charge& c) { return isoText(monthOf(c.start, 1)); }},
        {"BillingPeriodStart", [](const Charge& c) { return isoText(monthOf(c.start, 0)); }},
        {"ChargeCategory", [](const Charge&) { return std::string("Usage"); }},
        {"ChargeClass", empty},
        {"ChargeDescription", [](const Charge& c) { return c.price.title + " (simulated)"; }},
        {"ChargeFrequency", [](const Charge&) { return std::string("Usage-Based"); }},
        {"ChargePeriodEnd", [](const Charge& c) { return isoText(c.start + std::chrono::hours(1)); }},
        {"ChargePeriodStart", [](const Charge& c) { return isoText(c.start); }},
        {"ConsumedQuantity", quantity},
        {"ConsumedUnit", unit},
        {"ContractedCost", cost},
        {"ContractedUnitPrice", unitPriceText},
        {"EffectiveCost", cost},
        {"InvoiceIssuerName", simulation},
        {"ListCost", cost},
        {"ListUnitPrice", unitPriceText},
        {"PricingCategory", [](const Charge& c) { return c.price.pricingCategory; }},
        {"PricingQuantity", quantity},
        {"PricingUnit", unit},
        {"ProviderName", simulation},
        {"PublisherName", simulation},
        {"RegionId", [](const Charge& c) { return c.record.region; }},
        {"RegionName", [](const Charge& c) { return c.record.region; }},
        {"ResourceId", [](const Charge& c) { return c.record.node; }},
        {"ResourceName", [](const Charge& c) { return c.record.node; }},
        {"ServiceCategory", [](const Charge& c) { return c.price.serviceCategory; }},
        {"ServiceName", [](const Charge& c) { return c.price.serviceName; }},
        {"ServiceSubcategory", [](const Charge& c) { return c.price.serviceSubcategory; }},
        {"SkuId", sku},
        {"SkuMeter", [](const Charge& c) { return c.price.usageType; }},
        {"SkuPriceId", [](const Charge& c) { return sku(c) + '/' + c.price.region; }},
        {"Tags", [](const Charge& c) { return tagsText(c.record); }},
    };
    // clang-format on
    return all;
}

/// The number that `text` spells with exactly these digits, or -1.
int digits(std::string_view text)
{
    int number = 0;
    for (const char c : text) {
        if (c < '0' || c > '9') {
            return -1;
        }
        number = number * 10 + (c - '0');
    }
    return number;
}

}  // namespace

Result<sys_seconds> readPeriodStart(std::string_view text)
{
    const Error bad{
        ErrorCode::Invalid, std::string(text.substr(0, 40)),
        "Expected a UTC date and time of the years 1970 to 2200, such as 2026-01-01T00:00:00Z."};
    constexpr std::string_view kShape = "dddd-dd-ddTdd:dd:ddZ";
    if (text.size() != kShape.size()) {
        return bad;
    }
    for (std::size_t i = 0; i < kShape.size(); ++i) {
        const bool isDigit = text[i] >= '0' && text[i] <= '9';
        if (kShape[i] == 'd' ? !isDigit : text[i] != kShape[i]) {
            return bad;
        }
    }
    const std::chrono::year_month_day date(
        std::chrono::year(digits(text.substr(0, 4))),
        std::chrono::month(static_cast<unsigned>(digits(text.substr(5, 2)))),
        std::chrono::day(static_cast<unsigned>(digits(text.substr(8, 2)))));
    const int hour = digits(text.substr(11, 2));
    const int minute = digits(text.substr(14, 2));
    const int second = digits(text.substr(17, 2));
    const int year = static_cast<int>(date.year());
    if (!date.ok() || year < 1970 || year > 2200 || hour > 23 || minute > 59 || second > 59) {
        return bad;
    }
    return sys_days(date) + std::chrono::hours(hour) + std::chrono::minutes(minute) +
           std::chrono::seconds(second);
}

std::string
toFocusCsv(const Bill& bill, const Usage& usage, const PriceBook& prices, const std::string& periodStart)
{
    const Result<sys_seconds> start = readPeriodStart(periodStart);
    const std::vector<UsageRecord> records = usage.records();
    if (!start || records.size() != bill.byRecord.size()) {
        std::abort();
    }
    std::vector<std::string> fields;
    for (const Column& column : columns()) {
        fields.emplace_back(column.id);
    }
    std::string text = csvLine(fields);
    for (std::size_t i = 0; i < records.size(); ++i) {
        const UsageRecord& record = records[i];
        const Price* price = prices.find(record.service, record.usageType, record.region);
        if (price == nullptr) {
            continue;
        }
        const Charge charge{record, *price, bill.byRecord[i], *start + std::chrono::hours(record.hour)};
        fields.clear();
        for (const Column& column : columns()) {
            fields.push_back(column.value(charge));
        }
        text += csvLine(fields);
    }
    return text;
}

}  // namespace neph
