#pragma once

#include <memory>
#include <string>

#include "assets/containers/workload/config.h"
#include "assets/containers/workload/deadline.h"
#include "sim/kernel/random.h"

namespace neph {

/// How an attempt ended.
struct CallOutcome {
    bool ok = true;
    std::string what;  ///< Why not: "did not answer in time".
};

inline CallOutcome failed(std::string what)
{
    return {false, std::move(what)};
}

constexpr const char* kTooLate = "did not answer in time";

/// The other end of a link. Any number of threads may call it at once.
class CallTarget {
public:
    CallTarget() = default;
    virtual ~CallTarget() = default;
    CallTarget(const CallTarget&) = delete;
    CallTarget& operator=(const CallTarget&) = delete;

    /// One attempt, over when the deadline has passed at the latest. Blocks the calling thread.
    virtual CallOutcome attempt(const std::string& requestClass, RandomStream& random, Deadline deadline) = 0;

    /// Whether it can be used yet, in a word for GET /ready.
    virtual std::string state() { return "ready"; }
};

std::unique_ptr<CallTarget> makeHttpTarget(const LinkConfig& link);
std::unique_ptr<CallTarget> makeDynamoDbTarget(const LinkConfig& link);
std::unique_ptr<CallTarget> makePostgreSqlTarget(const LinkConfig& link);
std::unique_ptr<CallTarget> makeRedisTarget(const LinkConfig& link);

}  // namespace neph
