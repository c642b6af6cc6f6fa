#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "sim/engine/flows/flow_state.h"

namespace neph {

/// The load above which what piles up in an interval says more than a formula for ever does.
inline constexpr double kNearlyFull = 0.985;

/// Requests per second through a plan while nothing changes, and what they ask of its stations.
struct FlowRates {
    std::vector<double> classes;                ///< By class.
    std::vector<std::vector<double>> outcomes;  ///< By class and outcome: share of its requests.
    std::vector<double> nodes;                  ///< By node: entries.
    std::vector<double> nodeErrors;
    std::vector<double> links;  ///< By link: attempts.
    std::vector<double> linkErrors;
    std::vector<std::vector<double>> meters;  ///< By meter and class: milli-units.
    std::vector<double> seconds;              ///< By class: mean latency.
    std::vector<double> sources;              ///< By source: requests.
};

/// Remembers the last answers of queueLaw(): rounds of an iteration ask the same again. Exact.
class KnownLaws {
public:
    KnownLaws() : m_known(8) {}

    QueueLaw
    of(const ArrivalLaw& arrivals, double perSecond, double service, double scv, std::uint32_t servers,
       double room);

private:
    struct Known {
        ArrivalLaw arrivals;
        double perSecond;
        double service;
        double scv;
        std::uint32_t servers;
        double room;
        QueueLaw law;
    };
    std::vector<Known> m_known;  ///< Rates are positive, so fresh ones answer nothing.
    std::size_t m_next = 0;
};

/// Propagates rates through a plan: visit ratios step by step, retries as a feedback that is iterated to its
/// fixed point, refusals and waits from the state of the stations.
///
/// Means only, and exact in the rates: what a branch's chance says is what goes through it.
class RatePropagation {
public:
    /// `state` must outlive it.
    explicit RatePropagation(FlowState& state);

    /// Finds the rates and loads of an interval of `length` seconds that starts in the present state, and the
    /// state after it (FlowStation::backlogAfter, levelAfter). `sourceRates`: per second, by source; of a
    /// closed source the users that are there, and what they make of it is found.
    const FlowRates& solve(const std::vector<double>& sourceRates, double length);

    /// Makes the state after the interval the present one.
    void commit();

    /// Whether some call may take long enough to time out now and then: then timedOut is worth knowing.
    bool mayTimeOut() const { return m_mayTimeOut; }

    /// Mean seconds that a request of class 0 takes along `path` now, on a replica of that group.
    double secondsAlong(PathId path, std::uint32_t pool, std::uint32_t group, double& okShare);

private:
    struct Place {
        std::uint32_t pool = kNone;  ///< None: on no replica.
        std::uint32_t group = 0;
    };
    struct Walk {
        std::vector<double> mass;      ///< By step of the path: share of requests that get to it.
        std::vector<double> outcomes;  ///< By outcome.
        double seconds = 0;
        double flow = 1;  ///< Of those whose turn it is now, for each that enters: queues grow and drain.
    };
    /// Requests that come to a step: `mass` of the `rate` that entered its path.
    struct Passing {
        const Step& step;
        std::uint32_t index = 0;  ///< Of the step in the plan.
        std::uint32_t requestClass = 0;
        const Place& at;
        const Place& from;
        double rate = 0;
        double mass = 0;
    };
    /// A station among those of its replica, or of the plan, and the cores that its slots are held for.
    struct Placed {
        std::vector<FlowStation>& beside;
        std::uint32_t index = 0;
        const std::vector<std::uint32_t>& behind;  ///< In `beside`.

        FlowStation& own() const { return beside[index]; }
    };
    struct Passed {
        double mass = 0;     ///< Of those, who go on.
        double seconds = 0;  ///< What it takes them.
    };
    static constexpr std::uint32_t kNone = 0xFFFF'FFFF;

    void iterate(double length);
    void propagate();
    double latencyOf(const SourceSpec& source) const;
    bool settle(double length);
    double settleStation(const Placed& placed, double length);
    static double throughput(const Placed& placed);
    void settleQueue(const Placed& placed, double length);
    static double press(const Placed& placed, double fits, double length);
    void settleTokens(FlowStation& station, double length);

    Walk& walk(PathId path, std::uint32_t requestClass, const Place& at, const Place& from, double rate);
    void step(
        Walk& walk, std::uint32_t index, std::uint32_t first, std::uint32_t requestClass, const Place& at,
        const Place& from, double rate);
    double branch(Walk& walk, const Passing& passing, std::uint32_t first);
    Passed callOnce(Walk& walk, const Passing& passing);
    Passed forked(Walk& walk, const Passing& passing);
    Passed use(Walk& walk, const Passing& passing);
    double take(const Passing& passing);
    Walk& attempt(const Passing& passing, double perSecond);
    void call(const Passing& passing, std::vector<double>& ends, double& time);
    void ask(StationId station, const Place& at, double perSecond, double load);
    double replicasOf(StationId station, const Place& at) const;
    void
    spend(const Step& step, std::uint32_t requestClass, const Place& at, double perSecond, double seconds);
    double shareAcross(const Place& at, const Place& from) const;
    double workSeconds(const Step& step, const FlowStation& station, double demand, const Place& at) const;
    FlowStation& stationAt(StationId station, const Place& at);
    double drawn(DrawId draw, std::uint32_t requestClass) const;
    double amount(AmountId amount, std::uint32_t requestClass) const;
    Walk& take();

    FlowState& m_state;
    const Plan& m_plan;
    FlowRates m_rates;
    std::vector<double> m_sourceRates;
    std::vector<std::vector<double>> m_means;   ///< By draw and class.
    std::vector<std::uint32_t> m_lengthOfPath;  ///< Steps.
    std::vector<double> m_tries;  ///< By step and class: attempts of a call, from the last round.
    std::vector<Walk> m_walks;    ///< One for each depth of calls.
    std::size_t m_depth = 0;
    KnownLaws m_laws;
    bool m_mayTimeOut = false;
    bool m_counts = true;  ///< Whether what is walked through adds to rates and loads.
};

}  // namespace neph
