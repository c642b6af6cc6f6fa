#pragma once

#include <cstdint>
#include <vector>

#include "sim/base/int128.h"
#include "sim/base/units.h"
#include "sim/engine/area.h"
#include "sim/engine/frame.h"

namespace neph {

/// A station whose jobs progress together: n jobs at min(perJob, total / n) each.
///
/// Virtual time is the work that a job present all along has had; a job ends when it reaches its mark. Jobs
/// stand in a heap by mark, so arrivals and departures cost O(log n) and nobody else's mark changes.
/// Work is in CPU-nanoseconds (Cpu) or bytes (Bandwidth); rates are work per nanosecond.
class ProcessorShare {
public:
    /// Starts afresh (the place may have served before).
    void reset(double total, double perJob, Time now);
    void resize(double total, double perJob, Time now);

    void add(std::uint32_t frame, double work, Time now);
    /// Takes the next job that has its work done by `now`; kNone where there is none.
    std::uint32_t takeDone(Time now);
    /// Takes a job away unfinished. It must be there.
    void remove(std::uint32_t frame, Time now);

    /// When the first job will be done if nothing changes; kNever where there is none.
    Time nextDone(Time now) const;
    /// Of the pending event; an event at another time is out of date. kNever: none is pending.
    Time scheduled = kNever;

    std::size_t inside() const { return m_jobs.size(); }
    double total() const { return m_total; }
    double perJob() const { return m_perJob; }

    /// Work done up to `now`.
    double done(Time now) const { return m_done + rateOfAll() * static_cast<double>((now - m_last).count()); }
    /// Job-nanoseconds inside up to `now`.
    Int128 jobTime(Time now) const { return m_inside.value(static_cast<std::int64_t>(m_jobs.size()), now); }
    /// Job-nanoseconds of those that have left; `spent` is told by the owner at each departure.
    void left(Duration spent) { m_sojourns += spent.count(); }
    Int128 sojourns() const { return m_sojourns; }

    /// Calls visit(frame) for each job inside.
    template <class Visit>
    void forEach(Visit visit) const
    {
        for (const Job& job : m_jobs) {
            visit(job.frame);
        }
    }

private:
    struct Job {
        double mark;
        std::uint32_t order;  ///< Of arrival: equal marks end in this order.
        std::uint32_t frame;
    };

    static bool isBefore(const Job& a, const Job& b)
    {
        // The order may wrap around; jobs that are inside together are close.
        return a.mark < b.mark || (a.mark == b.mark && static_cast<std::int32_t>(a.order - b.order) < 0);
    }
    double rateOfOne() const
    {
        const double share = m_total / static_cast<double>(m_jobs.size());
        return share < m_perJob ? share : m_perJob;
    }
    double rateOfAll() const { return m_jobs.empty() ? 0 : rateOfOne() * static_cast<double>(m_jobs.size()); }
    void advance(Time now);
    void siftUp(std::size_t at, Job job);
    void siftDown(std::size_t at, Job job);
    void removeAt(std::size_t at);

    double m_virtual = 0;
    Time m_last{0};
    double m_total = 1;
    double m_perJob = 1;
    double m_done = 0;
    std::uint32_t m_order = 0;
    std::vector<Job> m_jobs;  ///< Binary heap by isBefore().
    Area m_inside;
    Int128 m_sojourns = 0;
};

}  // namespace neph
