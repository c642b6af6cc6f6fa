#include "sim/local/work_bench.h"

namespace neph {

WorkBench::WorkBench(unsigned threads)
{
    for (unsigned i = 0; i < threads; ++i) {
        m_threads.emplace_back([this] { work(); });
    }
}

void WorkBench::end()
{
    {
        const std::lock_guard lock(m_mutex);
        m_isEnding = true;
        m_jobs.clear();
    }
    m_hasJob.notify_all();
    for (std::thread& thread : m_threads) {
        thread.join();
    }
    m_threads.clear();
    m_done.clear();
}

void WorkBench::add(std::function<void()> job)
{
    {
        const std::lock_guard lock(m_mutex);
        m_jobs.push_back(std::move(job));
    }
    m_hasJob.notify_one();
}

void WorkBench::handOver(std::function<void()> action)
{
    {
        const std::lock_guard lock(m_mutex);
        if (m_isEnding) {
            return;
        }
        m_done.push_back(std::move(action));
    }
    m_hasDone.notify_one();
}

bool WorkBench::deliver()
{
    std::deque<std::function<void()>> ready;
    {
        const std::lock_guard lock(m_mutex);
        ready.swap(m_done);
    }
    for (const std::function<void()>& action : ready) {
        action();
    }
    return !ready.empty();
}

void WorkBench::wait(std::chrono::nanoseconds most)
{
    std::unique_lock lock(m_mutex);
    m_hasDone.wait_for(lock, most, [this] { return !m_done.empty(); });
}

void WorkBench::work()
{
    while (true) {
        std::function<void()> job;
        {
            std::unique_lock lock(m_mutex);
            m_hasJob.wait(lock, [this] { return m_isEnding || !m_jobs.empty(); });
            if (m_isEnding) {
                return;
            }
            job = std::move(m_jobs.front());
            m_jobs.pop_front();
        }
        job();
    }
}

}  // namespace neph
