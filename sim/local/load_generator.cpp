#include "sim/local/load_generator.h"

#include <csignal>
#include <ctime>
#include <utility>

#include <fmt/format.h>
#include <pthread.h>
#include <sched.h>

#include "sim/local/load_users.h"

namespace neph {

namespace {

/// For as long as it lives the thread gets no SIGPIPE, which a closed connection could send it.
class WithoutPipeSignal {
public:
    WithoutPipeSignal()
    {
        sigemptyset(&m_pipe);
        sigaddset(&m_pipe, SIGPIPE);
        pthread_sigmask(SIG_BLOCK, &m_pipe, &m_before);
    }
    ~WithoutPipeSignal()
    {
        // One that came meanwhile would be delivered now.
        const timespec none{};
        while (sigismember(&m_before, SIGPIPE) == 0 && sigtimedwait(&m_pipe, nullptr, &none) == SIGPIPE) {
        }
        pthread_sigmask(SIG_SETMASK, &m_before, nullptr);
    }

private:
    sigset_t m_pipe;
    sigset_t m_before;
};

/// For as long as it lives the thread stays on one core.
class OnCore {
public:
    explicit OnCore(int core)
    {
        if (core < 0) {
            return;
        }
        cpu_set_t wanted;
        CPU_ZERO(&wanted);
        CPU_SET(static_cast<std::size_t>(core), &wanted);
        pthread_getaffinity_np(pthread_self(), sizeof m_before, &m_before);
        m_isSet = core < CPU_SETSIZE && pthread_setaffinity_np(pthread_self(), sizeof wanted, &wanted) == 0;
        if (!m_isSet) {
            m_note = fmt::format(
                "The load could not be kept on core {}, which this machine does not let it have; it ran on "
                "any.",
                core);
        }
    }
    ~OnCore()
    {
        if (m_isSet) {
            pthread_setaffinity_np(pthread_self(), sizeof m_before, &m_before);
        }
    }
    const std::string& note() const { return m_note; }

private:
    cpu_set_t m_before;
    bool m_isSet = false;
    std::string m_note;
};

}  // namespace

std::vector<LoadTarget> loadTargets(const Design& design, const std::map<std::string, std::string>& urls)
{
    std::vector<LoadTarget> targets;
    for (const Link& link : design.links) {
        if (const auto url = urls.find(link.id); url != urls.end()) {
            targets.push_back({link.from, link.id, url->second});
        }
    }
    return targets;
}

Result<std::unique_ptr<LoadGenerator>>
LoadGenerator::make(LoadPlan plan, std::vector<LoadTarget> targets, LoadOptions options)
{
    if (const Result<Done> checked = checkLoad(plan); !checked) {
        return checked.error();
    }
    if (!(options.scale > 0)) {
        return Error{ErrorCode::Invalid, "scale", "The scale of time must be above 0; 1 sends as drawn."};
    }
    for (const LoadTarget& target : targets) {
        if (!target.url.starts_with("http://") || target.url.size() == 7) {
            return Error{
                ErrorCode::Invalid, target.source,
                fmt::format(
                    "\"{}\" is no place to send to; give one such as http://127.0.0.1:8080.", target.url)};
        }
    }
    for (const SourceSpec& source : plan.plan->sources) {
        const std::string& node = plan.plan->nodes[source.node.value].id;
        const StepRange range = stepsOf(*plan.plan, source.path);
        for (std::uint32_t i = range.first; i <= range.last; ++i) {
            const Step& step = plan.plan->steps[i];
            if (step.op == Op::Call && loadTargetOf(targets, *plan.plan, source, step) == nullptr) {
                return Error{
                    ErrorCode::Invalid, node,
                    fmt::format("Nobody has said where the requests of {} go; give a target.", source.name)};
            }
        }
    }
    return std::unique_ptr<LoadGenerator>(
        new LoadGenerator(std::move(plan), std::move(targets), std::move(options)));
}

LoadGenerator::LoadGenerator(LoadPlan plan, std::vector<LoadTarget> targets, LoadOptions options)
    : m_plan(std::move(plan)), m_targets(std::move(targets)), m_options(std::move(options)),
      m_figures(*m_plan.plan, m_options.connections)
{
}

LoadGenerator::~LoadGenerator() = default;

void LoadGenerator::run(std::stop_token stop, const std::function<void(const LoadProgress&)>& progress)
{
    const WithoutPipeSignal quiet;
    const OnCore pinned(m_options.core);
    LoadUsers users(m_plan, m_targets, m_options, m_figures);
    const Time start = HttpSender::monotonicNow();
    m_figures.begin(start, pinned.note());
    users.run(start, stop, progress);
    m_figures.finish(stop.stop_requested() ? "cancelled" : "");
}

LoadInterval LoadGenerator::takeInterval()
{
    return m_figures.takeInterval(HttpSender::monotonicNow());
}

LoadResult LoadGenerator::result() const
{
    return m_figures.result();
}

}  // namespace neph
