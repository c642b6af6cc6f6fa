#include "sim/local/load_figures.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace neph {

// Above this the figures say as much about the generator as about what it measures.
static constexpr Duration kMostLate = 1ms;

LoadFigures::LoadFigures(const Plan& plan, std::uint32_t connections)
    : m_plan(plan), m_connections(connections), m_classes(plan.classes.size()), m_links(plan.links.size())
{
}

void LoadFigures::begin(Time now, std::string note)
{
    const std::lock_guard hold(m_lock);
    m_begin = m_now = m_intervalFrom = now;
    if (!note.empty()) {
        m_totals.notes.push_back(std::move(note));
    }
}

void LoadFigures::start(std::uint32_t requestClass)
{
    const std::lock_guard hold(m_lock);
    ++m_classes[requestClass].started;
    ++m_totals.started;
    ++m_inFlight;
    m_totals.maxInFlight = std::max(m_totals.maxInFlight, m_inFlight);
}

void LoadFigures::attempt(std::uint32_t link, Duration late, bool isRetry, bool mustWait)
{
    const std::lock_guard hold(m_lock);
    m_late.add(std::max(late, Duration(0)));
    ++m_attempts.all;
    m_attempts.retries += isRetry ? 1 : 0;
    m_totals.waited += mustWait ? 1 : 0;
    if (link < m_links.size()) {
        ++m_links[link].requests;
    }
}

void LoadFigures::answer(std::uint32_t link, std::uint32_t requestClass, Duration service, bool isOk)
{
    const std::lock_guard hold(m_lock);
    m_classes[requestClass].service.add(std::max(service, Duration(0)));
    if (link < m_links.size()) {
        m_links[link].errors += isOk ? 0 : 1;
    }
}

void LoadFigures::giveUp(std::uint32_t link)
{
    const std::lock_guard hold(m_lock);
    ++m_totals.gaveUp;
    if (link < m_links.size()) {
        ++m_links[link].errors;
    }
}

void LoadFigures::end(std::uint32_t requestClass, Duration latency, std::uint32_t outcome, bool isOk)
{
    const std::lock_guard hold(m_lock);
    ClassFigures& figures = m_classes[requestClass];
    figures.latency.add(std::max(latency, Duration(0)));
    figures.failed += isOk ? 0 : 1;
    if (figures.outcomes.size() <= outcome) {
        figures.outcomes.resize(outcome + 1);
    }
    ++figures.outcomes[outcome];
    --m_inFlight;
}

void LoadFigures::tick(Time now, double cpuSeconds, std::uint64_t connectionsOpened)
{
    const std::lock_guard hold(m_lock);
    m_now = now;
    m_totals.cpuSeconds = cpuSeconds;
    m_totals.connectionsOpened = connectionsOpened;
}

void LoadFigures::finish(std::string stoppedBy)
{
    const std::lock_guard hold(m_lock);
    m_totals.stoppedBy = std::move(stoppedBy);
}

std::uint32_t LoadFigures::outcome(const std::string& name)
{
    const std::lock_guard hold(m_lock);
    const auto known = std::find(m_outcomes.begin(), m_outcomes.end(), name);
    if (known == m_outcomes.end()) {
        m_outcomes.push_back(name);
        return static_cast<std::uint32_t>(m_outcomes.size()) - 1;
    }
    return static_cast<std::uint32_t>(known - m_outcomes.begin());
}

LoadInterval LoadFigures::takeInterval(Time now)
{
    const std::lock_guard hold(m_lock);
    LoadInterval interval;
    if (m_begin < Time{0}) {
        return interval;
    }
    interval.from = m_intervalFrom - m_begin;
    interval.to = now - m_begin;
    m_intervalFrom = now;
    for (std::size_t c = 0; c < m_classes.size(); ++c) {
        ClassFigures& figures = m_classes[c];
        LoadInterval::OfClass& view = interval.classes[m_plan.classes[c]];
        m_scratch.addInterval(figures.latency);
        view.latency = figures.latency.takeInterval();
        view.latency.errors = figures.failed - std::exchange(figures.failedBefore, figures.failed);
        view.started = figures.started - std::exchange(figures.startedBefore, figures.started);
        interval.started += view.started;
        interval.all.errors += view.latency.errors;
    }
    const std::uint64_t errors = interval.all.errors;
    interval.all = m_scratch.takeInterval();
    interval.all.errors = errors;
    interval.attempts = m_attempts.all - m_attemptsBefore.all;
    interval.retries = m_attempts.retries - m_attemptsBefore.retries;
    m_attemptsBefore = m_attempts;
    interval.inFlight = m_inFlight;
    interval.latenessP99 = m_late.takeInterval().p99;
    return interval;
}

ClassResult LoadFigures::resultOf(const ClassFigures& figures) const
{
    ClassResult view;
    view.latency = figures.latency.whole();
    view.total = view.latency.count();
    view.failed = figures.failed;
    view.ok = view.total - view.failed;
    for (std::size_t i = 0; i < figures.outcomes.size(); ++i) {
        if (figures.outcomes[i] > 0) {
            view.outcomes[m_outcomes[i]] = figures.outcomes[i];
        }
    }
    return view;
}

std::vector<std::string> LoadFigures::notes(const Lateness& lateness) const
{
    std::vector<std::string> notes = m_totals.notes;
    if (lateness.p99 > kMostLate) {
        notes.push_back(fmt::format(
            "The machine itself was the bottleneck: one request in a hundred left {:.1f} ms or more too "
            "late. "
            "Send less, or give the load a core of its own.",
            milliseconds(lateness.p99)));
    }
    if (m_totals.waited > 0) {
        notes.push_back(fmt::format(
            "{} of {} attempts waited until one of {} connections was free; their latency includes it. Allow "
            "more connections if the users should not.",
            m_totals.waited, m_attempts.all, m_connections));
    }
    return notes;
}

LoadResult LoadFigures::result() const
{
    const std::lock_guard hold(m_lock);
    LoadResult result = m_totals;
    for (std::size_t c = 0; c < m_classes.size(); ++c) {
        result.classes[m_plan.classes[c]] = resultOf(m_classes[c]);
        result.service[m_plan.classes[c]] = m_classes[c].service.whole();
    }
    const double length = m_begin < Time{0} ? 0 : seconds(m_now - m_begin);
    for (std::size_t i = 0; i < m_links.size(); ++i) {
        LinkView view = m_links[i];
        view.requestsPerSecond = length > 0 ? static_cast<double>(view.requests) / length : 0;
        view.errorsPerSecond = length > 0 ? static_cast<double>(view.errors) / length : 0;
        if (view.requests > 0) {
            result.links[m_plan.links[i].id] = view;
        }
    }
    const Histogram late = m_late.whole();
    result.lateness = {late.quantile(0.5), late.quantile(0.99), late.max()};
    result.notes = notes(result.lateness);
    result.unfinished = m_inFlight;
    result.attempts = m_attempts.all;
    result.retries = m_attempts.retries;
    result.wallSeconds = length;
    return result;
}

std::uint64_t LoadFigures::started() const
{
    const std::lock_guard hold(m_lock);
    return m_totals.started;
}

std::uint64_t LoadFigures::ended() const
{
    const std::lock_guard hold(m_lock);
    return m_totals.started - m_inFlight;
}

}  // namespace neph
