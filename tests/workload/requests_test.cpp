// What the workload does to the requests that it gets.
#include <csignal>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/workload/running_workload.h"

namespace neph {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;
using testing::AllOf;
using testing::Ge;
using testing::HasSubstr;
using testing::Le;

double meanCpuMs(const RunningWorkload& workload)
{
    return workload.metric("neph_cpu_seconds_sum") / workload.metric("neph_cpu_seconds_count") * 1e3;
}

void sendAll(const RunningWorkload& workload, const std::string& path, int count)
{
    HttpConnection connection;
    for (int i = 0; i < count; ++i) {
        ASSERT_EQ(connection.get(workload.url(path)).status, 200);
    }
}

TEST(Workload, AnswersWithTheBytesOfTheClass)
{
    const RunningWorkload workload(json{
        {"classes",
         {{{"name", "browse"}, {"responseBytes", 300'000}}, {{"name", "order"}, {"responseBytes", 0}}}}});
    EXPECT_EQ(workload.get("/work?class=browse").body.size(), 300'000u);
    EXPECT_EQ(workload.post("/work?class=order", std::string(100'000, 'x')).body.size(), 0u);
    EXPECT_EQ(workload.get("/work?class=browse&responseBytes=7").body.size(), 7u);
    EXPECT_EQ(workload.get("/work?class=nothing").status, 400);
    EXPECT_EQ(workload.metric(R"(neph_requests_total{class="browse",status="200"})"), 2);
    EXPECT_EQ(workload.metric(R"(neph_requests_total{class="order",status="200"})"), 1);
}

TEST(Workload, BurnsTheCpuTimeOfEachRequest)
{
    const RunningWorkload workload(json{{"cpuMs", 5}, {"cpuLaw", "constant"}});
    const Answered answered = workload.get("/work");
    EXPECT_THAT(answered.timing("cpu"), AllOf(Ge(5), Le(6)));
    sendAll(workload, "/work", 40);
    EXPECT_THAT(meanCpuMs(workload), AllOf(Ge(5), Le(5.5)));
    EXPECT_GE(workload.metric("process_cpu_seconds_total"), 41 * 5e-3);
}

TEST(Workload, DrawsCpuTimeFromItsLaw)
{
    // The mean of n exponential draws has a standard error of mean / sqrt(n); four of them on either side.
    const RunningWorkload workload(json{{"cpuMs", 2}, {"seed", 7}});
    sendAll(workload, "/work", 400);
    EXPECT_THAT(meanCpuMs(workload), AllOf(Ge(2 * (1 - 4 / 20.0)), Le(2 * (1 + 4 / 20.0) + 0.1)));
    // And 63 % of them are below the mean.
    const double below = workload.metric(R"(neph_cpu_seconds_bucket{le="0.002"})");
    EXPECT_THAT(below, AllOf(Ge(252 - 40), Le(252 + 40)));
}

TEST(Workload, TakesTheCpuTimeOfAClassThatHasItsOwn)
{
    const RunningWorkload workload(json{
        {"cpuLaw", "constant"},
        {"cpuMs", 20},
        {"classes", {{{"name", "heavy"}}, {{"name", "light"}, {"cpuMs", 1}}}}});
    EXPECT_GE(workload.get("/work?class=heavy").timing("cpu"), 20);
    EXPECT_LT(workload.get("/work?class=light").timing("cpu"), 5);
}

TEST(Workload, WorksOnNoMoreRequestsAtOnceThanItHasWorkers)
{
    HeldWorkload workload(json{{"workers", 2}, {"queueLimit", 10}});
    workload.hold(1500ms);
    std::vector<std::future<Answered>> requests;
    for (int i = 0; i < 3; ++i) {
        requests.push_back(workload->getLater("/work"));
    }
    ASSERT_TRUE(workload->holds(3));
    EXPECT_TRUE(eventually([&] { return workload->metric("neph_queued") == 1; }));
    double longest = 0;
    for (auto& request : requests) {
        const Answered answered = request.get();
        EXPECT_EQ(answered.status, 200);
        longest = std::max(longest, answered.timing("queue"));
    }
    EXPECT_GE(longest, 300);
}

TEST(Workload, AnswersServiceUnavailableBeyondItsQueue)
{
    HeldWorkload workload(json{{"workers", 1}, {"queueLimit", 1}});
    workload.hold(1500ms);
    auto first = workload->getLater("/work");
    auto second = workload->getLater("/work");
    ASSERT_TRUE(workload->holds(2));
    const Answered third = workload->get("/work");
    EXPECT_EQ(third.status, 503);
    EXPECT_THAT(third.body, HasSubstr("no free worker"));
    EXPECT_EQ(first.get().status, 200);
    EXPECT_EQ(second.get().status, 200);
    EXPECT_EQ(workload->metric(R"(neph_requests_total{class="request",status="503"})"), 1);
}

TEST(Workload, TakesTheNextRequestAsSoonAsItHasAnswered)
{
    const RunningWorkload workload(json{{"workers", 1}, {"queueLimit", 0}});
    sendAll(workload, "/work", 2000);
}

TEST(Workload, FailsItsHealthCheckUnderOverload)
{
    HeldWorkload workload(json{{"workers", 1}, {"queueLimit", 0}});
    EXPECT_EQ(workload->get("/health").status, 200);
    workload.hold(1500ms);
    auto request = workload->getLater("/work");
    ASSERT_TRUE(workload->holds(1));
    EXPECT_EQ(workload->get("/health").status, 503);
    EXPECT_EQ(workload->get("/ready").status, 200) << "It is ready, and busy.";
    request.get();
}

TEST(Workload, FailsItsHealthCheckWhenToldTo)
{
    const RunningWorkload workload(json{{"failsHealthCheck", true}});
    EXPECT_EQ(workload.get("/health").status, 500);
    EXPECT_EQ(workload.get("/work").status, 200);
}

TEST(Workload, BurnsCpuForHealthChecks)
{
    const RunningWorkload workload(json{{"healthCpuMs", 50}});
    const double before = workload.metric("process_cpu_seconds_total");
    workload.get("/health");
    EXPECT_GE(workload.metric("process_cpu_seconds_total") - before, 0.05);
    EXPECT_EQ(workload.metric("neph_cpu_seconds_count"), 0) << "They are not among the requests.";
}

TEST(Workload, FailsTheShareOfRequestsThatItIsTold)
{
    const RunningWorkload workload(json{{"failShare", 0.5}});
    int failedRequests = 0;
    HttpConnection connection;
    for (int i = 0; i < 400; ++i) {
        failedRequests += connection.get(workload.url("/work")).status == 500 ? 1 : 0;
    }
    EXPECT_THAT(failedRequests, AllOf(Ge(160), Le(240)));
    workload.control({{"failShare", 0}});
    sendAll(workload, "/work", 20);
}

TEST(Workload, HoldsMemoryWhileItWorks)
{
    HeldWorkload workload(json{{"baseMemoryMiB", 32}, {"memoryPerRequestMiB", 50}});
    const double idle = workload->metric("process_resident_memory_bytes");
    EXPECT_THAT(idle, AllOf(Ge(32 << 20), Le(70 << 20)));
    workload.hold(1500ms);
    auto first = workload->getLater("/work");
    auto second = workload->getLater("/work");
    EXPECT_TRUE(
        eventually([&] { return workload->metric("process_resident_memory_bytes") >= idle + (100 << 20); }));
    first.get();
    second.get();
    EXPECT_LE(workload->metric("process_resident_memory_bytes"), idle + (10 << 20));
}

TEST(Workload, ServesManyConnectionsAtOnce)
{
    const RunningWorkload workload(json{{"workers", 64}, {"queueLimit", 512}});
    std::vector<std::unique_ptr<HttpConnection>> connections;
    for (int i = 0; i < 300; ++i) {
        connections.push_back(std::make_unique<HttpConnection>());
    }
    for (int round = 0; round < 3; ++round) {
        for (const auto& connection : connections) {
            ASSERT_EQ(connection->get(workload.url("/work")).status, 200);
        }
    }
}

TEST(Workload, IsNotThereBeforeItHasStarted)
{
    const auto begin = std::chrono::steady_clock::now();
    const RunningWorkload workload(json{{"startupSeconds", 0.5}});
    EXPECT_GE(std::chrono::steady_clock::now() - begin, 500ms);
    EXPECT_EQ(workload.get("/ready").status, 200);
}

TEST(Workload, FinishesWhatItHasWhenAskedToStop)
{
    HeldWorkload workload(json{});
    HttpConnection kept;
    EXPECT_EQ(kept.get(workload->url("/ready")).status, 200);
    workload.hold(3s);
    auto request = workload->getLater("/work");
    ASSERT_TRUE(workload->holds(1));
    workload->process().signal(SIGTERM);
    EXPECT_TRUE(eventually([&] { return workload->get("/ready").status == 0; })) << "It accepts no more.";
    EXPECT_EQ(kept.get(workload->url("/ready")).status, 503);
    EXPECT_EQ(request.get().status, 200);
    EXPECT_EQ(workload->process().wait(), 0);
}

TEST(Workload, StopsAtOnceWhenItIsIdle)
{
    RunningWorkload workload(json{});
    HttpConnection kept;
    kept.get(workload.url("/ready"));
    workload.process().signal(SIGTERM);
    EXPECT_EQ(workload.process().wait(), 0);
}

TEST(Workload, GoesOnUntilItIsKilledWithoutGrace)
{
    RunningWorkload workload(json{{"graceful", false}});
    workload.process().signal(SIGTERM);
    std::this_thread::sleep_for(300ms);
    EXPECT_EQ(workload.get("/ready").status, 200);
    EXPECT_EQ(workload.get("/work").status, 200);
    workload.process().signal(SIGKILL);
    EXPECT_EQ(workload.process().wait(), 128 + SIGKILL);
}

TEST(Workload, CrashesAtItsStartWhenToldTo)
{
    ChildProcess process(
        {NEPH_WORKLOAD_PROGRAM}, {{"NEPH_WORKLOAD", R"({"port":0,"crashAtStart":true,"crashExitCode":7})"}});
    EXPECT_EQ(process.wait(), 7);
}

/// A configuration that cannot be used, and what is said about it.
struct BadConfiguration {
    const char* name;
    const char* text;
    const char* complaint;
};

class WorkloadConfiguration : public testing::TestWithParam<BadConfiguration> {};

TEST_P(WorkloadConfiguration, IsRefusedInOneLine)
{
    ChildProcess process({NEPH_WORKLOAD_PROGRAM}, {{"NEPH_WORKLOAD", GetParam().text}});
    EXPECT_EQ(process.wait(), 2);
    const std::string errors = process.errors();
    EXPECT_THAT(errors, HasSubstr(GetParam().complaint));
    EXPECT_EQ(std::count(errors.begin(), errors.end(), '\n'), 1) << errors;
}

// clang-format off
INSTANTIATE_TEST_SUITE_P(Bad, WorkloadConfiguration, testing::Values(
    BadConfiguration{"NoJson", "{\"port\":", "parse error"},
    BadConfiguration{"NoObject", "[]", "must be an object"},
    BadConfiguration{"TextForNumber", R"({"workers":"many"})", "/workers must be a number"},
    BadConfiguration{"NoWorkers", R"({"workers":0})", "/workers must be between 1 and 20000"},
    BadConfiguration{"UnknownLaw", R"({"cpuLaw":"pareto"})", "/cpuLaw must be constant"},
    BadConfiguration{"UnknownProtocol", R"({"links":[{"to":"a","port":1,"protocol":"smtp"}]})", "/links/0/protocol must be"},
    BadConfiguration{"UnknownOperation", R"({"links":[{"to":"a","port":1,"protocol":"redis","properties":{"operation":"Query"}}]})", "/links/0/properties/operation must be"},
    BadConfiguration{"NoPort", R"({"links":[{"to":"a"}]})", "/links/0/port is missing"}),
    [](const auto& example) { return example.param.name; });
// clang-format on

}  // namespace
}  // namespace neph
