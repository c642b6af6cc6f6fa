#pragma once

#include <cstdint>
#include <vector>

#include "sim/engine/compiled_step.h"
#include "sim/engine/flows/meeting.h"
#include "sim/engine/flows/shared_station.h"
#include "sim/engine/flows/two_moments.h"
#include "sim/kernel/random.h"
#include "sim/metrics/histogram.h"
#include "sim/plan/plan.h"

namespace neph {

/// A step as one class meets it: everything looked up beforehand.
struct WalkStep {
    Op op = Op::Reply;
    std::uint16_t outcome = 0;
    std::uint16_t count = 0;
    std::uint32_t station = kNone;  ///< Place: this, plus the replica's base where the mask lets it through.
    std::uint32_t stationMask = 0;
    std::uint32_t second = kNone;
    std::uint32_t secondMask = 0;
    std::uint32_t path = 0;
    std::uint32_t pool = kNone;
    std::uint32_t policy = kNone;
    std::uint32_t after = 0;  ///< Where a Branch jumps, a Fork goes on.
    const Distribution* draw = nullptr;
    const Distribution* other = nullptr;
    double share = 1;  ///< Branch: chance to go on.
    double bytes = 0;  ///< Transfer.
    JobSizes sizes;    ///< Work: of those that it meets, for which its own stand.
};

std::vector<WalkStep> walkSteps(const Plan& plan, const StationPlaces& places, std::size_t requestClass);

/// A station of one group.
struct WalkPlace {
    double refuse = 0;
    double waits = 0;  ///< Share refused or made to wait.
    double backlog = 0;
    double perByte = 0;  ///< Bandwidth: seconds that a byte takes alone.
    TwoMoments wait;
    SharedStation shared;
};

struct WalkGroup {
    std::uint32_t base = 0;
    std::vector<double> zones;
};

struct WalkPool {
    std::vector<double> shares;  ///< By group.
    std::vector<WalkGroup> groups;
};

/// All meetings, laid out for walking.
struct WalkWorld {
    std::vector<WalkPlace> places;
    std::vector<WalkPool> pools;
    std::vector<Meetings::Disturbance> disturbances;
};

/// Sums over the visits of a step: of seconds held, or of timeouts.
struct WalkCount {
    double times = 0;
    double sum = 0;
    double squares = 0;
    double failed = 0;  ///< Calls: attempts that failed before their time was over.

    void add(double value)
    {
        times += 1;
        sum += value;
        squares += value * value;
    }
};

struct WalkAnswer {
    double seconds = 0;
    std::uint16_t outcome = 0;
};

/// Index of one of `shares`, drawn by them.
std::size_t pickByShare(const std::vector<double>& shares, RandomStream& random);

/// Walks requests of one class, one after the other. Recursive: plans have no rings of calls.
class PathWalker {
public:
    /// Each visit of a node counts `times` in `nodes`. All that is referred to must outlive the walker.
    PathWalker(
        const Plan& plan, const std::vector<WalkStep>& steps, const WalkWorld& world,
        std::vector<Histogram>& nodes, std::uint64_t times);

    WalkAnswer walk(std::uint32_t path, RandomStream& random);
    const std::vector<WalkCount>& counts() const { return m_counts; }  ///< By step.

private:
    static constexpr std::uint16_t kNowhere = 0xFFFF;

    /// The replica that a path runs on.
    struct Where {
        std::uint32_t base = 0;
        std::uint16_t zone = kNowhere;
    };
    /// A path at work.
    struct Visit {
        std::uint32_t path;
        Where where;
        std::uint16_t callersZone;
        double seconds = 0;
    };
    struct Held {
        std::uint32_t step;
        double since;
    };

    WalkAnswer enter(const Visit& visit);
    WalkAnswer follow(Visit visit);
    WalkAnswer call(const Visit& visit, std::uint32_t index);
    WalkAnswer attempt(const Visit& visit, std::uint32_t index);
    WalkAnswer fork(const Visit& visit, std::uint32_t index);
    double timeWithoutLine(const WalkStep& step, const Visit& visit);
    /// False: refused.
    bool waitsFor(const WalkStep& step, Visit& visit);
    bool takes(const WalkStep& step, const Visit& visit);
    void giveBack(std::size_t level, double now);
    double backoff(const PolicySpec& policy, std::uint16_t attempt);
    const WalkPlace& place(const WalkStep& step, const Visit& visit) const
    {
        return m_world.places[step.station + (visit.where.base & step.stationMask)];
    }

    const Plan& m_plan;
    const std::vector<WalkStep>& m_steps;
    const WalkWorld& m_world;
    std::vector<Histogram>& m_nodes;
    std::uint64_t m_times;
    std::vector<WalkCount> m_counts;
    std::vector<Held> m_held;
    RandomStream* m_random = nullptr;
};

}  // namespace neph
