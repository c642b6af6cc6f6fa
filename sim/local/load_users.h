#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <stop_token>
#include <utility>
#include <vector>

#include "sim/engine/arrivals.h"
#include "sim/engine/timeout_ring.h"
#include "sim/kernel/event_set.h"
#include "sim/local/http_sender.h"
#include "sim/local/load_generator.h"

namespace neph {

/// The users while they are at it. Their time is that of the load: nanoseconds from its start.
class LoadUsers {
public:
    LoadUsers(
        const LoadPlan& plan, const std::vector<LoadTarget>& targets, const LoadOptions& options,
        LoadFigures& figures);

    /// Moments count from `start`, of HttpSender::monotonicNow().
    void
    run(Time start, const std::stop_token& stop, const std::function<void(const LoadProgress&)>& progress);

private:
    static constexpr std::uint32_t kNobody = ~0U;
    enum Kind : std::uint32_t { kArrival, kThought, kResume, kTimeout };
    static constexpr int kKindShift = 28;
    static constexpr std::uint32_t kIndexMask = (1U << kKindShift) - 1;
    // Handled one after the other before the sockets get their turn.
    static constexpr int kMostAtOnce = 16;

    struct Request {
        Time intended{0};  ///< When the user wanted it.
        Time at{0};        ///< Where the user is in time: when the present step should begin.
        Time sent{0};
        std::uint32_t source = 0;
        std::uint32_t requestClass = 0;
        std::uint32_t step = 0;
        std::uint32_t attempt = 0;
        std::uint32_t outcome = 0;
        std::uint32_t generation = 0;     ///< Changes whenever a call is over.
        std::uint32_t sending = kNobody;  ///< Number at the sender; none: not sent, or answered.
    };
    struct Draw {
        RandomStream random;
        const std::vector<Distribution>* byClass;
        const Distribution& of(std::uint32_t requestClass) const
        {
            return (*byClass)[byClass->size() > 1 ? requestClass : 0];
        }
    };
    struct Outcome {
        std::uint32_t index;
        bool isOk;
        bool isRetryable;
    };
    struct Waiting {
        std::uint32_t request;
        std::uint32_t generation;
    };

    Time now() const { return HttpSender::monotonicNow() - m_start; }
    void schedule(Time at, Kind kind, std::uint32_t index)
    {
        m_events.schedule(std::max(at, m_handled), static_cast<std::uint32_t>(kind) << kKindShift | index);
    }
    void addRoutes(std::uint32_t source, const std::vector<LoadTarget>& targets);
    void begin();
    bool isOver(Time at) const;
    void tellFigures(Time at) const;
    void handle(std::uint32_t what, Time at);

    void scheduleArrival(std::uint32_t source);
    void scheduleThought(std::uint32_t source, Time from);
    void start(std::uint32_t source, Time intended);
    void walk(std::uint32_t index);
    void callOut(std::uint32_t index);
    void send(std::uint32_t index);
    void sendWaiting();
    void answered(const HttpSender::Answer& answer, Time at);
    void expire(std::uint32_t ring);
    void callEnded(std::uint32_t index, Time at, const Outcome& outcome);
    void end(std::uint32_t index, std::uint32_t outcome, bool isOk);
    Outcome outcomeOf(const HttpSender::Answer& answer);
    Outcome outcomeOf(OutcomeId planned);

    const Plan& m_plan;
    const LoadPlan& m_load;
    const LoadOptions& m_options;
    LoadFigures& m_figures;
    HttpSender m_sender;
    EventSet m_events;
    std::vector<ArrivalStream> m_streams;
    std::vector<Time> m_lastArrival;  ///< By source, in the time of the simulation.
    std::vector<Draw> m_draws;
    std::vector<TimeoutRing> m_timeouts;        ///< By policy.
    std::vector<std::uint32_t> m_firstRouteOf;  ///< By step of the plan; a route for each class follows.
    std::vector<Request> m_requests;
    std::vector<std::uint32_t> m_free;
    std::deque<Waiting> m_waiting;                      ///< For a connection.
    std::map<std::pair<int, int>, Outcome> m_outcomes;  ///< By status and error.
    Time m_start{0};
    Time m_handled{0};  ///< Moment of the event handled last.
    Time m_end{0};      ///< Real time of the horizon.
    std::uint64_t m_underWay = 0;
    std::uint64_t m_toStart = 0;  ///< Arrivals and thoughts that are pending.
    double m_cpuBefore = 0;       ///< Of this thread.
};

/// Where a call of a source goes, or nullptr.
const LoadTarget* loadTargetOf(
    const std::vector<LoadTarget>& targets, const Plan& plan, const SourceSpec& source, const Step& call);

}  // namespace neph
