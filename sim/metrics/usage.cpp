#include "sim/metrics/usage.h"

#include <algorithm>

namespace neph {

void Usage::add(const UsageRecord& record)
{
    Hours& hours =
        m_uses[Use{record.node, record.service, record.usageType, record.region, record.requestClass}];
    // A run adds in order of time, so the place is nearly always the end.
    auto place = hours.end();
    if (!hours.empty() && record.hour <= hours.back().first) {
        place = std::lower_bound(
            hours.begin(), hours.end(), record.hour,
            [](const auto& kept, std::uint32_t hour) { return kept.first < hour; });
    }
    if (place != hours.end() && place->first == record.hour) {
        place->second += record.quantity;
    } else {
        hours.insert(place, {record.hour, record.quantity});
    }
}

std::vector<UsageRecord> Usage::records() const
{
    std::size_t count = 0;
    for (const auto& [use, hours] : m_uses) {
        count += hours.size();
    }
    std::vector<UsageRecord> all;
    all.reserve(count);
    for (const auto& [use, hours] : m_uses) {
        for (const auto& [hour, quantity] : hours) {
            all.push_back(
                {use.node, use.requestClass, use.service, use.usageType, use.region, hour, quantity});
        }
    }
    return all;
}

}  // namespace neph
