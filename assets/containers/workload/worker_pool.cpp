#include "assets/containers/workload/worker_pool.h"

namespace neph {

// The threads of both live as long as the process, which ends by _exit: nobody joins them.

WorkerPool::WorkerPool(int workers, int queueLimit, std::uint64_t seed, const std::string& service)
    : m_limit(static_cast<std::size_t>(workers) + static_cast<std::size_t>(queueLimit))
{
    for (int i = 0; i < workers; ++i) {
        const std::uint64_t stream = streamId(service, "worker " + std::to_string(i));
        m_threads.emplace_back([this, seed, stream] { run(RandomStream(seed, stream)); });
    }
}

bool WorkerPool::submit(Job job, std::function<void()> after)
{
    {
        const std::lock_guard lock(m_mutex);
        if (m_inFlight >= m_limit) {
            return false;
        }
        ++m_inFlight;
        m_queue.push_back({std::move(job), std::move(after)});
    }
    m_work.notify_one();
    return true;
}

std::size_t WorkerPool::inFlight() const
{
    const std::lock_guard lock(m_mutex);
    return m_inFlight;
}

std::size_t WorkerPool::queued() const
{
    const std::lock_guard lock(m_mutex);
    return m_queue.size();
}

void WorkerPool::run(RandomStream random)
{
    std::unique_lock lock(m_mutex);
    for (;;) {
        m_work.wait(lock, [this] { return !m_queue.empty(); });
        Entry entry = std::move(m_queue.front());
        m_queue.pop_front();
        lock.unlock();
        entry.job(random);
        lock.lock();
        --m_inFlight;
        lock.unlock();
        entry.after();
        entry = {};
        lock.lock();
    }
}

void HelperThreads::start(Job job)
{
    {
        const std::lock_guard lock(m_mutex);
        m_queue.push_back(std::move(job));
        if (m_queue.size() > m_idle) {
            const std::uint64_t stream = streamId(m_service, "helper " + std::to_string(m_threads.size()));
            m_threads.emplace_back([this, stream] { run(RandomStream(m_seed, stream)); });
        }
    }
    m_work.notify_one();
}

void HelperThreads::run(RandomStream random)
{
    std::unique_lock lock(m_mutex);
    for (;;) {
        ++m_idle;
        m_work.wait(lock, [this] { return !m_queue.empty(); });
        --m_idle;
        Job job = std::move(m_queue.front());
        m_queue.pop_front();
        lock.unlock();
        job(random);
        job = nullptr;
        lock.lock();
    }
}

}  // namespace neph
