#include "sim/local/load_generator.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/cloud/service_type.h"
#include "sim/engine/arrivals.h"
#include "tests/local/stub_server.h"
#include "tests/support/drawing.h"

namespace neph {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

/// A shop whose users come and go without a network in between, unless a test says so.
Drawing shop(double rate)
{
    return Drawing::shop()
        .set("users", "rate", rate)
        .set("users", "roundTripMs", 0)
        .set("users", "newConnectionShare", 0);
}

LoadPlan planOf(const Drawing& drawing, Duration horizon, std::uint64_t seed = 1)
{
    const auto compiled = compile(drawing.design(), Catalog::builtIn(), serviceTypes());
    Result<LoadPlan> plan = loadPlanOf(*compiled, seed, horizon);
    EXPECT_TRUE(plan) << plan.error().what;
    return *plan;
}

std::unique_ptr<LoadGenerator> generator(LoadPlan plan, const std::string& url, LoadOptions options = {})
{
    auto made = LoadGenerator::make(std::move(plan), {{"users", "", url}}, options);
    EXPECT_TRUE(made) << made.error().what;
    return std::move(*made);
}

LoadResult load(const LoadPlan& plan, const std::string& url, LoadOptions options = {})
{
    const auto made = generator(plan, url, options);
    made->run();
    return made->result();
}

ClassResult sum(const LoadResult& result)
{
    ClassResult all;
    for (const auto& [name, each] : result.classes) {
        all.total += each.total;
        all.ok += each.ok;
        all.failed += each.failed;
        all.latency.merge(each.latency);
        for (const auto& [outcome, count] : each.outcomes) {
            all.outcomes[outcome] += count;
        }
    }
    return all;
}

TEST(LoadGenerator, SendsTheArrivalsThatTheSimulationHasAtTheirMoments)
{
    const StubServer server;
    const LoadPlan plan = planOf(shop(200), 2s, 7);
    std::vector<ArrivalStream::Arrival> drawn;
    ArrivalStream stream(*plan.plan, 0, 7);
    for (auto next = stream.next(); next.at <= plan.horizon; next = stream.next()) {
        drawn.push_back(next);
    }

    const LoadResult result = load(plan, server.url());

    const std::vector<StubServer::Asked> asked = server.asked();
    ASSERT_EQ(asked.size(), drawn.size());
    EXPECT_EQ(result.started, drawn.size());
    EXPECT_EQ(sum(result).ok, drawn.size());
    // Several may be under way at a time, and overtake one another between the sockets.
    std::map<std::string, int> difference;
    std::vector<Duration> late;
    for (std::size_t i = 0; i < drawn.size(); ++i) {
        const bool isOrder = plan.plan->classes[drawn[i].requestClass.value] == "order";
        ++difference[isOrder ? "/work?class=order" : "/work?class=browse"];
        --difference[asked[i].target];
        late.push_back((asked[i].at - asked[0].at) - (drawn[i].at - drawn[0].at));
    }
    EXPECT_EQ(difference["/work?class=order"], 0);
    EXPECT_EQ(difference["/work?class=browse"], 0);
    // From the most punctual on: a busy machine makes some late, a wrong rate would make all drift apart.
    std::ranges::sort(late);
    EXPECT_LT(late[late.size() / 2] - late.front(), 100ms);
}

TEST(LoadGenerator, HasTheCountsOfTheSimulationByClass)
{
    const StubServer server;
    const Drawing drawing = shop(300).set("users", "retries", 0);
    const RunResult simulated = drawing.runFor(1s, 3);

    const LoadResult real = load(planOf(drawing, 1s, 3), server.url());

    // The simulation counts those that had ended; a few were still under way.
    for (const auto& [name, each] : real.classes) {
        const auto total = static_cast<double>(simulated.classes.at(name).total);
        EXPECT_NEAR(static_cast<double>(each.total), total, 20) << name;
        EXPECT_GT(total, 30) << name;
    }
}

TEST(LoadGenerator, SendsBodiesOfTheSizeOfTheirClass)
{
    const StubServer server;

    load(planOf(shop(100), 300ms), server.url());

    for (const StubServer::Asked& asked : server.asked()) {
        EXPECT_EQ(asked.method, "POST");
        EXPECT_EQ(asked.bodyBytes, asked.target == "/work?class=order" ? 4096u : 2048u);
    }
}

TEST(LoadGenerator, KeepsConnectionsOpen)
{
    const StubServer server;

    const LoadResult result = load(planOf(shop(200), 1s), server.url());

    EXPECT_LT(server.connections(), result.attempts / 2);
    EXPECT_EQ(result.connectionsOpened, server.connections());
}

TEST(LoadGenerator, ScalesTheTimeOfArrivals)
{
    const StubServer server;

    const LoadResult fast = load(planOf(shop(50), 4s, 5), server.url(), {.scale = 0.25});

    EXPECT_NEAR(static_cast<double>(fast.started), 200, 60);
    EXPECT_LT(fast.wallSeconds, 3);
}

// A client that waits for each answer before it asks again would have seen one slow request.
TEST(LoadGenerator, ShowsAStallToAllWhoWouldHaveComeMeanwhile)
{
    std::atomic<int> slow = 0;
    const auto stalls = [&slow](const StubServer::Asked& asked, std::size_t) {
        const bool isStalled = asked.at > 1s && asked.at < 2s;
        slow += isStalled ? 1 : 0;
        return StubServer::Reply{200, isStalled ? 2s - asked.at : 0s};
    };
    const StubServer server(stalls);

    const LoadResult open = load(planOf(shop(100), 4s), server.url());

    EXPECT_GT(slow, 50);
    EXPECT_GT(sum(open).latency.quantile(0.99), 800ms);
    EXPECT_GT(sum(open).latency.quantile(0.85), 200ms);

    slow = 0;
    const StubServer again(stalls);
    Drawing one = shop(0).set("users", "load", "closed").set("users", "users", 1);
    one.set("users", "thinkSeconds", 0.01).set("users", "thinkLaw", "constant");

    const LoadResult closed = load(planOf(one, 4s), again.url());

    EXPECT_EQ(slow, 1);
    EXPECT_LT(sum(closed).latency.quantile(0.95), 200ms);
}

// The thread of the load is held up here, as by a busy machine.
TEST(LoadGenerator, CountsItsOwnDelaysAndSaysWhoTheBottleneckWas)
{
    const StubServer server;
    const auto made = generator(planOf(shop(100), 2s), server.url());

    bool isFirst = true;
    made->run({}, [&isFirst](const LoadProgress& progress) {
        if (isFirst && progress.elapsed > 500ms) {
            isFirst = false;
            std::this_thread::sleep_for(600ms);
        }
    });

    const LoadResult result = made->result();
    EXPECT_GT(result.lateness.p99, 100ms);
    EXPECT_GT(sum(result).latency.quantile(0.99), 100ms);
    EXPECT_THAT(result.notes, Contains(HasSubstr("machine itself was the bottleneck")));
}

TEST(LoadGenerator, AddsTheRoundTripOfTheUsersAsTheSimulationDoes)
{
    const StubServer server;

    const LoadResult result = load(planOf(shop(50).set("users", "roundTripMs", 150), 1s), server.url());

    EXPECT_GE(sum(result).latency.min(), 150ms);
    EXPECT_LT(result.service.at("browse").quantile(0.5), 100ms);
}

TEST(LoadGenerator, TriesAgainWhatCanBeTriedAgain)
{
    const StubServer server([](const StubServer::Asked& asked, std::size_t) {
        return StubServer::Reply{asked.attempt < 2 ? 503 : 200, 0s};
    });
    Drawing drawing = shop(50).set("users", "retries", 2).set("users", "retryBaseMs", 40);

    const LoadResult result = load(planOf(drawing, 1s), server.url());

    EXPECT_EQ(sum(result).failed, 0u);
    EXPECT_EQ(result.retries, 2 * result.started);
    EXPECT_EQ(result.attempts, 3 * result.started);
    EXPECT_EQ(result.links.at("users-lb").requests, result.attempts);
    EXPECT_EQ(result.links.at("users-lb").errors, result.retries);
    EXPECT_EQ(result.service.at("order").count(), 3 * result.classes.at("order").total);
    // Two waits, each at most the base times one and two.
    EXPECT_LT(sum(result).latency.quantile(0.5), 40ms + 80ms + 100ms);
}

TEST(LoadGenerator, NamesStatusesAndFailures)
{
    const StubServer server([](const StubServer::Asked&, std::size_t number) {
        const int statuses[] = {200, 404, 500, 503, 0};
        return StubServer::Reply{statuses[number % 5], 0s};
    });
    const LoadPlan plan = planOf(shop(200).set("users", "retries", 0), 500ms);

    const ClassResult some = sum(load(plan, server.url()));
    const ClassResult none = sum(load(plan, StubServer::urlOfNobody()));

    EXPECT_THAT(some.outcomes, Contains(testing::Key("200 OK")));
    EXPECT_THAT(some.outcomes, Contains(testing::Key("404 Not Found")));
    EXPECT_THAT(some.outcomes, Contains(testing::Key("500 Internal Server Error")));
    EXPECT_THAT(some.outcomes, Contains(testing::Key("503 Service Unavailable")));
    EXPECT_EQ(some.ok, some.outcomes.at("200 OK"));
    EXPECT_EQ(some.ok + some.failed, some.total);
    EXPECT_EQ(none.outcomes.at("connection refused"), none.total);
}

TEST(LoadGenerator, GivesUpWhenPatienceEnds)
{
    const StubServer server([](const StubServer::Asked&, std::size_t) { return StubServer::Reply{200, 5s}; });
    Drawing drawing = shop(50).set("users", "patienceSeconds", 0.3).set("users", "retries", 1);
    drawing.set("users", "retryBaseMs", 0);

    const LoadResult result = load(planOf(drawing, 1s), server.url());

    const ClassResult all = sum(result);
    EXPECT_EQ(all.outcomes.at("gave up after 0.3 s"), all.total);
    EXPECT_EQ(result.gaveUp, 2 * result.started);
    EXPECT_EQ(result.unfinished, 0u);
    EXPECT_NEAR(milliseconds(all.latency.quantile(0.5)), 600, 5);
}

TEST(LoadGenerator, SaysWhenConnectionsWereTooFew)
{
    const StubServer server([](const StubServer::Asked&, std::size_t) {
        return StubServer::Reply{200, 100ms};
    });

    const LoadResult result = load(planOf(shop(100), 1s), server.url(), {.connections = 4});

    EXPECT_LE(server.connections(), 4u);
    EXPECT_GT(result.waited, result.attempts / 2);
    EXPECT_THAT(result.notes, Contains(HasSubstr("one of 4 connections")));
    EXPECT_GT(sum(result).latency.quantile(0.9), 500ms);
}

TEST(LoadGenerator, StopsWhenAsked)
{
    const StubServer server([](const StubServer::Asked&, std::size_t) { return StubServer::Reply{200, 9s}; });
    const auto made = generator(planOf(shop(500), 60s), server.url());
    std::jthread thread([&made](const std::stop_token& stop) { made->run(stop); });
    std::this_thread::sleep_for(500ms);

    const auto asked = std::chrono::steady_clock::now();
    thread.request_stop();
    thread.join();
    const auto took = std::chrono::steady_clock::now() - asked;

    EXPECT_LT(took, 100ms + 150ms);  // What it promises, and what a busy machine may add.
    EXPECT_EQ(made->result().stoppedBy, "cancelled");
    EXPECT_GT(made->result().unfinished, 100u);
}

TEST(LoadGenerator, LetsUsersOfAClosedLoadThink)
{
    const StubServer server([](const StubServer::Asked&, std::size_t) {
        return StubServer::Reply{200, 100ms};
    });
    Drawing drawing = shop(0).set("users", "load", "closed").set("users", "users", 10);
    drawing.set("users", "thinkSeconds", 0.1).set("users", "thinkLaw", "constant");

    const LoadResult result = load(planOf(drawing, 3s), server.url());

    // Each of ten asks every 0.2 s, from about the first 0.15 s on.
    EXPECT_LE(result.maxInFlight, 10u);
    EXPECT_LE(result.started, 150u);
    EXPECT_GT(result.started, 100u);
    EXPECT_EQ(result.unfinished, 0u);
}

TEST(LoadGenerator, TellsOfIntervalsMeanwhile)
{
    const StubServer server;
    const auto made = generator(planOf(shop(200), 2s), server.url());
    std::jthread thread([&made](const std::stop_token& stop) { made->run(stop); });
    std::uint64_t started = 0;
    std::uint64_t ended = 0;
    Time last{0};
    for (int i = 0; i < 5; ++i) {
        std::this_thread::sleep_for(200ms);
        const LoadInterval interval = made->takeInterval();
        EXPECT_EQ(interval.from, last);
        last = interval.to;
        started += interval.started;
        ended += interval.all.count;
        EXPECT_EQ(interval.classes.at("browse").latency.errors, 0u);
    }
    thread.join();
    const LoadInterval rest = made->takeInterval();

    EXPECT_GT(started, 100u);
    EXPECT_EQ(started + rest.started, made->result().started);
    EXPECT_EQ(ended + rest.all.count, sum(made->result()).total);
    EXPECT_EQ(rest.inFlight, 0u);
}

TEST(LoadGenerator, RefusesWhatCannotBeSent)
{
    const LoadPlan plan = planOf(shop(10), 1s);

    const auto nowhere = LoadGenerator::make(plan, {});
    const auto wrong = LoadGenerator::make(plan, {{"users", "", "ftp://here"}});
    const auto compiled = compile(shop(1).design(), Catalog::builtIn(), serviceTypes());
    const auto noTime = loadPlanOf(*compiled, 1, 0s);

    ASSERT_FALSE(nowhere);
    EXPECT_THAT(nowhere.error().what, HasSubstr("give a target"));
    ASSERT_FALSE(wrong);
    EXPECT_THAT(wrong.error().what, HasSubstr("http://127.0.0.1:8080"));
    EXPECT_FALSE(noTime);
}

TEST(LoadGenerator, RunsOnACoreAndSaysWhenItCannot)
{
    const StubServer server;

    const LoadResult on = load(planOf(shop(50), 300ms), server.url(), {.core = 0});
    const LoadResult off = load(planOf(shop(50), 300ms), server.url(), {.core = 1000});

    EXPECT_THAT(on.notes, Not(Contains(HasSubstr("core 0"))));
    EXPECT_THAT(off.notes, Contains(HasSubstr("core 1000")));
    EXPECT_GT(off.started, 0u);
    EXPECT_GT(off.cpuSeconds, 0);
}

}  // namespace
}  // namespace neph
