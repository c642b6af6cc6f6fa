#include <gtest/gtest.h>

#include "tests/support/drawing.h"

namespace neph {
namespace {

TEST(AnEcrRegistry, BillsWhatItStoresByTheGigabyteMonth)
{
    const RunResult result = Drawing::shop().runFor(1h);
    // 105 MB of layers for one of the 730 hours of a month.
    EXPECT_NEAR(used(result, "TimedStorage-ByteHrs"), 105e6 / (1 << 30) / 730 + 1e6 * 1124 / 1e9 / 730, 1e-5);
}

TEST(AnEcrRegistryThatIsDown, LetsNoTaskStart)
{
    const RunResult result = Drawing::shop().fault("registryDown", "ecr", 0).runFor(5min);
    EXPECT_GT(logged(result, "CannotPullContainerError"), 0u);
    EXPECT_EQ(highest(result, "web", "RunningTaskCount", 0s, 300s), 0);
}

TEST(AnEcrRegistryThatIsDown, DoesNotDisturbTasksThatRun)
{
    const RunResult result = Drawing::shop().fault("registryDown", "ecr", 200).runFor(10min);
    EXPECT_EQ(lowest(result, "web", "RunningTaskCount", 200s, 600s), 2);
}

TEST(AnEcrRegistryThatIsBack, LetsTasksStartAgain)
{
    const RunResult result = Drawing::shop()
                                 .set("web", "circuitBreaker", false)
                                 .fault("registryDown", "ecr", 0, {}, 60)
                                 .runFor(10min);
    EXPECT_EQ(result.find("web", "RunningTaskCount")->valueAt(590s), 2);
}

}  // namespace
}  // namespace neph
