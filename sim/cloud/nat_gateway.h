#pragma once

#include <cstdint>
#include <vector>

#include "sim/base/units.h"
#include "sim/cloud/world.h"

namespace neph {

/// A NAT gateway in a run, found under the id of its VPC: counts what goes through it, by the hour.
class NatGateway final : public WorldObject {
public:
    void carry(Bytes bytes, Time now)
    {
        const auto hour = static_cast<std::size_t>(now / 1h);
        m_hourly.resize(std::max(m_hourly.size(), hour + 1));
        m_hourly[hour] += bytes.count;
    }
    const std::vector<std::int64_t>& hourly() const { return m_hourly; }

private:
    std::vector<std::int64_t> m_hourly;  ///< Bytes.
};

}  // namespace neph
