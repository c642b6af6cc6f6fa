// Calls to real stores: Redis, PostgreSQL and what speaks the protocol of DynamoDB.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/workload/running_workload.h"
#include "tests/workload/store_servers.h"

namespace neph {
namespace {

using nlohmann::json;
using testing::HasSubstr;

json serviceWith(const std::vector<json>& links)
{
    return {{"links", links}};
}

json redisLink(int port, const json& properties)
{
    json link = linkTo("cache", "redis", port);
    link["password"] = RedisServer::kPassword;
    link["properties"] = properties;
    link["node"] = {{"items", 50}};
    return link;
}

/// Sends requests until one is answered: a store may just have come back.
bool recovers(const RunningWorkload& workload)
{
    return eventually([&] { return workload.get("/work").status == 200; });
}

void expectAnswers(const RunningWorkload& workload, int count)
{
    HttpConnection connection;
    for (int i = 0; i < count; ++i) {
        const Answered answered = connection.get(workload.url("/work"));
        ASSERT_EQ(answered.status, 200) << answered.body;
    }
}

TEST(WorkloadWithRedis, ReadsAndWritesKeys)
{
    const RedisServer redis;
    const RunningWorkload workload(serviceWith(
        {redisLink(redis.port(), {{"operation", "set"}, {"itemKB", 2}}),
         redisLink(redis.port(), {{"operation", "get"}, {"itemKB", 2}}),
         redisLink(redis.port(), {{"operation", "get"}, {"itemsPerCall", 10}})}));
    expectAnswers(workload, 50);
    ChildProcess client(
        {"redis-cli", "-p", std::to_string(redis.port()), "-a", RedisServer::kPassword, "strlen", "neph:0"});
    EXPECT_EQ(client.wait(), 0);
    EXPECT_THAT(client.output(), testing::AnyOf(HasSubstr("2048"), HasSubstr("1024")));
}

TEST(WorkloadWithRedis, FailsWithAWrongPassword)
{
    const RedisServer redis;
    json link = redisLink(redis.port(), json::object());
    link["password"] = "guessed";
    const RunningWorkload workload(serviceWith({link}));
    const Answered answered = workload.get("/work");
    EXPECT_EQ(answered.status, 500);
    EXPECT_THAT(answered.body, HasSubstr("cache said"));
}

TEST(WorkloadWithRedis, WaitsForAStoreThatComesLaterAndOutlivesItsRestart)
{
    const int port = freePort();
    RunningWorkload workload(serviceWith({redisLink(port, json::object())}));
    EXPECT_EQ(workload.get("/work").status, 500);
    {
        const RedisServer redis(port);
        EXPECT_TRUE(recovers(workload));
        EXPECT_THAT(workload.get("/ready").body, HasSubstr(R"("cache":"ready")"));
    }
    EXPECT_EQ(workload.get("/work").status, 500);
    const RedisServer again(port);
    EXPECT_EQ(workload.get("/work").status, 200) << "No connection of before is used.";
    EXPECT_TRUE(workload.process().isRunning());
}

class WorkloadWithPostgreSql : public testing::Test {
protected:
    static void SetUpTestSuite() { s_server = std::make_unique<PostgreSqlServer>(); }
    static void TearDownTestSuite() { s_server.reset(); }
    void SetUp() override
    {
        ASSERT_TRUE(s_server->isRunning());
        s_server->query("DROP TABLE IF EXISTS neph_items");
    }

    static json link(const json& properties)
    {
        json made = linkTo("orders", "postgresql", s_server->port());
        made.update(json{{"user", "shop"}, {"password", PostgreSqlServer::kPassword}, {"database", "shop"}});
        made["properties"] = properties;
        made["node"] = {{"items", 300}};
        return made;
    }

    static std::unique_ptr<PostgreSqlServer> s_server;
};

std::unique_ptr<PostgreSqlServer> WorkloadWithPostgreSql::s_server;

TEST_F(WorkloadWithPostgreSql, FillsItsTableAndReadsIt)
{
    const RunningWorkload workload(
        serviceWith({link({{"operation", "read"}, {"itemKB", 4}, {"itemsPerCall", 5}})}));
    expectAnswers(workload, 50);
    EXPECT_EQ(s_server->query("SELECT count(*), min(length(body)), max(id) FROM neph_items"), "300|4096|299");
}

TEST_F(WorkloadWithPostgreSql, WritesRowsThatAreThere)
{
    const RunningWorkload workload(serviceWith(
        {link({{"operation", "read"}}),
         link({{"operation", "write"}, {"itemKB", 3}, {"itemsPerCall", 20}})}));
    std::vector<std::future<Answered>> requests;
    for (int i = 0; i < 40; ++i) {
        requests.push_back(workload.getLater("/work"));
    }
    for (auto& request : requests) {
        const Answered answered = request.get();
        EXPECT_EQ(answered.status, 200) << answered.body;
    }
    EXPECT_EQ(s_server->query("SELECT count(*) FROM neph_items"), "300");
    EXPECT_GT(std::stoi(s_server->query("SELECT count(*) FROM neph_items WHERE length(body) = 3072")), 100);
}

TEST_F(WorkloadWithPostgreSql, KeepsNoMoreConnectionsThanItsPoolHas)
{
    json made = link({{"operation", "read"}});
    made["connections"] = 2;
    const RunningWorkload workload(serviceWith({made}));
    std::vector<std::future<Answered>> requests;
    for (int i = 0; i < 30; ++i) {
        requests.push_back(workload.getLater("/work"));
    }
    for (auto& request : requests) {
        EXPECT_EQ(request.get().status, 200);
    }
    EXPECT_LE(
        std::stoi(
            s_server->query("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'nephoscope'")),
        2);
}

TEST_F(WorkloadWithPostgreSql, MakesItsTableAnewWhenItHasGone)
{
    const RunningWorkload workload(serviceWith({link({{"operation", "read"}})}));
    expectAnswers(workload, 1);
    s_server->query("DROP TABLE neph_items");
    EXPECT_EQ(workload.get("/work").status, 500);
    EXPECT_TRUE(recovers(workload));
}

TEST_F(WorkloadWithPostgreSql, GivesUpAQueryAfterItsTimeout)
{
    json made = link({{"operation", "write"}});
    made["timeoutMs"] = 300;
    const RunningWorkload workload(serviceWith({made}));
    ASSERT_TRUE(recovers(workload));
    ChildProcess lock(
        {"psql", "-h", "127.0.0.1", "-p", std::to_string(s_server->port()), "-U", "shop", "-d", "shop", "-c",
         "BEGIN; LOCK TABLE neph_items; SELECT pg_sleep(3); COMMIT"},
        {{"PGPASSWORD", PostgreSqlServer::kPassword}});
    EXPECT_TRUE(eventually([&] {
        return s_server->query("SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'") == "1";
    }));
    const Answered answered = workload.get("/work");
    EXPECT_EQ(answered.status, 500);
    EXPECT_THAT(answered.body, HasSubstr("orders did not answer in time"));
    lock.wait();
    EXPECT_TRUE(recovers(workload));
}

class WorkloadWithDynamoDb : public testing::TestWithParam<const char*> {
protected:
    void SetUp() override
    {
        const auto script = Dynalite::find();
        if (!script) {
            GTEST_SKIP() << "There is no dynalite: NEPH_DYNALITE is not set, and npm cannot install it here.";
        }
        m_script = *script;
    }
    static json link(int port, const json& properties)
    {
        json made = linkTo("products", "dynamodb", port);
        made["properties"] = properties;
        made["node"] = {{"items", 120}};
        return made;
    }

    std::string m_script;
};

TEST_P(WorkloadWithDynamoDb, MakesEachKindOfCall)
{
    const Dynalite dynalite(m_script);
    const RunningWorkload workload(serviceWith({link(
        dynalite.port(),
        {{"operation", GetParam()}, {"consistency", "strong"}, {"itemKB", 2}, {"itemsPerCall", 8}})}));
    expectAnswers(workload, 10);
    EXPECT_EQ(workload.metric("neph_failed_attempts_total{to=\"products\",link=\"0\"}"), 0);
}

INSTANTIATE_TEST_SUITE_P(
    Operation, WorkloadWithDynamoDb,
    testing::Values(
        "GetItem", "PutItem", "UpdateItem", "DeleteItem", "Query", "BatchGetItem", "BatchWriteItem",
        "TransactGetItems", "TransactWriteItems", "Scan"),
    [](const auto& example) { return std::string(example.param); });

using WorkloadWithALostTable = WorkloadWithDynamoDb;

TEST_P(WorkloadWithALostTable, MakesItAnew)
{
    const int port = freePort();
    RunningWorkload workload(serviceWith({link(port, {{"operation", GetParam()}})}));
    EXPECT_EQ(workload.get("/work").status, 500);
    {
        const Dynalite dynalite(m_script, port);
        EXPECT_TRUE(recovers(workload));
    }
    const Dynalite empty(m_script, port);
    EXPECT_EQ(workload.get("/work").status, 500) << "The new one knows no table.";
    EXPECT_TRUE(recovers(workload));
}

INSTANTIATE_TEST_SUITE_P(Operation, WorkloadWithALostTable, testing::Values("GetItem"));

}  // namespace
}  // namespace neph
