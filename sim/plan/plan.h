#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/base/units.h"
#include "sim/kernel/distribution.h"
#include "sim/plan/ids.h"
#include "sim/plan/rate_profile.h"
#include "sim/plan/station.h"
#include "sim/plan/step.h"

namespace neph {

/// How a request can end. Index 0 is always "200 OK".
struct OutcomeSpec {
    enum class Kind : std::uint8_t {
        Ok,
        Refused,      ///< Connection refused or reset: nobody listens, or the replica died.
        Unavailable,  ///< Nowhere to send it, or no room (503).
        Throttled,    ///< Over a rate the vendor sells or enforces.
        TimedOut,     ///< The caller stopped waiting.
        Failed,       ///< The server answered with an error of its own (500).
    };
    Kind kind = Kind::Ok;
    std::string name;  ///< "200 OK", "503 Service Unavailable", "ProvisionedThroughputExceededException"
    bool retryable = false;  ///< Whether a caller with retries left tries again.
    NodeIndex node;          ///< Who says so; none where the outcome is general.
};

/// A random quantity, drawn from a stream of its own. Seconds for delays and work, bytes, probabilities.
struct DrawSpec {
    std::string entity;  ///< Node or link id: with `purpose` it names the random stream.
    std::string purpose;
    std::vector<Distribution> byClass;  ///< One for all classes, or one per class.
};

/// A fixed quantity: one for all classes, or one per class. Bytes, milli-units.
struct AmountSpec {
    std::vector<std::int64_t> byClass;
};

/// One billed or watched counter of a node. Engines count milli-units by class; who made the meter turns them
/// into usage.
struct MeterSpec {
    NodeIndex node;
    std::string service;    ///< "AmazonDynamoDB"; empty: watched, not billed.
    std::string usageType;  ///< "WriteRequestUnits"
    std::string region;
    std::int64_t perUnit =
        1000;  ///< Milli-units that make one unit of the price list (a GB of bytes: 2^30 * 1000).
};

/// What a caller does when a call is slow or fails.
struct PolicySpec {
    Duration timeout{0};        ///< Zero: waits for ever.
    std::uint16_t retries = 0;  ///< After the first attempt.
    Duration backoffBase{0};  ///< Wait before retry k is uniform in [0, min(cap, base * 2^k)] (full jitter).
    Duration backoffCap{0};
    OutcomeId onTimeout;  ///< What the caller's path ends with, after the last attempt.
    OutcomeId onRefused;  ///< None: the callee's own outcome is passed on.
    OutcomeId onUnavailable;
    OutcomeId onThrottled;
    OutcomeId onFailed;
    bool ignoreFailure = false;  ///< Go on as if it had worked.
    std::uint32_t backoffLabel = 0;
    DrawId jitter;  ///< Uniform (0,1) stream of its own.

    /// The outcome the caller's path goes on with after the last attempt ended with `outcome`, which is of
    /// that kind; 0 where it goes on as if it had worked.
    std::uint32_t mapped(std::uint32_t outcome, OutcomeSpec::Kind kind) const;
};

/// A path: what happens to a request at one node, in one frame of its own.
struct PathSpec {
    std::string name;
    NodeIndex node;
    std::uint32_t first = 0;  ///< Index of its first step.
};

/// Where requests come from.
struct SourceSpec {
    std::string name;
    NodeIndex node;
    PathId path;                       ///< What each of them does.
    std::vector<double> classWeights;  ///< By class of the plan; 0 for classes of other sources.
    RateProfile rate;                  ///< Open load: Poisson at this rate.
    std::uint32_t users = 0;  ///< Closed load: this many users who think, ask, wait for the answer. 0: open.
    Distribution think = Distribution::constant(0);  ///< Seconds.
    Duration startOver{0};  ///< Closed load: users come evenly over this long, and think before they ask.
};

struct NodeSpec {
    std::string id;
    std::string name;
    std::string kind;
};

struct LinkSpec {
    std::string id;
    NodeIndex from;
    NodeIndex to;
};

struct ZoneSpec {
    std::string id;    ///< Node id of the zone.
    std::string name;  ///< "us-east-1a"
};

/// One step of giving back what a failing path holds.
struct CleanupSpec {
    Op op = Op::Release;  ///< Release or Free.
    StationId station;
    AmountId amount;
    std::uint32_t next = 0;  ///< 0: nothing more.
};

/// What a drawing compiles to: one immutable queueing program, shared by any number of runs.
struct Plan {
    std::vector<NodeSpec> nodes;
    std::vector<LinkSpec> links;
    std::vector<ZoneSpec> zones;
    std::vector<std::string> classes;
    std::vector<OutcomeSpec> outcomes;
    std::vector<StationSpec> stations;
    std::vector<PoolSpec> pools;
    std::vector<DrawSpec> draws;
    std::vector<AmountSpec> amounts;
    std::vector<MeterSpec> meters;
    std::vector<PolicySpec> policies;
    std::vector<PathSpec> paths;
    std::vector<Step> steps;
    std::vector<CleanupSpec> cleanups;  ///< [0] is the empty list.
    std::vector<std::string> labels;    ///< [0] is "".
    std::vector<SourceSpec> sources;
};

}  // namespace neph
