#include "assets/containers/workload/link_caller.h"

#include <algorithm>
#include <cmath>
#include <latch>

namespace neph {

namespace {

using Clock = std::chrono::steady_clock;
using Milliseconds = std::chrono::duration<double, std::milli>;

Clock::duration durationOf(double ms)
{
    return std::chrono::duration_cast<Clock::duration>(Milliseconds(ms));
}

std::unique_ptr<CallTarget> targetOf(const LinkConfig& link)
{
    switch (link.protocol) {
    case Protocol::DynamoDb:
        return makeDynamoDbTarget(link);
    case Protocol::PostgreSql:
        return makePostgreSqlTarget(link);
    case Protocol::Redis:
        return makeRedisTarget(link);
    case Protocol::Http:
        break;
    }
    return makeHttpTarget(link);
}

}  // namespace

LinkCaller::LinkCaller(
    const LinkConfig& link, const std::vector<ClassConfig>& classes, CallMetrics& metrics,
    HelperThreads& helpers)
    : m_link(link), m_metrics(metrics), m_helpers(helpers), m_target(targetOf(link))
{
    for (const ClassConfig& each : classes) {
        const bool calls =
            link.classes.empty() ||
            std::find(link.classes.begin(), link.classes.end(), each.name) != link.classes.end();
        m_classes.push_back(calls ? each.name : "");
    }
}

CallOutcome LinkCaller::callFor(std::size_t ofClass, RandomStream& random)
{
    const std::string& name = m_classes[ofClass];
    if (name.empty()) {
        return {};
    }
    const int whole = static_cast<int>(m_link.callsPerRequest);
    const double part = m_link.callsPerRequest - whole;
    CallOutcome outcome;
    if (m_link.parallel && whole > 1) {
        outcome = callAtOnce(whole, name, random);
    } else {
        for (int i = 0; i < whole && outcome.ok; ++i) {
            outcome = callOnce(name, random);
        }
    }
    if (outcome.ok && part > 0 && random.uniform() < part) {
        outcome = callOnce(name, random);
    }
    return outcome;
}

CallOutcome LinkCaller::callAtOnce(int calls, const std::string& requestClass, RandomStream& random)
{
    std::vector<CallOutcome> outcomes(static_cast<std::size_t>(calls));
    std::latch done(calls - 1);
    for (std::size_t i = 1; i < outcomes.size(); ++i) {
        m_helpers.start([&, i](RandomStream& ofHelper) {
            outcomes[i] = callOnce(requestClass, ofHelper);
            done.count_down();
        });
    }
    outcomes[0] = callOnce(requestClass, random);
    done.wait();
    const auto bad =
        std::find_if(outcomes.begin(), outcomes.end(), [](const CallOutcome& each) { return !each.ok; });
    return bad != outcomes.end() ? *bad : CallOutcome{};
}

CallOutcome LinkCaller::callOnce(const std::string& requestClass, RandomStream& random)
{
    const auto begin = Clock::now();
    CallOutcome outcome;
    for (int tried = 0;; ++tried) {
        outcome = attempt(requestClass, random);
        if (!outcome.ok) {
            ++m_metrics.attemptsFailed;
        }
        if (outcome.ok || tried >= m_link.retries) {
            break;
        }
        // Full jitter, as the AWS SDKs do: somewhere between at once and a limit that doubles each time.
        const double limit = std::min(m_link.retryCapMs, std::ldexp(m_link.retryBaseMs, std::min(tried, 60)));
        std::this_thread::sleep_for(durationOf(limit * random.uniform()));
    }
    m_metrics.seconds.observe(Clock::now() - begin);
    ++(outcome.ok ? m_metrics.succeeded : m_metrics.failed);
    return outcome;
}

CallOutcome LinkCaller::attempt(const std::string& requestClass, RandomStream& random)
{
    const Deadline deadline =
        m_link.timeoutMs > 0 ? Deadline::after(durationOf(m_link.timeoutMs)) : Deadline::never();
    if (const double addedMs = m_addedMs; addedMs > 0) {
        std::this_thread::sleep_for(deadline.left(durationOf(addedMs)));
        if (deadline.hasPassed()) {
            return failed(kTooLate);
        }
    }
    if (const double share = m_failShare; share > 0 && random.uniform() < share) {
        return failed("was disturbed");
    }
    return m_target->attempt(requestClass, random, deadline);
}

void LinkCaller::disturb(double addedMs, double failShare)
{
    m_addedMs = addedMs;
    m_failShare = failShare;
}

}  // namespace neph
