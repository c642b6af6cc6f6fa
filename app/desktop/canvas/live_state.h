#pragma once

#include <QString>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "sim/metrics/run_result.h"
#include "sim/model/design.h"

namespace neph {

/// What a component shows of a run at one moment.
struct NodeLive {
    double rate = 0;         ///< Requests per second.
    double errorShare = 0;   ///< 0..1 of them.
    double utilisation = 0;  ///< 0..1.
    bool hasUtilisation = false;
    double queue = 0;      ///< Requests that wait.
    double queueFill = 0;  ///< 0..1 of what may wait; where nothing limits it, half at a hundred.
    QString status;        ///< "4 of 4 tasks running"
    QString bottleneck;    ///< In words; empty if there is none.
    std::vector<ReplicaView> replicas;  ///< Only at the present.
    bool lost = false;                  ///< A zone that a fault has taken away.
};

/// What a link shows of a run at one moment.
struct LinkLive {
    double rate = 0;
    double errorShare = 0;
    bool isEstimate = false;  ///< In the past: the target's rate, shared out as over the whole run.
};

/// The state of a run at one moment, ready to be drawn. At the present it is what the engine says; in the
/// past it is read from the series.
class LiveState {
public:
    void show(const Design& design, std::shared_ptr<const RunResult> result, Time at);

    bool isActive() const { return m_result != nullptr; }
    /// nullptr: the run says nothing about it.
    const NodeLive* node(const std::string& id) const;
    const LinkLive* link(const std::string& id) const;

private:
    void showPresent();
    void showPast(const Design& design, Time at);
    void showLostZones(const Design& design, Time at);

    std::shared_ptr<const RunResult> m_result;
    std::map<std::string, NodeLive> m_nodes;
    std::map<std::string, LinkLive> m_links;
};

}  // namespace neph
