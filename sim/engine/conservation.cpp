#include "sim/engine/conservation.h"

#include <fmt/format.h>

namespace neph {

namespace {

/// What the frames say about one station.
struct Recount {
    std::int64_t waiting = 0;
    std::int64_t serving = 0;
    std::int64_t holders = 0;
    std::int64_t bytes = 0;
    std::int64_t holds = 0;
    Int128 waits = 0;     ///< Of those that wait now, up to now.
    Int128 services = 0;  ///< Of those that are served or hold now, up to now.
    std::int64_t sharing = 0;
    Int128 sojourns = 0;
};

class Audit {
public:
    Audit(const RunState& state, Time now) : m_state(state), m_now(now), m_recounts(state.stations.size()) {}

    Diagnostics run()
    {
        recount();
        for (std::uint32_t at = 0; at < m_state.stations.size(); ++at) {
            if (m_state.stations[at].spec != kNone) {
                check(m_state.stations[at], m_recounts[at]);
            }
        }
        for (std::uint32_t c = 0; c < m_state.classes.size(); ++c) {
            const ClassState& counts = m_state.classes[c];
            const std::string& name = m_state.plan.classes[c];
            equal(name, "requests", counts.started, static_cast<Int128>(counts.ended()) + m_roots[c]);
            equal(name, "latencies", counts.ended(), counts.latency.count());
        }
        checkReplicas();
        return m_found;
    }

private:
    std::uint32_t placeOf(const Frame& frame, StationId station) const
    {
        const StationPlaces::Place place = m_state.places.byStation[station.value];
        return place.index + (place.isOfReplica ? frame.base : 0);
    }

    void recount()
    {
        m_inFlight.resize(m_state.replicas.size());
        m_roots.resize(m_state.classes.size());
        for (std::uint32_t i = 0; i < m_state.frames.size(); ++i) {
            const Frame& frame = m_state.frames[i];
            if (m_state.frames.isFree(i) || frame.waits == Waits::Gone || frame.waits == Waits::Backoff) {
                continue;
            }
            const bool isUsers = (frame.flags & Frame::kRoot) != 0 && (frame.flags & Frame::kControl) == 0;
            m_roots[frame.requestClass] += isUsers ? 1 : 0;
            if ((frame.flags & Frame::kRouted) != 0) {
                ++m_inFlight[frame.replica];
            }
            recount(frame);
        }
    }

    void recount(const Frame& frame)
    {
        const Step& step = m_state.plan.steps[frame.step];
        const std::int64_t since = (m_now - frame.since).count();
        if (frame.waits == Waits::Line) {
            Recount& here = m_recounts[placeOf(frame, step.station)];
            ++here.waiting;
            here.waits += since;
        } else if (frame.waits == Waits::Service) {
            Recount& here = m_recounts[placeOf(frame, step.station)];
            ++here.serving;
            here.services += since;
        } else if (frame.waits == Waits::Share) {
            Recount& here = m_recounts[placeOf(frame, step.station)];
            ++here.sharing;
            here.sojourns += since;
        }
        for (std::uint32_t at = step.cleanup; at != 0; at = m_state.plan.cleanups[at].next) {
            const CleanupSpec& held = m_state.plan.cleanups[at];
            Recount& there = m_recounts[placeOf(frame, held.station)];
            if (held.op == Op::Release) {
                ++there.holders;
                there.services += m_now.count();  // It counted minus the moment it was acquired.
            } else {
                const std::size_t row = held.amount.value * m_state.plan.classes.size();
                there.bytes += m_state.amounts[row + frame.requestClass];
                ++there.holds;
            }
        }
    }

    void check(const Station& station, const Recount& found)
    {
        const std::string& name = m_state.plan.stations[station.spec].name;
        const auto in = static_cast<Int128>(station.arrivals);
        const auto out = static_cast<Int128>(station.completions) + station.refused + station.aborted;
        switch (station.kind) {
        case StationKind::Slots:
            equal(name, "waiting", station.slots.waiting, found.waiting);
            equal(name, "busy", station.slots.busy, found.serving + found.holders);
            equal(name, "flow", in, out + found.waiting + found.serving + found.holders);
            equal(
                name, "Little's law of the line", station.slots.waitArea.value(station.slots.waiting, m_now),
                station.slots.waits + found.waits);
            equal(
                name, "Little's law of the slots", station.slots.busyArea.value(station.slots.busy, m_now),
                station.slots.services + found.services);
            break;
        case StationKind::Cpu:
        case StationKind::Bandwidth:
            equal(name, "inside", static_cast<Int128>(station.share.inside()), found.sharing);
            equal(name, "flow", in, out + found.sharing);
            equal(
                name, "Little's law", station.share.jobTime(m_now),
                station.share.sojourns() + found.sojourns);
            break;
        case StationKind::Memory:
            equal(
                name, "bytes", station.memory.held,
                found.bytes + m_state.plan.stations[station.spec].heldAtStart);
            equal(name, "flow", in, out + found.holds);
            break;
        case StationKind::TokenBucket:
            equal(name, "flow", in, out);
            break;
        }
    }

    void checkReplicas()
    {
        std::vector<Int128> inPool(m_state.pools.size());
        for (std::uint32_t i = 0; i < m_state.replicas.size(); ++i) {
            const Replica& replica = m_state.replicas[i];
            equal("replica", "in flight", replica.inFlight, m_inFlight[i]);
            inPool[replica.pool] += replica.inFlight;
        }
        for (std::uint32_t i = 0; i < m_state.pools.size(); ++i) {
            equal(m_state.plan.pools[i].name, "in flight", m_state.pools[i].inFlight, inPool[i]);
        }
    }

    void equal(const std::string& who, const char* what, Int128 counted, Int128 found)
    {
        if (counted != found) {
            Diagnostic diagnostic;
            diagnostic.what =
                fmt::format("{}: {}: counted {}, found {}.", who, what, toString(counted), toString(found));
            m_found.push_back(std::move(diagnostic));
        }
    }

    const RunState& m_state;
    const Time m_now;
    std::vector<Recount> m_recounts;
    std::vector<Int128> m_inFlight;
    std::vector<Int128> m_roots;
    Diagnostics m_found;
};

}  // namespace

Diagnostics violationsOf(const RunState& state, Time now)
{
    return Audit(state, now).run();
}

}  // namespace neph
