#pragma once

#include <cstdint>
#include <utility>

#include "sim/kernel/distribution.h"
#include "sim/kernel/event_set.h"
#include "sim/kernel/random.h"
#include "sim/plan/plan.h"
#include "sim/plan/rate_profile.h"

namespace neph {

/// When the requests of one source come, and of which class each is.
///
/// The one place that draws them: the engines simulate these arrivals, the lab sends them to real containers.
/// Three streams of the source ("arrivals", "class", "thinking"), so that for one seed the n-th arrival, the
/// n-th class and the n-th thought are the same whatever else happens.
class ArrivalStream {
public:
    struct Arrival {
        Time at{0};
        ClassIndex requestClass;
    };
    /// Where a stream of open load stands, to come back to.
    struct Position {
        double ahead;
        RateCursor cursor;
        RandomStream arrivals;
        RandomStream classes;
    };

    /// `plan` must outlive the stream.
    ArrivalStream(const Plan& plan, std::uint32_t source, std::uint64_t seed);

    const SourceSpec& spec() const { return *m_spec; }
    /// Users who think between an answer and their next request, instead of arrivals at a rate.
    bool isClosed() const { return m_spec->users > 0; }

    /// Open load, one after the other from the start of the run: the next arrival. Its moment is kNever where
    /// there is none (or none within the horizon of an EventSet); then nothing more may be asked.
    Arrival next()
    {
        m_last = after(m_last);
        return {m_last, m_last == kNever ? ClassIndex{} : ClassIndex{nextClass()}};
    }

    /// The moment of the arrival that follows one at `last` (at first: Time{0}), for who keeps the time
    /// itself.
    Time after(Time last)
    {
        const double amount = std::exchange(m_ahead, m_arrivals.exponential());
        const Time at = m_gap > 0 ? last + Duration(static_cast<std::int64_t>(amount * m_gap + 0.5))
                                  : m_cursor.after(last, amount);
        return at < EventSet::kHorizon ? at : kNever;
    }
    /// Class of the next request.
    std::uint32_t nextClass()
    {
        return m_onlyClass != ClassIndex::kNone ? m_onlyClass : m_weights.draw(m_classes);
    }

    /// Closed load: how long the next thought takes.
    Duration nextThought() { return m_spec->think.sampleSeconds(m_thoughts); }
    /// Closed load: when user `index` comes, who then thinks before asking.
    Time firstOf(std::uint32_t index) const { return m_spec->startOver / m_spec->users * index; }

    Position position() const { return {m_ahead, m_cursor, m_arrivals, m_classes}; }
    void goTo(const Position& position)
    {
        m_ahead = position.ahead;
        m_cursor = position.cursor;
        m_arrivals = position.arrivals;
        m_classes = position.classes;
    }

private:
    const SourceSpec* m_spec;
    double m_ahead;  ///< The next arrival's sample of the exponential distribution, made ahead.
    double m_gap;    ///< Mean nanoseconds between arrivals at a constant rate; 0: by the profile.
    RateCursor m_cursor;
    RandomStream m_arrivals;
    RandomStream m_thoughts;
    RandomStream m_classes;
    AliasTable m_weights;
    std::uint32_t m_onlyClass;  ///< Where just one has weight; else none.
    Time m_last{0};             ///< Of next().
};

}  // namespace neph
