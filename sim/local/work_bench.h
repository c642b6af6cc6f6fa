#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace neph {

/// Work that blocks, done beside a run: what came of it is handed over on the thread of the run.
class WorkBench {
public:
    explicit WorkBench(unsigned threads);
    ~WorkBench() { end(); }
    WorkBench(const WorkBench&) = delete;
    WorkBench& operator=(const WorkBench&) = delete;

    /// Lets what has begun end and drops the rest; nothing is handed over after that.
    void end();

    /// `work` on some thread; then `done(what it returned)` within deliver().
    template <class Work, class Done>
    void run(Work work, Done done)
    {
        add([this, work = std::move(work), done = std::move(done)]() mutable {
            auto result = work();
            handOver(
                [done = std::move(done), result = std::move(result)]() mutable { done(std::move(result)); });
        });
    }

    /// From any thread: `action` will be called within deliver().
    void handOver(std::function<void()> action);
    /// Calls what has been handed over; on the thread of the run. Whether there was any.
    bool deliver();
    /// Waits until something is handed over, or so long.
    void wait(std::chrono::nanoseconds most);

private:
    void add(std::function<void()> job);
    void work();

    std::mutex m_mutex;
    std::condition_variable m_hasJob;
    std::condition_variable m_hasDone;
    std::deque<std::function<void()>> m_jobs;
    std::deque<std::function<void()>> m_done;
    bool m_isEnding = false;
    std::vector<std::thread> m_threads;
};

}  // namespace neph
