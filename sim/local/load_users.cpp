#include "sim/local/load_users.h"

#include <algorithm>
#include <ctime>

#include <fmt/format.h>

namespace neph {

namespace {

double threadCpuSeconds()
{
    timespec used{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
    return static_cast<double>(used.tv_sec) + static_cast<double>(used.tv_nsec) / 1e9;
}

std::string percentEncoded(const std::string& text)
{
    std::string encoded;
    for (const char c : text) {
        const bool isPlain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                             c == '-' || c == '_' || c == '.' || c == '~';
        encoded += isPlain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
    return encoded;
}

}  // namespace

const LoadTarget* loadTargetOf(
    const std::vector<LoadTarget>& targets, const Plan& plan, const SourceSpec& source, const Step& call)
{
    const std::string& node = plan.nodes[source.node.value].id;
    const std::string link = call.link ? plan.links[call.link.value].id : std::string();
    const LoadTarget* found = nullptr;
    for (const LoadTarget& target : targets) {
        if (target.source == node && (target.link == link || (target.link.empty() && found == nullptr))) {
            found = &target;
        }
    }
    return found;
}

LoadUsers::LoadUsers(
    const LoadPlan& plan, const std::vector<LoadTarget>& targets, const LoadOptions& options,
    LoadFigures& figures)
    : m_plan(*plan.plan), m_load(plan), m_options(options), m_figures(figures), m_sender(options.connections),
      m_lastArrival(m_plan.sources.size()), m_timeouts(m_plan.policies.size()),
      m_firstRouteOf(m_plan.steps.size(), kNobody), m_end(fromSeconds(seconds(plan.horizon) * options.scale))
{
    for (const DrawSpec& draw : m_plan.draws) {
        m_draws.push_back({RandomStream(plan.seed, streamId(draw.entity, draw.purpose)), &draw.byClass});
    }
    for (std::uint32_t i = 0; i < m_plan.sources.size(); ++i) {
        m_streams.emplace_back(m_plan, i, plan.seed);
        addRoutes(i, targets);
    }
}

void LoadUsers::addRoutes(std::uint32_t source, const std::vector<LoadTarget>& targets)
{
    const SourceSpec& spec = m_plan.sources[source];
    const StepRange range = stepsOf(m_plan, spec.path);
    for (std::uint32_t i = range.first; i <= range.last; ++i) {
        const Step& step = m_plan.steps[i];
        if (step.op != Op::Call) {
            continue;
        }
        const LoadTarget& target = *loadTargetOf(targets, m_plan, spec, step);
        for (std::size_t c = 0; c < m_plan.classes.size(); ++c) {
            // Classes of other sources never come here, but keep the numbers simple.
            const std::int64_t bytes = c < m_load.requestBytes.size() ? m_load.requestBytes[c] : 0;
            const std::uint32_t route =
                m_sender.addRoute(target.url + m_options.path + percentEncoded(m_plan.classes[c]), bytes);
            m_firstRouteOf[i] = c == 0 ? route : m_firstRouteOf[i];
        }
    }
}

void LoadUsers::begin()
{
    for (std::uint32_t i = 0; i < m_streams.size(); ++i) {
        if (!m_streams[i].isClosed()) {
            scheduleArrival(i);
        }
        for (std::uint32_t user = 0; user < m_streams[i].spec().users; ++user) {
            scheduleThought(i, m_streams[i].firstOf(user));
        }
    }
}

bool LoadUsers::isOver(Time at) const
{
    const bool isAllDone = m_toStart == 0 && m_underWay == 0;
    return at >= m_end && (isAllDone || at > m_end + m_options.drain);
}

void LoadUsers::run(
    Time start, const std::stop_token& stop, const std::function<void(const LoadProgress&)>& progress)
{
    constexpr Duration kLook = 20ms;
    constexpr Duration kTell = 100ms;
    m_start = start;
    m_cpuBefore = threadCpuSeconds();
    begin();
    Time at{0};
    Time nextTell{0};
    while (!isOver(at) && !stop.stop_requested()) {
        EventSet::Event event{};
        for (int i = 0; i < kMostAtOnce && m_events.takeNextUntil(at, event); ++i) {
            m_handled = event.at;
            handle(event.what, event.at);
        }
        const Time next = std::min(m_events.nextTime(), at + kLook);
        const std::vector<HttpSender::Answer>& answers = m_sender.wait(m_start + next);
        at = now();
        for (const HttpSender::Answer& answer : answers) {
            answered(answer, at);
        }
        sendWaiting();
        if (at >= nextTell) {
            nextTell = at + kTell;
            tellFigures(at);
            if (progress) {
                progress({at, m_end, m_figures.started(), m_figures.ended()});
            }
        }
    }
    tellFigures(now());
}

void LoadUsers::tellFigures(Time at) const
{
    m_figures.tick(m_start + at, threadCpuSeconds() - m_cpuBefore, m_sender.connectionsOpened());
}

void LoadUsers::handle(std::uint32_t what, Time at)
{
    const std::uint32_t index = what & kIndexMask;
    switch (what >> kKindShift) {
    case kArrival:
        scheduleArrival(index);
        start(index, at);
        break;
    case kThought:
        start(index, at);
        break;
    case kResume:
        m_requests[index].at = at;
        walk(index);
        break;
    default:
        expire(index);
        break;
    }
}

void LoadUsers::scheduleArrival(std::uint32_t source)
{
    const Time at = m_streams[source].after(m_lastArrival[source]);
    if (at > m_load.horizon) {
        return;
    }
    m_lastArrival[source] = at;
    ++m_toStart;
    schedule(m_options.scale == 1 ? at : fromSeconds(seconds(at) * m_options.scale), kArrival, source);
}

void LoadUsers::scheduleThought(std::uint32_t source, Time from)
{
    const Time at = from + m_streams[source].nextThought();
    if (at <= m_end) {
        ++m_toStart;
        schedule(at, kThought, source);
    }
}

void LoadUsers::start(std::uint32_t source, Time intended)
{
    if (m_free.empty()) {
        m_free.push_back(static_cast<std::uint32_t>(m_requests.size()));
        m_requests.emplace_back();
    }
    const std::uint32_t index = m_free.back();
    m_free.pop_back();
    Request& request = m_requests[index];
    request.intended = request.at = intended;
    request.source = source;
    request.requestClass = m_streams[source].nextClass();
    request.step = m_plan.paths[m_streams[source].spec().path.value].first;
    request.attempt = 0;
    --m_toStart;
    ++m_underWay;
    m_figures.start(request.requestClass);
    walk(index);
}

void LoadUsers::walk(std::uint32_t index)
{
    for (;;) {
        Request& request = m_requests[index];
        const Step& step = m_plan.steps[request.step];
        switch (step.op) {
        case Op::Branch: {
            bool goesOn = (step.classes >> request.requestClass & 1) != 0;
            if (goesOn && step.draw) {
                Draw& draw = m_draws[step.draw.value];
                goesOn = draw.random.uniform() < draw.of(request.requestClass).mean();
            }
            request.step = goesOn ? request.step + 1 : step.jump;
            break;
        }
        case Op::Delay: {
            Draw& draw = m_draws[step.draw.value];
            const Duration wait = draw.of(request.requestClass).sampleSeconds(draw.random);
            ++request.step;
            if (wait > Duration(0)) {
                schedule(request.at + wait, kResume, index);
                return;
            }
            break;
        }
        case Op::Call:
            callOut(index);
            return;
        case Op::Fail:
            end(index, outcomeOf(step.outcome).index, false);
            return;
        default:
            end(index, request.outcome, true);
            return;
        }
    }
}

void LoadUsers::callOut(std::uint32_t index)
{
    Request& request = m_requests[index];
    const Step& step = m_plan.steps[request.step];
    const bool mustWait = m_sender.isFull() || !m_waiting.empty();
    m_figures.attempt(step.link.value, now() - request.at, request.attempt > 0, mustWait);
    request.sending = kNobody;
    if (step.policy && m_plan.policies[step.policy.value].timeout > Duration::zero()) {
        TimeoutRing& ring = m_timeouts[step.policy.value];
        // Calls that have been answered leave from the front, so the ring holds about what is under way.
        for (int i = 0; i < 2 && !ring.isEmpty(); ++i) {
            if (m_requests[ring.front().frame].generation == ring.front().generation) {
                break;
            }
            ring.pop();
        }
        const Time deadline = request.at + m_plan.policies[step.policy.value].timeout;
        ring.push({deadline, index, request.generation});
        if (!ring.isScheduled) {
            ring.isScheduled = true;
            schedule(deadline, kTimeout, step.policy.value);
        }
    }
    if (mustWait) {
        m_waiting.push_back({index, request.generation});
    } else {
        send(index);
    }
}

void LoadUsers::send(std::uint32_t index)
{
    Request& request = m_requests[index];
    request.sent = now();
    request.sending =
        m_sender.send(m_firstRouteOf[request.step] + request.requestClass, request.attempt, index);
}

void LoadUsers::sendWaiting()
{
    while (!m_waiting.empty() && !m_sender.isFull()) {
        const Waiting next = m_waiting.front();
        m_waiting.pop_front();
        if (m_requests[next.request].generation == next.generation) {
            send(next.request);
        }
    }
}

void LoadUsers::answered(const HttpSender::Answer& answer, Time at)
{
    Request& request = m_requests[answer.token];
    const Outcome outcome = outcomeOf(answer);
    const Step& step = m_plan.steps[request.step];
    m_figures.answer(step.link.value, request.requestClass, at - request.sent, outcome.isOk);
    callEnded(answer.token, at, outcome);
}

void LoadUsers::expire(std::uint32_t ringIndex)
{
    TimeoutRing& ring = m_timeouts[ringIndex];
    ring.isScheduled = false;
    while (!ring.isEmpty()) {
        const TimeoutRing::Entry entry = ring.front();
        const bool isOld = m_requests[entry.frame].generation != entry.generation;
        if (!isOld && entry.deadline > m_handled) {
            ring.isScheduled = true;
            schedule(entry.deadline, kTimeout, ringIndex);
            return;
        }
        ring.pop();
        if (!isOld) {
            const Request& request = m_requests[entry.frame];
            if (request.sending != kNobody) {
                m_sender.cancel(request.sending);
            }
            m_figures.giveUp(m_plan.steps[request.step].link.value);
            callEnded(entry.frame, entry.deadline, outcomeOf(m_plan.policies[ringIndex].onTimeout));
        }
    }
}

void LoadUsers::callEnded(std::uint32_t index, Time at, const Outcome& outcome)
{
    Request& request = m_requests[index];
    request.at = at;
    request.sending = kNobody;
    ++request.generation;
    const Step& step = m_plan.steps[request.step];
    if (outcome.isOk) {
        request.outcome = outcome.index;
        ++request.step;
        walk(index);
        return;
    }
    if (!step.policy || !outcome.isRetryable ||
        request.attempt >= m_plan.policies[step.policy.value].retries) {
        end(index, outcome.index, false);
        return;
    }
    const PolicySpec& policy = m_plan.policies[step.policy.value];
    // As the request engine does it; doubling stops long before it overflows.
    Duration most = policy.backoffBase * (std::int64_t{1} << std::min(request.attempt, 20U));
    if (policy.backoffCap > Duration::zero()) {
        most = std::min(most, policy.backoffCap);
    }
    double share = 1;
    if (policy.jitter) {
        Draw& draw = m_draws[policy.jitter.value];
        share = draw.of(0).sample(draw.random);
    }
    ++request.attempt;
    schedule(at + fromSeconds(share * seconds(most)), kResume, index);
}

void LoadUsers::end(std::uint32_t index, std::uint32_t outcome, bool isOk)
{
    Request& request = m_requests[index];
    m_figures.end(request.requestClass, request.at - request.intended, outcome, isOk);
    --m_underWay;
    m_free.push_back(index);
    if (m_streams[request.source].isClosed()) {
        scheduleThought(request.source, request.at);
    }
}

LoadUsers::Outcome LoadUsers::outcomeOf(const HttpSender::Answer& answer)
{
    const std::pair<int, int> key{answer.status, answer.error * 256 + (answer.systemError & 0xFF)};
    if (const auto known = m_outcomes.find(key); known != m_outcomes.end()) {
        return known->second;
    }
    const int status = answer.status;
    const bool isTried = status == 0 || status == 429 || (status >= 500 && status <= 504 && status != 501);
    const Outcome made{
        m_figures.outcome(status == 0 ? failureInWords(answer) : statusInWords(status)),
        status >= 200 && status < 300, isTried};
    return m_outcomes.emplace(key, made).first->second;
}

LoadUsers::Outcome LoadUsers::outcomeOf(OutcomeId planned)
{
    const OutcomeSpec& spec = m_plan.outcomes[planned.value];
    return {m_figures.outcome(spec.name), false, spec.retryable};
}

}  // namespace neph
