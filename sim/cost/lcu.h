#pragma once

#include <cstdint>

#include "sim/base/money.h"

namespace neph {

/// What one load balancer capacity unit holds: facts from the service's data file.
/// Source: https://aws.amazon.com/elasticloadbalancing/pricing/ , "LCU details" (instance, container and IP
/// targets: 25 new connections per second, 3,000 active connections per minute, 1 GB per hour, 1,000 rule
/// evaluations per second, the first 10 rules of a request free). Its examples count a GB as 10^9 bytes.
struct LcuAllowances {
    std::int64_t newConnectionsPerSecond;
    std::int64_t activeConnections;
    std::int64_t bytesPerHour;
    std::int64_t ruleEvaluationsPerSecond;
    std::int64_t freeRules;
};

/// What went through a load balancer in a span of at most an hour.
struct LcuUse {
    std::int64_t newConnections = 0;
    std::int64_t connectionSeconds = 0;  ///< Active connections, summed over time.
    std::int64_t bytes = 0;              ///< Requests and responses.
    std::int64_t ruleEvaluations = 0;    ///< As of `ruleEvaluations()`.
};

/// The same in LCU-hours, dimension by dimension; the largest is billed.
struct LcuHours {
    Quantity newConnections;
    Quantity activeConnections;
    Quantity bytes;
    Quantity ruleEvaluations;

    Quantity billed() const;
    /// "new connections", "active connections", "bytes" or "rule evaluations"; of equals, the first.
    const char* billedDimension() const;
};

/// Rules evaluated for `requests` requests beyond those that are free.
std::int64_t ruleEvaluations(std::int64_t requests, std::int64_t rules, const LcuAllowances& allowances);

/// The LCU-hours of one hour's use, or of a part of an hour. All allowances are above zero.
/// Source: as of LcuAllowances; the page works out 0.04, 0.04, 1.08 and 0.25 LCU in its first example.
LcuHours lcuPerHour(const LcuUse& use, const LcuAllowances& allowances);

}  // namespace neph
