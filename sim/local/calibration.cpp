#include "sim/local/calibration.h"

#include <algorithm>
#include <chrono>
#include <ctime>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include "sim/local/comparison.h"
#include "sim/local/replica_http.h"
#include "sim/local/workload_metrics.h"

namespace neph {

namespace {

using As = LocalFace::As;
using Quantities = std::map<std::string, double>;

// A bridge on one machine; used where no call to a store tells better.
constexpr double kUsualHopMs = 0.1;
constexpr double kLeastHopMs = 0.02;
constexpr int kPings = 200;

/// Everything that is read off at one moment.
struct Snapshot {
    Time at{0};
    std::map<std::string, WorkloadMetrics> workloads;  ///< By node.
    std::map<std::string, double> cpuSeconds;          ///< By node, stores as well.
};

Snapshot lookAt(Lab& lab, LocalRun& run, ContainerMeter& meter)
{
    Snapshot snapshot;
    snapshot.at = run.now();
    for (const PlannedContainers& planned : lab.plan().containers) {
        for (const LocalEngine::Standing& each : run.engine().standing(planned.node)) {
            const Result<HttpAnswer> answer =
                askReplica(each.door.port, each.door.slot, "/metrics", std::chrono::seconds(2));
            if (answer && answer->status == 200) {
                snapshot.workloads[planned.node].add(readWorkloadMetrics(answer->body));
            }
            if (const std::optional<ContainerUse> use = meter.read(each.container)) {
                snapshot.cpuSeconds[planned.node] += use->cpuSeconds;
            }
        }
        const auto server = lab.stand().servers().find(planned.node);
        if (server != lab.stand().servers().end()) {
            for (const std::string& container : server->second) {
                if (const std::optional<ContainerUse> use = meter.read(container)) {
                    snapshot.cpuSeconds[planned.node] += use->cpuSeconds;
                }
            }
        }
    }
    return snapshot;
}

double gatewayMs(LocalRun& run, const std::string& node)
{
    const std::vector<LocalEngine::Standing> standing = run.engine().standing(node);
    std::vector<double> times;
    for (int i = 0; i < kPings && !standing.empty(); ++i) {
        const auto began = std::chrono::steady_clock::now();
        const LocalEngine::Standing& each = standing[static_cast<std::size_t>(i) % standing.size()];
        if (askReplica(each.door.port, each.door.slot, "/ready", std::chrono::seconds(1))) {
            times.push_back(
                std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - began).count());
        }
    }
    std::sort(times.begin(), times.end());
    return times.empty() ? 0 : times[times.size() / 2];
}

/// What a link asks of its store: the property `operation`, or "call".
std::string operationOf(const CompiledDesign& compiled, const Link& link)
{
    const auto own = link.properties.find("operation");
    if (own != link.properties.end()) {
        return own->second.get<std::string>();
    }
    const LinkRule* rule = compiled.catalog->linkRule(
        compiled.design.node(link.from)->kind, compiled.design.node(link.to)->kind);
    for (const PropertySpec& spec : rule == nullptr ? std::vector<PropertySpec>() : rule->properties) {
        if (spec.key == "operation") {
            return spec.fallback.get<std::string>();
        }
    }
    return "call";
}

/// CPU seconds of a node between two looks; both must know it.
double cpuBetween(const Snapshot& first, const Snapshot& last, const std::string& node)
{
    const auto before = first.cpuSeconds.find(node);
    const auto after = last.cpuSeconds.find(node);
    const bool isKnown = before != first.cpuSeconds.end() && after != last.cpuSeconds.end();
    return isKnown ? std::max(0.0, after->second - before->second) : 0;
}

/// Two looks at a time without users, and two at one with them.
struct Looks {
    Snapshot idle;
    Snapshot idleEnd;
    Snapshot busy;
    Snapshot busyEnd;
};

/// The first node whose program does not answer in one of the looks; empty: all do, in all.
std::string silentNode(const Lab& lab, const Looks& looks)
{
    const CompiledDesign& compiled = *lab.compiled();
    const Design& design = compiled.design;
    for (const PlannedContainers& planned : lab.plan().containers) {
        const bool isAsked = planned.reference.empty() && (planned.as == As::Tasks || planned.isHttp());
        for (const Snapshot* look : {&looks.idle, &looks.idleEnd, &looks.busy, &looks.busyEnd}) {
            const bool isThere =
                look->workloads.contains(planned.node) && look->cpuSeconds.contains(planned.node);
            if (isAsked && ownImageOf(design, *compiled.catalog, *design.node(planned.node)).empty() &&
                !isThere) {
                return planned.name;
            }
        }
    }
    return {};
}

/// Every node's quantities, from those looks and the starts of tasks.
class Reckoning {
public:
    Reckoning(Lab& lab, const Looks& looks) : m_lab(lab), m_compiled(*lab.compiled())
    {
        for (const auto& [node, metrics] : looks.busyEnd.workloads) {
            const auto before = looks.busy.workloads.find(node);
            m_workloads[node] =
                before == looks.busy.workloads.end() ? metrics : metrics.since(before->second);
        }
        const double idle = seconds(looks.idleEnd.at - looks.idle.at);
        const double share = idle > 0 ? seconds(looks.busyEnd.at - looks.busy.at) / idle : 0;
        for (const auto& [node, unused] : looks.busyEnd.cpuSeconds) {
            // What it takes without users (health checks, our own looks at it) is no request's.
            m_cpu[node] = std::max(
                0.0, cpuBetween(looks.busy, looks.busyEnd, node) -
                         share * cpuBetween(looks.idle, looks.idleEnd, node));
        }
        reckonStores();
        reckonTasks();
    }

    double hopMs() const { return m_hopMs; }
    Quantities& of(const std::string& node) { return m_quantities[node]; }

private:
    void reckonStores()
    {
        struct Called {
            std::string store;
            std::string operation;
            const WorkloadMetrics::Buckets* buckets;
        };
        std::vector<Called> calls;
        std::map<std::string, double> callsOf;
        for (const Link& link : m_compiled.design.links) {
            const auto caller = m_workloads.find(link.from);
            const bool isStore = m_cpu.contains(link.to) && !m_workloads.contains(link.to);
            if (caller == m_workloads.end() || !isStore || !caller->second.calls.contains(link.to)) {
                continue;
            }
            const WorkloadMetrics::Buckets& buckets = caller->second.calls.at(link.to);
            if (buckets.count > 0) {
                calls.push_back({link.to, operationOf(m_compiled, link), &buckets});
                callsOf[link.to] += buckets.count;
            }
        }
        double least = -1;
        for (const Called& call : calls) {
            const double cpuMs = 1e3 * m_cpu[call.store] / callsOf[call.store];
            const double rest = 1e3 * call.buckets->mean() - cpuMs;
            least = least < 0 ? rest : std::min(least, rest);
        }
        m_hopMs = least < 0 ? kUsualHopMs : std::clamp(least, kLeastHopMs, kUsualHopMs);
        for (const Called& call : calls) {
            Quantities& quantities = m_quantities[call.store];
            const double cpuMs = 1e3 * m_cpu[call.store] / callsOf[call.store];
            const auto without = [this](double ms) { return std::max(0.001, ms - m_hopMs); };
            quantities[call.operation + ".p50Ms"] = without(1e3 * call.buckets->quantile(0.5));
            quantities[call.operation + ".p99Ms"] = without(1e3 * call.buckets->quantile(0.99));
            quantities[call.operation + ".cpuMs"] = cpuMs;
            quantities[call.operation + ".waitMs"] =
                std::max(0.0, without(1e3 * call.buckets->mean()) - cpuMs);
            quantities["call.cpuUs"] = 1e3 * cpuMs;
        }
    }

    void reckonTasks()
    {
        for (const auto& [node, metrics] : m_workloads) {
            const double beyond = m_cpu[node] - metrics.cpuSeconds;
            if (metrics.requests > 0) {
                m_quantities[node]["cpuOverheadMs"] = std::max(0.0, 1e3 * beyond / metrics.requests);
            }
        }
        std::map<std::string, std::vector<StartTimes>> starts;
        for (const StartTimes& each : m_lab.stand().startTimes()) {
            starts[each.node].push_back(each);
        }
        for (const auto& [node, all] : starts) {
            Quantities& quantities = m_quantities[node];
            const auto mean = [&all](double StartTimes::*step) {
                double sum = 0;
                for (const StartTimes& each : all) {
                    sum += each.*step;
                }
                return sum / static_cast<double>(all.size());
            };
            quantities["zero"] = 0;
            quantities["pullSeconds"] = mean(&StartTimes::pull);
            quantities["createSeconds"] = mean(&StartTimes::create);
            quantities["startSeconds"] = mean(&StartTimes::start);
            quantities["readySeconds"] = mean(&StartTimes::ready);
            // Images become ready as the tasks that run them.
            for (const Link* link : m_compiled.design.linksFrom(node)) {
                const KindSpec* kind = m_compiled.catalog->find(m_compiled.design.node(link->to)->kind);
                if (kind != nullptr && kind->local.as == As::Image) {
                    m_quantities[link->to]["readySeconds"] = quantities["readySeconds"];
                }
            }
        }
    }

    Lab& m_lab;
    const CompiledDesign& m_compiled;
    std::map<std::string, WorkloadMetrics> m_workloads;
    std::map<std::string, double> m_cpu;
    std::map<std::string, Quantities> m_quantities;
    double m_hopMs = kUsualHopMs;
};

/// Into the places that the faces of the kinds name; of several nodes of one kind the mean.
std::vector<Calibration::Value> valuesOf(const CompiledDesign& compiled, Reckoning& reckoning)
{
    std::map<std::pair<std::string, std::string>, std::pair<Calibration::Value, int>> all;
    for (const Node& node : compiled.design.nodes) {
        const KindSpec* kind = compiled.catalog->find(node.kind);
        for (const auto& [reference, quantity] :
             kind == nullptr ? std::map<std::string, std::string>() : kind->local.measured) {
            const Quantities& known = reckoning.of(node.id);
            const auto found = known.find(quantity);
            if (found != known.end()) {
                auto& [value, count] = all[{kind->id, reference}];
                value = {kind->id, reference, quantity, value.value + found->second};
                ++count;
            }
        }
    }
    std::vector<Calibration::Value> values;
    for (auto& [key, sum] : all) {
        sum.first.value /= sum.second;
        values.push_back(sum.first);
    }
    return values;
}

}  // namespace

Result<Calibration> calibrateLab(
    Lab& lab, Duration length, double loadShare, const std::function<void(double)>& progress,
    std::stop_token stop)
{
    LocalRun::Options options;
    options.horizon = length;
    options.loadShare = loadShare;
    // A quarter of it goes by until everything is up, another until users come, a tenth until they are many.
    const Time up = length / 4;
    options.loadFrom = length / 2;
    options.loadCore = lab.found().info.cores >= 2 ? 0 : -1;
    Result<std::unique_ptr<LocalRun>> started = lab.run(options);
    if (!started) {
        return started.error();
    }
    LocalRun& run = **started;
    ContainerMeter meter(lab.stand().engine());
    const auto goTo = [&](Time until) {
        while (run.now() < until && !stop.stop_requested()) {
            run.advance(until, std::chrono::milliseconds(200), stop);
            if (progress) {
                progress(seconds(run.now()) / seconds(length));
            }
        }
    };
    Looks looks;
    goTo(up);
    looks.idle = lookAt(lab, run, meter);
    goTo(options.loadFrom);
    looks.idleEnd = lookAt(lab, run, meter);
    goTo(options.loadFrom + length / 10);
    looks.busy = lookAt(lab, run, meter);
    goTo(length);
    looks.busyEnd = lookAt(lab, run, meter);
    if (stop.stop_requested()) {
        return Error{ErrorCode::Invalid, lab.plan().design, "Stopped before enough was measured."};
    }
    if (const std::string silent = silentNode(lab, looks); !silent.empty()) {
        return Error{
            ErrorCode::Invalid, lab.plan().design,
            fmt::format(
                "'{}' did not answer all the time from {:.0f} s on. Calibrate for longer (--for), or look "
                "why it does not start (nepho lab up, nepho lab logs).",
                silent, seconds(up))};
    }
    Reckoning reckoning(lab, looks);
    const CompiledDesign& compiled = *lab.compiled();
    for (const Node& node : compiled.design.nodes) {
        const KindSpec* kind = compiled.catalog->find(node.kind);
        if (kind != nullptr && kind->local.as == As::Network) {
            reckoning.of(node.id)["hopMs"] = reckoning.hopMs();
        }
        if (kind != nullptr && kind->local.as == As::Gateway) {
            for (const Link* link : compiled.design.linksFrom(node.id)) {
                const double ms = gatewayMs(run, link->to) - reckoning.hopMs();
                reckoning.of(node.id)["gatewayMs"] = std::max(0.01, ms);
            }
        }
    }
    Calibration calibration;
    calibration.date = fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::time(nullptr)));
    calibration.machine = machineInWords();
    calibration.engine = lab.found().info.name + " " + lab.found().info.version;
    calibration.design = lab.plan().design;
    calibration.values = valuesOf(compiled, reckoning);
    return calibration;
}

}  // namespace neph
