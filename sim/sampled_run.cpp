#include "sim/sampled_run.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <thread>

#include <fmt/format.h>

#include "sim/kernel/random.h"
#include "sim/sampled_estimates.h"

namespace neph {

namespace {

constexpr int kMostRounds = 3;
constexpr Duration kRecovery = 90s;
constexpr double kMostLonger = 4;
constexpr double kFewest = 400;  // Requests of a window.
constexpr double kEntry = 300;   // Seconds before a stretch that may still be felt in it.

WindowResult::Outcomes sumOf(const std::vector<WindowResult::Outcomes>& batches)
{
    WindowResult::Outcomes sum = batches.front();
    for (std::size_t batch = 1; batch < batches.size(); ++batch) {
        for (std::size_t c = 0; c < sum.size(); ++c) {
            for (std::size_t i = 0; i < sum[c].size(); ++i) {
                sum[c][i] += batches[batch][c][i];
            }
        }
    }
    return sum;
}

/// How long what somebody meets still takes, on the average: a queue forgets in a few times that.
double residualOf(const Histogram& latency)
{
    double sum = 0;
    double squares = 0;
    for (const Histogram::Bucket& bucket : latency.buckets()) {
        const double middle = seconds(bucket.from + bucket.to) / 2;
        sum += middle * static_cast<double>(bucket.count);
        squares += middle * middle * static_cast<double>(bucket.count);
    }
    return sum > 0 ? squares / sum / 2 : 0;
}

}  // namespace

void inParallel(std::size_t count, unsigned threads, const std::function<void(std::size_t)>& job)
{
    const unsigned cores = std::max(1U, std::thread::hardware_concurrency());
    const std::size_t workers =
        std::min<std::size_t>(threads > 0 ? threads : cores, std::max<std::size_t>(1, count));
    std::atomic<std::size_t> next{0};
    const auto work = [&] {
        for (std::size_t i = next++; i < count; i = next++) {
            job(i);
        }
    };
    std::vector<std::jthread> pool;
    for (std::size_t i = 1; i < workers; ++i) {
        pool.emplace_back(work);
    }
    work();
}

double sumOf(const std::vector<double>& values)
{
    double all = 0;
    for (const double value : values) {
        all += value;
    }
    return all;
}

RunResult
SampledRun::inFull(std::stop_token stop, const std::function<void(const RunProgress&)>& progress) const
{
    RunOptions options = m_options;
    options.engine = EngineChoice::Requests;
    RunResult result = neph::run(m_design, options, stop, progress);
    result.trust = Trust{};
    result.trust->tolerance = m_options.tolerance;
    for (const auto& [name, counts] : result.classes) {
        result.trust->latency[name] = {};
        result.trust->simulated += counts.total;
    }
    result.trust->latency[""] = {};
    result.trust->note = "every request was run";
    return result;
}

void SampledRun::report(double share)
{
    if (m_progress == nullptr || !*m_progress) {
        return;
    }
    const std::lock_guard lock(m_reporting);
    if (share <= m_reported) {
        return;  // Threads may come in any order.
    }
    m_reported = share;
    const double wall = std::chrono::duration<double>(std::chrono::steady_clock::now() - m_start).count();
    const Time horizon = m_expected ? m_expected->horizon() : m_options.horizon;
    RunProgress now;
    now.horizon = horizon;
    now.simulated = Time(static_cast<std::int64_t>(static_cast<double>(horizon.count()) * share));
    now.events = m_simulated;
    now.wallSeconds = wall;
    now.secondsLeft = share > 0 ? wall * (1 - share) / share : 0;
    (*m_progress)(now);
}

/// Nobody knows how many rounds there will be: each takes half of what is left of the bar.
void SampledRun::reportOfRound(double share)
{
    const double left = 0.7 / static_cast<double>(1U << m_round);
    report(1 - left + left / 2 * share);
}

void SampledRun::runFlows(std::stop_token stop)
{
    constexpr int kSlices = 20;
    std::atomic<int> slices{0};
    const auto play = [&](std::uint64_t noise, std::uint32_t walks) {
        FlowOptions flows;
        flows.keepCells = noise != 0;
        flows.keepSeries = noise == 0;
        flows.noise = noise;
        flows.walks = walks;
        RunOptions options = m_options;
        options.engine = EngineChoice::Flows;
        auto played = std::make_unique<PlayedRun>(m_design, options, m_diagnostics, flows);
        const Duration slice = played->horizon() / kSlices / 1min * 1min + 1min;
        while (!played->isFinished() && !stop.stop_requested()) {
            played->advance(played->now() + slice, 1h, stop);
            report(0.02 + 0.28 * ++slices / (kSlices * (kEstimates + 1)));
        }
        if (!played->isFinished()) {
            played->cancel();
        }
        return played;
    };
    constexpr std::uint32_t kWalks = 4000;
    constexpr std::uint32_t kFewWalks = 250;
    m_runs.resize(kEstimates);
    inParallel(kEstimates + 1, m_options.threads, [&](std::size_t i) {
        if (i == 0) {
            m_expected = play(0, kWalks);
        } else {
            m_runs[i - 1] = play(m_options.seed * kEstimates + i, kFewWalks);
        }
    });
}

void SampledRun::findKinds()
{
    std::map<std::vector<std::int32_t>, std::uint32_t> known;
    m_kindOf.resize(kEstimates);
    for (std::uint32_t e = 0; e < kEstimates; ++e) {
        const FlowEngine& flows = *m_runs[e]->flows();
        for (std::size_t i = 0; i < flows.classes().size(); ++i) {
            const FlowClass& each = flows.classes()[i];
            if (!each.isSteady) {
                m_kindOf[e].push_back(kNone);
                continue;
            }
            const auto [found, isNew] =
                known.emplace(flows.keys()[i], static_cast<std::uint32_t>(m_kinds.size()));
            if (isNew) {
                Kind kind;
                kind.example = &each;
                kind.requests.assign(kEstimates, std::vector<double>(each.requests.size(), 0));
                kind.latency.assign(kEstimates, std::vector<Histogram>(each.requests.size()));
                m_kinds.push_back(std::move(kind));
            }
            m_kindOf[e].push_back(found->second);
        }
    }
}

void SampledRun::findStretches()
{
    m_stretchOf.resize(kEstimates);
    for (std::uint32_t e = 0; e < kEstimates; ++e) {
        const FlowEngine& flows = *m_runs[e]->flows();
        Time over{-1};  // What has piled up or drains is felt until then.
        for (std::size_t i = 0; i < flows.cells().size(); ++i) {
            const FlowCell& cell = flows.cells()[i];
            const bool isOverloaded = m_kindOf[e][cell.kind] == kNone && sumOf(cell.classRates) > 0;
            over = isOverloaded ? cell.to + kRecovery : over;
            if (!isOverloaded && cell.from >= over) {
                m_stretchOf[e].push_back(kNone);
                for (std::size_t c = 0; c < cell.classRates.size() && m_kindOf[e][cell.kind] != kNone; ++c) {
                    m_kinds[m_kindOf[e][cell.kind]].requests[e][c] +=
                        cell.classRates[c] * seconds(cell.to - cell.from);
                }
                continue;
            }
            // Hour by hour, so that no hour is told what happened in another.
            const bool goesOn = !m_stretchOf[e].empty() && m_stretchOf[e].back() != kNone &&
                                flows.cells()[i - 1].from / 1h == cell.from / 1h;
            if (!goesOn) {
                Stretch stretch;
                stretch.estimate = e;
                stretch.firstCell = i;
                stretch.requests.assign(cell.classRates.size(), 0);
                m_stretches.push_back(std::move(stretch));
                joinOverload();
            }
            m_stretches.back().add(cell, i);
            m_stretchOf[e].push_back(static_cast<std::uint32_t>(m_stretches.size() - 1));
        }
    }
}

void SampledRun::Stretch::add(const FlowCell& cell, std::size_t index)
{
    const double length = neph::seconds(cell.to - cell.from);
    for (std::size_t c = 0; c < requests.size(); ++c) {
        requests[c] += cell.classRates[c] * length;
    }
    failures += cell.failing * length;
    seconds += length;
    endCell = index + 1;
}

/// Puts the last stretch into the overload that it goes on with, or makes one.
void SampledRun::joinOverload()
{
    constexpr std::uint32_t kMostHours = 4;
    const auto index = static_cast<std::uint32_t>(m_stretches.size() - 1);
    Stretch& stretch = m_stretches.back();
    const bool goesOn =
        !m_overloads.empty() && index > 0 && m_stretches[index - 1].estimate == stretch.estimate &&
        m_stretches[index - 1].endCell == stretch.firstCell && index - m_overloads.back().first < kMostHours;
    if (!goesOn) {
        m_overloads.push_back({index, index, true});
    }
    m_overloads.back().end = index + 1;
    stretch.overload = static_cast<std::uint32_t>(m_overloads.size() - 1);
}

std::vector<Histogram::Bucket> SampledRun::Kind::latencyOf(std::uint32_t estimate, std::size_t c) const
{
    return latency[estimate][c].count() > 0 ? latency[estimate][c].buckets() : example->classLatencies[c];
}

/// Where all of them cost too much, every so-manieth is run, each estimate others, and its stretches stand
/// for those that are most like them.
void SampledRun::chooseStretches()
{
    double cost = 0;
    for (const Overload& overload : m_overloads) {
        const WindowSpec spec = windowOf(overload);
        double requests = 0;
        for (std::uint32_t i = overload.first; i < overload.end; ++i) {
            requests += sumOf(m_stretches[i].requests);
        }
        cost += requests * spec.scale * spec.seconds() / (spec.seconds() - spec.measureFrom);
    }
    const auto step = static_cast<std::size_t>(std::max(1.0, std::ceil(cost / m_effort.rareRequests)));
    std::vector<std::size_t> seen(kEstimates, 0);
    for (Overload& overload : m_overloads) {
        const std::uint32_t estimate = m_stretches[overload.first].estimate;
        overload.isChosen = seen[estimate]++ % step == estimate * step / kEstimates;
    }
    if (std::none_of(
            m_overloads.begin(), m_overloads.end(), [](const auto& each) { return each.isChosen; })) {
        std::for_each(m_overloads.begin(), m_overloads.end(), [](auto& each) { each.isChosen = true; });
    }
    for (std::uint32_t i = 0; i < m_stretches.size(); ++i) {
        m_stretches[i].standIn = mostAlike(i);
    }
}

/// By how many requests it has and how long it lasts: an overload that is as long for as many is as bad.
std::uint32_t SampledRun::mostAlike(std::uint32_t index) const
{
    const Stretch& stretch = m_stretches[index];
    if (m_overloads[stretch.overload].isChosen) {
        return index;
    }
    // What an hour is left with by the one before is no less than what begins in it.
    constexpr double kOtherKind = 2;
    const auto isFirst = [this](std::uint32_t i) { return m_overloads[m_stretches[i].overload].first == i; };
    const auto apart = [](double a, double b) { return std::max(a, b) / std::max(1e-9, std::min(a, b)); };
    std::uint32_t best = 0;
    double least = INFINITY;
    for (std::uint32_t i = 0; i < m_stretches.size(); ++i) {
        const Stretch& other = m_stretches[i];
        if (!m_overloads[other.overload].isChosen) {
            continue;
        }
        const double distance = apart(sumOf(stretch.requests), sumOf(other.requests)) *
                                apart(stretch.seconds, other.seconds) *
                                (isFirst(i) == isFirst(index) ? 1 : kOtherKind);
        if (distance < least) {
            least = distance;
            best = i;
        }
    }
    return best;
}

WindowSpec
SampledRun::windowOf(const Kind& kind, std::uint64_t seed, double requests, std::uint32_t replicas) const
{
    const FlowClass& moment = *kind.example;
    const Plan& plan = m_runs.front()->plan();
    WindowSpec spec;
    spec.scale = replicas == 0 ? 1 : scaleFor(plan, moment.setup, replicas);
    const double perSecond = std::max(1e-9, sumOf(moment.classRates) * spec.scale);
    // A queue forgets within a few relaxation times: residual time / (1 - sqrt(load))^2.
    double busy = 0;
    for (const auto& groups : moment.meetings.pools) {
        for (const MeetingGroup& group : groups) {
            for (const Meeting& meeting : group.stations) {
                busy = std::max(busy, meeting.waitChance > 0 || meeting.busy > 0 ? meeting.busy : 0);
            }
        }
    }
    for (const Meeting& meeting : moment.meetings.stations) {
        busy = std::max(busy, std::min(meeting.busy, 0.93));
    }
    Histogram latency;
    for (const auto& buckets : moment.classLatencies) {
        for (const Histogram::Bucket& bucket : buckets) {
            latency.add((bucket.from + bucket.to) / 2, bucket.count);
        }
    }
    const double slack = 1 - std::sqrt(std::min(busy, 0.95));
    const double relaxation = residualOf(latency) / (slack * slack);
    double warmUp = std::clamp(2 * relaxation, 20 * seconds(latency.quantile(0.5)), 30.0);
    for (const SourceSpec& source : plan.sources) {
        if (source.users > 0) {
            warmUp = std::max(warmUp, 2 * source.think.mean() + 3 * seconds(latency.mean()));
        }
    }
    // Fewer than a few relaxation times would be one sample, however many requests they have.
    const double length =
        std::clamp(requests / perSecond, std::min(6 * relaxation, kMostLonger * requests / perSecond), 1e9);
    spec.measureFrom = warmUp;
    spec.batches = kEstimates;
    spec.seed = seed;
    spec.pieces.push_back({&moment.setup, moment.sourceRates, warmUp + length});
    return spec;
}

WindowSpec SampledRun::windowOf(const Overload& overload) const
{
    const Stretch& begin = m_stretches[overload.first];
    const FlowEngine& flows = *m_runs[begin.estimate]->flows();
    const std::vector<FlowCell>& cells = flows.cells();
    WindowSpec spec;
    std::size_t first = begin.firstCell;
    double entry = 0;
    const bool goesOn = first > 0 && m_stretchOf[begin.estimate][first - 1] != kNone;
    const double wanted = goesOn ? kEntry : 20;
    while (first > 0 && entry < wanted) {
        --first;
        entry += seconds(cells[first].to - cells[first].from);
    }
    for (std::size_t i = first; i < m_stretches[overload.end - 1].endCell; ++i) {
        double length = seconds(cells[i].to - cells[i].from);
        if (i == first && i < begin.firstCell) {
            const double over = std::max(0.0, entry - wanted);
            length -= over;
            entry -= over;
        }
        spec.pieces.push_back(
            {&flows.setups()[cells[i].setup], cells[i].sourceRates, length, cells[i].tightest});
    }
    spec.measureFrom = entry;
    for (std::uint32_t i = overload.first; i < overload.end; ++i) {
        entry += m_stretches[i].seconds;
        spec.ends.push_back(entry);
    }
    spec.missing = cells[first].missing;
    spec.scale = scaleFor(m_runs.front()->plan(), spec.pieces, m_effort.rareReplicas);
    return spec;
}

/// Of many requests more are looked at: n in proportion to the weight gives the least error for the work.
double SampledRun::windowRequestsOf(std::size_t kind) const
{
    double here = 0;
    double all = 0;
    for (std::size_t i = 0; i < m_kinds.size(); ++i) {
        for (const std::vector<double>& requests : m_kinds[i].requests) {
            all += sumOf(requests);
            here += i == kind ? sumOf(requests) : 0;
        }
    }
    const double weight = all > 0 ? here / all * static_cast<double>(m_kinds.size()) : 1;
    const double wanted =
        m_effort.steadyRequests / static_cast<double>(m_kinds.size()) * std::clamp(weight, 0.3, 3.0);
    // The batches of a window are as large as what the run itself has of the kind, at most: so their spread
    // tells the chance of one run.
    return std::min(wanted, std::max(kFewest, here));
}

void SampledRun::runWindows(std::stop_token stop)
{
    const Plan& plan = m_runs.front()->plan();
    std::vector<WindowResult> results(m_kinds.size());
    std::atomic<std::size_t> done{0};
    inParallel(m_kinds.size(), m_options.threads, [&](std::size_t i) {
        if (!stop.stop_requested()) {
            const std::uint64_t seed =
                streamId(fmt::format("window {}", i), fmt::format("{}", m_effort.steadyRequests));
            results[i] = runWindow(
                plan, windowOf(m_kinds[i], seed ^ m_options.seed, windowRequestsOf(i), m_effort.replicas),
                stop);
            m_simulated += results[i].requests;
        }
        reportOfRound(0.5 * static_cast<double>(++done) / static_cast<double>(m_kinds.size()));
    });
    for (std::size_t i = 0; i < m_kinds.size(); ++i) {
        if (results[i].classes.size() != kEstimates) {
            continue;  // Stopped: what was walked stands in for it.
        }
        m_kinds[i].outcomes = sumOf(results[i].outcomes);
        for (std::uint32_t e = 0; e < kEstimates; ++e) {
            for (std::size_t c = 0; c < plan.classes.size(); ++c) {
                m_kinds[i].latency[e][c].merge(results[i].classes[e][c]);
            }
        }
    }
}

void SampledRun::runStretches(std::stop_token stop)
{
    const Plan& plan = m_runs.front()->plan();
    std::vector<WindowResult> results(m_overloads.size());
    std::atomic<std::size_t> done{0};
    inParallel(m_overloads.size(), m_options.threads, [&](std::size_t i) {
        if (m_overloads[i].isChosen && !stop.stop_requested()) {
            WindowSpec spec = windowOf(m_overloads[i]);
            spec.seed = streamId(fmt::format("stretch {}", i), fmt::format("{}", m_options.seed));
            results[i] = runWindow(plan, spec, stop);
            m_simulated += results[i].requests;
        }
        reportOfRound(0.5 + 0.4 * static_cast<double>(++done) / static_cast<double>(m_overloads.size()));
    });
    for (std::size_t i = 0; i < m_overloads.size(); ++i) {
        const std::uint32_t first = m_overloads[i].first;
        for (std::size_t k = 0; k < results[i].classes.size(); ++k) {
            m_stretches[first + k].latency = std::move(results[i].classes[k]);
            m_stretches[first + k].outcomes = std::move(results[i].outcomes[k]);
        }
    }
}

RunResult SampledRun::run(std::stop_token stop, const std::function<void(const RunProgress&)>& progress)
{
    m_progress = &progress;
    {
        RunOptions options = m_options;
        options.engine = EngineChoice::Flows;
        m_expected = std::make_unique<PlayedRun>(m_design, options, m_diagnostics);
        double requests = 0;
        for (const SourceSpec& source : m_expected->plan().sources) {
            requests += source.users > 0 ? source.users / std::max(1e-3, source.think.mean()) *
                                               seconds(m_expected->horizon())
                                         : source.rate.expected(Time(0), m_expected->horizon());
        }
        if (requests <= m_options.affordableRequests) {
            return inFull(stop, progress);
        }
    }
    report(0.02);
    runFlows(stop);
    report(0.3);
    findKinds();
    findStretches();
    for (int round = 0; round < kMostRounds; ++round) {
        chooseStretches();
        m_round = round;
        runWindows(stop);
        runStretches(stop);
        check(stop);
        estimate();
        judge();
        if (stop.stop_requested() || m_trust.latency[""].p99 <= m_options.tolerance || !growsEffort()) {
            break;
        }
    }
    if (stop.stop_requested()) {
        widenForWhatIsMissing();
        m_expected->cancel();
    }
    report(1);
    return answer();
}

RunResult runSampled(
    const Design& design, const RunOptions& options, Diagnostics diagnostics, std::stop_token stop,
    const std::function<void(const RunProgress&)>& progress)
{
    return SampledRun(design, options, std::move(diagnostics)).run(stop, progress);
}

}  // namespace neph
