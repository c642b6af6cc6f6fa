#include "sim/engine/station_state.h"

#include <limits>

namespace neph {

namespace {

struct ShareRates {
    double total;
    double perJob;
};

/// Work per nanosecond: CPU-nanoseconds, or bytes.
ShareRates ratesOf(const StationSpec& spec, std::int64_t capacity, std::int64_t rate)
{
    if (spec.kind == StationKind::Cpu) {
        return {static_cast<double>(capacity) / 1000, 1};
    }
    const double perFlow =
        spec.perFlow > 0 ? static_cast<double>(spec.perFlow) / 1e9 : std::numeric_limits<double>::infinity();
    return {static_cast<double>(rate) / 1e9, perFlow};
}

}  // namespace

void Station::reset(const StationSpec& stationSpec, std::uint32_t specIndex, std::uint32_t owner, Time now)
{
    kind = stationSpec.kind;
    spec = specIndex;
    replica = owner;
    slots = SlotsState{};
    slots.capacity = stationSpec.capacity;
    slots.queueLimit = stationSpec.queueLimit < 0 ? INT64_MAX : stationSpec.queueLimit;
    arrivals = completions = refused = aborted = waited = 0;
    capacity = kind == StationKind::Bandwidth ? stationSpec.rate : stationSpec.capacity;
    capacityArea = Area{};
    capacityArea.rise(capacity, now);
    since = now;
    memory = MemoryState{};
    if (kind == StationKind::Memory) {
        memory.held = stationSpec.heldAtStart;
        memory.heldArea.rise(memory.held, now);
    } else if (kind == StationKind::TokenBucket) {
        bucket.reset(stationSpec.capacity, stationSpec.rate, stationSpec.heldAtStart, now);
    } else if (kind != StationKind::Slots) {
        const ShareRates rates = ratesOf(stationSpec, stationSpec.capacity, stationSpec.rate);
        share.reset(rates.total, rates.perJob, now);
    }
}

void Station::resize(const StationSpec& stationSpec, std::int64_t newCapacity, std::int64_t newRate, Time now)
{
    const std::int64_t size = kind == StationKind::Bandwidth ? newRate : newCapacity;
    capacityArea.rise(size - capacity, now);
    capacity = size;
    if (kind == StationKind::Slots) {
        slots.capacity = newCapacity;
    } else if (kind == StationKind::TokenBucket) {
        bucket.resize(newCapacity, newRate, now);
    } else if (kind != StationKind::Memory) {
        const ShareRates rates = ratesOf(stationSpec, newCapacity, newRate);
        share.resize(rates.total, rates.perJob, now);
    }
}

StationReading Station::read(Time now) const
{
    StationReading reading;
    reading.arrivals = arrivals;
    reading.completions = completions;
    reading.refused = refused;
    const double size = toSeconds(capacityArea.value(capacity, now));
    switch (kind) {
    case StationKind::Slots:
        reading.busy = toSeconds(slots.busyArea.value(slots.busy, now));
        reading.capacity = size;
        reading.waiting = toSeconds(slots.waitArea.value(slots.waiting, now));
        reading.queueNow = static_cast<std::uint64_t>(slots.waiting);
        break;
    case StationKind::Cpu:
    case StationKind::Bandwidth: {
        const double done = share.done(now);
        const double alone = share.total() < share.perJob() ? share.total() : share.perJob();
        const double lost = static_cast<double>(share.jobTime(now)) - done / alone;
        reading.busy = kind == StationKind::Cpu ? done / 1e9 : done;
        reading.capacity = kind == StationKind::Cpu ? size / 1000 : size;
        reading.waiting = lost > 0 ? lost / 1e9 : 0;
        const auto atFullSpeed = static_cast<std::uint64_t>(share.total() / alone);
        reading.queueNow = share.inside() > atFullSpeed ? share.inside() - atFullSpeed : 0;
        break;
    }
    case StationKind::Memory:
        reading.busy = toSeconds(memory.heldArea.value(memory.held, now));
        reading.capacity = size;
        break;
    case StationKind::TokenBucket:
        reading.busy = static_cast<double>(bucket.taken()) / 1000;
        reading.capacity = bucket.supplied(now);
        break;
    }
    return reading;
}

StationReading operator+(StationReading a, const StationReading& b)
{
    a.busy += b.busy;
    a.capacity += b.capacity;
    a.waiting += b.waiting;
    a.arrivals += b.arrivals;
    a.completions += b.completions;
    a.refused += b.refused;
    a.queueNow += b.queueNow;
    return a;
}

}  // namespace neph
