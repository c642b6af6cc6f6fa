#include <cstdio>

#include "tests/engine/coverage.h"
#include "tests/engine/plan_world.h"

namespace neph {
namespace {

/// Each of these systems has a closed form; the engine must be right on average, and right about how sure it
/// is.
class QueueingTheory : public PlanWorld {
protected:
    /// One station with slots between the users and their answer.
    StationId
    oneStation(double perSecond, std::int64_t servers, Distribution service, std::int64_t limit = -1)
    {
        const StationId workers = slots(servers, limit);
        const PathId path = m_builder.declarePath("request", m_node);
        const OutcomeId full = outcome(OutcomeSpec::Kind::Throttled, "429 Too Many Requests");
        m_builder.path(path).serve(workers, draw("service", std::move(service)), full, "handles it").reply();
        arrivals(path, perSecond);
        return workers;
    }
    void oneProcessor(double perSecond, Distribution demand)
    {
        const StationId processor = cpu(1000);
        const PathId path = m_builder.declarePath("request", m_node);
        m_builder.path(path).work(processor, draw("demand", std::move(demand)), "computes").reply();
        arrivals(path, perSecond);
    }
    /// Long enough for `requests` of them on average.
    static Duration timeFor(double requests, double perSecond) { return fromSeconds(requests / perSecond); }
};

// Pollaczek and Khinchine: mean wait = load / (1 - load) * (1 + scv) / 2 * mean service.
TEST_F(QueueingTheory, GivesTheWaitOfExponentialServiceAtOneServer)
{
    const StationId workers = oneStation(40, 1, Distribution::exponential(0.020));
    expectTheory(m_builder.build(), meanWaitAt(workers), 0.080, timeFor(8'000, 40));
}

TEST_F(QueueingTheory, GivesTheWaitOfConstantServiceAtOneServer)
{
    const StationId workers = oneStation(40, 1, Distribution::constant(0.020));
    expectTheory(m_builder.build(), meanWaitAt(workers), 0.040, timeFor(6'000, 40));
}

TEST_F(QueueingTheory, GivesTheWaitOfErlangServiceAtOneServer)
{
    const StationId workers = oneStation(40, 1, Distribution::erlang(4, 0.020));
    expectTheory(m_builder.build(), meanWaitAt(workers), 0.050, timeFor(6'000, 40));
}

TEST_F(QueueingTheory, GivesTheWaitOfVeryVariableServiceAtOneServer)
{
    const StationId workers = oneStation(40, 1, Distribution::hyperExponential(0.020, 4));
    expectTheory(m_builder.build(), meanWaitAt(workers), 0.200, timeFor(16'000, 40), 0.015);
}

TEST_F(QueueingTheory, GivesTheWaitOfLogNormalServiceAtOneServer)
{
    const StationId workers = oneStation(25, 1, Distribution::logNormal(0.020, 2));
    expectTheory(m_builder.build(), meanWaitAt(workers), 0.030, timeFor(8'000, 25), 0.015);
}

TEST_F(QueueingTheory, GivesTheWaitBeforeTenServers)
{
    const StationId workers = oneStation(200, 10, Distribution::exponential(0.040));
    expectTheory(m_builder.build(), meanWaitAt(workers), 0.0081837, timeFor(8'000, 200));
}

TEST_F(QueueingTheory, GivesTheWaitBeforeFiveServers)
{
    const StationId workers = oneStation(20, 5, Distribution::exponential(0.200));
    expectTheory(m_builder.build(), meanWaitAt(workers), 0.110823, timeFor(8'000, 20));
}

// Erlang's loss formula: offered 10 to 15 slots. It depends on the mean only.
class LossSystem : public QueueingTheory, public testing::WithParamInterface<Distribution> {};

TEST_P(LossSystem, RefusesAsErlangSaidWhateverTheDistribution)
{
    const StationId workers = oneStation(100, 15, GetParam(), 0);
    expectTheory(m_builder.build(), refusedShareAt(workers), 0.036497, timeFor(5'000, 100), 0.015);
}

INSTANTIATE_TEST_SUITE_P(
    Distributions, LossSystem,
    testing::Values(
        Distribution::exponential(0.1), Distribution::constant(0.1), Distribution::logNormal(0.1, 2)),
    [](const testing::TestParamInfo<Distribution>& example) {
        return std::string(
            example.index == 0   ? "Exponential"
            : example.index == 1 ? "Constant"
                                 : "LogNormal");
    });

// Processor sharing at load 0.8: mean time = demand / (1 - load), whatever the distribution of the demand.
class SharedProcessor : public QueueingTheory, public testing::WithParamInterface<Distribution> {};

TEST_P(SharedProcessor, IsInsensitiveToTheDistributionOfDemand)
{
    oneProcessor(40, GetParam());
    expectTheory(m_builder.build(), meanTimeOfRequests(), 0.100, timeFor(8'000, 40), 0.015);
}

INSTANTIATE_TEST_SUITE_P(
    Distributions, SharedProcessor,
    testing::Values(
        Distribution::exponential(0.02), Distribution::constant(0.02),
        Distribution::hyperExponential(0.02, 4)),
    [](const testing::TestParamInfo<Distribution>& example) {
        return std::string(
            example.index == 0   ? "Exponential"
            : example.index == 1 ? "Constant"
                                 : "HyperExponential");
    });

// Jackson: in tandem, each queue behaves as if it were alone.
TEST_F(QueueingTheory, GivesTheTimeThroughATandemOfTwoServices)
{
    const NodeIndex store = m_builder.addNode({"store", "Store", "store"});
    const StationId workers = slots(1, -1, "workers");
    const StationId connections =
        m_builder.addStation({.name = "connections", .node = store, .pool = {}, .capacity = 1});
    const PathId query = m_builder.declarePath("query", store);
    const PathId path = m_builder.declarePath("request", m_node);
    m_builder.path(path)
        .serve(workers, draw("service", Distribution::exponential(0.010)), {}, "handles it")
        .call(query, {}, {}, "asks the store")
        .reply();
    m_builder.path(query)
        .serve(connections, draw("query", Distribution::exponential(0.0125)), {}, "looks it up")
        .reply();
    arrivals(path, 50);

    expectTheory(
        m_builder.build(), meanTimeOfRequests(), 1 / (100.0 - 50) + 1 / (80.0 - 50), timeFor(8'000, 50));
}

/// Mean time at the stations of a closed network of `users` who think, by mean-value analysis
/// (Reiser and Lavenberg, J. ACM 27(2), 1980).
double meanValueAnalysis(int users, double think, const std::vector<double>& demands)
{
    std::vector<double> queue(demands.size(), 0);
    double total = 0;
    for (int n = 1; n <= users; ++n) {
        total = 0;
        std::vector<double> time;
        for (std::size_t i = 0; i < demands.size(); ++i) {
            time.push_back(demands[i] * (1 + queue[i]));
            total += time.back();
        }
        const double throughput = n / (think + total);
        for (std::size_t i = 0; i < demands.size(); ++i) {
            queue[i] = throughput * time[i];
        }
    }
    return total;
}

TEST_F(QueueingTheory, GivesTheTimeOfUsersWhoThinkBeforeOneServer)
{
    const StationId workers = slots(1);
    const PathId path = m_builder.declarePath("request", m_node);
    m_builder.path(path)
        .serve(workers, draw("service", Distribution::exponential(0.010)), {}, "handles it")
        .reply();
    users(path, 20, Distribution::exponential(0.2));

    expectTheory(m_builder.build(), meanTimeOfRequests(), meanValueAnalysis(20, 0.2, {0.010}), 40s);
}

TEST_F(QueueingTheory, GivesTheTimeOfUsersWhoShareAProcessorAndAQueue)
{
    const StationId processor = cpu(1000);
    const StationId connections = slots(1, -1, "connections");
    const PathId path = m_builder.declarePath("request", m_node);
    m_builder.path(path)
        .work(processor, draw("demand", Distribution::logNormal(0.012, 2)), "computes")
        .serve(connections, draw("query", Distribution::exponential(0.008)), {}, "looks it up")
        .reply();
    users(path, 12, Distribution::exponential(0.1));

    expectTheory(m_builder.build(), meanTimeOfRequests(), meanValueAnalysis(12, 0.1, {0.012, 0.008}), 40s);
}

}  // namespace
}  // namespace neph
