#pragma once

#include <map>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "sim/base/money.h"
#include "sim/base/result.h"

namespace neph {

/// One band of a graduated price: every unit up to `upTo` (from the end of the band before) costs `perUnit`.
struct PriceBand {
    Quantity upTo;  ///< End of the band within a calendar month; unlimited in the last one.
    bool unlimited = false;
    Money perUnit;
};

/// The published price of one usage type in one region, with where it was read and when.
struct Price {
    std::string service;    ///< "AmazonECS"
    std::string usageType;  ///< "Fargate-vCPU-Hours:perCPU"
    std::string region;
    std::string title;  ///< For people: "vCPU, Linux x86"
    std::string unit;   ///< What one unit of a quantity is: "vCPU-hour", "GB-month", "request unit"
    std::vector<PriceBand> bands;
    Quantity freePerMonth;  ///< Free tier, taken off first when it is asked for.
    std::string freeNote;
    std::string source;      ///< URL
    std::string seen;        ///< Date or wording of the reading.
    std::string confidence;  ///< "source", "memory", "derived"
    std::string note;        ///< How it was derived, what it leaves out; may be empty.

    /// Metered by started hours (a load balancer that lives ten minutes pays one hour): a run is projected
    /// to a month by its started hours too.
    bool perStartedHour = false;

    std::string serviceName;         ///< FOCUS ServiceName: "Amazon Elastic Container Service"
    std::string serviceCategory;     ///< FOCUS ServiceCategory: "Compute"
    std::string serviceSubcategory;  ///< FOCUS ServiceSubcategory: "Containers"
    std::string pricingCategory;     ///< FOCUS PricingCategory: "Standard", or "Dynamic" for Spot.
};

/// All prices the program knows. A dated set of files in assets/prices/<region>/<stem>.json.
class PriceBook {
public:
    /// The prices embedded in the program. A broken file is a bug and aborts.
    static const PriceBook& builtIn();

    /// Reads one price file. A price that is known already is replaced, so that a newer file refreshes the
    /// book. After an error the book is as it was.
    /// Errors: TooLarge, NotJson, UnknownFormat, NewerVersion, Invalid; `where` is "<file>:<JSON pointer>".
    Result<Done> add(std::string_view text, const std::string& file);

    /// The price, or nullptr. Where a region has no price of its own, there is none: nothing is guessed.
    const Price*
    find(const std::string& service, const std::string& usageType, const std::string& region) const;
    std::vector<const Price*> all() const;     ///< Ordered by service, usage type, region.
    std::vector<std::string> regions() const;  ///< In order of the alphabet.

private:
    using Key = std::tuple<std::string, std::string, std::string>;  ///< Service, usage type, region.
    std::map<Key, Price> m_prices;
};

/// What `used` units cost when every unit pays the rate of the band it falls in, counting from `usedBefore`.
///
/// It is the difference of what all units up to then cost, each rounded half up to the pico-dollar: the
/// prices of consecutive parts add up to the price of the whole, however it was cut.
/// Bands ascend and the last is unlimited (checked when a file is read).
/// Source of the rule: AWS, "Amazon S3 FAQs", Billing.
Money tieredPrice(Quantity usedBefore, Quantity used, const std::vector<PriceBand>& bands);

}  // namespace neph
