#include "sim/engine/processor_share.h"

#include <cmath>

namespace neph {

// Marks are differences of virtual time; far from zero they would lose their last bits. 2^40 ns of work
// (18 minutes) leave 2^-12 ns.
static constexpr double kFarFromZero = 1099511627776.0;

void ProcessorShare::reset(double total, double perJob, Time now)
{
    m_jobs.clear();
    m_virtual = 0;
    m_last = now;
    m_total = total;
    m_perJob = perJob;
    m_done = 0;
    m_order = 0;
    m_inside = Area{};
    m_sojourns = 0;
    scheduled = kNever;
}

void ProcessorShare::resize(double total, double perJob, Time now)
{
    advance(now);
    m_total = total;
    m_perJob = perJob;
}

void ProcessorShare::advance(Time now)
{
    const double elapsed = static_cast<double>((now - m_last).count());
    m_last = now;
    if (m_jobs.empty()) {
        m_virtual = 0;
        return;
    }
    const double progress = rateOfOne() * elapsed;
    m_virtual += progress;
    m_done += progress * static_cast<double>(m_jobs.size());
    if (m_virtual > kFarFromZero) {
        for (Job& job : m_jobs) {
            job.mark -= m_virtual;
        }
        m_virtual = 0;
    }
}

void ProcessorShare::add(std::uint32_t frame, double work, Time now)
{
    advance(now);
    m_inside.riseByOne(now);
    m_jobs.emplace_back();
    siftUp(m_jobs.size() - 1, {m_virtual + work, m_order++, frame});
}

std::uint32_t ProcessorShare::takeDone(Time now)
{
    advance(now);
    if (m_jobs.empty() || m_jobs.front().mark > m_virtual) {
        return kNone;
    }
    const std::uint32_t frame = m_jobs.front().frame;
    m_inside.fallByOne(now);
    removeAt(0);
    return frame;
}

void ProcessorShare::remove(std::uint32_t frame, Time now)
{
    advance(now);
    for (std::size_t i = 0; i < m_jobs.size(); ++i) {
        if (m_jobs[i].frame == frame) {
            m_inside.fallByOne(now);
            removeAt(i);
            return;
        }
    }
}

Time ProcessorShare::nextDone(Time now) const
{
    if (m_jobs.empty()) {
        return kNever;
    }
    const double left = m_jobs.front().mark - m_virtual;
    const double rate = rateOfOne();
    if (left <= 0) {
        return m_last > now ? m_last : now;
    }
    // Rounded up, and at least 1 ns away: the job is done by then, and time goes on even if the last bits
    // say that it is not quite.
    constexpr double kFar = 9e17;
    const double wait = std::ceil(left / rate);
    return m_last + Duration(
                        wait < 1      ? 1
                        : wait < kFar ? static_cast<std::int64_t>(wait)
                                      : std::int64_t{1} << 59);
}

void ProcessorShare::siftUp(std::size_t at, Job job)
{
    while (at > 0) {
        const std::size_t parent = (at - 1) / 2;
        if (!isBefore(job, m_jobs[parent])) {
            break;
        }
        m_jobs[at] = m_jobs[parent];
        at = parent;
    }
    m_jobs[at] = job;
}

void ProcessorShare::siftDown(std::size_t at, Job job)
{
    for (;;) {
        std::size_t child = 2 * at + 1;
        if (child >= m_jobs.size()) {
            break;
        }
        if (child + 1 < m_jobs.size() && isBefore(m_jobs[child + 1], m_jobs[child])) {
            ++child;
        }
        if (!isBefore(m_jobs[child], job)) {
            break;
        }
        m_jobs[at] = m_jobs[child];
        at = child;
    }
    m_jobs[at] = job;
}

void ProcessorShare::removeAt(std::size_t at)
{
    const Job last = m_jobs.back();
    m_jobs.pop_back();
    if (at == m_jobs.size()) {
        return;
    }
    if (at > 0 && isBefore(last, m_jobs[(at - 1) / 2])) {
        siftUp(at, last);
    } else {
        siftDown(at, last);
    }
}

}  // namespace neph
