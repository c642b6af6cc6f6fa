#include "sim/engine/flows/flow_engine.h"

#include <algorithm>
#include <chrono>
#include <cmath>

namespace neph {

namespace {

constexpr Duration kMinute = 60s;
constexpr Duration kSlice = 10min;
// While something piles up or drains, what a minute's mean would hide.
constexpr Duration kFine = 5s;
// From here on a queue is too near its limit to stand still within a minute.
constexpr double kSteadyLoad = 0.93;
constexpr int kTimeoutRounds = 4;
constexpr std::uint32_t kProbeWalks = 500;  // For the share that times out, again in each stretch of time.
constexpr std::size_t kFewClasses = 100;

}  // namespace

FlowEngine::FlowEngine(
    const Plan& plan, Simulation& simulation, std::uint64_t seed, const FlowOptions& options)
    : m_plan(plan), m_simulation(simulation), m_options(options), m_state(plan), m_propagation(m_state),
      m_sampler(plan, seed), m_random(seed, streamId("flows", "answers to probes")),
      m_noise(options.noise, streamId("flows", "how many come")), m_transfers(plan.stations.size(), 0),
      m_scope(simulation)
{
    const std::size_t classes = plan.classes.size();
    m_totals.outcomes.assign(classes, std::vector<double>(plan.outcomes.size(), 0));
    m_totals.nodes.assign(plan.nodes.size(), 0);
    m_totals.nodeErrors.assign(plan.nodes.size(), 0);
    m_totals.links.assign(plan.links.size(), 0);
    m_totals.linkErrors.assign(plan.links.size(), 0);
    m_totals.meters.assign(plan.meters.size(), std::vector<double>(classes, 0));
    m_totals.stations.resize(plan.stations.size());
    m_totals.poolRequests.assign(plan.pools.size(), 0);
    m_totals.poolErrors.assign(plan.pools.size(), 0);
    m_before = m_totals;
    m_troubled.assign(plan.pools.size(), false);
    for (std::uint32_t pool = 0; pool < plan.pools.size(); ++pool) {
        for (std::uint32_t k = 0; k < plan.pools[pool].fixedReplicas; ++k) {
            const std::vector<double>& weights = plan.pools[pool].weights;
            addFixed(pool, weights.empty() ? 0 : weights[k]);
        }
    }
    double all = 0;
    for (std::uint32_t pool = 0; pool < plan.pools.size(); ++pool) {
        // Weights need not add up to one.
        for (const FlowGroup& group : m_state.groups[pool]) {
            all += group.weight * group.count;
        }
        for (FlowGroup& group : m_state.groups[pool]) {
            group.weight = all > 0 ? group.weight / all : 0;
        }
        all = 0;
    }
    m_scope.start(tick());
}

/// A replica of a pool whose replicas no controller adds. Those of nearly the same weight are alike for ever:
/// keys fall by chance, so that a hundred partitions have as many weights, a few per cent apart.
void FlowEngine::addFixed(std::uint32_t pool, double weight)
{
    const ReplicaId id = addReplica(PoolId{pool}, {}, 0);
    m_state.leave(id.value);
    std::vector<FlowGroup>& groups = m_state.groups[pool];
    auto own = std::find_if(groups.begin(), groups.end(), [weight](const FlowGroup& group) {
        constexpr double kSameWeight = 0.005;
        return group.isInService && std::abs(group.weight - weight) <= kSameWeight * weight;
    });
    if (own == groups.end()) {
        FlowGroup made;
        made.isInService = true;
        made.weight = weight;
        made.zones.assign(m_plan.zones.size(), 0);
        made.stations = m_state.freshStations(pool);
        own = groups.insert(groups.end(), std::move(made));
    }
    m_state.join(id.value, static_cast<std::uint32_t>(own - groups.begin()));
}

FlowEngine::~FlowEngine() = default;

StopReason FlowEngine::runUntil(Time end, RunGuard guard)
{
    using Clock = std::chrono::steady_clock;
    const Clock::time_point start = Clock::now();
    const std::stop_token stop = guard.stop;
    const std::chrono::duration<double> most = guard.maxWall;
    m_simulation.setGuard(std::move(guard));
    const auto nobodys = [](std::uint32_t) {};
    StopReason reason = StopReason::ReachedEnd;
    // Few events, but heavy ones: the guard, which looks every few thousand, would look too seldom.
    while (m_simulation.now() < end && reason == StopReason::ReachedEnd) {
        reason = m_simulation.runUntil(std::min(end, m_simulation.now() + kSlice), nobodys);
        if (stop.stop_requested()) {
            reason = StopReason::Cancelled;
        } else if (Clock::now() - start > most && m_simulation.now() < end) {
            reason = StopReason::WallLimit;
        }
    }
    flow();
    return reason;
}

bool FlowEngine::step()
{
    return m_simulation.step([](std::uint32_t) {});
}

Process FlowEngine::tick()
{
    while (true) {
        const Duration pause = m_changesFast ? kFine : kMinute - m_simulation.now() % kMinute;
        co_await m_simulation.after(pause);
        flow();
    }
}

/// How many users of a closed source have come by then, on the average of an interval.
static double usersThere(const SourceSpec& source, Time from, Time to)
{
    const double over = seconds(source.startOver);
    const double middle = (seconds(from) + seconds(to)) / 2;
    return over > 0 ? source.users * std::min(1.0, middle / over) : source.users;
}

/// Lets flow what has flowed since the last time, in the state that has been since.
void FlowEngine::flow()
{
    const Time now = m_simulation.now();
    if (now <= m_since) {
        return;
    }
    const double length = seconds(now - m_since);
    std::vector<double> sourceRates;
    for (const SourceSpec& source : m_plan.sources) {
        if (source.users > 0) {
            sourceRates.push_back(usersThere(source, m_since, now));
            continue;
        }
        double expected = source.rate.expected(m_since, now);
        if (m_options.noise != 0) {
            // As many as a Poisson process brings in that minute, by its normal limit; in parts of a minute
            // its share, for the chance of a moment is what formulas of queues are about.
            const double spread = std::sqrt(expected * length / seconds(kMinute));
            expected = std::max(0.0, expected + luckOf(sourceRates.size()) * spread);
        }
        sourceRates.push_back(expected / length);
    }
    for (int round = 0; round < kTimeoutRounds; ++round) {
        m_rates = m_propagation.solve(sourceRates, length);
        if (!m_propagation.mayTimeOut()) {
            std::fill(m_state.timedOut.begin(), m_state.timedOut.end(), 0);
            break;
        }
        if (!updateTimeouts()) {
            break;
        }
    }
    integrate(m_rates, length);
    classify(m_rates, m_since, now);
    m_propagation.commit();
    m_state.mergeGroups();
    m_since = now;
    killWhereMemoryIsFull();
    lookForTrouble();
}

/// A normal variable for each source and minute.
double FlowEngine::luckOf(std::size_t source)
{
    const std::int64_t minute = m_since / kMinute;
    if (minute != m_luckyMinute) {
        m_luckyMinute = minute;
        m_luck.clear();
    }
    while (m_luck.size() <= source) {
        m_luck.push_back(m_noise.normal());
    }
    return m_luck[source];
}

bool FlowEngine::updateTimeouts()
{
    const std::uint32_t walks = std::min(m_options.walks, kProbeWalks);
    const std::vector<double> timedOut =
        m_sampler.sample(m_state.meetings(), m_rates.classes, walks, 0).timedOut;
    double most = 0;
    for (std::size_t i = 0; i < timedOut.size(); ++i) {
        const double next = (timedOut[i] + m_state.timedOut[i]) / 2;
        most = std::max(most, std::abs(next - m_state.timedOut[i]));
        m_state.timedOut[i] = next < 1e-4 ? 0 : next;
    }
    return most > 1e-3;
}

void FlowEngine::sample(FlowClass& kind, std::uint32_t walks, std::uint64_t first) const
{
    const SampledPaths paths = m_sampler.sample(kind.meetings, kind.classRates, walks, first);
    kind.classLatencies.clear();
    kind.nodeLatencies.clear();
    for (const Histogram& histogram : paths.classes) {
        kind.classLatencies.push_back(histogram.buckets());
    }
    for (const Histogram& histogram : paths.nodes) {
        kind.nodeLatencies.push_back(histogram.buckets());
    }
}

void FlowEngine::integrateStation(FlowTotals& totals, const FlowStation& station, double count, double length)
{
    const double whole = count * length;
    totals.arrivals += station.arrivals * whole;
    totals.refused += station.arrivals * station.refuse * whole;
    switch (station.kind) {
    case StationKind::Slots:
        totals.busy += std::min(station.load, station.capacity) * whole;
        totals.capacity += station.capacity * whole;
        totals.waiting += station.waiting() * whole;
        break;
    case StationKind::Cpu:
        totals.busy += std::min(station.load, station.capacity) * whole;
        totals.capacity += station.capacity * whole;
        break;
    case StationKind::Memory:
        totals.busy += (station.load + station.heldAtStart) * whole;
        totals.capacity += station.capacity * whole;
        break;
    case StationKind::TokenBucket:
        totals.busy += station.load * (1 - station.refuse) * whole / 1000;
        totals.capacity += station.rate * whole / 1000;
        break;
    case StationKind::Bandwidth:
        totals.busy += std::min(station.load, station.rate) * whole;
        totals.capacity += station.rate * whole;
        break;
    }
}

static void addTo(std::vector<double>& sums, const std::vector<double>& rates, double length)
{
    for (std::size_t i = 0; i < sums.size(); ++i) {
        sums[i] += rates[i] * length;
    }
}

void FlowEngine::integrate(const FlowRates& rates, double length)
{
    for (std::size_t c = 0; c < rates.classes.size(); ++c) {
        for (std::size_t i = 0; i < rates.outcomes[c].size(); ++i) {
            m_totals.outcomes[c][i] += rates.classes[c] * rates.outcomes[c][i] * length;
        }
    }
    addTo(m_totals.nodes, rates.nodes, length);
    addTo(m_totals.nodeErrors, rates.nodeErrors, length);
    addTo(m_totals.links, rates.links, length);
    addTo(m_totals.linkErrors, rates.linkErrors, length);
    for (std::size_t meter = 0; meter < rates.meters.size(); ++meter) {
        addTo(m_totals.meters[meter], rates.meters[meter], length);
    }
    for (std::size_t i = 0; i < m_state.stations.size(); ++i) {
        if (!m_plan.stations[i].pool) {
            integrateStation(m_totals.stations[i], m_state.stations[i], 1, length);
        }
    }
    for (std::size_t pool = 0; pool < m_state.groups.size(); ++pool) {
        for (FlowGroup& group : m_state.groups[pool]) {
            m_totals.poolRequests[pool] += group.arrivals * group.count * length;
            m_totals.poolErrors[pool] += group.failures * group.count * length;
            group.requestsSoFar += group.arrivals * length;
            group.errorsSoFar += group.failures * length;
            for (std::size_t place = 0; place < group.stations.size() && group.count > 0; ++place) {
                const FlowStation& station = group.stations[place];
                integrateStation(
                    m_totals.stations[m_state.placesOfPool[pool][place]], station, group.count, length);
                if (station.kind == StationKind::Cpu) {
                    group.cpuSoFar += std::min(station.load, station.capacity) * length;
                }
            }
        }
    }
}

/// What moments must share to be of one class. Loads in hundredths, pool sizes in steps of an eighth, waits
/// for backlogs and refusals in steps of a tenth and a fiftieth.
std::vector<std::int32_t> FlowEngine::keyOf(const FlowRates& rates, bool& isSteady) const
{
    std::vector<std::int32_t> key;
    double busiest = 0;
    const auto steps = [](double value, double ratio) {
        std::int32_t count = 0;
        for (double edge = 1; edge * ratio <= value; edge *= ratio) {
            ++count;
        }
        return count;
    };
    const auto add = [&](const FlowStation& station) {
        const bool isQueue = station.kind == StationKind::Slots || station.kind == StationKind::Cpu;
        if (!isQueue && station.refuse <= 0) {
            return;  // Tokens that are there and memory that is free delay nobody.
        }
        const double busy = isQueue ? station.busy() : 1;
        key.push_back(static_cast<std::int32_t>(100 * busy + 0.5));
        key.push_back(steps(station.waitBacklog * 1e3, 1.1));
        key.push_back(static_cast<std::int32_t>(50 * station.refuse + 0.5));
        busiest = isQueue ? std::max(busiest, busy) : busiest;
        // Where hardly anybody can wait, nothing piles up: even much that is refused stands still.
        isSteady = isSteady && (station.isLossy() || (busy < kSteadyLoad && station.backlog <= 0 &&
                                                      station.backlogAfter <= 0 && station.refuse < 0.002));
    };
    for (std::size_t i = 0; i < m_state.stations.size(); ++i) {
        if (!m_plan.stations[i].pool) {
            add(m_state.stations[i]);
        }
    }
    for (std::uint32_t pool = 0; pool < m_state.groups.size(); ++pool) {
        for (const FlowGroup& group : m_state.groups[pool]) {
            const double share = group.count > 0 ? m_state.shareOf(pool, group) : 0;
            if (share <= 0) {
                continue;
            }
            key.push_back(-1 - static_cast<std::int32_t>(pool));
            key.push_back(
                group.count < 8 ? static_cast<std::int32_t>(group.count) : steps(group.count, 1.12));
            key.push_back(static_cast<std::int32_t>(20 * share + 0.5));
            std::for_each(group.stations.begin(), group.stations.end(), add);
        }
    }
    for (std::size_t node = 0; node < m_state.disturbances.size(); ++node) {
        const Meetings::Disturbance& disturbance = m_state.disturbances[node];
        if (disturbance.added > 0 || disturbance.failShare > 0) {
            key.push_back(-1000 - static_cast<std::int32_t>(node));
            key.push_back(steps(disturbance.added * 1e3, 1.05));
            key.push_back(static_cast<std::int32_t>(100 * disturbance.failShare));
        }
    }
    isSteady = isSteady && !mayStorm(busiest);
    key.push_back(isSteady ? 1 : 0);
    double all = 0;
    for (const double rate : rates.classes) {
        all += rate;
    }
    for (const double rate : rates.classes) {
        key.push_back(all > 0 ? static_cast<std::int32_t>(10 * rate / all + 0.5) : 0);
    }
    return key;
}

/// Where calls time out now and then and are tried again, a load that all their attempts would push over
/// the edge may tip over: that goes by chance, not by formulas.
bool FlowEngine::mayStorm(double busiest) const
{
    if (!m_propagation.mayTimeOut()) {
        return false;
    }
    return std::any_of(m_plan.policies.begin(), m_plan.policies.end(), [busiest](const PolicySpec& policy) {
        return policy.timeout > Duration(0) && policy.retries > 0 && busiest * (1 + policy.retries) > 1;
    });
}

static double failingOf(const FlowRates& rates)
{
    double failing = 0;
    for (std::size_t c = 0; c < rates.classes.size(); ++c) {
        failing += rates.classes[c] > 0 ? rates.classes[c] * (1 - rates.outcomes[c].front()) : 0;
    }
    return failing;
}

void FlowEngine::classify(const FlowRates& rates, Time from, Time to)
{
    bool isSteady = true;
    const std::vector<std::int32_t> key = keyOf(rates, isSteady);
    const auto [found, isNew] = m_classOfKey.emplace(key, static_cast<std::uint32_t>(m_classes.size()));
    const std::uint32_t kind = found->second;
    if (isNew) {
        FlowClass made;
        made.meetings = m_state.meetings();
        made.classRates = rates.classes;
        made.sourceRates = rates.sources;
        made.at = from;
        made.isSteady = isSteady;
        made.requests.assign(rates.classes.size(), 0);
        made.entries.assign(rates.nodes.size(), 0);
        if (m_options.keepCells) {
            made.setup = setupNow();
            m_keys.push_back(key);
        }
        // Of many classes none weighs much; and each has walks of its own, so that their luck averages out.
        const std::size_t known = m_classes.size();
        sample(made, known < kFewClasses ? m_options.walks : m_options.walks / 4, known * m_options.walks);
        m_classes.push_back(std::move(made));
    }
    const double length = seconds(to - from);
    FlowClass& known = m_classes[kind];
    known.seconds += length;
    addTo(known.requests, rates.classes, length);
    addTo(known.entries, rates.nodes, length);
    std::vector<double>& running = m_running[kind];
    running.resize(rates.classes.size() + rates.nodes.size(), 0);
    for (std::size_t i = 0; i < rates.classes.size(); ++i) {
        running[i] += rates.classes[i] * length;
    }
    for (std::size_t i = 0; i < rates.nodes.size(); ++i) {
        running[rates.classes.size() + i] += rates.nodes[i] * length;
    }
    if (m_options.keepCells) {
        FlowSetup setup = setupNow();
        if (m_setups.empty() || m_setups.back() != setup) {
            m_setups.push_back(std::move(setup));
        }
        m_cells.push_back(
            {from, to, kind, static_cast<std::uint32_t>(m_setups.size() - 1), tightestPool(), rates.sources,
             rates.classes, failingOf(rates), missingTokens()});
    }
}

std::uint32_t FlowEngine::tightestPool() const
{
    std::uint32_t tightest = 0xFFFF'FFFF;
    double most = 0;
    const auto look = [&](const FlowStation& station, std::uint32_t pool) {
        // What is refused or waits is beyond the limit.
        const double tightness = station.busy() + station.refuse + station.waitBacklog;
        if (tightness > most) {
            most = tightness;
            tightest = pool;
        }
    };
    for (std::size_t i = 0; i < m_state.stations.size(); ++i) {
        if (!m_plan.stations[i].pool) {
            look(m_state.stations[i], 0xFFFF'FFFF);
        }
    }
    for (std::uint32_t pool = 0; pool < m_state.groups.size(); ++pool) {
        for (const FlowGroup& group : m_state.groups[pool]) {
            for (const FlowStation& station : group.stations) {
                if (group.count > 0 && group.isInService) {
                    look(station, pool);
                }
            }
        }
    }
    return tightest;
}

std::vector<std::int64_t> FlowEngine::missingTokens() const
{
    std::vector<std::int64_t> missing(m_plan.stations.size(), 0);
    bool isAny = false;
    for (std::uint32_t i = 0; i < missing.size(); ++i) {
        if (m_plan.stations[i].kind != StationKind::TokenBucket) {
            continue;
        }
        double gone = m_state.stations[i].capacity - m_state.stations[i].level;
        if (const PoolId pool = m_plan.stations[i].pool) {
            // One figure for all of a pool's replicas: that of the one with least left.
            gone = 0;
            for (const FlowGroup& group : m_state.groups[pool.value]) {
                const FlowStation& bucket = group.stations[m_state.placeInPool[i]];
                gone = group.count > 0 ? std::max(gone, bucket.capacity - bucket.level) : gone;
            }
        }
        missing[i] = static_cast<std::int64_t>(std::max(0.0, gone));
        isAny = isAny || missing[i] > 0;
    }
    return isAny ? missing : std::vector<std::int64_t>();
}

FlowSetup FlowEngine::setupNow() const
{
    const auto inPlan = [](const FlowStation& station) {
        return static_cast<std::int64_t>(
            station.capacity * (station.kind == StationKind::Cpu ? 1000 : 1) + 0.5);
    };
    FlowSetup setup;
    for (const FlowStation& station : m_state.stations) {
        setup.capacities.push_back(inPlan(station));
        setup.rates.push_back(static_cast<std::int64_t>(station.rate + 0.5));
    }
    for (const std::vector<FlowGroup>& groups : m_state.groups) {
        std::vector<FlowSetup::Group>& pool = setup.pools.emplace_back();
        for (const FlowGroup& group : groups) {
            if (group.count == 0 || !group.isInService) {
                continue;
            }
            FlowSetup::Group& alike = pool.emplace_back();
            alike.count = group.count;
            alike.share = group.share;
            alike.zones = group.zones;
            for (const FlowStation& station : group.stations) {
                alike.capacities.push_back(inPlan(station));
                alike.rates.push_back(static_cast<std::int64_t>(station.rate + 0.5));
            }
        }
    }
    for (const Meetings::Disturbance& disturbance : m_state.disturbances) {
        setup.disturbedBy.push_back(disturbance.added);
        setup.failing.push_back(disturbance.failShare);
        setup.failingWith.push_back(disturbance.outcome);
    }
    return setup;
}

/// Whether a queue changes within a minute. Tokens do not: once none are left, as many are refused each
/// second.
static bool isOverfull(const FlowStation& station)
{
    constexpr double kManyRefused = 0.001;
    return station.kind != StationKind::TokenBucket && (station.backlog > 0 || station.refuse > kManyRefused);
}

bool FlowEngine::isTroubled(const FlowGroup& group) const
{
    return std::any_of(group.stations.begin(), group.stations.end(), [](const FlowStation& station) {
        const bool isQueue = station.kind != StationKind::TokenBucket && station.kind != StationKind::Memory;
        return isOverfull(station) || (isQueue && station.busy() > 0.97);
    });
}

void FlowEngine::lookForTrouble()
{
    const bool isEverywhere = std::any_of(m_state.stations.begin(), m_state.stations.end(), isOverfull) ||
                              std::any_of(
                                  m_state.disturbances.begin(), m_state.disturbances.end(),
                                  [](const Meetings::Disturbance& disturbance) {
                                      return disturbance.added > 0 || disturbance.failShare > 0;
                                  });
    bool isNews = false;
    m_changesFast = isEverywhere;
    for (std::size_t pool = 0; pool < m_state.groups.size(); ++pool) {
        const std::vector<FlowGroup>& groups = m_state.groups[pool];
        const bool isTrouble =
            isEverywhere || std::any_of(groups.begin(), groups.end(), [this](const FlowGroup& group) {
                return group.count > 0 && isTroubled(group);
            });
        isNews = isNews || (isTrouble && !m_troubled[pool]);
        m_troubled[pool] = isTrouble;
        m_changesFast = m_changesFast || isTrouble;
    }
    for (std::size_t i = 0; isNews && i < m_troubleHandlers.size(); ++i) {
        m_troubleHandlers[i]();
    }
}

void FlowEngine::killWhereMemoryIsFull()
{
    const auto isFull = [](const FlowGroup& group) {
        return group.count > 0 &&
               std::any_of(group.stations.begin(), group.stations.end(), [](const FlowStation& station) {
                   return station.kind == StationKind::Memory &&
                          station.load + station.heldAtStart > station.capacity;
               });
    };
    for (const auto& [pool, handler] : m_outOfMemory) {
        // Mostly none is, and replicas are many.
        if (std::none_of(m_state.groups[pool].begin(), m_state.groups[pool].end(), isFull)) {
            continue;
        }
        const std::vector<std::uint32_t> living = m_state.living[pool];
        for (const std::uint32_t index : living) {
            const FlowReplica& replica = m_state.replicas[index];
            if (replica.group != FlowReplica::kGone && isFull(m_state.groups[pool][replica.group])) {
                handler(ReplicaId{index});
            }
        }
    }
}

}  // namespace neph
