#pragma once

#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>

#include "assets/containers/workload/call_target.h"

namespace neph {

/// A store, which needs its table and some items before calls make sense. A thread of its own sees to that
/// from the start and tries for as long as it takes; calls wait while it is at work and fail at once where it
/// just failed.
class StoreTarget : public CallTarget {
public:
    CallOutcome attempt(const std::string& requestClass, RandomStream& random, Deadline deadline) final;
    std::string state() final;

protected:
    /// Begins to prepare; the last thing that a constructor does.
    void startPreparing();
    /// What was prepared has gone, a call found: prepare again.
    void setLost();

    /// Creates and fills what is missing. One thread calls it, and calls it again after a failure.
    virtual CallOutcome prepare(Deadline deadline) = 0;
    /// One call to a store that is prepared.
    virtual CallOutcome callStore(RandomStream& random, Deadline deadline) = 0;

private:
    enum class State { Preparing, Ready, Failed };
    void keepPrepared();

    std::mutex m_mutex;
    std::condition_variable m_changed;
    State m_state = State::Preparing;
    std::string m_problem;
    std::thread m_thread;
};

/// Numbers of the items that one call is about: distinct and ascending, so that two calls never wait for each
/// other in a circle. Below `items`; all of them where there are fewer than `count`.
std::vector<std::int64_t> drawItems(RandomStream& random, std::int64_t items, int count);

}  // namespace neph
