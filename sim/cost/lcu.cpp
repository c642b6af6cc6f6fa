#include "sim/cost/lcu.h"

#include <algorithm>

namespace neph {

namespace {

constexpr Int128 kSecondsPerHour = 3600;

}  // namespace

Quantity LcuHours::billed() const
{
    return std::max({newConnections, activeConnections, bytes, ruleEvaluations});
}

const char* LcuHours::billedDimension() const
{
    if (newConnections == billed()) {
        return "new connections";
    }
    if (activeConnections == billed()) {
        return "active connections";
    }
    return bytes == billed() ? "bytes" : "rule evaluations";
}

std::int64_t ruleEvaluations(std::int64_t requests, std::int64_t rules, const LcuAllowances& allowances)
{
    return requests * std::max<std::int64_t>(0, rules - allowances.freeRules);
}

LcuHours lcuPerHour(const LcuUse& use, const LcuAllowances& allowances)
{
    return {
        Quantity::ratio(use.newConnections, allowances.newConnectionsPerSecond * kSecondsPerHour),
        Quantity::ratio(use.connectionSeconds, allowances.activeConnections * kSecondsPerHour),
        Quantity::ratio(use.bytes, allowances.bytesPerHour),
        Quantity::ratio(use.ruleEvaluations, allowances.ruleEvaluationsPerSecond * kSecondsPerHour)};
}

}  // namespace neph
