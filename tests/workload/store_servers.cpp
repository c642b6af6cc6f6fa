#include "tests/workload/store_servers.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <pwd.h>
#include <unistd.h>

namespace neph {

namespace fs = std::filesystem;

namespace {

const std::string kPostgreSqlPrograms = "/usr/lib/postgresql/15/bin/";

}  // namespace

RedisServer::RedisServer(int port)
    : m_port(port), m_process(
                        {"redis-server", "--port", std::to_string(port), "--bind", "127.0.0.1", "--save", "",
                         "--requirepass", kPassword})
{
    EXPECT_TRUE(m_process.says("Ready to accept connections")) << m_process.output();
}

PostgreSqlServer::PostgreSqlServer()
{
    std::ofstream(m_folder.path("password")) << kPassword << '\n';
    if (const passwd* user = getuid() == 0 ? getpwnam("postgres") : nullptr) {
        EXPECT_EQ(chown(m_folder.path().c_str(), user->pw_uid, user->pw_gid), 0);
        EXPECT_EQ(chown(m_folder.path("password").c_str(), user->pw_uid, user->pw_gid), 0);
    }
    const std::string data = m_folder.path("data");
    ChildProcess setUp(asItself(
        {kPostgreSqlPrograms + "initdb", "-D", data, "-U", "shop", "-A", "scram-sha-256",
         "--pwfile=" + m_folder.path("password"), "--no-sync", "-E", "UTF8", "--locale=C"}));
    EXPECT_EQ(setUp.wait(std::chrono::seconds(120)), 0) << setUp.errors();
    m_process = std::make_unique<ChildProcess>(asItself(
        {kPostgreSqlPrograms + "postgres", "-D", data, "-p", std::to_string(m_port), "-h", "127.0.0.1", "-k",
         m_folder.path(), "-c", "fsync=off"}));
    EXPECT_TRUE(m_process->says("ready to accept connections")) << m_process->errors();
    ChildProcess create(
        {"psql", "-h", "127.0.0.1", "-p", std::to_string(m_port), "-U", "shop", "-d", "postgres", "-c",
         "CREATE DATABASE shop"},
        {{"PGPASSWORD", kPassword}});
    m_isRunning = create.wait() == 0;
    EXPECT_TRUE(m_isRunning) << create.errors();
}

/// PostgreSQL does not run as root, so root lends it another user.
ChildProcess::Words PostgreSqlServer::asItself(ChildProcess::Words words) const
{
    if (getuid() == 0) {
        const ChildProcess::Words before = {"setpriv",        "--reuid=postgres", "--regid=postgres",
                                            "--clear-groups", "--pdeathsig=QUIT", "--"};
        words.insert(words.begin(), before.begin(), before.end());
    }
    return words;
}

std::string PostgreSqlServer::query(const std::string& statement) const
{
    ChildProcess psql(
        {"psql", "-At", "-h", "127.0.0.1", "-p", std::to_string(m_port), "-U", "shop", "-d", "shop", "-c",
         statement},
        {{"PGPASSWORD", kPassword}});
    EXPECT_EQ(psql.wait(), 0) << psql.errors();
    const std::string output = psql.output();
    return output.substr(0, output.find_last_not_of('\n') + 1);
}

Dynalite::Dynalite(const std::string& script, int port)
    : m_port(port),
      m_process(
          {"node", script, "--port", std::to_string(port), "--host", "127.0.0.1", "--createTableMs", "100"})
{
    EXPECT_TRUE(m_process.says("Dynalite listening")) << m_process.errors();
}

std::optional<std::string> Dynalite::find()
{
    if (const char* given = std::getenv("NEPH_DYNALITE")) {
        const fs::path path = given;
        return fs::is_directory(path) ? (path / "cli.js").string() : path.string();
    }
    const std::string folder = (fs::path(NEPH_BINARY_DIR) / "npm").string();
    const std::string script = (fs::path(folder) / "node_modules/dynalite/cli.js").string();
    if (!fs::exists(script)) {
        ChildProcess npm({"npm", "install", "--no-audit", "--no-fund", "--prefix", folder, "dynalite@4.0.0"});
        npm.wait(std::chrono::seconds(180));
    }
    return fs::exists(script) ? std::optional(script) : std::nullopt;
}

}  // namespace neph
