#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <vector>

#include "assets/containers/workload/deadline.h"

namespace neph {

/// Connections that are kept for the next call, at most so many at once (0: any number).
template <typename Connection>
class ConnectionPool {
public:
    explicit ConnectionPool(int most) : m_most(most) {}

    /// A place in the pool, with a connection that was kept or an empty one. False: none became free in time.
    bool take(std::unique_ptr<Connection>& into, Deadline deadline)
    {
        std::unique_lock lock(m_mutex);
        const auto isFree = [this] { return m_most == 0 || m_used < m_most; };
        if (!isFree() && !m_freed.wait_for(lock, deadline.left(std::chrono::hours(1)), isFree)) {
            return false;
        }
        ++m_used;
        if (!m_idle.empty()) {
            into = std::move(m_idle.back());
            m_idle.pop_back();
        }
        return true;
    }

    /// Gives the place back; a connection that is broken is given back empty.
    void giveBack(std::unique_ptr<Connection> connection)
    {
        {
            const std::lock_guard lock(m_mutex);
            --m_used;
            if (connection) {
                m_idle.push_back(std::move(connection));
            }
        }
        m_freed.notify_one();
    }

    /// Drops what is kept: the other side has closed one, so it has closed all.
    void forget()
    {
        const std::lock_guard lock(m_mutex);
        m_idle.clear();
    }

private:
    int m_most;
    int m_used = 0;
    std::mutex m_mutex;
    std::condition_variable m_freed;
    std::vector<std::unique_ptr<Connection>> m_idle;
};

}  // namespace neph
