// The gateway as HAProxy really does it: a process of this machine in front of small servers of the test.
#include <atomic>
#include <fstream>
#include <thread>

#include <curl/curl.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/local/gateway.h"
#include "sim/local/replica_http.h"
#include "sim/run.h"
#include "tests/local/live_engine.h"
#include "tests/local/stub_server.h"
#include "tests/support/drawing.h"
#include "tests/workload/child_process.h"

namespace neph::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

GatewayLayout layoutOf(const Drawing& drawing, const std::map<std::string, std::uint16_t>& servers = {})
{
    return gatewayLayout(*compile(drawing.design(), Catalog::builtIn(), serviceTypes()), servers);
}

Drawing twoTargets(double first, double second)
{
    Drawing shop = Drawing::shop();
    return shop.add("next", "aws.ecs.fargate_service", "cluster")
        .connect("lb", "next")
        .connect("next", "image")
        .setLink("lb", "web", "weight", first)
        .setLink("lb", "next", "weight", second);
}

std::uint16_t portIn(const std::string& url)
{
    return static_cast<std::uint16_t>(std::stoi(url.substr(url.rfind(':') + 1)));
}

TEST(TheLayoutOfAGateway, HasADoorForTheBalancerAndOneForTheServiceItself)
{
    const GatewayLayout layout = layoutOf(Drawing::shop(), {{"table", 8000}});
    ASSERT_THAT(layout.backends, SizeIs(1));
    EXPECT_EQ(layout.backends[0].balance, "roundrobin");
    ASSERT_NE(layout.frontend("lb"), nullptr);
    EXPECT_THAT(layout.frontend("lb")->shares, ElementsAre(std::pair<std::string, double>("web", 1.0)));
    ASSERT_NE(layout.frontend("web"), nullptr);
    ASSERT_THAT(layout.passages, SizeIs(1));
    EXPECT_EQ(layout.passages[0].serverPort, 8000);
    std::vector<std::uint16_t> ports = layout.ports();
    std::sort(ports.begin(), ports.end());
    EXPECT_EQ(std::unique(ports.begin(), ports.end()), ports.end()) << "no port twice";
}

TEST(TheLayoutOfAGateway, DividesByTheWeightsOfTheLinks)
{
    const auto shares = layoutOf(twoTargets(75, 25)).frontend("lb")->shares;
    EXPECT_THAT(
        shares,
        ElementsAre(
            std::pair<std::string, double>("web", 0.75), std::pair<std::string, double>("next", 0.25)));
}

TEST(TheLayoutOfAGateway, BalancesAsTheLoadBalancerIsSetAndAtRandomWhereThereIsNone)
{
    Drawing least = Drawing::shop();
    least.set("lb", "algorithm", "least_outstanding_requests");
    EXPECT_EQ(layoutOf(least).backends[0].balance, "leastconn");
    Drawing direct = Drawing::shop();
    direct.remove("lb").connect("users", "web");
    EXPECT_EQ(layoutOf(direct).backends[0].balance, "random(1)");
}

TEST(TheLayoutOfAGateway, AsksAnImageOfTheUsersOwnAtItsHealthPath)
{
    Drawing own;
    own.add("users", "users", "")
        .add("site", "container.own", "", {{"image", "site:1"}, {"healthPath", "/up"}})
        .connect("users", "site");
    EXPECT_EQ(layoutOf(own).backends[0].healthPath, "/up");
    EXPECT_EQ(layoutOf(own).backends[0].readyPath, "/up");
    EXPECT_EQ(layoutOf(own.set("site", "image", "")).backends[0].healthPath, "/health");
}

class ARealGateway : public testing::Test {
protected:
    void SetUp() override
    {
        if (!isInstalled("haproxy")) {
            GTEST_SKIP() << "**** haproxy is not installed, so the gateway was NOT tested.";
        }
    }
    /// Free ports of this machine instead of those inside a container.
    static void takeFreePorts(GatewayLayout& layout)
    {
        const auto next = [] { return portIn(StubServer::urlOfNobody()); };
        layout.adminPort = next();
        for (auto& each : layout.frontends) {
            each.port = next();
        }
        for (auto& each : layout.backends) {
            each.probePort = next();
        }
        for (auto& each : layout.passages) {
            each.port = next();
        }
    }
    void start(GatewayLayout layout)
    {
        m_layout = std::move(layout);
        takeFreePorts(m_layout);
        std::ofstream(m_folder / "haproxy.cfg") << gatewayConfig(m_layout, "lo");
        m_process = std::make_unique<ChildProcess>(
            ChildProcess::Words{"/usr/sbin/haproxy", "-db", "-f", m_folder / "haproxy.cfg"});
        m_admin = std::make_unique<GatewayAdmin>(m_layout.adminPort);
        for (int i = 0; i < 100 && !m_admin->ping(); ++i) {
            std::this_thread::sleep_for(std::chrono::milliseconds(50));
        }
        ASSERT_TRUE(m_admin->ping()) << m_process->errors();
    }
    void takeIn(const std::string& node, std::uint32_t slot, const StubServer& server)
    {
        const Result<Done> placed = m_admin->place(node, slot, "127.0.0.1", portIn(server.url()));
        ASSERT_TRUE(placed) << placed.error().what;
        const Result<Done> ready = m_admin->setState(node, slot, GatewayAdmin::State::Ready);
        ASSERT_TRUE(ready) << ready.error().what;
    }
    void leave(const std::string& node, std::uint32_t slot)
    {
        ASSERT_TRUE(m_admin->setState(node, slot, GatewayAdmin::State::Drain));
        const auto inFlight = [&] { return (*m_admin->read())[{node, slot}].inFlight; };
        for (int i = 0; i < 100 && inFlight() > 0; ++i) {
            std::this_thread::sleep_for(std::chrono::milliseconds(10));
        }
        const Result<Done> cleared = m_admin->clear(node, slot);
        ASSERT_TRUE(cleared) << cleared.error().what;
    }
    long get(const std::string& node) const
    {
        const Result<HttpAnswer> answer =
            askReplica(m_layout.frontend(node)->port, 0, "/work", std::chrono::seconds(5));
        return answer ? answer->status : 0;
    }
    void get(const std::string& node, int times) const
    {
        for (int i = 0; i < times; ++i) {
            EXPECT_EQ(get(node), 200);
        }
    }

    TestFolder m_folder;
    GatewayLayout m_layout;
    std::unique_ptr<ChildProcess> m_process;
    std::unique_ptr<GatewayAdmin> m_admin;
};

TEST_F(ARealGateway, AcceptsTheConfigurationOfEverySortOfDesign)
{
    Drawing direct = Drawing::shop();
    direct.remove("lb").connect("users", "web");
    Drawing least = Drawing::shop();
    least.set("lb", "algorithm", "least_outstanding_requests");
    for (const GatewayLayout& layout :
         {layoutOf(Drawing::shop(), {{"table", 8000}}), layoutOf(twoTargets(90, 10)),
          layoutOf(twoTargets(1, 0)), layoutOf(direct), layoutOf(least)}) {
        std::ofstream(m_folder / "haproxy.cfg") << gatewayConfig(layout, "eth0");
        const Ran ran = run("haproxy -c -f " + (m_folder / "haproxy.cfg"));
        EXPECT_EQ(ran.code, 0) << ran.output;
        EXPECT_THAT(ran.output, Not(HasSubstr("WARNING")));
    }
}

TEST_F(ARealGateway, HasNobodyBehindItUntilOneIsReady)
{
    start(layoutOf(Drawing::shop()));
    StubServer server;
    EXPECT_EQ(get("lb"), 503);
    ASSERT_TRUE(m_admin->place("web", 1, "127.0.0.1", portIn(server.url())));
    EXPECT_EQ(get("lb"), 503) << "placed, and not yet in service";
    const GatewayLayout::Backend& backend = m_layout.backends[0];
    EXPECT_EQ(askReplica(backend.probePort, 1, "/ready", std::chrono::seconds(2))->status, 200)
        << "but it can be asked how it is";
    EXPECT_EQ(askReplica(backend.probePort, 2, "/ready", std::chrono::seconds(2))->status, 503);
    ASSERT_TRUE(m_admin->setState("web", 1, GatewayAdmin::State::Ready));
    EXPECT_EQ(get("lb"), 200);
    EXPECT_EQ(get("web"), 200);
    ASSERT_TRUE(m_admin->clear("web", 1));
    EXPECT_EQ(get("lb"), 503);
    EXPECT_EQ(askReplica(backend.probePort, 1, "/ready", std::chrono::seconds(2))->status, 503);
}

TEST_F(ARealGateway, ReachesOneReplicaAloneThroughTheProbePort)
{
    start(layoutOf(Drawing::shop()));
    StubServer one;
    StubServer two;
    takeIn("web", 1, one);
    takeIn("web", 2, two);
    for (int i = 0; i < 6; ++i) {
        EXPECT_EQ(
            askReplica(m_layout.backends[0].probePort, 2, "/health", std::chrono::seconds(2))->status, 200);
    }
    EXPECT_THAT(one.asked(), IsEmpty());
    EXPECT_THAT(two.asked(), SizeIs(6));
    EXPECT_EQ((*m_admin->read())[std::pair(std::string("web"), 2U)].requests, 0U) << "probes are no requests";
}

TEST_F(ARealGateway, CountsRequestsAndFailuresOnce)
{
    start(layoutOf(Drawing::shop()));
    StubServer server([](const StubServer::Asked&, std::size_t number) {
        return StubServer::Reply{number % 5 == 4 ? 500 : 200, Duration(0)};
    });
    takeIn("web", 7, server);
    for (int i = 0; i < 20; ++i) {
        (void)get("lb");
    }
    SlotReading reading = (*m_admin->read())[{"web", 7}];
    EXPECT_EQ(reading.requests, 20U);
    EXPECT_EQ(reading.errors, 4U);
    EXPECT_EQ(reading.inFlight, 0U);
    ASSERT_TRUE(m_admin->place("web", 7, "127.0.0.1", portIn(StubServer::urlOfNobody())));
    for (int i = 0; i < 3; ++i) {
        EXPECT_EQ(get("lb"), 503);
    }
    reading = (*m_admin->read())[{"web", 7}];
    EXPECT_EQ(reading.errors, 7U) << "a refused connection is one failure";
}

TEST_F(ARealGateway, TakesTurns)
{
    start(layoutOf(Drawing::shop()));
    StubServer one;
    StubServer two;
    takeIn("web", 1, one);
    takeIn("web", 2, two);
    get("lb", 20);
    EXPECT_THAT(one.asked(), SizeIs(10));
    EXPECT_THAT(two.asked(), SizeIs(10));
}

TEST_F(ARealGateway, GivesTheIdleOneTheNextRequestWhereTheBalancerCountsOutstandingOnes)
{
    Drawing least = Drawing::shop();
    least.set("lb", "algorithm", "least_outstanding_requests");
    start(layoutOf(least));
    StubServer slow([](const StubServer::Asked&, std::size_t) { return StubServer::Reply{200, 1500ms}; });
    StubServer quick;
    takeIn("web", 1, slow);
    takeIn("web", 2, quick);
    std::vector<std::thread> waiting;
    for (int i = 0; i < 2; ++i) {
        waiting.emplace_back([this] { (void)get("lb"); });
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
    get("lb", 10);
    for (std::thread& each : waiting) {
        each.join();
    }
    EXPECT_LE(slow.asked().size(), 2U);
    EXPECT_GE(quick.asked().size(), 10U);
}

// A target that warms up (slow start) has less than a whole share, and never none.
TEST_F(ARealGateway, GivesATargetTheShareThatItIsSetTo)
{
    start(layoutOf(Drawing::shop()));
    StubServer half;
    StubServer whole;
    takeIn("web", 1, half);
    takeIn("web", 2, whole);
    ASSERT_TRUE(m_admin->setWeight("web", 1, 50));
    get("lb", 60);
    EXPECT_NEAR(static_cast<double>(half.asked().size()), 20, 2);
    EXPECT_NEAR(static_cast<double>(whole.asked().size()), 40, 2);
}

TEST_F(ARealGateway, DividesBetweenServicesByWeight)
{
    start(layoutOf(twoTargets(80, 20)));
    StubServer web;
    StubServer next;
    takeIn("web", 1, web);
    takeIn("next", 1, next);
    get("lb", 400);
    // Binomial: 80 ± 4 sqrt(400 · 0.2 · 0.8).
    EXPECT_NEAR(static_cast<double>(next.asked().size()), 80, 32);
    get("next", 5);
}

TEST_F(ARealGateway, RefusesWhatIsNotThere)
{
    start(layoutOf(Drawing::shop()));
    EXPECT_FALSE(m_admin->setState("nobody", 1, GatewayAdmin::State::Ready));
    EXPECT_FALSE(m_admin->place("web", 65, "127.0.0.1", 80));
    EXPECT_FALSE(GatewayAdmin(portIn(StubServer::urlOfNobody())).ping());
}

/// Sends over one kept connection until it is told to stop. Returns how many failed.
int keepAsking(std::uint16_t port, const std::atomic<bool>& isOver, std::atomic<int>& sent)
{
    const std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> curl(curl_easy_init(), curl_easy_cleanup);
    curl_easy_setopt(curl.get(), CURLOPT_URL, fmt::format("http://127.0.0.1:{}/work", port).c_str());
    curl_easy_setopt(curl.get(), CURLOPT_NOPROXY, "*");
    curl_easy_setopt(curl.get(), CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl.get(), CURLOPT_NOBODY, 1L);
    curl_easy_setopt(curl.get(), CURLOPT_HTTPGET, 1L);
    curl_easy_setopt(
        curl.get(), CURLOPT_WRITEFUNCTION,
        +[](char*, std::size_t size, std::size_t count, void*) { return size * count; });
    int failed = 0;
    while (!isOver) {
        long status = 0;
        if (curl_easy_perform(curl.get()) == CURLE_OK) {
            curl_easy_getinfo(curl.get(), CURLINFO_RESPONSE_CODE, &status);
        }
        failed += status == 200 ? 0 : 1;
        ++sent;
    }
    return failed;
}

TEST_F(ARealGateway, DropsNoRequestWhileTargetsComeAndGo)
{
    start(layoutOf(Drawing::shop()));
    const auto lively = [](const StubServer::Asked&, std::size_t) { return StubServer::Reply{200, 3ms}; };
    StubServer always(lively);
    takeIn("web", 64, always);
    std::atomic<bool> isOver{false};
    std::atomic<int> sent{0};
    std::atomic<int> failed{0};
    std::vector<std::thread> users;
    for (int i = 0; i < 8; ++i) {
        users.emplace_back([&] { failed += keepAsking(m_layout.frontend("lb")->port, isOver, sent); });
    }
    for (std::uint32_t round = 0; round < 40; ++round) {
        // The target really goes: its server ends when it has left.
        StubServer comer(lively);
        const std::uint32_t slot = 1 + round % 3;
        takeIn("web", slot, comer);
        std::this_thread::sleep_for(std::chrono::milliseconds(40));
        EXPECT_GT(comer.asked().size(), 0U);
        leave("web", slot);
    }
    isOver = true;
    for (std::thread& each : users) {
        each.join();
    }
    EXPECT_EQ(failed, 0) << "of " << sent;
    EXPECT_GT(sent, 500);
}

}  // namespace
}  // namespace neph::test
