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
    const auto one = [&](FlowStation& station) { most = std::max(most, settleStation(station, length)); };
    std::for_each(m_state.stations.begin(), m_state.stations.end(), one);
    for (std::vector<FlowGroup>& groups : m_state.groups) {
        for (FlowGroup& group : groups) {
            if (group.count > 0) {
                std::for_each(group.stations.begin(), group.stations.end(), one);
            }
        }
    }
    return most < kSameShare;
}

/// Says what a station does to those who come in this interval; returns by how much that changed.
double RatePropagation::settleStation(FlowStation& station, double length)
{
    const double refused = station.refuse;
    const double waited = station.wait();
    switch (station.kind) {
    case StationKind::Slots:
        settleQueue(station, length);
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
    return std::max(
        std::abs(station.refuse - refused),
        std::abs(station.wait() - waited) / (1e-3 + station.wait()) * kSameShare * 1e3);
}

void RatePropagation::settleQueue(FlowStation& station, double length)
{
    const double admitted = station.arrivals * (1 - station.refuse);
    station.backlogAfter = 0;
    station.waitBacklog = 0;
    station.law = {};
    if (admitted <= 0 && station.backlog <= 0) {
        station.refuse = 0;
        return;
    }
    const double held = admitted > 0 ? station.load / admitted : station.load;
    const auto servers = static_cast<std::uint32_t>(std::max(1.0, station.capacity));
    const double fits = held > 0 ? servers / held : 0;  // Requests a second that it can serve.
    const double offered = fits > 0 ? station.arrivals / fits : 0;
    constexpr double kScv = 1;
    if (station.isLossy()) {
        station.law = m_laws.of(station.arrivalLaw, station.arrivals, held, kScv, servers, station.room);
        station.refuse = station.law.refuse;
        return;
    }
    const double before = station.backlog;
    const double after = before + (station.arrivals - fits) * length;
    const double room = station.room < 0 ? 1e18 : station.room;
    station.backlogAfter = std::clamp(after, 0.0, room);
    station.refuse = after > room && station.arrivals > 0
                         ? std::min(1.0, (after - room) / (station.arrivals * length))
                         : 0;
    if (before > 0 || station.backlogAfter > 0) {
        station.waitBacklog = fits > 0 ? (before + station.backlogAfter) / 2 / fits : 0;
    }
    const double tame = std::min(offered, kNearlyFull);
    if (offered > 0 && before <= 0) {
        station.law =
            m_laws.of(station.arrivalLaw, station.arrivals * tame / offered, held, kScv, servers, -1);
    }
}

void RatePropagation::settleTokens(FlowStation& station, double length)
{
    const double after = station.level + (station.rate - station.load) * length;
    station.levelAfter = std::clamp(after, 0.0, station.capacity);
    station.refuse = after < 0 && station.load > 0 ? std::min(1.0, -after / (station.load * length)) : 0;
}

}  // namespace neph
