#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "sim/cloud/world.h"
#include "sim/cost/bill.h"
#include "sim/engine/engine.h"

namespace neph {

/// Turns a run into series, second by second: rates, latencies and utilisation from the engine, gauges from
/// the controllers, and what it costs per hour from the price book.
class Observer {
public:
    Observer(World& world, Engine& engine, Duration horizon);

    /// Samples as long as the run goes.
    Process run();

    void describe(RunResult& result) const;

    /// Time between samples for a run of that length: a second for up to six hours, then ever coarser.
    static Duration intervalFor(Duration horizon);

private:
    struct Group {
        Series* requests;
        Series* errors;
        Series* p50;
        Series* p95;
        Series* p99;
    };
    struct NodeSeries {
        Group group;
        Series* utilisation;
        Series* queue;
    };

    Series& add(const std::string& node, const std::string& metric, const std::string& unit);
    Group addGroup(const std::string& node);
    void sample();
    void sampleNodes(const IntervalStats& interval, Time at);
    void sampleCost(Time at);
    static void put(const Group& group, const IntervalLatency& latency, Time at, double length);

    World& m_world;
    Engine& m_engine;
    Duration m_interval;
    Duration m_costInterval;
    std::vector<std::unique_ptr<Series>> m_series;
    Group m_all;
    std::vector<Group> m_classes;
    std::vector<NodeSeries> m_nodes;
    std::vector<std::vector<std::uint32_t>> m_stationsOfNode;
    std::vector<bool> m_isEntry;
    std::map<std::string, Series*> m_cost;  ///< By node; "" for the whole design.
    std::map<std::string, Money> m_costBefore;
    Time m_costAt{0};
};

}  // namespace neph
