// SampledRun: from windows to figures, and how far to trust them.
#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

#include <fmt/format.h>

#include "sim/kernel/random.h"
#include "sim/sampled_estimates.h"

namespace neph {

namespace {

// Student's t for their three degrees of freedom at 95 %.
constexpr double kStudent = 3.182;
constexpr std::uint32_t kChecks = 12;
constexpr double kOverloadError = 0.12;
// Where overload makes health checks fail, tasks are replaced and the rest gets more still: whether such a
// spiral begins, and when it ends, is chance. Of what is in it anything may be otherwise; the bill was off by
// less than this.
constexpr double kSpiralError = 1;
constexpr double kSpiralCost = 0.05;
// The worst that formulas were off for p50 and p99 of a service (performance.md, section 5).
constexpr double kFormulaError = 0.3;

/// `all` without `count` requests that are distributed as `part`, which is in it.
Histogram without(const Histogram& all, const Histogram& part, double count)
{
    Histogram gone;
    gone.addAs(part.buckets(), count);
    const std::vector<Histogram::Bucket> taken = gone.buckets();
    Histogram rest;
    std::size_t at = 0;
    for (const Histogram::Bucket& bucket : all.buckets()) {
        while (at < taken.size() && taken[at].from < bucket.from) {
            ++at;
        }
        const bool isTaken = at < taken.size() && taken[at].from == bucket.from;
        rest.add(
            (bucket.from + bucket.to) / 2,
            bucket.count - std::min(bucket.count, isTaken ? taken[at].count : 0));
    }
    return rest;
}

double countAbove(const Histogram& latency, Duration edge)
{
    double count = 0;
    for (const Histogram::Bucket& bucket : latency.buckets()) {
        count += bucket.from >= edge ? static_cast<double>(bucket.count) : 0;
    }
    return count;
}

}  // namespace

/// Runs a few moments once more with nothing scaled down, and says by how much the windows that stand for
/// them are off.
void SampledRun::check(std::stop_token stop)
{
    if (m_kinds.empty()) {
        return;
    }
    const Plan& plan = m_runs.front()->plan();
    std::vector<std::pair<double, std::size_t>> byRequests;
    double all = 0;
    for (std::size_t i = 0; i < m_kinds.size(); ++i) {
        all += sumOf(m_kinds[i].requests.front());
        byRequests.push_back({all, i});
    }
    std::vector<std::size_t> chosen;
    for (std::uint32_t k = 0; k < kChecks && all > 0; ++k) {
        const double at = all * (k + 0.5) / kChecks;
        const auto found = std::find_if(
            byRequests.begin(), byRequests.end(), [at](const auto& entry) { return entry.first >= at; });
        if (found != byRequests.end() && (chosen.empty() || chosen.back() != found->second)) {
            chosen.push_back(found->second);
        }
    }
    std::vector<Trust::Latency> off(chosen.size());
    inParallel(chosen.size(), m_options.threads, [&](std::size_t i) {
        const Kind& kind = m_kinds[chosen[i]];
        if (scaleFor(plan, kind.example->setup, m_effort.replicas) == 1 || stop.stop_requested()) {
            return;  // It was run in full already.
        }
        const std::uint64_t seed =
            streamId(fmt::format("check {}", chosen[i]), fmt::format("{}", m_options.seed));
        const double requests = std::min(m_effort.steadyRequests / kChecks, 20 * windowRequestsOf(chosen[i]));
        WindowSpec spec = windowOf(kind, seed, requests, 0);
        const double perSecond = std::max(1.0, sumOf(kind.example->classRates));
        spec.measureFrom = std::min(spec.measureFrom, 2 * requests / perSecond);
        spec.pieces.front().seconds = spec.measureFrom + requests / perSecond;
        const WindowResult full = runWindow(plan, spec, stop);
        m_simulated += full.requests;
        Histogram there;
        Histogram here;
        for (std::size_t e = 0; e < full.classes.size(); ++e) {
            for (std::size_t c = 0; c < plan.classes.size(); ++c) {
                there.merge(full.classes[e][c]);
                here.merge(kind.latency[e][c]);
            }
        }
        if (there.count() == 0 || here.count() == 0) {
            return;
        }
        const auto relative = [](Duration a, Duration b) {
            return seconds(a) / std::max(1e-12, seconds(b)) - 1;
        };
        off[i].mean = relative(here.mean(), there.mean());
        off[i].p50 = relative(here.quantile(0.5), there.quantile(0.5));
        off[i].p95 = relative(here.quantile(0.95), there.quantile(0.95));
        off[i].p99 = relative(here.quantile(0.99), there.quantile(0.99));
        off[i].p999 = relative(here.quantile(0.999), there.quantile(0.999));
    });
    const auto typical = [&off](double Trust::Latency::*figure) {
        double mean = 0;
        for (const Trust::Latency& each : off) {
            mean += each.*figure / static_cast<double>(off.size());
        }
        return std::abs(mean);
    };
    m_bias = {
        typical(&Trust::Latency::mean), typical(&Trust::Latency::p50), typical(&Trust::Latency::p95),
        typical(&Trust::Latency::p99), typical(&Trust::Latency::p999)};
}

void SampledRun::estimate()
{
    const std::size_t classes = m_runs.front()->plan().classes.size();
    m_estimates.assign(classes + 1, std::vector<Histogram>(kEstimates));
    m_pooled.assign(classes + 1, Histogram());
    m_rare.assign(classes + 1, Histogram());
    for (std::uint32_t e = 0; e < kEstimates; ++e) {
        for (std::size_t c = 0; c < classes; ++c) {
            Histogram& total = m_estimates[c][e];
            for (const Kind& kind : m_kinds) {
                const auto shape = kind.latencyOf(e, c);
                if (kind.requests[e][c] > 0 && !shape.empty()) {
                    total.addAs(shape, kind.requests[e][c]);
                }
            }
            for (const Stretch& stretch : m_stretches) {
                const std::vector<Histogram>& shape = standInOf(stretch).latency;
                if (stretch.estimate != e || shape.empty() || shape[c].count() == 0) {
                    continue;
                }
                const double requests = stretch.requests[c];
                total.addAs(shape[c].buckets(), requests);
                m_rare[c].addAs(shape[c].buckets(), requests);
                m_rare[classes].addAs(shape[c].buckets(), requests);
            }
            m_pooled[c].merge(total);
            m_estimates[classes][e].merge(total);
        }
        m_pooled[classes].merge(m_estimates[classes][e]);
    }
}

bool SampledRun::hasSpiral() const
{
    return std::any_of(
        m_runs.begin(), m_runs.end(), [](const auto& run) { return run->flows()->takenOutInTrouble() > 0; });
}

/// By how much more or less there may be of what overload does. Where windows see others fail than flows did,
/// controllers have acted on what would not have been.
double SampledRun::overloadError() const
{
    if (hasSpiral()) {
        return kSpiralError;
    }
    double all = 0;
    double otherwise = 0;
    for (const Stretch& stretch : m_stretches) {
        const Outcomes& seen = standInOf(stretch).outcomes;
        double failed = 0;
        for (std::size_t c = 0; c < seen.size(); ++c) {
            const auto ended = static_cast<double>(std::accumulate(seen[c].begin(), seen[c].end(), 0ULL));
            failed +=
                ended > 0 ? stretch.requests[c] * (1 - static_cast<double>(seen[c].front()) / ended) : 0;
        }
        otherwise += std::abs(failed - stretch.failures);
        all += sumOf(stretch.requests);
    }
    return all > 0 ? std::clamp(otherwise / all, kOverloadError, 1.0) : kOverloadError;
}

Trust::Latency SampledRun::errorOf(
    const std::vector<Histogram>& estimates, const Histogram& all, const Histogram& rare) const
{
    // How long an overload lasts depends on what controllers see of it, and they see it as a fluid: where
    // more or fewer requests fell into it, a figure may lie elsewhere.
    Histogram more = all;
    Histogram fewer;
    if (rare.count() > 0) {
        const double part = overloadError() * static_cast<double>(rare.count());
        more.addAs(rare.buckets(), part);
        fewer = without(all, rare, part);
    }
    // A quantile is told by the middle of a bucket, and so is the one that it is held against.
    constexpr double kBuckets = 0.008;
    const auto spread = [&](auto figure, double bias) {
        const double middle = seconds(figure(all));
        double squares = 0;
        double mean = 0;
        for (const Histogram& each : estimates) {
            mean += seconds(figure(each)) / kEstimates;
        }
        for (const Histogram& each : estimates) {
            const double off = seconds(figure(each)) - mean;
            squares += off * off;
        }
        // Of one run, not of the mean of many: that is what it will be held against.
        const double half = kStudent * std::sqrt(squares / (kEstimates - 1) * (1 + 1.0 / kEstimates));
        double overload = 0;
        if (rare.count() > 0 && middle > 0) {
            overload = std::max(seconds(figure(more)) - middle, middle - seconds(figure(fewer))) / middle;
        }
        return middle > 0 ? half / middle + bias + overload : 0;
    };
    const auto quantile = [](double p) { return [p](const Histogram& each) { return each.quantile(p); }; };
    Trust::Latency error;
    if (all.count() == 0) {
        return error;
    }
    // Moments of one class differ by up to a hundredth of their load.
    constexpr double kClassWidth = 0.003;
    error.mean = kClassWidth + spread([](const Histogram& each) { return each.mean(); }, m_bias.mean);
    error.p50 = kBuckets + spread(quantile(0.5), m_bias.p50);
    error.p95 = kBuckets + spread(quantile(0.95), m_bias.p95);
    error.p99 = kBuckets + spread(quantile(0.99), m_bias.p99);
    error.p999 = kBuckets + spread(quantile(0.999), m_bias.p999);
    return error;
}

void SampledRun::judge()
{
    const Plan& plan = m_runs.front()->plan();
    m_trust.tolerance = m_options.tolerance;
    for (std::size_t c = 0; c < plan.classes.size(); ++c) {
        m_trust.latency[plan.classes[c]] = errorOf(m_estimates[c], m_pooled[c], m_rare[c]);
    }
    m_trust.latency[""] = errorOf(m_estimates.back(), m_pooled.back(), m_rare.back());
}

/// More of what decides p99; false where that would cost too much, or where chance in controllers decides it.
bool SampledRun::growsEffort()
{
    const Histogram& all = m_pooled.back();
    const Histogram& rare = m_rare.back();
    const Duration edge = all.quantile(0.99);
    const bool isRare = 2 * countAbove(rare, edge) > countAbove(all, edge);
    constexpr double kMore = 2.5;
    double next = 0;
    if (isRare) {
        const bool areAllChosen = std::all_of(
            m_overloads.begin(), m_overloads.end(), [](const Overload& each) { return each.isChosen; });
        if (areAllChosen) {
            return false;
        }
        m_effort.rareRequests *= kMore;
        next = m_effort.rareRequests;
    } else {
        m_effort.steadyRequests *= kMore;
        m_effort.replicas *= 2;
        next = 2 * m_effort.steadyRequests;
    }
    return static_cast<double>(m_simulated) + next <= m_effort.mostRequests;
}

/// Who stopped the run gets what there is; what no window has looked at is known by formula only, or from
/// its neighbours.
void SampledRun::widenForWhatIsMissing()
{
    double all = 0;
    double seen = 0;
    for (std::uint32_t e = 0; e < kEstimates; ++e) {
        for (const Kind& kind : m_kinds) {
            for (std::size_t c = 0; c < kind.requests[e].size(); ++c) {
                all += kind.requests[e][c];
                seen += kind.latency[e][c].count() > 0 ? kind.requests[e][c] : 0;
            }
        }
    }
    for (const Stretch& stretch : m_stretches) {
        const double requests = sumOf(stretch.requests);
        all += requests;
        seen += standInOf(stretch).latency.empty() ? 0 : requests;
    }
    const double missing = all > 0 ? 1 - seen / all : 1;
    for (auto& [name, error] : m_trust.latency) {
        error.mean += kFormulaError * missing;
        error.p50 += kFormulaError * missing;
        error.p95 += kFormulaError * missing;
        error.p99 += kFormulaError * missing;
        error.p999 += kFormulaError * missing;
    }
    m_stopNote =
        fmt::format("stopped early: {:.0f} % of the requests are known by formula only", 100 * missing);
}

/// Requests of a class by outcome, mean of the estimates, as windows saw them end; those that no window has
/// looked at are missing.
std::vector<double> SampledRun::outcomesOf(std::size_t requestClass) const
{
    std::vector<double> sums(m_runs.front()->plan().outcomes.size(), 0);
    const auto add = [&](const Outcomes& seen, double requests) {
        if (seen.empty()) {
            return;
        }
        double all = 0;
        for (const std::uint64_t count : seen[requestClass]) {
            all += static_cast<double>(count);
        }
        for (std::size_t i = 0; i < sums.size() && all > 0; ++i) {
            sums[i] += requests / kEstimates * static_cast<double>(seen[requestClass][i]) / all;
        }
    };
    for (const Kind& kind : m_kinds) {
        for (const std::vector<double>& requests : kind.requests) {
            add(kind.outcomes, requests[requestClass]);
        }
    }
    for (const Stretch& stretch : m_stretches) {
        add(standInOf(stretch).outcomes, stretch.requests[requestClass]);
    }
    return sums;
}

void SampledRun::setOutcomes(std::size_t requestClass, ClassResult& view) const
{
    const std::vector<double> shares = outcomesOf(requestClass);
    const double all = sumOf(shares);
    if (all <= 0 || view.total == 0) {
        return;
    }
    const Plan& plan = m_runs.front()->plan();
    view.outcomes.clear();
    view.failed = 0;
    for (std::size_t i = 1; i < shares.size(); ++i) {
        const auto count =
            static_cast<std::uint64_t>(shares[i] / all * static_cast<double>(view.total) + 0.5);
        if (count > 0) {
            view.outcomes[plan.outcomes[i].name] += count;
            view.failed += count;
        }
    }
    view.failed = std::min(view.failed, view.total);
    view.ok = view.total - view.failed;
    if (view.ok > 0) {
        view.outcomes[plan.outcomes.front().name] += view.ok;
    }
}

/// The bill is that of flows. Who fails for good has tried as often as the policies say, and each attempt may
/// cost as much as a request: so far it may be off where windows saw others fail.
double SampledRun::unbilledAttempts(const RunResult& result) const
{
    std::uint64_t all = 0;
    for (const auto& [name, view] : result.classes) {
        all += view.total;
    }
    std::uint32_t attempts = 1;
    for (const PolicySpec& policy : m_runs.front()->plan().policies) {
        attempts = std::max<std::uint32_t>(attempts, 1 + policy.retries);
    }
    return all > 0
               ? static_cast<double>(attempts) * static_cast<double>(m_offOutcomes) / static_cast<double>(all)
               : 0;
}

RunResult SampledRun::answer()
{
    RunResult result = m_expected->result();
    result.engine = "auto";
    const Plan& plan = m_expected->plan();
    for (std::size_t c = 0; c < plan.classes.size(); ++c) {
        ClassResult& view = result.classes[plan.classes[c]];
        Histogram latency;
        if (m_pooled[c].count() > 0) {
            latency.addAs(m_pooled[c].buckets(), static_cast<double>(view.total));
            view.latency = std::move(latency);
            const std::uint64_t failed = view.failed;
            setOutcomes(c, view);
            m_offOutcomes += view.failed > failed ? view.failed - failed : failed - view.failed;
        }
    }
    const double total = billOf(result).total.dollars();
    double squares = 0;
    double mean = 0;
    std::vector<double> bills;
    for (const auto& run : m_runs) {
        bills.push_back(billOf(run->result()).total.dollars());
        mean += bills.back() / kEstimates;
    }
    for (const double bill : bills) {
        squares += (bill - mean) * (bill - mean);
    }
    const double half = kStudent * std::sqrt(squares / (kEstimates - 1) * (1 + 1.0 / kEstimates));
    m_trust.cost = total > 0 ? (half + std::abs(mean - total)) / total + unbilledAttempts(result) : 0;
    m_trust.cost += hasSpiral() ? kSpiralCost : 0;
    m_trust.simulated = m_simulated;
    const Trust::Latency& all = m_trust.latency[""];
    if (!m_stopNote.empty()) {
        m_trust.note = m_stopNote;
    } else if (hasSpiral()) {
        m_trust.note =
            "overload made health checks fail and replicas were taken out of service: how far that goes is "
            "chance, and nothing that was hit by it is known well";
    } else if (all.p99 > m_options.tolerance) {
        m_trust.note = fmt::format(
            "p99 is known to {:.1f} % only, not to {:.1f} %: what decides it are minutes of overload, and "
            "how they "
            "go is chance",
            100 * all.p99, 100 * m_options.tolerance);
    }
    result.trust = m_trust;
    result.wallSeconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - m_start).count();
    addHours(result);
    return result;
}

/// The hours' p99 as the mean of the estimates, with the band they span.
void SampledRun::addHours(RunResult& result) const
{
    const Duration hour = 1h;
    Series middle("", "HourlyP99", "ms", hour);
    Series low("", "HourlyP99Low", "ms", hour);
    Series high("", "HourlyP99High", "ms", hour);
    const std::size_t classes = m_runs.front()->plan().classes.size();
    std::vector<std::size_t> at(kEstimates, 0);
    for (Time from{0}; from < result.simulated; from += hour) {
        double least = 1e18;
        double most = 0;
        double mean = 0;
        for (std::uint32_t e = 0; e < kEstimates; ++e) {
            const std::vector<FlowCell>& cells = m_runs[e]->flows()->cells();
            Histogram latency;
            std::map<std::uint32_t, std::vector<double>> requests;  // By kind; stretches after them.
            for (; at[e] < cells.size() && cells[at[e]].from < from + hour; ++at[e]) {
                const FlowCell& cell = cells[at[e]];
                const std::uint32_t stretch = m_stretchOf[e][at[e]];
                const std::uint32_t kind = m_kindOf[e][cell.kind];
                const std::uint32_t source =
                    stretch != kNone ? static_cast<std::uint32_t>(m_kinds.size()) + stretch : kind;
                std::vector<double>& counts = requests[source];
                counts.resize(classes, 0);
                for (std::size_t c = 0; c < classes && source != kNone; ++c) {
                    counts[c] += cell.classRates[c] * seconds(cell.to - cell.from);
                }
            }
            for (const auto& [source, counts] : requests) {
                for (std::size_t c = 0; c < classes; ++c) {
                    std::vector<Histogram::Bucket> shape;
                    if (source < m_kinds.size()) {
                        shape = m_kinds[source].latencyOf(e, c);
                    } else if (source != kNone) {
                        const Stretch& stretch = m_stretches[source - m_kinds.size()];
                        const std::vector<Histogram>& run = standInOf(stretch).latency;
                        shape = run.empty() ? shape : run[c].buckets();
                    }
                    if (!shape.empty() && counts[c] >= 1) {
                        latency.addAs(shape, counts[c]);
                    }
                }
            }
            const double p99 = latency.count() > 0 ? milliseconds(latency.quantile(0.99)) : 0;
            least = std::min(least, p99);
            most = std::max(most, p99);
            mean += p99 / kEstimates;
        }
        if (most > 0) {
            middle.add(from, mean);
            low.add(from, least);
            high.add(from, most);
        }
    }
    result.series.push_back(std::move(middle));
    result.series.push_back(std::move(low));
    result.series.push_back(std::move(high));
}

}  // namespace neph
