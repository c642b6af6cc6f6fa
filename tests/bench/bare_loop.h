#pragma once

#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <utility>
#include <vector>

namespace neph::bare {

// The yardstick: the workloads on a hand-written loop without traces, metrics, cancellation or a plan. A
// 4-ary heap of 128-bit keys, a switch on the event, pooled records; times are doubles, -log(u) makes
// exponentials.

__extension__ typedef unsigned __int128 Key;

/// xoshiro256++ (Blackman and Vigna), seeded by SplitMix64.
class Random {
public:
    explicit Random(std::uint64_t seed)
    {
        for (std::uint64_t& word : m_state) {
            seed += 0x9e3779b97f4a7c15ULL;
            std::uint64_t z = seed;
            z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
            z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
            word = z ^ (z >> 31);
        }
    }
    double exponential(double mean) { return -mean * std::log(uniform()); }

private:
    double uniform() { return static_cast<double>((next() >> 11) + 1) * 0x1p-53; }
    std::uint64_t next()
    {
        const std::uint64_t result = std::rotl(m_state[0] + m_state[3], 23) + m_state[0];
        const std::uint64_t shifted = m_state[1] << 17;
        m_state[2] ^= m_state[0];
        m_state[3] ^= m_state[1];
        m_state[1] ^= m_state[2];
        m_state[0] ^= m_state[3];
        m_state[2] ^= shifted;
        m_state[3] = std::rotl(m_state[3], 45);
        return result;
    }

    std::uint64_t m_state[4];
};

/// Events by (time, sequence): the bits of a positive double order as an integer.
class Heap {
public:
    void schedule(double at, std::uint32_t what)
    {
        const Key key =
            Key{std::bit_cast<std::uint64_t>(at)} << 64 | std::uint64_t{m_sequence++} << 32 | what;
        std::size_t i = m_keys.size();
        m_keys.push_back(key);
        while (i > 0 && key < m_keys[(i - 1) / 4]) {
            m_keys[i] = m_keys[(i - 1) / 4];
            i = (i - 1) / 4;
        }
        m_keys[i] = key;
    }
    std::uint32_t take(double& at)
    {
        const Key top = m_keys.front();
        const Key last = m_keys.back();
        m_keys.pop_back();
        if (!m_keys.empty()) {
            sink(last);
        }
        at = std::bit_cast<double>(static_cast<std::uint64_t>(top >> 64));
        return static_cast<std::uint32_t>(top);
    }

private:
    void sink(Key key)
    {
        std::size_t i = 0;
        for (std::size_t child = 1; child < m_keys.size(); child = 4 * i + 1) {
            std::size_t least = child;
            for (std::size_t j = child + 1; j < child + 4 && j < m_keys.size(); ++j) {
                least = m_keys[j] < m_keys[least] ? j : least;
            }
            if (!(m_keys[least] < key)) {
                break;
            }
            m_keys[i] = m_keys[least];
            i = least;
        }
        m_keys[i] = key;
    }

    std::vector<Key> m_keys;
    std::uint32_t m_sequence = 0;
};

/// A growing ring.
template <class T>
class Line {
public:
    bool isEmpty() const { return m_head == m_tail; }
    void push(T value)
    {
        if (m_tail - m_head == m_values.size()) {
            std::vector<T> larger(m_values.size() * 2);
            for (std::size_t i = m_head; i < m_tail; ++i) {
                larger[i - m_head] = m_values[i & (m_values.size() - 1)];
            }
            m_tail -= std::exchange(m_head, 0);
            m_values.swap(larger);
        }
        m_values[m_tail++ & (m_values.size() - 1)] = value;
    }
    T take() { return m_values[m_head++ & (m_values.size() - 1)]; }

private:
    std::vector<T> m_values = std::vector<T>(1024);
    std::size_t m_head = 0;
    std::size_t m_tail = 0;
};

/// W1 and W2: mean wait of `customers` at `servers` of mean service 1 under load 0.9.
inline double multiServer(int servers, std::uint64_t customers, std::uint64_t seed)
{
    Random random(seed);
    Heap events;
    Line<double> line;
    int busy = 0;
    double now = 0;
    double waits = 0;
    const double gap = 1 / (0.9 * servers);
    events.schedule(random.exponential(gap), 0);
    for (std::uint64_t served = 0; served < customers;) {
        if (events.take(now) == 0) {
            if (busy < servers) {
                ++busy;
                ++served;
                events.schedule(now + random.exponential(1), 1);
            } else {
                line.push(now);
            }
            events.schedule(now + random.exponential(gap), 0);
        } else if (!line.isEmpty()) {
            waits += now - line.take();
            ++served;
            events.schedule(now + random.exponential(1), 1);
        } else {
            --busy;
        }
    }
    return waits / static_cast<double>(customers);
}

/// A request of W3 on its way.
struct Request {
    double start;
    std::uint32_t task;
};

/// W3: mean latency in seconds of `requests` through balancer, one of 8 tasks of 4 workers, and database.
inline double requestPath(std::uint64_t requests, std::uint64_t seed)
{
    Random random(seed);
    Heap events;
    std::vector<Request> pool;
    std::vector<std::uint32_t> free;
    std::vector<double> latencies;
    latencies.reserve(requests);
    Line<std::uint32_t> tasks[8];
    Line<std::uint32_t> database;
    int busy[8] = {}, connections = 0;
    std::uint32_t turn = 0;
    double now = 0;
    std::uint64_t sent = 0;
    events.schedule(random.exponential(1e-3), 0);
    while (latencies.size() < requests) {
        const std::uint32_t event = events.take(now);
        std::uint32_t request = event >> 2;
        switch (event & 3) {
        case 0:
            if (free.empty()) {
                free.push_back(static_cast<std::uint32_t>(pool.size()));
                pool.emplace_back();
            }
            request = free.back();
            free.pop_back();
            pool[request].start = now;
            events.schedule(now + 0.0005, request << 2 | 1);
            if (++sent < requests) {
                events.schedule(now + random.exponential(1e-3), 0);
            }
            break;
        case 1: {
            const std::uint32_t task = turn++ & 7;
            pool[request].task = task;
            if (busy[task] < 4) {
                ++busy[task];
                events.schedule(now + random.exponential(0.020), request << 2 | 2);
            } else {
                tasks[task].push(request);
            }
            break;
        }
        case 2: {
            const std::uint32_t task = pool[request].task;
            if (tasks[task].isEmpty()) {
                --busy[task];
            } else {
                events.schedule(now + random.exponential(0.020), tasks[task].take() << 2 | 2);
            }
            if (connections < 32) {
                ++connections;
                events.schedule(now + random.exponential(0.005), request << 2 | 3);
            } else {
                database.push(request);
            }
            break;
        }
        default:
            if (database.isEmpty()) {
                --connections;
            } else {
                events.schedule(now + random.exponential(0.005), database.take() << 2 | 3);
            }
            latencies.push_back(now - pool[request].start);
            free.push_back(request);
            break;
        }
    }
    return std::accumulate(latencies.begin(), latencies.end(), 0.0) / static_cast<double>(requests);
}

}  // namespace neph::bare
