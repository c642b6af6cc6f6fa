#include "app/desktop/canvas/live_state.h"

#include <QCoreApplication>
#include <algorithm>
#include <utility>

namespace neph {

namespace {

constexpr double kHalfFullQueue = 100;

double shareOf(double part, double whole)
{
    return whole > 0 ? std::clamp(part / whole, 0.0, 1.0) : 0;
}

double openFill(double queue)
{
    return queue / (queue + kHalfFullQueue);
}

NodeLive liveOf(const NodeView& view)
{
    NodeLive live;
    live.rate = view.requestsPerSecond;
    live.errorShare = shareOf(view.errorsPerSecond, view.requestsPerSecond);
    live.utilisation = std::clamp(view.utilisation, 0.0, 1.0);
    live.hasUtilisation = !view.stations.empty();
    live.queue = view.queue;
    for (const StationView& station : view.stations) {
        live.queueFill = std::max(
            live.queueFill,
            station.queueLimit > 0 ? shareOf(station.queue, station.queueLimit) : openFill(station.queue));
    }
    live.status = QString::fromStdString(view.status);
    live.bottleneck = QString::fromStdString(view.bottleneck);
    live.replicas = view.replicas;
    return live;
}

/// The series of one result by node and metric. RunResult::find() looks through all of them, which is too
/// slow to ask for each metric of each node.
using SeriesByName = std::map<std::pair<std::string, std::string>, const Series*>;

class PastOf {
public:
    PastOf(const SeriesByName& series, std::string node, Time at)
        : m_series(series), m_node(std::move(node)), m_at(at)
    {
    }
    bool has(const std::string& metric) const { return m_series.count({m_node, metric}) != 0; }
    double operator()(const std::string& metric) const
    {
        const auto found = m_series.find({m_node, metric});
        return found == m_series.end() ? 0 : found->second->valueAt(m_at);
    }

private:
    const SeriesByName& m_series;
    std::string m_node;
    Time m_at;
};

NodeLive pastOf(const PastOf& past)
{
    NodeLive live;
    live.rate = past("Requests");
    live.errorShare = shareOf(past("Errors"), live.rate);
    live.hasUtilisation = past.has("Utilization");
    live.utilisation = std::clamp(past("Utilization") / 100, 0.0, 1.0);
    live.queue = past("QueueLength");
    live.queueFill = openFill(live.queue);
    if (past.has("RunningTaskCount")) {
        live.status = QCoreApplication::translate("LiveState", "%1 of %2 running")
                          .arg(past("RunningTaskCount"), 0, 'f', 0)
                          .arg(past("DesiredTaskCount"), 0, 'f', 0);
    }
    return live;
}

}  // namespace

void LiveState::show(const Design& design, std::shared_ptr<const RunResult> result, Time at)
{
    m_result = std::move(result);
    m_nodes.clear();
    m_links.clear();
    if (m_result == nullptr) {
        return;
    }
    if (at >= m_result->simulated) {
        showPresent();
    } else {
        showPast(design, at);
    }
    showLostZones(design, at);
}

void LiveState::showPresent()
{
    for (const auto& [id, view] : m_result->nodes) {
        m_nodes.emplace(id, liveOf(view));
    }
    for (const auto& [id, view] : m_result->links) {
        m_links.emplace(
            id,
            LinkLive{view.requestsPerSecond, shareOf(view.errorsPerSecond, view.requestsPerSecond), false});
    }
}

void LiveState::showPast(const Design& design, Time at)
{
    SeriesByName series;
    for (const Series& one : m_result->series) {
        series.emplace(std::pair(one.node(), one.metric()), &one);
    }
    for (const auto& [id, view] : m_result->nodes) {
        m_nodes.emplace(id, pastOf(PastOf(series, id, at)));
    }
    std::map<std::string, std::uint64_t> arrivals;
    for (const Link& link : design.links) {
        const auto view = m_result->links.find(link.id);
        arrivals[link.to] += view == m_result->links.end() ? 0 : view->second.requests;
    }
    for (const Link& link : design.links) {
        const auto view = m_result->links.find(link.id);
        const NodeLive* target = node(link.to);
        if (view == m_result->links.end() || target == nullptr) {
            continue;
        }
        const double share =
            shareOf(static_cast<double>(view->second.requests), static_cast<double>(arrivals[link.to]));
        m_links.emplace(link.id, LinkLive{target->rate * share, target->errorShare, true});
    }
}

void LiveState::showLostZones(const Design& design, Time at)
{
    for (const FaultSpec& fault : design.faults) {
        const Time from = fromSeconds(fault.atSeconds);
        const bool isOver = fault.forSeconds > 0 && at >= from + fromSeconds(fault.forSeconds);
        if (fault.kind == "loseZone" && at >= from && !isOver) {
            m_nodes[fault.target].lost = true;
        }
    }
    // A zone lost by hand is in no design; the engine says so in the zone's status.
    for (auto& [id, live] : m_nodes) {
        live.lost = live.lost || live.status.startsWith(QLatin1String("lost"));
    }
}

const NodeLive* LiveState::node(const std::string& id) const
{
    const auto found = m_nodes.find(id);
    return found == m_nodes.end() ? nullptr : &found->second;
}

const LinkLive* LiveState::link(const std::string& id) const
{
    const auto found = m_links.find(id);
    return found == m_links.end() ? nullptr : &found->second;
}

}  // namespace neph
