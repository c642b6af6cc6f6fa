#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sim/base/units.h"
#include "sim/metrics/histogram.h"
#include "sim/metrics/series.h"
#include "sim/metrics/usage.h"
#include "sim/model/diagnostic.h"

namespace neph {

enum class EventLevel { Info, Warning, Failure };

/// Something that happened, in the vendor's words: "(service web) has started 2 tasks: …".
struct RunEvent {
    Time at{0};
    EventLevel level = EventLevel::Info;
    std::string node;    ///< Node id it is about.
    std::string what;    ///< One sentence.
    std::string detail;  ///< Id of the task or target; may be empty.
};

/// One walk of a sampled request through a named step.
struct TraceSpan {
    std::string node;     ///< Node id.
    std::string step;     ///< "waits for a worker", "handler CPU", "calls Orders table"
    std::string replica;  ///< Which task, partition or target; may be empty.
    int depth = 0;        ///< 0: the user's own step; deeper: within a call.
    Time from{0};         ///< Arrival at the step.
    Time start{0};        ///< End of waiting: service began. Equal to `from` where nothing waits.
    Time to{0};
    std::string why;  ///< What the step waited for or why it failed; may be empty.
};

/// One sampled request, explained.
struct RequestTrace {
    std::uint64_t id = 0;
    std::string requestClass;
    std::string source;  ///< Node id of the users who sent it.
    Time arrived{0};
    Duration latency{0};
    std::string outcome;  ///< "200 OK", "503 Service Unavailable", "ProvisionedThroughputExceededException"
    bool ok = true;
    std::vector<TraceSpan> spans;  ///< In order of arrival at the step.
};

/// What one replica (task, partition, target) looks like at the moment of the result.
struct ReplicaView {
    std::string id;     ///< "task/3"
    std::string zone;   ///< Zone node id or name; may be empty.
    std::string state;  ///< Vendor's word: "PROVISIONING", "RUNNING", "DRAINING"
    std::string note;   ///< "pulling shop:1.4 (62 %)", "unhealthy: 2 checks failed"
    enum class Look { Starting, Healthy, Unhealthy, Stopping, Failed } look = Look::Healthy;
    double utilisation = 0;  ///< 0..1 of its busiest station.
    double queue = 0;        ///< Requests that wait in it.
    Time since{0};
};

/// One station of a node: what can be waited for.
struct StationView {
    std::string name;           ///< "workers", "vCPU", "write capacity"
    double utilisation = 0;     ///< 0..1, over the last interval.
    double queue = 0;           ///< Waiting now, over all replicas.
    double queueLimit = 0;      ///< 0: unbounded.
    std::uint64_t refused = 0;  ///< Since the start.
    Duration meanWait{0};       ///< Since the start.
};

/// One node at the moment of the result.
struct NodeView {
    double requestsPerSecond = 0;  ///< Over the last interval.
    double errorsPerSecond = 0;
    double utilisation = 0;  ///< Of its busiest station, 0..1.
    double queue = 0;
    std::uint64_t requests = 0;  ///< Since the start.
    std::uint64_t errors = 0;
    std::string
        bottleneck;  ///< In words: "vCPU: 94 % busy, requests wait 120 ms for it"; empty if there is none.
    std::string status;  ///< "4 of 4 tasks running", "deployment in progress: 2 of 4"
    std::vector<StationView> stations;
    std::vector<ReplicaView> replicas;
    Histogram latency;  ///< Time from entering the node to its answer, since the start.
};

/// Traffic on one link over the last interval.
struct LinkView {
    double requestsPerSecond = 0;
    double errorsPerSecond = 0;
    std::uint64_t requests = 0;
    std::uint64_t errors = 0;
};

struct ClassResult {
    std::uint64_t total = 0;
    std::uint64_t ok = 0;
    std::uint64_t failed = 0;
    Histogram latency;  ///< Of all that ended, ok or not, from the first attempt on.
    std::map<std::string, std::uint64_t> outcomes;  ///< "200 OK" -> count, and each failure by name.
};

/// How far the figures of a sampled run may be from those of the run in full: relative, with 95 % confidence.
struct Trust {
    struct Latency {
        double mean = 0;
        double p50 = 0;
        double p95 = 0;
        double p99 = 0;
        double p999 = 0;
    };
    double tolerance = 0;                    ///< What was asked for, of p99.
    std::map<std::string, Latency> latency;  ///< By request class; "" for all of them together.
    double cost = 0;                         ///< Of the bill's total.
    std::uint64_t simulated = 0;             ///< Requests that were run one by one.
    std::string note;                        ///< What it could not hold, in words; may be empty.
};

/// Everything a run says about itself, at its end or at any moment before. Immutable once made; windows share
/// it.
struct RunResult {
    std::string designName;
    std::string designDigest;
    std::string engine = "requests";
    std::uint64_t seed = 1;
    Time simulated{0};
    Time horizon{0};
    double wallSeconds = 0;
    std::uint64_t events = 0;
    std::string
        stoppedBy;  ///< Empty: ran to its end. Else "cancelled", "event limit …": the results are partial.
    std::uint64_t fingerprint = 0;  ///< Hash of the trajectory: equal for equal (design, seed).

    std::map<std::string, ClassResult> classes;  ///< By request class.
    std::map<std::string, NodeView> nodes;       ///< By node id.
    std::map<std::string, LinkView> links;       ///< By link id.
    std::vector<Series> series;
    std::vector<RunEvent> log;         ///< In order of time.
    std::vector<RequestTrace> traces;  ///< Sampled; in order of arrival.
    Usage usage;
    std::optional<Trust> trust;  ///< Where latencies were sampled.
    Diagnostics diagnostics;

    /// The series of that node and metric, or nullptr.
    const Series* find(const std::string& node, const std::string& metric) const;
};

}  // namespace neph
