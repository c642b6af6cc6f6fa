#include <gtest/gtest.h>

#include "tests/support/drawing.h"

namespace neph {
namespace {

TEST(UsersWithAnOpenLoad, SendWhatTheirRateSays)
{
    const RunResult result = Drawing::shop().set("users", "rate", 100).runFor(20min);
    EXPECT_NEAR(static_cast<double>(requests(result)), 120'000, 4 * 346);  // Four standard deviations.
}

TEST(UsersWithAnOpenLoad, AreDividedIntoTheirClassesByWeight)
{
    const RunResult result = Drawing::shop().runFor(20min);
    const double browse = static_cast<double>(result.classes.at("browse").total);
    EXPECT_NEAR(browse / static_cast<double>(requests(result)), 0.8, 0.01);
}

TEST(UsersWithASpike, AskMoreWhileItLasts)
{
    const RunResult result = Drawing::shop()
                                 .set("users", "load", "spike")
                                 .set("users", "rate", 20)
                                 .set("users", "peakRate", 80)
                                 .set("users", "startSeconds", 300)
                                 .set("users", "rampSeconds", 60)
                                 .runFor(10min);
    EXPECT_NEAR(static_cast<double>(requests(result)), 540 * 20 + 60 * 80, 500);
    EXPECT_GT(highest(result, "", "Requests", 300s, 360s), 60);
    EXPECT_LT(highest(result, "", "Requests", 420s, 600s), 50);
}

TEST(UsersWhoFollowATrace, SendWhatWasRecorded)
{
    Drawing shop = Drawing::shop().set("users", "load", "trace").set("users", "trace", "monday");
    Design design = shop.design();
    design.traffic.push_back({"monday", {{0, 10}, {600, 50}}, Value::object()});
    RunOptions options;
    options.horizon = 10min;
    EXPECT_NEAR(static_cast<double>(requests(run(design, options))), 600 * 30, 600);
}

// Little's law for a closed system: N users who think Z and wait R ask N / (Z + R) times a second.
TEST(UsersWithAClosedLoad, AskOnlyAfterTheyWereAnswered)
{
    const RunResult result = Drawing::shop()
                                 .set("users", "load", "closed")
                                 .set("users", "users", 200)
                                 .set("users", "thinkSeconds", 2)
                                 .set("users", "retries", 0)
                                 .runFor(30min);
    const NodeView& users = result.nodes.at("users");
    const double cycle = 2 + seconds(users.latency.mean());
    EXPECT_NEAR(static_cast<double>(requests(result)) / 1800, 200 / cycle, 3);
}

TEST(UsersWithAClosedLoad, ComeOneAfterTheOther)
{
    const Drawing everybody = Drawing::shop()
                                  .set("users", "load", "closed")
                                  .set("users", "users", 600)
                                  .set("users", "thinkSeconds", 30)
                                  .set("users", "thinkLaw", "constant")
                                  .set("users", "retries", 0);
    Drawing slowly = everybody;
    slowly.set("users", "arriveSeconds", 300);

    EXPECT_NEAR(highest(everybody.runFor(1min), "", "Requests", 0s, 60s), 20, 8);
    // Two people a second, who think for 30 s first: 120 have asked after 90 s, and half of them again.
    EXPECT_NEAR(static_cast<double>(requests(slowly.runFor(90s))), 180, 3);
}

TEST(ImpatientUsers, GiveUp)
{
    const RunResult result = Drawing::shop()
                                 .set("users", "patienceSeconds", 1)
                                 .set("users", "retries", 0)
                                 .set("web", "cpuMs", 100)
                                 .runFor(10min);
    EXPECT_GT(outcomes(result, "gave up after 1 s"), 1000u);
}

TEST(UsersWhoTryAgain, AddToTheLoadOfWhatIsOverloaded)
{
    const Drawing overloaded = Drawing::shop().set("users", "patienceSeconds", 1).set("web", "cpuMs", 100);
    Drawing insistent = overloaded;
    insistent.set("users", "retries", 3);
    Drawing meek = overloaded;
    meek.set("users", "retries", 0);
    EXPECT_GT(insistent.runFor(5min).nodes.at("lb").requests, 2 * meek.runFor(5min).nodes.at("lb").requests);
}

TEST(UsersConnectedToNothing, AreToldSo)
{
    Drawing lonely = Drawing::shop().remove("lb");
    const RunResult result = lonely.runFor(1min);
    EXPECT_EQ(outcomes(result, "connected to nothing that answers"), requests(result));
}

}  // namespace
}  // namespace neph
