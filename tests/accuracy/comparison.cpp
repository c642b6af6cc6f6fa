#include "tests/accuracy/comparison.h"

#include <algorithm>
#include <cmath>

namespace neph {

namespace {

double share(double value, double truth)
{
    return truth > 0 ? value / truth - 1 : value > 0 ? 1 : 0;
}

double meanOf(const std::vector<double>& values)
{
    double sum = 0;
    for (const double value : values) {
        sum += value;
    }
    return values.empty() ? 0 : sum / static_cast<double>(values.size());
}

double halfSpan(const std::vector<double>& values)
{
    const auto [least, most] = std::minmax_element(values.begin(), values.end());
    const double mean = meanOf(values);
    return mean > 0 ? (*most - *least) / 2 / mean : 0;
}

/// A figure that each of the truths has.
Judged
judged(const char* figure, const std::vector<double>& truths, double guess, std::optional<double> printed)
{
    Judged result;
    result.figure = figure;
    result.truth = meanOf(truths);
    result.noise = halfSpan(truths);
    result.off = share(guess, result.truth);
    result.printed = printed;
    result.truths = static_cast<int>(truths.size());
    for (const double truth : truths) {
        result.outside += printed && std::abs(share(guess, truth)) > *printed ? 1 : 0;
    }
    return result;
}

struct Percentile {
    const char* name;
    double LatencyFigures::*value;
    double Trust::Latency::*error;
};

constexpr Percentile kLatencies[] = {
    {"mean", &LatencyFigures::mean, &Trust::Latency::mean},
    {"p50", &LatencyFigures::p50, &Trust::Latency::p50},
    {"p95", &LatencyFigures::p95, &Trust::Latency::p95},
    {"p99", &LatencyFigures::p99, &Trust::Latency::p99},
    {"p99.9", &LatencyFigures::p999, &Trust::Latency::p999}};

void judgeLatencies(
    const std::string& of, const std::vector<Figures>& truths, const Figures& guess, std::vector<Judged>& all)
{
    for (const Percentile& each : kLatencies) {
        std::vector<double> values;
        for (const Figures& truth : truths) {
            values.push_back(truth.latency.at(of).*each.value);
        }
        std::optional<double> printed;
        if (guess.trust) {
            printed = guess.trust->latency.at(of).*each.error;
        }
        all.push_back(judged(each.name, values, guess.latency.at(of).*each.value, printed));
        all.back().of = of;
    }
}

Judged judgeFailures(const std::vector<Figures>& truths, const Figures& guess)
{
    std::vector<double> values;
    for (const Figures& truth : truths) {
        values.push_back(truth.failed);
    }
    Judged result = judged("failures", values, guess.failed, std::nullopt);
    result.off = guess.failed - result.truth;
    result.noise *= result.truth;
    return result;
}

/// The hours' p99: how far off they are on average, and the worst one of them.
void judgeHours(const std::vector<Figures>& truths, const Figures& guess, std::vector<Judged>& all)
{
    Judged mean;
    mean.figure = "hours' p99";
    Judged worst;
    worst.figure = "worst hour";
    double hours = 0;
    for (std::size_t hour = 0; hour < truths.front().hourlyP99.size(); ++hour) {
        std::vector<double> values;
        for (const Figures& truth : truths) {
            values.push_back(truth.hourlyP99[hour]);
        }
        const double truth = meanOf(values);
        if (truth <= 0) {
            continue;
        }
        const bool isThere = hour < guess.hourlyP99.size();
        const double off = share(isThere ? guess.hourlyP99[hour] : 0, truth);
        const double noise = halfSpan(values);
        ++hours;
        mean.truth += truth;
        mean.noise += noise;
        mean.off += std::abs(off);
        if (std::abs(off) >= std::abs(worst.off)) {
            worst.truth = truth;
            worst.noise = noise;
            worst.off = off;
        }
        for (const double value : values) {
            ++mean.truths;
            mean.outside += hour < guess.hourlyLow.size() &&
                                    (value < guess.hourlyLow[hour] || value > guess.hourlyHigh[hour])
                                ? 1
                                : 0;
        }
    }
    mean.truth /= std::max(1.0, hours);
    mean.noise /= std::max(1.0, hours);
    mean.off /= std::max(1.0, hours);
    all.push_back(mean);
    all.push_back(worst);
}

}  // namespace

std::vector<Judged> judge(const std::vector<Figures>& truths, const Figures& guess)
{
    std::vector<Judged> all;
    judgeLatencies("", truths, guess, all);
    all.push_back(judgeFailures(truths, guess));
    judgeHours(truths, guess, all);
    std::vector<double> hours;
    std::vector<double> bills;
    for (const Figures& truth : truths) {
        hours.push_back(truth.vcpuHours);
        bills.push_back(truth.bill);
    }
    all.push_back(judged("vCPU-hours", hours, guess.vcpuHours, std::nullopt));
    const auto cost = guess.trust ? std::optional<double>(guess.trust->cost) : std::nullopt;
    all.push_back(judged("bill", bills, guess.bill, cost));
    if (truths.front().latency.size() > 2) {
        for (const auto& [name, latency] : truths.front().latency) {
            if (!name.empty() && guess.latency.contains(name)) {
                judgeLatencies(name, truths, guess, all);
            }
        }
    }
    return all;
}

}  // namespace neph
