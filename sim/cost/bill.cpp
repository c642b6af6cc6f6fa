#include "sim/cost/bill.h"

#include <algorithm>
#include <set>
#include <tuple>

#include <fmt/format.h>

namespace neph {

namespace {

constexpr std::int64_t kHoursPerMonth = 730;

/// The usage of one type in one region: what a tier counts.
struct Market {
    const Price* price = nullptr;
    std::vector<std::size_t> records;  ///< Ascending indices.
    Quantity used;
};

/// Takes units of one market in order, and says what each costs.
class Till {
public:
    Till(const Price& price, bool freeTier) : m_price(price)
    {
        m_freeLeft = freeTier ? price.freePerMonth : Quantity{};
    }

    /// Free units fill the bands like any other (Amazon S3 FAQs, Billing: of 62 TB out to the internet the
    /// first band charges 10,239 GB, one being free, and the others stay as they are).
    Money pay(Quantity used)
    {
        const Quantity free = m_freeLeft < used ? m_freeLeft : used;
        m_freeLeft = m_freeLeft - free;
        m_taken += free;
        const Money cost = tieredPrice(m_taken, used - free, m_price.bands);
        m_taken += used - free;
        return cost;
    }
    /// Of the band that the next unit falls in.
    Money nextUnitPrice() const
    {
        const auto band =
            std::find_if(m_price.bands.begin(), m_price.bands.end(), [this](const PriceBand& b) {
                return b.unlimited || m_taken < b.upTo;
            });
        return band->perUnit;
    }

private:
    const Price& m_price;
    Quantity m_freeLeft;
    Quantity m_taken;
};

bool isSameLine(const UsageRecord& a, const UsageRecord& b)
{
    return a.node == b.node && a.service == b.service && a.usageType == b.usageType && a.region == b.region;
}

Diagnostic noPrice(const UsageRecord& record, const PriceBook& prices)
{
    Diagnostic problem{Severity::Warning, {}, {}, {}, {}, record.node};
    problem.what = fmt::format(
        "There is no price for {} / {} in {}: it is not on the bill.", record.service, record.usageType,
        record.region);
    std::set<std::string> services;
    std::set<std::string> types;
    std::vector<std::string> regions;
    for (const Price* price : prices.all()) {
        services.insert(price->service);
        if (price->service == record.service) {
            types.insert(price->usageType);
            if (price->usageType == record.usageType) {
                regions.push_back(price->region);
            }
        }
    }
    if (types.empty()) {
        problem.suggestion = didYouMean(record.service, {services.begin(), services.end()});
    } else if (!regions.empty()) {
        problem.allowed = fmt::format("{}", fmt::join(regions, ", "));
        problem.suggestion = didYouMean(record.region, regions);
    } else {
        problem.suggestion = didYouMean(record.usageType, {types.begin(), types.end()});
    }
    return problem;
}

/// Sums usage by line and by market.
class BillMaker {
public:
    BillMaker(const Usage& usage, const PriceBook& prices, const BillOptions& options)
        : m_records(usage.records()), m_prices(prices), m_options(options)
    {
    }

    Bill make()
    {
        openLines();
        m_bill.byRecord.resize(m_records.size());
        for (auto& [key, market] : m_markets) {
            payMarket(market);
        }
        addUp();
        return std::move(m_bill);
    }

private:
    using MarketKey = std::tuple<std::string, std::string, std::string>;

    void openLines();
    void payMarket(Market& market);
    void addUp();
    Quantity inAMonth(const Market& market) const;

    static constexpr std::size_t kNoLine = SIZE_MAX;

    const std::vector<UsageRecord> m_records;
    const PriceBook& m_prices;
    const BillOptions& m_options;
    Bill m_bill;
    std::map<MarketKey, Market> m_markets;
    std::vector<std::size_t> m_lineOf;  ///< By record: index of its line.
};

/// Records of a line follow each other, so names are looked up once for each line, not for each record.
void BillMaker::openLines()
{
    Market* market = nullptr;
    for (std::size_t i = 0; i < m_records.size(); ++i) {
        const UsageRecord& record = m_records[i];
        if (i == 0 || !isSameLine(record, m_records[i - 1])) {
            MarketKey key(record.service, record.usageType, record.region);
            const auto [place, isNew] = m_markets.try_emplace(std::move(key));
            market = &place->second;
            if (isNew) {
                market->price = m_prices.find(record.service, record.usageType, record.region);
                if (market->price == nullptr) {
                    m_bill.diagnostics.push_back(noPrice(record, m_prices));
                }
            }
            if (const Price* price = market->price) {
                m_bill.lines.push_back(
                    {record.node,
                     record.service,
                     record.usageType,
                     price->title,
                     record.region,
                     price->unit,
                     {},
                     {},
                     {},
                     price->source,
                     price->seen});
            }
        }
        market->records.push_back(i);
        market->used += record.quantity;
        m_lineOf.push_back(market->price == nullptr ? kNoLine : m_bill.lines.size() - 1);
    }
}

void BillMaker::payMarket(Market& market)
{
    if (market.price == nullptr) {
        return;
    }
    // Records come by node and class; a stable sort by hour keeps that order within the hour.
    std::stable_sort(market.records.begin(), market.records.end(), [this](std::size_t a, std::size_t b) {
        return m_records[a].hour < m_records[b].hour;
    });
    Till till(*market.price, m_options.freeTier);
    for (const std::size_t i : market.records) {
        BillLine& line = m_bill.lines[m_lineOf[i]];
        if (line.quantity == Quantity{}) {
            line.unitPrice = till.nextUnitPrice();
        }
        m_bill.byRecord[i] = till.pay(m_records[i].quantity);
        line.quantity += m_records[i].quantity;
    }
    Till month(*market.price, m_options.freeTier);
    m_bill.monthly += month.pay(inAMonth(market));
}

Quantity BillMaker::inAMonth(const Market& market) const
{
    if (!m_options.project || m_options.simulated <= Duration(0)) {
        return market.used;
    }
    constexpr Int128 kHour = Duration(1h).count();
    Int128 length = m_options.simulated.count();
    if (market.price->perStartedHour) {
        length = (length + kHour - 1) / kHour * kHour;
    }
    const Int128 month = kHoursPerMonth * kHour;
    const Int128 times = month / length;
    const Int128 rest = month % length;
    // In two parts, so that the product of a large usage and a month of nanoseconds stays within 128 bits.
    return Quantity::ofNano(market.used.nano() * times + (market.used.nano() * rest + length / 2) / length);
}

void BillMaker::addUp()
{
    for (std::size_t i = 0; i < m_records.size(); ++i) {
        if (m_lineOf[i] == kNoLine) {
            continue;
        }
        const UsageRecord& record = m_records[i];
        const Money cost = m_bill.byRecord[i];
        m_bill.total += cost;
        m_bill.lines[m_lineOf[i]].cost += cost;
        m_bill.byClass[record.requestClass] += cost;
        if (record.hour >= m_bill.byHour.size()) {
            m_bill.byHour.resize(std::size_t{record.hour} + 1);
        }
        m_bill.byHour[record.hour] += cost;
    }
    for (const BillLine& line : m_bill.lines) {
        m_bill.byNode[line.node] += line.cost;
    }
}

}  // namespace

Bill makeBill(const Usage& usage, const PriceBook& prices, const BillOptions& options)
{
    return BillMaker(usage, prices, options).make();
}

}  // namespace neph
