// What a real engine does with what we ask. Skipped, loudly, where none can run.
#include <chrono>
#include <thread>

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "tests/local/live_engine.h"

namespace neph::test {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

class ARealEngine : public WithARealEngine {};

TEST_F(ARealEngine, SaysWhatItIs)
{
    Result<EngineInfo> info = engine().info();
    ASSERT_TRUE(info) << info.error().what;
    EXPECT_FALSE(info->version.empty());
    EXPECT_GT(info->cores, 0U);
    EXPECT_GT(info->memoryBytes, 0);
}

// reliability.md C2: inspect every started container against what was asked.
TEST_F(ARealEngine, GivesAContainerEverythingThatWasAskedAndNothingMore)
{
    ASSERT_TRUE(engine().createNetwork(named("net"), false, LiveEngine::get().labels()));
    ASSERT_TRUE(engine().createVolume(named("data"), LiveEngine::get().labels()));
    ContainerSpec spec = probe("full", {"hello"});
    spec.environment = {{"WORD", "a value with spaces"}};
    spec.ports = {{8080, 0}};
    spec.networks = {{named("net"), {"probe", "other"}}};
    spec.mounts = {{named("data"), "/data"}};
    spec.milliCpus = 250;
    spec.stopTimeout = std::chrono::seconds(3);
    const std::string id = started(spec);

    Result<std::string> inspect = engine().inspectJson(id);
    ASSERT_TRUE(inspect) << inspect.error().what;
    Result<std::vector<Difference>> found = differences(spec, info(), *inspect);
    ASSERT_TRUE(found) << found.error().what;
    EXPECT_THAT(toText(*found), IsEmpty());

    Result<ContainerState> state = engine().inspect(id);
    ASSERT_TRUE(state) << state.error().what;
    EXPECT_TRUE(state->isRunning());
    EXPECT_EQ(state->name, spec.name);
    EXPECT_EQ(state->labels["io.nephoscope.owner"], LiveEngine::get().owner());
    EXPECT_NE(state->ports[8080], 0);
    EXPECT_FALSE(state->addresses[named("net")].empty());
    EXPECT_TRUE(says(id, "hello"));
}

TEST_F(ARealEngine, WithoutANetworkAsksForNone)
{
    const ContainerSpec spec = probe("alone", {"hello"});
    const std::string id = started(spec);
    Result<std::string> inspect = engine().inspectJson(id);
    ASSERT_TRUE(inspect) << inspect.error().what;
    Result<std::vector<Difference>> found = differences(spec, info(), *inspect);
    ASSERT_TRUE(found) << found.error().what;
    EXPECT_THAT(toText(*found), IsEmpty());
}

TEST_F(ARealEngine, KeepsAContainerWithinItsCpu)
{
    ContainerSpec spec = probe("burner", {"burn"});
    spec.milliCpus = 200;
    const std::string id = started(spec);
    ASSERT_TRUE(says(id, "burning"));
    Result<ContainerUse> before = engine().use(id);
    ASSERT_TRUE(before) << before.error().what;
    const auto start = std::chrono::steady_clock::now();
    std::this_thread::sleep_for(std::chrono::seconds(2));
    Result<ContainerUse> after = engine().use(id);
    ASSERT_TRUE(after) << after.error().what;
    const std::chrono::duration<double> passed = std::chrono::steady_clock::now() - start;
    const double share = (after->cpuSeconds - before->cpuSeconds) / passed.count();
    EXPECT_LT(share, 0.30) << "of a CPU, where 0.2 was given";
    EXPECT_GT(share, 0.05);
}

TEST_F(ARealEngine, EndsAContainerThatWantsMoreMemoryThanItHas)
{
    ContainerSpec spec = probe("eater", {"eat", "64"});
    const std::string id = started(spec);
    ContainerState last;
    for (int wait = 0; wait < 200 && (last.status.empty() || last.isRunning()); ++wait) {
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
        Result<ContainerState> state = engine().inspect(id);
        ASSERT_TRUE(state) << state.error().what;
        last = *state;
    }
    EXPECT_EQ(last.status, "exited");
    EXPECT_EQ(last.exitCode, 137);
    if (!info().isPodman() || info().cgroupVersion == "2") {
        EXPECT_TRUE(last.outOfMemory);
    }
}

TEST_F(ARealEngine, StopsWithTheTermSignalAndKillsWhatStays)
{
    const std::string id = started(probe("leaver", {"hello"}));
    ASSERT_TRUE(says(id, "hello"));
    ASSERT_TRUE(engine().stop(id, std::chrono::seconds(5)));
    Result<ContainerState> state = engine().inspect(id);
    ASSERT_TRUE(state);
    EXPECT_EQ(state->status, "exited");
    EXPECT_EQ(state->exitCode, 7) << "the probe leaves with 7 on SIGTERM";
    EXPECT_TRUE(engine().stop(id, std::chrono::seconds(1))) << "stopping twice is fine";
    EXPECT_TRUE(engine().remove(id));
    EXPECT_TRUE(engine().remove(id)) << "what is not there is removed";
    Result<ContainerState> gone = engine().inspect(id);
    ASSERT_FALSE(gone);
    EXPECT_EQ(gone.error().code, ErrorCode::NotFound);
}

TEST_F(ARealEngine, KillsAndPauses)
{
    const std::string id = started(probe("paused", {"hello"}));
    ASSERT_TRUE(engine().pause(id));
    EXPECT_EQ(engine().inspect(id)->status, "paused");
    ASSERT_TRUE(engine().unpause(id));
    EXPECT_EQ(engine().inspect(id)->status, "running");
    ASSERT_TRUE(engine().kill(id));
    for (int wait = 0; wait < 100 && engine().inspect(id)->isRunning(); ++wait) {
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    EXPECT_EQ(engine().inspect(id)->exitCode, 137);
}

TEST_F(ARealEngine, KeepsTheEndOfALongLog)
{
    const std::string id = started(probe("talker", {"many", "5000"}));
    ASSERT_TRUE(engine().stop(id, std::chrono::seconds(2)));
    Result<std::string> log = engine().logs(id, 1000);
    ASSERT_TRUE(log) << log.error().what;
    EXPECT_LE(log->size(), 1000U);
}

TEST_F(ARealEngine, RunsAsNobodyOnAReadOnlyRoot)
{
    const std::string id = started(probe("writer", {"write", "/etc-is-not-for-you"}));
    EXPECT_TRUE(says(id, "not written: Read-only file system"));
    EXPECT_TRUE(says(started(probe("tmp", {"write", "/tmp/mine"})), "written"));
}

TEST_F(ARealEngine, KeepsWhatIsInAVolume)
{
    ASSERT_TRUE(engine().createVolume(named("kept"), LiveEngine::get().labels()));
    ContainerSpec spec = probe("first", {"write", "/data/file"});
    spec.mounts = {{named("kept"), "/data"}};
    const std::string first = started(spec);
    ASSERT_TRUE(says(first, "written"));
    ASSERT_TRUE(engine().remove(first));
    spec.name = named("second");
    spec.command = {"read", "/data/file"};
    EXPECT_TRUE(says(started(spec), "kept"));
}

TEST_F(ARealEngine, LetsNothingOutOfAnInternalNetwork)
{
    ASSERT_TRUE(engine().createNetwork(named("inside"), true, LiveEngine::get().labels()));
    ContainerSpec server = probe("server", {"serve", "7000"});
    server.networks = {{named("inside"), {"server"}}};
    const std::string id = started(server);
    ASSERT_TRUE(says(id, "serving"));
    const std::string address = engine().inspect(id)->addresses[named("inside")];

    ContainerSpec client = probe("client", {"connect", address, "7000"});
    client.networks = {{named("inside"), {}}};
    EXPECT_TRUE(says(started(client), "connected"));
    ContainerSpec out = probe("out", {"connect", "1.1.1.1", "53"});
    out.networks = {{named("inside"), {}}};
    EXPECT_TRUE(says(started(out), "not connected"));
}

TEST_F(ARealEngine, PutsAGatewayOnTwoNetworksAndPublishesItOnLoopbackOnly)
{
    ASSERT_TRUE(engine().createNetwork(named("inside"), true, LiveEngine::get().labels()));
    ASSERT_TRUE(engine().createNetwork(named("edge"), false, LiveEngine::get().labels()));
    ContainerSpec spec = probe("gateway", {"serve", "7000"});
    spec.networks = {{named("edge"), {}}, {named("inside"), {"gateway"}}};
    spec.ports = {{7000, 0}};
    const std::string id = started(spec);
    ASSERT_TRUE(says(id, "serving"));
    Result<ContainerState> state = engine().inspect(id);
    ASSERT_TRUE(state);
    EXPECT_EQ(state->addresses.size(), 2U);
    const Ran ran =
        run(fmt::format("bash -c 'exec 3<>/dev/tcp/127.0.0.1/{}; head -c2 <&3'", state->ports[7000]));
    EXPECT_EQ(ran.output, "hi");
    Result<std::vector<Difference>> found = differences(spec, info(), *engine().inspectJson(id));
    ASSERT_TRUE(found) << found.error().what;
    EXPECT_THAT(toText(*found), IsEmpty());
}

TEST_F(ARealEngine, ListsWhatCarriesALabelAndNothingElse)
{
    ASSERT_TRUE(engine().createVolume(named("listed"), LiveEngine::get().labels()));
    ASSERT_TRUE(
        engine().createVolume(named("other"), {{"io.nephoscope.owner", LiveEngine::get().owner() + "-2"}}));
    Result<std::vector<LabelledThing>> list =
        engine().labelled(Thing::Volume, LiveEngine::get().ownerLabel());
    ASSERT_TRUE(list) << list.error().what;
    ASSERT_EQ(list->size(), 1U);
    EXPECT_EQ(list->front().name, named("listed"));
    EXPECT_TRUE(engine().removeVolume(named("other")));
    static_cast<void>(probeImage());
    Result<std::vector<LabelledThing>> images = engine().labelled(Thing::Image, "io.nephoscope.owner");
    ASSERT_TRUE(images) << images.error().what;
    EXPECT_FALSE(images->empty());
}

TEST_F(ARealEngine, TakesNoImageByTag)
{
    ContainerSpec spec = probe("tagged", {"hello"});
    spec.image = "nephoscope.test/probe:latest";
    Result<std::string> id = engine().create(spec);
    ASSERT_FALSE(id);
    EXPECT_THAT(id.error().what, HasSubstr("by id or digest"));
}

TEST_F(ARealEngine, BuildsAnImageFromAContainerfile)
{
    const TestFolder folder;
    run("printf 'FROM scratch\\nCOPY word /word\\nLABEL io.nephoscope.owner=" + LiveEngine::get().owner() +
        "\\n' > '" + (folder / "Containerfile") + "'; echo hi > '" + (folder / "word") + "'; tar -C '" +
        folder.path() + "' -cf '" + (folder / "context.tar") + "' Containerfile word");
    Result<std::string> id =
        engine().buildImage(folder / "context.tar", "nephoscope.test/built:" + named("1"));
    ASSERT_TRUE(id) << id.error().what;
    EXPECT_THAT(*id, testing::StartsWith("sha256:"));
}

}  // namespace
}  // namespace neph::test
