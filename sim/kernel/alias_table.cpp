#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>

#include "sim/kernel/distribution.h"
#include "sim/kernel/portable_math.h"

namespace neph {

AliasTable::AliasTable(const std::vector<double>& weights)
{
    double total = 0;
    bool isUsable = weights.size() <= std::size_t{1} << 32;
    for (const double weight : weights) {
        isUsable = isUsable && std::isfinite(weight) && weight >= 0;
        total += weight;
    }
    if (!isUsable || !(total > 0) || !std::isfinite(total)) {
        std::fprintf(stderr, "AliasTable: weights must be finite, not negative, and not all zero.\n");
        std::abort();
    }

    // Columns of height 1: what one lacks is taken from one that has too much.
    const std::size_t count = weights.size();
    std::vector<double> height(count);
    std::vector<std::uint32_t> low;
    std::vector<std::uint32_t> high;
    for (std::size_t i = 0; i < count; ++i) {
        height[i] = weights[i] / total * static_cast<double>(count);
        (height[i] < 1 ? low : high).push_back(static_cast<std::uint32_t>(i));
    }
    m_columns.resize(count);
    while (!low.empty() && !high.empty()) {
        const std::uint32_t small = low.back();
        const std::uint32_t large = high.back();
        low.pop_back();
        m_columns[small] = {static_cast<std::uint64_t>(height[small] * 0x1p64), large};
        height[large] -= 1 - height[small];
        if (height[large] < 1) {
            high.pop_back();
            low.push_back(large);
        }
    }
    // What is left is full but for rounding, except that an index without weight must never be drawn.
    const auto heaviest = std::max_element(weights.begin(), weights.end()) - weights.begin();
    for (const auto* rest : {&low, &high}) {
        for (const std::uint32_t index : *rest) {
            const bool isPossible = weights[index] > 0;
            m_columns[index] = {
                isPossible ? ~std::uint64_t{0} : 0,
                isPossible ? index : static_cast<std::uint32_t>(heaviest)};
        }
    }
}

std::vector<double> zipfWeights(std::size_t n, double exponent)
{
    std::vector<double> weights(n);
    double total = 0;
    for (std::size_t i = 0; i < n; ++i) {
        weights[i] = portablePow(static_cast<double>(i + 1), -exponent);
        total += weights[i];
    }
    for (double& weight : weights) {
        weight /= total;
    }
    return weights;
}

}  // namespace neph
