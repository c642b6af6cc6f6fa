#include <algorithm>
#include <charconv>
#include <optional>

#include <fmt/format.h>

#include "sim/cost/bill.h"
#include "sim/cost/csv.h"
#include "sim/model/diagnostic.h"

namespace neph {

namespace {

/// Larger than any month's usage of anything, and far from the end of 128 bits when priced.
constexpr Quantity kMost = Quantity::of(1'000'000'000'000'000);
/// About eleven years: what lies beyond is a mistake, and would make a bill of as many hours.
constexpr std::uint32_t kMostHours = 100'000;

const std::vector<std::string> kRequired{"service", "usage_type", "quantity", "region"};
const std::vector<std::string> kWanted{"node", "request_class", "hour"};
const std::vector<std::string> kOfABill{"title", "unit", "unit_price", "cost"};

bool contains(const std::vector<std::string>& names, const std::string& name)
{
    return std::find(names.begin(), names.end(), name) != names.end();
}

/// Where each column stands in this file.
class Columns {
public:
    static Result<Columns> read(const std::vector<std::string>& header, const std::string& where);

    /// The field of `name`; empty where the file has no such column.
    std::string of(const std::vector<std::string>& fields, const char* name) const
    {
        const auto column = std::find(m_names.begin(), m_names.end(), name);
        return column == m_names.end() ? "" : fields[static_cast<std::size_t>(column - m_names.begin())];
    }
    std::size_t count() const { return m_names.size(); }

private:
    std::vector<std::string> m_names;
};

Result<Columns> Columns::read(const std::vector<std::string>& header, const std::string& where)
{
    Columns columns;
    for (const std::string& name : header) {
        const std::string place = fmt::format("{}, column '{}'", where, name);
        if (contains(columns.m_names, name)) {
            return Error{ErrorCode::Invalid, place, "This column is given twice."};
        }
        if (!contains(kRequired, name) && !contains(kWanted, name) && !contains(kOfABill, name)) {
            std::vector<std::string> known = kRequired;
            known.insert(known.end(), kWanted.begin(), kWanted.end());
            const std::string near = didYouMean(name, known);
            return Error{
                ErrorCode::Invalid, place,
                fmt::format(
                    "There is no such column; known are {}.{}{}", fmt::join(known, ", "),
                    near.empty() ? "" : " ", near)};
        }
        columns.m_names.push_back(name);
    }
    for (const std::string& name : kRequired) {
        if (!contains(columns.m_names, name)) {
            return Error{
                ErrorCode::Invalid, fmt::format("{}, column '{}'", where, name),
                fmt::format("This column is missing; needed are {}.", fmt::join(kRequired, ", "))};
        }
    }
    return columns;
}

std::optional<std::uint32_t> hourOf(const std::string& text)
{
    std::uint32_t hour = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), hour);
    const bool isWhole = problem == std::errc{} && end == text.data() + text.size();
    return isWhole && hour < kMostHours ? std::optional(hour) : std::nullopt;
}

Result<UsageRecord>
readRecord(const Columns& columns, const std::vector<std::string>& fields, const std::string& where)
{
    const auto problem = [&where](const char* column, std::string what) {
        return Error{ErrorCode::Invalid, fmt::format("{}, column '{}'", where, column), std::move(what)};
    };
    for (const std::string& name : kRequired) {
        if (columns.of(fields, name.c_str()).empty()) {
            return problem(name.c_str(), "This field is empty.");
        }
    }
    const Result<Quantity> quantity = Quantity::parse(columns.of(fields, "quantity"));
    if (!quantity) {
        return problem(
            "quantity",
            fmt::format(
                "'{}' is no quantity. {}", quantity.error().where.substr(0, 40), quantity.error().what));
    }
    if (*quantity < Quantity{} || kMost < *quantity) {
        return problem("quantity", fmt::format("A quantity is from 0 to {}.", kMost.toExactText()));
    }
    const std::string hourText = columns.of(fields, "hour");
    const std::optional<std::uint32_t> hour = hourText.empty() ? 0 : hourOf(hourText);
    if (!hour) {
        return problem("hour", fmt::format("An hour is a whole number from 0 to {}.", kMostHours - 1));
    }
    return UsageRecord{
        columns.of(fields, "node"),
        columns.of(fields, "request_class"),
        columns.of(fields, "service"),
        columns.of(fields, "usage_type"),
        columns.of(fields, "region"),
        *hour,
        *quantity};
}

}  // namespace

Result<Usage> readUsageCsv(std::string_view text, const std::string& file)
{
    if (text.size() > Limits{}.fileBytes) {
        return Error{
            ErrorCode::TooLarge, file, fmt::format("Over the limit of {} bytes.", Limits{}.fileBytes)};
    }
    CsvReader csv(text, file);
    Result<std::vector<std::string>> line = csv.next();
    if (!line) {
        return line.error();
    }
    const Result<Columns> columns = Columns::read(*line, csv.where());
    if (!columns) {
        return columns.error();
    }
    Usage usage;
    while (true) {
        line = csv.next();
        if (!line) {
            return line.error();
        }
        if (line->empty()) {
            return usage;
        }
        if (line->size() != columns->count()) {
            return Error{
                ErrorCode::Invalid, csv.where(),
                fmt::format("{} fields; the header has {}.", line->size(), columns->count())};
        }
        const Result<UsageRecord> record = readRecord(*columns, *line, csv.where());
        if (!record) {
            return record.error();
        }
        usage.add(*record);
    }
}

}  // namespace neph
