#include "sim/engine/trace_recorder.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>

namespace neph {

namespace {

// Requests that are followed at one time. In an overload they pile up; further ones are not followed then.
constexpr std::size_t kMostActive = 512;
// Steps of one request; a long story is cut.
constexpr std::size_t kMostSpans = 512;

std::string durationText(Duration duration)
{
    const double ms = milliseconds(duration);
    return ms >= 1000 ? fmt::format("{:.2f} s", ms / 1000) : fmt::format("{:.3g} ms", ms);
}

}  // namespace

std::uint32_t TraceRecorder::start(std::uint32_t source, std::uint32_t requestClass, Time now)
{
    m_untilNext = m_options.traceEvery;
    if (m_options.traceEvery == 0 || m_active.size() >= kMostActive) {
        return 0;
    }
    Trace& trace = m_active.emplace_back();
    trace.number = ++m_started;
    trace.source = source;
    trace.requestClass = requestClass;
    trace.arrived = now;
    return trace.number;
}

TraceRecorder::Trace* TraceRecorder::active(std::uint32_t number)
{
    const auto found = std::lower_bound(
        m_active.begin(), m_active.end(), number,
        [](const Trace& trace, std::uint32_t wanted) { return trace.number < wanted; });
    return found != m_active.end() && found->number == number ? &*found : nullptr;
}

TraceRecorder::Span* TraceRecorder::openSpan(const Frame& frame, std::uint32_t index, std::uint32_t step)
{
    Trace* trace = active(frame.trace);
    if (trace == nullptr) {
        return nullptr;
    }
    const auto found = std::find_if(trace->spans.rbegin(), trace->spans.rend(), [&](const Span& span) {
        return span.isOpen && span.frame == index && span.step == step;
    });
    return found == trace->spans.rend() ? nullptr : &*found;
}

std::size_t TraceRecorder::room() const
{
    return kMostActive - m_active.size();
}

void TraceRecorder::rename(std::uint32_t number, std::uint32_t step, std::uint32_t from, std::uint32_t to)
{
    Frame frame;
    frame.trace = number;
    if (Span* span = openSpan(frame, from, step)) {
        span->frame = to;
    }
}

void TraceRecorder::begin(const Frame& frame, std::uint32_t index, std::uint32_t step, Time now, Crowd crowd)
{
    Trace* trace = active(frame.trace);
    if (trace != nullptr && trace->spans.size() < kMostSpans) {
        trace->spans.push_back(
            {index, step, frame.replica, 0, frame.depth, true, false, now, now, now, crowd});
    }
}

void TraceRecorder::beginBackoff(const Frame& frame, std::uint32_t index, std::uint32_t step, Time now)
{
    begin(frame, index, step, now, {});
    if (Span* span = openSpan(frame, index, step)) {
        span->isBackoff = true;
    }
}

void TraceRecorder::serve(const Frame& frame, std::uint32_t index, Time now)
{
    if (Span* span = openSpan(frame, index, frame.step)) {
        span->start = now;
    }
}

void TraceRecorder::end(
    const Frame& frame, std::uint32_t index, std::uint32_t step, Time now, std::uint16_t outcome)
{
    if (Span* span = openSpan(frame, index, step)) {
        span->to = now;
        span->isOpen = false;
        span->outcome = outcome;
    }
}

void TraceRecorder::finish(std::uint32_t number, Time now, std::uint16_t outcome)
{
    Trace* trace = active(number);
    if (trace == nullptr) {
        return;
    }
    trace->outcome = outcome;
    trace->ended = now;
    for (Span& span : trace->spans) {
        // What goes on without the one who asked.
        if (span.isOpen) {
            span.to = now;
        }
    }
    keep(std::move(*trace));
    m_active.erase(m_active.begin() + (trace - m_active.data()));
}

void TraceRecorder::keep(Trace trace)
{
    const auto isFaster = [](const Trace& a, const Trace& b) {
        return a.ended - a.arrived < b.ended - b.arrived;
    };
    if (m_options.slowestTraces > 0) {
        if (m_slowest.size() == m_options.slowestTraces) {
            const auto fastest = std::min_element(m_slowest.begin(), m_slowest.end(), isFaster);
            if (isFaster(*fastest, trace)) {
                std::swap(*fastest, trace);
            }
        } else {
            m_slowest.push_back(std::move(trace));
            return;
        }
    }
    // What fell out of the slowest goes the way of the others.
    const bool isFailed = trace.outcome != 0;
    std::deque<Trace>& kept = isFailed ? m_failed : m_normal;
    kept.push_back(std::move(trace));
    if (kept.size() > (isFailed ? m_options.failedTraces : m_options.normalTraces)) {
        kept.pop_front();
    }
}

TraceSpan TraceRecorder::inWords(const Span& span, const std::vector<Replica>& replicas) const
{
    const Step& step = m_plan.steps[span.step];
    TraceSpan words;
    const auto path = std::find_if(m_plan.paths.rbegin(), m_plan.paths.rend(), [&span](const PathSpec& each) {
        return each.first <= span.step;
    });
    words.node = m_plan.nodes[path->node.value].id;
    words.step = m_plan.labels[step.label];
    if (span.isBackoff) {
        const std::string& label = m_plan.labels[m_plan.policies[step.policy.value].backoffLabel];
        words.step = label.empty() ? "waits before trying again" : label;
    }
    if (span.replica != kNone) {
        const Replica& replica = replicas[span.replica];
        words.replica = fmt::format("{}/{}", m_plan.pools[replica.pool].replicaWord, replica.number);
    }
    words.depth = span.depth;
    words.from = span.from;
    words.start = span.start;
    words.to = span.to;
    const std::string station = step.station ? m_plan.stations[step.station.value].name : std::string();
    const Crowd& crowd = span.crowd;
    if (span.outcome != 0) {
        words.why = m_plan.outcomes[span.outcome].name;
        if (crowd.capacity > 0 && crowd.busy >= crowd.capacity) {
            words.why += fmt::format(
                ": {} of {} {} busy, {} waiting", crowd.busy, crowd.capacity, station, crowd.ahead);
        }
    } else if (span.start > span.from) {
        words.why = fmt::format(
            "waited {} for {}: {} of {} busy, {} ahead", durationText(span.start - span.from), station,
            crowd.busy, crowd.capacity, crowd.ahead);
    } else if (crowd.capacity == 0 && crowd.ahead > 0) {
        words.why = fmt::format("shared {} with {} others", station, crowd.ahead);
    }
    return words;
}

RequestTrace TraceRecorder::inWords(const Trace& trace, const std::vector<Replica>& replicas) const
{
    RequestTrace words;
    words.id = trace.number;
    words.requestClass = m_plan.classes[trace.requestClass];
    words.source = m_plan.nodes[m_plan.sources[trace.source].node.value].id;
    words.arrived = trace.arrived;
    words.latency = trace.ended - trace.arrived;
    words.outcome = m_plan.outcomes[trace.outcome].name;
    words.ok = m_plan.outcomes[trace.outcome].kind == OutcomeSpec::Kind::Ok;
    for (const Span& span : trace.spans) {
        words.spans.push_back(inWords(span, replicas));
    }
    return words;
}

std::vector<RequestTrace> TraceRecorder::traces(const std::vector<Replica>& replicas) const
{
    std::map<std::uint32_t, const Trace*> inOrder;
    for (const auto& trace : m_normal) {
        inOrder[trace.number] = &trace;
    }
    for (const auto& trace : m_failed) {
        inOrder[trace.number] = &trace;
    }
    for (const auto& trace : m_slowest) {
        inOrder[trace.number] = &trace;
    }
    std::vector<RequestTrace> words;
    words.reserve(inOrder.size());
    for (const auto& [number, trace] : inOrder) {
        words.push_back(inWords(*trace, replicas));
    }
    return words;
}

}  // namespace neph
