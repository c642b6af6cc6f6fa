// The client against an engine that behaves badly (reliability.md C6) and one that answers as recorded.
#include <atomic>
#include <chrono>
#include <set>
#include <thread>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <sys/resource.h>

#include "tests/local/fake_engine.h"

namespace neph::test {
namespace {

using namespace std::chrono_literals;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

constexpr auto kTimeout = 300ms;

/// Answers _ping and info well, and the rest as it is told.
FakeEngine::Script onlyThen(FakeReply reply)
{
    return [reply](const std::string& request, const std::string&) {
        FakeReply good;
        if (request == "GET /_ping") {
            good.body = "OK";
            return good;
        }
        if (request == "GET /info") {
            good.body =
                R"({"ServerVersion":"20.10.5","DefaultRuntime":"runc","CgroupVersion":"2","MemoryLimit":true,
                "CpuCfsQuota":true,"NCPU":4,"MemTotal":8000000000,"SecurityOptions":["name=seccomp"]})";
            return good;
        }
        return reply;
    };
}

FakeReply body(std::string text, int status = 200)
{
    FakeReply reply;
    reply.body = std::move(text);
    reply.status = status;
    return reply;
}

TEST(AContainerEngine, ThatIsNotThereSaysHowToStartIt)
{
    ContainerEngine engine("/nowhere/engine.sock");
    Result<Done> answer = engine.ping();
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code, ErrorCode::CannotRead);
    EXPECT_THAT(answer.error().what, HasSubstr("podman system service"));
}

class AnEngineOfVersion : public testing::TestWithParam<int> {};

// 1.41 is Docker 20.10 and Podman 3; Docker 29 takes nothing below 1.44.
TEST_P(AnEngineOfVersion, IsSpokenToInAVersionItKnowsOrRefused)
{
    const int minor = GetParam();
    FakeEngine fake([minor](const std::string&, const std::string&) {
        FakeReply reply;
        reply.apiVersion = fmt::format("1.{}", minor);
        reply.body = R"({"Id":"sha256:1"})";
        return reply;
    });
    ContainerEngine engine(fake.socket(), {}, kTimeout);
    Result<std::string> id = engine.imageId("a");
    EXPECT_EQ(static_cast<bool>(id), minor >= 41);
    if (id) {
        EXPECT_THAT(
            fake.asked(), Contains(StartsWith(fmt::format("GET /v1.{}/images", std::min(minor, 44)))));
    } else {
        EXPECT_THAT(id.error().what, HasSubstr("1.41 or newer"));
    }
}

INSTANTIATE_TEST_SUITE_P(From24To52, AnEngineOfVersion, testing::Range(24, 53));

TEST(AContainerEngine, ThatIsSlowIsLeftInTime)
{
    FakeReply slow = body("{}");
    slow.delay = 20s;
    FakeEngine fake(onlyThen(slow));
    ContainerEngine engine(fake.socket(), {}, kTimeout);
    const auto start = std::chrono::steady_clock::now();
    Result<ContainerState> state = engine.inspect("a");
    EXPECT_LT(std::chrono::steady_clock::now() - start, 5s);
    ASSERT_FALSE(state);
    EXPECT_THAT(state.error().what, HasSubstr("did not answer"));
}

TEST(AContainerEngine, ThatStandsStillInATransferIsLeftAfterTenTimesTheTimeout)
{
    FakeReply slow = body("{}");
    slow.delay = 60s;
    FakeEngine fake(onlyThen(slow));
    ContainerEngine engine(fake.socket(), {}, 100ms);
    Result<std::string> pulled = engine.pullImage("127.0.0.1:1/a:1", {}, true);
    ASSERT_FALSE(pulled);
    EXPECT_THAT(pulled.error().what, HasSubstr("did not answer"));
}

TEST(AContainerEngine, StopsATransferWhenItsProgressIsToldTo)
{
    FakeReply slow;
    slow.endless =
        "{\"status\":\"Downloading\",\"progressDetail\":{\"current\":1,\"total\":4},\"id\":\"a\"}\n";
    FakeEngine fake(onlyThen(slow));
    ContainerEngine engine(fake.socket());
    double last = 0;
    Result<std::string> pulled = engine.pullImage("127.0.0.1:1/a:1", {}, true, [&last](double part) {
        last = part;
        return part == 0;
    });
    ASSERT_FALSE(pulled);
    EXPECT_THAT(pulled.error().what, StartsWith("Stopped"));
    EXPECT_DOUBLE_EQ(last, 0.25);
}

TEST(AContainerEngine, FindsTheErrorInsideAGoodAnswer)
{
    FakeEngine fake(onlyThen(body("{\"status\":\"Pulling\"}\r\n{\"error\":\"manifest unknown\"}\r\n")));
    ContainerEngine engine(fake.socket(), {}, kTimeout);
    Result<std::string> pulled = engine.pullImage("127.0.0.1:1/a:1", {}, true);
    ASSERT_FALSE(pulled);
    EXPECT_THAT(pulled.error().what, HasSubstr("manifest unknown"));
}

TEST(AContainerEngine, RefusesInItsWordsWithAWayOn)
{
    FakeEngine fake(onlyThen(body(R"({"message":"driver failed: port is already allocated"})", 500)));
    ContainerEngine engine(fake.socket(), {}, kTimeout);
    Result<Done> started = engine.start("a");
    ASSERT_FALSE(started);
    EXPECT_EQ(started.error().code, ErrorCode::Invalid);
    EXPECT_THAT(started.error().what, HasSubstr("port is already allocated. Stop what listens there"));
}

/// Every call, so that none is forgotten when an answer is bad.
std::vector<std::string> problemsOfEveryCall(ContainerEngine& engine)
{
    std::vector<std::string> problems;
    const auto look = [&problems](const auto& result) {
        problems.push_back(result ? "fine" : result.error().what);
    };
    ContainerSpec spec;
    spec.name = "a";
    spec.image = "sha256:1";
    const TestFolder folder;
    static_cast<void>(run("touch '" + (folder / "image.tar") + "'"));
    look(engine.importImage(folder / "image.tar", "a:1", {}));
    look(engine.buildImage(folder / "image.tar", "a:1"));
    look(engine.imageId("a"));
    look(engine.imageDigest("a"));
    look(engine.pushImage("127.0.0.1:1/a:1", {}, true));
    look(engine.pullImage("127.0.0.1:1/a:1", {}, true));
    look(engine.create(spec));
    look(engine.inspect("a"));
    look(engine.use("a"));
    for (const Thing sort : {Thing::Container, Thing::Network, Thing::Volume, Thing::Image}) {
        look(engine.labelled(sort, "key=value"));
    }
    look(differences(spec, {}, engine.inspectJson("a") ? *engine.inspectJson("a") : "no answer"));
    return problems;
}

class AnAnswerThatMakesNoSense : public testing::TestWithParam<const char*> {};

TEST_P(AnAnswerThatMakesNoSense, IsAnErrorOrNothingAndNeverACrash)
{
    FakeEngine fake(onlyThen(body(GetParam())));
    ContainerEngine engine(fake.socket(), {}, 3s);
    const std::vector<std::string> problems = problemsOfEveryCall(engine);
    EXPECT_THAT(problems[2], HasSubstr("makes no sense"));
    EXPECT_THAT(problems[6], HasSubstr("makes no sense"));
    EXPECT_THAT(problems[7], HasSubstr("makes no sense"));
}

INSTANTIATE_TEST_SUITE_P(
    Of, AnAnswerThatMakesNoSense,
    testing::Values(
        "", "{", "null", "[]", "[1,2]", "7", "\"text\"", "{}", R"({"Id":7})", R"({"Id":null})",
        R"({"Id":{},"State":[],"Volumes":7})", R"({"Id":["a"],"Config":7,"State":{"Status":1}})",
        "\xff\xfe\x00garbage", R"([{"Id":1,"Labels":[1]}])", R"({"Volumes":[{"Name":1,"Labels":7}]})"));

class ABrokenAnswer : public testing::TestWithParam<const char*> {};

TEST_P(ABrokenAnswer, IsAnError)
{
    FakeReply reply;
    reply.raw = GetParam();
    FakeEngine fake(onlyThen(reply));
    ContainerEngine engine(fake.socket(), {}, 3s);
    for (const std::string& problem : problemsOfEveryCall(engine)) {
        EXPECT_NE(problem, "fine");
    }
}

INSTANTIATE_TEST_SUITE_P(
    Of, ABrokenAnswer,
    testing::Values(
        "\n", "HTTP/1.1", "HTTP/1.1 200 OK\r\n", "no http at all\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{\"Id\":",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffff\r\n{\"Id\":\"sha256:1\"}",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n{}\r\n",
        "HTTP/1.1 500 Bad\r\nContent-Length: 0\r\n\r\n", "HTTP/1.1 999 Odd\r\nContent-Length: 3\r\n\r\nodd"));

TEST(AContainerEngine, ThatTalksWithoutEndIsCutOff)
{
    FakeReply reply;
    reply.endless = std::string(1 << 16, ' ');
    FakeEngine fake(onlyThen(reply));
    ContainerEngine engine(fake.socket());
    Result<ContainerState> state = engine.inspect("a");
    ASSERT_FALSE(state);
    EXPECT_EQ(state.error().code, ErrorCode::TooLarge);
    EXPECT_LT(fake.sent(), 48U << 20);
}

TEST(AContainerEngine, KeepsOnlyTheEndOfAnEndlessLogInMemory)
{
    FakeReply reply;
    reply.endless.append(1, '\x01').append(6, '\0').append(1, '\x0a').append("some words");
    FakeEngine fake(onlyThen(reply));
    ContainerEngine engine(fake.socket(), {}, 2s);
    rusage before = {};
    getrusage(RUSAGE_SELF, &before);
    Result<std::string> log = engine.logs("a", 1000);
    EXPECT_FALSE(log);
    rusage after = {};
    getrusage(RUSAGE_SELF, &after);
    EXPECT_LT(after.ru_maxrss - before.ru_maxrss, 16 << 10) << "KiB more than before";
}

TEST(AContainerEngine, TakesTheFramesOutOfALog)
{
    std::string framed;
    const std::vector<std::string> lines = {"first line\n", "second\n", "third\n"};
    for (const std::string& line : lines) {
        framed.append(1, '\x02').append(6, '\0').append(1, static_cast<char>(line.size())).append(line);
    }
    FakeEngine fake(onlyThen(body(framed)));
    ContainerEngine engine(fake.socket(), {}, kTimeout);
    EXPECT_EQ(*engine.logs("a"), "first line\nsecond\nthird\n");
    EXPECT_EQ(*engine.logs("a", 10), "third\n") << "from the start of a line on";
    FakeEngine raw(onlyThen(body("a terminal\nhas no frames\n")));
    ContainerEngine other(raw.socket(), {}, kTimeout);
    EXPECT_EQ(*other.logs("a"), "a terminal\nhas no frames\n");
}

TEST(AContainerEngine, TakesNothingForLabelledThatCarriesAnotherLabel)
{
    FakeEngine fake(onlyThen(body(
        R"([{"Id":"1","Names":["/mine"],"Labels":{"key":"value"}},{"Id":"2","Names":["/foreign"],"Labels":null},
            {"Id":"3","Names":["/other"],"Labels":{"key":"other"}}])")));
    ContainerEngine engine(fake.socket(), {}, kTimeout);
    Result<std::vector<LabelledThing>> list = engine.labelled(Thing::Container, "key=value");
    ASSERT_TRUE(list) << list.error().what;
    ASSERT_EQ(list->size(), 1U);
    EXPECT_EQ(list->front().name, "mine");
}

// Recorded from Podman 4.3.1 after an import, a push and a pull: two digests, in any order.
TEST(AContainerEngine, KnowsTheDigestOfTheRegistryFromThatOfTheImageBeforeItsPush)
{
    const std::string own = "sha256:" + std::string(64, '9');
    const std::string pushed = "sha256:" + std::string(64, '1');
    for (const bool isFirst : {true, false}) {
        const std::string digests =
            isFirst ? fmt::format(R"("127.0.0.1:1/h@{}","127.0.0.1:1/h@{}")", own, pushed)
                    : fmt::format(R"("127.0.0.1:1/h@{}","127.0.0.1:1/h@{}")", pushed, own);
        FakeEngine fake([&](const std::string&, const std::string&) {
            FakeReply reply =
                body(fmt::format(R"({{"Id":"1","Digest":"{}","RepoDigests":[{}]}})", own, digests));
            reply.isPodman = true;
            return reply;
        });
        ContainerEngine engine(fake.socket(), {}, 3s);
        EXPECT_EQ(*engine.imageDigest("127.0.0.1:1/h:1"), "127.0.0.1:1/h@" + pushed);
        EXPECT_EQ(*engine.imageDigest("127.0.0.1:1/h@" + own), "127.0.0.1:1/h@" + own);
        EXPECT_EQ(*engine.imageDigest("127.0.0.1:1/h@" + pushed), "127.0.0.1:1/h@" + pushed);
        EXPECT_FALSE(engine.imageDigest("127.0.0.1:2/h:1"));
    }
}

TEST(AContainerEngine, MayBeAskedFromManyThreadsAtOnce)
{
    FakeEngine fake(onlyThen(body(R"({"Id":"sha256:1"})")));
    ContainerEngine engine(fake.socket());
    std::vector<std::thread> threads;
    std::atomic<int> good{0};
    for (int thread = 0; thread < 8; ++thread) {
        threads.emplace_back([&] {
            for (int call = 0; call < 20; ++call) {
                good += engine.imageId("a") ? 1 : 0;
            }
        });
    }
    for (std::thread& thread : threads) {
        thread.join();
    }
    EXPECT_EQ(good, 160);
}

// C7: an engine that went away and came back is simply there again.
TEST(AContainerEngine, IsThereAgainWhenItComesBack)
{
    std::atomic<bool> isAway = false;
    FakeEngine fake([&isAway](const std::string& request, const std::string& text) {
        FakeReply away;
        away.raw = "\n";
        return isAway ? away : onlyThen(body(R"({"Id":"sha256:1"})"))(request, text);
    });
    ContainerEngine engine(fake.socket(), {}, 3s);
    EXPECT_TRUE(engine.imageId("a"));
    isAway = true;
    EXPECT_FALSE(engine.imageId("a"));
    isAway = false;
    EXPECT_TRUE(engine.imageId("a"));
}

}  // namespace
}  // namespace neph::test
