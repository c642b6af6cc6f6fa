#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "assets/containers/workload/call_target.h"
#include "assets/containers/workload/deadline.h"

namespace neph {

/// Connections that are kept for the next call, at most so many at once (0: any number).
///
/// A thread of the pool opens them, one after the other, and who waits gets the next that is there. If each
/// caller opened its own, a crowd would open as many as it has callers, all of them too late for their calls,
/// throw them away, and begin again: the server would do nothing else.
template <typename Connection>
class ConnectionPool {
public:
    /// A new connection, or null and why there is none.
    using Open = std::function<std::unique_ptr<Connection>(std::string& problem)>;

    ConnectionPool(int most, Open open)
        : m_most(most), m_open(std::move(open)), m_opener([this] { keepOpening(); })
    {
    }

    /// Null: none came in time, or none could be opened; `problem` says which.
    std::unique_ptr<Connection> take(Deadline deadline, std::string& problem)
    {
        std::unique_lock lock(m_mutex);
        if (m_idle.empty()) {
            ++m_waiting;
            m_wanted.notify_one();
            m_freed.wait_for(lock, deadline.left(std::chrono::hours(1)), [this] {
                return !m_idle.empty() || !m_problems.empty();
            });
            --m_waiting;
            if (m_idle.empty()) {
                problem = m_problems.empty() ? std::string(kTooLate) : m_problems.back();
            }
            if (!m_problems.empty() && (m_idle.empty() || m_problems.size() > m_waiting)) {
                m_problems.pop_back();
            }
            if (m_idle.empty()) {
                return nullptr;
            }
        }
        std::unique_ptr<Connection> taken = std::move(m_idle.back());
        m_idle.pop_back();
        m_wanted.notify_one();  // It may have been meant for somebody else who waits.
        return taken;
    }

    /// Gives one back, or null for one that is broken.
    void giveBack(std::unique_ptr<Connection> connection)
    {
        const std::lock_guard lock(m_mutex);
        if (connection) {
            m_idle.push_back(std::move(connection));
            m_freed.notify_one();
        } else {
            --m_count;
            m_wanted.notify_one();
        }
    }

    /// Drops what is kept: the other side has closed one, so it has closed all.
    void forget()
    {
        const std::lock_guard lock(m_mutex);
        m_count -= static_cast<int>(m_idle.size());
        m_idle.clear();
        m_wanted.notify_one();
    }

private:
    void keepOpening()
    {
        std::unique_lock lock(m_mutex);
        for (;;) {
            m_wanted.wait(lock, [this] {
                return m_waiting > m_idle.size() + m_problems.size() && (m_most == 0 || m_count < m_most);
            });
            ++m_count;
            lock.unlock();
            std::string problem;
            std::unique_ptr<Connection> opened = m_open(problem);
            lock.lock();
            if (opened) {
                m_idle.push_back(std::move(opened));
                m_freed.notify_one();
            } else {
                --m_count;
                if (m_waiting > m_problems.size()) {
                    m_problems.push_back(std::move(problem));  // One refusal, one call that fails.
                }
                m_freed.notify_one();
            }
        }
    }

    int m_most;
    Open m_open;
    std::mutex m_mutex;
    std::condition_variable m_freed;
    std::condition_variable m_wanted;
    std::vector<std::unique_ptr<Connection>> m_idle;
    int m_count = 0;  ///< Idle, in use, and the one that is being opened.
    std::size_t m_waiting = 0;
    std::vector<std::string> m_problems;  ///< Each for one of those who wait.
    std::thread m_opener;                 ///< Last: it uses all of them. Runs as long as the program.
};

}  // namespace neph
