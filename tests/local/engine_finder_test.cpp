#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <thread>

#include <gmock/gmock.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sim/local/engine_finder.h"
#include "tests/local/fake_engine.h"

namespace neph::test {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

FakeEngine::Script anEngine(bool isRootless)
{
    return [isRootless](const std::string&, const std::string&) {
        FakeReply reply;
        reply.body =
            std::string(R"({"ServerVersion":"4.3.1","CgroupVersion":"2","MemoryLimit":true,"CpuCfsQuota":true,
            "SecurityOptions":[)") +
            (isRootless ? R"("name=rootless")" : "") + "]}";
        reply.isPodman = true;
        return reply;
    };
}

/// Nothing of this machine.
EngineWishes nothing()
{
    EngineWishes wishes;
    wishes.environment.emplace();
    (*wishes.environment)["PATH"] = "/nowhere";
    wishes.usualSockets = {};
    return wishes;
}

TEST(TheEngineFinder, SaysWhatToInstallWhereThereIsNothing)
{
    const EngineSearch search = findEngine(nothing());
    EXPECT_FALSE(search.found);
    EXPECT_THAT(search.toText(), HasSubstr("apt-get install podman"));
}

TEST(TheEngineFinder, TakesTheOneThatWasSetAndNoOther)
{
    FakeEngine set(anEngine(false));
    FakeEngine other(anEngine(true));
    EngineWishes wishes = nothing();
    wishes.socket = "unix://" + set.socket();
    wishes.usualSockets = {other.socket()};
    EngineSearch search = findEngine(wishes);
    ASSERT_TRUE(search.found) << search.toText();
    EXPECT_EQ(search.found->socket, set.socket());
    EXPECT_THAT(search.found->note, HasSubstr("equals root"));
    EXPECT_TRUE(other.asked().empty());
    wishes.socket = "/nowhere/at.all";
    EXPECT_FALSE(findEngine(wishes).found);
}

TEST(TheEngineFinder, PrefersAnEngineWithoutRoot)
{
    FakeEngine rootful(anEngine(false));
    FakeEngine rootless(anEngine(true));
    EngineWishes wishes = nothing();
    wishes.usualSockets = {rootful.socket(), rootless.socket()};
    EngineSearch search = findEngine(wishes);
    ASSERT_TRUE(search.found) << search.toText();
    EXPECT_EQ(search.found->socket, rootless.socket());
    EXPECT_EQ(search.found->note, "");
}

TEST(TheEngineFinder, UsesNoEngineOfAnotherMachine)
{
    EngineWishes wishes = nothing();
    (*wishes.environment)["DOCKER_HOST"] = "tcp://10.0.0.1:2375";
    (*wishes.environment)["CONTAINER_HOST"] = "ssh://somebody@somewhere/run/podman.sock";
    const EngineSearch search = findEngine(wishes);
    EXPECT_FALSE(search.found);
    ASSERT_GE(search.tried.size(), 2U);
    EXPECT_THAT(search.tried[0].where, StartsWith("$CONTAINER_HOST"));
    EXPECT_THAT(search.tried[1].why, HasSubstr("only unix sockets"));
}

TEST(TheEngineFinder, GoesOnWhereAnEngineIsBroken)
{
    FakeEngine broken([](const std::string&, const std::string&) {
        FakeReply reply;
        reply.body = "[7]";
        return reply;
    });
    FakeEngine good(anEngine(false));
    EngineWishes wishes = nothing();
    wishes.usualSockets = {broken.socket(), good.socket()};
    EngineSearch search = findEngine(wishes);
    ASSERT_TRUE(search.found) << search.toText();
    EXPECT_EQ(search.found->socket, good.socket());
    EXPECT_THAT(search.tried[0].why, HasSubstr("makes no sense"));
}

// C9: the engine itself does not say it.
TEST(TheEngineFinder, WarnsOfAnEngineThatCannotLimit)
{
    FakeEngine rootless([](const std::string&, const std::string&) {
        FakeReply reply;
        reply.body = R"({"ServerVersion":"4.3.1","CgroupVersion":"1","MemoryLimit":true,"CpuCfsQuota":true,
            "Rootless":true})";
        reply.isPodman = true;
        return reply;
    });
    EngineWishes wishes = nothing();
    wishes.usualSockets = {rootless.socket()};
    EngineSearch search = findEngine(wishes);
    ASSERT_TRUE(search.found) << search.toText();
    EXPECT_FALSE(search.found->info.limitsCpu);
    EXPECT_THAT(search.found->note, HasSubstr("cannot enforce"));
}

TEST(AnEngineProcess, ThatFailsLeavesItsLastWords)
{
    const TestFolder folder;
    Result<std::unique_ptr<EngineProcess>> process = EngineProcess::start(
        {"/bin/sh", "-c", "echo no room for an engine >&2; exit 1"}, folder / "podman.sock", folder.path());
    ASSERT_FALSE(process);
    EXPECT_THAT(process.error().what, HasSubstr("no room for an engine"));
}

class AStartedEngine : public WithARealEngine {};

TEST_F(AStartedEngine, EndsWithItsOwnerAndLeavesNothing)
{
    if (!isInstalled("podman")) {
        GTEST_SKIP() << "apt-get install podman";
    }
    EngineWishes wishes;
    wishes.environment.emplace();
    (*wishes.environment)["PATH"] = "/usr/bin:/usr/sbin";
    wishes.usualSockets = {};
    EngineSearch search = findEngine(wishes);
    ASSERT_TRUE(search.found) << search.toText();
    ASSERT_TRUE(search.found->isStartedByUs());
    const int pid = search.found->process->pid();
    const std::string folder = std::filesystem::path(search.found->socket).parent_path();
    EXPECT_EQ(kill(pid, 0), 0);
    search.found.reset();
    EXPECT_NE(kill(pid, 0), 0);
    EXPECT_FALSE(std::filesystem::exists(folder));
}

// Also when the owner has no chance to clean up.
TEST(AnEngineProcess, DiesWithTheProgramThatStartedIt)
{
    const TestFolder folder;
    FakeEngine fake(anEngine(true));
    const pid_t owner = fork();
    if (owner == 0) {
        Result<std::unique_ptr<EngineProcess>> process = EngineProcess::start(
            {"/bin/sh", "-c", "echo $$ > pid; exec sleep 100"}, fake.socket(), folder.path());
        pause();
        _exit(process ? 0 : 1);
    }
    int engine = 0;
    for (int wait = 0; wait < 500 && engine == 0; ++wait) {
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
        std::ifstream(folder / "pid") >> engine;
    }
    const bool wasThere = engine > 0 && kill(engine, 0) == 0;
    kill(owner, SIGKILL);
    waitpid(owner, nullptr, 0);
    ASSERT_TRUE(wasThere);
    bool isGone = false;
    for (int wait = 0; wait < 200 && !isGone; ++wait) {
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
        const Ran state = run("ps -o stat= -p " + std::to_string(engine));
        isGone = state.output.empty() || state.output.front() == 'Z';
    }
    EXPECT_TRUE(isGone);
}

}  // namespace
}  // namespace neph::test
