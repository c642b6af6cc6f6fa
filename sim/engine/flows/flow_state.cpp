#include "sim/engine/flows/flow_state.h"

#include <algorithm>

namespace neph {

double FlowStation::busy() const
{
    switch (kind) {
    case StationKind::Slots:
    case StationKind::Cpu:
        return capacity > 0 ? std::min(1.0, load / capacity) : 0;
    case StationKind::Memory:
        return capacity > 0 ? std::min(1.0, (load + heldAtStart) / capacity) : 0;
    case StationKind::TokenBucket:
    case StationKind::Bandwidth:
        return rate > 0 ? std::min(1.0, load / rate) : 0;
    }
    return 0;
}

double FlowStation::waiting() const
{
    const double drained = pressed * (backlog + backlogAfter) / 2;
    return drained + arrivals * (1 - refuse) * law.waitChance * law.meanWait;
}

FlowState::FlowState(const Plan& thePlan)
    : plan(thePlan), groups(thePlan.pools.size()), living(thePlan.pools.size()),
      placesOfPool(thePlan.pools.size()), placeInPool(thePlan.stations.size(), 0),
      behind(thePlan.stations.size()), disturbances(thePlan.nodes.size()), timedOut(thePlan.steps.size(), 0)
{
    for (std::uint32_t i = 0; i < plan.stations.size(); ++i) {
        stations.push_back(freshStation(i));
        if (const PoolId pool = plan.stations[i].pool) {
            placeInPool[i] = static_cast<std::uint32_t>(placesOfPool[pool.value].size());
            placesOfPool[pool.value].push_back(i);
        }
    }
    findCores();
}

void FlowState::findCores()
{
    for (const Step& step : plan.steps) {
        for (std::uint32_t held = step.cleanup; step.op == Op::Work && held != 0;
             held = plan.cleanups[held].next) {
            const StationId slots = plan.cleanups[held].station;
            const PoolId pool = plan.stations[slots.value].pool;
            if (plan.stations[slots.value].kind != StationKind::Slots ||
                pool.value != plan.stations[step.station.value].pool.value) {
                continue;
            }
            const std::uint32_t cores = pool ? placeInPool[step.station.value] : step.station.value;
            std::vector<std::uint32_t>& known = behind[slots.value];
            if (std::find(known.begin(), known.end(), cores) == known.end()) {
                known.push_back(cores);
            }
        }
    }
}

FlowStation FlowState::freshStation(std::uint32_t index) const
{
    constexpr double kMilli = 1000;
    const StationSpec& spec = plan.stations[index];
    FlowStation station;
    station.kind = spec.kind;
    station.capacity = static_cast<double>(spec.capacity) / (spec.kind == StationKind::Cpu ? kMilli : 1);
    station.rate = static_cast<double>(spec.rate);
    station.perFlow = static_cast<double>(spec.perFlow);
    station.room = static_cast<double>(spec.queueLimit);
    if (spec.kind == StationKind::Memory) {
        station.heldAtStart = static_cast<double>(spec.heldAtStart);
    } else {
        station.level = std::max(0.0, station.capacity - static_cast<double>(spec.heldAtStart));
    }
    return station;
}

std::vector<FlowStation> FlowState::freshStations(std::uint32_t pool) const
{
    std::vector<FlowStation> fresh;
    for (const std::uint32_t station : placesOfPool[pool]) {
        fresh.push_back(freshStation(station));
    }
    return fresh;
}

double FlowState::inService(std::uint32_t pool) const
{
    double count = 0;
    for (const FlowGroup& group : groups[pool]) {
        count += group.isInService ? group.count : 0;
    }
    return count;
}

double FlowState::shareOf(std::uint32_t pool, const FlowGroup& group) const
{
    if (!plan.pools[pool].weights.empty()) {
        return group.weight * group.count;  // Whatever is in service: a key has but one partition.
    }
    double all = 0;
    for (const FlowGroup& other : groups[pool]) {
        all += other.isInService ? other.share * other.count : 0;
    }
    return group.isInService && all > 0 ? group.share * group.count / all : 0;
}

static Meeting meetingAt(const FlowStation& station)
{
    Meeting meeting;
    meeting.backlog = station.waitBacklog;
    meeting.waitChance = station.law.waitChance;
    meeting.meanWait = station.law.meanWait;
    meeting.waitScv = station.law.waitScv;
    meeting.refuse = station.refuse;
    meeting.busy = station.busy();
    meeting.capacity = station.kind == StationKind::Bandwidth ? station.rate : station.capacity;
    return meeting;
}

Meetings FlowState::meetings() const
{
    Meetings all;
    for (const FlowStation& station : stations) {
        all.stations.push_back(meetingAt(station));
    }
    for (std::uint32_t pool = 0; pool < groups.size(); ++pool) {
        std::vector<MeetingGroup>& alike = all.pools.emplace_back();
        for (const FlowGroup& group : groups[pool]) {
            const double share = shareOf(pool, group);
            if (group.count == 0 || share <= 0) {
                continue;
            }
            MeetingGroup meeting;
            meeting.share = share;
            double slots = 1e18;
            for (const FlowStation& station : group.stations) {
                meeting.stations.push_back(meetingAt(station));
                slots = station.kind == StationKind::Slots ? std::min(slots, station.capacity) : slots;
            }
            for (std::size_t i = 0; i < group.stations.size(); ++i) {
                // With no more workers than cores nobody shares one.
                const FlowStation& station = group.stations[i];
                if (station.kind == StationKind::Cpu && slots <= station.capacity) {
                    meeting.stations[i].busy = 0;
                }
            }
            for (const std::uint32_t count : group.zones) {
                meeting.zones.push_back(static_cast<double>(count) / group.count);
            }
            alike.push_back(std::move(meeting));
        }
    }
    all.nodes = disturbances;
    return all;
}

void FlowState::leave(std::uint32_t index)
{
    FlowReplica& replica = replicas[index];
    FlowGroup& group = groups[replica.pool][replica.group];
    --group.count;
    if (replica.zone < group.zones.size()) {
        --group.zones[replica.zone];
    }
    replica.requestsBefore += group.requestsSoFar;
    replica.errorsBefore += group.errorsSoFar;
    replica.cpuBefore += group.cpuSoFar;
}

void FlowState::join(std::uint32_t index, std::uint32_t to)
{
    FlowReplica& replica = replicas[index];
    FlowGroup& group = groups[replica.pool][to];
    replica.group = to;
    ++group.count;
    if (replica.zone < group.zones.size()) {
        ++group.zones[replica.zone];
    }
    replica.requestsBefore -= group.requestsSoFar;
    replica.errorsBefore -= group.errorsSoFar;
    replica.cpuBefore -= group.cpuSoFar;
}

static bool areAlike(const std::vector<FlowStation>& a, const std::vector<FlowStation>& b)
{
    constexpr double kNothing = 1e-6;
    for (std::size_t i = 0; i < a.size(); ++i) {
        if (a[i].capacity != b[i].capacity || a[i].rate != b[i].rate ||
            std::abs(a[i].backlog - b[i].backlog) > kNothing ||
            std::abs(a[i].level - b[i].level) > kNothing * (1 + a[i].capacity)) {
            return false;
        }
    }
    return true;
}

void FlowState::move(std::uint32_t index, bool isInService, double share)
{
    const FlowReplica& replica = replicas[index];
    std::vector<FlowGroup>& all = groups[replica.pool];
    const FlowGroup from = all[replica.group];
    if (from.isInService == isInService && from.share == share) {
        return;
    }
    leave(index);
    for (std::uint32_t i = 0; i < all.size(); ++i) {
        const bool isFree = all[i].count == 0;
        if (isFree) {
            all[i] = from;
            all[i].count = 0;
            all[i].zones.assign(plan.zones.size(), 0);
            all[i].isInService = isInService;
            all[i].share = share;
            all[i].arrivals = 0;
        }
        if (isFree || (all[i].isInService == isInService && all[i].share == share &&
                       all[i].weight == from.weight && areAlike(all[i].stations, from.stations))) {
            join(index, i);
            return;
        }
    }
    FlowGroup made = from;
    made.count = 0;
    made.zones.assign(plan.zones.size(), 0);
    made.isInService = isInService;
    made.share = share;
    made.arrivals = 0;
    all.push_back(std::move(made));
    join(index, static_cast<std::uint32_t>(all.size() - 1));
}

void FlowState::mergeGroups()
{
    for (std::uint32_t pool = 0; pool < groups.size(); ++pool) {
        if (plan.pools[pool].fixedReplicas > 0) {
            continue;  // Apart by their weights, which stay.
        }
        std::vector<FlowGroup>& all = groups[pool];
        for (std::uint32_t j = 1; j < all.size(); ++j) {
            for (std::uint32_t i = 0; i < j && all[j].count > 0; ++i) {
                if (all[i].count == 0 || all[i].isInService != all[j].isInService ||
                    all[i].share != all[j].share || all[i].weight != all[j].weight ||
                    !areAlike(all[i].stations, all[j].stations)) {
                    continue;
                }
                for (const std::uint32_t index : living[pool]) {
                    if (replicas[index].group == j) {
                        leave(index);
                        join(index, i);
                    }
                }
            }
        }
    }
}

}  // namespace neph
