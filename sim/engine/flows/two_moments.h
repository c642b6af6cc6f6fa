#pragma once

#include <cmath>

#include "sim/kernel/random.h"

namespace neph {

/// A positive random quantity of which only mean and squared coefficient of variation are known.
///
/// Up to scv 1: a constant, plus a uniform, plus an exponential part; above: one of two exponentials with
/// half of the mean each. Cheap to draw.
class TwoMoments {
public:
    TwoMoments() = default;

    /// Time to wait at a station: a uniform part (the rest of constant services) before the exponential one,
    /// so that constant (0), uniform (1/3, nearly), the wait of M/D/1 and exponential (1) come out.
    static TwoMoments wait(double mean, double scv)
    {
        if (scv > 1) {
            return twoPhases(mean, scv);
        }
        // The least that uniform and exponential parts give together is 1/4.
        const double least = 0.25;
        const double inside = scv < least ? least : scv;
        const double root = 4 - 16 * (1 - inside) / 3;
        const double uniform = (2 - std::sqrt(root > 0 ? root : 0)) * 3 / 8;
        const double moving = scv < least ? mean * std::sqrt(scv / least) : mean;
        TwoMoments made;
        made.m_fixed = mean - moving;
        made.m_uniform = 2 * uniform * moving;
        made.m_exponential = (1 - uniform) * moving;
        return made;
    }

    /// Size of a job: a constant part and an exponential one.
    static TwoMoments size(double mean, double scv)
    {
        if (scv > 1) {
            return twoPhases(mean, scv);
        }
        TwoMoments made;
        made.m_exponential = mean * std::sqrt(scv);
        made.m_fixed = mean - made.m_exponential;
        return made;
    }

    double draw(RandomStream& random) const
    {
        if (m_firstShare > 0) {
            return (random.uniform() < m_firstShare ? m_exponential : m_second) * random.exponential();
        }
        const double uniform = m_uniform > 0 ? m_uniform * random.uniform() : 0;
        return m_fixed + uniform + (m_exponential > 0 ? m_exponential * random.exponential() : 0);
    }

    /// What is left of one, made by size(), that is met at a random moment: its law in equilibrium.
    double drawResidual(RandomStream& random) const
    {
        if (m_firstShare > 0) {
            return (random.uniform() < 0.5 ? m_exponential : m_second) * random.exponential();
        }
        const double place = m_fixed > 0 ? (m_fixed + m_exponential) * random.uniform() : 0;
        return m_fixed > 0 && place < m_fixed ? place : m_fixed + m_exponential * random.exponential();
    }

private:
    static TwoMoments twoPhases(double mean, double scv)
    {
        TwoMoments made;
        made.m_firstShare = 0.5 * (1 + std::sqrt((scv - 1) / (scv + 1)));
        made.m_exponential = mean / (2 * made.m_firstShare);
        made.m_second = mean / (2 * (1 - made.m_firstShare));
        return made;
    }

    double m_fixed = 0;
    double m_uniform = 0;
    double m_exponential = 0;
    double m_firstShare = 0;
    double m_second = 0;
};

}  // namespace neph
