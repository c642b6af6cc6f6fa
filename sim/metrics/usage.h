#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "sim/base/money.h"
#include "sim/base/units.h"

namespace neph {

/// One billable amount: what a price list can price without knowing the design.
struct UsageRecord {
    std::string node;          ///< Node id it was used by; empty for a bare usage list.
    std::string requestClass;  ///< Request class it was used for; empty where it serves all (a load
                               ///< balancer's hours).
    std::string service;       ///< As the vendor's bill calls it: "AmazonECS", "AmazonDynamoDB", "AWSELB".
    std::string usageType;     ///< "Fargate-vCPU-Hours:perCPU", "WriteRequestUnits", "LoadBalancerUsage"
    std::string region;        ///< "us-east-1"
    std::uint32_t hour = 0;    ///< Hour of the run in which it was used, from 0.
    Quantity quantity;         ///< In the unit of the price list.
};

/// Usage of a run, added up by node, service, usage type, region, request class and hour.
///
/// Adding takes the logarithm of the number of different uses, whatever the order of arrival.
class Usage {
public:
    void add(const UsageRecord& record);

    /// All of it, ordered by node, service, usage type, region, request class and hour, each once.
    /// The list is made anew at each call.
    std::vector<UsageRecord> records() const;

private:
    /// What is used, but for the hour.
    struct Use {
        std::string node;
        std::string service;
        std::string usageType;
        std::string region;
        std::string requestClass;
        friend auto operator<=>(const Use&, const Use&) = default;
    };
    using Hours = std::vector<std::pair<std::uint32_t, Quantity>>;  ///< Ascending.

    std::map<Use, Hours> m_uses;
};

}  // namespace neph
