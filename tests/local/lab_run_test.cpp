// The lab as a whole, with a real engine: the same controllers, over containers of this machine.
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <thread>

#include <gmock/gmock.h>

#include "sim/local/lab.h"
#include "sim/local/replica_http.h"
#include "sim/local/state_folder.h"
#include "sim/model/design_json.h"
#include "tests/local/fake_engine.h"
#include "tests/local/live_engine.h"
#include "tests/support/drawing.h"
#include "tests/workload/child_process.h"

namespace neph::test {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;

bool isSoak()
{
    const char* soak = std::getenv("NEPH_SOAK");
    return soak != nullptr && std::string(soak) == "1";
}

/// One small service behind a balancer, and nothing that takes long.
Drawing small(int tasks = 1)
{
    Drawing shop = Drawing::shop();
    shop.remove("table")
        .set("web", "desiredCount", tasks)
        .set("web", "cpu", "0.25")
        .set("web", "memoryMiB", 512)
        .set("web", "cpuMs", 1)
        .set("web", "healthCheckGracePeriod", 5)
        .set("lb", "healthInterval", 5)
        .set("lb", "healthTimeout", 3)
        .set("lb", "healthyThreshold", 2)
        .set("lb", "deregistrationDelay", 2)
        .set("image", "startSeconds", 0.2)
        .set("users", "rate", 20);
    return shop;
}

class TheLab : public WithARealEngine {
protected:
    void SetUp() override
    {
        WithARealEngine::SetUp();
        if (!LiveEngine::get().isThere()) {
            return;
        }
        setenv("XDG_STATE_HOME", m_folder.path().c_str(), 1);
        setenv("NEPHOSCOPE_CONTAINERS", NEPH_SOURCE_DIR "/assets/containers", 1);
    }
    void TearDown() override
    {
        m_run.reset();
        if (m_lab) {
            const CleanUpReport report = m_lab->close();
            EXPECT_TRUE(report.isClean()) << report.text();
            EXPECT_THAT(leftOvers(), IsEmpty());
        }
        removeData();
        WithARealEngine::TearDown();
    }

    /// Everything of this installation except volumes with data.
    std::vector<std::string> leftOvers()
    {
        std::vector<std::string> left;
        for (const Thing sort : {Thing::Container, Thing::Network, Thing::Volume}) {
            const auto list = engine().labelled(sort, std::string(kOwnerLabel) + '=' + owner());
            for (const LabelledThing& each : list ? *list : std::vector<LabelledThing>()) {
                if (!each.labels.contains(kDataLabel)) {
                    left.push_back(each.name);
                }
            }
        }
        return left;
    }
    std::string owner() const { return *installationId(*stateFolder()); }
    void removeData()
    {
        const auto volumes = dataVolumes(engine(), owner());
        for (const DataVolume& each : volumes ? *volumes : std::vector<DataVolume>()) {
            EXPECT_TRUE(removeDataVolume(engine(), owner(), each.name));
        }
    }
    void setUp(const Design& design)
    {
        Lab::Options how;
        how.reaper = NEPH_REAPER;
        how.engine.socket = m_socket.empty() ? engine().socket() : m_socket;
        Result<std::unique_ptr<Lab>> lab = Lab::open(design, how);
        ASSERT_TRUE(lab) << lab.error().what;
        m_lab = std::move(*lab);
        const Result<Done> ready = m_lab->setUp({}, {});
        ASSERT_TRUE(ready) << ready.error().what;
    }
    void start(const Drawing& drawing, bool withLoad = false, Duration horizon = 10min)
    {
        ASSERT_NO_FATAL_FAILURE(setUp(drawing.design()));
        LocalRun::Options how;
        how.horizon = horizon;
        how.withLoad = withLoad;
        Result<std::unique_ptr<LocalRun>> run = m_lab->run(how);
        ASSERT_TRUE(run) << run.error().what;
        m_run = std::move(*run);
    }
    /// Goes on until somebody has logged these words so often; whether that came in time.
    bool waitFor(const std::string& words, std::size_t times = 1, Duration patience = 40s)
    {
        const Time until = m_run->now() + patience;
        while (logged(words) < times && m_run->now() < until && !m_run->isFinished()) {
            m_run->advance(until, std::chrono::milliseconds(100), {});
        }
        EXPECT_GE(logged(words), times) << "no \"" << words << "\" in:\n" << logText();
        return logged(words) >= times;
    }
    void goOn(Duration length)
    {
        const Time until = m_run->now() + length;
        while (m_run->now() < until) {
            m_run->advance(until, std::chrono::milliseconds(500), {});
        }
    }
    std::size_t logged(const std::string& words) const
    {
        const auto has = [&](const RunEvent& event) { return event.what.find(words) != std::string::npos; };
        return static_cast<std::size_t>(std::count_if(m_run->log().begin(), m_run->log().end(), has));
    }
    std::string logText() const
    {
        std::string text;
        for (const RunEvent& event : m_run->log()) {
            text += fmt::format("{:7.2f}  {}\n", seconds(event.at), event.what);
        }
        return text;
    }
    std::vector<LabelledThing> containersOf(const std::string& node)
    {
        std::vector<LabelledThing> found;
        const auto all = engine().labelled(Thing::Container, std::string(kOwnerLabel) + '=' + owner());
        for (const LabelledThing& each : all ? *all : std::vector<LabelledThing>()) {
            const auto label = each.labels.find("io.nephoscope.node");
            if (label != each.labels.end() && label->second == node) {
                found.push_back(each);
            }
        }
        return found;
    }
    std::uint16_t portOf(const std::string& node) const
    {
        return m_lab->stand().gatewayPorts().at(m_lab->stand().layout().frontend(node)->port);
    }
    long get(const std::string& node, const std::string& path = "/work") const
    {
        const Result<HttpAnswer> answer = askReplica(portOf(node), 0, path, std::chrono::seconds(5));
        return answer ? answer->status : 0;
    }
    std::uint64_t failed() const
    {
        std::uint64_t sum = 0;
        for (const auto& [name, result] : m_run->load().classes) {
            sum += result.failed;
        }
        return sum;
    }
    std::uint64_t sent() const
    {
        std::uint64_t sum = 0;
        for (const auto& [name, result] : m_run->load().classes) {
            sum += result.total;
        }
        return sum;
    }
    FaultSpec faultOn(const std::string& kind, const std::string& target, Properties properties = {})
    {
        FaultSpec fault;
        fault.id = kind;
        fault.kind = kind;
        fault.target = target;
        fault.properties = std::move(properties);
        return fault;
    }

    TestFolder m_folder;
    std::string m_socket;  ///< Of another engine than the usual one.
    std::unique_ptr<Lab> m_lab;
    std::unique_ptr<LocalRun> m_run;
};

constexpr const char* kHealthy = "is healthy.";
constexpr const char* kSteady = "has reached a steady state";

TEST_F(TheLab, StartsFourTasksThatAnswerAndReplacesWhatIsKilled)
{
    ASSERT_NO_FATAL_FAILURE(start(small(4)));
    ASSERT_TRUE(waitFor(kHealthy, 4));
    // Before its first steady state lost tasks count as a deployment that fails.
    ASSERT_TRUE(waitFor(kSteady));
    EXPECT_EQ(get("lb"), 200);
    EXPECT_EQ(get("web"), 200);
    const std::vector<LabelledThing> tasks = containersOf("web");
    EXPECT_EQ(tasks.size(), 4U);
    // Limits are read back from the engine.
    const auto inspected = nlohmann::json::parse(*engine().inspectJson(tasks.front().id));
    EXPECT_EQ(inspected["HostConfig"]["Memory"], m_lab->plan().of("web")->memoryBytes);
    EXPECT_EQ(
        inspected["HostConfig"]["CpuQuota"].get<double>() /
            inspected["HostConfig"]["CpuPeriod"].get<double>(),
        0.25);

    ASSERT_TRUE(m_run->inject(faultOn("killTask", "web", {{"count", 1}})));
    ASSERT_TRUE(waitFor(kHealthy, 5));
    ASSERT_TRUE(engine().kill(containersOf("web").back().id));
    ASSERT_TRUE(waitFor("Essential container in task exited (exit code 137)"));
    ASSERT_TRUE(waitFor(kHealthy, 6));
    EXPECT_EQ(containersOf("web").size(), 4U) << logText();

    // Zones are labels, in turn: half of the tasks are in each.
    ASSERT_TRUE(m_run->inject(faultOn("loseZone", "zone-a")));
    ASSERT_TRUE(waitFor("The Availability Zone was lost.", 2));
    ASSERT_TRUE(waitFor(kHealthy, 8));
    for (const LabelledThing& each : containersOf("web")) {
        EXPECT_NE(each.labels.at("io.nephoscope.zone"), "zone-a");
    }
}

TEST_F(TheLab, RollsAVersionOutWithoutAFailedRequest)
{
    Drawing shop = small(2);
    shop.add("next", "container.image", "region", {{"tag", "2.0"}, {"startSeconds", 0.2}})
        .connect("web", "next")
        .connect("next", "ecr")
        .set("web", "deployImage", "next")
        .set("web", "deployAtSeconds", 12);
    ASSERT_NO_FATAL_FAILURE(start(shop, true, 120s));
    ASSERT_TRUE(waitFor("replaces"));
    const std::size_t steady = logged(kSteady);
    const std::uint64_t failedBefore = failed();  // Those that came while the first tasks were starting.
    ASSERT_TRUE(waitFor(kSteady, steady + 1, 60s));
    goOn(4s);  // The old ones drain.
    EXPECT_GT(sent(), 50U);
    EXPECT_EQ(failed(), failedBefore) << logText();
}

TEST_F(TheLab, TakesADeploymentBackThatBreaksAtItsStart)
{
    if (!isSoak()) {
        GTEST_SKIP() << "Three failed starts take half a minute: run with NEPH_SOAK=1 (./dev soak).";
    }
    Drawing shop = small(1);
    shop.add("bad", "container.image", "region", {{"tag", "bad"}, {"brokenAtStart", true}})
        .connect("web", "bad")
        .connect("bad", "ecr")
        .set("web", "deployImage", "bad")
        .set("web", "deployAtSeconds", 12);
    ASSERT_NO_FATAL_FAILURE(start(shop));
    ASSERT_TRUE(waitFor("Essential container in task exited (exit code", 1, 60s));
    ASSERT_TRUE(waitFor("rolling back", 1, 60s));
    EXPECT_EQ(get("lb"), 200) << "the old version is there all the time";
}

TEST_F(TheLab, RunsTheUsersOwnImageAndKeepsItsData)
{
    // The image of a static program of the test: "serve <port>" says hi and hangs up, so TCP is what it
    // speaks.
    Drawing own;
    own.add("users", "users", "", {{"rate", 5}})
        .add("shop", "container.own", "", {{"startSeconds", 0.2}, {"cpuMs", 1}, {"replicas", 2}})
        .add(
            "mine", "container.own", "",
            {{"image", "nephoscope.test/probe:" + LiveEngine::get().owner()},
             {"protocol", "tcp"},
             {"port", 7777},
             {"command", "serve 7777"},
             {"cpu", 0.1},
             {"memoryMiB", 16},
             {"baseMemoryMiB", 1},
             {"memoryPerRequestMiB", 0.01},
             {"workers", 8}})
        .add("cache", "container.redis", "", {{"cpu", 0.2}, {"memoryMiB", 64}, {"maxMemoryMiB", 32}})
        .connect("users", "shop")
        .connect("shop", "cache")
        .connect("shop", "mine");
    (void)probeImage();
    ASSERT_NO_FATAL_FAILURE(start(own));
    // "shop" twice, "mine" and "cache".
    ASSERT_TRUE(waitFor(") started", 4));
    EXPECT_EQ(get("shop"), 200);
    EXPECT_EQ(containersOf("mine").size(), 1U);
    EXPECT_TRUE(storeAnswers(m_lab->stand().passageOf("cache"), "redis", std::chrono::seconds(2)));

    // Restart policy "always": the same containers again.
    const std::string cache = containersOf("cache").front().id;
    ASSERT_TRUE(m_run->inject(faultOn("killTask", "cache", {{"count", 1}})));
    ASSERT_TRUE(waitFor(") started", 5));
    EXPECT_EQ(containersOf("cache").front().id, cache);
    EXPECT_TRUE(storeAnswers(m_lab->stand().passageOf("cache"), "redis", std::chrono::seconds(2)));
    ASSERT_TRUE(engine().kill(containersOf("shop").front().id));
    ASSERT_TRUE(waitFor("died: exit code 137"));
    ASSERT_TRUE(waitFor(") started", 6));
    EXPECT_EQ(get("shop"), 200);

    // A slow dependency is slowed by its callers, also by those that come later.
    ASSERT_TRUE(m_run->inject(faultOn("slowDependency", "cache", {{"addedMs", 300}})));
    goOn(1s);
    const auto began = std::chrono::steady_clock::now();
    EXPECT_EQ(get("shop"), 200);
    EXPECT_GT(std::chrono::steady_clock::now() - began, std::chrono::milliseconds(250));

    m_run.reset();
    EXPECT_TRUE(m_lab->close().isClean());
    EXPECT_THAT(leftOvers(), IsEmpty());
    const auto volumes = dataVolumes(engine(), owner());
    ASSERT_TRUE(volumes);
    EXPECT_THAT(*volumes, Contains(testing::Field(&DataVolume::what, "cache")))
        << "data stays until it is asked away";
}

TEST_F(TheLab, IsNotReachedFromAnotherNetwork)
{
    // reliability.md C4.
    struct Namespace {
        Namespace() { remove(); }
        ~Namespace() { remove(); }
        static void remove() { run("ip netns del neph-test-c4; ip link del neph-c4a"); }
    };
    const Namespace cleaned;
    if (run("ip netns add neph-test-c4").code != 0) {
        GTEST_SKIP()
            << "**** No network namespace can be made here (root and iproute2), so C4 was NOT tested.";
    }
    ASSERT_NO_FATAL_FAILURE(start(small(1)));
    ASSERT_TRUE(waitFor(kHealthy));
    run("ip link add neph-c4a type veth peer name neph-c4b; ip link set neph-c4b netns neph-test-c4; "
        "ip addr add 10.213.77.1/24 dev neph-c4a; ip link set neph-c4a up; "
        "ip netns exec neph-test-c4 ip addr add 10.213.77.2/24 dev neph-c4b; "
        "ip netns exec neph-test-c4 ip link set neph-c4b up; ip netns exec neph-test-c4 ip link set lo up; "
        "ip netns exec neph-test-c4 ip route add default via 10.213.77.1");
    EXPECT_EQ(get("lb"), 200);
    for (const auto& [inside, outside] : m_lab->stand().gatewayPorts()) {
        for (const char* host : {"10.213.77.1", "127.0.0.1"}) {
            const Ran ran = run(fmt::format(
                "ip netns exec neph-test-c4 timeout 2 bash -c '</dev/tcp/{}/{}' && echo reached", host,
                outside));
            EXPECT_THAT(ran.output, testing::Not(HasSubstr("reached"))) << host << ':' << outside;
        }
    }

    // From the inner network the admin port of the gateway is shut, and there is no way out.
    const auto gateway = engine().inspect(m_lab->stand().containers().at("load balancer"));
    ASSERT_TRUE(gateway);
    const std::string inner = gateway->addresses.at(m_lab->stand().innerNetwork());
    const auto tries = [&](const std::string& name, const std::string& host, int port) {
        ContainerSpec spec = probe(name, {"connect", host, std::to_string(port)});
        spec.networks = {{m_lab->stand().innerNetwork(), {}}};
        const std::string id = started(spec);
        const bool isSaid = says(id, "connected", 10);
        const Result<std::string> log = engine().logs(id);
        EXPECT_TRUE(engine().remove(id));
        return isSaid && log ? *log : std::string();
    };
    EXPECT_THAT(tries("admin", inner, m_lab->stand().layout().adminPort), HasSubstr("not connected"));
    EXPECT_THAT(
        tries("door", inner, m_lab->stand().layout().frontend("lb")->port),
        testing::Not(HasSubstr("not connected")));
    EXPECT_THAT(tries("out", "192.0.2.1", 80), HasSubstr("not connected"));
}

// reliability.md C7.
TEST_F(TheLab, OutlivesItsEngineAndTellsTheTruth)
{
    if (!info().isPodman() || !isInstalled("podman")) {
        GTEST_SKIP() << "**** This engine cannot be stopped by a test, so C7 was NOT tested.";
    }
    if (!isSoak()) {
        GTEST_SKIP() << "An engine that goes and comes takes its time: run with NEPH_SOAK=1 (./dev soak).";
    }
    const std::string socket = m_folder / "engine.sock";
    const ChildProcess::Words service{"/usr/bin/podman", "--runtime", info().runtime,    "system",
                                      "service",         "--time=0",  "unix://" + socket};
    auto process = std::make_unique<ChildProcess>(service);
    for (int i = 0; i < 100 && !ContainerEngine(socket).ping(); ++i) {
        std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
    m_socket = socket;
    ASSERT_NO_FATAL_FAILURE(start(small(1)));
    ASSERT_TRUE(waitFor(kHealthy));
    process.reset();
    EXPECT_FALSE(ContainerEngine(socket).ping());
    goOn(4s);
    EXPECT_EQ(logged("stopped:"), 0U) << "an engine that does not answer is no task that died";
    EXPECT_EQ(get("lb"), 200) << "containers need no engine to go on";
    process = std::make_unique<ChildProcess>(service);
    for (int i = 0; i < 100 && !ContainerEngine(socket).ping(); ++i) {
        std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
    ASSERT_TRUE(engine().kill(containersOf("web").front().id));
    ASSERT_TRUE(waitFor("Essential container in task exited"));
    ASSERT_TRUE(waitFor(kHealthy, 2));
    m_run.reset();
    EXPECT_TRUE(m_lab->close().isClean());
}

TEST_F(TheLab, AddsTasksUnderAStepOfLoad)
{
    if (!isSoak()) {
        GTEST_SKIP() << "Autoscaling looks at minutes: run with NEPH_SOAK=1 (./dev soak).";
    }
    Drawing shop = small(1);
    shop.set("web", "autoscaling", "cpu")
        .set("web", "targetCpu", 40)
        .set("web", "maxCount", 3)
        .set("web", "cpuMs", 10)
        .set("users", "rate", 22);
    ASSERT_NO_FATAL_FAILURE(start(shop, true, 8min));
    EXPECT_TRUE(waitFor(kHealthy, 2, 8min));
}

TEST_F(TheLab, RefusesAnImageThatIsNotHere)
{
    Drawing own;
    own.add("users", "users", "")
        .add("site", "container.own", "", {{"image", "nobody.example/site:1"}})
        .connect("users", "site");
    Lab::Options how;
    how.reaper = NEPH_REAPER;
    how.engine.socket = engine().socket();
    Result<std::unique_ptr<Lab>> lab = Lab::open(own.design(), how);
    ASSERT_TRUE(lab) << lab.error().what;
    const Result<Done> ready = (*lab)->setUp({}, {});
    ASSERT_FALSE(ready);
    EXPECT_THAT(ready.error().what, HasSubstr("is not on this machine"));
    EXPECT_THAT(leftOvers(), IsEmpty());
    EXPECT_FALSE((*lab)->run({})) << "what is not set up does not run";
    EXPECT_TRUE((*lab)->close().isClean()) << "closing twice is fine";
}

/// reliability.md C5: what a design may cause before anybody has agreed to it.
TEST(AHostileDesign, CausesNothingAtTheEngineBeforeConsent)
{
    FakeEngine engine([](const std::string& request, const std::string&) {
        FakeReply reply;
        reply.body =
            request.find("/_ping") != std::string::npos ? "OK"
            : request.find("/info") != std::string::npos
                ? R"({"NCPU": 2, "ServerVersion": "24.0", "Name": "fake", "MemTotal": 4000000000, "MemoryLimit": true, "CpuCfsQuota": true, "CgroupVersion": "2", "DefaultRuntime": "runc"})"
            : request.find("/version") != std::string::npos
                ? R"({"Version": "24.0", "ApiVersion": "1.41", "Components": [{"Name": "Engine", "Version": "24.0"}]})"
            : request.find("/networks") != std::string::npos ? "[]"
            : request.find("/volumes") != std::string::npos  ? R"({"Volumes": []})"
                                                             : "[]";
        return reply;
    });
    const TestFolder state;
    setenv("XDG_STATE_HOME", state.path().c_str(), 1);
    const std::vector<std::string> evil{"../../etc/passwd",
                                        "$(touch /tmp/pwned)",
                                        "'; rm -rf /; '",
                                        "\n",
                                        "a\"b",
                                        "{host}",
                                        "--privileged",
                                        "unix:///run/docker.sock",
                                        "x:y@sha256:0",
                                        std::string(3000, 'A')};
    int opened = 0;
    for (int i = 0; i < 50; ++i) {
        const std::string& word = evil[static_cast<std::size_t>(i) % evil.size()];
        Drawing design;
        design.add("users", "users", "")
            .add(
                "site", "container.own", "",
                {{"image", i % 2 == 0 ? "site:1" : word},
                 {"command", word},
                 {"volume", i % 3 == 0 ? word : "/data"},
                 {"replicas", 1 + i},
                 {"environment", Value::array({{{"key", "NEPH_FILE_1"}, {"value", word}}})}})
            .add("cache", "container.redis", "")
            .connect("users", "site")
            .connect("site", "cache");
        Lab::Options how;
        how.engine.socket = engine.socket();
        how.engine.mayStart = false;
        const Result<std::unique_ptr<Lab>> lab = Lab::open(design.design(), how);
        if (lab) {
            ++opened;
            EXPECT_FALSE(toText((*lab)->plan()).empty());
            EXPECT_FALSE(digestOf((*lab)->plan()).empty());
        } else if (i == 5) {
            std::cerr << lab.error().where << ": " << lab.error().what << '\n';
        }
    }
    EXPECT_GT(opened, 10) << "most are refused before an engine is asked at all";
    for (const std::string& asked : engine.asked()) {
        EXPECT_TRUE(asked.starts_with("GET ")) << asked;
        const bool isLook =
            asked.find("/_ping") != std::string::npos || asked.find("/version") != std::string::npos ||
            asked.find("/info") != std::string::npos || asked.find("/json?") != std::string::npos ||
            asked.find("/networks?") != std::string::npos || asked.find("/volumes?") != std::string::npos;
        EXPECT_TRUE(isLook) << asked;
    }
}

}  // namespace
}  // namespace neph::test
