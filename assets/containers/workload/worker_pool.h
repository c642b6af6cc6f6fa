#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "sim/kernel/random.h"

namespace neph {

/// What a worker does; it gets the random numbers of its thread.
using Job = std::function<void(RandomStream&)>;

/// A fixed number of workers and a first-come first-served queue of limited length before them.
class WorkerPool {
public:
    WorkerPool(int workers, int queueLimit, std::uint64_t seed, const std::string& service);

    /// Takes a job, unless every worker is busy and the queue is full: then false, at once. `after` is called
    /// when the worker is free again, so that who hears of it finds room for the next.
    bool submit(Job job, std::function<void()> after);

    std::size_t inFlight() const;
    std::size_t queued() const;

private:
    void run(RandomStream random);

    struct Entry {
        Job job;
        std::function<void()> after;
    };

    std::size_t m_limit;  ///< Jobs at work and waiting together.
    mutable std::mutex m_mutex;
    std::condition_variable m_work;
    std::deque<Entry> m_queue;
    std::size_t m_inFlight = 0;
    std::vector<std::thread> m_threads;
};

/// Threads for calls that one request makes at the same time. As many as were ever needed at once.
class HelperThreads {
public:
    HelperThreads(std::uint64_t seed, std::string service) : m_seed(seed), m_service(std::move(service)) {}

    /// Runs the job on a thread that is free, or a new one.
    void start(Job job);

private:
    void run(RandomStream random);

    std::uint64_t m_seed;
    std::string m_service;
    std::mutex m_mutex;
    std::condition_variable m_work;
    std::deque<Job> m_queue;
    std::size_t m_idle = 0;
    std::vector<std::thread> m_threads;
};

}  // namespace neph
