#include "sim/metrics/usage.h"

#include <algorithm>
#include <tuple>

namespace neph {

namespace {

auto keyOf(const UsageRecord& r)
{
    return std::tie(r.node, r.service, r.usageType, r.region, r.requestClass, r.hour);
}

}  // namespace

void Usage::add(const UsageRecord& record)
{
    const auto place = std::lower_bound(
        m_records.begin(), m_records.end(), record,
        [](const UsageRecord& a, const UsageRecord& b) { return keyOf(a) < keyOf(b); });
    if (place != m_records.end() && keyOf(*place) == keyOf(record)) {
        place->quantity += record.quantity;
    } else {
        m_records.insert(place, record);
    }
}

}  // namespace neph
