#include <algorithm>
#include <tuple>
#include <utility>

#include "sim/engine/request_loop.h"
#include "sim/engine/request_loop_inline.h"

namespace neph {

std::uint32_t RequestLoop::stationBlock(std::uint32_t pool)
{
    std::vector<std::uint32_t>& free = s.pools[pool].freePlaces;
    if (!free.empty()) {
        const std::uint32_t base = free.back();
        free.pop_back();
        return base;
    }
    const auto base = static_cast<std::uint32_t>(s.stations.size());
    s.stations.resize(base + s.places.byPool[pool].size());
    return base;
}

ReplicaId RequestLoop::addReplica(PoolId poolId, ZoneIndex zone, std::uint32_t group)
{
    const Time now = m_sim.now();
    const auto id = static_cast<std::uint32_t>(s.replicas.size());
    ReplicaPool& pool = s.pools[poolId.value];
    Replica& replica = s.replicas.emplace_back();
    replica.pool = poolId.value;
    replica.base = stationBlock(poolId.value);
    replica.number = pool.made++;
    replica.group = group;
    replica.zone = static_cast<std::uint16_t>(zone ? zone.value : 0xFFFF);
    replica.since = now;
    pool.living.push_back(id);
    const std::vector<std::uint32_t>& specs = s.places.byPool[poolId.value];
    for (std::uint32_t i = 0; i < specs.size(); ++i) {
        Station& station = s.stations[replica.base + i];
        station.reset(s.plan.stations[specs[i]], specs[i], id, now);
        if (station.kind == StationKind::Memory && station.memory.held > station.capacity) {
            replica.isOutOfMemory = true;
        }
    }
    if (replica.isOutOfMemory) {
        schedule(now, kOutOfMemory, id);
    }
    return ReplicaId{id};
}

void RequestLoop::setService(ReplicaId id, Service service)
{
    Replica& replica = s.replicas[id.value];
    const bool wanted = service == Service::In && replica.isAlive;
    if (wanted == replica.isInService) {
        return;
    }
    replica.isInService = wanted;
    ReplicaPool& pool = s.pools[replica.pool];
    if (wanted) {
        replica.credit = 0;
        pool.putInService(id.value);
    } else {
        pool.takeOutOfService(id.value);
    }
    pool.lookAtShares(s.replicas);
}

void RequestLoop::setShare(ReplicaId id, double share)
{
    Replica& replica = s.replicas[id.value];
    replica.share = share;
    s.pools[replica.pool].lookAtShares(s.replicas);
}

std::uint32_t RequestLoop::detach(std::uint32_t index)
{
    const Time now = m_sim.now();
    Frame& frame = s.frames[index];
    const CompiledStep& step = s.steps[frame.step];
    const std::uint32_t at = place(frame, step);
    switch (frame.waits) {
    case Waits::Service:
        s.stations[at].slots.services += (now - frame.since).count();
        leaveEarly(s.stations[at]);
        break;
    case Waits::Line:
        --s.stations[at].slots.waiting;
        s.stations[at].slots.waitArea.fallByOne(now);
        s.stations[at].slots.waits += (now - frame.since).count();
        ++s.stations[at].aborted;
        break;
    case Waits::Share:
        s.stations[at].share.remove(index, now);
        s.stations[at].share.left(now - frame.since);
        ++s.stations[at].aborted;
        reschedule(s.stations[at], at);
        break;
    default:
        break;
    }
    giveBack(frame, step.cleanup);
    const bool isNamed =
        frame.waits != Waits::Answers && frame.waits != Waits::Share && frame.waits != Waits::Nothing;
    if (!isNamed) {
        return index;
    }
    // A pending event, or a line, still names it: the name stays taken until it comes up there, and a copy
    // ends in its place.
    const std::uint32_t copy = s.frames.take();
    const std::uint32_t generation = s.frames[copy].generation;
    s.frames[copy] = s.frames[index];
    s.frames[copy].generation = generation;
    ++s.frames[index].generation;
    s.frames[index].parent = kNone;
    s.frames[index].replica = kNone;
    s.frames[index].waits = Waits::Gone;
    return copy;
}

void RequestLoop::leaveEarly(Station& station)
{
    leaveSlot(station);
    --station.completions;
    ++station.aborted;
}

void RequestLoop::removeReplica(ReplicaId id, OutcomeId outcome)
{
    setService(id, Service::Out);
    Replica& replica = s.replicas[id.value];
    if (!replica.isAlive) {
        return;
    }
    replica.isAlive = false;
    // Nobody is let into its stations any more.
    const std::size_t stationCount = s.places.byPool[replica.pool].size();
    for (std::uint32_t at = replica.base; at < replica.base + stationCount; ++at) {
        s.stations[at].slots.capacity = 0;
    }

    // Whoever works in it ends now, and what that has asked others for goes on without it.
    std::vector<std::uint32_t> ended;
    for (std::uint32_t i = 0; i < s.frames.size(); ++i) {
        Frame& frame = s.frames[i];
        if (s.frames.isFree(i) || frame.waits == Waits::Gone) {
            continue;
        }
        const std::uint32_t parent = frame.parent;
        const bool isWithin = frame.replica == id.value;
        if (isWithin) {
            ended.push_back(i);
        } else if (parent != kNone && s.frames[parent].replica == id.value) {
            frame.parent = kNone;
            frame.flags |= Frame::kOrphan;
        }
    }
    // In an order that does not depend on where in the slab they lie.
    const auto isOlder = [this](std::uint32_t a, std::uint32_t b) {
        const auto key = [this](std::uint32_t index) {
            const Frame& frame = s.frames[index];
            return std::tuple(frame.entered, frame.depth, frame.call, frame.attempt, index);
        };
        return key(a) < key(b);
    };
    std::sort(ended.begin(), ended.end(), isOlder);
    endAll(ended, static_cast<std::uint16_t>(outcome.value));
    closeStations(id.value);
    drainReady();
}

void RequestLoop::endAll(std::vector<std::uint32_t>& ended, std::uint16_t outcome)
{
    for (const std::uint32_t index : ended) {
        const std::uint32_t parent = s.frames[index].parent;
        if (parent != kNone && s.frames[parent].replica == s.frames[index].replica) {
            s.frames[index].parent = kNone;  // Ends as well.
        }
    }
    // Those in lines first, so that none of them is let in by another's end.
    const auto firstServed = std::stable_partition(ended.begin(), ended.end(), [this](std::uint32_t index) {
        return s.frames[index].waits == Waits::Line;
    });
    std::for_each(ended.begin(), firstServed, [this](std::uint32_t& index) { index = detach(index); });
    std::for_each(firstServed, ended.end(), [this](std::uint32_t& index) { index = detach(index); });
    for (const std::uint32_t index : ended) {
        run(end(index, outcome));
    }
}

void RequestLoop::closeStations(std::uint32_t id)
{
    const Time now = m_sim.now();
    Replica& replica = s.replicas[id];
    ReplicaPool& pool = s.pools[replica.pool];
    const std::vector<std::uint32_t>& specs = s.places.byPool[replica.pool];
    for (std::uint32_t i = 0; i < specs.size(); ++i) {
        Station& station = s.stations[replica.base + i];
        for (std::uint32_t at = station.slots.head; at != kNone && station.slots.head != kNone;) {
            const std::uint32_t next = at == station.slots.tail ? kNone : s.frames[at].next;
            s.frames.give(at);
            at = next;
        }
        StationReading reading = station.read(now);
        reading.queueNow = 0;
        replica.cpuBusyAtEnd += station.kind == StationKind::Cpu ? reading.busy : 0;
        s.goneStations[specs[i]] = s.goneStations[specs[i]] + reading;
        station.slots.head = kNone;
        station.spec = kNone;
        station.share.scheduled = kNever;
    }
    pool.living.erase(std::find(pool.living.begin(), pool.living.end(), id));
    pool.freePlaces.push_back(replica.base);
}

void RequestLoop::resize(std::uint32_t at, std::int64_t capacity, std::int64_t rate)
{
    Station& station = s.stations[at];
    station.resize(s.plan.stations[station.spec], capacity, rate, m_sim.now());
    if (station.kind == StationKind::Slots) {
        while (station.slots.waiting > 0 && station.slots.busy < station.slots.capacity) {
            ++station.slots.busy;
            station.slots.busyArea.riseByOne(m_sim.now());
            letNextIn(station);
        }
        drainReady();
    } else if (station.kind == StationKind::Cpu || station.kind == StationKind::Bandwidth) {
        reschedule(station, at);
    }
}

void RequestLoop::send(
    PathId path, ReplicaId replicaId, std::int64_t bytes, std::function<void(OutcomeId)> done)
{
    std::uint32_t control = static_cast<std::uint32_t>(s.controls.size());
    if (s.freeControls.empty()) {
        s.controls.emplace_back();
    } else {
        control = s.freeControls.back();
        s.freeControls.pop_back();
    }
    s.controls[control] = {std::move(done), bytes, 0};
    const std::uint32_t index = s.frames.take();
    Frame& frame = newFrame(index, path.value);
    frame.call = control;
    frame.trace = 0;
    frame.attempt = 0;
    frame.requestClass = 0;
    frame.flags = Frame::kRoot | Frame::kControl;
    frame.depth = 0;
    if (replicaId) {
        const Replica& replica = s.replicas[replicaId.value];
        frame.replica = replicaId.value;
        frame.base = replica.base;
        frame.zone = replica.zone;
    }
    run(letIn(index));
    drainReady();
}

void RequestLoop::reportOutOfMemory(std::uint32_t replica)
{
    const std::function<void(ReplicaId)>& handler = s.onOutOfMemory[s.replicas[replica].pool];
    if (s.replicas[replica].isAlive && handler) {
        handler(ReplicaId{replica});
    }
}

void RequestLoop::tellAnswer(std::uint32_t control)
{
    const ControlRequest told = std::move(s.controls[control]);
    s.freeControls.push_back(control);
    if (told.done) {
        told.done(OutcomeId{told.outcome});
    }
}

}  // namespace neph
