#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sim/base/result.h"

namespace neph {

/// One kind of request that the service knows.
struct ClassConfig {
    std::string name;
    double cpuMs = 0;  ///< 0: as the service says.
    std::uint64_t responseBytes = 1024;
};

enum class Protocol { Http, DynamoDb, PostgreSql, Redis };

/// Calls that the service makes to one other place.
struct LinkConfig {
    std::string to;  ///< What metrics and messages call it; the name of a DynamoDB table, too.
    Protocol protocol = Protocol::Http;
    std::string host;
    std::uint16_t port = 0;
    std::vector<std::string> classes;  ///< Requests that make the call; empty: all.
    double callsPerRequest = 1;
    bool parallel = false;
    double timeoutMs = 0;  ///< Of one attempt; 0: none.
    int retries = 0;
    double retryBaseMs = 50;
    double retryCapMs = 20'000;
    int connections = 0;  ///< At most that many at once; 0: as many as are needed.

    std::string operation;  ///< Of a store: "Query", "read", "get" ...
    bool strong = false;    ///< Strongly consistent reads.
    double itemKB = 1;
    int itemsPerCall = 1;
    double requestKiB = 2;
    double responseKiB = 5;
    std::int64_t items = 1000;  ///< That the store holds.

    std::string user;
    std::string password;
    std::string database;

    std::size_t itemBytes() const { return itemKB < 1e-3 ? 1 : static_cast<std::size_t>(itemKB * 1024); }
};

/// Everything the program is told, by one JSON object.
struct Config {
    std::string service = "service";
    std::string address = "0.0.0.0";
    std::uint16_t port = 8080;  ///< 0: any that is free.
    std::uint64_t seed = 1;
    int workers = 64;
    int queueLimit = 512;
    double cpuMs = 1;
    std::string cpuLaw = "exponential";
    double cpuScv = 1;
    double memoryPerRequestMiB = 0;
    double baseMemoryMiB = 0;
    double startupSeconds = 0;
    bool graceful = true;
    bool crashAtStart = false;
    int crashExitCode = 1;
    bool failsHealthCheck = false;
    double failShare = 0;
    double healthCpuMs = 1;
    std::vector<ClassConfig> classes;  ///< Never empty once it is read.
    std::vector<LinkConfig> links;
};

/// Reads the configuration. Errors: NotJson, Invalid; `where` is the JSON pointer of the field.
Result<Config> readConfig(std::string_view text);

}  // namespace neph
