#include "sim/kernel/distribution.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstdlib>
#include <utility>

#include "sim/kernel/portable_math.h"

namespace neph {

/// Given values in ascending order, and how to draw one.
struct Distribution::Table {
    std::vector<double> values;
    std::vector<double>
        cumulative;  ///< Probability of a value up to the one at the same place; the last is 1.
    AliasTable alias;
    double mean;
    double variance;
};

Distribution Distribution::constant(double value)
{
    return Distribution(Kind::Constant, value, 0);
}

Distribution Distribution::exponential(double mean)
{
    assert(mean >= 0);
    return Distribution(Kind::Exponential, mean, 0);
}

Distribution Distribution::uniform(double lo, double hi)
{
    assert(lo <= hi);
    return Distribution(Kind::Uniform, lo, hi - lo);
}

Distribution Distribution::logNormal(double mean, double scv)
{
    assert(mean > 0 && scv >= 0);
    if (scv == 0) {
        return constant(mean);
    }
    return Distribution(Kind::LogNormal, mean / std::sqrt(1 + scv), std::sqrt(portableLog(1 + scv)), mean);
}

Distribution Distribution::erlang(std::uint32_t phases, double mean)
{
    assert(phases >= 1 && mean >= 0);
    return Distribution(Kind::Erlang, mean / phases, phases);
}

Distribution Distribution::hyperExponential(double mean, double scv)
{
    assert(mean >= 0 && scv >= 1);
    const double first = 0.5 * (1 + std::sqrt((scv - 1) / (scv + 1)));
    return Distribution(Kind::HyperExponential, first, mean / (2 * first), mean / (2 * (1 - first)));
}

Distribution Distribution::empirical(std::vector<WeightedValue> values)
{
    return fromValues(Kind::Values, std::move(values));
}

Distribution Distribution::empiricalLinear(std::vector<WeightedValue> values)
{
    return fromValues(Kind::Linear, std::move(values));
}

Distribution Distribution::fromValues(Kind kind, std::vector<WeightedValue> given)
{
    std::stable_sort(given.begin(), given.end(), [](const WeightedValue& a, const WeightedValue& b) {
        return a.value < b.value;
    });
    std::vector<double> values;
    std::vector<double> weights;
    double total = 0;
    for (const WeightedValue& one : given) {
        values.push_back(one.value);
        weights.push_back(one.weight);
        total += one.weight;
    }
    AliasTable alias(weights);

    std::vector<double> cumulative;
    double sum = 0;
    double mean = 0;
    double square = 0;
    for (std::size_t i = 0; i < values.size(); ++i) {
        sum += weights[i];
        cumulative.push_back(sum / total);
        const double b = values[i];
        const double a = kind == Kind::Linear && i > 0 ? values[i - 1] : b;
        mean += weights[i] / total * (a + b) / 2;
        square += weights[i] / total * (a * a + a * b + b * b) / 3;
    }
    cumulative.back() = 1;

    Distribution distribution(kind, 0, 0);
    distribution.m_table = std::make_shared<const Table>(
        Table{std::move(values), std::move(cumulative), std::move(alias), mean, square - mean * mean});
    return distribution;
}

double Distribution::sampleOther(RandomStream& random) const
{
    switch (m_kind) {
    case Kind::Constant:
    case Kind::Exponential:
        break;
    case Kind::Uniform:
        return m_a + m_b * random.uniform();
    case Kind::LogNormal:
        return m_a * portableExp(m_b * random.normal());
    case Kind::Erlang:
        return sampleErlang(random);
    case Kind::HyperExponential:
        return (random.uniform() < m_a ? m_b : m_c) * random.exponential();
    case Kind::Values:
        return m_table->values[m_table->alias.draw(random)];
    case Kind::Linear: {
        const std::uint32_t upper = m_table->alias.draw(random);
        const double to = m_table->values[upper];
        const double from = upper == 0 ? to : m_table->values[upper - 1];
        return from + (to - from) * random.uniform();
    }
    }
    return sample(random);
}

double Distribution::sampleErlang(RandomStream& random) const
{
    constexpr double kMostAdded = 12;
    if (m_b <= kMostAdded) {
        double sum = 0;
        for (int phase = 0; phase < static_cast<int>(m_b); ++phase) {
            sum += random.exponential();
        }
        return m_a * sum;
    }
    // Marsaglia and Tsang, "A simple method for generating gamma variables", 2000.
    const double d = m_b - 1 / 3.0;
    const double c = 1 / std::sqrt(9 * d);
    for (;;) {
        const double x = random.normal();
        const double root = 1 + c * x;
        if (root <= 0) {
            continue;
        }
        const double v = root * root * root;
        if (-random.exponential() < 0.5 * x * x + d - d * v + d * portableLog(v)) {
            return m_a * d * v;
        }
    }
}

double Distribution::mean() const
{
    switch (m_kind) {
    case Kind::Constant:
    case Kind::Exponential:
        return m_a;
    case Kind::Uniform:
        return m_a + m_b / 2;
    case Kind::LogNormal:
        return m_c;
    case Kind::Erlang:
        return m_a * m_b;
    case Kind::HyperExponential:
        return m_a * m_b + (1 - m_a) * m_c;
    case Kind::Values:
    case Kind::Linear:
        return m_table->mean;
    }
    return 0;
}

double Distribution::scv() const
{
    const double mean = this->mean();
    if (mean == 0) {
        return 0;
    }
    switch (m_kind) {
    case Kind::Constant:
        return 0;
    case Kind::Exponential:
        return 1;
    case Kind::Uniform:
        return m_b * m_b / 12 / (mean * mean);
    case Kind::LogNormal:
        return (m_c / m_a) * (m_c / m_a) - 1;
    case Kind::Erlang:
        return 1 / m_b;
    case Kind::HyperExponential:
        return 2 * (m_a * m_b * m_b + (1 - m_a) * m_c * m_c) / (mean * mean) - 1;
    case Kind::Values:
    case Kind::Linear:
        return m_table->variance / (mean * mean);
    }
    return 0;
}

/// Probability that a sum of `phases` exponentials of mean 1 exceeds x: the first terms of a Poisson
/// distribution.
static double erlangTail(int phases, double x)
{
    if (x <= 0) {
        return 1;
    }
    const double step = portableLog(x);
    double logTerm = -x;
    double sum = 0;
    for (int i = 0; i < phases; ++i) {
        sum += portableExp(logTerm);
        logTerm += step - portableLog(i + 1);
    }
    return std::min(sum, 1.0);
}

double Distribution::tailBeyond(double x) const
{
    if (m_kind == Kind::Erlang) {
        return erlangTail(static_cast<int>(m_b), x / m_a);
    }
    return m_a * portableExp(-x / m_b) + (1 - m_a) * portableExp(-x / m_c);
}

double Distribution::quantile(double p) const
{
    assert(p > 0 && p < 1);
    switch (m_kind) {
    case Kind::Constant:
        return m_a;
    case Kind::Exponential:
        return -m_a * portableLog(1 - p);
    case Kind::Uniform:
        return m_a + m_b * p;
    case Kind::LogNormal:
        return m_a * portableExp(m_b * portableNormalQuantile(p));
    case Kind::Values:
    case Kind::Linear: {
        const auto& cumulative = m_table->cumulative;
        const auto place = std::lower_bound(cumulative.begin(), cumulative.end(), p) - cumulative.begin();
        const auto upper = static_cast<std::size_t>(place);
        const double to = m_table->values[upper];
        if (m_kind == Kind::Values || upper == 0) {
            return to;
        }
        const double from = m_table->values[upper - 1];
        return from + (to - from) * (p - cumulative[upper - 1]) / (cumulative[upper] - cumulative[upper - 1]);
    }
    case Kind::Erlang:
    case Kind::HyperExponential:
        break;
    }
    if (mean() == 0) {
        return 0;
    }
    double low = 0;
    double high = mean();
    while (tailBeyond(high) > 1 - p) {
        low = high;
        high *= 2;
    }
    for (int i = 0; i < 100; ++i) {
        const double middle = low + (high - low) / 2;
        (tailBeyond(middle) > 1 - p ? low : high) = middle;
    }
    return high;
}

}  // namespace neph
