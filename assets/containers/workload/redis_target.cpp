// Redis, through hiredis. Keys are neph:<n>.
#include <algorithm>

#include <hiredis/hiredis.h>

#include "assets/containers/workload/connection_pool.h"
#include "assets/containers/workload/store_target.h"

namespace neph {

namespace {

struct CloseRedis {
    void operator()(redisContext* context) const { redisFree(context); }
    void operator()(redisReply* reply) const { freeReplyObject(reply); }
};
constexpr std::chrono::seconds kOpenAtMost{10};
using Reply = std::unique_ptr<redisReply, CloseRedis>;

struct RedisConnection {
    std::unique_ptr<redisContext, CloseRedis> context;
};

timeval timeLeft(Deadline deadline)
{
    using namespace std::chrono;
    // Nothing means for ever to hiredis, and an hour is close to that.
    const auto left = duration_cast<microseconds>(deadline.left(hours(1)));
    const auto micros = std::max<std::int64_t>(left.count(), 1000);
    return {micros / 1'000'000, micros % 1'000'000};
}

class RedisTarget final : public StoreTarget {
public:
    explicit RedisTarget(const LinkConfig& link)
        : m_link(link), m_pool(link.connections, [this](std::string& problem) { return opened(problem); }),
          m_items(std::clamp<std::int64_t>(link.items, 1, kItems)), m_value(link.itemBytes(), 'x')
    {
        startPreparing();
    }

protected:
    CallOutcome prepare(Deadline deadline) override;
    CallOutcome callStore(RandomStream& random, Deadline deadline) override;

private:
    static constexpr std::int64_t kItems = 1000;

    using Words = std::vector<std::string>;
    std::unique_ptr<RedisConnection> opened(std::string& problem) const;
    CallOutcome open(RedisConnection& connection, Deadline deadline) const;
    static CallOutcome command(RedisConnection& connection, const Words& words, Deadline deadline);
    Words wordsOf(RandomStream& random) const;

    LinkConfig m_link;
    ConnectionPool<RedisConnection> m_pool;
    std::int64_t m_items;
    std::string m_value;
};

std::unique_ptr<RedisConnection> RedisTarget::opened(std::string& problem) const
{
    auto connection = std::make_unique<RedisConnection>();
    const CallOutcome outcome = open(*connection, Deadline::after(kOpenAtMost));
    problem = outcome.what;
    return outcome.ok ? std::move(connection) : nullptr;
}

CallOutcome RedisTarget::open(RedisConnection& connection, Deadline deadline) const
{
    connection.context.reset(redisConnectWithTimeout(m_link.host.c_str(), m_link.port, timeLeft(deadline)));
    if (!connection.context || connection.context->err != 0) {
        connection.context.reset();
        return failed(deadline.hasPassed() ? kTooLate : "refused the connection");
    }
    redisEnableKeepAlive(connection.context.get());
    if (m_link.password.empty()) {
        return {};
    }
    Words words = {"AUTH", m_link.user, m_link.password};
    if (m_link.user.empty()) {
        words.erase(words.begin() + 1);
    }
    return command(connection, words, deadline);
}

CallOutcome RedisTarget::command(RedisConnection& connection, const Words& words, Deadline deadline)
{
    std::vector<const char*> texts;
    std::vector<std::size_t> sizes;
    for (const std::string& word : words) {
        texts.push_back(word.data());
        sizes.push_back(word.size());
    }
    redisSetTimeout(connection.context.get(), timeLeft(deadline));
    const Reply reply(static_cast<redisReply*>(redisCommandArgv(
        connection.context.get(), static_cast<int>(texts.size()), texts.data(), sizes.data())));
    if (!reply) {
        connection.context.reset();
        return failed(deadline.hasPassed() ? kTooLate : "broke the connection");
    }
    if (reply->type == REDIS_REPLY_ERROR) {
        return failed("said " + std::string(reply->str, reply->len));
    }
    return {};
}

RedisTarget::Words RedisTarget::wordsOf(RandomStream& random) const
{
    const bool writes = m_link.operation == "set";
    const std::vector<std::int64_t> chosen = drawItems(random, m_items, m_link.itemsPerCall);
    Words words = {std::string(chosen.size() > 1 ? "M" : "") + (writes ? "SET" : "GET")};
    for (const std::int64_t number : chosen) {
        words.push_back("neph:" + std::to_string(number));
        if (writes) {
            words.push_back(m_value);
        }
    }
    return words;
}

CallOutcome RedisTarget::callStore(RandomStream& random, Deadline deadline)
{
    const Words words = wordsOf(random);
    CallOutcome outcome;
    // A connection that was kept may have been closed meanwhile, by a restart. That is no failure.
    for (int round = 0; round < 2; ++round) {
        std::string problem;
        std::unique_ptr<RedisConnection> connection = m_pool.take(deadline, problem);
        if (!connection) {
            return failed(problem);
        }
        outcome = command(*connection, words, deadline);
        const bool isBroken = !connection->context;
        m_pool.giveBack(!isBroken && outcome.ok ? std::move(connection) : nullptr);
        if (!isBroken || deadline.hasPassed()) {
            break;
        }
        m_pool.forget();
    }
    return outcome;
}

CallOutcome RedisTarget::prepare(Deadline deadline)
{
    RedisConnection connection;
    CallOutcome outcome = open(connection, deadline);
    for (std::int64_t number = 0; outcome.ok && number < m_items; ++number) {
        outcome = command(connection, {"SETNX", "neph:" + std::to_string(number), m_value}, deadline);
    }
    return outcome;
}

}  // namespace

std::unique_ptr<CallTarget> makeRedisTarget(const LinkConfig& link)
{
    return std::make_unique<RedisTarget>(link);
}

}  // namespace neph
