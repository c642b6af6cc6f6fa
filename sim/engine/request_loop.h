#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "sim/engine/run_state.h"
#include "sim/engine/trace_recorder.h"
#include "sim/kernel/simulation.h"

namespace neph {

/// The exact interpreter of a plan: each request is a frame that walks from step to step.
///
/// Within one event a frame runs until it waits for something or ends; then whoever waited for its answer
/// runs on, and after that whoever it let through (`m_ready`). Nothing is allocated once as many requests as
/// ever have been under way.
class RequestLoop {
public:
    RequestLoop(const Plan& plan, Simulation& simulation, std::uint64_t seed, const EngineOptions& options);

    /// Handles one event of the data plane.
    void handle(std::uint32_t what);

    ReplicaId addReplica(PoolId pool, ZoneIndex zone, std::uint32_t group);
    void setService(ReplicaId replica, Service service);
    void setShare(ReplicaId replica, double share);
    void removeReplica(ReplicaId replica, OutcomeId outcome);
    void resize(std::uint32_t station, std::int64_t capacity, std::int64_t rate);
    void send(PathId path, ReplicaId replica, std::int64_t bytes, std::function<void(OutcomeId)> done);

    // Events of the data plane, for who keeps them elsewhere for a while.
    static bool isOfFrame(std::uint32_t what) { return what >> kKindShift == kFrame; }
    static bool isArrival(std::uint32_t what) { return what >> kKindShift == kArrival; }
    static std::uint32_t indexOf(std::uint32_t what) { return what & kIndexMask; }
    static std::uint32_t frameEvent(std::uint32_t frame) { return kFrame << kKindShift | frame; }
    static std::uint32_t arrivalEvent(std::uint32_t source) { return kArrival << kKindShift | source; }

    RunState s;
    TraceRecorder traces;

private:
    // An event of the data plane is a kind and an index.
    enum Kind : std::uint32_t { kFrame, kArrival, kThought, kShare, kTimeout, kOutOfMemory, kAnswer };
    static constexpr int kKindShift = 28;
    static constexpr std::uint32_t kIndexMask = (1U << kKindShift) - 1;

    void schedule(Time at, Kind kind, std::uint32_t index)
    {
        m_sim.events().schedule(at, static_cast<std::uint32_t>(kind) << kKindShift | index);
    }
    // Below this many frames they lie in the nearest caches anyway.
    static constexpr std::uint32_t kPrefetchFrom = 512;
    void prefetchNext()
    {
        const std::uint32_t next = m_sim.events().peekWhat(0);
        if (next >> kKindShift == kFrame) {
            s.frames.prefetch(next & kIndexMask);
        }
    }
    [[gnu::noinline]] std::uint32_t handleOther(std::uint32_t kind, std::uint32_t index);
    [[gnu::noinline]] void drainReady();

    // Sources.
    void scheduleArrival(SourceState& source, std::uint32_t index);
    [[gnu::noinline]] void scheduleThought(std::uint32_t source, Duration before = Duration(0));
    Frame& newFrame(std::uint32_t index, std::uint32_t path);
    std::uint32_t newRequest(std::uint32_t source);
    void endRoot(std::uint32_t index, std::uint16_t outcome);
    void endOther(std::uint32_t index, std::uint16_t outcome);

    // Steps. What returns a frame returns the one to run next, or kNone.
    std::uint32_t wake(std::uint32_t index);
    [[gnu::noinline]] void run(std::uint32_t index);  ///< kNone: nothing to run.
    std::uint32_t advance(std::uint32_t index);
    /// For traces: a step that takes no time, but refuses.
    [[gnu::noinline]] void noteRefusal(const Frame& frame, std::uint32_t index);
    [[gnu::noinline]] std::uint32_t sleep(Frame& frame, std::uint32_t index, double seconds);
    [[gnu::noinline]] std::uint32_t hop(Frame& frame, std::uint32_t index, const CompiledStep& step);
    [[gnu::noinline]] std::uint32_t fork(std::uint32_t index, const CompiledStep& step);
    [[gnu::noinline]] bool goesOn(const Frame& frame, const CompiledStep& step);
    void count(const Frame& frame, const CompiledStep& step);

    // Stations.
    std::uint32_t place(const Frame& frame, const CompiledStep& step) const
    {
        return step.station + (frame.base & step.stationMask);
    }
    /// True: it has a slot. False: it waits, or (`isRefused`) there is no room to.
    bool enter(Station& station, Frame& frame, std::uint32_t index, bool& isRefused);
    void serve(Frame& frame, std::uint32_t index, const CompiledStep& step);
    void leaveSlot(Station& station);
    void letNextIn(Station& station);
    void startWork(Station& station, std::uint32_t place, Frame& frame, std::uint32_t index, double work);
    void reschedule(Station& station, std::uint32_t place);
    void tick(std::uint32_t place);
    void hold(const Frame& frame, const CompiledStep& step);
    bool take(const Frame& frame, const CompiledStep& step);
    void release(const Frame& frame, const CompiledStep& step);
    std::uint32_t refuse(const Frame& frame, std::uint32_t index, const CompiledStep& step);
    void freeMemory(const Frame& frame, const CompiledStep& step);
    /// False where there is nothing to do.
    bool startsWork(Frame& frame, std::uint32_t index, const CompiledStep& step);
    void giveBack(const Frame& frame, std::uint32_t cleanup);
    std::int64_t amountOf(const Frame& frame, const CompiledStep& step) const
    {
        return s.amounts[step.amount + frame.requestClass];
    }
    std::int64_t bytesOf(const Frame& frame, const CompiledStep& step) const;

    // Calls and answers.
    std::uint32_t call(std::uint32_t parent, std::uint32_t step, std::uint16_t attempt);
    std::uint32_t letIn(std::uint32_t index);
    std::uint32_t letInSlowly(std::uint32_t index);
    std::uint32_t fail(std::uint32_t index, std::uint16_t outcome);
    std::uint32_t end(std::uint32_t index, std::uint16_t outcome);
    std::uint32_t
    answer(std::uint32_t parent, std::uint32_t call, std::uint16_t attempt, std::uint16_t outcome);
    std::uint32_t haveAllAnswers(std::uint32_t index);
    /// After a failure: whether it is final; then `outcome` is what the caller sees.
    bool isGivenUp(std::uint32_t parent, std::uint32_t call, std::uint16_t attempt, std::uint16_t& outcome);
    bool triesAgain(std::uint32_t parent, std::uint32_t call, std::uint16_t attempt, std::uint16_t outcome);
    void leaveReplica(const Frame& frame, bool isOk);
    void watch(std::uint32_t ring, std::uint32_t index);
    void expire(std::uint32_t ring);
    void timeOut(std::uint32_t index);
    std::uint32_t tryAgain(std::uint32_t index);

    // Replicas.
    std::uint32_t stationBlock(std::uint32_t pool);
    /// Takes a frame out of where it waits and gives back what it holds; the frame that is to end instead.
    std::uint32_t detach(std::uint32_t index);
    void leaveEarly(Station& station);
    void endAll(std::vector<std::uint32_t>& ended, std::uint16_t outcome);
    void closeStations(std::uint32_t replica);
    void reportOutOfMemory(std::uint32_t replica);
    void tellAnswer(std::uint32_t control);

    Simulation& m_sim;
    std::vector<std::uint32_t> m_ready;  ///< Frames that may go on within this event.
};

}  // namespace neph
