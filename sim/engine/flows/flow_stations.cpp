// RatePropagation: what stations do to those who come in an interval.
#include <algorithm>

#include "sim/engine/flows/flow_rates.h"

namespace neph {

namespace {

constexpr double kSameShare = 1e-7;

}  // namespace

QueueLaw KnownLaws::of(
    const ArrivalLaw& arrivals, double perSecond, double service, double scv, std::uint32_t servers,
    double room)
{
    if (perSecond <= 0) {
        return {};
    }
    for (const Known& known : m_known) {
        if (known.perSecond == perSecond && known.service == service && known.servers == servers &&
            known.room == room && known.scv == scv && known.arrivals.kind == arrivals.kind &&
            known.arrivals.order == arrivals.order) {
            return known.law;
        }
    }
    const QueueLaw law = queueLaw(arrivals, perSecond, service, scv, servers, room);
    m_known[m_next] = {arrivals, perSecond, service, scv, servers, room, law};
    m_next = (m_next + 1) % m_known.size();
    return law;
}

bool RatePropagation::settle(double length)
{
    double most = 0;
    // Queues first: who is let out of them is what the cores behind them work on.
    for (const bool isCores : {false, true}) {
        const auto one = [&](const Placed& placed) {
            const bool isOfThese = (placed.own().kind == StationKind::Cpu) == isCores;
            most = isOfThese ? std::max(most, settleStation(placed, length)) : most;
        };
        for (std::uint32_t i = 0; i < m_state.stations.size(); ++i) {
            if (!m_plan.stations[i].pool) {
                one({m_state.stations, i, m_state.behind[i]});
            }
        }
        for (std::uint32_t pool = 0; pool < m_state.groups.size(); ++pool) {
            const std::vector<std::uint32_t>& places = m_state.placesOfPool[pool];
            for (FlowGroup& group : m_state.groups[pool]) {
                for (std::uint32_t i = 0; group.count > 0 && i < places.size(); ++i) {
                    one({group.stations, i, m_state.behind[places[i]]});
                }
            }
        }
    }
    return most < kSameShare;
}

/// From what a queue let through to what it would now: by steps that shrink where the two swing, for who is
/// let through makes those behind slow, and that lets fewer through.
static double follow(FlowStation& station, double before)
{
    constexpr double kLeast = 0.02;
    const double pull = station.flow - before;
    station.gain =
        pull * station.lastPull < 0 ? std::max(kLeast, station.gain / 2) : std::min(0.5, station.gain * 1.3);
    station.lastPull = pull;
    return before + station.gain * pull;
}

/// Says what a station does to those who come in this interval; returns by how much that changed.
double RatePropagation::settleStation(const Placed& placed, double length)
{
    FlowStation& station = placed.own();
    const double refused = station.refuse;
    const double waited = station.wait();
    const double flowed = station.flow;
    switch (station.kind) {
    case StationKind::Slots:
        settleQueue(placed, length);
        break;
    case StationKind::TokenBucket:
        settleTokens(station, length);
        break;
    case StationKind::Cpu:
    case StationKind::Bandwidth:
        return std::abs(station.busy() - station.busyBefore);
    case StationKind::Memory:
        return 0;
    }
    // Half-way between: what is refused comes back as retries, and the two would swing.
    station.refuse = (station.refuse + refused) / 2;
    station.flow = follow(station, flowed);
    return std::max(
        {std::abs(station.refuse - refused), std::abs(station.flow - flowed) / (1 + station.flow),
         std::abs(station.wait() - waited) / (1e-3 + station.wait()) * kSameShare * 1e3});
}

/// Requests a second that a queue lets through while somebody waits: its slots are all taken then, and its
/// cores busy.
double RatePropagation::throughput(const Placed& placed)
{
    FlowStation& station = placed.own();
    const double admitted = station.arrivals * (1 - station.refuse) * station.flow;
    station.held = admitted > 0 ? station.load / admitted : station.held;
    double most = station.held > 0 ? std::max(1.0, station.capacity) / station.held : 0;
    for (const std::uint32_t behind : placed.behind) {
        FlowStation& cores = placed.beside[behind];
        cores.held = admitted > 0 ? cores.load / admitted : cores.held;
        most = cores.held > 0 ? std::min(most, cores.capacity / cores.held) : most;
    }
    return most;
}

void RatePropagation::settleQueue(const Placed& placed, double length)
{
    FlowStation& station = placed.own();
    const double before = station.backlog;
    station.backlogAfter = station.waitBacklog = station.pressed = 0;
    station.law = {};
    if (station.arrivals <= 0 && before <= 0) {
        station.refuse = 0;
        station.flow = 1;
        return;
    }
    const double fits = throughput(placed);
    const auto servers = static_cast<std::uint32_t>(std::max(1.0, station.capacity));
    const double offered = fits > 0 ? station.arrivals / fits : 0;
    constexpr double kScv = 1;
    if (station.isLossy()) {
        station.law =
            m_laws.of(station.arrivalLaw, station.arrivals, station.held, kScv, servers, station.room);
        station.refuse = station.law.refuse;
        return;
    }
    const double after = before + (station.arrivals - fits) * length;
    const double room = station.room < 0 ? 1e18 : station.room;
    station.backlogAfter = std::clamp(after, 0.0, room);
    station.refuse = after > room && station.arrivals > 0
                         ? std::min(1.0, (after - room) / (station.arrivals * length))
                         : 0;
    const double through = before > 0 || station.backlogAfter > 0 ? press(placed, fits, length) : 0;
    const double admitted = station.arrivals * (1 - station.refuse);
    station.flow = through > 0 && admitted > 0 ? through / admitted : 1;
    const double tame = std::min(offered, kNearlyFull);
    if (offered > 0 && before <= 0) {
        station.law =
            m_laws.of(station.arrivalLaw, station.arrivals * tame / offered, station.held, kScv, servers, -1);
    }
}

/// While something waits, slots and the cores behind them do what they can, however few come meanwhile.
/// Returns requests a second that get their turn.
double RatePropagation::press(const Placed& placed, double fits, double length)
{
    FlowStation& station = placed.own();
    const double falls = fits - station.arrivals;
    station.pressed =
        station.backlogAfter > 0 || falls <= 0 ? 1 : std::min(1.0, station.backlog / (falls * length));
    const double each = fits > 0 ? 1 / fits : 0;
    station.waitBacklog = station.pressed * (station.backlog + station.backlogAfter) / 2 * each;
    if (station.arrivals <= 0) {
        // Nobody's walk tells what is used.
        station.load = station.pressed * station.capacity;
        for (const std::uint32_t behind : placed.behind) {
            FlowStation& cores = placed.beside[behind];
            cores.load = station.pressed * std::min(cores.capacity, fits * cores.held);
        }
    }
    return station.pressed * fits + (1 - station.pressed) * station.arrivals;
}

void RatePropagation::settleTokens(FlowStation& station, double length)
{
    const double after = station.level + (station.rate - station.load) * length;
    station.levelAfter = std::clamp(after, 0.0, station.capacity);
    station.refuse = after < 0 && station.load > 0 ? std::min(1.0, -after / (station.load * length)) : 0;
}

}  // namespace neph
