#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "sim/base/units.h"
#include "sim/engine/latency_meter.h"
#include "sim/metrics/histogram.h"
#include "sim/metrics/run_result.h"
#include "sim/plan/plan.h"

namespace neph {

/// What a load has done since the last look at it. Moments are real time since its start.
struct LoadInterval {
    struct OfClass {
        std::uint64_t started = 0;
        IntervalLatency latency;  ///< Of requests that ended, from the intended start on; and their failures.
    };
    Time from{0};
    Time to{0};
    std::map<std::string, OfClass> classes;
    IntervalLatency all;         ///< All classes together.
    std::uint64_t started = 0;   ///< Requests of users.
    std::uint64_t attempts = 0;  ///< Of them with their retries, sent or waiting for a connection.
    std::uint64_t retries = 0;
    std::uint64_t inFlight = 0;  ///< Requests now.
    Duration latenessP99{0};
};

/// How well the generator itself kept up.
struct Lateness {
    Duration p50{0};
    Duration p99{0};
    Duration max{0};
};

/// Everything a load says about itself.
struct LoadResult {
    std::map<std::string, ClassResult> classes;  ///< As of a simulation; `total` are those that ended.
    std::map<std::string, Histogram> service;    ///< By class: each attempt from being sent to its answer.
    std::map<std::string, LinkView> links;       ///< By link id: attempts and those of them that failed.
    std::uint64_t started = 0;
    std::uint64_t unfinished = 0;  ///< Under way when it ended, or now.
    std::uint64_t attempts = 0;
    std::uint64_t retries = 0;
    std::uint64_t gaveUp = 0;       ///< Attempts that patience ended.
    std::uint64_t maxInFlight = 0;  ///< Requests at a time.
    std::uint64_t waited = 0;       ///< Attempts for which no connection was free at their moment.
    std::uint64_t connectionsOpened = 0;
    Lateness lateness;  ///< From when each attempt should have been sent until it was.
    double wallSeconds = 0;
    double cpuSeconds = 0;           ///< Of the thread that ran it.
    std::string stoppedBy;           ///< Empty: ran to its end. Else "cancelled".
    std::vector<std::string> notes;  ///< What else there is to know about the figures, in sentences.
};

/// Counts what a load does, for whoever wants to look meanwhile. Any thread; a lock of its own.
class LoadFigures {
public:
    LoadFigures(const Plan& plan, std::uint32_t connections);

    void begin(Time now, std::string note);
    void start(std::uint32_t requestClass);
    void attempt(std::uint32_t link, Duration late, bool isRetry, bool mustWait);
    void answer(std::uint32_t link, std::uint32_t requestClass, Duration service, bool isOk);
    void giveUp(std::uint32_t link);
    void end(std::uint32_t requestClass, Duration latency, std::uint32_t outcome, bool isOk);
    void tick(Time now, double cpuSeconds, std::uint64_t connectionsOpened);
    void finish(std::string stoppedBy);

    /// Number of an outcome of that name.
    std::uint32_t outcome(const std::string& name);

    LoadInterval takeInterval(Time now);
    LoadResult result() const;
    std::uint64_t started() const;
    std::uint64_t ended() const;

private:
    struct ClassFigures {
        LatencyMeter latency;
        LatencyMeter service;
        std::uint64_t started = 0;
        std::uint64_t startedBefore = 0;  ///< Before the running interval.
        std::uint64_t failed = 0;
        std::uint64_t failedBefore = 0;
        std::vector<std::uint64_t> outcomes;
    };
    struct Attempts {
        std::uint64_t all = 0;
        std::uint64_t retries = 0;
    };

    std::vector<std::string> notes(const Lateness& lateness) const;
    ClassResult resultOf(const ClassFigures& figures) const;

    mutable std::mutex m_lock;
    const Plan& m_plan;
    std::uint32_t m_connections;
    std::vector<ClassFigures> m_classes;
    std::vector<LinkView> m_links;
    std::vector<std::string> m_outcomes;
    LatencyMeter m_late;
    LatencyMeter m_scratch;  ///< For adding up intervals.
    Time m_begin{-1};        ///< Negative: not yet.
    Time m_now{0};
    Time m_intervalFrom{0};
    Attempts m_attempts;
    Attempts m_attemptsBefore;
    std::uint64_t m_inFlight = 0;
    LoadResult m_totals;  ///< Its plain counters.
};

}  // namespace neph
