#pragma once

#include <cstdint>

namespace neph {

/// An index into one table of a plan; a type per table, so that they cannot be mixed up.
template <typename Tag>
struct Id {
    static constexpr std::uint32_t kNone = 0xFFFF'FFFF;
    std::uint32_t value = kNone;

    constexpr explicit operator bool() const { return value != kNone; }
    friend constexpr auto operator<=>(Id, Id) = default;
};

using NodeIndex = Id<struct NodeTag>;    ///< A node of the drawing.
using LinkIndex = Id<struct LinkTag>;    ///< A link of the drawing.
using ZoneIndex = Id<struct ZoneTag>;    ///< An Availability Zone; none: regional or outside.
using ClassIndex = Id<struct ClassTag>;  ///< A request class.
using StationId = Id<struct StationTag>;
using PoolId = Id<struct PoolTag>;  ///< A replica set.
using PathId = Id<struct PathTag>;
using DrawId = Id<struct DrawTag>;      ///< A random quantity, by request class.
using AmountId = Id<struct AmountTag>;  ///< A fixed quantity, by request class.
using MeterId = Id<struct MeterTag>;
using OutcomeId = Id<struct OutcomeTag>;  ///< How a request can end.
using PolicyId = Id<struct PolicyTag>;    ///< How a call behaves when it is slow or fails.
using SourceId = Id<struct SourceTag>;

/// One replica of a pool in one run. Numbers are not reused within a run.
using ReplicaId = Id<struct ReplicaTag>;

}  // namespace neph
