#include "assets/containers/workload/service.h"

#include <algorithm>
#include <thread>

#include <nlohmann/json.hpp>

#include "assets/containers/workload/thread_cpu.h"
#include "sim/cloud/law.h"

namespace neph {

namespace {

double millisecondsOf(std::chrono::nanoseconds duration)
{
    return static_cast<double>(duration.count()) / 1e6;
}

std::vector<std::string> classNames(const Config& config)
{
    std::vector<std::string> names;
    for (const ClassConfig& each : config.classes) {
        names.push_back(each.name);
    }
    return names;
}

std::vector<std::string> targetNames(const Config& config)
{
    std::vector<std::string> names;
    for (const LinkConfig& each : config.links) {
        names.push_back(each.to);
    }
    return names;
}

}  // namespace

Service::Service(const Config& config)
    : m_config(config), m_base(config.baseMemoryMiB), m_metrics(classNames(config), targetNames(config)),
      m_healthCpu(Distribution::constant(config.healthCpuMs / 1e3)), m_failShare(config.failShare),
      m_failsHealthCheck(config.failsHealthCheck), m_helpers(config.seed, config.service),
      m_workers(config.workers, config.queueLimit, config.seed, config.service)
{
    for (const ClassConfig& each : config.classes) {
        const double ms = each.cpuMs > 0 ? each.cpuMs : config.cpuMs;
        m_cpu.push_back(distributionOf(config.cpuLaw, ms / 1e3, config.cpuScv));
    }
    for (std::size_t i = 0; i < config.links.size(); ++i) {
        m_links.push_back(
            std::make_unique<LinkCaller>(config.links[i], config.classes, *m_metrics.calls[i], m_helpers));
    }
}

std::optional<std::size_t> Service::classOf(const std::string& name) const
{
    const auto& classes = m_config.classes;
    for (std::size_t i = 0; i < classes.size(); ++i) {
        if (name.empty() || classes[i].name == name) {
            return i;
        }
    }
    return std::nullopt;
}

void Service::work(
    std::size_t ofClass, std::optional<std::uint64_t> responseBytes, std::function<void(Reply)> done)
{
    const auto arrival = Clock::now();
    auto reply = std::make_shared<Reply>();
    reply->bytes = responseBytes.value_or(m_config.classes[ofClass].responseBytes);
    submit(
        reply,
        [this, ofClass, arrival, reply](RandomStream& random) { handle(ofClass, arrival, *reply, random); },
        [this, ofClass, whenDone = std::move(done)](Reply answer) {
            m_metrics.countRequest(ofClass, answer.status);
            whenDone(std::move(answer));
        });
}

void Service::checkHealth(std::function<void(Reply)> done)
{
    auto reply = std::make_shared<Reply>();
    submit(
        reply,
        [this, reply](RandomStream& random) {
            burnCpuUntil(threadCpuTime() + m_healthCpu.sampleSeconds(random));
            reply->status = m_failsHealthCheck ? 500 : 200;
            reply->text = m_failsHealthCheck ? "unhealthy\n" : "healthy\n";
        },
        [this, whenDone = std::move(done)](Reply answer) {
            m_metrics.countHealth(answer.status);
            whenDone(std::move(answer));
        });
}

void Service::submit(const std::shared_ptr<Reply>& reply, Job job, std::function<void(Reply)> done)
{
    const auto shared = std::make_shared<std::function<void(Reply)>>(std::move(done));
    if (!m_workers.submit(std::move(job), [reply, shared] { (*shared)(std::move(*reply)); })) {
        Reply refusal;
        refusal.status = 503;
        refusal.text = "503 Service Unavailable: " + m_config.service + " has no free worker\n";
        (*shared)(std::move(refusal));
    }
}

void Service::handle(std::size_t ofClass, Clock::time_point arrival, Reply& reply, RandomStream& random)
{
    const auto begin = Clock::now();
    m_metrics.queue.observe(begin - arrival);
    reply.queueMs = millisecondsOf(begin - arrival);

    // Filling memory takes CPU time; that is part of the draw, not on top of it.
    const auto cpuBegin = threadCpuTime();
    const auto draw = m_cpu[ofClass].sampleSeconds(random);
    const HeldMemory memory(m_config.memoryPerRequestMiB);
    burnCpuUntil(cpuBegin + draw);
    const auto cpu = threadCpuTime() - cpuBegin;
    m_metrics.cpu.observe(cpu);
    reply.cpuMs = millisecondsOf(cpu);

    const auto callsBegin = Clock::now();
    const bool fails = random.uniform() < m_failShare;
    const std::string problem = fails ? "it fails as it was told to" : callLinks(ofClass, random);
    reply.callsMs = millisecondsOf(Clock::now() - callsBegin);
    if (!problem.empty()) {
        reply.status = 500;
        reply.bytes = 0;
        reply.text = "500 Internal Server Error: " + problem + '\n';
    }
    m_metrics.request.observe(Clock::now() - arrival);
}

std::string Service::callLinks(std::size_t ofClass, RandomStream& random)
{
    for (const auto& link : m_links) {
        const CallOutcome outcome = link->callFor(ofClass, random);
        if (!outcome.ok) {
            return link->to() + ' ' + outcome.what;
        }
    }
    return {};
}

std::string Service::control(const std::string& text)
{
    try {
        const nlohmann::json order = nlohmann::json::parse(text);
        const auto share = [](double value) { return std::clamp(value, 0.0, 1.0); };
        if (order.contains("failShare")) {
            m_failShare = share(order.at("failShare").get<double>());
        }
        if (order.contains("failsHealthCheck")) {
            m_failsHealthCheck = order.at("failsHealthCheck").get<bool>();
        }
        if (order.contains("disturb")) {
            const nlohmann::json& disturb = order.at("disturb");
            const auto to = disturb.at("to").get<std::string>();
            bool found = to == "*";
            for (const auto& link : m_links) {
                if (to == "*" || link->to() == to) {
                    link->disturb(disturb.value("addedMs", 0.0), share(disturb.value("failShare", 0.0)));
                    found = true;
                }
            }
            return found ? "" : m_config.service + " has no link to " + to;
        }
        return {};
    } catch (const nlohmann::json::exception& problem) {
        return problem.what();
    }
}

std::string Service::metricsText() const
{
    return m_metrics.text(m_workers.inFlight(), m_workers.queued());
}

std::string Service::linksText()
{
    nlohmann::json states = nlohmann::json::object();
    for (const auto& link : m_links) {
        states[link->to()] = link->state();
    }
    return states.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace neph
