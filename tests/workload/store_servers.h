#pragma once

#include <memory>
#include <optional>
#include <string>

#include "tests/workload/child_process.h"

namespace neph {

/// A real Redis with a password, on a port of its own.
class RedisServer {
public:
    explicit RedisServer(int port = freePort());
    int port() const { return m_port; }
    static constexpr const char* kPassword = "swordfish";

private:
    int m_port;
    ChildProcess m_process;
};

/// A real PostgreSQL with an empty database "shop" of user "shop", on a port of its own. One for all tests:
/// it takes seconds to set up.
class PostgreSqlServer {
public:
    PostgreSqlServer();
    int port() const { return m_port; }
    bool isRunning() const { return m_isRunning; }
    /// What psql prints for a statement, without the line end.
    std::string query(const std::string& statement) const;
    static constexpr const char* kPassword = "swordfish";

private:
    ChildProcess::Words asItself(ChildProcess::Words words) const;

    TemporaryFolder m_folder;
    int m_port = freePort();
    bool m_isRunning = false;
    std::unique_ptr<ChildProcess> m_process;
};

/// dynalite, which speaks the protocol of DynamoDB, on a port of its own.
class Dynalite {
public:
    explicit Dynalite(const std::string& script, int port = freePort());
    int port() const { return m_port; }

    /// Its program: where NEPH_DYNALITE says, or as npm installs it once into the build folder. None: there
    /// is no way to it here.
    static std::optional<std::string> find();

private:
    int m_port;
    ChildProcess m_process;
};

}  // namespace neph
