#include "sim/engine/arrivals.h"

#include <algorithm>
#include <functional>
#include <queue>

#include "tests/engine/plan_world.h"

namespace neph {
namespace {

using Recursion = EngineOptions::Recursion;

struct Seen {
    Time at;
    std::uint32_t requestClass;
    friend bool operator==(const Seen&, const Seen&) = default;
};

/// Two sources at random profiles, several classes; every request is answered at once.
Plan randomSources(std::uint64_t seed)
{
    RandomStream random(seed, 4711);
    PlanBuilder builder;
    const NodeIndex server = builder.addNode({"server", "Server", "server"});
    const std::size_t classes = 1 + random.below(4);
    for (std::size_t c = 0; c < classes; ++c) {
        builder.addClass(std::to_string(c));
    }
    const PathId path = builder.declarePath("request", server);
    builder.path(path).reply();
    for (const char* name : {"a", "b"}) {
        RateProfile rate;
        Time at{0};
        for (std::uint64_t i = 0; i < 1 + random.below(5); ++i) {
            rate.corners.push_back({at, 300 * random.uniform()});
            at += fromSeconds(2 * random.uniform());
        }
        if (random.below(2) == 0) {
            rate.period = at + 1s;
        }
        std::vector<double> weights(classes);
        for (double& weight : weights) {
            weight = random.uniform();
        }
        const NodeIndex node = builder.addNode({name, name, "users"});
        builder.addSource({.name = name, .node = node, .path = path, .classWeights = weights, .rate = rate});
    }
    return builder.build();
}

/// Every request of a source that the engine started, in order.
std::vector<Seen>
seenByEngine(const Plan& plan, const std::string& source, std::uint64_t seed, Recursion recursion)
{
    constexpr std::uint32_t kAll = 1'000'000;
    Simulation simulation;
    RequestEngine engine(plan, simulation, seed, {recursion, 1, kAll, kAll, 0});
    engine.runUntil(10s);
    RunResult result;
    engine.describe(result);
    std::vector<Seen> seen;
    for (const RequestTrace& trace : result.traces) {
        if (trace.source == source) {
            seen.push_back({trace.arrived, static_cast<std::uint32_t>(std::stoul(trace.requestClass))});
        }
    }
    std::ranges::stable_sort(seen, {}, &Seen::at);
    return seen;
}

TEST(ArrivalStream, HasTheMomentsAndClassesThatTheEngineSimulates)
{
    std::size_t compared = 0;
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        const Plan plan = randomSources(seed);
        for (std::uint32_t source = 0; source < plan.sources.size(); ++source) {
            std::vector<Seen> mine;
            ArrivalStream stream(plan, source, seed);
            for (ArrivalStream::Arrival next = stream.next(); next.at <= Time(10s); next = stream.next()) {
                mine.push_back({next.at, next.requestClass.value});
            }
            for (const Recursion recursion : {Recursion::Off, Recursion::Auto}) {
                EXPECT_EQ(mine, seenByEngine(plan, plan.sources[source].name, seed, recursion))
                    << "seed " << seed;
            }
            compared += mine.size();
        }
    }
    EXPECT_GT(compared, 20'000u);
}

TEST(ArrivalStream, CanBeHeldWhileTheWorkIsAnother)
{
    const Plan plan = randomSources(4);
    const auto played = [&plan](std::uint64_t seed, std::optional<std::uint64_t> arrivals) {
        Simulation simulation;
        RequestEngine engine(plan, simulation, seed, {.arrivalSeed = arrivals});
        engine.runUntil(Time(10s), {});
        RunResult result;
        engine.describe(result);
        return result;
    };
    const auto started = [](const RunResult& result) {
        std::uint64_t sum = 0;
        for (const auto& [name, each] : result.classes) {
            sum += each.total;
        }
        return sum;
    };
    EXPECT_EQ(started(played(1, {})), started(played(2, 1)));
    EXPECT_NE(started(played(1, {})), started(played(2, {})));
}

TEST(ArrivalStream, EndsWhereTheRateDoes)
{
    PlanBuilder builder;
    const NodeIndex node = builder.addNode({"users", "Users", "users"});
    builder.addClass("request");
    const PathId path = builder.declarePath("request", node);
    builder.path(path).reply();
    const RateProfile rate{.corners = {{0s, 50}, {1s, 50}, {1s, 0}}, .period = 0s};
    builder.addSource({.name = "u", .node = node, .path = path, .classWeights = {1}, .rate = rate});
    const Plan plan = builder.build();

    ArrivalStream stream(plan, 0, 1);
    int count = 0;
    while (stream.next().at != kNever) {
        ++count;
    }

    EXPECT_NEAR(count, 50, 30);
}

TEST(ArrivalStream, GoesBackToAPosition)
{
    const Plan plan = randomSources(3);
    ArrivalStream stream(plan, 0, 3);
    const Time first = stream.next().at;
    const ArrivalStream::Position position = stream.position();
    const Time second = stream.after(first);
    const std::uint32_t requestClass = stream.nextClass();
    stream.after(second);

    stream.goTo(position);

    EXPECT_EQ(stream.after(first), second);
    EXPECT_EQ(stream.nextClass(), requestClass);
}

// Answers take no time here, so thoughts follow one another in the order in which they end.
TEST(ArrivalStream, HasTheThoughtsOfUsersThatTheEngineSimulates)
{
    PlanBuilder builder;
    const NodeIndex node = builder.addNode({"users", "Users", "users"});
    builder.addClass("0");
    builder.addClass("1");
    const PathId path = builder.declarePath("request", node);
    builder.path(path).reply();
    builder.addSource(
        {.name = "u",
         .node = node,
         .path = path,
         .classWeights = {3, 1},
         .rate = {},
         .users = 20,
         .think = Distribution::logNormal(0.5, 2),
         .startOver = 2s});
    const Plan plan = builder.build();

    ArrivalStream stream(plan, 0, 9);
    std::priority_queue<Time, std::vector<Time>, std::greater<>> thoughts;
    for (std::uint32_t user = 0; user < stream.spec().users; ++user) {
        thoughts.push(stream.firstOf(user) + stream.nextThought());
    }
    std::vector<Seen> mine;
    while (thoughts.top() <= Time(10s)) {
        const Time at = thoughts.top();
        thoughts.pop();
        mine.push_back({at, stream.nextClass()});
        thoughts.push(at + stream.nextThought());
    }

    EXPECT_GT(mine.size(), 300u);
    EXPECT_EQ(mine, seenByEngine(plan, "users", 9, Recursion::Off));
}

}  // namespace
}  // namespace neph
