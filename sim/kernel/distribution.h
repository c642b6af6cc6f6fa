#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "sim/base/units.h"
#include "sim/kernel/random.h"

namespace neph {

/// Draws an index with given weights at the cost of one random number (Vose's alias method, 1991).
/// Thresholds are integers, so an index is the same on every machine.
class AliasTable {
public:
    /// Weights: finite, not negative, at least one positive; anything else is a bug and aborts. At most 2^32.
    explicit AliasTable(const std::vector<double>& weights);

    std::size_t size() const { return m_columns.size(); }

    std::uint32_t draw(RandomStream& random) const
    {
        // High half: a column. Low half: where in the column.
        const UInt128 product = UInt128{random.next()} * m_columns.size();
        const auto column = static_cast<std::uint32_t>(product >> 64);
        const Column& chosen = m_columns[column];
        return static_cast<std::uint64_t>(product) < chosen.own ? column : chosen.other;
    }

private:
    struct Column {
        std::uint64_t own;    ///< Below this the column stands for itself ...
        std::uint32_t other;  ///< ... and from here on for another index.
    };
    std::vector<Column> m_columns;
};

/// Popularity of n things by Zipf's law: weight i is proportional to (i+1)^-exponent; the sum is 1.
std::vector<double> zipfWeights(std::size_t n, double exponent);

/// One observed value and how often it was observed.
struct WeightedValue {
    double value;
    double weight;
};

/// A probability distribution of durations, sizes or counts, in whatever unit its parameters have.
///
/// A small value: copy it freely; tables are shared. Sampling uses + - * / and integer tables only, so equal
/// streams give equal bits on every machine. scv is the squared coefficient of variation: variance / mean^2.
/// Parameters out of their range are a bug: what people type is checked before it gets here.
class Distribution {
public:
    enum class Kind : std::uint8_t {
        Constant,
        Exponential,
        Uniform,
        LogNormal,
        Erlang,
        HyperExponential,
        Values,  ///< Some given values.
        Linear,  ///< Given values, and everything between them.
    };

    /// Constant 0.
    Distribution() = default;

    static Distribution constant(double value);
    /// mean >= 0.
    static Distribution exponential(double mean);
    /// lo <= hi.
    static Distribution uniform(double lo, double hi);
    /// mean > 0, scv >= 0; scv 0 is the constant.
    static Distribution logNormal(double mean, double scv);
    /// Sum of `phases` exponentials, phases >= 1: scv is 1 / phases.
    static Distribution erlang(std::uint32_t phases, double mean);
    /// Two exponential phases that contribute half of the mean each ("balanced means"); scv >= 1.
    static Distribution hyperExponential(double mean, double scv);
    /// Exactly the given values, each with its weight. Not empty.
    static Distribution empirical(std::vector<WeightedValue> values);
    /// The distribution function is linear between the values: the weight of a value is spread evenly from
    /// the value below up to it; that of the lowest stays on it.
    static Distribution empiricalLinear(std::vector<WeightedValue> values);

    double sample(RandomStream& random) const
    {
        switch (m_kind) {
        case Kind::Constant:
            return m_a;
        case Kind::Exponential:
            return m_a * random.exponential();
        default:
            return sampleOther(random);
        }
    }

    /// A sample as a duration, where the parameters are seconds; never negative.
    Duration sampleSeconds(RandomStream& random) const { return fromSeconds(sample(random)); }

    Kind kind() const { return m_kind; }
    double mean() const;
    double scv() const;
    /// The value that a sample does not exceed with probability p, 0 < p < 1. Not fast.
    double quantile(double p) const;

private:
    struct Table;

    Distribution(Kind kind, double a, double b, double c = 0) : m_kind(kind), m_a(a), m_b(b), m_c(c) {}
    static Distribution fromValues(Kind kind, std::vector<WeightedValue> values);
    double sampleOther(RandomStream& random) const;
    double sampleErlang(RandomStream& random) const;
    double tailBeyond(double x) const;

    Kind m_kind = Kind::Constant;
    double m_a = 0;
    double m_b = 0;
    double m_c = 0;
    std::shared_ptr<const Table> m_table;
};

}  // namespace neph
