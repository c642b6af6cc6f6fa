#pragma once

#include <cstdint>
#include <deque>
#include <vector>

#include "sim/engine/engine_options.h"
#include "sim/engine/frame.h"
#include "sim/engine/replica_pool.h"
#include "sim/metrics/run_result.h"
#include "sim/plan/plan.h"

namespace neph {

/// What a step found when it had to wait or was refused.
struct Crowd {
    std::int64_t busy = 0;
    std::int64_t capacity = 0;  ///< 0: there is no such thing as full.
    std::int64_t ahead = 0;
};

/// Follows some requests step by step and keeps the most telling of them.
///
/// While a request runs its steps are plain records; words are made when somebody asks.
class TraceRecorder {
public:
    TraceRecorder(const Plan& plan, const EngineOptions& options) : m_plan(plan), m_options(options) {}

    /// To be called for each request of users; the number of its trace, or 0.
    std::uint32_t startOrNot(std::uint32_t source, std::uint32_t requestClass, Time now)
    {
        if (--m_untilNext != 0) [[likely]] {
            return 0;
        }
        return start(source, requestClass, now);
    }

    /// The frame begins a step (`frame.step`, or one of a fork).
    void begin(const Frame& frame, std::uint32_t index, std::uint32_t step, Time now, Crowd crowd);
    /// The frame waits before it makes the call of `step` again.
    void beginBackoff(const Frame& frame, std::uint32_t index, std::uint32_t step, Time now);
    /// Its waiting is over.
    void serve(const Frame& frame, std::uint32_t index, Time now);
    void end(const Frame& frame, std::uint32_t index, std::uint32_t step, Time now, std::uint16_t outcome);
    /// The request is over.
    void finish(std::uint32_t trace, Time now, std::uint16_t outcome);

    // For who decides ahead which requests are followed.
    /// Users' requests until the next one that is followed, which counts; 0: none ever is.
    std::uint32_t untilNext() const { return m_options.traceEvery == 0 ? 0 : m_untilNext; }
    void skip(std::uint32_t requests) { m_untilNext -= requests; }
    std::uint32_t every() const { return m_options.traceEvery; }
    std::uint32_t nextNumber() const { return m_started + 1; }
    /// How many more can be followed at one time.
    std::size_t room() const;
    /// A frame whose present step is `step` has another index from now on.
    void rename(std::uint32_t trace, std::uint32_t step, std::uint32_t from, std::uint32_t to);

    /// The kept traces in order of arrival, in words.
    std::vector<RequestTrace> traces(const std::vector<Replica>& replicas) const;

private:
    struct Span {
        std::uint32_t frame;
        std::uint32_t step;
        std::uint32_t replica;
        std::uint16_t outcome;
        std::uint8_t depth;
        bool isOpen;
        bool isBackoff;
        Time from;
        Time start;
        Time to;
        Crowd crowd;
    };
    struct Trace {
        std::uint32_t number = 0;
        std::uint32_t source = 0;
        std::uint32_t requestClass = 0;
        std::uint16_t outcome = 0;
        Time arrived{0};
        Time ended{0};
        std::vector<Span> spans;
    };

    std::uint32_t start(std::uint32_t source, std::uint32_t requestClass, Time now);
    Trace* active(std::uint32_t number);
    Span* openSpan(const Frame& frame, std::uint32_t index, std::uint32_t step);
    void keep(Trace trace);
    TraceSpan inWords(const Span& span, const std::vector<Replica>& replicas) const;
    RequestTrace inWords(const Trace& trace, const std::vector<Replica>& replicas) const;

    const Plan& m_plan;
    const EngineOptions m_options;
    // The first request is followed, then every n-th. Zero (never) wraps around.
    std::uint32_t m_untilNext = m_options.traceEvery == 0 ? 0 : 1;
    std::uint32_t m_started = 0;
    std::vector<Trace> m_active;
    std::deque<Trace> m_normal;
    std::deque<Trace> m_failed;
    std::vector<Trace> m_slowest;
};

}  // namespace neph
