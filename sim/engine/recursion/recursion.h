#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "sim/engine/recursion/stage_state.h"
#include "sim/engine/request_loop.h"
#include "sim/plan/feedback_free.h"

namespace neph {

/// Runs a plan in which nobody looks back stage by stage: all arrivals of a window of time, then all that
/// happens at the first station in that window, then at the second. README.md has why that is exact.
///
/// While it is on it holds the requests under way and the events of the data plane; what RunState counts is
/// up to date after each window, but frames and pending events are not there. leave() puts them back as the
/// event loop would have left them. The event set then holds nothing but events of others.
class Recursion {
public:
    Recursion(RequestLoop& loop, Simulation& simulation, FeedbackFree parts);

    bool isOn() const { return m_isOn; }
    /// Events that never were.
    std::uint64_t eventsSpared() const { return m_spared; }
    /// Takes over from the event loop. False, and nothing has changed, where the present state has something
    /// that stages cannot do.
    bool enter();
    /// Hands back to the event loop.
    void leave();

    enum class Outcome {
        Reached,  ///< Everything due before `until` has happened.
        Partly,   ///< Everything due before windowEnd() has.
        Undone,   ///< Nothing has: events must do what is due before windowEnd().
    };
    Outcome advance(Time until);
    Time windowEnd() const { return Time(m_windowEnd); }
    /// Of the next event of the data plane; kNever where there is none.
    Time nextTime() const;
    /// Bytes held for requests and windows.
    std::size_t memory() const;
    /// Gives the pending events their numbers, before those that others may schedule now.
    void settle();

private:
    static constexpr std::uint32_t kNowhere = Route::kNowhere;
    static constexpr std::int64_t kUnknown = -2;  ///< Of Requests::created.

    /// What never changes about a stage.
    struct StagePlan {
        Op op = Op::Delay;
        bool isConstant = false;             ///< All delays are equal.
        std::uint32_t onlyRoute = kNowhere;  ///< The only one that comes here, if it is one.
        std::uint32_t draw = kNowhere;
        std::uint32_t step = 0;
        std::vector<std::uint32_t> legOf;   ///< By route; kNowhere: does not come here.
        std::vector<std::uint32_t> nextOf;  ///< By route: the stage after it; the last: the end.
    };
    /// What happens at one point of a route.
    struct PointPlan {
        bool isEntry = false;
        std::vector<std::uint32_t> answers;  ///< Visits that end.
        std::vector<std::uint32_t> counts;   ///< Of Route::counts.
        std::vector<std::uint32_t> marks;    ///< Of Route::marks.
    };
    struct RoutePlan {
        std::uint32_t first = 0;  ///< Its first stage, or the end.
        std::uint32_t source = 0;
        std::uint32_t requestClass = 0;
        std::vector<PointPlan> points;
        std::vector<std::uint8_t> depths;  ///< By visit.
    };
    struct Source {
        std::int64_t next = Departures::kNobody;  ///< Its next arrival.
        std::int64_t created = kUnknown;
        std::uint64_t sequence = 0;
        std::vector<std::uint32_t> routeOf;  ///< By class.
    };
    /// What comes to a stage in a window; what left the one before it.
    struct Input {
        std::vector<Passing> items;
        bool isMixed = false;  ///< Of several streams, so not in order yet.
    };
    struct TraceNote {
        enum class What : std::uint8_t { Starts, Waits, Served, Leaves } what;
        std::uint32_t request;
        std::uint32_t leg;
        std::int64_t at;
        Crowd crowd;
    };
    struct SourceBackup {
        std::int64_t next;
        std::int64_t created;
        std::uint64_t sequence;
        ArrivalStream::Position arrivals;
    };
    /// All that a window changes before it is certain.
    struct Backup {
        std::vector<StageState> stages;
        std::vector<SlotsWindow> slots;
        std::vector<DrawState> draws;
        std::vector<SourceBackup> sources;
        std::vector<ReplicaPool::Turn> turns;
    };

    // Setting up (recursion.cpp).
    void planStages();
    void planRoutes();

    // One window (recursion_window.cpp). False: events must do it.
    void backUp();
    void restore();
    bool compute(std::int64_t until);
    bool arrive(std::int64_t until);
    std::uint32_t earliestSource(bool& isTie) const;
    void startRequest(std::uint32_t source, std::int64_t at);
    bool putInOrder(Input& input);
    /// Whether only events can tell which of two comes first that are due at one moment.
    bool isUnclear(std::uint32_t a, std::uint32_t b) const
    {
        const std::int64_t first = m_requests.created[a];
        const std::int64_t second = m_requests.created[b];
        return first / 2 == second / 2 || first < 0 || second < 0;
    }
    void pick(std::size_t stage);
    void delay(std::size_t stage, std::int64_t until);
    void delayConstantly(std::size_t stage, std::int64_t until);
    bool serve(std::size_t stage, std::int64_t until);
    bool
    enterSlots(const StagePlan& plan, StageState& state, const Passing& item, std::vector<TraceNote>& notes);
    void start(const StagePlan& plan, StageState& state, std::uint32_t request, std::int64_t at, int isOwn);
    void leaveSlots(const StagePlan& plan, StageState& state, std::int64_t at, std::vector<TraceNote>& notes);
    void deliver(std::size_t stage);
    double hopSeconds(const StagePlan& plan, std::uint32_t request);
    std::uint32_t slotsOf(const StagePlan& plan, std::uint32_t request) const;
    std::uint32_t routeOf(const StagePlan& plan, std::uint32_t request) const
    {
        return plan.onlyRoute != kNowhere ? plan.onlyRoute : m_requests.route[request];
    }
    std::uint16_t zoneOf(std::uint32_t request, const Route& route, std::uint32_t visit) const;
    std::uint32_t replicaOf(std::uint32_t request, const Route& route, std::uint32_t visit) const;

    // What it did to the figures (recursion_figures.cpp).
    void commit();
    void commitStage(std::size_t stage);
    void commitSlots();
    void commitPoint(std::uint32_t route, std::uint32_t point, std::span<const Passing> items);
    void commitPicks(std::uint32_t route, std::uint32_t leg, std::span<const Passing> items);
    void commitAnswers(std::uint32_t route, std::uint32_t visit, std::span<const Passing> items);
    void commitEnds();
    void commitNotes(const std::vector<TraceNote>& notes);
    void mark(std::uint32_t request, std::uint32_t point, std::int64_t at);
    Frame traced(std::uint32_t request, std::uint32_t visit, std::uint32_t step) const;
    /// Calls use(route, items) for the items of each route.
    template <class Use>
    void byRoute(std::uint32_t onlyRoute, const std::vector<Passing>& items, Use&& use);
    void forgetEnded();

    // From and to the event loop (recursion_switch.cpp).
    bool isReady() const;
    bool canPick(const ReplicaPool& pool, Routing routing) const;
    bool areFramesReady() const;
    bool enteredOnTime(std::uint32_t leaf) const;
    const Route& routeOfFrame(std::uint32_t leaf) const;
    void findSlots();
    void adoptLines(std::vector<std::uint32_t>& adopted);
    std::uint32_t stageOf(std::uint32_t frame, std::uint32_t request) const;
    std::uint32_t adopt(std::uint32_t frame, std::uint64_t sequence);
    std::uint32_t makeFrames(std::uint32_t request, std::uint32_t leg);
    void handBackLine(const SlotsWindow& slots);
    template <class Use>
    void forEachPending(Use&& use);

    RequestLoop& m_loop;
    RunState& m_state;
    Simulation& m_sim;
    const FeedbackFree m_parts;
    std::vector<StagePlan> m_stagePlans;
    std::vector<RoutePlan> m_routePlans;
    std::vector<std::uint32_t> m_entryPoints;  ///< Points at which a visit of some route begins.
    std::vector<std::uint32_t> m_pickLegs;
    std::uint32_t m_onlyRoute = kNowhere;

    bool m_isOn = false;
    std::uint64_t m_spared = 0;
    Requests m_requests;
    std::vector<StageState> m_stages;
    std::vector<Source> m_sources;
    std::vector<SlotsWindow> m_slots;
    std::vector<std::uint32_t> m_slotsOf;  ///< By station of RunState.

    // Of the window.
    std::int64_t m_windowStart = 0;
    std::int64_t m_windowEnd = 0;
    std::uint32_t m_before = 0;                ///< Requests that were under way at its start.
    std::vector<Input> m_inputs;               ///< By stage, and the end.
    std::vector<std::vector<Passing>> m_left;  ///< By stage: who left it.
    std::vector<Passing> m_arrivals;
    std::vector<std::vector<TraceNote>> m_notes;       ///< By stage; the last: of arrivals.
    std::vector<std::vector<std::uint64_t>> m_across;  ///< By stage and route: hops between zones.
    std::uint32_t m_untilTrace = 0;
    std::uint32_t m_nextTrace = 0;
    std::size_t m_traceRoom = 0;
    bool m_hasTraceRoom = true;
    std::vector<std::vector<Passing>> m_scratch;  ///< By route.
    Requests m_otherRequests;
    Backup m_backup;
};

}  // namespace neph
