#pragma once

#include <cstdint>
#include <vector>

#include "sim/engine/flows/two_moments.h"
#include "sim/kernel/random.h"

namespace neph {

/// What the jobs at a shared station want, in seconds of one core (or of one flow's full speed).
struct JobSizes {
    double mean = 0;
    double scv = 1;
    TwoMoments law = TwoMoments::size(0, 1);

    static JobSizes of(double mean, double scv) { return {mean, scv, TwoMoments::size(mean, scv)}; }
};

/// A processor or a link that all jobs share equally, none getting more than 1, in steady state.
///
/// Exact for Poisson arrivals (M/G/c-PS) up to the law of the sizes, for which two moments stand: a job meets
/// as many others as the equilibrium says, each with its residual size (such stations do not mind the law:
/// Kelly, "Reversibility and Stochastic Networks", 1979), and then is followed on the clock of what it has
/// been given, on which all of them progress alike. So short jobs, whose luck is in how many they meet, vary
/// much more than long ones, which see many come and go. Where that would take many steps (long jobs, heavy
/// load, many cores), the stretch is a normal variable with the mean and variance it has after meeting so
/// many.
class SharedStation {
public:
    SharedStation() = default;
    /// `busy`: load, below 1 (cut at 0.995). `capacity`: in units of what one job gets at most; may be
    /// below 1.
    SharedStation(double busy, double capacity);

    /// Seconds that a job of `size` takes among others of `others`.
    double time(double size, const JobSizes& others, RandomStream& random) const;
    /// Mean seconds for each second of work.
    double meanStretch() const { return m_meanStretch; }

private:
    double stretch(double others) const
    {
        const double shared = (others + 1) * m_perCapacity;
        return shared > 1 ? shared : 1;
    }
    std::uint32_t drawOthers(RandomStream& random) const;
    double follow(std::uint32_t others, double size, const JobSizes& sizes, RandomStream& random) const;

    double m_busy = 0;
    double m_capacity = 1;
    double m_perCapacity = 1;
    double m_meanStretch = 1;
    double m_variance = 0;        ///< Of the stretch at a moment.
    double m_tail = 1;            ///< Chance to meet so many that one more matters in full.
    double m_tailFrom = 0;        ///< That many.
    double m_tailScale = 0;       ///< -1 / log(busy).
    std::vector<double> m_below;  ///< Chance to meet fewer: cumulative, from m_lowest on.
    double m_lowest = 0;
};

}  // namespace neph
