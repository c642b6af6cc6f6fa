#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/local/replica_http.h"
#include "tests/local/stub_server.h"

namespace neph {
namespace {

using testing::SizeIs;

std::uint16_t portIn(const std::string& url)
{
    return static_cast<std::uint16_t>(std::stoi(url.substr(url.rfind(':') + 1)));
}

TEST(AskingAReplica, GetsOrPostsAndSaysWhatCameBack)
{
    StubServer server([](const StubServer::Asked& asked, std::size_t) {
        return StubServer::Reply{asked.method == "POST" ? 201 : 404, Duration(0)};
    });
    const std::uint16_t port = portIn(server.url());
    EXPECT_EQ(askReplica(port, 3, "/health", std::chrono::seconds(2))->status, 404);
    EXPECT_EQ(askReplica(port, 3, "/control", std::chrono::seconds(2), "{}")->status, 201);
    ASSERT_THAT(server.asked(), SizeIs(2));
    EXPECT_EQ(server.asked()[0].target, "/health");
    EXPECT_EQ(server.asked()[1].bodyBytes, 2U);
}

TEST(AskingAReplica, GivesUpInTime)
{
    StubServer server([](const StubServer::Asked&, std::size_t) { return StubServer::Reply{200, 10s}; });
    const auto began = std::chrono::steady_clock::now();
    const Result<HttpAnswer> answer =
        askReplica(portIn(server.url()), 1, "/", std::chrono::milliseconds(200));
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code, ErrorCode::CannotRead);
    EXPECT_LT(std::chrono::steady_clock::now() - began, 5s);
}

TEST(AskingAReplica, ThatIsNotThereIsAnError)
{
    EXPECT_FALSE(askReplica(portIn(StubServer::urlOfNobody()), 1, "/", std::chrono::seconds(1)));
    EXPECT_FALSE(storeAnswers(portIn(StubServer::urlOfNobody()), "redis", std::chrono::milliseconds(300)));
}

TEST(AStore, AnswersWhereSomebodySpeaksItsProtocol)
{
    StubServer server;
    EXPECT_TRUE(storeAnswers(portIn(server.url()), "dynamodb", std::chrono::seconds(2)));
    EXPECT_TRUE(storeAnswers(portIn(server.url()), "tcp", std::chrono::milliseconds(200)));
}

}  // namespace
}  // namespace neph
