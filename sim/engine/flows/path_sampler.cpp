#include "sim/engine/flows/path_sampler.h"

#include <algorithm>
#include <cmath>

#include "sim/engine/compiled_step.h"
#include "sim/engine/flows/path_walker.h"
#include "sim/kernel/random.h"

namespace neph {

namespace {

/// Where the requests of one class start, and how often there.
struct Starts {
    std::vector<double> shares;
    std::vector<std::uint32_t> paths;
};

Starts startsOf(const Plan& plan, std::size_t requestClass)
{
    Starts starts;
    for (const SourceSpec& source : plan.sources) {
        double all = 0;
        for (const double weight : source.classWeights) {
            all += weight;
        }
        const double weight = source.classWeights[requestClass];
        if (weight > 0) {
            const double open = source.rate.at(Time{0});
            const double rate = source.users > 0 ? source.users : open > 0 ? open : 1;
            starts.shares.push_back(rate * weight / all);
            starts.paths.push_back(source.path.value);
        }
    }
    return starts;
}

WalkPlace placeOf(const StationSpec& spec, const Meeting& meeting)
{
    WalkPlace place;
    place.refuse = meeting.refuse;
    place.waits = meeting.refuse + (1 - meeting.refuse) * meeting.waitChance;
    place.backlog = meeting.backlog;
    place.wait = TwoMoments::wait(meeting.meanWait, meeting.waitScv);
    if (spec.kind == StationKind::Cpu) {
        place.shared = SharedStation(meeting.busy, meeting.capacity);
    } else if (spec.kind == StationKind::Bandwidth) {
        const double alone = spec.perFlow > 0 ? static_cast<double>(spec.perFlow) : meeting.capacity;
        place.perByte = alone > 0 ? 1 / alone : 0;
        place.shared = SharedStation(meeting.busy, alone > 0 ? meeting.capacity / alone : 1);
    }
    return place;
}

/// The stations of a walk: shared ones first, then those of each group.
WalkWorld worldOf(const Plan& plan, const StationPlaces& places, const Meetings& meetings)
{
    WalkWorld world;
    for (const std::uint32_t station : places.shared) {
        world.places.push_back(placeOf(plan.stations[station], meetings.stations[station]));
    }
    world.pools.resize(plan.pools.size());
    for (std::size_t pool = 0; pool < std::min(plan.pools.size(), meetings.pools.size()); ++pool) {
        for (const MeetingGroup& group : meetings.pools[pool]) {
            if (group.share <= 0) {
                continue;
            }
            WalkPool& made = world.pools[pool];
            made.shares.push_back(group.share);
            made.groups.push_back({static_cast<std::uint32_t>(world.places.size()), group.zones});
            for (std::size_t i = 0; i < places.byPool[pool].size(); ++i) {
                world.places.push_back(placeOf(plan.stations[places.byPool[pool][i]], group.stations[i]));
            }
        }
    }
    world.disturbances = meetings.nodes;
    world.disturbances.resize(plan.nodes.size());
    return world;
}

/// The sums of one class, weighted, into those of all.
class Totals {
public:
    Totals(const Plan& plan, std::uint32_t walks) : m_steps(plan.steps.size()), m_walks(walks) {}

    void add(const std::vector<WalkCount>& counts, double rate)
    {
        for (std::size_t i = 0; i < counts.size(); ++i) {
            m_steps[i].times += rate * counts[i].times;
            m_steps[i].sum += rate * counts[i].sum;
            m_steps[i].squares += rate * counts[i].squares;
            m_steps[i].failed += rate * counts[i].failed;
        }
    }

    void tell(const Plan& plan, SampledPaths& result) const
    {
        const std::size_t count = m_steps.size();
        result.attempts.assign(count, 0);
        result.timedOut.assign(count, 0);
        result.heldSeconds.assign(count, 0);
        result.heldScv.assign(count, 0);
        for (std::size_t i = 0; i < count; ++i) {
            const WalkCount& step = m_steps[i];
            if (step.times <= 0) {
                continue;
            }
            const double mean = step.sum / step.times;
            if (plan.steps[i].op == Op::Call) {
                result.attempts[i] = step.times / m_walks;
                const double lasting = step.times - step.failed;
                result.timedOut[i] = lasting > 0 ? step.sum / lasting : 0;
            } else {
                result.heldSeconds[i] = mean;
                const double variance = std::max(step.squares / step.times - mean * mean, 0.0);
                result.heldScv[i] = mean > 0 ? variance / (mean * mean) : 0;
            }
        }
    }

private:
    std::vector<WalkCount> m_steps;
    double m_walks;
};

}  // namespace

/// What does not depend on meetings.
struct PathSampler::Compiled {
    StationPlaces places;
    std::vector<std::vector<WalkStep>> steps;  ///< By class.
    std::vector<Starts> starts;                ///< By class.
};

PathSampler::PathSampler(const Plan& plan, std::uint64_t seed) : m_plan(plan), m_seed(seed)
{
    auto compiled = std::make_unique<Compiled>();
    compiled->places = placesOf(plan);
    for (std::size_t c = 0; c < plan.classes.size(); ++c) {
        compiled->steps.push_back(walkSteps(plan, compiled->places, c));
        compiled->starts.push_back(startsOf(plan, c));
    }
    m_compiled = std::move(compiled);
}

PathSampler::~PathSampler() = default;

SampledPaths PathSampler::sample(
    const Meetings& meetings, const std::vector<double>& classRates, std::uint32_t walks,
    std::uint64_t first) const
{
    const std::size_t classes = m_plan.classes.size();
    SampledPaths result;
    result.classes.resize(classes);
    result.nodes.resize(m_plan.nodes.size());
    result.outcomes.assign(classes, std::vector<double>(m_plan.outcomes.size(), 0));
    const WalkWorld world = worldOf(m_plan, m_compiled->places, meetings);
    const double most = *std::max_element(classRates.begin(), classRates.end());
    const bool areAlike = std::all_of(
        classRates.begin(), classRates.end(), [most](double rate) { return rate <= 0 || rate == most; });
    Totals totals(m_plan, walks);
    for (std::size_t c = 0; c < classes; ++c) {
        const Starts& starts = m_compiled->starts[c];
        if (classRates[c] <= 0 || starts.paths.empty()) {
            continue;
        }
        // Counts are whole, so the rarest class still counts in nodes.
        constexpr double kFineness = 1000;
        const double times = areAlike ? 1 : std::max(1.0, std::floor(kFineness * classRates[c] / most + 0.5));
        PathWalker walker(
            m_plan, m_compiled->steps[c], world, result.nodes, static_cast<std::uint64_t>(times));
        const std::uint64_t firstStream = streamId(m_plan.classes[c], "walks") + first;
        for (std::uint32_t walk = 0; walk < walks; ++walk) {
            RandomStream random(m_seed, firstStream + walk);
            const std::size_t start = pickByShare(starts.shares, random);
            const WalkAnswer answer = walker.walk(starts.paths[start], random);
            result.classes[c].add(fromSeconds(answer.seconds));
            result.outcomes[c][answer.outcome] += 1.0 / walks;
        }
        totals.add(walker.counts(), classRates[c]);
    }
    totals.tell(m_plan, result);
    return result;
}

}  // namespace neph
