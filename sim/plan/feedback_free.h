#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "sim/plan/plan.h"

namespace neph {

/// The way of one class of requests from one source through a plan in which nobody looks back: whatever
/// happens to a request behind a station changes nothing at it or before it.
///
/// A *leg* is what takes time (Delay, Hop, Serve) or a turn (a call on a pool, which picks a replica).
/// *Point* k is the moment at which k legs lie behind the request: 0 its arrival, the last its end.
struct Route {
    static constexpr std::uint32_t kNowhere = 0xFFFF'FFFF;

    /// The request at one node.
    struct Visit {
        std::uint32_t path = 0;
        std::uint32_t parent = kNowhere;  ///< Visit that called it; none: the source.
        std::uint32_t callStep = kNowhere;
        std::uint32_t from = 0;           ///< Point of its entry ...
        std::uint32_t to = 0;             ///< ... and of its answer.
        std::uint32_t picked = kNowhere;  ///< Leg that chose the replica it runs on; none: it runs on none.
        bool isRouted = false;            ///< That leg chose it for this visit.
    };
    struct Leg {
        std::uint32_t stage = 0;  ///< Of FeedbackFree::stages.
        std::uint32_t step = 0;   ///< Of the plan.
        std::uint32_t visit = 0;  ///< Who waits.
    };
    /// A call of `visit` begins or is answered at `point`.
    struct Mark {
        std::uint32_t point = 0;
        std::uint32_t visit = 0;
        std::uint32_t step = 0;
        bool isBegin = false;
    };
    /// Something that is counted at `point`.
    struct Count {
        std::uint32_t point = 0;
        LinkIndex link;  ///< One call over it; or
        MeterId meter;   ///< so much of this.
        AmountId amount;
    };

    std::uint32_t source = 0;
    std::uint32_t requestClass = 0;
    std::vector<Visit> visits;  ///< Callers before those they call.
    std::vector<Leg> legs;
    std::vector<Mark> marks;  ///< In order.
    std::vector<Count> counts;
};

/// One thing that requests meet one after the other, each of them once at most.
struct Stage {
    Op op = Op::Delay;  ///< Delay, Hop, Serve; Call: the turn of a pool.
    std::uint32_t step =
        0;  ///< The step, the only one that uses its station and its draws; of a turn the first.
};

/// A plan as stages in an order in which every route meets them.
struct FeedbackFree {
    std::vector<Stage> stages;
    std::vector<Route> routes;
};

/// The plan as routes over stages; nothing where something in it may look back: a timeout, a bracket, a
/// shared CPU, a fork, a chance, a choice by load, a closed source, a station met twice.
std::optional<FeedbackFree> feedbackFree(const Plan& plan);

}  // namespace neph
