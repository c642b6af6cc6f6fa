#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/base/money.h"
#include "sim/base/units.h"

namespace neph {

/// One billable amount: what a price list can price without knowing the design.
struct UsageRecord {
    std::string node;        ///< Node id it was used by; empty for a bare usage list.
    std::string requestClass;  ///< Request class it was used for; empty where it serves all (a load balancer's hours).
    std::string service;     ///< As the vendor's bill calls it: "AmazonECS", "AmazonDynamoDB", "AmazonECR", "AWSELB".
    std::string usageType;   ///< "Fargate-vCPU-Hours:perCPU", "WriteRequestUnits", "LoadBalancerUsage"
    std::string region;      ///< "us-east-1"
    std::uint32_t hour = 0;  ///< Hour of the run in which it was used, from 0.
    Quantity quantity;       ///< In the unit of the price list.
};

/// Usage of a run, added up by (node, class, service, usage type, region, hour) and kept in that order.
class Usage {
public:
    void add(const UsageRecord& record);
    const std::vector<UsageRecord>& records() const { return m_records; }

private:
    std::vector<UsageRecord> m_records;
};

}  // namespace neph
