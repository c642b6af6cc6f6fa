#include "sim/engine/flows/path_sampler.h"

#include <algorithm>
#include <array>
#include <cstdio>

#include "sim/engine/flows/station_law.h"
#include "tests/engine/plan_world.h"

namespace neph {
namespace {

constexpr double kNoBound = -1;
constexpr std::uint32_t kWalks = 200'000;

/// The same plan, request by request and by walks through the laws of its stations.
class PathSampling : public PlanWorld {
protected:
    void expectSamePercentiles(double tolerance, Duration runFor)
    {
        const SampledPaths paths = sample();
        RequestEngine& run = engine(1, {.traceEvery = 0});
        run.runUntil(runFor);
        expectSame(run.latencyOf(ClassIndex{0}), paths.classes[0], tolerance);
    }

    SampledPaths sample(std::uint64_t seed = 1, std::uint32_t walks = kWalks)
    {
        engine(1, {.traceEvery = 0});
        m_meetings.stations.resize(m_plan->stations.size());
        m_meetings.nodes.resize(m_plan->nodes.size());
        m_meetings.pools.resize(m_plan->pools.size());
        return PathSampler(*m_plan, seed).sample(m_meetings, {100}, walks);
    }

    Meeting& meeting(StationId station)
    {
        m_meetings.stations.resize(std::max<std::size_t>(m_meetings.stations.size(), station.value + 1));
        return m_meetings.stations[station.value];
    }
    OutcomeId nobody() { return outcome(OutcomeSpec::Kind::Unavailable, "503 Service Unavailable"); }
    static Meeting inLine(const QueueLaw& law)
    {
        return {
            .waitChance = law.waitChance,
            .meanWait = law.meanWait,
            .waitScv = law.waitScv,
            .refuse = law.refuse};
    }

    static void expectSame(const Histogram& exact, const Histogram& sampled, double tolerance)
    {
        std::string line = "    sampled against exact:";
        for (const double p : {0.5, 0.95, 0.99}) {
            const double truth = seconds(exact.quantile(p));
            const double found = seconds(sampled.quantile(p));
            EXPECT_NEAR(found, truth, tolerance * truth) << "quantile " << p;
            std::array<char, 80> text{};
            std::snprintf(
                text.data(), text.size(), " p%g %.4g of %.4g ms (%+.1f %%)", 100 * p, 1e3 * found,
                1e3 * truth, 100 * (found / truth - 1));
            line += text.data();
        }
        std::printf("%s\n", line.c_str());
    }

    /// One station with slots and its own service time.
    void
    oneStation(double perSecond, std::int64_t servers, const Distribution& service, std::int64_t limit = -1)
    {
        const StationId workers = slots(servers, limit);
        const PathId path = m_builder.declarePath("request", m_node);
        m_full = outcome(OutcomeSpec::Kind::Throttled, "429 Too Many Requests");
        m_builder.path(path).serve(workers, draw("service", service), m_full, "handles it").reply();
        arrivals(path, perSecond);
        meeting(workers) = inLine(queueLaw(
            {}, perSecond, service.mean(), service.scv(), static_cast<std::uint32_t>(servers),
            static_cast<double>(limit)));
    }
    void oneProcessor(double load, const Distribution& demand, std::int64_t milliCores = 1000)
    {
        const StationId processor = cpu(milliCores);
        const PathId path = m_builder.declarePath("request", m_node);
        m_builder.path(path).work(processor, draw("demand", demand), "computes").reply();
        const double cores = static_cast<double>(milliCores) / 1000;
        arrivals(path, load * cores / demand.mean());
        meeting(processor) = {.busy = load, .capacity = cores};
    }

    Meetings m_meetings;
    OutcomeId m_full;
};

TEST_F(PathSampling, GivesThePercentilesOfOneServerWithExponentialService)
{
    oneStation(40, 1, Distribution::exponential(0.020));
    expectSamePercentiles(0.03, 30'000s);
}

TEST_F(PathSampling, GivesThePercentilesOfOneServerWithConstantService)
{
    oneStation(40, 1, Distribution::constant(0.020));
    expectSamePercentiles(0.03, 20'000s);
}

TEST_F(PathSampling, GivesThePercentilesOfFourServers)
{
    oneStation(160, 4, Distribution::exponential(0.020));
    expectSamePercentiles(0.03, 20'000s);
}

TEST_F(PathSampling, GivesThePercentilesOfOneServerWithVariableService)
{
    oneStation(30, 1, Distribution::logNormal(0.020, 2));
    expectSamePercentiles(0.10, 20'000s);
}

TEST_F(PathSampling, RefusesAsErlangSaid)
{
    oneStation(100, 15, Distribution::exponential(0.1), 0);

    const SampledPaths paths = sample();

    EXPECT_NEAR(paths.outcomes[0][m_full.value], 0.036497, 0.001);
}

TEST_F(PathSampling, GivesThePercentilesBehindRoundRobinOverSixteen)
{
    const PoolId pool =
        m_builder.addPool({.name = "tasks", .node = m_node, .fixedReplicas = 16, .weights = {}});
    const StationId workers =
        m_builder.addStation({.name = "workers", .node = m_node, .pool = pool, .capacity = 4});
    const PathId path = m_builder.declarePath("request", m_users);
    const PathId handle = m_builder.declarePath("handle", m_node);
    m_builder.path(path).callOn(pool, Routing::RoundRobin, handle, {}, {}, nobody(), "asks a task").reply();
    m_builder.path(handle)
        .serve(workers, draw("service", Distribution::exponential(0.020)), {}, "handles it")
        .reply();
    const double perTask = 0.85 * 4 / 0.020;
    arrivals(path, 16 * perTask);
    const QueueLaw law = queueLaw({ArrivalLaw::Kind::Erlang, 16}, perTask, 0.020, 1, 4, kNoBound);
    m_meetings.pools = {{{.share = 1, .stations = {inLine(law)}, .zones = {}}}};

    expectSamePercentiles(0.03, 400s);
}

TEST_F(PathSampling, GivesThePercentilesBehindTheLeastBusyOfEight)
{
    const PoolId pool =
        m_builder.addPool({.name = "tasks", .node = m_node, .fixedReplicas = 8, .weights = {}});
    const StationId workers =
        m_builder.addStation({.name = "workers", .node = m_node, .pool = pool, .capacity = 2});
    const PathId path = m_builder.declarePath("request", m_users);
    const PathId handle = m_builder.declarePath("handle", m_node);
    m_builder.path(path)
        .callOn(pool, Routing::LeastOutstanding, handle, {}, {}, nobody(), "asks a task")
        .reply();
    m_builder.path(handle)
        .serve(workers, draw("service", Distribution::exponential(0.020)), {}, "handles it")
        .reply();
    const double perTask = 0.9 * 2 / 0.020;
    arrivals(path, 8 * perTask);
    const QueueLaw law = queueLaw({ArrivalLaw::Kind::PowerOfOrder, 8}, perTask, 0.020, 1, 2, kNoBound);
    m_meetings.pools = {{{.share = 1, .stations = {inLine(law)}, .zones = {}}}};

    // Waits are a little rarer than the approximation says.
    expectSamePercentiles(0.08, 1'000s);
}

/// A processor that all share, at several loads.
class SharedProcessorSampling : public PathSampling, public testing::WithParamInterface<double> {};

TEST_P(SharedProcessorSampling, GivesThePercentilesForExponentialDemand)
{
    oneProcessor(GetParam(), Distribution::exponential(0.020));
    expectSamePercentiles(0.03, 30'000s);
}

TEST_P(SharedProcessorSampling, GivesThePercentilesForConstantDemand)
{
    oneProcessor(GetParam(), Distribution::constant(0.020));
    expectSamePercentiles(0.03, 30'000s);
}

TEST_P(SharedProcessorSampling, GivesThePercentilesForVariableDemand)
{
    oneProcessor(GetParam(), Distribution::logNormal(0.020, 2));
    expectSamePercentiles(0.05, 30'000s);
}

TEST_P(SharedProcessorSampling, GivesThePercentilesOfTwoCores)
{
    oneProcessor(GetParam(), Distribution::exponential(0.020), 2000);
    expectSamePercentiles(0.03, 20'000s);
}

TEST_P(SharedProcessorSampling, GivesThePercentilesOfEightCores)
{
    oneProcessor(GetParam(), Distribution::exponential(0.020), 8000);
    expectSamePercentiles(0.03, 8'000s);
}

INSTANTIATE_TEST_SUITE_P(
    Loads, SharedProcessorSampling, testing::Values(0.3, 0.6, 0.85),
    [](const testing::TestParamInfo<double>& example) {
        return "Load" + std::to_string(static_cast<int>(100 * example.param + 0.5));
    });

TEST_F(PathSampling, StretchesWorkOnAQuarterOfACore)
{
    oneProcessor(0, Distribution::constant(0.020), 250);

    EXPECT_NEAR(milliseconds(sample(1, 10).classes[0].mean()), 80, 0.5);
}

TEST_F(PathSampling, ComposesATandemOfThree)
{
    std::array<StationId, 3> stations;
    const PathId path = m_builder.declarePath("request", m_node);
    PathBuilder steps = m_builder.path(path);
    for (std::size_t i = 0; i < 3; ++i) {
        const double service = 0.008 + 0.002 * static_cast<double>(i);
        const std::string name = "station " + std::to_string(i);
        stations[i] = slots(1, -1, name);
        steps.serve(stations[i], draw(name, Distribution::exponential(service)), {}, "works");
        meeting(stations[i]) = inLine(queueLaw({}, 70, service, 1, 1, kNoBound));
    }
    steps.reply();
    arrivals(path, 70);

    expectSamePercentiles(0.03, 20'000s);
}

/// A hop to a task with workers and a processor, two calls at once from there, retries and a timeout that
/// bites.
class PathOfServices : public PathSampling {
protected:
    PathOfServices()
    {
        const NodeIndex store = m_builder.addNode({"store", "Store", "store"});
        const NodeIndex cache = m_builder.addNode({"cache", "Cache", "cache"});
        m_workers = slots(64);
        m_processor = cpu(2000);
        m_connections =
            m_builder.addStation({.name = "connections", .node = store, .pool = {}, .capacity = 5});
        const PathId path = m_builder.declarePath("request", m_users);
        const PathId handle = m_builder.declarePath("handle", m_node);
        const PathId query = m_builder.declarePath("query", store);
        const PathId lookUp = m_builder.declarePath("look up", cache);
        PolicySpec patience;
        patience.timeout = 50ms;
        patience.retries = 1;
        patience.backoffBase = 20ms;
        patience.backoffCap = 100ms;
        patience.jitter = draw("jitter", Distribution::uniform(0, 1));
        patience.onTimeout = outcome(OutcomeSpec::Kind::TimedOut, "gave up", true);
        const DrawId hop = draw("hop", Distribution::logNormal(0.0005, 0.5));
        m_builder.path(path)
            .hop(hop, {}, m_builder.addAmount(1'000), {}, "goes there")
            .call(handle, {}, {}, "asks the server")
            .reply();
        m_builder.path(handle)
            .hop(hop, {}, m_builder.addAmount(1'000), {}, "arrives")
            .acquire(m_workers, {}, "waits for a worker")
            .work(m_processor, draw("demand", Distribution::exponential(0.005)), "computes")
            .fork(2)
            .call(query, m_builder.addPolicy(patience), {}, "asks the store")
            .call(lookUp, {}, {}, "asks the cache")
            .release(m_workers)
            .reply();
        m_builder.path(query)
            .serve(m_connections, draw("query", Distribution::logNormal(0.020, 0.6)), {}, "looks it up")
            .reply();
        m_builder.path(lookUp).delay(draw("cache", Distribution::exponential(0.004)), "remembers").reply();
        arrivals(path, kPerSecond);
        meeting(m_processor) = {.busy = kPerSecond * 0.005 / 2, .capacity = 2};
    }

    /// What the retries add to the load of the store, to a fixed point.
    void settle()
    {
        double perSecond = kPerSecond;
        for (int i = 0; i < 8; ++i) {
            meeting(m_connections) = inLine(queueLaw({}, perSecond, 0.020, 0.6, 5, kNoBound));
            const SampledPaths paths = sample(1, 50'000);
            perSecond = paths.attempts[queryCall()] * kPerSecond / 100;
        }
    }
    std::size_t queryCall() const
    {
        for (std::size_t i = 0; i < m_plan->steps.size(); ++i) {
            if (m_plan->steps[i].op == Op::Call && m_plan->steps[i].policy) {
                return i;
            }
        }
        return 0;
    }

    static constexpr double kPerSecond = 80;
    StationId m_workers;
    StationId m_processor;
    StationId m_connections;
};

TEST_F(PathOfServices, HasThePercentilesOfTheRequestEngine)
{
    settle();
    expectSamePercentiles(0.03, 8'000s);
}

TEST_F(PathOfServices, TimesOutAndTriesAgainAsOftenAsTheRequestEngine)
{
    settle();
    const SampledPaths paths = sample();
    RequestEngine& run = engine();
    run.runUntil(8'000s);

    const double requests = static_cast<double>(run.requestsStarted());
    const double attempts = requests + static_cast<double>(run.retries());
    const double timedOut = static_cast<double>(run.timeouts()) / attempts;
    std::printf("    timed out %.4f, sampled %.4f\n", timedOut, paths.timedOut[queryCall()]);
    EXPECT_NEAR(paths.timedOut[queryCall()], timedOut, 0.1 * timedOut);
    EXPECT_NEAR(paths.attempts[queryCall()] / 100, attempts / requests, 0.01);
}

TEST_F(PathOfServices, SaysHowLongAWorkerIsHeld)
{
    settle();
    const SampledPaths paths = sample();
    const RequestEngine& run = runUntil(8'000s);

    const StationReading workers = run.read(m_workers);
    const double held = workers.busy / static_cast<double>(workers.arrivals);
    double sampled = 0;
    for (std::size_t i = 0; i < m_plan->steps.size(); ++i) {
        sampled += m_plan->steps[i].op == Op::Acquire ? paths.heldSeconds[i] : 0;
    }
    EXPECT_NEAR(sampled, held, 0.02 * held);
}

TEST_F(PathOfServices, CountsEachNodeFromItsEntryToItsAnswer)
{
    settle();
    const SampledPaths paths = sample();
    runUntil(8'000s);

    const RunResult exact = result();
    for (const std::string id : {"server", "store", "cache"}) {
        std::size_t node = 0;
        while (m_plan->nodes[node].id != id) {
            ++node;
        }
        expectSame(exact.nodes.at(id).latency, paths.nodes[node], 0.05);
    }
}

TEST_F(PathOfServices, GivesTheSameBitsForTheSameSeed)
{
    settle();
    const SampledPaths first = sample(7, 2'000);
    const SampledPaths again = sample(7, 2'000);
    const SampledPaths other = sample(8, 2'000);

    EXPECT_EQ(first.classes[0].mean(), again.classes[0].mean());
    EXPECT_EQ(first.heldSeconds, again.heldSeconds);
    EXPECT_NE(first.classes[0].mean(), other.classes[0].mean());
}

}  // namespace
}  // namespace neph
