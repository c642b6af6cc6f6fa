#include "sim/engine/request_loop.h"

#include "sim/engine/request_loop_inline.h"

namespace neph {

RequestLoop::RequestLoop(
    const Plan& plan, Simulation& simulation, std::uint64_t seed, const EngineOptions& options)
    : s(plan, seed, options.arrivalSeed.value_or(seed)), traces(plan, options), m_sim(simulation)
{
    for (std::uint32_t pool = 0; pool < plan.pools.size(); ++pool) {
        for (std::uint32_t i = 0; i < plan.pools[pool].fixedReplicas; ++i) {
            const ReplicaId made = addReplica(PoolId{pool}, ZoneIndex{}, 0);
            s.pools[pool].fixed.push_back(made.value);
            setService(made, Service::In);
        }
    }
    for (std::uint32_t i = 0; i < s.sources.size(); ++i) {
        if (!s.sources[i].isClosed) {
            scheduleArrival(s.sources[i], i);
        }
        const ArrivalStream& stream = s.sources[i].arrivals;
        for (std::uint32_t user = 0; user < stream.spec().users; ++user) {
            scheduleThought(i, stream.firstOf(user));
        }
    }
}

void RequestLoop::drainReady()
{
    for (std::size_t i = 0; i < m_ready.size(); ++i) {
        run(m_ready[i]);
    }
    m_ready.clear();
}

inline void RequestLoop::scheduleArrival(SourceState& source, std::uint32_t index)
{
    const Time at = source.arrivals.after(m_sim.now());
    if (at != kNever) {
        schedule(at, kArrival, index);
    }
}

void RequestLoop::scheduleThought(std::uint32_t source, Duration before)
{
    schedule(m_sim.later(before + s.sources[source].arrivals.nextThought()), kThought, source);
}

inline std::uint32_t RequestLoop::wake(std::uint32_t index)
{
    Frame& frame = s.frames[index];
    const bool isServed = frame.waits == Waits::Service;
    if (isServed) {
        Station& station = s.stations[place(frame, s.steps[frame.step])];
        station.slots.services += (m_sim.now() - frame.since).count();
        leaveSlot(station);
    }
    if (isServed || frame.waits == Waits::Timer) [[likely]] {
        if (frame.trace != 0) [[unlikely]] {
            traces.end(frame, index, frame.step, m_sim.now(), 0);
        }
        ++frame.step;
        return index;
    }
    switch (frame.waits) {
    case Waits::Entry:
        return index;
    case Waits::Backoff:
        return tryAgain(index);
    default:
        s.frames.give(index);  // Gone.
        return kNone;
    }
}

inline void RequestLoop::release(const Frame& frame, const CompiledStep& step)
{
    Station& station = s.stations[place(frame, step)];
    station.slots.services += m_sim.now().count();
    leaveSlot(station);
}

inline bool RequestLoop::startsWork(Frame& frame, std::uint32_t index, const CompiledStep& step)
{
    const std::uint32_t at = place(frame, step);
    const double work = step.op == Op::Work ? s.draws[step.draw].sample(frame.requestClass) * 1e9
                                            : static_cast<double>(bytesOf(frame, step));
    if (work > 0) {
        startWork(s.stations[at], at, frame, index, work);
    }
    return work > 0;
}

inline void RequestLoop::freeMemory(const Frame& frame, const CompiledStep& step)
{
    Station& station = s.stations[place(frame, step)];
    const std::int64_t bytes = amountOf(frame, step);
    station.memory.heldArea.rise(-bytes, m_sim.now());
    station.memory.held -= bytes;
    ++station.completions;
}

inline std::uint32_t RequestLoop::refuse(const Frame& frame, std::uint32_t index, const CompiledStep& step)
{
    noteRefusal(frame, index);
    return fail(index, step.outcome);
}

inline std::uint32_t RequestLoop::advance(std::uint32_t index)
{
    Frame& frame = s.frames[index];
    for (;;) {
        const CompiledStep& step = s.steps[frame.step];
        switch (step.op) {
        case Op::Serve:
        case Op::Acquire: {
            bool isRefused = false;
            if (!enter(s.stations[place(frame, step)], frame, index, isRefused)) {
                return isRefused ? fail(index, step.outcome) : kNone;
            }
            if (step.op == Op::Serve) {
                serve(frame, index, step);
                return kNone;
            }
            s.stations[place(frame, step)].slots.services -= m_sim.now().count();
            break;
        }
        case Op::Reply:
            if (step.cleanup != 0) [[unlikely]] {
                giveBack(frame, step.cleanup);
            }
            return end(index, 0);
        case Op::Call:
            frame.pending = 1;
            frame.failure = 0;
            frame.waits = Waits::Answers;
            return call(index, frame.step, 0);
        case Op::Delay:
            return sleep(frame, index, s.draws[step.draw].sample(frame.requestClass));
        case Op::Hop:
            return hop(frame, index, step);
        case Op::Release:
            release(frame, step);
            break;
        case Op::Work:
        case Op::Transfer:
            if (startsWork(frame, index, step)) {
                return kNone;
            }
            break;
        case Op::Hold:
            hold(frame, step);
            break;
        case Op::Free:
            freeMemory(frame, step);
            break;
        case Op::Take:
            if (!take(frame, step)) {
                return refuse(frame, index, step);
            }
            break;
        case Op::Fork:
            return fork(index, step);
        case Op::Branch:
            if (!goesOn(frame, step)) {
                frame.step = step.after;
                continue;
            }
            break;
        case Op::Meter:
            count(frame, step);
            break;
        case Op::Fail:
            return refuse(frame, index, step);
        }
        ++frame.step;
    }
}

void RequestLoop::noteRefusal(const Frame& frame, std::uint32_t index)
{
    if (frame.trace != 0) [[unlikely]] {
        traces.begin(frame, index, frame.step, m_sim.now(), {});
    }
}

std::uint32_t RequestLoop::sleep(Frame& frame, std::uint32_t index, double seconds)
{
    frame.since = m_sim.now();
    frame.waits = Waits::Timer;
    schedule(m_sim.now() + fromSeconds(seconds), kFrame, index);
    if (frame.trace != 0) [[unlikely]] {
        traces.begin(frame, index, frame.step, m_sim.now(), {});
    }
    return kNone;
}

std::uint32_t RequestLoop::hop(Frame& frame, std::uint32_t index, const CompiledStep& step)
{
    constexpr std::uint16_t kNowhere = 0xFFFF;
    const std::uint16_t from = frame.parent == kNone ? kNowhere : s.frames[frame.parent].zone;
    const bool isAcross = from != kNowhere && frame.zone != kNowhere && from != frame.zone;
    if (isAcross && step.meter != kNone) {
        count(frame, step);
    }
    const std::uint32_t draw = isAcross && step.other != kNone ? step.other : step.draw;
    return sleep(frame, index, s.draws[draw].sample(frame.requestClass));
}

bool RequestLoop::goesOn(const Frame& frame, const CompiledStep& step)
{
    if ((step.classes >> frame.requestClass & 1) == 0) {
        return false;
    }
    if (step.draw == kNone) {
        return true;
    }
    DrawState& draw = s.draws[step.draw];
    const double share = draw.byClass[frame.requestClass & draw.classMask].mean();
    return draw.random.uniform() < share;
}

void RequestLoop::count(const Frame& frame, const CompiledStep& step)
{
    const bool isControl = (frame.flags & Frame::kControl) != 0;
    const std::size_t column = isControl ? s.plan.classes.size() : frame.requestClass;
    s.meters[step.meter + column] += static_cast<std::uint64_t>(amountOf(frame, step));
}

std::uint32_t RequestLoop::fork(std::uint32_t index, const CompiledStep& step)
{
    // One more than there are calls, so that early answers do not let the frame go on.
    const std::uint32_t first = s.frames[index].step + 1;
    s.frames[index].pending = static_cast<std::uint16_t>(step.count + 1);
    s.frames[index].failure = 0;
    s.frames[index].waits = Waits::Answers;
    for (std::uint32_t i = 0; i < step.count; ++i) {
        run(call(index, first + i, 0));
    }
    return --s.frames[index].pending == 0 ? haveAllAnswers(index) : kNone;
}

void RequestLoop::run(std::uint32_t index)
{
    while (index != kNone) {
        index = advance(index);
    }
}

std::uint32_t RequestLoop::handleOther(std::uint32_t kind, std::uint32_t index)
{
    switch (kind) {
    case kThought:
        return newRequest(index);
    case kShare:
        tick(index);
        break;
    case kTimeout:
        expire(index);
        break;
    case kOutOfMemory:
        reportOutOfMemory(index);
        break;
    default:
        tellAnswer(index);
        break;
    }
    return kNone;
}

// Everything that an ordinary event does is in this one function: calls would cost a tenth of a run.
[[gnu::flatten]] void RequestLoop::handle(std::uint32_t what)
{
    if (s.frames.size() > kPrefetchFrom) {
        prefetchNext();
    }
    const std::uint32_t index = what & kIndexMask;
    const std::uint32_t kind = what >> kKindShift;
    std::uint32_t next = kNone;
    if (kind == kFrame) [[likely]] {
        next = wake(index);
    } else if (kind == kArrival) {
        scheduleArrival(s.sources[index], index);
        next = newRequest(index);
    } else {
        next = handleOther(kind, index);
    }
    while (next != kNone) {
        next = advance(next);
    }
    if (!m_ready.empty()) [[unlikely]] {
        drainReady();
    }
}

}  // namespace neph
