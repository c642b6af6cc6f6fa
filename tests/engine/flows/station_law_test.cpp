#include "sim/engine/flows/station_law.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include <gtest/gtest.h>

namespace neph {
namespace {

constexpr double kService = 0.020;
constexpr double kNoBound = -1;

ArrivalLaw roundRobin(std::uint32_t replicas)
{
    return {ArrivalLaw::Kind::Erlang, replicas};
}

double meanWaitOfAll(const QueueLaw& law)
{
    return law.waitChance * law.meanWait;
}

TEST(ErlangLoss, GivesTheShareRefusedOfPublishedTables)
{
    EXPECT_NEAR(erlangB(10, 15), 0.036497, 1e-6);
    EXPECT_NEAR(erlangB(1, 1), 0.5, 1e-12);
    EXPECT_NEAR(erlangB(90, 100), 0.026957, 1e-6);
}

TEST(ErlangLoss, AgreesWithItsRecursionAtEveryStart)
{
    // The whole recursion in extended precision, from no server on.
    for (const double erlangs : {0.3, 40.0, 700.0, 9'900.0}) {
        long double inverse = 1;
        for (std::uint32_t servers = 1; servers <= 10'000; ++servers) {
            inverse = 1 + inverse * servers / erlangs;
            if (servers % 97 == 0 && inverse < 1e15L) {
                const double exact = static_cast<double>(1 / inverse);
                ASSERT_NEAR(erlangB(erlangs, servers), exact, 1e-9 * exact) << erlangs << ", " << servers;
            }
        }
    }
}

TEST(ErlangDelay, GivesTheShareThatWaits)
{
    EXPECT_NEAR(erlangC(8, 10), 0.409180, 1e-6);
    EXPECT_NEAR(erlangC(0.6, 1), 0.6, 1e-12);
    EXPECT_EQ(erlangC(10, 10), 1);
}

TEST(StationLaw, GivesTheWaitOfPollaczekAndKhinchineAtOneServer)
{
    for (const double scv : {0.0, 0.25, 1.0, 4.0}) {
        const QueueLaw law = queueLaw({}, 40, kService, scv, 1, kNoBound);
        EXPECT_NEAR(law.waitChance, 0.8, 1e-12);
        EXPECT_NEAR(meanWaitOfAll(law), 0.8 / 0.2 * (1 + scv) / 2 * kService, 1e-12);
    }
}

// M/D/1: E[W^2] = 2 E[W]^2 + rate E[S^3] / (3 (1 - load)).
TEST(StationLaw, GivesTheVariabilityOfTheWaitForConstantService)
{
    for (const double load : {0.2, 0.6, 0.9}) {
        const QueueLaw law = queueLaw({}, load / kService, kService, 0, 1, kNoBound);
        const double mean = load / (2 * (1 - load));
        const double square = 2 * mean * mean + load / (3 * (1 - load));
        const double ofThoseThatWait = square / load / (mean / load) / (mean / load) - 1;
        EXPECT_NEAR(law.waitScv, ofThoseThatWait, 1e-12);
    }
}

TEST(StationLaw, GivesTheWaitBeforeSeveralServers)
{
    const QueueLaw law = queueLaw({}, 200, 0.040, 1, 10, kNoBound);

    EXPECT_NEAR(meanWaitOfAll(law), 0.0081837, 1e-6);
    EXPECT_EQ(law.waitScv, 1);
}

TEST(StationLaw, IsErlangsLossFormulaWithoutRoom)
{
    const QueueLaw law = queueLaw({}, 100, 0.1, 2, 15, 0);

    EXPECT_NEAR(law.refuse, 0.036497, 1e-6);
    EXPECT_EQ(law.waitChance, 0);
}

/// M/M/c/K state by state.
struct Birth {
    double refuse = 0;
    double waitChance = 0;
    double meanWait = 0;
    double waitScv = 0;
};
Birth stateByState(double erlangs, int servers, int room)
{
    std::vector<long double> chance{1};
    long double all = 1;
    for (int n = 1; n <= servers + room; ++n) {
        chance.push_back(chance.back() * erlangs / std::min(n, servers));
        all += chance.back();
    }
    long double waits = 0;
    long double mean = 0;
    long double square = 0;
    for (int n = servers; n < servers + room; ++n) {
        const long double ahead = n - servers + 1;
        waits += chance[static_cast<std::size_t>(n)];
        mean += chance[static_cast<std::size_t>(n)] * ahead;
        square += chance[static_cast<std::size_t>(n)] * ahead * (ahead + 1);
    }
    const double average = static_cast<double>(mean / waits);
    return {
        static_cast<double>(chance.back() / all), static_cast<double>(waits / (all - chance.back())),
        average * kService / servers, static_cast<double>(square / waits) / (average * average) - 1};
}

TEST(StationLaw, GivesEveryFigureOfAQueueWithRoomBelowAndAboveFullLoad)
{
    for (const int servers : {1, 4, 30}) {
        for (const int room : {1, 7, 200}) {
            for (const double load : {0.3, 0.9, 0.9999999, 1.0, 1.2, 3.0}) {
                SCOPED_TRACE(testing::Message() << servers << " servers, room " << room << ", load " << load);
                const Birth exact = stateByState(load * servers, servers, room);
                const QueueLaw law = queueLaw(
                    {}, load * servers / kService, kService, 1, static_cast<std::uint32_t>(servers), room);
                EXPECT_NEAR(law.refuse, exact.refuse, 1e-4 * exact.refuse + 1e-12);
                EXPECT_NEAR(law.waitChance, exact.waitChance, 1e-4 * exact.waitChance);
                EXPECT_NEAR(law.meanWait, exact.meanWait, 1e-3 * exact.meanWait);
                EXPECT_NEAR(law.waitScv, exact.waitScv, 1e-3);
            }
        }
    }
}

TEST(StationLaw, LetsInWhatTheServersCanDoWhateverTheVariability)
{
    for (const double scv : {0.0, 0.5, 1.0, 5.0}) {
        const QueueLaw poisson = queueLaw({}, 300, kService, scv, 4, 50);
        const QueueLaw regular = queueLaw(roundRobin(16), 300, kService, scv, 4, 50);
        EXPECT_NEAR(poisson.refuse, 1 - 200 / 300.0, 1e-3);
        EXPECT_NEAR(regular.refuse, 1 - 200 / 300.0, 1e-3);
    }
}

// D/M/1: sigma = exp(-(1 - sigma) / load), and that is the share that waits.
TEST(StationLaw, ApproachesEvenArrivalsBehindRoundRobinOverManyReplicas)
{
    const QueueLaw law = queueLaw(roundRobin(100'000), 40, kService, 1, 1, kNoBound);
    const double sigma = law.waitChance;

    EXPECT_NEAR(sigma, std::exp(-(1 - sigma) / 0.8), 1e-5);
    EXPECT_NEAR(law.meanWait, kService / (1 - sigma), 1e-9);
}

// E2/M/1: the root of a quadratic equation.
TEST(StationLaw, GivesTheWaitBehindRoundRobinOverTwo)
{
    const double load = 0.7;
    const QueueLaw law = queueLaw(roundRobin(2), load / kService, kService, 1, 1, kNoBound);
    const double sigma = (1 + 4 * load - std::sqrt(1 + 8 * load)) / 2;

    EXPECT_NEAR(law.waitChance, sigma, 1e-9);
    EXPECT_NEAR(law.meanWait, kService / (1 - sigma), 1e-9);
}

TEST(StationLaw, WaitsLessOftenBehindRoundRobinAndForOneReplicaAsForPoisson)
{
    for (const std::uint32_t servers : {1U, 4U, 64U, 400U}) {
        const double perSecond = 0.85 * servers / kService;
        const QueueLaw poisson = queueLaw({}, perSecond, kService, 1, servers, kNoBound);
        const QueueLaw two = queueLaw(roundRobin(2), perSecond, kService, 1, servers, kNoBound);
        EXPECT_LT(two.waitChance, poisson.waitChance);
        EXPECT_GT(two.waitChance, 0.1 * poisson.waitChance);
        EXPECT_NEAR(
            queueLaw(roundRobin(1), perSecond, kService, 1, servers, kNoBound).waitChance, poisson.waitChance,
            1e-12);
    }
}

TEST(StationLaw, WaitsLessBehindTheLeastBusyThanBehindRoundRobinAndMoreThanInOneLine)
{
    const double perReplica = 0.85 * 4 / kService;
    const QueueLaw least =
        queueLaw({ArrivalLaw::Kind::PowerOfOrder, 8}, perReplica, kService, 1, 4, kNoBound);
    const QueueLaw evenly = queueLaw(roundRobin(8), perReplica, kService, 1, 4, kNoBound);
    const QueueLaw together = queueLaw({}, 8 * perReplica, kService, 1, 32, kNoBound);

    EXPECT_LT(meanWaitOfAll(least), meanWaitOfAll(evenly));
    EXPECT_GT(meanWaitOfAll(least), meanWaitOfAll(together));
}

TEST(StationLaw, HasNoWaitWithoutArrivals)
{
    const QueueLaw law = queueLaw({}, 0, kService, 1, 4, 10);

    EXPECT_EQ(law.waitChance, 0);
    EXPECT_EQ(law.refuse, 0);
}

}  // namespace
}  // namespace neph
