#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

#include <boost/math/distributions/chi_squared.hpp>

namespace neph {

/// A sampler whose draws would look like this, or worse, less often is taken to be wrong.
inline constexpr double kTooUnlikely = 1e-4;

/// Probability that right draws deviate from the distribution function as much as these (Kolmogorov 1933).
template <class Draw, class Cdf>
double kolmogorovSmirnov(Draw&& draw, Cdf&& cdf, std::size_t draws = 200'000)
{
    std::vector<double> sample(draws);
    std::generate(sample.begin(), sample.end(), draw);
    std::sort(sample.begin(), sample.end());
    const auto n = static_cast<double>(draws);
    double distance = 0;
    for (std::size_t i = 0; i < draws; ++i) {
        const double p = cdf(sample[i]);
        distance = std::max({distance, p - static_cast<double>(i) / n, static_cast<double>(i + 1) / n - p});
    }
    double probability = 0;
    for (int k = 1; k <= 100; ++k) {
        probability += (k % 2 == 1 ? 2 : -2) * std::exp(-2.0 * k * k * n * distance * distance);
    }
    return std::clamp(probability, 0.0, 1.0);
}

/// Probability that right draws of an index deviate from the expected frequencies as much as these.
template <class Draw>
double chiSquare(Draw&& draw, const std::vector<double>& expected, std::size_t draws = 500'000)
{
    std::vector<double> count(expected.size());
    for (std::size_t i = 0; i < draws; ++i) {
        count[draw()] += 1;
    }
    double sum = 0;
    std::size_t cells = 0;
    for (std::size_t i = 0; i < expected.size(); ++i) {
        const double mean = expected[i] * static_cast<double>(draws);
        if (mean > 0) {
            sum += (count[i] - mean) * (count[i] - mean) / mean;
            ++cells;
        } else if (count[i] > 0) {
            return 0;
        }
    }
    if (cells < 2) {
        return 1;
    }
    return boost::math::cdf(
        boost::math::complement(boost::math::chi_squared(static_cast<double>(cells - 1)), sum));
}

}  // namespace neph
