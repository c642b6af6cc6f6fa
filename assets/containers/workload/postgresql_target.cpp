// PostgreSQL, through libpq: reads and writes rows of one table by their primary key.
#include <algorithm>

#include <libpq-fe.h>
#include <poll.h>

#include "assets/containers/workload/connection_pool.h"
#include "assets/containers/workload/store_target.h"

namespace neph {

namespace {

struct CloseSql {
    void operator()(PGconn* connection) const { PQfinish(connection); }
    void operator()(PGresult* result) const { PQclear(result); }
};
using Answer = std::unique_ptr<PGresult, CloseSql>;

struct SqlConnection {
    std::unique_ptr<PGconn, CloseSql> link;
    bool isBroken() const { return !link || PQstatus(link.get()) != CONNECTION_OK; }
};

bool waitFor(PGconn* connection, short events, Deadline deadline)
{
    pollfd wait{PQsocket(connection), events, 0};
    return poll(&wait, 1, deadline.pollMs()) > 0;
}

constexpr const char* kRead = "SELECT id, body FROM neph_items WHERE id = ANY($1::bigint[])";
constexpr const char* kWrite =
    "INSERT INTO neph_items SELECT unnest($1::bigint[]), convert_to(repeat('x', $2::int), 'UTF8') "
    "ON CONFLICT (id) DO UPDATE SET body = excluded.body";
constexpr const char* kUndefinedTable = "42P01";
constexpr std::chrono::seconds kOpenAtMost{10};

/// Many copies of the service start at once: the lock lets one of them fill the table.
std::string preparation(std::int64_t items, std::size_t bytes)
{
    const std::string rows = std::to_string(items);
    return "BEGIN; SELECT pg_advisory_xact_lock(20086); DO $$ BEGIN "
           "IF to_regclass('neph_items') IS NULL THEN "
           "CREATE TABLE neph_items (id bigint PRIMARY KEY, body bytea NOT NULL); "
           // Padding shrinks to nothing when it is compressed, and the data of the user would not.
           "ALTER TABLE neph_items ALTER COLUMN body SET STORAGE EXTERNAL; "
           "END IF; "
           "IF (SELECT count(*) FROM neph_items) < " +
           rows + " THEN INSERT INTO neph_items SELECT number, convert_to(repeat('x', " +
           std::to_string(bytes) + "), 'UTF8') FROM generate_series(0, " + rows +
           " - 1) AS number ON CONFLICT (id) DO NOTHING; END IF; END $$; COMMIT";
}

class PostgreSqlTarget final : public StoreTarget {
public:
    explicit PostgreSqlTarget(const LinkConfig& link)
        : m_link(link), m_pool(link.connections, [this](std::string& problem) { return opened(problem); }),
          m_writes(link.operation == "write"), m_items(std::clamp<std::int64_t>(link.items, 1, kItems)),
          m_size(std::to_string(link.itemBytes()))
    {
        startPreparing();
    }

protected:
    CallOutcome prepare(Deadline deadline) override;
    CallOutcome callStore(RandomStream& random, Deadline deadline) override;

private:
    static constexpr std::int64_t kItems = 10'000;

    std::unique_ptr<SqlConnection> opened(std::string& problem);
    CallOutcome open(SqlConnection& connection, Deadline deadline);
    CallOutcome finish(SqlConnection& connection, Deadline deadline);
    CallOutcome call(SqlConnection& connection, const std::string& ids, Deadline deadline);

    LinkConfig m_link;
    ConnectionPool<SqlConnection> m_pool;
    bool m_writes;
    std::int64_t m_items;
    std::string m_size;
};

std::unique_ptr<SqlConnection> PostgreSqlTarget::opened(std::string& problem)
{
    auto connection = std::make_unique<SqlConnection>();
    const CallOutcome outcome = open(*connection, Deadline::after(kOpenAtMost));
    problem = outcome.what;
    return outcome.ok ? std::move(connection) : nullptr;
}

CallOutcome PostgreSqlTarget::open(SqlConnection& connection, Deadline deadline)
{
    const std::string port = std::to_string(m_link.port);
    const std::string user = m_link.user.empty() ? "postgres" : m_link.user;
    const std::string database = m_link.database.empty() ? user : m_link.database;
    const char* names[] = {"host",    "port",       "user", "password", "dbname", "application_name",
                           "sslmode", "gssencmode", nullptr};
    const char* values[] = {m_link.host.c_str(),
                            port.c_str(),
                            user.c_str(),
                            m_link.password.c_str(),
                            database.c_str(),
                            "nephoscope",
                            "disable",
                            "disable",
                            nullptr};
    connection.link.reset(PQconnectStartParams(names, values, 0));
    PGconn* link = connection.link.get();
    PostgresPollingStatusType step = PGRES_POLLING_WRITING;
    while (link != nullptr && PQstatus(link) != CONNECTION_BAD && step != PGRES_POLLING_OK) {
        if (!waitFor(link, step == PGRES_POLLING_READING ? POLLIN : POLLOUT, deadline)) {
            return failed(kTooLate);
        }
        step = PQconnectPoll(link);
        if (step == PGRES_POLLING_FAILED) {
            break;
        }
    }
    if (connection.isBroken()) {
        std::string reason = link != nullptr ? PQerrorMessage(link) : "";
        std::replace(reason.begin(), reason.end(), '\n', ' ');
        return failed("refused the connection: " + reason);
    }
    PQsetnonblocking(link, 1);
    PQsendPrepare(link, "call", m_writes ? kWrite : kRead, 0, nullptr);
    return finish(connection, deadline);
}

/// Sends what waits to be sent and takes the results of the command, all of them.
CallOutcome PostgreSqlTarget::finish(SqlConnection& connection, Deadline deadline)
{
    PGconn* link = connection.link.get();
    CallOutcome outcome;
    for (;;) {
        for (int unsent = PQflush(link); unsent > 0 || PQisBusy(link) != 0; unsent = PQflush(link)) {
            const auto events = static_cast<short>(unsent > 0 ? POLLIN | POLLOUT : POLLIN);
            if (!waitFor(link, events, deadline)) {
                connection.link.reset();  // Its answer may come later and would be taken for another's.
                return failed(kTooLate);
            }
            if (PQconsumeInput(link) == 0) {
                connection.link.reset();
                return failed("broke the connection");
            }
        }
        const Answer answer(PQgetResult(link));
        if (!answer) {
            return outcome;
        }
        const ExecStatusType status = PQresultStatus(answer.get());
        if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK) {
            const char* code = PQresultErrorField(answer.get(), PG_DIAG_SQLSTATE);
            const char* text = PQresultErrorField(answer.get(), PG_DIAG_MESSAGE_PRIMARY);
            outcome = failed(std::string("said ") + (text != nullptr ? text : "that it has failed"));
            if (code != nullptr && std::string_view(code) == kUndefinedTable) {
                setLost();
            }
        }
    }
}

CallOutcome PostgreSqlTarget::call(SqlConnection& connection, const std::string& ids, Deadline deadline)
{
    const char* values[] = {ids.c_str(), m_size.c_str()};
    if (PQsendQueryPrepared(connection.link.get(), "call", m_writes ? 2 : 1, values, nullptr, nullptr, 1) ==
        0) {
        connection.link.reset();
        return failed("broke the connection");
    }
    return finish(connection, deadline);
}

CallOutcome PostgreSqlTarget::callStore(RandomStream& random, Deadline deadline)
{
    std::string ids = "{";
    for (const std::int64_t number : drawItems(random, m_items, m_link.itemsPerCall)) {
        ids += (ids.size() > 1 ? "," : "") + std::to_string(number);
    }
    ids += '}';
    CallOutcome outcome;
    // A connection that was kept may have been closed meanwhile, by a restart. That is no failure.
    for (int round = 0; round < 2; ++round) {
        std::string problem;
        std::unique_ptr<SqlConnection> connection = m_pool.take(deadline, problem);
        if (!connection) {
            return failed(problem);
        }
        outcome = call(*connection, ids, deadline);
        const bool isBroken = connection->isBroken();
        m_pool.giveBack(!isBroken && outcome.ok ? std::move(connection) : nullptr);
        if (!isBroken || deadline.hasPassed()) {
            break;
        }
        m_pool.forget();
    }
    return outcome;
}

CallOutcome PostgreSqlTarget::prepare(Deadline deadline)
{
    // The statement that a connection prepares needs the table: without it, opening fails, the connection
    // stands.
    SqlConnection connection;
    CallOutcome outcome = open(connection, deadline);
    if (connection.isBroken()) {
        return outcome;
    }
    PQsendQuery(connection.link.get(), preparation(m_items, m_link.itemBytes()).c_str());
    return finish(connection, deadline);
}

}  // namespace

std::unique_ptr<CallTarget> makePostgreSqlTarget(const LinkConfig& link)
{
    return std::make_unique<PostgreSqlTarget>(link);
}

}  // namespace neph
