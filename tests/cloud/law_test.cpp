#include "sim/cloud/law.h"

#include <algorithm>
#include <vector>

namespace neph {
namespace {

TEST(ALaw, HasTheMeanThatWasAskedFor)
{
    for (const char* law : {"constant", "exponential", "lognormal", "erlang"}) {
        EXPECT_NEAR(distributionOf(law, 0.02, 0.5).mean(), 0.02, 1e-12) << law;
    }
}

TEST(AnErlangLaw, HasTheNearestNumberOfPhases)
{
    EXPECT_NEAR(distributionOf("erlang", 1, 0.26).scv(), 0.25, 1e-12);
}

TEST(ALawWithoutMean, IsConstantlyZero)
{
    RandomStream random(1, 1);
    EXPECT_EQ(distributionOf("exponential", 0, 1).sample(random), 0);
}

TEST(ALogNormalLawFromPercentiles, HasThatMedianAndThat99thPercentile)
{
    const Distribution latency = logNormalFromPercentiles(2.5, 8);
    RandomStream random(1, 2);
    std::vector<double> samples;
    for (int k = 0; k < 200'000; ++k) {
        samples.push_back(latency.sample(random));
    }
    std::sort(samples.begin(), samples.end());
    EXPECT_NEAR(samples[100'000], 2.5, 0.03);
    EXPECT_NEAR(samples[198'000], 8, 0.2);
}

}  // namespace
}  // namespace neph
