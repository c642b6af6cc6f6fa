#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "sim/base/result.h"
#include "sim/local/load_figures.h"
#include "sim/local/load_plan.h"

namespace neph {

/// Where the requests of some users go.
struct LoadTarget {
    std::string source;  ///< Node id of the users.
    std::string link;    ///< Id of their link; empty: all that have no target of their own.
    std::string url;     ///< "http://127.0.0.1:8080"; a number, not a name.
};

/// Links of users to the URLs that they lead to, as the generator takes them.
std::vector<LoadTarget> loadTargets(const Design& design, const std::map<std::string, std::string>& urls);

struct LoadOptions {
    double scale = 1;  ///< Real time for a time of the arrivals: 0.5 sends twice as fast. Patience, round
                       ///< trips and thoughts stay as they are.
    std::uint32_t connections = 512;  ///< At most, at a time; what comes when all are in use waits.
    Duration drain{5s};               ///< After the last arrival, how long requests under way are waited for.
    int core = -1;                    ///< The thread that runs it is kept on this one; negative: on any.
    std::string path = "/work?class=";  ///< Name of the class follows, percent-encoded.
};

struct LoadProgress {
    Duration elapsed{0};  ///< Real time.
    Duration whole{0};    ///< The horizon in real time.
    std::uint64_t started = 0;
    std::uint64_t ended = 0;
};

/// The users of a design, in front of real services: sends what they send in the simulation, request by
/// request at the same moments, and measures what comes back.
///
/// - Open load is open: a request leaves at its moment (start + at × scale) whatever became of those before.
///   Latency counts from the moment at which it should have left, so a service (or a generator) that stalls
///   delays requests and does not silence them ("coordinated omission"; G. Tene, "How not to measure
///   latency", 2013).
/// - A request walks the path of its users in the plan, as in the simulation
/// (sim/services/traffic/users.cpp):
///   the internet's round trip is a constant wait, all of it before the call, and with it the handshake of
///   the share of requests that open a connection; then the call, under patience and retries. Latency has all
///   of that in it. What the simulation draws (arrivals, classes, thoughts, ways, handshakes, jitter) comes
///   from the same streams.
/// - `service` of the result is what the services themselves took: each attempt from its last free moment
///   here to its answer, over loopback.
/// - Waits before a retry are those of the plan: with its jitter where it has one, else in full.
/// - An answer of 2xx is good. 429, 500 to 504 without 501, and every failure of the connection are tried
/// again
///   while retries are left. Who runs out of patience ends as the plan words it ("gave up after 10 s").
/// - Latencies are real time; nothing is allocated per request but by libcurl.
class LoadGenerator {
public:
    /// Errors: Invalid: users without a target, a URL that is not one, a scale that is not positive; and
    /// those of checkLoad().
    static Result<std::unique_ptr<LoadGenerator>>
    make(LoadPlan plan, std::vector<LoadTarget> targets, LoadOptions options = {});
    ~LoadGenerator();
    LoadGenerator(const LoadGenerator&) = delete;
    LoadGenerator& operator=(const LoadGenerator&) = delete;

    /// Runs it on the calling thread to its end, or until `stop` asks (within 50 ms). Once.
    void run(std::stop_token stop = {}, const std::function<void(const LoadProgress&)>& progress = {});

    // From any thread, at any time.
    /// What has happened since the last call.
    LoadInterval takeInterval();
    /// Everything up to now.
    LoadResult result() const;

private:
    LoadGenerator(LoadPlan plan, std::vector<LoadTarget> targets, LoadOptions options);

    LoadPlan m_plan;
    std::vector<LoadTarget> m_targets;
    LoadOptions m_options;
    LoadFigures m_figures;
};

}  // namespace neph
